"""What a current does at each level of a family: its peak, and its steady state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.current_voltage.family import Family, Member
from loligo.analysis.current_voltage.ionic import Subtracted
from loligo.analysis.current_voltage.peak import Noise, Peak, find_peak, mean_at, noise_of
from loligo.analysis.layout import STEADY_FRACTION, load
from loligo.analysis.validity import is_at_limit

TRANSIENT = 0.8
"""A current is transient where this share of its largest peak is not left in the steady state."""
_AT_ONCE = 2
"""A peak at these first samples was there before the window began."""


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a family.

    Attributes
    ----------
    sweep : int
    potential : float [mV]
        What the family varies.
    command : float [mV]
        During the step.
    peak, peak_error : float [pA]
        With its standard error; NaN where it cannot be told.
    time : float [ms]
        Of the peak after the step's begin.
    steady, steady_error : float [pA]
    stands_out : bool
        Whether the peak is an extreme beyond the noise; else it is the current at the time of the
        nearest level's peak.
    problem : str
        Why the step cannot be used; ``""`` where it can.
    """

    sweep: int
    potential: float
    command: float
    peak: float
    peak_error: float
    time: float
    steady: float
    steady_error: float
    stands_out: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Samples:
    member: Member
    values: NDArray[np.float64]
    shift_error: float
    rate: float
    begin: float
    problem: str


def measured(family: Family, leak: Subtracted, after: float) -> tuple[Level, ...]:
    """Measure each step of a family, in order of potential.

    Parameters
    ----------
    family : Family
    leak : Subtracted
    after : float [ms]
        How long after the step's begin to start to look.
    """
    loaded = [_load(member, leak, after) for member in family.members]
    noise = _noise(family, leak)
    usable = [entry for entry in loaded if not entry.problem]
    peaks = _peaks(usable, noise)
    levels = [_level(entry, peak, noise) for entry, peak in zip(usable, peaks, strict=True)]
    levels += [_unusable(entry) for entry in loaded if entry.problem]
    return tuple(sorted(levels, key=lambda level: (level.potential, level.sweep)))


def is_transient(levels: Sequence[Level]) -> bool:
    """Tell whether the largest current of a family is over before the step is."""
    known = [level for level in levels if not level.problem]
    if not known:
        return False
    largest = max(known, key=lambda level: abs(level.peak))
    return abs(largest.steady) < TRANSIENT * abs(largest.peak)


def lasting(level: Level) -> Level:
    """Return a level of a current that lasts: it has no peak but its steady state."""
    return replace(level, peak=level.steady, peak_error=level.steady_error)


def _load(member: Member, leak: Subtracted, after: float) -> _Samples:
    layout = leak.layout
    trace = layout.recording.trace(member.sweep, layout.response)
    window = type(member.whole)(member.whole.start + after, member.whole.stop)
    raw, before = load(trace, window), load(trace, member.baseline)
    problem = ""
    if member.whole.start + after >= member.whole.stop:
        problem = f"the small steps do not settle within the {after:.3g} ms of the step"
    elif min(raw.size, before.size) < 10:
        problem = "fewer than 10 samples in a window"
    elif not (np.isfinite(raw).all() and np.isfinite(before).all()):
        problem = "missing values"
    elif is_at_limit(trace, raw):
        problem = "out of range"
    offset = float(before.mean()) if before.size else math.nan
    driving = member.level - member.held
    values = raw - offset - leak.slope * driving
    shift = math.hypot(leak.slope_error * driving, noise_of(before).of_mean(max(before.size, 1)))
    return _Samples(member, values, shift, trace.sampling_rate, after, problem)


def _noise(family: Family, leak: Subtracted) -> Noise:
    """Return the noise before the steps, of all sweeps together."""
    layout = leak.layout
    each = [
        noise_of(load(layout.recording.trace(m.sweep, layout.response), m.baseline))
        for m in family.members
    ]
    known = [n for n in each if math.isfinite(n.deviation)]
    if not known:
        return Noise(math.inf)
    power = float(np.mean([n.deviation**2 for n in known]))
    return Noise(math.sqrt(power), float(np.mean([n.memory for n in known])))


def _peaks(usable: Sequence[_Samples], noise: Noise) -> list[Peak]:
    """Return the peaks; where nothing stands out, the current at the nearest level's peak."""
    if not usable:
        return []
    largest = max(usable, key=lambda entry: float(np.abs(entry.values).max()))
    first = find_peak(largest.values, noise)
    if first is None:
        return [_nowhere(entry, noise) for entry in usable]
    width = max(first.width // 2, 3)
    found = [find_peak(entry.values, noise, width) for entry in usable]
    known = [
        (entry.member.potential, peak)
        for entry, peak in zip(usable, found, strict=True)
        if peak is not None
    ]
    if not known:
        return [_nowhere(entry, noise) for entry in usable]
    peaks = []
    for entry, peak in zip(usable, found, strict=True):
        if peak is not None:
            peaks.append(peak)
            continue
        here = entry.member.potential
        _, near = min(known, key=lambda pair: abs(pair[0] - here))
        peaks.append(mean_at(entry.values, noise, near.place, near.width))
    return peaks


def _nowhere(entry: _Samples, noise: Noise) -> Peak:
    """Return the mean of the whole step: nothing tells where a peak would be."""
    return mean_at(entry.values, noise, entry.values.size / 2, entry.values.size)


def _level(entry: _Samples, peak: Peak, noise: Noise) -> Level:
    last = max(round(STEADY_FRACTION * entry.values.size), 1)
    steady = float(entry.values[-last:].mean())
    problem = ""
    if peak.stands_out and peak.place < _AT_ONCE and peak.start == 0:
        problem = "the current is largest where the window begins"
    return Level(
        entry.member.sweep,
        entry.member.potential,
        entry.member.level,
        peak.value,
        math.hypot(peak.error, entry.shift_error),
        entry.begin + peak.place / entry.rate,
        steady,
        math.hypot(noise.of_mean(last), entry.shift_error),
        peak.stands_out,
        problem,
    )


def _unusable(entry: _Samples) -> Level:
    nothing = math.nan
    return Level(
        entry.member.sweep,
        entry.member.potential,
        entry.member.level,
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        stands_out=False,
        problem=entry.problem,
    )
