"""Traces together give what each gives alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spike_shapes import Shape, trace

from loligo.analysis.spikes import (
    detect_spikes,
    detect_spikes_each,
    spike_features,
    spike_features_each,
)
from loligo.errors import ArrayError

RATE = 20.0


def _sweep(peaks, seed, cut):
    """Spikes, some of them close to the ends of the sweep."""
    voltage = trace(Shape(), [0.4, *peaks, 119.2], 120.0, RATE, 0.1, seed)
    return voltage[cut : voltage.size - cut]


SWEEPS = st.lists(
    st.tuples(
        st.lists(st.floats(3, 115), max_size=6, unique_by=lambda t: round(t / 6)),
        st.integers(0, 1000),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=5,
)
TIMES = st.lists(st.floats(0, 119), max_size=4)


@settings(max_examples=60, deadline=None)
@given(SWEEPS, TIMES, st.one_of(st.none(), st.just(-65.0)))
def test_together_is_as_one_by_one(sweeps, times, baseline):
    voltages = [_sweep(*sweep) for sweep in sweeps]
    count = len(voltages)
    found = detect_spikes_each(voltages, RATE, edges=[times] * count)
    features = spike_features_each(
        voltages,
        RATE,
        found,
        baselines=[baseline] * count,
        stops=[times] * count,
        edges=[times] * count,
    )
    for voltage, spikes, shape in zip(voltages, found, features, strict=True):
        alone = detect_spikes(voltage, RATE, edges=times)
        np.testing.assert_array_equal(spikes.peak_index, alone.peak_index)
        np.testing.assert_allclose(spikes.peak_time, alone.peak_time, atol=1e-9)
        assert spikes.rejected_reason == alone.rejected_reason
        single = spike_features(voltage, RATE, alone, baseline=baseline, stops=times, edges=times)
        for name, column in single.values.items():
            np.testing.assert_allclose(shape[name], column, atol=1e-8, err_msg=name)
            np.testing.assert_array_equal(shape.refusals[name], single.refusals[name])


def test_nothing_given_gives_nothing():
    assert detect_spikes_each([], RATE) == ()
    assert spike_features_each([], RATE, []) == ()


def test_one_entry_a_trace_is_asked_for():
    flat = np.full((2, 100), -65.0)
    with pytest.raises(ArrayError, match="1 edges for 2 traces"):
        detect_spikes_each(flat, RATE, edges=[[1.0]])
    with pytest.raises(ArrayError, match="1 spikes for 2 traces"):
        spike_features_each(flat, RATE, [detect_spikes(flat[0], RATE)])
