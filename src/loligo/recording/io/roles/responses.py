"""The responses: given, stated, the only ones that fit, or the one that follows the command."""

from __future__ import annotations

from collections.abc import Sequence

from loligo.errors import UndeterminedError
from loligo.recording.channel import ClampMode, Role
from loligo.recording.io.roles.facts import DIMENSION_OF_RESPONSE, Facts, Input
from loligo.recording.provenance import Basis

_FOLLOWS, _IGNORES = 3.0, 0.5
"""Shift at the command's steps, in standard deviations: at least, and at most."""
_CROSSTALK = 0.02
"""A shift below this fraction of the largest one is crosstalk, not a cell's response."""


def responses_of(known: Facts, mode: ClampMode | None) -> tuple[tuple[str, ...], str, Basis]:
    """Return the responses' names, why they are, and on what basis.

    Raises
    ------
    UndeterminedError
        The evidence does not single one out.
    """
    options = known.options
    if options.response:
        return options.response, "given", Basis.GIVEN
    stated = tuple(entry.name for entry in known.inputs if entry.stated_role is Role.RESPONSE)
    if stated:
        return stated, "stated in the file", Basis.STATED
    free = [
        e
        for e in known.inputs
        if e.stated_role is None and not e.is_command_copy and e.name != options.command
    ]
    if not free:
        raise UndeterminedError(
            known.path, "it holds no digitized channel that could be a response"
        )
    wanted = {"voltage", "current"} if mode is None else {DIMENSION_OF_RESPONSE[mode]}
    fitting = [e for e in free if (u := known.units[e.name]) and u.dimension in wanted]
    unitless = [entry for entry in free if known.units[entry.name] is None]
    if len(free) == 1 and options.unit_of("", is_response=True) is not None:
        return (free[0].name,), "the only digitized channel", Basis.INFERRED
    asked = "is in a unit of voltage or current"
    if mode is not None:
        asked = f"is in a unit of {DIMENSION_OF_RESPONSE[mode]}, as {mode.value} needs"
    if len(fitting) == 1 and not unitless:
        why = "the only digitized channel" if len(free) == 1 else f"the only channel that {asked}"
        return (fitting[0].name,), f"{why} ({fitting[0].file_unit})", Basis.INFERRED
    if not unitless and (found := _by_effect(known, fitting)):
        return (found[0],), found[1], Basis.INFERRED
    raise _refusal(known, free, fitting, unitless, asked)


def _by_effect(known: Facts, fitting: Sequence[Input]) -> tuple[str, str] | None:
    """Return the one input that follows the command's steps while no other does, and why."""
    if known.evidence is None or len({_dimension(known, entry) for entry in fitting}) != 1:
        return None
    shifts, noises = {}, {}
    for entry in fitting:
        effect, unit = known.evidence.effect(entry.name), known.units[entry.name]
        if effect is None or unit is None:
            return None
        shifts[entry.name] = effect[0] * abs(unit.factor * known.scales[entry.name])
        noises[entry.name] = effect[1] * abs(unit.factor * known.scales[entry.name])
    name = max(shifts, key=lambda each: shifts[each])
    others = [each for each in shifts if each != name]
    ignore = [
        shifts[each] <= max(_IGNORES * noises[each], _CROSSTALK * shifts[name]) for each in others
    ]
    if shifts[name] < max(_FOLLOWS * noises[name], 1e-9) or not all(ignore):
        return None
    (unit_name,) = {u.internal for each in shifts if (u := known.units[each]) is not None}
    rest = ", ".join(f"{each} does not ({shifts[each]:.2g} {unit_name})" for each in others)
    return name, f"{name} follows the command's steps ({shifts[name]:.2g} {unit_name}), {rest}"


def _dimension(known: Facts, entry: Input) -> str:
    unit = known.units[entry.name]
    return unit.dimension if unit is not None else ""


def _refusal(
    known: Facts,
    free: Sequence[Input],
    fitting: Sequence[Input],
    unitless: Sequence[Input],
    asked: str,
) -> UndeterminedError:
    stating = ", ".join(f"{e.name!r} [{e.file_unit or 'no unit'}]" for e in free)
    if not fitting:
        commanded = "; ".join(f"{o.name} in {o.file_unit or 'no unit'}" for o in known.outputs)
        because = f" (command: {commanded})" if commanded else ""
        return UndeterminedError(
            known.path,
            f"no channel {asked}{because}; the file states {stating}",
            "Pass unit= with the response's true unit ('mV', or '0.05 mV' where each number in the "
            "file is worth 0.05 mV), and response= where there are several channels",
        )
    open_unit = ", and some may have no unit" if unitless else ""
    return UndeterminedError(
        known.path,
        f"{len(fitting)} channels could be the response{open_unit}: {stating}",
        "Pass response= with the channel's name (or a list of names, one for each electrode)",
    )
