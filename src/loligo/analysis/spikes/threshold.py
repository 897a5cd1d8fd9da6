"""Where a spike begins: the slope of the potential, and when it reaches the criterion."""

from __future__ import annotations

import numpy as np

from loligo.analysis.spikes.artefacts import follows
from loligo.analysis.spikes.batch import Batch
from loligo.analysis.spikes.crossings import Floats, last_below
from loligo.analysis.spikes.options import FeatureOptions
from loligo.analysis.spikes.refusals import Codes, Refusal, marked

_EDGE = 0.4
"""A threshold this soon after an edge of the command is within its artefact [ms]."""


def changes(values: Floats, rate: float, span: float, shortest: int) -> tuple[Floats, int]:
    """Return the change from `half` samples before to `half` after, at sample ``half + index``.

    `shortest` is the length of the shortest trace, which limits `half`.
    """
    half = max(1, min(round(span * rate / 2), (shortest - 1) // 2))
    return values[2 * half :] - values[: -2 * half], half


def thresholds(
    batch: Batch, change: Floats, half: int, options: FeatureOptions, edges: Floats
) -> tuple[Floats, Floats, Codes]:
    """Return the index of each threshold, the steepest rise [mV/ms], and the refusals."""
    values, rate, peaks = batch.values, batch.rate, batch.peaks
    begins, ends = batch.first, batch.last - 2 * half
    earliest = np.maximum(peaks - round(options.longest_rise * rate), batch.first)
    earliest[1:] = np.maximum(earliest[1:], peaks[:-1])
    low = values[peaks] - 0.8 * np.minimum(batch.rise, batch.fall)
    from_low = last_below(values, earliest, peaks, low)
    begin = np.where(np.isnan(from_low), earliest, from_low).astype(np.intp)
    columns = np.arange(int((peaks - begin).max()) + 1)
    index = np.maximum(peaks[:, None] - columns, begin[:, None])
    rising = change[np.clip(index - half, begins[:, None], ends[:, None])]
    place = rising.argmax(axis=1)
    rows = np.arange(peaks.size)
    steepest, upstroke = index[rows, place], rising[rows, place] * rate / (2 * half)
    criterion = np.minimum(options.threshold_slope, options.threshold_fraction * upstroke)
    least = criterion * 2 * half / rate
    start = np.maximum(earliest - half, begins)
    at = last_below(change, start, np.clip(steepest - half, begins, ends), least) + half
    if half == 1:
        at = _refined(batch, at, criterion / rate)
    refused = marked(
        peaks.size,
        (follows(at / rate, edges, _EDGE), Refusal.AT_EDGE),
        (
            np.isnan(at) & (peaks - batch.first < options.longest_rise * rate),
            Refusal.CUT_BY_START,
        ),
        (np.isnan(at), Refusal.NOT_REACHED),
    )
    at = np.where(refused == 0, at, np.nan)
    return at, upstroke, refused


def _refined(batch: Batch, at: Floats, criterion: Floats) -> Floats:
    """Return crossings of the slope criterion [mV/sample] to a small part of a sample.

    The slope is taken from five samples, exact for a quartic, and grows exponentially between
    samples, as it does at the foot of a spike. Where that gives no crossing within a sample of the
    first one, the first stays.
    """
    values, first, last = batch.values, batch.first, batch.last
    base = np.where(np.isfinite(at), at, first).astype(np.intp)
    inside = np.isfinite(at) & (base >= first + 3) & (base <= last - 4)
    index = np.clip(base + np.arange(-1, 3)[:, None], first + 2, last - 2)
    slope = values[index - 2] - 8 * values[index - 1] + 8 * values[index + 1] - values[index + 2]
    slope /= 12
    result = at.copy()
    for left in range(3):
        low, high = slope[left], slope[left + 1]
        hit = inside & (low > 0) & (low < criterion) & (high >= criterion)
        part = np.log(criterion[hit] / low[hit]) / np.log(high[hit] / low[hit])
        result[hit] = base[hit] + left - 1 + part
    return result
