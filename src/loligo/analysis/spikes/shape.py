"""The measurements behind `spike_features`: of a batch of spikes at once, as many as are wanted."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from loligo.analysis.spikes.afterpotentials import After, afterpotentials, trough
from loligo.analysis.spikes.batch import Batch
from loligo.analysis.spikes.crossings import (
    Floats,
    Indices,
    extreme_between,
    first_below,
    interpolated,
    last_below,
)
from loligo.analysis.spikes.options import FeatureOptions
from loligo.analysis.spikes.quantities import AFTER, FALL, LASTING, PEAK, PER_SPIKE, TROUGH, WIDTHS
from loligo.analysis.spikes.refusals import Codes, Refusal
from loligo.analysis.spikes.threshold import changes, thresholds

FEWEST_SAMPLES = 3.0
"""Samples within the width at half height from which on a shape is measured."""

_UP = {"rise_time": (0.1, 0.9), "half_width": (0.5,)}
_DOWN = {"fall_time": (0.9, 0.1), "half_width": (0.5,), "threshold_width": (0.0,)}
"""Parts of the amplitude that are crossed on the way up, and down."""


def shapes(
    batch: Batch,
    found: dict[str, Floats],
    baseline: Floats,
    options: FeatureOptions,
    shortest: int,
    stops: Sequence[Sequence[float]],
    edges: Sequence[Sequence[float]],
    wanted: Set[str],
) -> tuple[dict[str, Floats], dict[str, Codes]]:
    """Return the quantities and refusals of the spikes of a batch.

    Parameters
    ----------
    batch : Batch
    found : dict
        Time, potential and width of each peak; what is measured is added.
    baseline : ndarray, shape (spike,) [mV]
        NaN where there is none.
    options : FeatureOptions
    shortest : int
        Samples of the shortest trace.
    stops, edges : sequence of sequence of float [ms]
        Of each trace.
    wanted : set of str
        What is asked for, of `PER_SPIKE`; what it takes to measure that is in the result too.

    Returns
    -------
    values, refusals : dict
    """
    rate = batch.rate
    codes = {name: np.zeros(batch.peaks.size, dtype=np.uint8) for name in PER_SPIKE}
    found["amplitude_from_baseline"] = found["peak_potential"] - baseline
    codes["amplitude_from_baseline"][np.isnan(baseline)] = Refusal.NO_BASELINE
    if not wanted <= PEAK:
        _measure(batch, found, codes, options, shortest, stops, edges, wanted)
    coarse = found["width"] * rate < FEWEST_SAMPLES
    if coarse.any():
        for name in found.keys() & set(PER_SPIKE) - LASTING:
            where = coarse & (codes[name] == 0)
            codes[name] = np.where(where, Refusal.COARSE, codes[name]).astype(np.uint8)
            found[name] = np.where(where, np.nan, found[name])
    return found, codes


def _measure(
    batch: Batch,
    found: dict[str, Floats],
    codes: dict[str, Codes],
    options: FeatureOptions,
    shortest: int,
    stops: Sequence[Sequence[float]],
    edges: Sequence[Sequence[float]],
    wanted: Set[str],
) -> None:
    """Add what needs the threshold."""
    values, rate, peaks, begin = batch.values, batch.rate, batch.peaks, batch.first
    change, half = changes(values, rate, options.slope_span, shortest)
    at, upstroke, refused = thresholds(batch, change, half, options, batch.flat_times(edges))
    threshold = interpolated(values, at)
    in_artefact = refused == Refusal.AT_EDGE  # which the rise then begins in
    upstroke = np.where(in_artefact, np.nan, upstroke)
    for name in ("upstroke", "upstroke_downstroke_ratio"):
        codes[name] = np.where(in_artefact, refused, 0).astype(refused.dtype)
    found |= {
        "threshold_time": (at - begin) / rate,
        "threshold_potential": threshold,
        "amplitude": found["peak_potential"] - threshold,
        "upstroke": upstroke,
    }
    for name in ("threshold_time", "threshold_potential", "amplitude"):
        codes[name] = refused
    bounds, cut = _bounds(batch, at, stops)
    if wanted & FALL:
        last = batch.last - 2 * half
        start, end = np.clip(peaks - half, begin, last), np.clip(bounds - half, begin, last)
        steepest = extreme_between(change, start, end + 1, np.minimum)
        found["downstroke"] = steepest * rate / (2 * half)
        found["upstroke_downstroke_ratio"] = upstroke / -found["downstroke"]
    if wanted & WIDTHS:
        _widths(found, codes, batch, at, bounds, cut, refused, wanted)
    after = After(values, rate, peaks, bounds, cut, threshold, refused, batch.noise)
    if wanted & TROUGH:
        _add(found, codes, trough(after, is_timed="trough_time" in wanted))
        if "trough_time" in wanted:
            found["trough_time"] = found["trough_time"] - begin / rate
    if wanted & AFTER:
        _add(found, codes, afterpotentials(after, options, wanted))


def _add(
    found: dict[str, Floats],
    codes: dict[str, Codes],
    more: tuple[dict[str, Floats], dict[str, Codes]],
) -> None:
    found |= more[0]
    codes |= more[1]


def _bounds(batch: Batch, at: Floats, stops: Sequence[Sequence[float]]) -> tuple[Indices, Codes]:
    """Return the last sample that belongs to each spike, and what ends it there."""
    peaks, ends = batch.peaks, batch.last.copy()
    codes = np.full(peaks.size, Refusal.CUT_BY_END, dtype=np.uint8)
    times = batch.flat_times(stops)
    if times.size:
        before = np.ceil(np.round(times * batch.rate, 6)).astype(np.intp) - 1
        place = np.searchsorted(before, peaks)
        known = place < before.size
        ends[known] = np.minimum(ends[known], before[place[known]])
    onset = np.where(np.isnan(at), peaks, at)[1:].astype(np.intp)
    sooner = onset < ends[:-1]
    ends[:-1][sooner] = onset[sooner]
    codes[:-1][sooner] = Refusal.CUT_BY_SPIKE
    return np.maximum(ends, peaks), codes


def _widths(
    found: dict[str, Floats],
    codes: dict[str, Codes],
    batch: Batch,
    at: Floats,
    bounds: Indices,
    cut: Codes,
    refused: Codes,
    wanted: Set[str],
) -> None:
    """Add the widths at half height and at threshold, and the times of rise and fall."""
    values, rate, peaks = batch.values, batch.rate, batch.peaks
    threshold, height = found["threshold_potential"], found["amplitude"]
    begin = np.where(refused == 0, at, peaks).astype(np.intp)
    ups = [part for name, parts in _UP.items() if name in wanted for part in parts]
    downs = [part for name, parts in _DOWN.items() if name in wanted for part in parts]
    up, down = {}, {}
    if ups:
        level = np.array(ups)[:, None] * height + threshold
        up = dict(zip(ups, last_below(values, begin, peaks, level) / rate, strict=True))
    if downs:
        level = np.array(downs)[:, None] * height + threshold
        down = dict(zip(downs, first_below(values, peaks, bounds, level) / rate, strict=True))
    if "half_width" in wanted:
        found["half_width"] = down[0.5] - up[0.5]
    if "threshold_width" in wanted:
        found["threshold_width"] = down[0.0] - at / rate
    if "rise_time" in wanted:
        found["rise_time"] = up[0.9] - up[0.1]
    if "fall_time" in wanted:
        found["fall_time"] = down[0.1] - down[0.9]
    for name in WIDTHS & wanted:
        missing = np.isnan(found[name])
        why = np.where(refused != 0, refused, np.where(missing, cut, np.uint8(0)))
        codes[name] = why.astype(np.uint8)
