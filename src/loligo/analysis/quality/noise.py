"""How much a response varies at rest: whole, within milliseconds, over half seconds, by rounding.

Plain functions of segments at rest. Events (synaptic currents, action potentials) are left out of
the noise, but not of the slow noise, which asks how steady the recording is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import Interval, location, t_quantile

FAST = 1.5
"""Length of the windows of the fast noise [ms]."""

_EVENT, _END_OF_EVENT = 5.0, 1.0
_BLOCK = 1.0
_ROBUST = 1.4826
_LEAST_KEPT = 0.5
_MOST_LEVELS = 2000


def without_events(values: ArrayLike, sampling_rate: float) -> NDArray[np.bool_]:
    """Tell which samples of a segment are not part of an event.

    Means over 1 ms that leave the segment's median by more than 5 robust standard deviations
    (1.4826 times the median absolute deviation) are an event, from and until within 1 of them.

    Parameters
    ----------
    values : (n,) array
    sampling_rate : float [kHz]

    Returns
    -------
    (n,) array of bool
    """
    samples = np.asarray(values, dtype=np.float64)
    size = max(round(_BLOCK * sampling_rate), 1)
    count = samples.size // size
    if count < 5:
        return np.ones(samples.size, dtype=bool)
    blocks = samples[: count * size].reshape(count, size).mean(axis=1)
    off = np.abs(blocks - _middle(blocks))
    spread = _ROBUST * _middle(off)
    if spread == 0:
        return np.ones(samples.size, dtype=bool)
    away = np.concatenate(([False], off > _END_OF_EVENT * spread, [False]))
    starts = np.nonzero(away[1:] & ~away[:-1])[0]
    stops = np.nonzero(~away[1:] & away[:-1])[0]
    quiet = np.ones(samples.size, dtype=bool)
    for start, stop in zip(starts, stops, strict=True):
        if off[start:stop].max() > _EVENT * spread:
            quiet[start * size : samples.size if stop == count else stop * size] = False
    return quiet


def _middle(values: NDArray[np.float64]) -> float:
    """Return the upper median, several times faster than numpy's on few values."""
    half = values.size // 2
    return float(np.partition(values, half)[half])


def noise_rms(segments: Sequence[ArrayLike], sampling_rate: float) -> Interval | None:
    """Return the root mean square around each segment's mean, events left out.

    Segments of which events take more than half are left out whole.

    Parameters
    ----------
    segments : sequence of (n,) arrays
    sampling_rate : float [kHz]

    Returns
    -------
    Interval or None
        None where events leave nothing.
    """
    squares = []
    for segment in segments:
        values = np.asarray(segment, dtype=np.float64)
        kept = values[without_events(values, sampling_rate)]
        if kept.size >= _LEAST_KEPT * values.size:
            squares.append((kept - kept.mean()) ** 2)
    return _root(squares)


def fast_noise_rms(segments: Sequence[ArrayLike], sampling_rate: float) -> Interval | None:
    """Return the root mean square within windows of 1.5 ms, around each window's mean.

    The sum of squares is divided by one less than the number of samples, so that white noise has
    the same value in windows of any length; ipfx divides by the number. Events are left out.

    Parameters
    ----------
    segments : sequence of (n,) arrays
    sampling_rate : float [kHz]

    Returns
    -------
    Interval or None
        None where a window has fewer than 3 samples, or events leave nothing.
    """
    size = round(FAST * sampling_rate)
    if size < 3:
        return None
    variances = []
    for segment in segments:
        values = np.asarray(segment, dtype=np.float64)
        count = values.size // size
        quiet = without_events(values, sampling_rate)[: count * size].reshape(count, size)
        windows = values[: count * size].reshape(count, size)[quiet.all(axis=1)]
        if len(windows):
            variances.append(windows.var(axis=1, ddof=1))
    return _root(variances)


def slow_noise_rms(segments: Sequence[ArrayLike]) -> Interval | None:
    """Return the root mean square around each segment's mean, with all events.

    Parameters
    ----------
    segments : sequence of (n,) arrays
        Of half a second.

    Returns
    -------
    Interval or None
        None without segments.
    """
    arrays = [np.asarray(segment, dtype=np.float64) for segment in segments]
    return _root([(values - values.mean()) ** 2 for values in arrays])


def _root(squares: Sequence[NDArray[np.float64]]) -> Interval | None:
    """Return the root of the mean of correlated squares, its interval found on a log scale."""
    if not squares:
        return None
    found = location(np.concatenate(squares))
    if found.value <= 0:
        return None
    value = math.sqrt(found.value)
    if not math.isfinite(found.error):
        return Interval(value, 0.0, math.inf)
    reach = math.exp(t_quantile(found.freedom) * found.error / found.value / 2)
    return Interval(value, value / reach, value * reach)


def digitizer_step(values: ArrayLike) -> float:
    """Return the step all samples are multiples of; 0 where there is none to be seen.

    Tells the resolution of a digitizer from numbers a file stores as floating point.

    Parameters
    ----------
    values : (n,) array
    """
    levels = np.unique(np.asarray(values, dtype=np.float64))
    if not 3 <= levels.size <= _MOST_LEVELS:
        return 0.0
    gaps = np.diff(levels)
    tiny = 1e-6 * float(np.abs(levels).max())
    gaps = gaps[gaps > tiny]
    if gaps.size < 2:
        return 0.0
    step = float(gaps.min())
    step = float(np.mean(gaps[gaps < 1.5 * step]))
    counts = gaps / step
    regular = float(np.abs(counts - counts.round()).max()) < 0.02 * max(float(counts.max()), 1.0)
    crowded = levels.size < len(np.asarray(values)) / 2
    return step if regular and crowded and float(np.median(counts)) < 3 else 0.0


def quantization_share(step: float, noise: float) -> float:
    """Return which share of the noise's variance rounding to steps adds, ``step**2 / 12``."""
    return step**2 / 12 / noise**2
