"""Where a trace crosses a level: for many starting points at once, between samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_BLOCK = 32
_NEAR = 64
_FEW = 8192


def first_below(values: Floats, start: Indices, stop: Indices, level: Floats) -> Floats:
    """Return where the trace first falls below a level after each starting point.

    Parameters
    ----------
    values : ndarray, shape (time,)
    start, stop : ndarray of int, shape (point,)
        First and last sample to look at.
    level : ndarray, shape (point,) or (level, point)

    Returns
    -------
    ndarray, shape of `level`
        Index, linearly interpolated between samples; `start` itself where the trace is below
        already, NaN where it does not fall below up to `stop`, or the level is NaN.
    """
    levels = np.atleast_2d(level)
    found = np.full(levels.shape, np.nan)
    stop = np.minimum(stop, values.size - 1)
    todo = np.flatnonzero(start <= stop)
    begin, end = start[todo], stop[todo]
    length = _BLOCK
    while todo.size:
        under = levels[:, todo]
        below = windows(values, begin, length) < under[:, :, None]
        at = begin + below.argmax(axis=2)
        is_inside = at <= end
        at = np.minimum(at, end)
        earlier = found[:, todo]
        hit = np.isnan(earlier) & is_inside & (values[at] < under)
        place = _between(values, at, start[todo], under)
        found[:, todo] = np.where(hit, place, earlier)
        open_still = ~(hit | ~np.isnan(earlier) | np.isnan(under)).all(axis=0)
        left = open_still & (begin + length <= end)
        todo, begin, end = todo[left], begin[left] + length, end[left]
        length *= 2
    return found.reshape(level.shape)


def last_below(values: Floats, start: Indices, stop: Indices, level: Floats) -> Floats:
    """Return where the trace was last below a level, going back from `stop` to `start`.

    Parameters and result as for `first_below`.
    """
    end = values.size - 1
    return end - first_below(values[::-1], end - stop, end - np.maximum(start, 0), level)


def windows(values: Floats, start: Indices, length: int) -> Floats:
    """Return `length` samples from each start on, shape (start, length).

    Past the end of the trace the last sample is repeated.
    """
    is_inside = int(start.max(initial=0)) + length <= values.size
    if is_inside and start.size * length <= _FEW:  # a view would cost more than the copy
        few: Floats = values[start[:, None] + np.arange(length)]
        return few
    if is_inside:
        rows: Floats = np.lib.stride_tricks.sliding_window_view(values, length)[start]
        return rows
    result: Floats = values[np.minimum(start[:, None] + np.arange(length), values.size - 1)]
    return result


def _between(values: Floats, at: Indices, start: Indices, level: Floats) -> Floats:
    before = np.maximum(at - 1, start)
    high, low = values[before], values[at]
    drop = high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = before + np.where(drop > 0, (high - level) / drop, 0.0)
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
    if bounds[-1] == values.size:  # the last window runs to the end without being told
        bounds = bounds[:-1]
    if int(bounds.max()) == values.size:
        values = np.append(values, values[-1])
    result: Floats = kind.reduceat(values, bounds)[::2]
    return result


def highest(values: Floats, start: Indices, stop: Indices) -> Indices:
    """Return the index of the first highest sample of each window ``[start, stop)``."""
    top = extreme_between(values, start, stop, np.maximum)
    place: Indices = start + windows(values, start, _NEAR).argmax(axis=1)
    is_far = (place >= stop) | (values[np.minimum(place, stop - 1)] != top)
    for point in np.flatnonzero(is_far).tolist():
        begin = int(start[point])
        place[point] = begin + int(values[begin : int(stop[point])].argmax())
    return place


def vertex(values: Floats, index: Indices, first: Indices, last: Indices) -> tuple[Floats, Floats]:
    """Return the sub-sample place and height of peaks found at samples.

    The polynomial through five samples is solved for its extreme; where noise makes it have none
    within a sample, the parabola through three. At the ends of the trace it is the sample.

    Parameters
    ----------
    values : ndarray, shape (time,)
    index : ndarray of int, shape (point,)
    first, last : ndarray of int, shape (point,)
        Ends of the trace the point is in.

    Returns
    -------
    place, height : ndarray, shape (point,)
        Place as an index with fraction.
    """
    inside = (index >= first + 2) & (index <= last - 2)
    place, height = index.astype(np.float64), values[index].astype(np.float64)
    at = index[inside]
    if not at.size:
        return place, height
    a, b, c, d, e = (values[at + offset] for offset in (-2, -1, 0, 1, 2))
    slope = (a - 8 * b + 8 * d - e) / 12
    bend = (-a + 16 * b - 30 * c + 16 * d - e) / 12
    twist = (-a + 2 * b - 2 * d + e) / 2
    fourth = a - 4 * b + 6 * c - 4 * d + e
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = -slope / bend
        for _ in range(2):
            rate = slope + shift * (bend + shift * (twist / 2 + shift * fourth / 6))
            shift = shift - rate / (bend + shift * (twist + shift * fourth / 2))
        plain = 0.5 * (b - d) / (b - 2 * c + d)
    good = np.abs(shift) <= 1.0
    plain = np.where(np.isfinite(plain), np.clip(plain, -0.5, 0.5), 0.0)
    shift = np.where(good, shift, plain)
    rise = shift * (slope + shift * (bend / 2 + shift * (twist / 6 + shift * fourth / 24)))
    place[inside] = at + shift
    height[inside] = np.where(good, c + np.maximum(rise, 0.0), c)
    return place, height
