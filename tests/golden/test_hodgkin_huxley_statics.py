"""Hodgkin and Huxley 1952 at rest and in steady state: the published equations, worked out.

The numbers are those of the 1952 equations in the modern convention evaluated in double precision
by other programs; the half points, rest potentials and eigenvalues were found by root search there.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from loligo.cell import catalogue, equations
from loligo.cell.expression import derivative, evaluate
from loligo.cell.steady import gate_time_constant, steady_values

HH = catalogue.load("hodgkin_huxley1952")
GATES = {gate.state: gate for gate in equations(HH).relaxations}
REST_AT_65 = -54.40107903
"""The leak reversal [mV] that makes rest exactly -65 mV."""

TABLE = {
    # v: m, h, n in steady state; their time constants [ms]
    -80: (0.0080432372, 0.93097654, 0.12912671, 0.10777566, 6.2823169, 5.7758345),
    -65: (0.0529324853, 0.5961207535, 0.3176769141, 0.2367668787, 8.5160107644, 5.4585846875),
    -50: (0.25081208, 0.15344321, 0.55081431, 0.43096584, 4.6405611, 4.3345709),
    -20: (0.87569355, 0.0089434803, 0.83517846, 0.37859066, 1.2121911, 2.3141665),
    0: (0.97415861, 0.0027883594, 0.90872783, 0.23907907, 1.0273248, 1.6454801),
    40: (0.99853848, 0.00036739442, 0.96579973, 0.12477544, 1.0001855, 1.0165552),
}


def with_leak(reversal):
    return HH.with_(**{"channel.leak.reversal": f"{reversal} mV"})


@pytest.mark.parametrize("v", TABLE)
def test_steady_states_and_time_constants(v):
    values = steady_values(equations(HH), v)
    names = ("na.m", "na.h", "k.n")
    found = [float(values[name]) for name in names]
    found += [float(gate_time_constant(GATES[name], values)) for name in names]
    assert found == pytest.approx(TABLE[v], rel=5e-8)


@pytest.mark.parametrize(
    ("state", "alpha", "beta"),
    [
        ("na.m", 0.2235637246, 4.0),
        ("na.h", 0.07, 0.0474258732),
        ("k.n", 0.0581976707, 0.125),
    ],
)
def test_rates_at_rest(state, alpha, beta):
    values = {**equations(HH).defaults, "v": -65.0}
    gate = GATES[state]
    assert evaluate(gate.alpha, values) == pytest.approx(alpha, abs=1e-9)
    assert evaluate(gate.beta, values) == pytest.approx(beta, abs=1e-9)


def test_removable_singularities_have_their_limits():
    defaults = equations(HH).defaults
    assert evaluate(GATES["na.m"].alpha, {**defaults, "v": -40.0}) == 1.0
    assert evaluate(GATES["k.n"].alpha, {**defaults, "v": -55.0}) == 0.1


@pytest.mark.parametrize(
    ("state", "half"), [("na.m", -40.0245774), ("na.h", -62.3075018), ("k.n", -53.4129144)]
)
def test_half_points(state, half):
    found = brentq(lambda v: float(HH.steady_state(v)[state]) - 0.5, -80, -20, xtol=1e-10)
    assert found == pytest.approx(half, abs=1e-7)


@pytest.mark.parametrize(
    ("reversal", "rest"),
    [
        (REST_AT_65, -65.0),
        (-54.387, -64.9963793),
        (-54.4, -64.9997224),
        (-54.3, -64.9740525),
    ],
)
def test_resting_potential(reversal, rest):
    cell = with_leak(reversal)
    found = brentq(lambda v: float(sum(cell.currents_at(v).values())), -80, -50, xtol=1e-12)
    assert found == pytest.approx(rest, abs=1e-6)


def test_currents_and_slope_conductance_at_rest():
    """In a patch of 100 um2, pA and nS are uA/cm2 and mS/cm2."""
    cell = with_leak(REST_AT_65)
    currents = cell.currents_at("-65 mV")
    assert currents["na"] == pytest.approx(-1.2200572, abs=1e-7)
    assert currents["k"] == pytest.approx(4.3997335, abs=1e-7)
    assert currents["leak"] == pytest.approx(-3.1796763, abs=1e-7)
    around = -65 + 1e-3 * np.array([-2, -1, 1, 2])
    total = sum(cell.currents_at(around).values())
    slope = total @ np.array([1, -8, 8, -1]) / 12e-3
    assert slope == pytest.approx(1.1662150, abs=1e-6)
    assert 1e3 / slope == pytest.approx(857.4748, abs=1e-3)  # ohm cm2


def test_eigenvalues_at_rest():
    lowered = equations(with_leak(REST_AT_65))
    values = steady_values(lowered, -65.0)
    rates = {"v": sum((current.current for current in lowered.currents), 0.0)}
    rates["v"] = -1.0 * rates["v"] / lowered.capacitance
    for gate in lowered.relaxations:
        rates[gate.state] = gate.factor * (gate.alpha - (gate.alpha + gate.beta) * _symbol(gate))
    jacobian = [[float(evaluate(derivative(f, x), values)) for x in rates] for f in rates.values()]
    found = sorted(np.linalg.eigvals(jacobian), key=lambda value: (value.real, value.imag))
    expected = [-4.675345, -0.2027182 - 0.3830612j, -0.2027182 + 0.3830612j, -0.1206595]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def _symbol(gate):
    from loligo.cell.expression import Symbol

    return Symbol(gate.state)


def test_warming_scales_rates_only():
    """Q10 = 3 from 6.3 degC: 3.8202161 at 18.5 degC."""
    warm = equations(HH.with_(temperature="18.5 degC"))
    for gate in warm.relaxations:
        assert evaluate(gate.factor, warm.defaults) == pytest.approx(3.8202161, abs=1e-7)
    np.testing.assert_array_equal(
        list(HH.with_(temperature="18.5 degC").currents_at(-30.0).values()),
        list(HH.currents_at(-30.0).values()),
    )
