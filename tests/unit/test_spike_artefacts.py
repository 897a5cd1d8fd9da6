"""Artefacts of bridge and stimulator, noise, extreme shapes: what counts, and what is said."""

import numpy as np
import pytest
from spike_shapes import Shape, trace

from loligo.analysis.spikes import DetectionOptions, detect_spikes, spike_features, spikes
from loligo.recording import from_arrays

PEAKS = (120.0, 180.0, 250.0, 260.0, 400.0)
EDGES = (100.0, 500.0)


def _bridge(height, length, tau, rate):
    voltage = trace(Shape(), PEAKS, 600.0, rate, 0.1)
    t = np.arange(voltage.size) / rate
    for edge, sign in zip(EDGES, (1, -1), strict=True):
        since = t - edge
        voltage = voltage + sign * height * ((since >= 0) & (since < length))
        if tau:
            decay = np.exp(-np.clip(since - length, 0, None) / tau)
            voltage = voltage + sign * height * np.where(since >= length, decay, 0.0)
    return voltage


@pytest.mark.parametrize("rate", [5.0, 10.0, 20.0, 50.0])
@pytest.mark.parametrize("height", [100.0, -100.0])
@pytest.mark.parametrize("length", [0.2, 1.0])
@pytest.mark.parametrize("tau", [0.0, 0.1, 1.0])
def test_bridge_artefacts_are_no_spikes(rate, height, length, tau):
    voltage = _bridge(height, length, tau, rate)
    assert len(detect_spikes(voltage, rate, edges=EDGES)) == len(PEAKS)
    if rate >= 10:  # the form alone tells
        assert len(detect_spikes(voltage, rate)) == len(PEAKS)


@pytest.mark.parametrize("rate", [10.0, 20.0, 50.0])
@pytest.mark.parametrize("length", [0.2, 0.5, 1.0])
def test_a_biphasic_stimulus_is_no_spike(rate, length):
    voltage = trace(Shape(), PEAKS, 600.0, rate, 0.1)
    t = np.arange(voltage.size) / rate
    for start in (150.0, 300.0, 350.0):
        since = t - start
        voltage = voltage + 60.0 * ((since >= 0) & (since < length))
        voltage = voltage - 60.0 * ((since >= length) & (since < 2 * length))
    found = detect_spikes(voltage, rate)
    assert found.peak_time == pytest.approx(PEAKS, abs=0.1)


@pytest.mark.parametrize("deviation", [1.0, 3.0, 5.0, 8.0])
def test_filtered_noise_holds_no_spike(deviation):
    from scipy.signal import butter, lfilter

    for seed in range(5):
        white = np.random.default_rng(seed).normal(size=41_000)
        noise = lfilter(*butter(2, 0.2), white)[1000:]
        assert len(detect_spikes(-65 + deviation * noise / noise.std(), 20.0)) == 0


def test_noise_that_hides_spikes_is_said():
    quiet, loud = (
        spikes(
            from_arrays(
                trace(Shape(), np.arange(30, 970, 47.0), 1000.0, 10.0, noise, 0)[None],
                unit="mV",
                sampling_rate="10 kHz",
            )
        )
        for noise in (0.2, 5.0)
    )
    assert quiet.estimates[0].reason == ""
    assert quiet.estimates[0].value == 20
    assert "noise of 5" in loud.estimates[0].reason
    assert "are not told from it" in loud.estimates[0].reason
    assert loud.estimates[0].value <= 20


@pytest.mark.parametrize("shape", [Shape(), Shape(rise=0.08, fall=0.4)])
def test_fast_trains_are_counted(shape):
    peaks = np.arange(30, 970, 5.0)
    for rate in (5.0, 20.0):
        found = detect_spikes(trace(shape, peaks, 1000.0, rate, 0.3), rate)
        assert found.peak_time == pytest.approx(peaks, abs=0.25)
    slow = np.arange(30, 970, 23.3)
    voltage = trace(shape, slow, 1000.0, 2.0, 0.3)
    found = detect_spikes(voltage, 2.0)
    assert found.peak_time == pytest.approx(slow, abs=0.5)
    features = spike_features(voltage, 2.0, found)
    assert np.isnan(features["amplitude"]).all()  # two samples a spike cannot tell its height
    assert "amplitude: coarse" in features.status(0)


def test_calcium_spikes_are_counted_up_to_the_longest_width():
    for width in (3.0, 10.0, 20.0):
        shape = Shape(rise=0.12 * width, fall=0.8 * width, height=60)
        peaks = np.arange(100, 2900, 200.0)
        found = detect_spikes(trace(shape, peaks, 3000.0, 20.0, 0.1), 20.0)
        assert found.peak_time == pytest.approx(peaks, abs=1.5)


def test_a_cardiac_action_potential_is_one_where_options_say_so():
    t = np.arange(0, 3000, 0.1)
    voltage = np.full(t.size, -85.0)
    for start in (200.0, 1200.0, 2200.0):
        since = np.clip(t - start, -50, 900)
        rise = 1 / (1 + np.exp(-(since - 1) / 0.3))
        voltage += (
            105 * rise * np.exp(-np.clip(since, 0, None) / 900) / (1 + np.exp((since - 300) / 15))
        )
    assert len(detect_spikes(voltage, 10.0)) == 0
    found = detect_spikes(voltage, 10.0, DetectionOptions(longest=500, fall_time=600))
    assert found.peak_time == pytest.approx([203, 1203, 2203], abs=3)
    half = spike_features(voltage, 10.0, found)["half_width"]
    top, foot = voltage.max(), -82.0
    above = np.sum(voltage[:12_000] > (top + foot) / 2) / 10
    assert half[0] == pytest.approx(above, abs=1)
