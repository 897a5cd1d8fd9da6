"""The currents of a recording's families of steps, as estimates with what stands against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from loligo.analysis.current_voltage.curve import Curve, activation, inactivation
from loligo.analysis.current_voltage.family import FEWEST_LEVELS, Family, families
from loligo.analysis.current_voltage.ionic import Subtracted, without_leak
from loligo.analysis.current_voltage.levels import Level, is_transient, lasting, measured
from loligo.analysis.current_voltage.words import Words, reports
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, layout_of, no_command, not_searched
from loligo.recording import Channel, ClampMode, Recording
from loligo.units import quantity


@dataclass(frozen=True, eq=False, slots=True)
class MeasuredFamily:
    """One family of steps and what its currents say.

    Attributes
    ----------
    epoch : str
    is_conditioned : bool
        Whether the level before the step is what varies (inactivation).
    is_transient : bool
        Whether `curve` is from peaks; else from steady states.
    levels : tuple of Level
    curve : Curve
    """

    epoch: str
    is_conditioned: bool
    is_transient: bool
    levels: tuple[Level, ...]
    curve: Curve


@dataclass(frozen=True, eq=False, slots=True)
class CurrentVoltage:
    """The current-voltage relations of a response.

    Attributes
    ----------
    channel : str
    estimates : tuple of Estimate
        Of each family `peak_current`, `reversal_potential`, `maximal_conductance`,
        `activation_midpoint` and `activation_slope`, or `inactivation_midpoint` and
        `inactivation_slope`; then `peak_current` and `steady_current` of each step. A single
        refusal where there is no family.
    families : tuple of MeasuredFamily
    """

    channel: str
    estimates: tuple[Estimate, ...]
    families: tuple[MeasuredFamily, ...] = ()


def current_voltage(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    leak_subtracted: bool = False,
    reversal: Any = None,
    after: Any = None,
) -> CurrentVoltage:
    """Return the current-voltage relation, activation and inactivation of a family of steps.

    Parameters
    ----------
    recording : Recording
        In voltage clamp, with steps to five levels or more; or from five levels or more to one.
    response : Channel or str, optional
        Needed where there are several.
    leak_subtracted : bool
        That leak was subtracted before, where the recording does not tell.
    reversal : quantity, optional
        Known reversal potential of the current, in place of the one measured.
    after : quantity, optional
        How long after a step's begin the current of the capacitance is over; by default 0 where it
        was subtracted with the leak, else as the small steps show it.

    Returns
    -------
    CurrentVoltage

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.
    UnitError
        `reversal` or `after` without unit, or of another one.

    Notes
    -----
    Currents are changes from before the step, without leak: as the protocol's P/N copies measured
    it, or else as a line through the steps at and below the holding level. Conductances are
    ``I / (V - E)`` of the peaks (of the steady states where the current lasts), and the curve is
    ``g_max / (1 + exp(-(V - V_half) / k))``. Potentials are those commanded: the voltage error
    of the series resistance is in all of it, see `loligo.experiment.design`.
    """
    layout = layout_of(recording, response)
    known = None if reversal is None else quantity(reversal, "voltage", name="reversal")
    begin = None if after is None else quantity(after, "time", name="after")
    channel = layout.response
    refused = _refusal(layout)
    if refused is not None:
        return CurrentVoltage(channel.name, (refused,))
    leak = without_leak(layout.recording, channel, is_subtracted=leak_subtracted)
    found = families(leak.layout)
    if not found:
        why = f"the protocol has no steps to, or from, {FEWEST_LEVELS} levels or more"
        entry = _refused(channel.name, Status.NO_STEP, why + not_searched(layout))
        return CurrentVoltage(channel.name, (entry,))
    results = tuple(_of_family(family, leak, known, begin) for family in found)
    return CurrentVoltage(channel.name, tuple(_estimates(leak, results)), results)


def _refusal(layout: Layout) -> Estimate | None:
    name = layout.response.name
    if layout.response.clamp_mode is not ClampMode.VOLTAGE_CLAMP:
        why = f"{name!r} is not voltage clamp, of which a current-voltage relation is"
        return _refused(name, Status.WRONG_MODE, why)
    if layout.command is None:
        return _refused(name, Status.NO_COMMAND, no_command(layout))
    return None


def _refused(channel: str, status: Status, reason: str) -> Estimate:
    return Estimate("peak_current", None, None, None, status, reason, channel)


def _of_family(
    family: Family, leak: Subtracted, reversal: float | None, after: float | None
) -> MeasuredFamily:
    levels = measured(family, leak, leak.settled if after is None else after)
    transient = is_transient(levels)
    if not transient and not family.is_conditioned:
        levels = tuple(lasting(level) for level in levels)
    usable = [level for level in levels if not level.problem]
    curve = (
        inactivation(usable)
        if family.is_conditioned
        else activation(usable, transient=transient, reversal=reversal)
    )
    return MeasuredFamily(family.epoch, family.is_conditioned, transient, levels, curve)


def _estimates(leak: Subtracted, results: tuple[MeasuredFamily, ...]) -> Iterator[Estimate]:
    words = Words(leak)
    for result in results:
        yield from reports(result.epoch, result.levels, result.curve, result.is_conditioned,
                           result.is_transient, words)  # fmt: skip
    for result in results:
        for level in result.levels:
            yield from words.of_step(result.epoch, level)
