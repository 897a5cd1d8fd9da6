"""Spikes whose times are known are found, all of them, and timed between samples."""

import numpy as np
import pytest
from spike_shapes import Shape, trace

from loligo.analysis.spikes import detect_spikes, spike_features

RATE = 20.0
RNG = np.random.default_rng(20)


def _times(count, interval=14.0, first=30.0):
    return first + interval * np.arange(count) + RNG.uniform(-2, 2, count)


@pytest.mark.parametrize("count", [1, 2, 17, 60])
def test_a_clean_train_has_exact_count_and_times(count):
    shape = Shape()
    peaks = _times(count)
    voltage = trace(shape, peaks, 1000.0, RATE)
    found = detect_spikes(voltage, RATE)
    assert len(found) == count
    assert np.abs(found.peak_time - peaks).max() < 0.002
    assert np.abs(found.peak_potential - (shape.rest + shape.height)).max() < 0.2
    features = spike_features(voltage, RATE, found)
    onset = shape.threshold() - shape.peak
    assert np.abs(features["threshold_time"] - peaks - onset).max() < 0.002
    assert np.abs(features["threshold_potential"] - shape.potential(shape.threshold())).max() < 0.3


def test_shape_is_recovered():
    shape = Shape()
    peaks = _times(12, interval=40.0)
    voltage = trace(shape, peaks, 600.0, RATE)
    features = spike_features(voltage, RATE, detect_spikes(voltage, RATE), baseline=shape.rest)
    base, top = float(shape.potential(shape.threshold())), shape.rest + shape.height
    levels = {part: shape.crossings(base + part * (top - base)) for part in (0.1, 0.5, 0.9)}
    expected = {
        "amplitude": (top - base, 0.3),
        "amplitude_from_baseline": (shape.height, 0.2),
        "half_width": (levels[0.5][1] - levels[0.5][0], 0.003),
        "rise_time": (levels[0.9][0] - levels[0.1][0], 0.006),
        "fall_time": (levels[0.1][1] - levels[0.9][1], 0.006),
    }
    for name, (value, tolerance) in expected.items():
        assert np.abs(features[name] - value).max() < tolerance, name
    grid = np.linspace(-1, 3, 40001)
    assert features["upstroke"] == pytest.approx(shape.slope(grid).max(), rel=0.03)
    assert features["downstroke"] == pytest.approx(shape.slope(grid).min(), rel=0.03)


@pytest.mark.parametrize(("noise", "seed"), [(0.05, 1), (0.3, 2), (1.0, 3), (2.0, 4)])
@pytest.mark.parametrize("rate", [5.0, 10.0, 20.0, 50.0])
def test_noise_adds_and_hides_no_spike(noise, seed, rate):
    peaks = _times(40)
    voltage = trace(Shape(rise=0.15, fall=1.0), peaks, 700.0, rate, noise, seed)
    found = detect_spikes(voltage, rate)
    assert len(found) == peaks.size
    assert np.abs(found.peak_time - peaks).max() < 0.25


@pytest.mark.parametrize("noise", [0.0, 0.2, 1.0, 3.0, 8.0])
def test_noise_alone_holds_no_spike(noise):
    values = (
        np.random.default_rng(5).normal(-65, noise, 40_000) if noise else np.full(40_000, -65.0)
    )
    assert len(detect_spikes(values, RATE)) == 0


def test_noise_is_measured():
    values = trace(Shape(), _times(8, interval=45.0), 400.0, RATE, 0.4)
    assert detect_spikes(values, RATE).noise == pytest.approx(0.4, rel=0.25)


def test_spikes_that_shrink_on_a_plateau_are_counted_until_they_are_wiggles():
    t = np.arange(0, 1000, 1 / RATE)
    heights = np.array([90, 70, 50, 35, 25, 12, 8, 5, 3, 2])
    voltage = -60 + 50 / (1 + np.exp(-(t - 100) / 3))
    for place, height in enumerate(heights):
        shape = Shape(rest=0, height=height, rise=0.4, fall=4.0)
        voltage = voltage + shape.potential(t - 150 - 60 * place)
    found = detect_spikes(voltage, RATE)
    assert len(found) == np.sum(heights > 20)
