"""The shape of one spike with intervals: what the recording's own noise may have made of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loligo.analysis.interval import Interval, t_quantile
from loligo.analysis.spikes.crossings import Floats
from loligo.analysis.spikes.detect import detect_spikes_each
from loligo.analysis.spikes.features import spike_features, spike_features_each
from loligo.analysis.spikes.refusals import Refusal
from loligo.analysis.spikes.sweep import SpikeOptions, SweepSpikes

SHAPE = (
    "threshold_potential",
    "amplitude",
    "half_width",
    "upstroke",
    "downstroke",
    "fast_ahp",
)
"""What a cell is told by, of the columns of `spike_features`."""

_SLOPES = ("upstroke", "downstroke")
SURROGATES = 40
_BEFORE, _AFTER = 150.0, 100.0
_SAME = 1.0


def shape_intervals(
    values: Floats,
    rate: float,
    found: SweepSpikes,
    spike: int,
    options: SpikeOptions,
    stops: Sequence[float],
    edges: Sequence[float],
    resolution: float,
) -> dict[str, Interval | Refusal]:
    """Return each quantity of `SHAPE` of one spike with its interval, or why it has no value.

    Parameters
    ----------
    values : ndarray, shape (time,) [mV]
        The trace.
    rate : float [kHz]
    found : SweepSpikes
        The spikes of the sweep, measured.
    spike : int
        Which of them.
    options : SpikeOptions
    stops, edges : sequence of float [ms]
        As for `spike_features`.
    resolution : float [mV]
        Step of the digitizer.

    Returns
    -------
    dict of name to Interval or Refusal

    Notes
    -----
    The trace around the spike is measured again `SURROGATES` times with white noise added, of the
    standard deviation of the noise in it (at least that of rounding). The interval is that spread,
    and as much wider as the mean of those measurements lies off: a slope criterion is reached
    sooner the more noise there is. That of a slope is wider also by how much the slope changes when
    taken over twice the time, since sampling flattens it. It is the error of measuring this spike,
    and does not say how different the next one is.
    """
    assert found.times is not None
    assert found.features is not None
    repeats = _repeats(values, rate, found, spike, options, stops, edges, resolution)
    coarse = replace(options.features, slope_span=2 * options.features.slope_span)
    slopes = spike_features(values, rate, found.times, coarse, quantities=_SLOPES)
    result: dict[str, Interval | Refusal] = {}
    for name in SHAPE:
        code = Refusal(int(found.features.refusals[name][spike]))
        if code is not Refusal.NONE:
            result[name] = code
            continue
        value = float(found.features[name][spike])
        blur = abs(float(slopes[name][spike]) - value) if name in _SLOPES else 0.0
        result[name] = _interval(value, repeats[name], blur)
    return result


def _interval(value: float, repeats: Floats, blur: float) -> Interval:
    known = repeats[np.isfinite(repeats)]
    if known.size < SURROGATES / 2:
        return Interval(value, -math.inf, math.inf)
    spread = t_quantile(known.size - 1) * float(known.std(ddof=1))
    half = spread + blur + abs(float(known.mean()) - value)
    return Interval(value, value - half, value + half)


def _repeats(
    values: Floats,
    rate: float,
    found: SweepSpikes,
    spike: int,
    options: SpikeOptions,
    stops: Sequence[float],
    edges: Sequence[float],
    resolution: float,
) -> dict[str, Floats]:
    """Measure the spike again with noise added; NaN where it is then not found."""
    assert found.times is not None
    at = float(found.times.peak_time[spike])
    first = max(round((at - _BEFORE) * rate), 0)
    piece = values[first : round((at + _AFTER) * rate) + 1]
    own = at - first / rate
    ends = [[time - first / rate for time in stops]] * SURROGATES
    jumps = [[time - first / rate for time in edges]] * SURROGATES
    noise = math.hypot(found.times.noise, resolution / math.sqrt(12))
    added = np.random.default_rng(0).normal(0.0, noise, (SURROGATES, piece.size))
    again = list(piece + added)
    spikes = detect_spikes_each(again, rate, options.detection, edges=jumps)
    shapes = spike_features_each(again, rate, spikes, options.features, stops=ends, edges=jumps)
    repeats = {name: np.full(SURROGATES, math.nan) for name in SHAPE}
    for place, (times, shape) in enumerate(zip(spikes, shapes, strict=True)):
        if not len(times):
            continue
        nearest = int(np.abs(times.peak_time - own).argmin())
        if abs(times.peak_time[nearest] - own) <= _SAME:
            for name in SHAPE:
                repeats[name][place] = shape[name][nearest]
    return repeats
