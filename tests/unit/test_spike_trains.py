"""Trains of spikes, f-I curves, and the names of other packages."""

import math

import numpy as np
import pytest

from loligo.analysis import Status
from loligo.analysis.spikes import BurstOptions, frequency_current, train
from loligo.analysis.spikes.features import PER_SPIKE
from loligo.analysis.spikes.names import COUNTERPARTS, PACKAGES, counterparts
from loligo.errors import ArrayError, SelectionError
from loligo.terms import TERMS


def test_a_regular_train():
    found = train(100 + 20.0 * np.arange(10), 80.0, 580.0)
    assert found.spike_count == 10
    assert found.first_spike_latency == pytest.approx(20)
    assert found.mean_frequency == pytest.approx(10 / 500)
    assert found.intervals == pytest.approx([20] * 9)
    assert found.instantaneous_frequency == pytest.approx([0.05] * 9)
    assert found.interval_variation == pytest.approx(0, abs=1e-12)
    assert found.adaptation_index == pytest.approx(0, abs=1e-12)
    assert found.burst_count == 0


def test_adaptation_and_variation_have_their_closed_forms():
    intervals = 10 * 1.5 ** np.arange(6)  # each half as long again: (1.5 - 1) / (1.5 + 1)
    found = train(np.concatenate([[0], np.cumsum(intervals)]), 0.0, 1000.0)
    assert found.adaptation_index == pytest.approx(0.2)
    assert found.interval_variation == pytest.approx(np.std(intervals, ddof=1) / intervals.mean())
    assert found.mean_interval == pytest.approx(intervals.mean())


def test_only_the_stretch_counts():
    found = train([10.0, 50.0, 60.0, 99.0, 100.0], 50.0, 100.0)
    assert found.spike_count == 3
    assert found.first_spike_latency == 0.0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_spikes_leave_numbers_undefined(count):
    found = train(10.0 * np.arange(count) + 5, 0.0, 100.0)
    assert found.spike_count == count
    assert math.isnan(found.adaptation_index)
    assert math.isnan(found.interval_variation)
    assert math.isnan(found.mean_interval) == (count < 2)
    assert math.isnan(found.first_spike_latency) == (count == 0)


def test_bursts_are_set_apart():
    burst = np.array([0, 5, 10, 15])
    found = train(np.concatenate([50 + burst, [150, 250], 400 + burst[:3]]), 0.0, 500.0)
    assert list(zip(found.burst_start, found.burst_stop, strict=True)) == [(0, 3), (6, 8)]


def test_fast_firing_throughout_is_no_burst():
    assert train(5.0 * np.arange(50), 0.0, 300.0).burst_count == 0


def test_pairs_are_no_bursts_unless_asked_for():
    times = [10, 15, 110, 115, 210, 215]
    assert train(times, 0.0, 300.0).burst_count == 0
    assert train(times, 0.0, 300.0, BurstOptions(fewest_spikes=2)).burst_count == 3


@pytest.mark.parametrize(
    ("times", "start", "stop", "text"),
    [
        ([3.0, 2.0], 0.0, 10.0, "increasing"),
        ([1.0, math.nan], 0.0, 10.0, "finite"),
        ([1.0], 10.0, 10.0, "no length"),
    ],
)
def test_bad_trains_are_refused(times, start, stop, text):
    with pytest.raises(ArrayError, match=text):
        train(times, start, stop)


def test_bad_burst_options_are_refused():
    with pytest.raises(ArrayError, match="fewest_spikes at least 2"):
        BurstOptions(fewest_spikes=1)


def test_slope_and_rheobase_of_a_straight_curve():
    current = np.arange(-50.0, 301.0, 50.0)
    rate = np.where(current >= 100, 0.0002 * (current - 100) + 0.004, 0.0)
    slope, rheobase = frequency_current(current, rate)
    assert slope.value == pytest.approx(0.0002)
    assert slope.displayed()[0] == pytest.approx(0.2)
    assert slope.displayed()[3] == "Hz/pA"
    assert (rheobase.low, rheobase.value, rheobase.high) == (50.0, 100.0, 100.0)


def test_block_at_high_current_is_no_part_of_the_slope():
    current = np.arange(0.0, 701.0, 100.0)
    rate = np.array([0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.01, 0.0])
    slope, rheobase = frequency_current(current, rate)
    assert slope.value == pytest.approx(0.0001)
    assert rheobase.value == 100.0
    assert rheobase.high == 100.0


def test_failures_widen_the_rheobase():
    _, rheobase = frequency_current([0, 50, 100, 150, 200], [0, 0.002, 0, 0.004, 0.008])
    assert (rheobase.low, rheobase.value, rheobase.high) == (0.0, 50.0, 150.0)
    assert "no spike in 1 of the sweeps" in rheobase.reason


def test_slope_interval_covers_as_often_as_promised():
    rng = np.random.default_rng(3)
    current = np.arange(50.0, 501.0, 50.0)
    covered = 0
    for _ in range(1000):
        noise = rng.normal(0, 0.001, current.size)
        slope, _ = frequency_current(current, 0.0002 * current + 0.02 + noise)
        covered += slope.low <= 0.0002 <= slope.high
    assert 930 <= covered <= 970


@pytest.mark.parametrize(
    ("current", "rate", "status", "text"),
    [
        ([0, 50], [0, 0], Status.NO_SPIKES, "no spike up to 50 pA"),
        ([50, 100], [0.01, 0.02], Status.NO_STEP, "50 pA, fires already"),
        ([-50, 0, 50], [0, 0.01, 0.02], Status.SPIKING, "fires at 0 pA"),
        ([], [], Status.NO_SPIKES, "no step of current"),
    ],
)
def test_rheobase_is_refused(current, rate, status, text):
    _, rheobase = frequency_current(current, rate)
    assert (rheobase.value, rheobase.status) == (None, status)
    assert text in rheobase.reason


def test_slope_is_refused():
    few, _ = frequency_current([0, 50, 100], [0, 0.01, 0.02])
    assert few.status is Status.NO_STEP
    noisy, _ = frequency_current([0, 50, 100, 150], [0, 0.019, 0.001, 0.02])
    assert noisy.status is Status.TOO_NOISY
    silent, _ = frequency_current([0, 50], [0, 0])
    assert silent.status is Status.NO_SPIKES


def test_bad_curves_are_refused():
    with pytest.raises(ArrayError, match="of one length"):
        frequency_current([1, 2], [1])
    with pytest.raises(ArrayError, match="finite"):
        frequency_current([1, math.nan], [1, 2])


def test_every_name_is_in_the_glossary():
    assert [name for name in PER_SPIKE if "spike_" + name not in TERMS] == []
    assert [entry.name for entry in COUNTERPARTS if entry.name not in TERMS] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_what_differs_says_how(package):
    found = counterparts(package)
    assert len(found) > 8
    for entry in found.values():
        assert entry.is_same == (entry.difference == "")


def test_an_unknown_package_is_refused():
    with pytest.raises(SelectionError, match="did you mean 'ipfx'"):
        counterparts("ipfy")
