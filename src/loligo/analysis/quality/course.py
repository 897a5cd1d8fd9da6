"""The course of a recording over its sweeps: drift of what was measured, and where it broke off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval, digitized_median
from loligo.analysis.layout import Layout, holding, same_level, steps
from loligo.analysis.quality.drift import FEWEST, change, relative_change, slope
from loligo.analysis.quality.quiet import Segment
from loligo.analysis.quality.said import Refusal, estimate

_ABSOLUTE = {"baseline_potential", "holding_current"}
_OF_STEPS = {
    "total_resistance",
    "input_resistance",
    "series_resistance",
    "membrane_resistance",
    "capacitance",
}
_LONG = 10_000.0


@dataclass(frozen=True, slots=True)
class Course:
    """A quantity over the recording.

    Attributes
    ----------
    name : str
    sweeps : tuple of int
        Of each value; within a single long sweep all the same.
    times : tuple of float [ms after the recording's start]
    values, lows, highs : tuple of float
        In the internal unit; infinite ends where an interval is unbounded.
    """

    name: str
    sweeps: tuple[int, ...]
    times: tuple[float, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


def course_of(layout: Layout, name: str, estimates: Sequence[Estimate]) -> Course:
    """Return a quantity over the sweeps, of the first epoch that has it in the most of them."""
    single = [
        e for e in estimates if e.name == name and e.sweep is not None and e.value is not None
    ]
    epochs = list(dict.fromkeys(e.epoch for e in single))
    count = {epoch: sum(e.epoch == epoch for e in single) for epoch in epochs}
    best = max(epochs, key=lambda epoch: count[epoch], default="")
    by_sweep: dict[int, Estimate] = {}
    for entry in single:
        if entry.epoch == best and entry.sweep is not None:
            by_sweep.setdefault(entry.sweep, entry)
    alike = _alike(layout, name, best, tuple(i for i in layout.sweeps if i in by_sweep))
    known = [(i, by_sweep[i]) for i in alike]
    return Course(
        name,
        tuple(i for i, _ in known),
        tuple(layout.recording.sweep(i).start for i, _ in known),
        tuple(e.value for _, e in known if e.value is not None),
        tuple(-math.inf if e.low is None else e.low for _, e in known),
        tuple(math.inf if e.high is None else e.high for _, e in known),
    )


def _alike(layout: Layout, name: str, epoch: str, sweeps: tuple[int, ...]) -> tuple[int, ...]:
    """Keep the sweeps of the commonest level: of holding for a baseline, of the step for others.

    What differs between sweeps of different command is the cell's nonlinearity, not its drift.
    """
    levels: dict[int, tuple[float, ...]] = {}
    if name in _ABSOLUTE:
        for index in sweeps:
            held = holding(layout.epochs.get(index, ()))
            if held is not None:
                levels[index] = (held[1],)
    elif name in _OF_STEPS:
        for step in steps(layout).get(epoch, ()):
            levels[step.sweep] = (step.before, step.level)
    if not levels:
        return sweeps
    kinds: list[tuple[float, ...]] = []
    members: list[list[int]] = []
    for index in sweeps:
        level = levels.get(index, ())
        place = next((k for k, kind in enumerate(kinds) if _same(level, kind)), len(kinds))
        if place == len(kinds):
            kinds.append(level)
            members.append([])
        members[place].append(index)
    members.sort(key=len, reverse=True)
    return tuple(members[0]) if members else ()


def _same(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return len(a) == len(b) and all(same_level(x, y) for x, y in zip(a, b, strict=True))


def baseline_within(layout: Layout, name: str, segments: tuple[Segment, ...]) -> Course:
    """Return the baseline at rest within a single long sweep; empty for a short one."""
    trace = layout.recording.trace(layout.sweeps[0], layout.response) if layout.sweeps else None
    if len(layout.sweeps) != 1 or trace is None or trace.duration < _LONG:
        return Course(name, (), (), (), (), ())
    begin = layout.recording.sweep(layout.sweeps[0]).start
    heights = tuple(digitized_median(s.values, s.resolution) for s in segments)
    unknown = tuple(math.inf for _ in segments)
    return Course(
        name,
        tuple(s.sweep for s in segments),
        tuple(begin + s.start for s in segments),
        heights,
        tuple(-end for end in unknown),
        unknown,
    )


def drift_estimates(layout: Layout, course: Course) -> tuple[Estimate, ...]:
    """Return slope and change of a quantity over the recording."""
    within = len(set(course.sweeps)) == 1 and len(course.sweeps) > 1
    what = "half seconds at rest" if within else "sweeps"
    words = f"of the {course.name.replace('_', ' ')} of {len(course.values)} {what}"
    names = f"{course.name}_drift", f"{course.name}_change"
    definitions = (
        f"least-squares slope {words} over their start times; correlated residuals widen the "
        "interval",
        f"mean of the last fifth less mean of the first fifth {words}; interval from the "
        "differences between neighbours",
    )
    refusal = _unfit(course)
    if refusal is not None:
        return tuple(
            estimate(layout, n, refusal, d) for n, d in zip(names, definitions, strict=True)
        )
    fitted = slope(course.times, course.values)
    is_absolute = course.name in _ABSOLUTE
    apart = change(course.values) if is_absolute else relative_change(course.values)
    small = Refusal(Status.TOO_NOISY, "the first values scatter too much to compare with")
    return (
        estimate(layout, names[0], fitted or _no_times(), definitions[0], _said(fitted)),
        estimate(layout, names[1], apart or small, definitions[1], _said(apart)),
    )


def _unfit(course: Course) -> Refusal | None:
    count = len(course.values)
    if count < FEWEST:
        word = course.name.replace("_", " ")
        why = (
            f"drift needs {FEWEST} values of {word} at one command; "
            f"there {'is' if count == 1 else 'are'} {count}"
        )
        return Refusal(Status.NO_BASELINE, why)
    if not (np.diff(course.times) > 0).all():
        return _no_times()
    return None


def _no_times() -> Refusal:
    return Refusal(Status.UNRESOLVED, "the file does not tell when its sweeps began")


def _said(found: Interval | None) -> str:
    return "" if found is None or found.excludes_zero else "not beyond the scatter"


def ratio_estimate(layout: Layout, estimates: Sequence[Estimate]) -> Estimate:
    """Return the series resistance by the input (else the membrane's) resistance."""
    name = "series_to_input_ratio"
    found: dict[str, Estimate] = {}
    for entry in estimates:
        if entry.sweep is None and entry.is_ok:
            found.setdefault(entry.name, entry)
    series = found.get("series_resistance")
    cell = found.get("input_resistance") or found.get("membrane_resistance")
    if series is None or cell is None:
        missing = "series resistance" if series is None else "input or membrane resistance"
        return estimate(layout, name, Refusal(Status.NO_STEP, f"no {missing} was measured"), "")
    definition = f"series_resistance by {cell.name}; relative errors added in squares"
    parts = [_relative(entry) for entry in (series, cell)]
    value = (series.value or math.nan) / (cell.value or math.nan)
    reach = value * math.hypot(*parts)
    return estimate(layout, name, Interval(value, value - reach, value + reach), definition)


def _relative(entry: Estimate) -> float:
    if entry.value is None or entry.low is None or entry.high is None:
        return math.inf
    return max(entry.high - entry.value, entry.value - entry.low) / abs(entry.value)
