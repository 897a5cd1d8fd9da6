"""Rigs in batches: the same bits as alone, on every target, whatever is wired."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo import Protocol, simulate
from loligo.cell import catalogue
from loligo.cell.expression import Number, evaluate
from loligo.engine.scope import Statements
from loligo.engine.sparse import factored
from loligo.errors import ModelError, SelectionError
from loligo.rig import CurrentClamp, Pipette, VoltageClamp

AXON = catalogue.load("hodgkin_huxley1952").with_(area="5000 um2")
PULSE = Protocol("pulse", ["hold for 1 ms", "step 300 pA for 4 ms"], holding="0 pA")
NAMES = ["v", "rig.response", "rig.pipette", "rig.into_cell", "na.m"]


def rigs(count: int):
    amplifier = CurrentClamp(bridge_balance="10 MOhm", capacitance_neutralization="3 pF")
    return [
        amplifier.with_(bridge_balance=f"{5 + number} MOhm").system(
            Pipette(series_resistance=f"{8 + 3 * number} MOhm", capacitance="5 pF")
        )
        for number in range(count)
    ]


def test_a_batch_of_rigs_has_the_bits_of_each_alone():
    many = rigs(70)
    together = simulate(AXON, PULSE, rig=many, record=NAMES, dt="0.02 ms", spikes=True)
    assert together.n_cells == 70
    for number in (0, 33, 69):
        alone = simulate(AXON, PULSE, rig=[many[number]] * 9, record=NAMES, dt="0.02 ms")
        for name in NAMES:
            assert (together[name][number] == alone[name][4]).all()


def test_the_twin_agrees():
    found = [
        simulate(AXON, PULSE, rig=rigs(3), record=NAMES, dt="0.02 ms", target=target)
        for target in ("kernel", "twin")
    ]
    for name in NAMES:
        assert found[0][name] == pytest.approx(found[1][name], rel=1e-9, abs=1e-9)


def test_a_final_state_goes_on_as_if_it_had_not_stopped():
    system = rigs(1)[0]
    whole = Protocol("whole", ["step 300 pA for 2 ms", "step 100 pA for 2 ms"], holding="0 pA")
    first = Protocol("first", ["step 300 pA for 2 ms"], holding="0 pA")
    second = Protocol("second", ["step 100 pA for 2 ms"], holding="0 pA")
    at_once = simulate(AXON, whole, rig=system, dt="0.02 ms")
    started = simulate(AXON, first, rig=system, dt="0.02 ms")
    ended = simulate(AXON, second, rig=system, dt="0.02 ms", initial=started.final)
    for name in at_once.final:
        assert at_once.final[name] == pytest.approx(ended.final[name], rel=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"series_resistance": "5 MOhm"}, ModelError, "the rig's pipette has one"),
        ({"method": "error-controlled"}, ModelError, "staggered"),
        ({"record": ["i.clamp"]}, SelectionError, "rig.into_cell"),
        ({"record": ["rig.respons"]}, SelectionError, "rig.response"),
    ],
)
def test_what_goes_not_with_a_rig(options, error, told):
    with pytest.raises(error, match=told):
        simulate(AXON, PULSE, rig=rigs(1)[0], **options)


def test_a_command_that_the_rig_does_not_take():
    held = VoltageClamp().system(Pipette(series_resistance="10 MOhm"))
    with pytest.raises(ModelError, match="commands a current, the rig takes a command in mV"):
        simulate(AXON, PULSE, rig=held)


def test_rigs_that_are_wired_differently_are_refused_together():
    plain = Pipette(series_resistance="10 MOhm")
    mixed = [VoltageClamp().system(plain), VoltageClamp(stimulus_time="20 us").system(plain)]
    protocol = Protocol("step", ["step -40 mV for 1 ms"], holding="-80 mV")
    with pytest.raises(ModelError, match="rig 1 has the states"):
        simulate(AXON, protocol, rig=mixed)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.randoms(use_true_random=False))
def test_elimination_solves_any_diagonally_dominant_system(size, random):
    matrix = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            if i != j and random.random() < 0.4:
                matrix[i, j] = random.uniform(-1.0, 1.0)
        matrix[i, i] = 1.5 + np.abs(matrix[i]).sum()
    right = np.array([random.uniform(-1.0, 1.0) for _ in range(size)])
    names = [f"x{i}" for i in range(size)]
    entries = {
        (names[i], names[j]): Number(matrix[i, j])
        for i in range(size)
        for j in range(size)
        if matrix[i, j]
    }
    statements = Statements()
    solver = factored(statements, names, entries, names[-1])
    found = solver.solved(
        statements, {n: Number(r) for n, r in zip(names, right, strict=True)}, "a"
    )
    values: dict = {}
    for name, expression in statements.lines:
        values[name] = evaluate(expression, values)
    answer = [float(evaluate(found[name], values)) for name in names]
    assert answer == pytest.approx(np.linalg.solve(matrix, right), rel=1e-12, abs=1e-13)
