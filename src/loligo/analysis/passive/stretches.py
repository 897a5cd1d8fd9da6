"""Which samples hold the answer to a step of current, and which steps are fit for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.layout import Layout, Step, Window, load, same_level
from loligo.analysis.passive.data import Steps
from loligo.analysis.rig_notes import stated
from loligo.analysis.steady import AFTER_DEPOLARIZATION, SPIKE_HEIGHT, MeasuredStep, rises
from loligo.analysis.validity import is_at_limit
from loligo.recording import EpochKind, Trace

LONGEST_BEFORE = 250.0
LONGEST_AFTER = 250.0
LONGEST_STEP = 2000.0
"""Stretches before, after and during a step that are fitted [ms]."""
SMALL = 15.0
"""Steps that move the potential by at most this count as small [mV]."""
LARGEST_UP = 5.0
"""Depolarizing steps must move it by less, where there are no others [mV]."""
BRIEF = 20.0
"""A shorter step has no steady state [ms]."""
LEAST_BEFORE = 10
_CONSTANT = (EpochKind.HOLD, EpochKind.STEP)


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """One step with the samples around it.

    Attributes
    ----------
    measured : MeasuredStep
        Its change of command is the current.
    potential : (time,) array [mV]
    sampling_rate : float [kHz]
    start : float [ms]
        Of the first sample, after the sweep's start.
    on, off : float [ms]
        After the first sample; `off` is infinite where the samples end with the step.
    after : str
        Why nothing after the step can be used, ``""`` where it can.
    """

    measured: MeasuredStep
    potential: NDArray[np.float64]
    sampling_rate: float
    start: float
    on: float
    off: float
    after: str = ""

    @property
    def step(self) -> Step:
        """The step of the protocol."""
        return self.measured.step

    @property
    def current(self) -> float:
        """Size of the step [pA]."""
        return self.measured.command_change


def stretch_of(layout: Layout, measured: MeasuredStep) -> Stretch | str:
    """Return the samples of a step, or why they cannot be used."""
    step = measured.step
    known = _unfit(measured)
    if known:
        return known
    trace = layout.recording.trace(step.sweep, layout.response)
    length = min(2 * (step.baseline.stop - step.baseline.start), LONGEST_BEFORE)
    start = max(step.whole.start - length, 0.0)
    is_long = step.whole.stop - step.whole.start > LONGEST_STEP
    stop = step.whole.start + LONGEST_STEP if is_long else step.whole.stop
    end, why = (stop, "the step is cut") if is_long else _end(layout, step)
    values = load(trace, Window(start, end))
    rate = trace.sampling_rate
    first = trace.index(start) / rate
    on, off = step.whole.start - first, stop - first
    before = values[: int(on * rate)]
    known = _unusable(trace, values, before, values[: int(off * rate)])
    if known:
        return known
    later = values[int(off * rate) + 1 :]
    if later.size and float(later.max()) > float(np.median(before)) + SPIKE_HEIGHT:
        return _without_after(measured, values, rate, first, on, off)
    if later.size < rate:
        return _without_after(measured, values, rate, first, on, off, why or "nothing recorded")
    return Stretch(measured, values, rate, first, on, off, why)


def _unfit(measured: MeasuredStep) -> str:
    """Say what is wrong with a step of the protocol, ``""`` where nothing is."""
    step, known = measured.step, measured.problem
    if same_level(step.level, step.before):
        return "no change of current"
    is_brief = step.whole.stop - step.whole.start < BRIEF
    if known and not (is_brief and known.startswith("fewer")):
        return known
    return AFTER_DEPOLARIZATION if step.is_conditioned else ""


def _unusable(
    trace: Trace,
    values: NDArray[np.float64],
    before: NDArray[np.float64],
    upto: NDArray[np.float64],
) -> str:
    """Say what is wrong with the samples before and during a step, ``""`` where nothing is."""
    if before.size < LEAST_BEFORE:
        return f"only {before.size} samples before the step"
    if not np.isfinite(values).all():
        return "missing values"
    if is_at_limit(trace, values):
        return "saturated"
    is_high = rises(before) or float(upto.max()) > float(np.median(before)) + SPIKE_HEIGHT
    return "action potential or artefact" if is_high else ""


def _without_after(
    measured: MeasuredStep,
    values: NDArray[np.float64],
    rate: float,
    first: float,
    on: float,
    off: float,
    why: str = "action potentials after the step",
) -> Stretch:
    kept = values[: int(off * rate) - 1]
    return Stretch(measured, kept, rate, first, on, math.inf, why)


def _end(layout: Layout, step: Step) -> tuple[float, str]:
    """Return until when the current after the step stays what it was before, and a reason."""
    stop = step.whole.stop
    limit = stop + LONGEST_AFTER
    end = stop
    for epoch in layout.epochs[step.sweep]:
        if epoch.start < stop - 1e-6:
            continue
        if epoch.start > end + 1e-6 or epoch.kind not in _CONSTANT or epoch.level is None:
            break
        if not same_level(epoch.level, step.before):
            break
        end = epoch.stop
    if end == stop:
        return stop, "the current does not return to what it was"
    return min(end, limit), ""


def joined(layout: Layout, stretches: list[Stretch]) -> Steps | None:
    """Return stretches at the same times as one, those that differ left out."""
    if not stretches:
        return None
    keys = [(s.sampling_rate, round(s.on, 6), round(s.off, 6)) for s in stretches]
    common = max(set(keys), key=keys.count)
    chosen = [s for s, key in zip(stretches, keys, strict=True) if key == common]
    size = min(s.potential.size for s in chosen)
    rows = np.array([s.potential[:size] for s in chosen])
    has_end = math.isfinite(chosen[0].off)
    edges = [chosen[0].on, chosen[0].off] if has_end else [chosen[0].on]
    corner = stated(layout, "filter_frequency")
    return Steps(
        rows,
        np.array([s.current for s in chosen]),
        chosen[0].sampling_rate,
        np.array(edges),
        np.array([1.0, -1.0][: len(edges)]),
        corner[0] if len(corner) == 1 else None,
        _bridge(layout),
        _neutralized(layout),
        max(layout.recording.trace(s.step.sweep, layout.response).resolution for s in chosen),
    )


def _bridge(layout: Layout) -> float | None:
    """Return the resistance that is balanced, where the file states it, with what was since."""
    found = stated(layout, "bridge_balance")
    offline = [
        done.value
        for done in layout.recording.corrections
        if done.applied and done.name == "bridge_error" and done.channel == layout.response.name
    ]
    return found[0] + sum(offline) if len(found) == 1 else None


def _neutralized(layout: Layout) -> float:
    """Return the capacitance that is neutralized [pF], 0 where the file states none."""
    found = stated(layout, "capacitance_neutralization")
    return found[0] if len(found) == 1 else 0.0


def small(stretches: list[Stretch], most: float = SMALL) -> list[Stretch]:
    """Return the steps that move the potential by at most so much [mV]."""
    return [s for s in stretches if _moved(s) <= most]


def smallest(stretches: list[Stretch]) -> list[Stretch]:
    """Return the steps of the smallest current."""
    least = min((abs(s.current) for s in stretches), default=0.0)
    return [s for s in stretches if abs(s.current) <= least * 1.01]


def _moved(stretch: Stretch) -> float:
    rate = stretch.sampling_rate
    base = float(np.median(stretch.potential[: int(stretch.on * rate)]))
    stop = stretch.potential.size if math.isinf(stretch.off) else int(stretch.off * rate)
    during = stretch.potential[int(stretch.on * rate) : stop]
    return abs(float(np.percentile(during, 2 if stretch.current < 0 else 98)) - base)
