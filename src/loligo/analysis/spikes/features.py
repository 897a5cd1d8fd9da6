"""The shape of each spike: threshold, height, width, slopes and what follows it.

Every quantity of a spike that cannot be determined is NaN, with the reason beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.spikes.afterpotentials import afterpotentials
from loligo.analysis.spikes.crossings import (
    Floats,
    Indices,
    extreme_between,
    first_below,
    interpolated,
    last_below,
)
from loligo.analysis.spikes.detect import SpikeTimes, checked, follows
from loligo.analysis.spikes.refusals import Codes, Refusal, marked
from loligo.errors import ArrayError

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

_EDGE = 0.4
"""A threshold this soon after an edge of the command is within its artefact [ms]."""


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """How the shape of a spike is measured.

    Attributes
    ----------
    threshold_slope : float [mV/ms]
        The threshold is where the slope last exceeded this before the steepest rise.
    threshold_fraction : float
        Where less than this: the slope criterion is at most this fraction of the steepest rise, so
        that spikes too slow for the first criterion have a threshold too.
    slope_span : float [ms]
        Slopes are central differences over this time, at least over two samples.
    longest_rise : float [ms]
        A threshold is looked for at most this long before the peak.
    fast, medium, slow : float [ms]
        The fast afterhyperpolarization is looked for until `fast` after the peak, the medium one
        until `medium`, the slow one until `slow`.
    adp_time : float [ms]
        An afterdepolarization peaks at most this long after the fast trough.
    adp_prominence : float [mV]
        It rises and falls by at least this, and by six standard deviations of the noise.
    """

    threshold_slope: float = 10.0
    threshold_fraction: float = 1 / 3
    slope_span: float = 0.1
    longest_rise: float = 20.0
    fast: float = 5.0
    medium: float = 50.0
    slow: float = 500.0
    adp_time: float = 30.0
    adp_prominence: float = 0.5

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if not (math.isfinite(value) and value > 0):
                raise ArrayError(f"{entry.name} = {value} must be a finite number above 0")
        if not self.fast < self.medium < self.slow:
            raise ArrayError(
                f"fast = {self.fast:g}, medium = {self.medium:g}, slow = {self.slow:g} ms must "
                "increase"
            )
        if self.threshold_fraction >= 1:
            raise ArrayError(f"threshold_fraction = {self.threshold_fraction:g} must be below 1")


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
    options: FeatureOptions = FeatureOptions(),
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
    values = checked(voltage, sampling_rate)
    rate = float(sampling_rate)
    count = len(spikes)
    if not count:
        empty = {name: np.empty(0) for name in PER_SPIKE}
        return SpikeFeatures(empty, {name: np.empty(0, dtype=np.uint8) for name in PER_SPIKE})
    peaks = spikes.peak_index
    slope = _slopes(values, rate, options.slope_span)
    at, threshold, upstroke, refused = _threshold(values, slope, rate, spikes, options, edges)
    bounds, cut = _bounds(values, rate, spikes, at, stops)
    found: dict[str, Floats] = {
        "threshold_time": at / rate,
        "threshold_potential": threshold,
        "peak_time": spikes.peak_time,
        "peak_potential": spikes.peak_potential,
        "amplitude": spikes.peak_potential - threshold,
        "amplitude_from_baseline": spikes.peak_potential
        - (math.nan if baseline is None else baseline),
        "upstroke": upstroke,
    }
    codes: dict[str, Codes] = dict.fromkeys(
        ("threshold_time", "threshold_potential", "amplitude"), refused
    )
    if baseline is None:
        codes["amplitude_from_baseline"] = np.full(count, Refusal.NO_BASELINE, dtype=np.uint8)
    lowest = extreme_between(slope, peaks, np.maximum(bounds, peaks) + 1, np.minimum)
    found["downstroke"] = lowest
    found["upstroke_downstroke_ratio"] = upstroke / -lowest
    _widths(found, codes, values, rate, spikes, bounds, cut, refused)
    after, why = afterpotentials(
        values, rate, peaks, bounds, cut, threshold, refused, spikes.noise,
        fast=options.fast, medium=options.medium, slow=options.slow,
        adp_time=options.adp_time, adp_prominence=options.adp_prominence,
    )  # fmt: skip
    none = np.zeros(count, dtype=np.uint8)
    found |= after
    codes |= why
    return SpikeFeatures(
        {name: found[name] for name in PER_SPIKE},
        {name: codes.get(name, none) for name in PER_SPIKE},
    )


def _slopes(values: Floats, rate: float, span: float) -> Floats:
    """Return the central difference at each sample [mV/ms]."""
    half = max(1, round(span * rate / 2))
    slope = np.empty_like(values)
    np.subtract(values[2 * half :], values[: -2 * half], out=slope[half:-half])
    slope[half:-half] *= rate / (2 * half)
    slope[:half] = slope[half]
    slope[-half:] = slope[-half - 1]
    return slope


def _threshold(
    values: Floats,
    slope: Floats,
    rate: float,
    spikes: SpikeTimes,
    options: FeatureOptions,
    edges: Sequence[float],
) -> tuple[Floats, Floats, Floats, Codes]:
    """Return index and potential of each threshold, the steepest rise, and the refusals."""
    peaks = spikes.peak_index
    earliest = np.maximum(peaks - round(options.longest_rise * rate), 0)
    earliest[1:] = np.maximum(earliest[1:], peaks[:-1])
    low = values[peaks] - 0.8 * np.minimum(spikes.rise, spikes.fall)
    from_low = last_below(values, earliest, peaks, low)
    begin = np.where(np.isnan(from_low), earliest, from_low).astype(np.intp)
    columns = np.arange(int((peaks - begin).max()) + 1)
    index = np.maximum(peaks[:, None] - columns, begin[:, None])
    rising = slope[index]
    place = rising.argmax(axis=1)
    rows = np.arange(peaks.size)
    steepest, upstroke = index[rows, place], rising[rows, place]
    criterion = np.minimum(options.threshold_slope, options.threshold_fraction * upstroke)
    at = last_below(slope, earliest, steepest, criterion)
    refused = marked(
        peaks.size,
        (follows(at / rate, np.asarray(edges, dtype=float), _EDGE), Refusal.AT_EDGE),
        (np.isnan(at) & (peaks < options.longest_rise * rate), Refusal.CUT_BY_START),
        (np.isnan(at), Refusal.NOT_REACHED),
    )
    at = np.where(refused == 0, at, np.nan)
    return at, interpolated(values, at), upstroke, refused


def _bounds(
    values: Floats, rate: float, spikes: SpikeTimes, at: Floats, stops: Sequence[float]
) -> tuple[Indices, Codes]:
    """Return the last sample that belongs to each spike, and what ends it there."""
    peaks = spikes.peak_index
    ends = np.full(peaks.size, values.size - 1, dtype=np.intp)
    codes = np.full(peaks.size, Refusal.CUT_BY_END, dtype=np.uint8)
    for stop in sorted(stops, reverse=True):
        last = min(max(math.ceil(stop * rate) - 1, 0), values.size - 1)
        ends[peaks <= last] = last
    onset = np.where(np.isnan(at), peaks, at)[1:].astype(np.intp)
    sooner = onset < ends[:-1]
    ends[:-1][sooner] = onset[sooner]
    codes[:-1][sooner] = Refusal.CUT_BY_SPIKE
    return np.maximum(ends, peaks), codes


def _widths(
    found: dict[str, Floats],
    codes: dict[str, Codes],
    values: Floats,
    rate: float,
    spikes: SpikeTimes,
    bounds: Indices,
    cut: Codes,
    refused: Codes,
) -> None:
    """Add the widths at half height and at threshold, and the times of rise and fall."""
    peaks, threshold = spikes.peak_index, found["threshold_potential"]
    height = found["amplitude"]
    begin = np.where(refused == 0, found["threshold_time"] * rate, peaks).astype(np.intp)
    up = [threshold + part * height for part in (0.1, 0.5, 0.9)]
    down = [threshold + part * height for part in (0.9, 0.5, 0.1, 0.0)]
    u10, u50, u90 = _each(last_below, values, begin, peaks, up)
    d90, d50, d10, d0 = _each(first_below, values, peaks, bounds, down)
    found["half_width"] = (d50 - u50) / rate
    found["threshold_width"] = d0 / rate - found["threshold_time"]
    found["rise_time"] = (u90 - u10) / rate
    found["fall_time"] = (d10 - d90) / rate
    for name in ("half_width", "threshold_width", "rise_time", "fall_time"):
        missing = np.isnan(found[name])
        why = np.where(missing & (refused == 0), cut, np.uint8(0))
        codes[name] = np.where(refused != 0, refused, why).astype(np.uint8)


def _each(
    search: Callable[..., Floats],
    values: Floats,
    start: Indices,
    stop: Indices,
    levels: list[Floats],
) -> list[Floats]:
    """Search several levels for every spike in one go."""
    times = len(levels)
    found = search(values, np.tile(start, times), np.tile(stop, times), np.concatenate(levels))
    return list(found.reshape(times, -1))
