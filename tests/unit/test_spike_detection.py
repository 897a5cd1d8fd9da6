"""What is a spike and what is not: artefacts, plateaus, edges, bad input."""

import numpy as np
import pytest
from spike_shapes import Shape, trace

from loligo.analysis.spikes import DetectionOptions, FeatureOptions, detect_spikes, spike_features
from loligo.errors import ArrayError

RATE = 20.0


def _flat(duration=500.0, rate=RATE):
    return np.full(round(duration * rate), -65.0)


@pytest.mark.parametrize("height", [30.0, 60.0, 120.0])
@pytest.mark.parametrize("rate", [10.0, 20.0, 50.0])
def test_a_single_sample_is_no_spike(height, rate):
    values = _flat(rate=rate)
    values[3000] += height
    found = detect_spikes(values, rate)
    assert len(found) == 0
    assert found.rejected_time == pytest.approx([3000 / rate])
    assert found.rejected_reason == ("shorter than a spike can be",)


@pytest.mark.parametrize("width", [0.4, 2.0, 10.0])
def test_a_square_pulse_is_no_spike(width):
    values = _flat()
    values[3000 : 3000 + round(width * RATE)] += 40
    found = detect_spikes(values, RATE)
    assert len(found) == 0
    assert found.rejected_reason == ("square: an artefact",)


def test_a_step_with_a_slow_decay_after_a_jump_is_no_spike():
    values = _flat(rate=10.0)
    after = np.arange(values.size - 2000)
    values[2000:] += 70 * np.exp(-after / 3.0)
    assert detect_spikes(values, 10.0).rejected_reason == ("square: an artefact",)


@pytest.mark.parametrize("tau", [2.0, 20.0])
def test_charging_and_discharging_is_no_spike(tau):
    t = np.arange(0, 1000, 1 / RATE)
    on = np.where(t > 200, 1 - np.exp(-(t - 200) / tau), 0)
    off = np.where(t > 700, 1 - np.exp(-(t - 700) / tau), 0)
    assert len(detect_spikes(-65 + 40 * (on - off), RATE)) == 0


def test_a_peak_right_after_a_known_edge_is_its_artefact():
    values = trace(Shape(rise=0.05, fall=0.4), [100.0, 200.0], 300.0, RATE)
    values[round(99.0 * RATE) : round(99.85 * RATE)] = -65.0
    assert len(detect_spikes(values, RATE)) == 2
    found = detect_spikes(values, RATE, edges=[99.85])
    assert found.peak_time == pytest.approx([200.0], abs=0.01)
    assert found.rejected_reason == ("follows an edge of the command at once",)


def test_a_spike_that_was_rising_before_the_edge_is_one():
    values = trace(Shape(), [100.0, 200.0], 300.0, RATE)
    assert len(detect_spikes(values, RATE, edges=[99.8])) == 2


def test_a_bump_on_the_falling_phase_is_no_second_spike():
    values = trace(Shape(height=120), [100.0], 200.0, RATE)
    at = round(100.35 * RATE)
    values[at : at + 5] += [12, 35, 38, 30, 12]
    found = detect_spikes(values, RATE, DetectionOptions(prominence=10))
    assert len(found) == 1


def test_a_spike_needs_no_fixed_potential():
    low = trace(Shape(rest=-90, height=40), [50.0], 100.0, RATE)
    high = trace(Shape(rest=-5, height=40), [50.0], 100.0, RATE)
    assert len(detect_spikes(low, RATE)) == len(detect_spikes(high, RATE)) == 1


def test_a_spike_cut_off_by_the_end_is_not_counted():
    values = trace(Shape(), [50.0], 100.0, RATE)
    assert len(detect_spikes(values[: round(50.1 * RATE)], RATE)) == 0


def test_what_follows_the_last_spike_is_refused_at_the_end():
    values = trace(Shape(), [50.0, 55.0], 100.0, RATE)[: round(55.6 * RATE)]
    features = spike_features(values, RATE, detect_spikes(values, RATE))
    assert len(features) == 2
    assert np.isnan(features["threshold_width"][1])
    assert "threshold_width: cut_by_end" in features.status(1)
    assert "medium_ahp: cut_by_spike" in features.status(0)
    assert "amplitude_from_baseline: no_baseline" in features.status(0)


def test_a_threshold_at_an_edge_is_refused():
    values = trace(Shape(), [50.0], 100.0, RATE)
    found = detect_spikes(values, RATE)
    shape = Shape()
    edge = 50.0 + shape.threshold() - shape.peak - 0.1
    features = spike_features(values, RATE, found, edges=[edge], baseline=-65.0)
    assert np.isnan(features["threshold_potential"][0])
    assert "amplitude: at_edge" in features.status(0)
    assert features["amplitude_from_baseline"] == pytest.approx([100], abs=0.2)


def _with_after(fast, adp, medium):
    t = np.arange(0, 200, 1 / RATE)
    values = trace(Shape(height=90), [50.0], 200.0, RATE)
    for size, at, width in ((fast, 53.0, 0.6), (adp, 57.0, 1.5), (medium, 70.0, 8.0)):
        values = values + size * np.exp(-(((t - at) / width) ** 2))
    return values


def test_afterpotentials_are_told_apart():
    values = _with_after(-12, 6, -8)
    features = spike_features(values, RATE, detect_spikes(values, RATE))
    threshold = features["threshold_potential"][0]
    t = np.arange(values.size) / RATE
    fast = values[(t > 50) & (t <= 55)].min()
    medium = values[(t > 55) & (t <= 100)].min()
    bump = values[(t > 53) & (t < 65)].max()
    assert features["fast_ahp"][0] == pytest.approx(threshold - fast)
    assert features["medium_ahp"][0] == pytest.approx(threshold - medium)
    assert features["adp"][0] == pytest.approx(bump - fast)
    assert features["trough_potential"][0] == pytest.approx(values.min())


def test_no_afterpotential_is_absent_not_zero():
    values = trace(Shape(), [50.0], 800.0, RATE, noise=0.05)
    features = spike_features(values, RATE, detect_spikes(values, RATE))
    for name in ("medium_ahp", "slow_ahp", "adp"):
        assert np.isnan(features[name][0]), name
        assert f"{name}: absent" in features.status(0)


def test_no_spike_gives_empty_columns():
    features = spike_features(_flat(), RATE, detect_spikes(_flat(), RATE))
    assert len(features) == 0
    assert {column.shape for column in features.values.values()} == {(0,)}


@pytest.mark.parametrize(
    ("voltage", "rate", "text"),
    [
        (np.zeros((2, 100)), 20.0, r"shape \(2, 100\)"),
        (np.zeros(5), 20.0, "5 samples"),
        (np.zeros(100), 0.0, "sampling_rate = 0.0 kHz"),
        (np.zeros(100), np.nan, "sampling_rate = nan"),
        (np.r_[np.zeros(50), np.nan, np.zeros(9)], 20.0, r"not finite at sample 50 \(2.5 ms\)"),
    ],
)
def test_bad_input_is_refused(voltage, rate, text):
    with pytest.raises(ArrayError, match=text):
        detect_spikes(voltage, rate)


def test_bad_options_are_refused():
    with pytest.raises(ArrayError, match="prominence = -1"):
        DetectionOptions(prominence=-1)
    with pytest.raises(ArrayError, match="shortest = 40 ms"):
        DetectionOptions(shortest=40)
    with pytest.raises(ArrayError, match="must increase"):
        FeatureOptions(fast=60)
    with pytest.raises(ArrayError, match="threshold_fraction = 2"):
        FeatureOptions(threshold_fraction=2)
