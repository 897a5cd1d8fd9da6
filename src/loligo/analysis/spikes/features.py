"""The shape of each spike: threshold, height, width, slopes and what follows it.

Every quantity of a spike that cannot be determined is NaN, with the reason beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.spikes.afterpotentials import afterpotentials
from loligo.analysis.spikes.batch import Batch, batch_of
from loligo.analysis.spikes.crossings import (
    Floats,
    Indices,
    extreme_between,
    first_below,
    interpolated,
    last_below,
)
from loligo.analysis.spikes.detect import SpikeTimes, checked, same_number
from loligo.analysis.spikes.options import FEATURES, FeatureOptions
from loligo.analysis.spikes.refusals import Codes, Refusal
from loligo.analysis.spikes.threshold import changes, thresholds

PER_SPIKE = (
    "threshold_time",
    "threshold_potential",
    "peak_time",
    "peak_potential",
    "amplitude",
    "amplitude_from_baseline",
    "half_width",
    "threshold_width",
    "rise_time",
    "fall_time",
    "upstroke",
    "downstroke",
    "upstroke_downstroke_ratio",
    "trough_time",
    "trough_potential",
    "fast_ahp",
    "medium_ahp",
    "slow_ahp",
    "adp",
)
"""Names of the columns of `spike_features`, each defined in the glossary under ``spike_`` + it."""


@dataclass(frozen=True, eq=False, slots=True)
class SpikeFeatures:
    """One number a spike for each quantity, and why where there is none.

    Attributes
    ----------
    values : mapping of name to ndarray, shape (spike,)
        For each of `PER_SPIKE`; NaN where refused.
    refusals : mapping of name to ndarray of uint8, shape (spike,)
        `Refusal` codes.
    """

    values: Mapping[str, Floats]
    refusals: Mapping[str, Codes]

    def __len__(self) -> int:
        return int(self.values["peak_time"].size)

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    def status(self, spike: int) -> str:
        """Return what has no value for a spike and why, ``"ok"`` where everything has one."""
        parts = [
            f"{name}: {Refusal(int(codes[spike])).words}"
            for name, codes in self.refusals.items()
            if codes[spike]
        ]
        return "; ".join(parts) or "ok"


def spike_features(
    voltage: ArrayLike,
    sampling_rate: float,
    spikes: SpikeTimes,
    options: FeatureOptions = FEATURES,
    *,
    baseline: float | None = None,
    stops: Sequence[float] = (),
    edges: Sequence[float] = (),
) -> SpikeFeatures:
    """Measure the shape of each spike.

    Parameters
    ----------
    voltage : array_like, shape (time,) [mV]
        The trace the spikes were found in.
    sampling_rate : float [kHz]
    spikes : SpikeTimes
        From `detect_spikes`.
    options : FeatureOptions
    baseline : float, optional [mV]
        Potential before the stimulus, for `amplitude_from_baseline`.
    stops : sequence of float [ms]
        Times after the first sample at which a stimulus begins or ends: what follows a spike is
        not measured past the next of them.
    edges : sequence of float [ms]
        Times at which the command jumps, where they are known: no threshold is measured there.

    Returns
    -------
    SpikeFeatures

    Raises
    ------
    ArrayError
        As `detect_spikes`.

    Notes
    -----
    Slopes are central differences. The threshold is the potential where, going back from the
    steepest rise, the slope falls below the criterion, between samples. The amplitude is the peak
    less the threshold; the half width the time spent above their mean; rise and fall time are from
    10 to 90 % of the amplitude and back. Afterpotentials: see `afterpotentials`.
    """
    return spike_features_each(
        [voltage],
        sampling_rate,
        [spikes],
        options,
        baselines=[baseline],
        stops=[stops],
        edges=[edges],
    )[0]


def spike_features_each(
    voltages: Sequence[ArrayLike],
    sampling_rate: float,
    spikes: Sequence[SpikeTimes],
    options: FeatureOptions = FEATURES,
    *,
    baselines: Sequence[float | None] | None = None,
    stops: Sequence[Sequence[float]] | None = None,
    edges: Sequence[Sequence[float]] | None = None,
) -> tuple[SpikeFeatures, ...]:
    """Measure the shape of each spike of several traces; faster than one by one.

    Parameters
    ----------
    voltages : sequence of array_like, shape (time,) [mV]
        Traces, or an array (sweep, time); lengths may differ.
    sampling_rate : float [kHz]
    spikes : sequence of SpikeTimes
        From `detect_spikes_each`.
    options : FeatureOptions
    baselines, stops, edges : sequence, optional
        As for `spike_features`, of each trace.

    Returns
    -------
    tuple of SpikeFeatures
        One a trace, the same as `spike_features` gives.

    Raises
    ------
    ArrayError
        As `spike_features`, or spikes, baselines, stops or edges of another number of traces.
    """
    traces = [checked(voltage, sampling_rate) for voltage in voltages]
    count = len(traces)
    base = [None] * count if baselines is None else baselines
    ends = [()] * count if stops is None else stops
    jumps = [()] * count if edges is None else edges
    same_number(count, spikes=spikes, baselines=base, stops=ends, edges=jumps)
    if not any(len(own) for own in spikes):
        return tuple(_nothing() for _ in traces)
    found = [(own.peak_index, own.rise, own.fall, own.noise) for own in spikes]
    batch = batch_of(traces, float(sampling_rate), found)
    rest = np.repeat([math.nan if value is None else value for value in base], batch.counts)
    columns = {
        "peak_time": np.concatenate([own.peak_time for own in spikes]),
        "peak_potential": np.concatenate([own.peak_potential for own in spikes]),
    }
    shortest = min(trace.size for trace in traces)
    values, codes = _measured(batch, columns, rest, options, shortest, ends, jumps)
    return tuple(
        SpikeFeatures(
            {name: values[name][piece] for name in PER_SPIKE},
            {name: codes[name][piece] for name in PER_SPIKE},
        )
        for piece in batch.pieces()
    )


def _nothing() -> SpikeFeatures:
    values = {name: np.empty(0) for name in PER_SPIKE}
    return SpikeFeatures(values, {name: np.empty(0, dtype=np.uint8) for name in PER_SPIKE})


def _measured(
    batch: Batch,
    found: dict[str, Floats],
    baseline: Floats,
    options: FeatureOptions,
    shortest: int,
    stops: Sequence[Sequence[float]],
    edges: Sequence[Sequence[float]],
) -> tuple[dict[str, Floats], dict[str, Codes]]:
    """Return every quantity and refusal of the spikes of a batch."""
    values, rate, peaks, begin = batch.values, batch.rate, batch.peaks, batch.first
    change, half = changes(values, rate, options.slope_span, shortest)
    at, upstroke, refused = thresholds(batch, change, half, options, batch.flat_times(edges))
    threshold = interpolated(values, at)
    bounds, cut = _bounds(batch, at, stops)
    found |= {
        "threshold_time": (at - begin) / rate,
        "threshold_potential": threshold,
        "amplitude": found["peak_potential"] - threshold,
        "amplitude_from_baseline": found["peak_potential"] - baseline,
        "upstroke": upstroke,
    }
    codes = {name: np.zeros(peaks.size, dtype=np.uint8) for name in PER_SPIKE}
    for name in ("threshold_time", "threshold_potential", "amplitude"):
        codes[name] = refused
    codes["amplitude_from_baseline"][np.isnan(baseline)] = Refusal.NO_BASELINE
    last = batch.last - 2 * half
    start, end = np.clip(peaks - half, begin, last), np.clip(bounds - half, begin, last)
    steepest = extreme_between(change, start, end + 1, np.minimum)
    found["downstroke"] = steepest * rate / (2 * half)
    found["upstroke_downstroke_ratio"] = upstroke / -found["downstroke"]
    _widths(found, codes, batch, at, bounds, cut, refused)
    after, why = afterpotentials(
        values, rate, peaks, bounds, cut, threshold, refused, batch.noise,
        fast=options.fast, medium=options.medium, slow=options.slow,
        adp_time=options.adp_time, adp_prominence=options.adp_prominence,
    )  # fmt: skip
    found |= after
    codes |= why
    found["trough_time"] = found["trough_time"] - begin / rate
    return found, codes


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
) -> None:
    """Add the widths at half height and at threshold, and the times of rise and fall."""
    values, rate, peaks = batch.values, batch.rate, batch.peaks
    threshold, height = found["threshold_potential"], found["amplitude"]
    begin = np.where(refused == 0, at, peaks).astype(np.intp)
    up = np.array([[0.1], [0.5], [0.9]]) * height + threshold
    down = np.array([[0.9], [0.5], [0.1], [0.0]]) * height + threshold
    u10, u50, u90 = last_below(values, begin, peaks, up) / rate
    d90, d50, d10, d0 = first_below(values, peaks, bounds, down) / rate
    names = ("half_width", "threshold_width", "rise_time", "fall_time")
    widths = np.stack([d50 - u50, d0 - at / rate, u90 - u10, d10 - d90])
    missing = np.isnan(widths)
    why = np.where(refused != 0, refused, np.where(missing, cut, np.uint8(0)))
    found |= zip(names, widths, strict=True)
    codes |= zip(names, why.astype(np.uint8), strict=True)
