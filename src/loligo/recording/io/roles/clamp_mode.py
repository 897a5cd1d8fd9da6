"""The clamp mode: given, stated by the amplifier, or told by what was commanded."""

from __future__ import annotations

from loligo.errors import UndeterminedError
from loligo.recording.channel import ClampMode
from loligo.recording.io.roles.facts import (
    DIMENSION_OF_RESPONSE,
    MODE_OF_COMMAND,
    RESPONSE_OF,
    Facts,
    known_unit,
)


def _commanded(known: Facts) -> tuple[dict[str, str], bool]:
    """Return the dimensions commanded, each with its evidence, and whether by a waveform."""
    strong: dict[str, str] = {}
    weak: dict[str, str] = {}
    for output in known.outputs:
        if output.name in known.stimulators:
            continue
        unit = known_unit(output.file_unit)
        if unit is not None and unit.dimension in MODE_OF_COMMAND:
            verb = "holds a level" if output.is_constant else "commands"
            why = f"{output.name} {verb} in {output.file_unit}"
            (weak if output.is_constant else strong).setdefault(unit.dimension, why)
    for entry in known.inputs:
        unit = known.units[entry.name]
        if entry.is_command_copy and unit is not None and unit.dimension in MODE_OF_COMMAND:
            why = f"{entry.name} is a copy of a command in {entry.file_unit}"
            strong.setdefault(unit.dimension, why)
    return (strong, True) if strong else (weak, False)


def clamp_mode(known: Facts) -> tuple[ClampMode | None, str]:
    """Return the clamp mode as far as given, stated or commanded, and why.

    Raises
    ------
    UndeterminedError
        Amplifier and command contradict each other, or both kinds of command are in use.
    """
    if known.options.clamp_mode is not None:
        return known.options.clamp_mode, "given"
    commanded, is_waveform = _commanded(known)
    stated = {entry.stated_mode for entry in known.inputs if entry.stated_mode is not None}
    if len(commanded) == 1:
        ((dimension, why),) = commanded.items()
        mode = MODE_OF_COMMAND[dimension]
        if is_waveform or not stated or mode in stated:
            return _mode_of_command(known, mode, why, stated, is_waveform)
    if len(stated) == 1:
        return stated.pop(), "the amplifier reported it"
    if len(commanded) > 1:
        return _mode_of_response(known, commanded)
    return None, ""


def _mode_of_command(
    known: Facts, mode: ClampMode, why: str, stated: set[ClampMode], is_waveform: bool
) -> tuple[ClampMode | None, str]:
    """Return the mode of the one kind of command, checked against what the amplifier reported."""
    if stated == {ClampMode.ZERO_CURRENT} and mode is ClampMode.CURRENT_CLAMP:
        return ClampMode.ZERO_CURRENT, "the amplifier reported I=0, which ignores commands"
    if stated and mode not in stated:
        (said, *_) = sorted(word.value for word in stated)
        raise UndeterminedError(
            known.path,
            f"{why}, which is {mode.value}, but the amplifier reported {said}",
            "Pass clamp_mode= to settle it",
        )
    if not is_waveform and known.options.unit_of("", is_response=True) is not None:
        return None, ""  # a level held says less than the response's unit, which was given
    return mode, why + (", as the amplifier reported" if stated else "")


def _mode_of_response(known: Facts, commanded: dict[str, str]) -> tuple[ClampMode | None, str]:
    """Leave the mode to the unit of a response that was given, where all is commanded."""
    named = known.options.response
    if len(named) == 1 and (unit := known.units[named[0]]) is not None:
        return None, f"the response {named[0]} is in {unit.name}"
    raise UndeterminedError(
        known.path,
        "both voltage and current are commanded (" + "; ".join(commanded.values()) + ")",
        "Pass response= to say which channel is the cell's response",
    )


def settled_mode(
    known: Facts, mode: ClampMode | None, why: str, responses: tuple[str, ...]
) -> tuple[ClampMode, str]:
    """Check the mode against the responses' units, or derive it from them."""
    dimensions = set()
    for name in responses:
        unit = known.units[name]
        if unit is None or unit.dimension not in RESPONSE_OF:
            stated = f"the unit {_stated(known, name)!r}" if _stated(known, name) else "no unit"
            raise UndeterminedError(
                known.path,
                f"the response {name!r} has {stated}, not one of voltage or current",
                f"Pass unit={{{name!r}: 'mV'}} or {{{name!r}: 'pA'}}, whichever is true",
            )
        dimensions.add(unit.dimension)
    if len(dimensions) > 1:
        raise UndeterminedError(
            known.path,
            f"the responses {', '.join(responses)} are of voltage and of current",
            "Pass response= with the response of one clamp mode at a time",
        )
    (dimension,) = dimensions
    if mode is None:
        derived = ClampMode.VOLTAGE_CLAMP if dimension == "current" else ClampMode.CURRENT_CLAMP
        return derived, why or f"the response is a {dimension}"
    if DIMENSION_OF_RESPONSE[mode] != dimension:
        raise UndeterminedError(
            known.path,
            f"{mode.value} ({why}) needs a response of {DIMENSION_OF_RESPONSE[mode]}, "
            f"but {', '.join(responses)} is in a unit of {dimension}",
            "Pass unit= with the response's true unit, or clamp_mode= with the true mode",
        )
    return mode, why


def _stated(known: Facts, name: str) -> str:
    (unit,) = (entry.file_unit for entry in known.inputs if entry.name == name)
    given = known.units[name]
    return given.name if given is not None else unit.strip()
