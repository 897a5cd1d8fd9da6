"""Measuring steps: the change of command and of response from baseline to steady state.

A step whose windows hold an action potential, an artefact or a saturated amplifier is kept with
its problem in words, so that a result can say what it left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Location, location, minus
from loligo.analysis.layout import Layout, Step, load, same_level
from loligo.analysis.validity import implausible, is_at_limit, is_saturated
from loligo.recording import Channel, ClampMode, Trace

SPIKE_HEIGHT = 15.0
"""A rise this far above a window's median is taken for an action potential [mV]."""

FAR_FROM_REST = 5.0
"""A potential before a step this far from that of the other sweeps is not rest [mV]."""

AFTER_DEPOLARIZATION = "depolarized before the step"
"""Afterpotentials and what was activated outlast it, so that there is no rest to step from."""

WRONG_UNIT = "more than a cell can have, as if the unit were wrong"

_TRACKING, _AGREEING = 0.2, 0.05


@dataclass(frozen=True, slots=True)
class MeasuredStep:
    """A step with what it did, in internal units.

    Attributes
    ----------
    step : Step
    command_change : float
        Commanded, or measured where a monitor is trusted.
    response_change : Location
    problem : str
        Why the step cannot be used; ``""`` where it can.
    baseline : float
        Median before the step.
    """

    step: Step
    command_change: float
    response_change: Location
    problem: str = ""
    baseline: float = float("nan")


@dataclass(frozen=True, slots=True)
class CommandSource:
    """Where the change of command comes from, in words, and a caution about it."""

    words: str
    caution: str = ""


def measure(
    layout: Layout, steps: Sequence[Step]
) -> tuple[tuple[MeasuredStep, ...], CommandSource]:
    """Measure steps of one group.

    Returns
    -------
    measured : tuple of MeasuredStep
    source : CommandSource
    """
    if layout.command is None:
        return (), CommandSource("")
    told = [step.level - step.before for step in steps]
    changes, source = _changes(layout, layout.command, steps, told)
    measured = []
    for step, change in zip(steps, changes, strict=True):
        trace = layout.recording.trace(step.sweep, layout.response)
        baseline, steady = load(trace, step.baseline), load(trace, step.steady)
        problem = _unusable(baseline, steady)
        if problem:
            nothing = Location(float("nan"), float("inf"), 0)
            measured.append(MeasuredStep(step, change, nothing, problem))
            continue
        difference = minus(
            location(steady, resolution=trace.resolution),
            location(baseline, resolution=trace.resolution),
        )
        problem = _problem(layout, step, trace, baseline, steady)
        before = float(np.median(baseline))
        measured.append(MeasuredStep(step, change, difference, problem, before))
    return tuple(measured), source


def _unusable(*windows: NDArray[np.float64]) -> str:
    if min(window.size for window in windows) < 3:
        return "fewer than 3 samples in a window"
    return "" if all(np.isfinite(window).all() for window in windows) else "missing values"


def _problem(
    layout: Layout,
    step: Step,
    trace: Trace,
    baseline: NDArray[np.float64],
    steady: NDArray[np.float64],
) -> str:
    if is_saturated(steady, baseline) or is_saturated(baseline, steady):
        return "saturated"
    if is_at_limit(trace, steady) or is_at_limit(trace, baseline):
        return "saturated"
    if implausible(float(np.median(baseline)), layout.response.unit):
        return WRONG_UNIT
    if layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
        return ""
    whole = load(trace, step.whole)
    if rises(baseline) or rises(steady) or float(whole.max()) > _peak_allowed(baseline, steady):
        return "action potential or artefact"
    return AFTER_DEPOLARIZATION if step.is_conditioned else ""


def rises(values: NDArray[np.float64]) -> bool:
    """Tell whether a potential rises `SPIKE_HEIGHT` above its median."""
    return bool(values.size) and float(values.max() - np.median(values)) > SPIKE_HEIGHT


def _peak_allowed(baseline: NDArray[np.float64], steady: NDArray[np.float64]) -> float:
    return max(float(np.median(baseline)), float(np.median(steady))) + SPIKE_HEIGHT


def _changes(
    layout: Layout, command: Channel, steps: Sequence[Step], told: list[float]
) -> tuple[list[float], CommandSource]:
    """Take the measured command where a monitor follows the protocol's, else the protocol's."""
    stated = CommandSource(f"the command {command.name!r}")
    monitor = layout.monitor
    if monitor is None:
        return told, stated
    seen = [seen_change(layout, monitor, step) for step in steps]
    largest = max((abs(change) for change in told), default=0.0)
    if largest == 0 or not all(value is not None for value in seen):
        return told, stated
    found = [value for value in seen if value is not None]
    off = max(abs(a - b) for a, b in zip(found, told, strict=True)) / largest
    if off <= _TRACKING:
        words = f"{monitor.name!r}, which measured the command ({off:.1%} off at most)"
        apart = f"measured and stated command differ by up to {off:.0%}"
        return found, CommandSource(words, apart if off > _AGREEING else "")
    caution = (
        f"{monitor.name!r} measured other steps than the command's ({off:.0%} off): unless it is "
        "of something else, the scale of one of them is wrong"
    )
    return told, replace(stated, caution=caution)


def seen_change(layout: Layout, monitor: Channel, step: Step) -> float | None:
    """Return by how much a monitor saw the command change; ``None`` where it saw nothing."""
    sweep = layout.recording.sweep(step.sweep)
    if monitor.name not in sweep.traces:
        return None
    trace = sweep.traces[monitor.name]
    baseline, steady = load(trace, step.baseline), load(trace, step.steady)
    if not baseline.size or not steady.size:
        return None
    change = float(steady.mean() - baseline.mean())
    return change if np.isfinite(change) else None


def not_at_rest(entry: MeasuredStep, measured: Sequence[MeasuredStep]) -> str:
    """Caution where the potential before a step is far from that before the same step elsewhere.

    It is then moved by action potentials or synaptic events, and so the step's change is as well.
    """
    known = [
        other.baseline
        for other in measured
        if np.isfinite(other.baseline)
        and not other.step.is_conditioned
        and same_level(other.step.before, entry.step.before)
    ]
    if len(known) < 3 or not np.isfinite(entry.baseline) or entry.step.is_conditioned:
        return ""
    usual = float(np.median(known))
    apart = abs(entry.baseline - usual)
    if apart < FAR_FROM_REST or apart < 0.2 * abs(entry.response_change.value):
        return ""
    return (
        f"{entry.baseline:.3g} mV before the step, where it is {usual:.3g} mV in the middle of the "
        "sweeps: the cell was not at rest, and the change may not be of the step alone"
    )


def is_depolarizing(step: Step) -> bool:
    """Tell whether a step goes above the sweep's holding level."""
    return step.level > step.holding and not same_level(step.level, step.holding)


def starts_above_holding(step: Step) -> bool:
    """Tell whether a step starts from above the sweep's holding level."""
    return step.before > step.holding and not same_level(step.before, step.holding)
