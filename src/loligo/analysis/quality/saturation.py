"""Samples at the end of what digitizer or amplifier can express."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.validity import is_saturated
from loligo.recording import Trace
from loligo.recording.limits import at_limit

_BLOCK = 1_000_000
_FEWEST = 10
_LONGER = 3
_NEAR = 0.02
"""Of the whole range: a filter behind what saturates overshoots the level by less."""


@dataclass(frozen=True, slots=True)
class Saturation:
    """How much of a trace is out of range.

    Attributes
    ----------
    share : float
        Of its samples.
    first : int or None
        Index of the first such sample.
    is_digitizer : bool
        Whether the numbers stored end there; else the response sticks at its extreme.
    """

    share: float
    first: int | None
    is_digitizer: bool


def flat_tops(values: ArrayLike) -> NDArray[np.bool_]:
    """Tell which samples stick at the highest or lowest level, as of an amplifier out of range.

    Such a run is of 10 samples or more, three times as long as any run of equal samples
    elsewhere, and the response is noisy beside it. The level is the extreme, or within 2 % of the
    range from it: the output filter overshoots when what is before it saturates.

    Parameters
    ----------
    values : (n,) array

    Returns
    -------
    (n,) array of bool
    """
    samples = np.asarray(values, dtype=np.float64)
    stuck = np.zeros(samples.size, dtype=bool)
    if samples.size <= 2 * _FEWEST or not np.isfinite(samples).all():
        return stuck
    tolerance = 1e-9 * float(np.abs(samples).max())
    levels = (_level(samples, tolerance), -_level(-samples, tolerance))
    ends = [np.abs(samples - end) <= tolerance for end in levels]
    beside = ~(ends[0] | ends[1])
    if np.count_nonzero(beside) < _FEWEST:
        return stuck
    same = np.concatenate((np.abs(np.diff(samples)) <= tolerance, [False])) & beside
    usual = 1 + max((stop - start for start, stop in _runs(same)), default=0)
    for end in ends:
        long = [
            (start, stop)
            for start, stop in _runs(end)
            if stop - start >= max(_FEWEST, _LONGER * usual)
        ]
        for start, stop in long:
            if is_saturated(samples[start:stop], samples[beside]):
                stuck[start:stop] = True
    return stuck


def _level(samples: NDArray[np.float64], tolerance: float) -> float:
    """Return the highest value, or that of a long run of equal samples just below it."""
    highest = float(samples.max())
    near = samples >= highest - _NEAR * (highest - float(samples.min()))
    same = np.concatenate((np.abs(np.diff(samples)) <= tolerance, [False])) & near
    start, stop = max(_runs(same), key=lambda run: run[1] - run[0], default=(0, 0))
    return float(samples[start]) if stop - start + 1 >= _FEWEST else highest


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate(([0], marked.astype(np.int8), [0])))
    starts, stops = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def saturation(trace: Trace) -> Saturation:
    """Return how much of a trace is out of range; it is read once, in blocks."""
    count = len(trace)
    limited = 0
    first: int | None = None
    tops: list[tuple[float, float, int, NDArray[np.bool_], NDArray[np.float64]]] = []
    for start in range(0, count, _BLOCK):
        values = trace.values(start, min(start + _BLOCK, count))
        marked = at_limit(trace, values)
        found = int(np.count_nonzero(marked))
        if found and first is None:
            first = start + int(np.argmax(marked))
        limited += found
        if not limited:
            flat = flat_tops(values)
            held = values[flat]
            tops.append((float(values.min()), float(values.max()), start, flat, held))
    if limited:
        return Saturation(limited / count, first, True)
    return _stuck(tops, count)


def _stuck(
    tops: list[tuple[float, float, int, NDArray[np.bool_], NDArray[np.float64]]], count: int
) -> Saturation:
    """Keep the flat tops of the blocks that are at the trace's own extreme, or just below."""
    if not tops:
        return Saturation(0.0, None, False)
    lowest, highest = min(entry[0] for entry in tops), max(entry[1] for entry in tops)
    slack = _NEAR * (highest - lowest)
    total, first = 0, None
    for _, _, start, flat, held in tops:
        places = np.nonzero(flat)[0][(held <= lowest + slack) | (held >= highest - slack)]
        if places.size and first is None:
            first = start + int(places[0])
        total += places.size
    return Saturation(total / count if count else 0.0, first, False)
