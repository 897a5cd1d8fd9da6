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
from loligo.analysis.spikes.quantities import PER_SPIKE
from loligo.errors import ArrayError, SelectionError

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


def test_some_quantities_are_as_among_all():
    voltages = [_sweep([20.0, 27.0, 60.0], seed, 0) for seed in range(3)]
    found = detect_spikes_each(voltages, RATE)
    every = spike_features_each(voltages, RATE, found, baselines=[-65.0] * 3)
    for name in PER_SPIKE:
        some = spike_features_each(voltages, RATE, found, baselines=[-65.0] * 3, quantities=[name])
        for one, whole in zip(some, every, strict=True):
            assert list(one.values) == list(one.refusals) == [name]
            np.testing.assert_array_equal(one[name], whole[name], err_msg=name)
            np.testing.assert_array_equal(one.refusals[name], whole.refusals[name])
    with pytest.raises(SelectionError, match="half_width"):
        spike_features_each(voltages, RATE, found, quantities=["halfwidth"])


def test_rows_of_an_array_are_as_their_copies():
    rng = np.random.default_rng(1)
    sweeps = np.array([_sweep([20.0, 50.0], seed, 0) for seed in range(4)])
    sweeps += rng.normal(0, 0.1, sweeps.shape)
    flat = sweeps.reshape(-1)
    for some in (
        sweeps,
        sweeps[1:3],
        sweeps[::2],
        sweeps[::-1],
        [flat[7 : 7 + 2400], flat[9:2409]],
    ):
        together = detect_spikes_each(some, RATE)
        copies = detect_spikes_each([row.copy() for row in some], RATE)
        for one, other in zip(together, copies, strict=True):
            np.testing.assert_array_equal(one.peak_time, other.peak_time)
