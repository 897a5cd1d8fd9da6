"""The leak, found from the steps of a family that activate nothing, and subtracted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import line
from loligo.analysis.layout import Layout, Window, layout_of, load, no_command, same_level, steps
from loligo.analysis.steady import MeasuredStep, measure
from loligo.errors import CorrectionError
from loligo.recording import Channel, ClampMode, Recording
from loligo.recording.corrections import leak
from loligo.units import quantity

FEWEST = 3
"""Levels a line needs before one can tell whether it is one."""
CURVED = 0.05
"""A curve is not a line where it leaves it by this share of the line's own change."""
CHANGING = 0.1
"""A step activates something where its current goes on changing by this share of its change."""
SURE = 4.0
"""Both have to exceed this many standard errors."""
_EARLY = (0.4, 0.6)
"""Share of the step that its last fifth is compared with."""


@dataclass(frozen=True, eq=False, slots=True)
class LeakLine:
    """The line through the steady currents of small steps.

    Attributes
    ----------
    conductance : Estimate
        `leak_conductance`.
    reversal : float [mV]
        Where the line crosses zero.
    potential, current : (n,) arrays [mV], [pA]
        What it goes through, the holding level included.
    sweeps : tuple of int
        Those the steps are of.
    """

    conductance: Estimate
    reversal: float
    potential: NDArray[np.float64]
    current: NDArray[np.float64]
    sweeps: tuple[int, ...]


def leak_line(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    epoch: str | None = None,
    highest: Any = None,
) -> LeakLine:
    """Return the leak that the small steps of a family show.

    Parameters
    ----------
    recording : Recording
        In voltage clamp.
    response : Channel or str, optional
        Needed where there are several.
    epoch : str, optional
        Label of the steps; the first with enough levels by default.
    highest : quantity, optional
        Highest command that counts as leak; the holding level by default.

    Returns
    -------
    LeakLine

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, fewer than three levels, a relation that is curved, a
        current that goes on changing during the steps, or a slope that is not above zero.
    """
    layout = layout_of(recording, response)
    if layout.response.clamp_mode is not ClampMode.VOLTAGE_CLAMP:
        raise CorrectionError(f"linear leak: {layout.response.name!r} is not voltage clamp")
    if layout.command is None:
        raise CorrectionError(f"linear leak: {no_command(layout)}")
    top = None if highest is None else quantity(highest, "voltage", name="highest")
    groups = steps(layout)
    if epoch is not None:
        groups = {label: group for label, group in groups.items() if label == epoch}
    reasons = []
    for label, group in groups.items():
        entries, _ = measure(layout, group)
        used = [
            e for e in entries if not e.problem and e.step.level <= _top(e, top) + 1e-9 + _slack(e)
        ]
        count = _levels(used)
        if count >= FEWEST:
            return _line(layout, label, used)
        reasons.append(f"epoch {label} has {count} levels (the holding level included)")
    why = "; ".join(reasons) or "the protocol has no steps"
    limit = "at or below the holding level" if top is None else f"up to {top:g} mV"
    raise CorrectionError(
        f"linear leak: {FEWEST} levels {limit} are needed, and {why}; pass highest= to count small "
        "depolarizations too, or give conductance and reversal to loligo.recording.corrections.leak"
    )


def correct_leak(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    epoch: str | None = None,
    highest: Any = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Find the leak from the small steps of a family, and subtract it.

    Parameters
    ----------
    recording, response, epoch, highest
        See `leak_line`.
    sweeps : iterable of int, optional
        Those to correct; all by default.

    Returns
    -------
    Recording
        Its response is ``I - g (V_c - E)``: no current is left at the small steps, nor at the
        holding level.

    Raises
    ------
    CorrectionError
        See `leak_line` and `loligo.recording.corrections.leak`.
    """
    found = leak_line(recording, response, epoch=epoch, highest=highest)
    channel = found.conductance.channel
    return leak(
        recording,
        found.conductance,
        f"{found.reversal!r} mV",
        response=channel,
        sweeps=sweeps,
    )


def _top(entry: MeasuredStep, top: float | None) -> float:
    return entry.step.holding if top is None else top


def _slack(entry: MeasuredStep) -> float:
    return 0.05 if same_level(entry.step.level, entry.step.holding) else 0.0


def _levels(used: list[MeasuredStep]) -> int:
    distinct: list[float] = [used[0].step.before] if used else []
    for entry in used:
        if not any(same_level(entry.step.level, level) for level in distinct):
            distinct.append(entry.step.level)
    return len(distinct)


def _line(layout: Layout, label: str, used: list[MeasuredStep]) -> LeakLine:
    _refuse_changing(layout, label, used)
    x = np.array([e.step.before + e.command_change for e in used])
    y = np.array([e.baseline + e.response_change.value for e in used])
    error = np.array([e.response_change.error for e in used])
    before = float(np.mean([e.baseline for e in used]))
    x, y = np.append(x, used[0].step.before), np.append(y, before)
    error = np.append(error, float(np.mean(error)) / np.sqrt(len(used)))
    _refuse_curved(label, x, y, error)
    slope, intercept = line(x, y)
    if not slope.low > 0:
        raise CorrectionError(
            f"linear leak: the slope of epoch {label}, {slope.value:.3g} nS ({slope.low:.3g} to "
            f"{slope.high:.3g}), cannot be told from zero; there is no leak to subtract, or too "
            "much noise to see it"
        )
    levels = f"{x.min():g} to {x.max():g} mV"
    estimate = Estimate(
        "leak_conductance",
        slope.value,
        slope.low,
        slope.high,
        Status.OK,
        channel=layout.response.name,
        epoch=label,
        definition=f"slope of the steady currents at {len(used)} steps ({levels}) of epoch {label} "
        "and before them, least squares",
    )
    return LeakLine(
        estimate, -intercept / slope.value, x, y, tuple(entry.step.sweep for entry in used)
    )


def _refuse_curved(
    label: str, x: NDArray[np.float64], y: NDArray[np.float64], error: NDArray[np.float64]
) -> None:
    """Refuse a relation to which a parabola fits better than a line, by size and certainty."""
    centred = (x - x.mean()) / max(float(np.ptp(x)), 1e-9)
    weights = 1 / np.maximum(error, 1e-9 * max(float(np.ptp(y)), 1e-9))
    basis = np.vander(centred, 3) * weights[:, None]
    solved, *_ = np.linalg.lstsq(basis, y * weights, rcond=None)
    covariance = np.linalg.pinv(basis.T @ basis)
    bend, slope = float(solved[0]), float(solved[1])
    departure = abs(bend) / 4 / max(abs(slope), 1e-12)  # of the chord, at its middle
    if departure > CURVED and abs(bend) > SURE * float(np.sqrt(covariance[0, 0])):
        raise CorrectionError(
            f"linear leak: the steady currents of epoch {label} at {x.min():g} to {x.max():g} mV "
            f"leave a straight line by {departure:.0%} of its change: the steps activate (or "
            "block) a conductance, and what is subtracted would not be leak. Take other levels "
            "with highest=, or give conductance and reversal"
        )


def _refuse_changing(layout: Layout, label: str, used: list[MeasuredStep]) -> None:
    """Refuse steps whose current goes on changing after the transient."""
    largest = max(used, key=lambda e: abs(e.command_change))
    step = largest.step
    length = step.whole.stop - step.whole.start
    window = Window(*(step.whole.start + share * length for share in _EARLY))
    trace = layout.recording.trace(step.sweep, layout.response)
    early, late = load(trace, window), load(trace, step.steady)
    if min(early.size, late.size) < 8:
        return
    change = float(late.mean() - early.mean())
    error = float(largest.response_change.error)
    if abs(change) > max(CHANGING * abs(largest.response_change.value), SURE * error):
        raise CorrectionError(
            f"linear leak: at {step.level:g} mV (epoch {label}, sweep {step.sweep}) the current "
            f"goes on changing during the step, from {early.mean():.3g} to {late.mean():.3g} pA: "
            "it activates a conductance. Take other levels with highest=, or give conductance and "
            "reversal"
        )
