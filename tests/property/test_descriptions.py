"""Any description: TOML, JSON, pickle and hash give the same one back, exactly."""

import json
import pickle
import tomllib

import pytest
from descriptions import CELLS, DESCRIPTIONS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loligo.cell import Cell, PointNeuron, equations
from loligo.cell.description import Description
from loligo.cell.expression import symbols
from loligo.rig.discontinuous import Discontinuous
from loligo.rig.filters import Filter
from loligo.rig.kinded import Kinded


def _below(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from _below(sub)


def test_no_description_lacks_a_strategy():
    known = {cls for cls in _below(Description) if cls.__module__.startswith("loligo.")}
    assert known - {PointNeuron, Filter, Kinded, Discontinuous} == set(DESCRIPTIONS)


@pytest.mark.parametrize("cls", DESCRIPTIONS, ids=lambda cls: cls.__name__)
def test_round_trips(cls):
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(DESCRIPTIONS[cls])
    def check(data):
        made = cls(**data)
        assert cls(**tomllib.loads(made.to_toml())) == made
        assert cls(**json.loads(made.model_dump_json())) == made
        assert cls.model_validate_json(made.model_dump_json()) == made
        assert cls.model_validate(made.model_dump()) == made
        again = pickle.loads(pickle.dumps(made))
        assert again == made
        assert hash(again) == hash(made)
        assert made.with_() == made

    check()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS, st.data())
def test_every_parameter_can_be_changed_by_its_path(data, drawn):
    cell = Cell(**data)
    parameter = drawn.draw(st.sampled_from(equations(cell).parameters))
    value = parameter.value + 0.5
    text = f"{value!r} {parameter.unit}" if parameter.unit else value
    if parameter.name.endswith((".inf.rate", ".fraction")):
        text = 0.5
        value = 0.5
    changed = equations(cell.with_(**{parameter.name: text}))
    expected = {**equations(cell).defaults, parameter.name: value}
    assert changed.defaults == pytest.approx(expected, rel=1e-12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS)
def test_equations_are_closed_and_definitions_in_order(data):
    lowered = equations(Cell(**data))
    known = {"v", *lowered.states, *lowered.defaults}
    assert len(known) == 1 + len(lowered.states) + len(lowered.parameters)
    for name, expression in lowered.definitions:
        assert symbols(expression) <= known
        assert name not in known
        known.add(name)
    laws = [
        law
        for gate in lowered.relaxations
        for law in (gate.alpha, gate.beta, gate.inf, gate.tau, gate.factor, gate.initial)
        if law is not None
    ]
    laws += [flow.rate for flow in lowered.flows] + [c.current for c in lowered.currents]
    laws += [rate for scheme in lowered.occupancies for _, _, rate in scheme.transitions]
    laws += [lowered.capacitance]
    assert set().union(*(symbols(law) for law in laws)) <= known


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS, st.floats(-150, 80))
def test_steady_states_are_probabilities_at_which_nothing_moves(data, v):
    cell = Cell(**data)
    lowered = equations(cell)
    state = cell.steady_state(v)
    for gate in lowered.relaxations:
        assert 0 <= state[gate.state] <= 1 + 1e-12
    for scheme in lowered.occupancies:
        values = [float(state[name]) for name in scheme.symbols]
        assert sum(values) == pytest.approx(1.0, abs=1e-12)
        assert min(values) >= 0
