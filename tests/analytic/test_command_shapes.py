"""Command shapes against closed forms: value, mean over an interval, derivative."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import fresnel, sici

from loligo.protocol import Chirp, Linear, Samples, Segment, Sinusoid

RNG = np.random.default_rng(7)
STARTS = np.sort(RNG.uniform(0, 900, 40))
WIDTHS = 10.0 ** RNG.uniform(-3, 2, 40)


def intervals(longest=1000.0):
    return STARTS, np.minimum(STARTS + WIDTHS, longest)


def linear_chirp_integral(t, start, rate):
    """Integral from 0 of sin(2 pi (start t + rate t^2 / 2)), by Fresnel integrals."""
    shift, width = start / rate, np.sqrt(2 * rate)
    s1, c1 = fresnel(width * (t + shift))
    s0, c0 = fresnel(width * shift)
    turn = np.pi * rate * shift**2
    return (np.cos(turn) * (s1 - s0) - np.sin(turn) * (c1 - c0)) / width


def exponential_chirp_integral(t, start, growth):
    """Integral from 0 of sin(a (e^(g t) - 1)), a = 2 pi start / g, by sine and cosine integrals."""
    a = 2 * np.pi * start / growth
    s1, c1 = sici(a * np.exp(growth * t))
    s0, c0 = sici(a)
    return (np.cos(a) * (s1 - s0) - np.sin(a) * (c1 - c0)) / growth


def test_linear_chirp_mean_is_that_of_fresnel_integrals():
    shape = Chirp(0.0005, 0.04, 1000.0, "linear")
    t0, t1 = intervals()
    rate = (0.04 - 0.0005) / 1000.0
    exact = [linear_chirp_integral(t, 0.0005, rate) for t in (t0, t1)]
    long = t1 - t0 > 1.0  # the closed form loses digits on short intervals
    expected = (exact[1] - exact[0]) / (t1 - t0)
    assert long.sum() > 10
    assert shape.mean(t0, t1)[long] == pytest.approx(expected[long], abs=1e-12)
    whole = linear_chirp_integral(1000.0, 0.0005, rate) / 1000.0
    assert float(shape.mean(0.0, 1000.0)) == pytest.approx(whole, abs=1e-13)


def test_exponential_chirp_mean_is_that_of_sine_integrals():
    shape = Chirp(0.0005, 0.04, 1000.0, "exponential")
    growth = np.log(0.04 / 0.0005) / 1000.0
    t0, t1 = intervals()
    exact = [exponential_chirp_integral(t, 0.0005, growth) for t in (t0, t1)]
    long = t1 - t0 > 1.0
    expected = (exact[1] - exact[0]) / (t1 - t0)
    assert shape.mean(t0, t1)[long] == pytest.approx(expected[long], abs=2e-12)
    whole = exponential_chirp_integral(1000.0, 0.0005, growth) / 1000.0
    assert float(shape.mean(0.0, 1000.0)) == pytest.approx(whole, abs=1e-13)


@pytest.mark.parametrize(
    ("spacing", "cycles"),
    [
        ("linear", (0.5e-3 + 40e-3) / 2 * 20_000),
        ("exponential", (40e-3 - 0.5e-3) * 20_000 / np.log(80)),
    ],
)
def test_chirp_turns_as_often_as_its_frequency_says(spacing, cycles):
    shape = Chirp(0.5e-3, 40e-3, 20_000.0, spacing)
    assert float(shape.phase(20_000.0)) / (2 * np.pi) == pytest.approx(cycles, rel=1e-13)
    assert float(shape.frequency(0.0)) == pytest.approx(0.5e-3, rel=1e-14)
    assert float(shape.frequency(20_000.0)) == pytest.approx(40e-3, rel=1e-14)
    middle = {"linear": 20.25e-3, "exponential": np.sqrt(0.5e-3 * 40e-3)}[spacing]
    assert float(shape.frequency(10_000.0)) == pytest.approx(middle, rel=1e-13)
    t = np.linspace(10, 19_990, 101)
    slope = (shape.phase(t + 0.01) - shape.phase(t - 0.01)) / 0.02 / (2 * np.pi)
    assert slope == pytest.approx(shape.frequency(t), rel=1e-8)


def test_a_chirp_that_keeps_its_frequency_is_a_sine():
    t = np.linspace(0, 100, 301)
    sine = Sinusoid(((1.0, 0.03, 0.0),))
    for spacing in ("linear", "exponential"):
        chirp = Chirp(0.03, 0.03, 100.0, spacing)
        assert chirp.value(t) == pytest.approx(sine.value(t), abs=1e-13)
        assert chirp.derivative(t) == pytest.approx(sine.derivative(t), abs=1e-13)
        assert chirp.mean(t[:-1], t[1:]) == pytest.approx(sine.mean(t[:-1], t[1:]), abs=1e-13)


def test_sine_mean_is_the_difference_of_cosines():
    weights = ((1.0, 0.005, 0.25), (-0.3, 0.02, 0.1), (0.2, 1.7, 0.0))
    shape = Sinusoid(weights)
    t0, t1 = intervals()

    def antiderivative(t):
        terms = (-w / (2 * np.pi * f) * np.cos(2 * np.pi * (f * t + p)) for w, f, p in weights)
        return sum(terms)

    expected = (antiderivative(t1) - antiderivative(t0)) / (t1 - t0)
    long = t1 - t0 > 0.5
    assert shape.mean(t0, t1)[long] == pytest.approx(expected[long], abs=1e-12)
    whole = 1 / 0.005
    assert float(Sinusoid(weights[:1]).mean(0.0, whole)) == pytest.approx(0.0, abs=1e-15)
    assert float(Sinusoid(weights[:1]).value(0.0)) == pytest.approx(1.0, abs=1e-15)


SHAPES = {
    "linear": Linear(),
    "sine": Sinusoid(((1.0, 0.05, 0.2), (0.5, 0.11, 0.0))),
    "chirp": Chirp(0.001, 0.1, 1000.0, "linear"),
    "exponential chirp": Chirp(0.1, 0.001, 1000.0, "exponential"),
    "held": Samples.of(RNG.normal(size=1000), 1.0, "hold"),
    "joined": Samples.of(RNG.normal(size=1001), 1.0, "linear"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_mean_is_the_integral_by_another_quadrature(name):
    shape = SHAPES[name]
    t0, t1 = intervals()
    for start, stop in list(zip(t0, t1, strict=True))[::4]:
        jumps = [float(k) for k in range(int(np.ceil(start)), int(np.floor(stop)) + 1)]
        ends = np.unique([start, *(j for j in jumps if start < j < stop), stop])
        pieces = [
            quad(lambda t: float(shape.value(t)), a, b, epsabs=1e-13, epsrel=1e-12)[0]
            for a, b in pairwise(ends)
        ]
        expected = sum(pieces) / (stop - start)
        assert float(shape.mean(start, stop)) == pytest.approx(expected, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("name", SHAPES)
def test_means_of_parts_make_the_mean_of_the_whole(name):
    shape = SHAPES[name]
    edges = np.concatenate([[0.0], np.sort(RNG.uniform(0, 1000, 500)), [1000.0]])
    widths = np.diff(edges)
    parts = shape.mean(edges[:-1], edges[1:])
    whole = float(shape.mean(0.0, 1000.0))
    assert float(np.sum(parts * widths)) / 1000.0 == pytest.approx(whole, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", SHAPES)
def test_mean_of_a_vanishing_interval_is_the_value(name):
    shape = SHAPES[name]
    t = RNG.uniform(1, 999, 50)
    at = np.floor(t) + np.clip(t % 1, 0.1, 0.9)  # off the edges of samples
    size = np.abs(shape.value(at)).max()
    assert shape.mean(at, at + 1e-7) == pytest.approx(shape.value(at), abs=3e-7 * size)


@pytest.mark.parametrize("name", SHAPES)
def test_derivative_is_the_slope(name):
    shape = SHAPES[name]
    t = np.floor(RNG.uniform(1, 999, 50)) + 0.5
    slope = (shape.value(t + 1e-4) - shape.value(t - 1e-4)) / 2e-4
    assert shape.derivative(t) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_work_on_any_array_and_equal_ones_are_one(name):
    shape = SHAPES[name]
    grid = np.arange(6.0).reshape(2, 3)
    assert shape.value(grid).shape == (2, 3)
    assert shape.mean(grid, grid + 0.5).shape == (2, 3)
    assert shape.mean(0.0, grid + 0.5).shape == (2, 3)
    assert shape.derivative(grid).shape == (2, 3)
    fields = (getattr(shape, f) for f in shape.__dataclass_fields__)
    twin = type(shape)(*fields)
    assert twin == shape
    assert hash(twin) == hash(shape)


def test_samples_are_held_or_joined():
    held = Samples.of([1.0, 3.0, -1.0], 0.1, "hold")
    joined = Samples.of([1.0, 3.0, -1.0], 0.1, "linear")
    t = np.array([0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
    assert held.value(t).tolist() == [1, 1, 3, 3, -1, -1, -1]
    assert joined.value(t) == pytest.approx([1, 2, 3, 1, -1, -1, -1])
    assert float(held.mean(0.0, 0.3)) == pytest.approx(1.0)
    assert float(held.mean(0.05, 0.25)) == pytest.approx((0.5 + 3 - 0.5) / 2)
    assert float(joined.mean(0.0, 0.2)) == pytest.approx(1.5)
    assert float(joined.mean(0.0, 0.4)) == pytest.approx((2 + 1 - 1 - 1) / 4)
    assert held.value([0.3 - 1e-12]).tolist() == [-1]
    assert held.value(0.1 * 3 - 0.1).tolist() == -1  # 0.2000...04 and 0.19999...96 alike
    assert joined.derivative(t) == pytest.approx([20, 20, -40, -40, 0, 0, 0])


def test_mean_over_many_samples_keeps_its_digits():
    """A running sum over a long recording would lose them."""
    values = np.full(1_000_000, 1e6)
    values[-10:] = [1e-3] * 10
    shape = Samples.of(values, 0.02, "hold")
    stop = values.size * 0.02
    assert float(shape.mean(stop - 0.15, stop)) == pytest.approx(1e-3, rel=1e-9)


def test_a_segment_scales_its_shape():
    segment = Segment(10.0, 20.0, -60.0, 5.0, Linear(), 0.0, "ramp")
    assert segment.value([10.0, 12.0]).tolist() == [-60.0, -50.0]
    assert segment.end == -10.0
    assert float(segment.mean(10.0, 20.0)) == -35.0
    flat = Segment(0.0, 1.0, 3.0, 0.0, None)
    assert flat.value(np.zeros((2, 2))).tolist() == [[3, 3], [3, 3]]
    assert flat.mean([0.0], [0.5]).tolist() == [3.0]
    small = segment.scaled(-0.25, around=-80.0, rest=-100.0)
    assert small.value([10.0, 20.0]) == pytest.approx([-105.0, -117.5])
