"""Resistance from steps: input resistance in current clamp, total resistance in voltage clamp.

Both are the steady-state change of potential per change of current. The imposed quantity is the
`x` of the fit; in voltage clamp that gives a conductance, which is inverted with its interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval, around, interval_of_mean, line, minus
from loligo.analysis.layout import (
    STEADY_FRACTION,
    Layout,
    layout_of,
    no_command,
    not_searched,
    same_level,
    steps,
)
from loligo.analysis.rig_notes import events, included_resistance, leak_subtraction, subtracted
from loligo.analysis.settling import reaching, still_to_go
from loligo.analysis.steady import (
    AFTER_DEPOLARIZATION,
    WRONG_UNIT,
    CommandSource,
    MeasuredStep,
    is_depolarizing,
    measure,
    not_at_rest,
    starts_above_holding,
)
from loligo.analysis.wording import sweeps_in_words
from loligo.recording import Channel, ClampMode, Recording
from loligo.units import format_quantity

_SMALL_DEPOLARIZATION = 10.0
_LARGE_HYPERPOLARIZATION = 50.0  # mV; far beyond where inward rectifiers and Ih open
_ACTIVE = ": voltage-gated currents may take part in the change"
_WINDOWS = (
    f"steady state = mean of the last {STEADY_FRACTION:.0%} of the step, baseline = mean of the "
    "last half (at most 250 ms) of the constant stretch before it"
)

_WORTH_A_WORD = 5e-4
"""Share of a resistance that was still to come."""


@dataclass(frozen=True, slots=True)
class ResistanceFit:
    """The steps of one epoch and the line through them.

    Attributes
    ----------
    estimate : Estimate
        Of the recording, from this epoch.
    used, left_out : tuple of MeasuredStep
    slope : Interval or None
        Response per command in internal units, for drawing.
    intercept : float
    is_conductance : bool
        Whether the slope is the inverse of the resistance (voltage clamp).
    """

    estimate: Estimate
    used: tuple[MeasuredStep, ...] = ()
    left_out: tuple[MeasuredStep, ...] = ()
    slope: Interval | None = None
    intercept: float = 0.0
    is_conductance: bool = False


def input_resistance(
    recording: Recording, response: Channel | str | None = None
) -> tuple[Estimate, ...]:
    """Return the input resistance of a current-clamp response.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    tuple of Estimate
        For each epoch with steps one of the whole recording, those with a value first and in
        order of time; then one for each step. A single refusal where there is none.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.
    """
    layout = layout_of(recording, response)
    return resistance_estimates(layout, "input_resistance")


def total_resistance(
    recording: Recording, response: Channel | str | None = None
) -> tuple[Estimate, ...]:
    """Return the total resistance of a voltage-clamp response; like `input_resistance`."""
    layout = layout_of(recording, response)
    return resistance_estimates(layout, "total_resistance")


def resistance_estimates(layout: Layout, name: str) -> tuple[Estimate, ...]:
    """Return the estimates of the recording, then those of each step."""
    fits, single = fit_resistance(layout, name)
    return (*(fit.estimate for fit in fits), *single)


def fit_resistance(
    layout: Layout, name: str
) -> tuple[tuple[ResistanceFit, ...], tuple[Estimate, ...]]:
    """Measure all steps and fit each epoch's; see `input_resistance`.

    Returns
    -------
    fits : tuple of ResistanceFit
        At least one; a single refused one where nothing can be fitted.
    single : tuple of Estimate
        Of each step.
    """
    refusal = _refusal(layout, name)
    if refusal is not None:
        return (ResistanceFit(refusal),), ()
    fits, single = [], []
    for label, group in steps(layout).items():
        measured, source = measure(layout, group)
        for entry in measured:
            rest = "" if name == "total_resistance" else not_at_rest(entry, measured)
            single.append(_of_step(layout, name, entry, source, rest))
        fit = _fit(layout, name, label, measured, source)
        if fit is not None:
            fits.append(fit)
    kept = tuple(e for e in single if e is not None)
    if fits:
        return tuple(sorted(fits, key=lambda fit: not fit.estimate.is_ok)), kept
    why = "the protocol has no constant step below the holding level after a constant baseline"
    why += not_searched(layout)
    if any(e.is_ok for e in kept):
        why += "; the values of depolarizing steps are given step by step"
    return (ResistanceFit(_refused(layout, name, Status.NO_STEP, why)),), kept


def _refusal(layout: Layout, name: str) -> Estimate | None:
    mode = layout.response.clamp_mode
    needed = ClampMode.CURRENT_CLAMP if name == "input_resistance" else ClampMode.VOLTAGE_CLAMP
    if mode is not needed:
        have = "unknown" if mode is None else mode.value.replace("_", " ")
        want = needed.value.replace("_", " ")
        return _refused(layout, name, Status.WRONG_MODE, f"it needs {want}; this is {have}")
    if layout.command is None:
        why = no_command(layout)
        return _refused(layout, name, Status.NO_COMMAND, why)
    removed = subtracted(layout) if needed is ClampMode.VOLTAGE_CLAMP else ""
    return _refused(layout, name, Status.COMPENSATED, removed) if removed else None


def _refused(layout: Layout, name: str, status: Status, why: str, epoch: str = "") -> Estimate:
    return Estimate(name, None, None, None, status, why, channel=layout.response.name, epoch=epoch)


def _fit(
    layout: Layout, name: str, label: str, measured: tuple[MeasuredStep, ...], source: CommandSource
) -> ResistanceFit | None:
    """Fit the steps at or below the holding level; ``None`` where the epoch has none below."""
    below = [entry for entry in measured if not is_depolarizing(entry.step)]
    if all(same_level(entry.step.level, entry.step.holding) for entry in below):
        return None
    conductance = name == "total_resistance"
    used = tuple(entry for entry in below if not entry.problem)
    out = tuple(entry for entry in below if entry.problem)
    note = _left_out(out)
    distinct = _levels(used)
    if not used or (len(distinct) == 1 and used[0].command_change >= 0):
        status = _status_of(out[0].problem) if out else Status.NO_STEP
        why = note or "no step below the level before it"
        return ResistanceFit(_refused(layout, name, status, why, label), (), out)
    is_chord = conductance and len(distinct) == 1
    if is_chord and starts_above_holding(used[0].step):
        why = f"the step starts from {used[0].step.before:.4g} mV, above the holding level{_ACTIVE}"
        return ResistanceFit(_refused(layout, name, Status.NO_BASELINE, why, label), (), out)
    conditioned = is_chord and any(entry.step.is_conditioned for entry in used)
    caution = f"it follows a depolarization in the same sweep{_ACTIVE}" if conditioned else ""
    largest = min(entry.command_change for entry in used)
    if conductance and largest < -_LARGE_HYPERPOLARIZATION:
        caution = f"steps of up to {largest:.4g} mV{_ACTIVE}"
    slope, intercept, how = _slope(used, distinct)
    left = 0.0 if conductance else still_to_go(layout, used)
    slope = reaching(slope, left)
    unit = layout.command.unit if layout.command else ""
    levels = (
        f"{min(distinct):g} to {max(distinct):g} {unit}"
        if len(distinct) > 1
        else (f"{distinct[0]:g} {unit}")
    )
    definition = (
        f"{how} over {len(used)} step{'s' if len(used) > 1 else ''} of epoch {label} at or below "
        f"the holding level ({levels}); change of command from {source.words}; {_WINDOWS}; "
        f"{included_resistance(layout, name)}"
    )
    moving = _moving(left / slope.value) if slope.value else ""
    notes = (note, source.caution, caution, moving, leak_subtraction(layout), events(layout))
    note = "; ".join(word for word in notes if word)
    estimate = _estimate(layout, name, slope, definition, note, label, None)
    return ResistanceFit(estimate, used, out, slope, intercept, conductance)


def _moving(share: float) -> str:
    """Say that the steps end before the response has settled, where it is worth a word."""
    if share < _WORTH_A_WORD:
        return ""
    return (
        f"the response had not settled by the end of the steps: some {share:.1%} were to come, "
        "which the interval holds"
    )


def _levels(used: tuple[MeasuredStep, ...]) -> list[float]:
    distinct: list[float] = []
    for entry in used:
        if not any(same_level(entry.step.level, level) for level in distinct):
            distinct.append(entry.step.level)
    return distinct


def _slope(used: tuple[MeasuredStep, ...], distinct: list[float]) -> tuple[Interval, float, str]:
    """Return response per command, the intercept and how they were obtained."""
    x = [entry.command_change for entry in used]
    y = [entry.response_change.value for entry in used]
    if len(distinct) == 1:
        return *_chord(used, x, y), "ratio of the steady-state changes"
    rounding = max(entry.response_change.rounding for entry in used)
    slope, intercept = line(x, y, rounding)
    if len(used) > 2:
        return slope, intercept, "slope of the steady-state changes (least squares)"
    between = minus(used[1].response_change, used[0].response_change)
    slope = around(slope.value, between.error / abs(x[1] - x[0]), between.freedom)
    return slope, intercept, "slope through two steps, its interval from the noise in their windows"


def _chord(
    used: tuple[MeasuredStep, ...], x: list[float], y: list[float]
) -> tuple[Interval, float]:
    """Return the mean ratio of repeated steps of one level, or the ratio of a single one."""
    if len(used) == 1:
        change = used[0].response_change
        return around(y[0] / x[0], change.error / abs(x[0]), change.freedom), 0.0
    rounding = max(entry.response_change.rounding for entry in used) / abs(x[0])
    return interval_of_mean([b / a for a, b in zip(x, y, strict=True)], rounding), 0.0


def _of_step(
    layout: Layout, name: str, entry: MeasuredStep, source: CommandSource, rest: str
) -> Estimate | None:
    """Return the estimate of one step, with a caution about the rest before it.

    ``None`` for a step that changes nothing.
    """
    step = entry.step
    if same_level(step.level, step.before):
        return None
    depolarizing = step.level > step.before
    if name == "total_resistance" and step.level - step.before > _SMALL_DEPOLARIZATION:
        return None
    if entry.problem:
        status = _status_of(entry.problem)
        where = "" if entry.problem == AFTER_DEPOLARIZATION else " in the step or its baseline"
        why = f"{entry.problem}{where}"
        return Estimate(
            name, None, None, None, status, why, layout.response.name, step.sweep, step.epoch
        )
    unit = layout.command.unit if layout.command else ""
    slope, _ = _chord((entry,), [entry.command_change], [entry.response_change.value])
    definition = (
        f"ratio of the steady-state changes, step of {entry.command_change:.4g} {unit} by "
        f"{source.words}; {_WINDOWS}; {included_resistance(layout, name)}; interval from the "
        "noise in the windows"
    )
    note = "depolarizing step: voltage-gated currents may contribute" if depolarizing else ""
    if not depolarizing and starts_above_holding(step):
        note = f"from above the holding level{_ACTIVE}"
    note = "; ".join(word for word in (note, rest, source.caution) if word)
    return _estimate(layout, name, slope, definition, note, step.epoch, step.sweep)


def _status_of(problem: str) -> Status:
    known = {
        "saturated": Status.SATURATED,
        AFTER_DEPOLARIZATION: Status.NO_BASELINE,
        WRONG_UNIT: Status.IMPLAUSIBLE,
    }
    spiking = problem.startswith("action")
    return Status.SPIKING if spiking else known.get(problem, Status.NOT_FINITE)


def _estimate(
    layout: Layout,
    name: str,
    slope: Interval,
    definition: str,
    note: str,
    epoch: str,
    sweep: int | None,
) -> Estimate:
    """Turn a slope into a resistance, or refuse it where its interval includes zero."""
    refusal = ""
    if not math.isfinite(slope.value):
        refusal = "the change of command is zero or the response not finite"
    elif not slope.excludes_zero:
        ends = "unbounded" if math.isinf(slope.low) else f"{slope.low:.3g} to {slope.high:.3g}"
        unit = "nS" if name == "total_resistance" else "GOhm"
        refusal = f"the slope's 95 % interval ({ends} {unit}) includes zero"
    elif slope.value < 0:
        shown = format_quantity(slope.value, "nS" if name == "total_resistance" else "GOhm")
        refusal = f"the slope is negative ({shown}): the response moves against the command"
    if refusal:
        status = Status.TOO_NOISY if math.isfinite(slope.value) else Status.NOT_FINITE
        value = low = high = None
        note = f"{refusal}; {note}" if note else refusal
    else:
        status = Status.OK
        result = slope.inverse() if name == "total_resistance" else slope
        value, low, high = result.value, result.low, result.high
    channel = layout.response.name
    return Estimate(name, value, low, high, status, note, channel, sweep, epoch, definition)


def _left_out(out: tuple[MeasuredStep, ...]) -> str:
    if not out:
        return ""
    reasons = "; ".join(
        f"{problem} in {sweeps_in_words(numbers)}" for problem, numbers in _by_problem(out).items()
    )
    return f"left out: {reasons}"


def _by_problem(out: tuple[MeasuredStep, ...]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for entry in out:
        found.setdefault(entry.problem, []).append(entry.step.sweep)
    return found
