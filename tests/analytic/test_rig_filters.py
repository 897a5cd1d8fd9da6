"""Output filters against tables, SciPy's poles, closed forms and a numerical solution."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.signal import bessel, butter

from loligo.errors import ArrayError, ModelError, UnitError
from loligo.rig import Bessel, Butterworth, OnePole

FAMILIES = {Bessel: (bessel, {"norm": "mag"}), Butterworth: (butter, {})}
EVERY = [family(poles=n, corner="2.5 kHz") for family in FAMILIES for n in range(1, 9)]
EVERY.append(OnePole(corner="2.5 kHz"))


def named(one):
    return f"{one.kind}-{one.order}"


@pytest.mark.parametrize(
    ("family", "poles", "rise", "overshoot", "delay"),
    [
        (Bessel, 2, 0.342068, None, None),
        (Bessel, 4, 0.350130, 0.8354, 0.329354),
        (Bessel, 6, 0.349431, None, None),
        (Bessel, 8, 0.346616, 0.3439, 0.504840),
        (Butterworth, 1, np.log(9) / (2 * np.pi), 0.0, np.log(2) / (2 * np.pi)),
        (Butterworth, 2, 0.341871, 100 * np.exp(-np.pi), None),
        (Butterworth, 4, 0.387130, 10.830, None),
        (Butterworth, 8, 0.459519, None, None),
    ],
)
def test_tabulated_steps(family, poles, rise, overshoot, delay):
    one = family(poles=poles, corner="4 kHz")
    assert one.rise_time * 4 == pytest.approx(rise, abs=1e-6)
    if overshoot is not None:
        assert 100 * one.overshoot == pytest.approx(overshoot, abs=1e-3)
    if delay is not None:
        assert one.delay * 4 == pytest.approx(delay, abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
@pytest.mark.parametrize("poles", range(1, 9))
def test_poles_are_scipys(family, poles):
    design, options = FAMILIES[family]
    _, expected, _ = design(poles, 2 * np.pi * 2.5, analog=True, output="zpk", **options)
    found = np.linalg.eigvals(family(poles=poles, corner="2.5 kHz").state_space.a)
    for pole in expected:
        assert np.abs(found - pole).min() < 1e-10 * abs(pole)


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_gain_at_rest_corner_and_far_above(one):
    assert abs(one.transfer(0.0) - 1) < 1e-12
    assert abs(one.transfer(2.5)) ** 2 == pytest.approx(0.5, rel=1e-12)
    far = np.abs(one.transfer(np.array([250.0, 500.0])))
    assert np.log2(far[0] / far[1]) == pytest.approx(one.order, abs=0.001)


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_states_have_the_transfer_function_of_the_poles(one):
    space = one.state_space
    assert space.size == one.order
    for frequency in (0.1, 2.5, 20.0):
        s = 2j * np.pi * frequency
        found = space.c @ np.linalg.solve(s * np.eye(space.size) - space.a, space.b) + space.d
        assert found == pytest.approx(one.transfer(frequency), rel=1e-10)
    assert np.abs(space.a).max() < 10 * 2 * np.pi * 2.5
    assert space.c @ space.rest(3.0) == pytest.approx(3.0, rel=1e-12)
    assert set(np.round(space.rest(1.0), 9)) <= {0.0, 1.0}


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_energy_of_the_impulse_is_the_noise_bandwidth(one):
    power, _ = quad(lambda f: float(np.abs(one.transfer(f)) ** 2), 0, 2.5, epsabs=1e-12)
    tail, _ = quad(lambda x: float(np.abs(one.transfer(1 / x)) ** 2) / x**2, 1e-9, 0.4, limit=200)
    assert one.noise_bandwidth == pytest.approx(power + tail, rel=1e-7)


@pytest.mark.parametrize("poles", range(1, 9))
def test_noise_bandwidth_of_butterworth(poles):
    x = np.pi / (2 * poles)
    one = Butterworth(poles=poles, corner="3 kHz")
    assert one.noise_bandwidth == pytest.approx(3 * x / np.sin(x), rel=1e-10)


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_responses_are_those_of_the_states(one):
    space = one.state_space
    times = np.array([-1.0, 0.02, 0.1, 0.3, 1.0])
    impulse = [0.0, *(space.c @ expm(space.a * t) @ space.b for t in times[1:])]
    assert one.impulse_response(times) == pytest.approx(impulse, abs=1e-9)
    eye = np.eye(space.size)
    step = [
        space.c @ np.linalg.solve(space.a, (expm(space.a * t) - eye) @ space.b) for t in times[1:]
    ]
    assert one.step_response(times) == pytest.approx([0.0, *step], abs=1e-10)


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_group_delay_is_the_slope_of_the_phase(one):
    f, d = 1.7, 1e-5
    phase = np.unwrap(np.angle(one.transfer(np.array([f - d, f + d]))))
    slope = -(phase[1] - phase[0]) / (2 * d * 2 * np.pi)
    assert one.group_delay(f) == pytest.approx(slope, rel=1e-6)


def exact(one, samples, interval):
    """Step the whole system with its input, straight between samples, by one exponential."""
    space = one.state_space
    n = space.size
    whole = np.zeros((n + 2, n + 2))
    whole[:n, :n], whole[:n, n], whole[n, n + 1] = space.a, space.b, 1.0
    step = expm(whole * interval)[:n]
    state, found = space.rest(samples[0]), [samples[0]]
    for first, last in pairwise(samples):
        state = step @ np.concatenate([state, [first, (last - first) / interval]])
        found.append(space.c @ state)
    return np.array(found)


@pytest.mark.parametrize("one", EVERY, ids=named)
@pytest.mark.parametrize("sampling", [1.0, 20.0, 2000.0])
def test_filtered_samples_are_exact(one, sampling):
    samples = np.random.default_rng(1).normal(-60.0, 5.0, 300)
    found = one.apply(samples, f"{sampling} kHz")
    assert found == pytest.approx(exact(one, samples, 1 / sampling), abs=1e-8)


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_a_ramp_comes_late_by_the_group_delay(one):
    times = np.arange(2000) / 50.0
    found = one.apply(3.0 * times, "50 kHz")
    assert found[-1] == pytest.approx(3.0 * (times[-1] - one.group_delay()), abs=1e-9)


def test_a_steep_edge_is_the_step_response():
    samples = np.where(np.arange(40_000) < 10_000, -5.0, 20.0)
    one = Bessel(corner="1 kHz")
    found = one.apply(samples, "20000 kHz")
    times = (np.arange(40_000) - 9_999.5) / 20000
    assert found == pytest.approx(-5.0 + 25.0 * one.step_response(times), abs=1e-6)


def test_sweeps_are_filtered_each_alone():
    samples = np.random.default_rng(2).normal(size=(2, 3, 50))
    one = Butterworth(poles=3, corner="5 kHz")
    found = one.apply(samples, "20 kHz")
    assert found.shape == samples.shape
    assert (found[1, 2] == one.apply(samples[1, 2], "20 kHz")).all()


def test_what_is_refused():
    one = Bessel(corner="1 kHz")
    with pytest.raises(ArrayError, match="no samples"):
        one.apply([], "20 kHz")
    with pytest.raises(ArrayError, match="1 of 3 samples are not finite"):
        one.apply([0.0, np.nan, 1.0], "20 kHz")
    with pytest.raises(UnitError, match="sampling = 20 has no unit"):
        one.apply([0.0], 20)
    with pytest.raises(UnitError, match="must be above 0"):
        one.apply([0.0], "0 kHz")
    for poles in (0, 9, 2.5):
        with pytest.raises(ModelError, match="poles"):
            Bessel(poles=poles, corner="1 kHz")
    with pytest.raises(ModelError, match="corner = 0 kHz must be above 0"):
        Bessel(corner=0)
    with pytest.raises(ModelError, match="corner"):
        Bessel(corner="5 mV")
