"""Markov schemes in steady state against closed forms."""

import math

import numpy as np
import pytest

from loligo.cell import Cell, catalogue, equations
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.errors import ModelError

MEMBRANE = {
    "name": "patch",
    "temperature": "6.3 degC",
    "area": "100 um2",
    "capacitance": "1 uF/cm2",
    "initial_potential": "-65 mV",
}
K = {
    "conductance": "36 mS/cm2",
    "reversal": "-77 mV",
    "scheme": {
        "states": ["N0", "N1", "N2", "N3", "N4"],
        "open": {"N4": 1.0},
        "let": {
            "a": "linoid(0.1 /ms, -55 mV, 10 mV)",
            "b": "exponential(0.125 /ms, -65 mV, -80 mV)",
        },
        "transitions": [f"N{i} <-> N{i + 1} : {4 - i} * a, {i + 1} * b" for i in range(4)],
        "single_channel_conductance": "20 pS",
    },
}
NA = {
    "conductance": "120 mS/cm2",
    "reversal": "50 mV",
    "scheme": {
        "states": [f"M{i}{h}" for h in "CO" for i in range(4)],
        "open": {"M3O": 1.0},
        "let": {
            "am": "linoid(1 /ms, -40 mV, 10 mV)",
            "bm": "exponential(4 /ms, -65 mV, -18 mV)",
            "ah": "exponential(0.07 /ms, -65 mV, -20 mV)",
            "bh": "sigmoid(1 /ms, -35 mV, 10 mV)",
        },
        "transitions": [
            *(
                f"M{i}{h} <-> M{i + 1}{h} : {3 - i} * am, {i + 1} * bm"
                for h in "CO"
                for i in (0, 1, 2)
            ),
            *(f"M{i}C <-> M{i}O : ah, bh" for i in range(4)),
        ],
        "single_channel_conductance": "20 pS",
    },
}
PATCH = Cell(**MEMBRANE, channel={"na": NA, "k": K})
V = np.linspace(-120, 60, 37)


def test_independent_subunits_are_binomial():
    n = catalogue.load("hodgkin_huxley1952").steady_state(V)["k.n"]
    found = PATCH.steady_state(V)
    for i in range(5):
        exact = math.comb(4, i) * n**i * (1 - n) ** (4 - i)
        np.testing.assert_allclose(found[f"k.N{i}"], exact, rtol=1e-12)


def test_eight_states_are_three_m_and_one_h():
    gates = catalogue.load("hodgkin_huxley1952").steady_state(V)
    m, h = gates["na.m"], gates["na.h"]
    found = PATCH.steady_state(V)
    for i in range(4):
        exact = math.comb(3, i) * m**i * (1 - m) ** (3 - i)
        np.testing.assert_allclose(found[f"na.M{i}O"], exact * h, rtol=1e-11)
        np.testing.assert_allclose(found[f"na.M{i}C"], exact * (1 - h), rtol=1e-11)


def test_schemes_carry_the_current_of_the_gates():
    gates = catalogue.load("hodgkin_huxley1952").currents_at(V)
    schemes = PATCH.currents_at(V)
    np.testing.assert_allclose(schemes["k"], gates["k"], rtol=1e-12)
    np.testing.assert_allclose(schemes["na"], gates["na"], rtol=1e-11)


def test_numbers_of_channels_and_their_fluctuations():
    """18 K and 60 Na channels per um2 of 20 pS each, at -65 mV."""
    lowered = equations(PATCH)
    values = steady_values(lowered, -65.0)
    na, k = lowered.occupancies
    expected = {
        "k": (1800.0, 0.01018457, 0.366644, 0.0851951),
        "na": (6000.0, 8.840994e-5, 0.0106092, 0.0145659),
    }
    for scheme in (na, k):
        count, p, mean, deviation = expected[scheme.name]
        n = float(evaluate(scheme.n_channels, values))
        found = float(values[f"{scheme.name}.open"])
        assert n == pytest.approx(count, rel=1e-12)
        assert found == pytest.approx(p, rel=5e-7)
        assert n * 0.02 * found == pytest.approx(mean, rel=5e-6)
        assert 0.02 * math.sqrt(n * found * (1 - found)) == pytest.approx(deviation, rel=5e-6)


def _two_state(**scheme):
    defaults = {
        "states": ["C", "O"],
        "open": {"O": 1.0},
        "transitions": ["C <-> O : 0.05 /ms, 0.2 /ms"],
    }
    channel = {
        "conductance": "1 mS/cm2",
        "reversal": "0 mV",
        "scheme": {**defaults, **scheme},
    }
    return Cell(**MEMBRANE, channel={"x": channel})


def test_two_states():
    """50 and 200 /s: open one fifth of the time."""
    state = _two_state().steady_state(V)
    np.testing.assert_allclose(state["x.O"], 0.2, rtol=1e-15)
    assert state["x.O"].shape == V.shape


def test_q10_multiplies_every_rate():
    cell = _two_state(q10=2.0, reference_temperature="16.3 degC")
    lowered = equations(cell)
    (scheme,) = lowered.occupancies
    rates = [float(evaluate(rate, lowered.defaults)) for _, _, rate in scheme.transitions]
    assert rates == pytest.approx([0.025, 0.1], rel=1e-14)
    assert [move[:2] for move in scheme.transitions] == [(0, 1), (1, 0)]


def test_a_cycle_that_turns():
    """Without detailed balance: three states in a circle, each left at its own rate."""
    cell = _two_state(
        states=["A", "B", "C"],
        open={"B": 1.0, "C": 0.5},
        transitions=["A -> B : 1 /ms", "B -> C : 2 /ms", "C -> A : 4 /ms"],
    )
    state = cell.steady_state(0.0)
    exact = np.array([1, 1 / 2, 1 / 4]) / 1.75
    np.testing.assert_allclose([state[f"x.{s}"] for s in "ABC"], exact, rtol=1e-15)
    values = steady_values(equations(cell), 0.0)
    assert values["x.open"] == pytest.approx(exact[1] + 0.5 * exact[2], rel=1e-15)


def test_all_ends_in_a_state_without_a_way_out():
    cell = _two_state(
        states=["C", "O", "B"], transitions=["C <-> O : 1 /ms, 1 /ms", "O -> B : 0.1 /ms"]
    )
    state = cell.steady_state(0.0)
    assert [float(state[f"x.{s}"]) for s in "COB"] == [0.0, 0.0, 1.0]


def test_small_occupancies_are_as_accurate_as_large_ones():
    k = "exponential(1 /ms, 0 mV, 2 mV)"
    cell = _two_state(let={"k": k}, transitions=["C <-> O : k, 1 /ms"])
    found = cell.steady_state(-200.0)["x.O"]
    assert found == pytest.approx(math.exp(-100) / (1 + math.exp(-100)), rel=1e-13)


def test_no_unique_steady_state_is_refused_unless_a_start_is_given():
    scheme = {
        "states": ["A", "O", "B"],
        "transitions": ["O -> A : 1 /ms", "O -> B : 1 /ms"],
    }
    with pytest.raises(ModelError, match="give initial"):
        _two_state(**scheme)
    cell = _two_state(**scheme, initial={"O": 1.0})
    assert equations(cell).occupancies[0].initial == (0.0, 1.0, 0.0)
