"""Point neurons simulated from spike to spike: closed forms, published spike times, edges."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from loligo.cell import (
    AdaptiveExponentialIntegrateAndFire,
    LeakyIntegrateAndFire,
    QuadraticIntegrateAndFire,
    catalogue,
)
from loligo.engine import simulate
from loligo.protocol import Protocol

TAU, V_TH = 10.0, 20.0  # ms, mV above rest; 100 MOhm
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
PARABOLA = QuadraticIntegrateAndFire(
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


def fired(neuron, epochs, holding="0 pA", **more):
    return simulate(neuron, Protocol("p", epochs, holding=holding), spikes=True, **more)


def passage(current, start=0.0):
    """When the leaky neuron goes from a potential above rest to its threshold."""
    goal = 0.1 * current
    return TAU * math.log((goal - start) / (goal - V_TH))


# Closed forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "rate"),
    [(201, 18.170899), (250, 55.265781), (300, 77.005278), (500, 140.681479), (1000, 236.326419)],
)
def test_leaky_rates(current, rate):
    times = fired(LEAKY, [f"step {current} pA for 400 ms"]).spike_times()
    assert 1e3 / np.diff(times) == pytest.approx(rate, abs=1e-6)
    n = np.arange(times.size)
    exact = (n + 1) * passage(current) + 2 * n
    np.testing.assert_allclose(times, exact, rtol=0, atol=1e-10)


def test_leaky_neuron_is_silent_at_its_rheobase():
    """200 pA bring it to its threshold in no finite time."""
    found = fired(LEAKY, ["step 199, 200 pA for 500 ms"])
    assert found.spikes[0].size == 0
    assert found.final["v"][0, 0] == pytest.approx(-50.1 - 19.9 * math.exp(-50), abs=1e-12)


def test_leaky_potential_between_spikes():
    found = fired(LEAKY, ["step 500 pA for 30 ms"], sampling="0.01 ms", features=["mean_potential"])
    period = passage(500) + 2
    since = found.times % period
    v = np.where(since < passage(500), 50 * -np.expm1(-since / TAU), 0.0) - 70
    np.testing.assert_allclose(found["v"][0, 0], v, atol=1e-10)

    # integral of 50 (1 - exp(-t / tau)) up to a time
    def area(t):
        return 50 * (t + TAU * np.expm1(-t / TAU))

    whole, left = divmod(30.0, period)
    mean = (whole * area(passage(500)) + area(min(left, passage(500)))) / 30 - 70
    assert found["mean_potential"][0, 0] == pytest.approx(mean, abs=1e-11)


@pytest.mark.parametrize("above", [32.0, 0.5, 1e-4])
def test_quadratic_period(above):
    """C (atan(u_peak) - atan(u_reset)) / sqrt(k (I - I_T)), u = (v - V_T) sqrt(k / (I - I_T))."""
    k = 10 / 5
    turn = 2 * math.atan(500 * math.sqrt(k / above))
    period = 100 * turn / math.sqrt(k * above)
    times = fired(PARABOLA, [f"step {20 + above!r} pA for {3.5 * period!r} ms"]).spike_times()
    np.testing.assert_allclose(times, period * np.arange(1, 4), rtol=1e-9)
    assert period < math.pi * 100 / math.sqrt(k * above)


def test_quadratic_neuron_rests_below_its_rheobase():
    """From the reset it climbs as ``v = V_T - b coth(...)`` to ``V_T - b``, b = sqrt(20 pA / k)."""
    k, below = 10 / 5, 20.0
    b, rate = math.sqrt(below / k), math.sqrt(k * below) / 100
    found = fired(PARABOLA, ["step 0 pA for 90 ms"], sampling="1 ms")
    start = math.atanh(b / 500)
    v = -50 - b / np.tanh(rate * found.times + start)
    np.testing.assert_allclose(found["v"][0, 0], v, rtol=1e-10)
    assert found.spike_times().size == 0


def test_closed_form_and_error_control_agree():
    """A sampled current that never changes is constant; joined by lines, it is a shape."""
    for neuron, level in ((LEAKY, 300), (PARABOLA, 52)):
        exact = fired(neuron, [f"step {level} pA for 100 ms"])
        steps = fired(neuron, [f"wave {level}, {level}, {level} pA every 50 ms joined"])
        assert exact.spike_times().size >= 2
        np.testing.assert_allclose(steps.spike_times(), exact.spike_times(), rtol=0, atol=1e-6)


def test_a_conductance_charges_the_leaky_neuron():
    """g to 0 mV: goal g 70 / (g + 10) above rest, in 100 / (g + 10) ms."""
    found = fired(LEAKY, ["step 10 nS for 60 ms"], holding="0 nS", reversal="0 mV")
    first = 5.0 * math.log(35 / 15)
    np.testing.assert_allclose(
        found.spike_times(), first + np.arange(found.spike_times().size) * (first + 2), atol=1e-10
    )


# Published ----------------------------------------------------------------------------------------

IZHIKEVICH = {
    "rs": ([3.45162, 20.55611, 65.49207, 110.30448], 44.81241),
    "fs": ([3.49440, 7.41971, 12.84502], 7.34265),
    "ch": ([3.45162, 4.79165, 6.25051], None),
    "ib": ([3.45162, 5.57751, 8.94448, 46.23396], None),
}


@pytest.mark.parametrize("kind", IZHIKEVICH)
def test_izhikevich_spike_times(kind):
    expected, interval = IZHIKEVICH[kind]
    found = fired(
        catalogue.load(f"izhikevich2003_{kind}"),
        ["step 10 pA for 1000 ms"],
        initial={"v": "-70 mV", "u": "-14 mV/ms"},
        record=["v", "u"],
    )
    times = found.spike_times()
    np.testing.assert_allclose(times[: len(expected)], expected, rtol=0, atol=6e-6)
    if interval is not None:
        assert np.diff(times)[-1] == pytest.approx(interval, abs=1e-5)
    assert found.units["u"] == "mV/ms"
    assert found["v"].max() < 30


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


def _held(v):
    """The current that holds a potential."""
    return 30 * (v + 70.6) - 60 * math.exp((v + 50.4) / 2) + 4 * (v + 70.6)


@pytest.mark.parametrize(("below", "fires"), [(0.1, False), (-0.1, True)])
def test_adaptive_exponential_loses_its_rest_at_the_hopf_bifurcation(below, fires):
    """At 627.1825 pA, V_T + D ln(1 + C / (g tau)): from next to the fixed point."""
    hopf = -50.4 + 2 * math.log(1 + 281 / (30 * 144))
    assert _held(hopf) == pytest.approx(627.1825, abs=1e-4)
    current = 627.1825 - below
    low, high = -60.0, hopf + 0.2
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _held(middle) < current else (low, middle)
    found = fired(
        ADAPTIVE,
        [f"step {current!r} pA for 8000 ms"],
        initial={"v": f"{low + 1e-3!r} mV", "w": f"{4 * (low + 70.6)!r} pA"},
        record=(),
    )
    assert (found.spike_times().size > 0) == fires


@pytest.mark.parametrize("refractory", [1.0, 5.0])
def test_a_refractory_neuron_rests_however_short_the_steps_are(refractory):
    """At its reset for as long as it says, with error-controlled steps too."""
    neuron = ADAPTIVE.with_(refractory=f"{refractory} ms")
    found = fired(neuron, ["step 800 pA for 60 ms"], record=["v"], sampling="0.01 ms")
    first = found.spike_times()[0]
    since = found.times - first
    v = found["v"][0, 0]
    assert (v[(since > 0) & (since < refractory)] == -70.6).all()
    assert v[since > refractory + 0.02][0] > -70.6
    assert np.diff(found.spike_times()).min() > refractory


def test_adaptation_may_amplify():
    """A negative conductance, as a parameter of cells or in the description: the same neuron."""
    epochs, kept = ["step 800 pA for 100 ms"], {"record": ["v", "w"], "sampling": "0.1 ms"}
    varied = {"adaptation_conductance": ([4.0, -10.0], "nS")}
    found = fired(ADAPTIVE, epochs, parameters=varied, **kept)
    described = fired(ADAPTIVE.with_(adaptation_conductance="-10 nS"), epochs, **kept)
    np.testing.assert_array_equal(found["v"][1], described["v"][0])
    assert found.spike_times(1).size > found.spike_times(0).size


def test_adaptive_exponential_beside_scipy():
    found = fired(ADAPTIVE, ["step 800 pA for 150 ms"], record=["v", "w"], tolerance=1e-11)

    def slopes(_, y):
        v, w = y
        spike = 60 * math.exp((v + 50.4) / 2)
        return [(800 - w - 30 * (v + 70.6) + spike) / 281, (4 * (v + 70.6) - w) / 144]

    def peak(_, y):
        return y[0] - 20

    peak.terminal, peak.direction = True, 1
    y, t, times = [-70.6, 0.0], 0.0, []
    while True:
        done = solve_ivp(slopes, (t, 150), y, "DOP853", rtol=1e-11, atol=1e-11, events=peak)
        if done.status == 0:
            break
        t = done.t[-1]
        times.append(t)
        y = [-70.6, done.y[1, -1] + 80.5]
    assert len(times) >= 4
    np.testing.assert_allclose(found.spike_times(), times, rtol=0, atol=1e-7)
    assert found.final["w"][0, 0] == pytest.approx(done.y[1, -1], abs=1e-5)
    assert found.units["w"] == "pA"


def test_upstrokes_far_from_the_start_are_steeper_than_the_rounding_of_time():
    """At the peak 2 mV take 1e-14 ms, at 20 s the time is rounded to 4e-12 ms."""
    found = fired(ADAPTIVE, ["step 800 pA for 20000 ms"], record=())
    intervals = np.diff(found.spike_times())
    assert intervals.size > 200
    np.testing.assert_allclose(intervals[-50:], intervals[-1], rtol=0, atol=1e-5)


# Edges, thresholds, refractory periods ------------------------------------------------------------


def test_refractory_period_reaches_over_an_edge():
    """It spikes at the passage; 2 ms of rest go on into the stronger current."""
    first = passage(500)
    found = fired(LEAKY, [f"step 500 pA for {first + 0.5!r} ms", "step 1000 pA for 20 ms"])
    second = first + 2 + passage(1000)
    np.testing.assert_allclose(found.spike_times()[:2], [first, second], rtol=0, atol=1e-11)


def test_what_is_left_of_a_refractory_period_is_a_state():
    first = passage(500)
    half = fired(LEAKY, [f"step 500 pA for {first + 0.5!r} ms"], record=())
    assert half.final["refractory_left"][0, 0] == pytest.approx(1.5, abs=1e-11)
    assert half.units["refractory_left"] == "ms"
    rest = fired(LEAKY, ["step 1000 pA for 20 ms"], initial=half.final)
    assert rest.spike_times()[0] == pytest.approx(1.5 + passage(1000), abs=1e-11)


def test_a_spike_at_an_edge_is_counted_once():
    first = passage(500)
    for nudge in (-1e-13, 0.0, 1e-13):
        found = fired(LEAKY, [f"step 500 pA for {first + nudge!r} ms", "step 500 pA for 10 ms"])
        np.testing.assert_allclose(found.spike_times(), [first, 2 * first + 2], rtol=0, atol=1e-9)


def test_a_current_that_stops_just_before_the_spike_stops_it():
    first = passage(500)
    found = fired(LEAKY, [f"step 500 pA for {first - 1e-6!r} ms", "hold for 20 ms"])
    assert found.spike_times().size == 0


@pytest.mark.parametrize("neuron", [LEAKY, ADAPTIVE])
def test_a_neuron_at_its_threshold_spikes_at_once(neuron):
    level = {"leaky_integrate_and_fire": "-50 mV"}.get(neuron.kind, "20 mV")
    found = fired(neuron, ["hold for 10 ms"], initial={"v": level})
    np.testing.assert_array_equal(found.spike_times(), [0.0])
    assert found["v"][0, 0, 0] == neuron.reset


def test_a_shock_to_the_threshold_spikes_at_its_edge():
    """2000 fC lift 100 pF by 20 mV; 1999 fC do not, nor what comes within 2 ms after a spike."""
    shocks = ["shock 2000 fC", "hold for 1 ms", "shock 1000 fC", "hold for 4 ms"]
    found = fired(LEAKY, ["hold for 3 ms", *shocks], sampling="0.5 ms")
    np.testing.assert_array_equal(found.spike_times(), [3.0])
    assert found["v"].max() == -70
    assert fired(LEAKY, ["shock 1999 fC", "hold for 3 ms"]).spike_times().size == 0


def test_samples_at_a_spike_are_taken_after_the_reset():
    neuron = LEAKY.with_(refractory="0 ms")
    first = passage(500)
    found = fired(
        neuron, ["step 500 pA for 60 ms"], sampling=f"{first!r} ms", features=["maximum_potential"]
    )
    assert found["v"][0, 0, 1] == -70  # later ones are the rounding of a multiple away
    assert found["maximum_potential"][0, 0] == -50


# One neuron among many ----------------------------------------------------------------------------


@pytest.mark.parametrize("neuron", [LEAKY, ADAPTIVE], ids=lambda neuron: neuron.kind)
def test_results_do_not_depend_on_batch_or_threads(neuron):
    epochs = ["step 900, 1000 pA for 60 ms", "sine 900 pA at 40 Hz for 60 ms"]
    g = np.linspace(9.0, 12.0, 5) * (3 if neuron is ADAPTIVE else 1)

    def run(values, threads=1):
        return fired(
            neuron, epochs, parameters={"leak_conductance": (values, "nS")}, threads=threads
        )

    together, threaded = run(g), run(g, threads=3)
    np.testing.assert_array_equal(together["v"], threaded["v"])
    for i, value in enumerate(g):
        alone = run(value)
        np.testing.assert_array_equal(alone["v"][0], together["v"][i])
        for sweep in range(2):
            times = alone.spike_times(0, sweep)
            assert times.size > 0
            np.testing.assert_array_equal(times, threaded.spike_times(i, sweep))


def test_thresholds_and_refractory_periods_differ_between_neurons():
    thresholds, rests = np.array([-55.0, -50.0, -45.0]), np.array([0.0, 1.0, 3.0])
    found = fired(
        LEAKY,
        ["step 500 pA for 60 ms"],
        parameters={"threshold": (thresholds, "mV"), "refractory": (rests, "ms")},
    )
    for i, (level, rest) in enumerate(zip(thresholds, rests, strict=True)):
        interval = TAU * math.log(50 / (50 - (level + 70))) + rest
        assert np.diff(found.spike_times(i)) == pytest.approx(interval, abs=1e-10)
