"""Passive properties of a recording: its steps, each epoch's values, and those of single sweeps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, layout_of, no_command, not_searched, steps
from loligo.analysis.passive.deflection import Deflection, deflection
from loligo.analysis.passive.judge import Charging, measure_alone, measure_charging
from loligo.analysis.passive.stretches import (
    BRIEF,
    LARGEST_UP,
    Stretch,
    joined,
    small,
    smallest,
    stretch_of,
)
from loligo.analysis.passive.tables import of_epoch, of_step
from loligo.analysis.steady import MeasuredStep, measure, not_at_rest
from loligo.recording import Channel, ClampMode, Recording

NAMES = ("membrane_time_constant", "membrane_resistance", "capacitance", "bridge_error")


@dataclass(frozen=True, eq=False, slots=True)
class MeasuredStretch:
    """A step with its own charging curve and deflection, ``None`` where there is none."""

    stretch: Stretch
    charging: Charging
    deflection: Deflection | None


@dataclass(frozen=True, eq=False, slots=True)
class EpochCurve:
    """What the steps of one epoch have in common.

    Attributes
    ----------
    epoch : str
    charging : Charging
        Of the small steps together.
    each : tuple of MeasuredStretch
        Every hyperpolarizing step that could be used.
    measured : tuple of MeasuredStep
        All steps of the epoch, with the problem of those left out.
    """

    epoch: str
    charging: Charging
    each: tuple[MeasuredStretch, ...]
    measured: tuple[MeasuredStep, ...]


@dataclass(frozen=True, eq=False, slots=True)
class PassiveProperties:
    """Passive properties of a current-clamp response.

    Attributes
    ----------
    channel : str
    estimates : tuple of Estimate
        Those of the recording, epoch by epoch, then those of single sweeps; refused ones too.
    curves : tuple of EpochCurve
        For the figures.
    """

    channel: str
    estimates: tuple[Estimate, ...]
    curves: tuple[EpochCurve, ...] = ()


def passive_properties(
    recording: Recording, response: Channel | str | None = None
) -> PassiveProperties:
    """Measure passive properties from the steps of current of a recording.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    PassiveProperties
        For each epoch with steps `membrane_time_constant`, `second_time_constant` where there are
        two, `membrane_resistance`, `capacitance`, `bridge_error`, `peak_input_resistance`,
        `sag_amplitude`, `sag_ratio`, `rebound_amplitude` and `rectification_ratio`.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.

    See Also
    --------
    loligo.analysis.passive.charging_curve : the same for arrays, with definitions.
    """
    layout = layout_of(recording, response)
    channel = layout.response.name
    refusal = _refusal(layout)
    curves: list[EpochCurve] = []
    if refusal is None:
        for label, group in steps(layout).items():
            measured, _ = measure(layout, group)
            curve = _curve(layout, label, measured)
            if curve is not None:
                curves.append(curve)
        if not curves:
            why = "the protocol has no step of current that could be passive"
            refusal = Status.NO_STEP, why + not_searched(layout)
    if refusal is not None:
        refused = tuple(
            Estimate(name, None, None, None, *refusal, channel=channel) for name in NAMES
        )
        return PassiveProperties(channel, refused)
    pooled: list[Estimate] = []
    single: list[Estimate] = []
    for curve in curves:
        pooled += [replace(e, channel=channel) for e in of_epoch(layout, curve)]
        single += [replace(e, channel=channel) for e in of_step(curve)]
    pooled.sort(key=lambda e: not e.is_ok)
    return PassiveProperties(channel, (*pooled, *single), tuple(curves))


def _refusal(layout: Layout) -> tuple[Status, str] | None:
    mode = layout.response.clamp_mode
    if mode is not ClampMode.CURRENT_CLAMP:
        have = "unknown" if mode is None else mode.value.replace("_", " ")
        return Status.WRONG_MODE, f"it needs current clamp; this is {have}"
    if layout.command is None:
        return Status.NO_COMMAND, no_command(layout)
    return None


def _curve(layout: Layout, label: str, measured: tuple[MeasuredStep, ...]) -> EpochCurve | None:
    """Fit the steps of one epoch; ``None`` where it has none that hyperpolarizes."""
    kept: list[MeasuredStep] = []
    stretches: list[Stretch] = []
    up: list[Stretch] = []
    for entry in measured:
        found = stretch_of(layout, entry)
        if isinstance(found, Stretch):
            found = not_at_rest(entry, measured) or found
        if isinstance(found, str):
            kept.append(replace(entry, problem=entry.problem or found))
            continue
        kept.append(entry)
        (stretches if entry.step.level < entry.step.before else up).append(found)
    is_down = any(entry.step.level < entry.step.before for entry in measured)
    if not stretches and (is_down or not up):
        why = next((e.problem for e in kept if e.problem), "")
        if not is_down and not up and not why:
            return None
        refusal = Status.SPIKING if why.startswith("action") else Status.NO_STEP
        return EpochCurve(label, Charging(None, refusal=(refusal, why)), (), tuple(kept))
    if not stretches and small(up, LARGEST_UP) == []:
        why = f"only depolarizing steps, which move the potential by more than {LARGEST_UP:g} mV"
        return EpochCurve(label, Charging(None, refusal=(Status.NO_STEP, why)), (), tuple(kept))
    chosen = small(stretches) or smallest(stretches) if stretches else small(up, LARGEST_UP)
    together = joined(layout, chosen)
    if together is None:
        return None
    charging = measure_charging(together)
    each = tuple(_measure(layout, stretch, charging) for stretch in stretches or chosen)
    return EpochCurve(label, charging, each, tuple(kept))


def _measure(layout: Layout, stretch: Stretch, pooled: Charging) -> MeasuredStretch:
    alone = joined(layout, [stretch])
    if alone is None or pooled.single is None:
        refusal = pooled.refusal or (Status.UNRESOLVED, "no charging curve follows the steps")
        return MeasuredStretch(stretch, Charging(None, refusal=refusal), None)
    charging = measure_alone(alone, pooled.single)
    step, fit = stretch.step, charging.fit
    is_brief = step.whole.stop - step.whole.start < BRIEF
    if fit is None or is_brief or stretch.current > 0:
        return MeasuredStretch(stretch, charging, None)
    window = (step.baseline.start - stretch.start, step.baseline.stop - stretch.start)
    edges = (stretch.on, stretch.off)
    found = deflection(
        stretch.potential, stretch.sampling_rate, fit, stretch.current, edges, window
    )
    return MeasuredStretch(stretch, charging, found)
