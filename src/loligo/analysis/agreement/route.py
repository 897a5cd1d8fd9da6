"""Each route by which a recording tells the input resistance: value, potentials and times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.agreement.relation import Relation, level, relation
from loligo.analysis.estimate import Estimate
from loligo.analysis.impedance import Impedance
from loligo.analysis.interval import Interval, t_quantile
from loligo.analysis.layout import Layout, Step, Window, steps
from loligo.analysis.resistance import ResistanceFit, fit_resistance
from loligo.analysis.steady import MeasuredStep, measure
from loligo.recording import ClampMode

EDGES = tuple(40.0 * 2 ** (k / 2) for k in range(16))
"""Ends of the windows in which steps are compared, after their onset [ms]."""

HIGHEST_ABOVE = 20.0
"""Steps of a voltage clamp this far above the holding level are left aside [mV]."""


@dataclass(frozen=True)
class Route:
    """One route to the input resistance.

    Attributes
    ----------
    recording : str
        Label of the recording.
    kind : str
        ``"current steps"``, ``"voltage steps"`` or ``"chirp"``.
    estimate : Estimate
    low, high : float [mV]
        Membrane potentials it was measured between.
    rest : float [mV]
        Potential it started from.
    start, stop : float [ms]
        Window after the onset of the step; of a chirp from 0 to what its lowest frequency sees.
    zero : float [mV]
        Potential at which no current flows in the steady state; NaN where it was not reached.
    relations : tuple of Relation
        Current against potential at other times, in order, the last at its own; none of a chirp.
    """

    recording: str
    kind: str
    estimate: Estimate
    low: float
    high: float
    rest: float
    start: float
    stop: float
    zero: float
    relations: tuple[Relation, ...] = ()

    @property
    def interval(self) -> Interval:
        """Value with its 95 % interval [GOhm]."""
        entry = self.estimate
        ends = (-math.inf if entry.low is None else entry.low, math.inf)
        high = ends[1] if entry.high is None else entry.high
        return Interval(float(entry.value or math.nan), ends[0], high)

    @property
    def is_fixed(self) -> bool:
        """Whether it tells the resistance between one pair of potentials only."""
        return not self.relations or self.relations[-1].potential.size < 3

    @property
    def middle(self) -> float:
        """Middle of the potentials it was measured between."""
        return (self.low + self.high) / 2

    @property
    def label(self) -> str:
        """Recording, kind and epoch in words."""
        where = f" {self.estimate.epoch}" if self.kind != "chirp" and self.estimate.epoch else ""
        return f"{self.recording} ({self.kind}{where})"


def chirp_route(label: str, found: Impedance) -> Route | None:
    """Return the route of a chirp, ``None`` where it has no limit at low frequency."""
    entry = found.estimate("low_frequency_impedance")
    if entry is None or not entry.is_ok:
        return None
    low, high = found.potential_range
    slowest = 1 / (2 * math.pi * float(found.smooth_frequency[0]))
    zero = found.potential - found.current * (entry.value or math.nan)
    return Route(label, "chirp", entry, low, high, found.potential, 0.0, slowest, zero)


def step_routes(label: str, layout: Layout) -> tuple[Route, ...]:
    """Return a route for each epoch of steps that gives a resistance."""
    clamped = layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP
    fits, _ = fit_resistance(layout, "total_resistance" if clamped else "input_resistance")
    usable = [fit for fit in fits if fit.estimate.is_ok and fit.used]
    groups = steps(layout) if usable else {}
    return tuple(_route(label, layout, fit, groups[fit.estimate.epoch], clamped) for fit in usable)


def _route(
    label: str, layout: Layout, fit: ResistanceFit, group: Sequence[Step], clamped: bool
) -> Route:
    rests = {step.sweep: _rest(layout, step, clamped) for step in group}
    rest = float(np.median([rests[entry.step.sweep] for entry in fit.used]))
    levels = [
        entry.step.level if clamped else rest + entry.response_change.value for entry in fit.used
    ]
    steady = fit.used[0].step
    own = (steady.steady.start - steady.whole.start, steady.steady.stop - steady.whole.start)
    found = []
    for start, stop in (*_windows(group, own[0]), own):
        moved = [replace(step, steady=_after(step, start, stop)) for step in group]
        measured = [entry for entry in measure(layout, moved)[0] if _counts(entry, clamped)]
        made = _relation(measured, rest, clamped, (start, stop))
        if made is not None:
            found.append(made)
    return Route(
        label,
        "voltage steps" if clamped else "current steps",
        fit.estimate,
        min(rest, *levels),
        max(rest, *levels),
        rest,
        *own,
        _zero(layout, fit, found[-1] if found else None, clamped),
        tuple(found),
    )


def _rest(layout: Layout, step: Step, clamped: bool) -> float:
    """Return the response before a step; in voltage clamp the potential commanded."""
    if clamped:
        return step.before
    trace = layout.recording.trace(step.sweep, layout.response)
    return float(np.median(trace.window(step.baseline.start, step.baseline.stop)))


def _zero(layout: Layout, fit: ResistanceFit, steady: Relation | None, clamped: bool) -> float:
    """Return the potential at which the steady current is zero, NaN where it is not reached."""
    if steady is None:
        return math.nan
    held = [entry.step.before for entry in fit.used]
    if clamped:
        held = [_rest(layout, entry.step, False) for entry in fit.used]
    total = steady.current + float(np.median(held))
    if not total[0] <= 0.0 <= total[-1]:
        return math.nan
    return float(np.interp(0.0, total, steady.potential))


def _windows(group: Sequence[Step], before: float) -> list[tuple[float, float]]:
    shortest = min(step.whole.stop - step.whole.start for step in group)
    return [(start, stop) for start, stop in pairwise(EDGES) if stop <= min(shortest, before)]


def _after(step: Step, start: float, stop: float) -> Window:
    return Window(step.whole.start + start, step.whole.start + stop)


def _counts(entry: MeasuredStep, clamped: bool) -> bool:
    change = entry.response_change
    if entry.problem or not math.isfinite(change.value) or not math.isfinite(change.error):
        return False
    return not clamped or entry.step.level <= entry.step.holding + HIGHEST_ABOVE + 0.5


def _relation(
    measured: Sequence[MeasuredStep], rest: float, clamped: bool, window: tuple[float, float]
) -> Relation | None:
    """Return changes of current against potential, whichever of them was imposed."""
    kept = [entry for entry in measured if abs(entry.command_change) > 1e-6]
    if not kept:
        return None
    imposed = np.array([entry.command_change for entry in kept])
    changes = [entry.response_change for entry in kept]
    seen = np.array([change.value for change in changes])
    reach = np.array([t_quantile(max(c.freedom, 1)) * c.error for c in changes])
    if clamped:
        return relation(rest + imposed, seen, reach, window, (rest, 0.0))
    resistance = float(imposed @ seen) / float(imposed @ imposed)
    if resistance <= 0:
        return None
    x, y, e = _of_each_current(imposed, seen, reach)
    return relation(rest + x, y, e / resistance, window, (rest, 0.0))


def _of_each_current(
    imposed: NDArray[np.float64], seen: NDArray[np.float64], reach: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Average the potentials of repeated currents; return potential, current and reach."""
    order = np.argsort(imposed)
    far = np.diff(imposed[order]) > 1e-3 * float(np.abs(imposed).max())
    groups = np.split(order, np.flatnonzero(far) + 1)
    rows = [(*level(imposed[g], seen[g], reach[g]),) for g in groups]
    current, potential, half = np.array(rows).T
    return potential, current, half
