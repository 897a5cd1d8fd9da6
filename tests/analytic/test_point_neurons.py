"""Point neurons: the lowered equations, integrated, against closed forms and published times."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from loligo.cell import (
    AdaptiveExponentialIntegrateAndFire,
    ExponentialIntegrateAndFire,
    Izhikevich,
    LeakyIntegrateAndFire,
    QuadraticIntegrateAndFire,
    point_equations,
)
from loligo.cell.expression import derivative, evaluate
from loligo.errors import ModelError


def spike_times(neuron, current, duration):
    """Spike times by an integrator that stops at the threshold and resets."""
    lowered = point_equations(neuron)
    names = ["v", *(flow.state for flow in lowered.flows)]
    rates = [lowered.rate, *(flow.rate for flow in lowered.flows)]
    fixed = {**lowered.defaults, "i_injected": current}

    def values(state):
        return {**fixed, **dict(zip(names, state, strict=True))}

    def slope(_, state):
        return [float(evaluate(rate, values(state))) for rate in rates]

    def reaches(_, state):
        return state[0] - float(evaluate(lowered.reset.threshold, fixed))

    reaches.terminal, reaches.direction = True, 1
    initial = [float(evaluate(flow.initial, fixed)) for flow in lowered.flows]
    state, t, times = [lowered.initial_potential, *initial], 0.0, []
    while True:
        run = solve_ivp(
            slope, (t, duration), state, method="DOP853", rtol=1e-10, atol=1e-10, events=reaches
        )
        if not run.t_events[0].size:
            return np.array(times)
        times.append(run.t_events[0][0])
        before = values(run.y_events[0][0])
        after = {**before, **{n: float(evaluate(e, before)) for n, e in lowered.reset.assignments}}
        state = [after[name] for name in names]
        t = times[-1] + float(evaluate(lowered.reset.refractory, fixed))


LEAKY = LeakyIntegrateAndFire(
    name="100 MOhm, 10 ms",
    capacitance="100 pF",
    leak_conductance="10 nS",
    leak_reversal="-70 mV",
    threshold="-50 mV",
    reset="-70 mV",
    refractory="2 ms",
    initial_potential="-70 mV",
)


@pytest.mark.parametrize(
    ("current", "rate"),
    [(201, 18.170899), (250, 55.265781), (300, 77.005278), (500, 140.681479), (1000, 236.326419)],
)
def test_leaky_integrate_and_fire_rates(current, rate):
    times = spike_times(LEAKY, current, 170.0)
    # the interval after the first spike holds the refractory period
    assert 1e3 / (times[1] - times[0]) == pytest.approx(rate, abs=1e-4)


def test_leaky_integrate_and_fire_is_silent_below_rheobase():
    assert spike_times(LEAKY, 199.0, 500.0).size == 0


IZHIKEVICH = {
    "RS": ((0.02, 0.2, -65, 8), [3.45162, 20.55611, 65.49207, 110.30448]),
    "FS": ((0.1, 0.2, -65, 2), [3.49440, 7.41971, 12.84502]),
    "CH": ((0.02, 0.2, -50, 2), [3.45162, 4.79165, 6.25051]),
    "IB": ((0.02, 0.2, -55, 4), [3.45162, 5.57751, 8.94448, 46.23396]),
}


@pytest.mark.parametrize("kind", IZHIKEVICH)
def test_izhikevich_spike_times(kind):
    (a, b, c, d), expected = IZHIKEVICH[kind]
    neuron = Izhikevich(
        name=kind,
        recovery_rate=f"{a} /ms",
        recovery_sensitivity=f"{b} /ms",
        reset=f"{c} mV",
        recovery_jump=f"{d} mV/ms",
        initial_potential="-70 mV",
    )
    times = spike_times(neuron, 10.0, expected[-1] + 1)
    np.testing.assert_allclose(times[: len(expected)], expected, atol=1e-4)


def test_quadratic_integrate_and_fire_period():
    """C (atan(u_peak) - atan(u_reset)) / sqrt(k I), with k = g / 2D, u = (v - V_T) sqrt(k / I)."""
    neuron = QuadraticIntegrateAndFire(
        name="parabola",
        capacitance="100 pF",
        leak_conductance="10 nS",
        threshold="-50 mV",
        slope="2.5 mV",
        rheobase="20 pA",
        peak="450 mV",
        reset="-550 mV",
        initial_potential="-550 mV",
    )
    k, above = 10 / 5, 32.0
    turn = 2 * math.atan(500 * math.sqrt(k / above))
    (time, *_) = spike_times(neuron, 20 + above, 60.0)
    assert time == pytest.approx(100 * turn / math.sqrt(k * above), abs=1e-6)
    assert time < 100 * math.pi / math.sqrt(k * above)


ADAPTIVE = AdaptiveExponentialIntegrateAndFire(
    name="Brette and Gerstner 2005",
    capacitance="281 pF",
    leak_conductance="30 nS",
    leak_reversal="-70.6 mV",
    threshold="-50.4 mV",
    slope="2 mV",
    peak="20 mV",
    reset="-70.6 mV",
    adaptation_time_constant="144 ms",
    adaptation_conductance="4 nS",
    adaptation_jump="0.0805 nA",
    initial_potential="-70.6 mV",
)


def _fixed_point(v):
    """Current that holds v, and the Jacobian there."""
    lowered = point_equations(ADAPTIVE)
    at = {**lowered.defaults, "v": v, "w": 4.0 * (v + 70.6), "i_injected": 0.0}
    current = -float(evaluate(lowered.rate, at)) * 281.0
    rates = [lowered.rate, lowered.flows[0].rate]
    return current, np.array(
        [[float(evaluate(derivative(rate, name), at)) for name in ("v", "w")] for rate in rates]
    )


def test_adaptive_exponential_bifurcations():
    """Hopf at V_T + D ln(1 + C / (g tau)): 627.1825 pA; saddle-node 627.3111 pA."""
    hopf = brentq(lambda v: np.trace(_fixed_point(v)[1]), -55, -45, xtol=1e-12)
    assert hopf == pytest.approx(-50.4 + 2 * math.log(1 + 281 / (30 * 144)), abs=1e-9)
    assert _fixed_point(hopf)[0] == pytest.approx(627.1825, abs=1e-4)
    fold = brentq(lambda v: np.linalg.det(_fixed_point(v)[1]), -55, -45, xtol=1e-12)
    assert _fixed_point(fold)[0] == pytest.approx(627.3111, abs=1e-4)


def test_a_spike_adds_to_the_adaptation():
    reset = dict(point_equations(ADAPTIVE).reset.assignments)
    at = {**point_equations(ADAPTIVE).defaults, "v": 20.0, "w": 12.0}
    assert evaluate(reset["w"], at) == 92.5
    assert evaluate(reset["v"], at) == -70.6


def test_exponential_integrate_and_fire_is_adaptive_without_adaptation():
    """The largest current it can hold is g (V_T - E_L - D), at V_T."""
    neuron = ExponentialIntegrateAndFire(
        name="exponential",
        capacitance="281 pF",
        leak_conductance="30 nS",
        leak_reversal="-70.6 mV",
        threshold="-50.4 mV",
        slope="2 mV",
        peak="20 mV",
        reset="-70.6 mV",
        initial_potential="-70.6 mV",
    )
    lowered = point_equations(neuron)
    at = {**lowered.defaults, "v": -50.4, "i_injected": 30 * (70.6 - 50.4 - 2)}
    assert evaluate(lowered.rate, at) == pytest.approx(0.0, abs=1e-12)
    assert evaluate(derivative(lowered.rate, "v"), at) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("neuron", "change", "message"),
    [
        (LEAKY, {"reset": "-40 mV"}, "reset = -40 mV must be below threshold = -50 mV"),
        (ADAPTIVE, {"peak": "-60 mV"}, "threshold = -50.4 mV must be below peak = -60 mV"),
        (LEAKY, {"capacitance": "0 pF"}, "capacitance = 0 pF must be above 0"),
        (LEAKY, {"refractory": "-1 ms"}, "refractory = -1 ms; at least 0 ms"),
        (LEAKY, {"leak_conductance": "10 mV"}, "leak_conductance = 10 mV is a voltage"),
        (LEAKY, {"tau": "10 ms"}, "tau: unknown key; allowed: capacitance"),
    ],
)
def test_what_contradicts_itself_is_refused(neuron, change, message):
    with pytest.raises(ModelError) as caught:
        neuron.with_(**change)
    assert message in str(caught.value)
