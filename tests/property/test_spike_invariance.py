"""Spikes do not depend on where zero is, when the sweep begins, or what came long before."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from spike_shapes import Shape, trace

from loligo.analysis.spikes import detect_spikes, spike_features

RATE = 20.0


def _cell(gaps, height, seed):
    peaks = 20 + np.cumsum(gaps)
    return trace(Shape(height=height), peaks, float(peaks[-1] + 40), RATE, 0.1, seed), peaks


GAPS = st.lists(st.floats(6.0, 60.0), min_size=1, max_size=12)
HEIGHTS = st.floats(40.0, 130.0)
SEEDS = st.integers(0, 2**31)


@settings(max_examples=40, deadline=None)
@given(GAPS, HEIGHTS, SEEDS)
def test_every_spike_is_found_whatever_the_train(gaps, height, seed):
    voltage, peaks = _cell(gaps, height, seed)
    found = detect_spikes(voltage, RATE)
    assert len(found) == peaks.size
    assert np.abs(found.peak_time - peaks).max() < 0.1


@settings(max_examples=30, deadline=None)
@given(GAPS, HEIGHTS, SEEDS, st.floats(-100, 100))
def test_an_offset_moves_potentials_only(gaps, height, seed, offset):
    voltage, _ = _cell(gaps, height, seed)
    found, moved = detect_spikes(voltage, RATE), detect_spikes(voltage + offset, RATE)
    np.testing.assert_allclose(moved.peak_time, found.peak_time, atol=1e-6)
    a = spike_features(voltage, RATE, found)
    b = spike_features(voltage + offset, RATE, moved)
    for name in ("half_width", "amplitude", "upstroke", "rise_time", "fall_time"):
        np.testing.assert_allclose(b[name], a[name], rtol=1e-6, atol=1e-6, err_msg=name)
    np.testing.assert_allclose(
        b["threshold_potential"] - offset, a["threshold_potential"], atol=1e-6
    )


@settings(max_examples=30, deadline=None)
@given(GAPS, HEIGHTS, SEEDS, st.integers(1, 4000))
def test_a_later_start_moves_times_only(gaps, height, seed, samples):
    voltage, _ = _cell(gaps, height, seed)
    rest = np.full(samples, -65.0)
    later = detect_spikes(np.concatenate([rest, voltage]), RATE)
    np.testing.assert_allclose(
        later.peak_time - samples / RATE, detect_spikes(voltage, RATE).peak_time, atol=1e-6
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=8, max_size=300),
    st.floats(0.1, 200.0),
)
def test_anything_finite_gives_an_answer(values, rate):
    voltage = np.array(values)
    found = detect_spikes(voltage, rate)
    features = spike_features(voltage, rate, found)
    assert len(features) == len(found)
    assert (np.diff(found.peak_index) > 0).all()
    for name, column in features.values.items():
        refused = features.refusals[name] != 0
        assert np.isnan(column[refused]).all(), name
        assert np.isfinite(column[~refused]).all(), name
