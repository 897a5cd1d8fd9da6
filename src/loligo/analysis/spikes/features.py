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
from loligo.analysis.spikes.crossings import (
    Floats,
    Indices,
    extreme_between,
    first_below,
    interpolated,
    last_below,
)
from loligo.analysis.spikes.detect import SpikeTimes, checked
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
    values = checked(voltage, sampling_rate)
    rate = float(sampling_rate)
    count = len(spikes)
    if not count:
        empty = {name: np.empty(0) for name in PER_SPIKE}
        return SpikeFeatures(empty, {name: np.empty(0, dtype=np.uint8) for name in PER_SPIKE})
    peaks = spikes.peak_index
    change, half = changes(values, rate, options.slope_span)
    at, upstroke, refused = thresholds(values, change, half, rate, spikes, options, edges)
    threshold = interpolated(values, at)
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
    last = change.size - 1
    begin, end = np.clip(peaks - half, 0, last), np.clip(bounds - half, 0, last)
    steepest = extreme_between(change, begin, end + 1, np.minimum)
    found["downstroke"] = steepest * rate / (2 * half)
    found["upstroke_downstroke_ratio"] = upstroke / -found["downstroke"]
    _widths(found, codes, values, rate, peaks, bounds, cut, refused)
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
    peaks: Indices,
    bounds: Indices,
    cut: Codes,
    refused: Codes,
) -> None:
    """Add the widths at half height and at threshold, and the times of rise and fall."""
    threshold, height = found["threshold_potential"], found["amplitude"]
    begin = np.where(refused == 0, found["threshold_time"] * rate, peaks).astype(np.intp)
    up = np.array([[0.1], [0.5], [0.9]]) * height + threshold
    down = np.array([[0.9], [0.5], [0.1], [0.0]]) * height + threshold
    u10, u50, u90 = last_below(values, begin, peaks, up) / rate
    d90, d50, d10, d0 = first_below(values, peaks, bounds, down) / rate
    names = ("half_width", "threshold_width", "rise_time", "fall_time")
    widths = np.stack([d50 - u50, d0 - found["threshold_time"], u90 - u10, d10 - d90])
    missing = np.isnan(widths)
    why = np.where(refused != 0, refused, np.where(missing, cut, np.uint8(0)))
    found |= zip(names, widths, strict=True)
    codes |= zip(names, why.astype(np.uint8), strict=True)
