"""Gates counted as Markov schemes: the scheme of the catalogue, and any gates' steady state."""

from math import comb

import numpy as np
import pytest

from loligo.cell import Cell, catalogue, equations, scheme_of_gates, with_schemes
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.errors import ModelError, SelectionError

V = np.linspace(-120.0, 60.0, 19)
GATES = {
    "a": {"power": 2, "inf": "1 / (1 + exp(-(v + 30) / 5))", "tau": "3 ms", "q10": 2.0,
          "reference_temperature": "20 degC", "initial": 0.25},
    "b": {"alpha": "linoid(1 /ms, -40 mV, 10 mV)", "beta": "0.5 /ms", "initial": 0.5},
}  # fmt: skip


def _channel(**changes):
    return {"conductance": "10 nS", "reversal": "0 mV", "gate": GATES} | changes


def _cell(channel):
    return Cell(
        name="patch",
        temperature="30 degC",
        capacitance="10 pF",
        initial_potential="-70 mV",
        channel={"x": channel},
    )


def _rates(cell, key):
    found = equations(cell)
    values = steady_values(found, V)
    scheme = next(s for s in found.occupancies if s.name == key)
    return {
        (scheme.states[i], scheme.states[j]): np.broadcast_to(evaluate(rate, values), V.shape)
        for i, j, rate in scheme.transitions
    }


@pytest.mark.parametrize("temperature", ["6.3 degC", "18.5 degC"])
@pytest.mark.parametrize("key", ["na", "k"])
def test_axon_becomes_the_schemes_of_the_catalogue(key, temperature):
    gates = catalogue.load("hodgkin_huxley1952").with_(temperature=temperature)
    found = with_schemes(gates, {"na": "20 pS", "k": "20 pS"})
    published = catalogue.load("hodgkin_huxley1952_schemes").with_(temperature=temperature)
    assert found.channel[key].scheme.states == published.channel[key].scheme.states
    assert found.channel[key].scheme.open == published.channel[key].scheme.open
    assert found.channel[key].scheme.single_channel_conductance == 0.02
    ours, theirs = _rates(found, key), _rates(published, key)
    assert ours.keys() == theirs.keys()
    for move, rate in theirs.items():
        assert ours[move] == pytest.approx(rate, rel=1e-12), move


def test_gates_that_warm_differently_keep_their_steady_state_and_rates():
    gates, counted = _cell(_channel()), with_schemes(_cell(_channel()), {"x": "20 pS"})
    steady = gates.steady_state(V)
    occupancies = counted.steady_state(V)
    for i in range(3):
        for j in range(2):
            a, b = steady["x.a"], steady["x.b"]
            expected = comb(2, i) * a**i * (1 - a) ** (2 - i) * b**j * (1 - b) ** (1 - j)
            assert occupancies[f"x.a{i}b{j}"] == pytest.approx(expected, rel=1e-9, abs=1e-14)
    rates = _rates(counted, "x")
    inf = 1 / (1 + np.exp(-(V + 30) / 5))
    assert rates["a0b1", "a1b1"] == pytest.approx(2 * 2.0 * inf / 3.0)  # q10 2, 10 degC warmer
    assert rates["a2b0", "a1b0"] == pytest.approx(2 * 2.0 * (1 - inf) / 3.0)
    assert rates["a1b1", "a1b0"] == pytest.approx(np.full(V.shape, 0.5))


def test_start_is_the_product_of_the_gates_starts():
    scheme = scheme_of_gates(_cell(_channel()).channel["x"])
    assert scheme.initial["a1b1"] == pytest.approx(2 * 0.25 * 0.75 * 0.5)
    assert sum(scheme.initial.values()) == pytest.approx(1.0)
    assert scheme.single_channel_conductance is None


def test_channel_with_a_scheme_keeps_it():
    cell = catalogue.load("hodgkin_huxley1952_schemes")
    found = with_schemes(cell, {"k": "4 pS"})
    assert found.channel["k"].scheme.transitions == cell.channel["k"].scheme.transitions
    assert found.channel["k"].scheme.single_channel_conductance == pytest.approx(0.004)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gate": {}}, "channel.x: it has no gates"),
        ({"gate": {"m": {"inf": "1 / (1 + exp(-v))"}}}, "gate.m follows its steady state at once"),
        ({"gate": {"m": {"alpha": "1 /ms", "beta": "1 /ms"}}, "gating": "m**2"}, "an expression"),
        (
            {"gate": GATES | {"b": {"alpha": "1 /ms", "beta": "1 /ms"}}},
            "a start is given for a only",
        ),
    ],
)
def test_refusals(changes, words):
    with pytest.raises(ModelError, match=words):
        with_schemes(_cell(_channel(**changes)), {"x": "20 pS"})


def test_unknown_channel():
    with pytest.raises(SelectionError, match="no channel 'na'"):
        with_schemes(_cell(_channel()), {"na": "20 pS"})


def test_other_currents_and_schemes_are_refused():
    pump = {"current": "10", "gate": {}}
    with pytest.raises(ModelError, match="a conductance and a reversal"):
        scheme_of_gates(_cell(pump).channel["x"])
    with pytest.raises(ModelError, match="it has a scheme already"):
        scheme_of_gates(catalogue.load("hodgkin_huxley1952_schemes").channel["k"])
