"""Where a trace crosses a level: for many starting points at once, between samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_BLOCK = 48


def first_below(values: Floats, start: Indices, stop: Indices, level: Floats) -> Floats:
    """Return where the trace first falls below a level after each starting point.

    Parameters
    ----------
    values : ndarray, shape (time,)
    start, stop : ndarray of int, shape (point,)
        First and last sample to look at.
    level : ndarray, shape (point,)

    Returns
    -------
    ndarray, shape (point,)
        Index, linearly interpolated between samples; `start` itself where the trace is below
        already, NaN where it does not fall below up to `stop`.
    """
    found = np.full(start.shape, np.nan)
    stop = np.minimum(stop, values.size - 1)
    todo = np.flatnonzero(start <= stop)
    begin = start.astype(np.intp)
    offsets = np.arange(_BLOCK)
    while todo.size:
        index = np.minimum(begin[todo, None] + offsets, stop[todo, None])
        below = values[index] < level[todo, None]
        place = below.argmax(axis=1)
        rows = np.arange(todo.size)
        hit = below[rows, place]
        chosen, at = todo[hit], index[rows, place][hit]
        found[chosen] = _between(values, at, start[chosen], level[chosen])
        todo = todo[~hit]
        begin[todo] += _BLOCK
        todo = todo[begin[todo] <= stop[todo]]
    return found


def last_below(values: Floats, start: Indices, stop: Indices, level: Floats) -> Floats:
    """Return where the trace was last below a level, going back from `stop` to `start`.

    Parameters and result as for `first_below`.
    """
    end = values.size - 1
    return end - first_below(values[::-1], end - stop, end - np.maximum(start, 0), level)


def _between(values: Floats, at: Indices, start: Indices, level: Floats) -> Floats:
    before = np.maximum(at - 1, start)
    high, low = values[before], values[at]
    drop = high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(drop > 0, (high - level) / drop, 0.0)
    result: Floats = before + part
    return result


def interpolated(values: Floats, place: Floats) -> Floats:
    """Return the trace at indices with fractions, NaN where the index is NaN."""
    known = np.isfinite(place)
    at = np.where(known, place, 0.0)
    left = np.minimum(at.astype(np.intp), values.size - 2)
    part = at - left
    result: Floats = values[left] * (1 - part) + values[left + 1] * part
    return np.where(known, result, np.nan)


def extreme_between(values: Floats, start: Indices, stop: Indices, kind: np.ufunc) -> Floats:
    """Return the minimum or maximum (`np.minimum`, `np.maximum`) over ``[start, stop)``.

    Each window must hold at least one sample; windows may overlap.
    """
    if not start.size:
        return np.empty(0)
    bounds = np.empty(2 * start.size, dtype=np.intp)
    bounds[::2], bounds[1::2] = start, stop
    padded = values if int(stop.max()) < values.size else np.append(values, values[-1])
    result: Floats = kind.reduceat(padded, bounds)[::2]
    return result


def vertex(values: Floats, index: Indices) -> tuple[Floats, Floats]:
    """Return the sub-sample place and height of extremes found at samples.

    The cubic that fits five samples best (three samples at the ends of the trace, where it is the
    parabola) is solved for its extreme.

    Parameters
    ----------
    values : ndarray, shape (time,)
    index : ndarray of int, shape (point,)

    Returns
    -------
    place, height : ndarray, shape (point,)
        Place as an index with fraction.
    """
    last = values.size - 1
    inside = (index >= 2) & (index <= last - 2)
    place, height = index.astype(np.float64), values[index].astype(np.float64)
    at = index[inside]
    if not at.size:
        return place, height
    a, b, c, d, e = (values[at + offset] for offset in (-2, -1, 0, 1, 2))
    slope = (a - 8 * b + 8 * d - e) / 12
    bend = (2 * a - b - 2 * c - d + 2 * e) / 7
    twist = (-a + 2 * b - 2 * d + e) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = -slope / bend
        for _ in range(3):
            shift -= (slope + bend * shift + twist * shift**2 / 2) / (bend + twist * shift)
        # The parabola through three samples where five do not look like one extreme.
        plain = 0.5 * (b - d) / (b - 2 * c + d)
    good = np.isfinite(shift) & (np.abs(shift) <= 1.0)
    shift = np.where(good, shift, np.where(np.isfinite(plain), np.clip(plain, -0.5, 0.5), 0.0))
    middle = (-3 * a + 12 * b + 17 * c + 12 * d - 3 * e) / 35
    cubic = middle + slope * shift + bend * shift**2 / 2 + twist * shift**3 / 6
    place[inside] = at + shift
    height[inside] = np.where(good, np.maximum(cubic, c), c)
    return place, height
