"""Estimates of the noise of a recording: whole, fast, slow, by rounding, by the mains."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval, location, minus
from loligo.analysis.layout import Layout
from loligo.analysis.quality.density import Spectrum, spectrum
from loligo.analysis.quality.hum import SHORTEST, Hum, mains_hum
from loligo.analysis.quality.noise import (
    digitizer_step,
    fast_noise_rms,
    noise_rms,
    quantization_share,
    slow_noise_rms,
    without_events,
)
from loligo.analysis.quality.quiet import LONGEST, Segment
from loligo.analysis.quality.said import Refusal, estimate, exactly, own_name
from loligo.analysis.steady import rises
from loligo.units import format_quantity

_EVENTS = Refusal(Status.UNRESOLVED, "events (synaptic currents, spikes) leave no noise to measure")
_FIRING = Refusal(Status.SPIKING, "the cell fires at rest, which leaves no noise to measure")
_DOMINATES = 0.5
_WITHOUT = "events left out (1 ms means beyond 5 robust standard deviations)"


@dataclass(frozen=True, slots=True)
class AtRest:
    """The noise of a response.

    Attributes
    ----------
    estimates : tuple of Estimate
    spectrum : Spectrum or None
    hum : Hum or None
    """

    estimates: tuple[Estimate, ...]
    spectrum: Spectrum | None = None
    hum: Hum | None = None


def at_rest(layout: Layout, segments: tuple[Segment, ...], why: str) -> AtRest:
    """Return the estimates of noise and hum, of the recording and of each sweep."""
    if not segments:
        status = Status.NO_COMMAND if layout.command is None else Status.NO_BASELINE
        refusal = Refusal(status, why)
        names = ("noise_rms", "fast_noise_rms", "slow_noise_rms", "digitizer_step", "mains_hum")
        refused = tuple(estimate(layout, own_name(layout, name), refusal, "") for name in names)
        return AtRest((*refused, estimate(layout, "mains_hum_share", refusal, "")))
    rate = segments[0].sampling_rate
    alike = tuple(s for s in segments if s.sampling_rate == rate)
    arrays = [segment.values for segment in alike]
    whole, step = _noise(layout, alike, None), _step(layout, alike)
    clean = [values for values in arrays if without_events(values, rate).all()] or arrays
    hum = mains_hum(clean, rate)
    total = whole[0]
    found = [*whole, *step, *_rounding(layout, step[0], total), *_hum(layout, hum, total, alike)]
    by_sweep: dict[int, list[Segment]] = {}
    for segment in alike:
        by_sweep.setdefault(segment.sweep, []).append(segment)
    for index, own in by_sweep.items():
        is_only = len(by_sweep) == 1
        found += (
            [replace(entry, sweep=index) for entry in whole]
            if is_only
            else _noise(layout, tuple(own), index)
        )
        found += _course(layout, tuple(own), index)
    return AtRest(tuple(found), spectrum(clean, rate), hum)


def _noise(
    layout: Layout, segments: tuple[Segment, ...], sweep: int | None
) -> tuple[Estimate, ...]:
    rate = segments[0].sampling_rate
    silent = [s for s in segments if not (layout.response.unit == "mV" and rises(s.values))]
    arrays = [segment.values for segment in silent]
    none = _EVENTS if silent else _FIRING
    long = [s.values for s in segments if s.duration > 0.99 * LONGEST]
    shortest, longest = min(s.duration for s in segments), max(s.duration for s in segments)
    where = f"{len(silent)} stretches at rest of {shortest:.4g} to {longest:.4g} ms"
    slow = slow_noise_rms(long)
    fast = fast_noise_rms(arrays, rate)
    return (
        estimate(
            layout,
            own_name(layout, "noise_rms"),
            noise_rms(arrays, rate) or none,
            f"root mean square around the mean of {where}; {_WITHOUT}",
            "",
            sweep,
        ),
        estimate(
            layout,
            own_name(layout, "fast_noise_rms"),
            fast or (none if rate >= 2 else _too_slow(rate)),
            f"root mean square around the mean of windows of 1.5 ms in {where}; {_WITHOUT}",
            "",
            sweep,
        ),
        estimate(
            layout,
            own_name(layout, "slow_noise_rms"),
            slow or Refusal(Status.NO_BASELINE, f"no stretch at rest lasts {LONGEST:g} ms"),
            f"root mean square around the mean of {len(long)} stretches of {LONGEST:g} ms at rest, "
            "events included",
            "",
            sweep,
        ),
    )


def _too_slow(rate: float) -> Refusal:
    why = f"sampled at {format_quantity(rate, 'kHz')}, 1.5 ms hold fewer than 3 samples"
    return Refusal(Status.UNRESOLVED, why)


def _step(layout: Layout, segments: tuple[Segment, ...]) -> tuple[Estimate, ...]:
    stated = segments[0].resolution
    size = stated or digitizer_step(segments[0].values)
    definition = "from the file's scale of integers"
    if not stated:
        definition = "smallest common step of the numbers stored"
    why = Refusal(Status.UNRESOLVED, "the numbers stored show no common step (floating point)")
    name = own_name(layout, "digitizer_step")
    return (estimate(layout, name, exactly(size) if size else why, definition),)


def _rounding(layout: Layout, step: Estimate, noise: Estimate) -> list[Estimate]:
    if step.value is None or noise.value is None or noise.low is None or noise.high is None:
        return []
    low, value, high = (
        quantization_share(step.value, rms) if rms > 0 else float("inf")
        for rms in (noise.high, noise.value, noise.low)
    )
    note = "" if value < _DOMINATES else "the digitizer's steps dominate the noise: use more gain"
    definition = "step**2 / 12 by the square of the noise"
    return [estimate(layout, "quantization_share", Interval(value, low, high), definition, note)]


def _hum(
    layout: Layout, hum: Hum | None, noise: Estimate, segments: tuple[Segment, ...]
) -> list[Estimate]:
    name, unit = own_name(layout, "mains_hum"), layout.response.unit
    definition = (
        "amplitude of the sinusoid at the mains frequency in stretches at rest (Hann window), less "
        "what the noise at the frequencies beside it makes of it"
    )
    if hum is None:
        longest = max(segment.duration for segment in segments)
        why = f"{SHORTEST:g} ms at rest tell 50 from 60 Hz; there are {longest:.3g} ms at most"
        if longest >= SHORTEST:
            rate = segments[0].sampling_rate
            why = f"sampled at {format_quantity(rate, 'kHz')}, too slow to tell 60 Hz"
        refusal = Refusal(Status.UNRESOLVED, why)
        return [estimate(layout, n, refusal, definition) for n in (name, "mains_hum_share")]
    first = hum.lines[0]
    shown = f"{1e3 * hum.mains:g} Hz"
    if not hum.is_found:
        note = f"none is certain: at most {first.amplitude.high:.3g} {unit} at 50 or 60 Hz"
        return [
            estimate(layout, name, first.amplitude, definition, note),
            _share(layout, hum, noise),
        ]
    others = [
        f"{1e3 * line.frequency:g} Hz ({line.amplitude.value:.3g} {unit})"
        for line in hum.lines[1:]
        if line.amplitude.low > 0
    ]
    note = f"at {shown}" + (f"; also at {', '.join(others)}" if others else "")
    return [
        estimate(layout, name, first.amplitude, definition, note),
        estimate(layout, "mains_frequency", exactly(hum.mains), "of 50 and 60 Hz the likelier"),
        _share(layout, hum, noise),
    ]


def _share(layout: Layout, hum: Hum, noise: Estimate) -> Estimate:
    """Return the share of the variance in the lines; their ends added up, so not too narrow."""
    name = "mains_hum_share"
    definition = "half the squared amplitudes of the mains frequency and its harmonics by the noise"
    if not noise.value or noise.low is None or noise.high is None:
        return estimate(layout, name, Refusal(noise.status, noise.reason), definition)
    powers = [
        sum(getattr(line.amplitude, end) ** 2 for line in hum.lines) / 2
        for end in ("value", "low", "high")
    ]
    variance = noise.value**2
    found = Interval(*(power / variance for power in powers))
    return estimate(layout, name, found, definition, "" if hum.is_found else "none is certain")


def _course(layout: Layout, segments: tuple[Segment, ...], sweep: int) -> list[Estimate]:
    """Return what changed from the beginning to the end of a sweep, of a potential."""
    before = [s for s in segments if s.is_before]
    after = [s for s in segments if s.is_after]
    silent = [s.values for s in after if not rises(s.values)]
    if layout.response.unit != "mV" or not after:
        return []
    rate = after[0].sampling_rate
    none = _EVENTS if silent else _FIRING
    found = fast_noise_rms(silent, rate) or (none if rate >= 2 else _too_slow(rate))
    name = "voltage_fast_noise_rms_after"
    where = f"after the last stimulus; {_WITHOUT}"
    noise = estimate(layout, name, found, f"root mean square within 1.5 ms {where}", "", sweep)
    if not before:
        return [noise]
    ends = [location(s.values, np.median, s.resolution) for s in (after[-1], before[0])]
    words = (
        f"median of {after[-1].start:.4g} to {after[-1].start + after[-1].duration:.4g} ms less "
        f"that of {before[0].start:.4g} to {before[0].start + before[0].duration:.4g} ms"
    )
    return [
        noise,
        estimate(layout, "sweep_potential_change", minus(*ends).interval, words, "", sweep),
    ]
