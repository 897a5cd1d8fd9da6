"""Which peaks that stand out like spikes are none: too short, too long, square, or at an edge."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.spikes.batch import Batch
from loligo.analysis.spikes.crossings import (
    Floats,
    extreme_between,
    first_below,
    last_below,
    windows,
)
from loligo.analysis.spikes.options import DetectionOptions

_NEAR_PEAK, _FOOT = 1.0, 1.0
"""A jump is looked for this long before the peak, its foot this long before the jump [ms]."""


def artefacts(batch: Batch, options: DetectionOptions, edges: Floats) -> tuple[list[str], Floats]:
    """Return for each peak why it is no spike, ``""`` where it is one, and its width [ms]."""
    values, rate, peaks = batch.values, batch.rate, batch.peaks
    if not peaks.size:
        return [], np.empty(0)
    reach = round(options.longest * rate) + 1
    height = np.minimum(batch.rise, batch.fall)
    half = values[peaks] - height / 2
    begin = last_below(values, np.maximum(peaks - reach, batch.first), peaks, half)
    end = first_below(values, peaks, np.minimum(peaks + reach, batch.last), half)
    width = end - begin
    wide = ~(width <= options.longest * rate)
    shortest = max(options.shortest * rate, 1.25)
    short = width < shortest
    square = _is_square(values, rate, begin, end, height, options) | _jumps(batch, options)
    square &= ~wide
    at_edge = follows(peaks / rate, edges, options.edge_blank)
    if at_edge.any():
        at_edge &= ~_under_way(batch, options, edges)
    reasons = [""] * peaks.size
    marks: tuple[tuple[str, NDArray[np.bool_]], ...] = (
        ("shorter than a spike can be", short),
        ("longer than a spike: a plateau", wide),
        ("square: an artefact", square),
        ("follows an edge of the command at once", at_edge),
    )
    for reason, marked in marks:
        for place in np.flatnonzero(marked).tolist():
            reasons[place] = reasons[place] or reason
    near = options.doublet * rate
    if (np.diff(peaks) < near).any():
        _mark_doublets(batch, half, near, reasons)
    return reasons, width / rate


def _mark_doublets(batch: Batch, half: Floats, near: float, reasons: list[str]) -> None:
    """Reject peaks that ride on the falling phase of a spike."""
    peaks, first = batch.peaks, batch.first
    previous = -1
    for place, peak in enumerate(peaks.tolist()):
        if reasons[place]:
            continue
        joined = previous >= 0 and first[place] == first[previous]
        if joined and peak - peaks[previous] < near:
            lowest = batch.values[peaks[previous] : peak].min()
            if lowest > half[previous]:
                reasons[place] = "on the falling phase of a spike"
                continue
        previous = place


def _is_square(
    values: Floats,
    rate: float,
    begin: Floats,
    end: Floats,
    height: Floats,
    options: DetectionOptions,
) -> NDArray[np.bool_]:
    """Tell which events rise and fall like an edge, where the sampling can show it."""
    found = np.zeros(begin.shape, dtype=bool)
    known = np.isfinite(begin) & np.isfinite(end)
    up, down = begin[known].astype(np.intp), end[known].astype(np.intp)
    last = values.size - 1
    steepest_up = (values[np.minimum(up + 1, last)] - values[up]) * rate
    steepest_down = (values[down] - values[np.minimum(down + 1, last)]) * rate
    limit = options.edge_rate * height[known]
    found[known] = (steepest_up > limit) & (steepest_down > limit)
    if rate >= 10:
        found[known] |= steepest_up / rate > options.edge_fraction * height[known]
    return found


def _jumps(batch: Batch, options: DetectionOptions) -> NDArray[np.bool_]:
    """Tell which peaks are reached in one jump from the lowest potential shortly before it.

    The lowest potential of the lookback would hide that where an artefact goes down first.
    """
    values, rate = batch.values, batch.rate
    found = np.zeros(batch.peaks.shape, dtype=bool)
    length = round(_NEAR_PEAK * rate) + 1
    which = np.flatnonzero(batch.peaks - length + 1 >= batch.first)
    if rate < 10 or not which.size:
        return found
    peaks = batch.peaks[which]
    rows = windows(values, peaks - length + 1, length)
    steps = rows[:, 1:] - rows[:, :-1]
    place = steps.argmax(axis=1)
    before = peaks - length + 1 + place
    foot = np.maximum(before - round(_FOOT * rate), batch.first[which])
    lowest = extreme_between(values, foot, before + 1, np.minimum)
    jump = steps[np.arange(peaks.size), place]
    found[which] = jump > options.edge_fraction * (values[peaks] - lowest)
    return found


def _under_way(batch: Batch, options: DetectionOptions, edges: Floats) -> NDArray[np.bool_]:
    """Tell which peaks were rising like a spike already before the last edge before them."""
    place = np.searchsorted(edges, batch.peaks / batch.rate + 1e-7, side="right") - 1
    edge = edges[np.maximum(place, 0)] * batch.rate
    before = np.ceil(np.round(edge, 6)).astype(np.intp) - 1
    before = np.clip(before, batch.first, batch.last)
    lag = max(1, round(options.span * batch.rate))
    earlier = np.maximum(before - lag, batch.first)
    risen = batch.values[before] - batch.values[earlier]
    least = options.noise_factor * math.sqrt(2) * batch.noise
    result: NDArray[np.bool_] = risen > np.maximum(options.upstroke * options.span, least)
    return result


def follows(times: Floats, edges: Floats, within: float) -> NDArray[np.bool_]:
    """Tell which times come less than `within` after one of the edges."""
    if not edges.size:
        return np.zeros(times.shape, dtype=bool)
    ordered = np.sort(edges)
    place = np.searchsorted(ordered, times + 1e-7, side="right") - 1
    since = np.round(times - ordered[np.maximum(place, 0)], 6)
    result: NDArray[np.bool_] = (place >= 0) & (since < within)
    return result
