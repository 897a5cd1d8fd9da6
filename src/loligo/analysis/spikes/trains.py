"""The spikes of one stretch of time as a train: rate, intervals, adaptation, bursts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.spikes.crossings import Floats, Indices
from loligo.errors import ArrayError


@dataclass(frozen=True, slots=True)
class BurstOptions:
    """What counts as a burst.

    Attributes
    ----------
    longest_interval : float [ms]
        Spikes in a burst follow each other within this.
    fewest_spikes : int
    ratio : float
        The intervals around a burst are at least this many times its mean interval; a train that
        is fast throughout is no burst.
    """

    longest_interval: float = 15.0
    fewest_spikes: int = 3
    ratio: float = 2.0

    def __post_init__(self) -> None:
        if not self.longest_interval > 0 or not self.ratio > 0 or self.fewest_spikes < 2:
            raise ArrayError(
                f"{self}: longest_interval and ratio must be above 0, fewest_spikes at least 2"
            )


@dataclass(frozen=True, eq=False, slots=True)
class Train:
    """What one stretch of a sweep holds.

    NaN stands for what too few spikes leave undefined.

    Attributes
    ----------
    spike_count : int
    first_spike_latency : float [ms]
        From the start of the stretch to the first spike.
    mean_frequency : float [kHz]
        Count by the length of the stretch.
    intervals : ndarray, shape (spike - 1,) [ms]
    instantaneous_frequency : ndarray, shape (spike - 1,) [kHz]
        One over each interval.
    mean_interval : float [ms]
    interval_variation : float
        Standard deviation (of the sample) of the intervals by their mean; three spikes or more.
    adaptation_index : float
        Mean of (next - this) / (next + this) over neighbouring intervals: 0 for a regular train,
        above 0 where it slows; three spikes or more.
    burst_start, burst_stop : ndarray of int, shape (burst,)
        First and last spike of each burst.
    """

    spike_count: int
    first_spike_latency: float
    mean_frequency: float
    intervals: Floats
    instantaneous_frequency: Floats
    mean_interval: float
    interval_variation: float
    adaptation_index: float
    burst_start: Indices
    burst_stop: Indices

    @property
    def burst_count(self) -> int:
        """How many bursts there are."""
        return self.burst_start.size


def train(
    times: ArrayLike,
    start: float,
    stop: float,
    bursts: BurstOptions = BurstOptions(),
) -> Train:
    """Describe the spikes between two times.

    Parameters
    ----------
    times : array_like, shape (spike,) [ms]
        In order; those outside ``[start, stop)`` are left out.
    start, stop : float [ms]
    bursts : BurstOptions

    Returns
    -------
    Train

    Raises
    ------
    ArrayError
        Times that are not finite or not in order, or a stretch without length.
    """
    every = np.asarray(times, dtype=np.float64)
    if every.ndim != 1 or not np.isfinite(every).all() or (np.diff(every) <= 0).any():
        raise ArrayError("spike times must be one list of finite, increasing numbers")
    if not (math.isfinite(start) and math.isfinite(stop) and stop > start):
        raise ArrayError(f"a stretch from {start} to {stop} ms has no length")
    inside = every[(every >= start) & (every < stop)]
    intervals = np.diff(inside)
    mean = float(intervals.mean()) if intervals.size else math.nan
    several = intervals.size >= 2
    adaptation = math.nan
    if several:
        sums = intervals[1:] + intervals[:-1]
        adaptation = float(np.mean(np.diff(intervals) / sums))
    first, last = _bursts(intervals, bursts)
    return Train(
        spike_count=inside.size,
        first_spike_latency=float(inside[0] - start) if inside.size else math.nan,
        mean_frequency=inside.size / (stop - start),
        intervals=intervals,
        instantaneous_frequency=1 / intervals,
        mean_interval=mean,
        interval_variation=float(intervals.std(ddof=1)) / mean if several else math.nan,
        adaptation_index=adaptation,
        burst_start=first,
        burst_stop=last,
    )


def _bursts(intervals: Floats, options: BurstOptions) -> tuple[Indices, Indices]:
    """Return the first and last spike of each burst."""
    fast = np.concatenate([[False], intervals <= options.longest_interval, [False]])
    change = np.diff(fast.astype(np.int8))
    begins, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    kept = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if end - begin + 1 < options.fewest_spikes:
            continue
        around = [intervals[i] for i in (begin - 1, end) if 0 <= i < intervals.size]
        least = options.ratio * float(intervals[begin:end].mean())
        if around and min(around) >= least:
            kept.append((begin, end))
    pairs = np.array(kept, dtype=np.intp).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
