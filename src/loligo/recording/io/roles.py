"""Which channel is the response, which the command: decided from evidence, and said.

Readers hand over what their format states about inputs (digitized channels) and outputs (command
waveforms of the protocol). Where that does not determine the roles, the file is refused with the
option that settles it; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loligo.errors import SelectionError, UndeterminedError, UnitError, suggest
from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.io.options import ReadOptions
from loligo.recording.provenance import Basis, Finding
from loligo.units import Unit, resolve

_RESPONSE_OF = {"voltage": "current", "current": "voltage"}
_MODE_OF_COMMAND = {"voltage": ClampMode.VOLTAGE_CLAMP, "current": ClampMode.CURRENT_CLAMP}
_DIMENSION_OF_RESPONSE = {
    ClampMode.VOLTAGE_CLAMP: "current",
    ClampMode.CURRENT_CLAMP: "voltage",
    ClampMode.ZERO_CURRENT: "voltage",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A digitized channel, as its format describes it.

    Attributes
    ----------
    name : str
    file_unit : str
        ``""`` where the file states none.
    number : int or None
        Physical number of the input; pairs it with the output of the same number.
    is_command_copy : bool
        The format says that this input digitizes an output.
    stated_mode : ClampMode or None
        Mode the amplifier reported for this input.
    stated_role : Role or None
        Role the format itself states.
    electrode : str
    """

    name: str
    file_unit: str
    number: int | None = None
    is_command_copy: bool = False
    stated_mode: ClampMode | None = None
    stated_role: Role | None = None
    electrode: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A command of the protocol that was in use."""

    name: str
    file_unit: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Channels in the order inputs, outputs; with the findings and each input's scale."""

    channels: tuple[Channel, ...]
    findings: tuple[Finding, ...]
    scales: dict[str, float]
    """Factor from a channel's stored physical value (in the file's unit) to its unit here."""


def known_unit(text: str) -> Unit | None:
    """Return the unit a file states, ``None`` where that is empty or not a unit."""
    try:
        return resolve(text) if text.strip() else None
    except UnitError:
        return None


def assign_roles(
    path: Path, inputs: Sequence[Input], outputs: Sequence[Output], options: ReadOptions
) -> Assignment:
    """Determine role, unit, clamp mode and electrode of every channel.

    Parameters
    ----------
    path : Path
        For messages.
    inputs : sequence of Input
    outputs : sequence of Output
        Only those in use; the first of a dimension is the trusted command.
    options : ReadOptions

    Raises
    ------
    UndeterminedError
        The evidence does not single out the response, or a unit; the remedy names the option.
    SelectionError
        An option names a channel that does not exist.
    """
    names = [entry.name for entry in inputs]
    for wanted in (*options.response, *(name for name in options.units if name)):
        if wanted not in names:
            raise SelectionError(f"{path.name}: no channel {wanted!r}; {suggest(wanted, names)}")
    units = {entry.name: known_unit(entry.file_unit) for entry in inputs}
    scales = dict.fromkeys(names, 1.0)
    for name, given in options.units.items():
        if name:
            units[name], scales[name] = given.unit, given.scale
    mode, why_mode = _clamp_mode(path, inputs, outputs, units, options)
    responses, why_response, basis = _responses(path, inputs, outputs, units, options, mode)
    for name in responses:
        given_for_response = options.unit_of(name, is_response=True)
        if given_for_response is not None:
            units[name], scales[name] = given_for_response.unit, given_for_response.scale
    mode, why_mode = _settled_mode(path, mode, why_mode, responses, units)
    electrodes = _electrodes(inputs, responses)
    channels = []
    for entry in inputs:
        role, why = _role(entry, responses, why_response, units, mode, options)
        channels.append(
            _channel(entry, role, why, units[entry.name], scales, mode, electrodes, responses)
        )
    channels += _output_channels(outputs, names, mode, inputs, electrodes, responses)
    findings = [
        Finding("response", ", ".join(responses), basis, why_response),
        Finding(
            "clamp_mode",
            mode.value,
            Basis.GIVEN if options.clamp_mode else Basis.INFERRED,
            why_mode,
        ),
    ]
    if not any(c.role is Role.COMMAND for c in channels):
        findings.append(
            Finding(
                "command",
                "",
                Basis.UNKNOWN,
                "the file holds no command; pass command= (a channel or a file)",
            )
        )
    return Assignment(tuple(channels), tuple(findings), scales)


def _clamp_mode(
    path: Path,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    units: dict[str, Unit | None],
    options: ReadOptions,
) -> tuple[ClampMode | None, str]:
    """Return the clamp mode as far as given, stated or commanded."""
    if options.clamp_mode is not None:
        return options.clamp_mode, "given"
    commanded: dict[str, str] = {}
    for output in outputs:
        unit = known_unit(output.file_unit)
        if unit is not None and unit.dimension in _MODE_OF_COMMAND:
            commanded.setdefault(unit.dimension, f"{output.name} commands in {output.file_unit}")
    for entry in inputs:
        unit = units[entry.name]
        if entry.is_command_copy and unit is not None and unit.dimension in _MODE_OF_COMMAND:
            commanded.setdefault(
                unit.dimension, f"{entry.name} is a copy of a command in {entry.file_unit}"
            )
    stated = {entry.stated_mode for entry in inputs if entry.stated_mode is not None}
    if len(commanded) == 1:
        ((dimension, why),) = commanded.items()
        mode = _MODE_OF_COMMAND[dimension]
        if stated and mode not in stated:
            (said, *_) = sorted(word.value for word in stated)
            raise UndeterminedError(
                path,
                f"{why}, which is {mode.value}, but the amplifier reported {said}",
                "Pass clamp_mode= to settle it",
            )
        return mode, why + (", as the amplifier reported" if stated else "")
    if len(stated) == 1:
        return stated.pop(), "the amplifier reported it"
    if len(commanded) > 1:
        if len(options.response) == 1 and (unit := units[options.response[0]]) is not None:
            return None, f"the response {options.response[0]} is in {unit.name}"
        raise UndeterminedError(
            path,
            "both voltage and current are commanded (" + "; ".join(commanded.values()) + ")",
            "Pass response= to say which channel is the cell's response",
        )
    return None, ""


def _responses(
    path: Path,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    units: dict[str, Unit | None],
    options: ReadOptions,
    mode: ClampMode | None,
) -> tuple[tuple[str, ...], str, Basis]:
    if options.response:
        return options.response, "given", Basis.GIVEN
    stated = tuple(entry.name for entry in inputs if entry.stated_role is Role.RESPONSE)
    if stated:
        return stated, "stated in the file", Basis.STATED
    free = [
        e
        for e in inputs
        if e.stated_role is None and not e.is_command_copy and e.name != options.command
    ]
    if not free:
        raise UndeterminedError(path, "it holds no digitized channel that could be a response")
    if mode is None:
        wanted = {"voltage", "current"}
        asked = "is in a unit of voltage or current"
    else:
        wanted = {_DIMENSION_OF_RESPONSE[mode]}
        asked = f"is in a unit of {_DIMENSION_OF_RESPONSE[mode]}, as {mode.value} needs"
    fitting = [entry for entry in free if (u := units[entry.name]) and u.dimension in wanted]
    unitless = [entry for entry in free if units[entry.name] is None]
    given = options.unit_of("", is_response=True)
    if len(free) == 1 and given is not None:
        return (free[0].name,), "the only digitized channel", Basis.INFERRED
    if len(fitting) == 1 and not unitless:
        why = "the only digitized channel" if len(free) == 1 else f"the only channel that {asked}"
        return (fitting[0].name,), f"{why} ({fitting[0].file_unit})", Basis.INFERRED
    stating = ", ".join(f"{e.name!r} [{e.file_unit or 'no unit'}]" for e in free)
    if not fitting:
        commanded = "; ".join(f"{o.name} in {o.file_unit}" for o in outputs)
        because = f" (command: {commanded})" if commanded else ""
        raise UndeterminedError(
            path,
            f"no channel {asked}{because}; the file states {stating}",
            "Pass unit= with the response's true unit ('mV', or '0.05 mV' where each number in the "
            "file is worth 0.05 mV), and response= where there are several channels",
        )
    raise UndeterminedError(
        path,
        f"{len(fitting)} channels could be the response, and some may have no unit: {stating}"
        if unitless
        else f"{len(fitting)} channels could be the response: {stating}",
        "Pass response= with the channel's name (or a list of names, one for each electrode)",
    )


def _settled_mode(
    path: Path,
    mode: ClampMode | None,
    why: str,
    responses: tuple[str, ...],
    units: dict[str, Unit | None],
) -> tuple[ClampMode, str]:
    """Check the mode against the responses' units, or derive it from them."""
    dimensions = set()
    for name in responses:
        unit = units[name]
        if unit is None or unit.dimension not in _RESPONSE_OF:
            stated = "no unit" if unit is None else repr(unit.name)
            raise UndeterminedError(
                path,
                f"the response {name!r} has {stated}, not a unit of voltage or current",
                f"Pass unit={{{name!r}: 'mV'}} or {{{name!r}: 'pA'}}, whichever is true",
            )
        dimensions.add(unit.dimension)
    if len(dimensions) > 1:
        raise UndeterminedError(
            path,
            f"the responses {', '.join(responses)} are of voltage and of current",
            "Pass response= with the response of one clamp mode at a time",
        )
    (dimension,) = dimensions
    if mode is None:
        derived = ClampMode.VOLTAGE_CLAMP if dimension == "current" else ClampMode.CURRENT_CLAMP
        return derived, why or f"the response is a {dimension}"
    if _DIMENSION_OF_RESPONSE[mode] != dimension:
        raise UndeterminedError(
            path,
            f"{mode.value} ({why}) needs a response of {_DIMENSION_OF_RESPONSE[mode]}, "
            f"but {', '.join(responses)} is in a unit of {dimension}",
            "Pass unit= with the response's true unit, or clamp_mode= with the true mode",
        )
    return mode, why


def _electrodes(inputs: Sequence[Input], responses: tuple[str, ...]) -> dict[str, str]:
    """Name the electrode of each response."""
    stated = {entry.name: entry.electrode for entry in inputs}
    return {name: stated[name] or f"electrode {i}" for i, name in enumerate(responses)}


def _role(
    entry: Input,
    responses: tuple[str, ...],
    why_response: str,
    units: dict[str, Unit | None],
    mode: ClampMode,
    options: ReadOptions,
) -> tuple[Role, str]:
    if entry.name in responses:
        return Role.RESPONSE, why_response
    if entry.name == options.command:
        return Role.COMMAND, "given"
    if entry.stated_role is not None:
        return entry.stated_role, "stated in the file"
    unit = units[entry.name]
    commanded = _RESPONSE_OF[_DIMENSION_OF_RESPONSE[mode]]
    if unit is not None and unit.dimension == commanded:
        if entry.is_command_copy:
            return Role.COMMAND, "digitized copy of the command output"
        return Role.MONITOR, f"measured {commanded} beside a {mode.value} response"
    return Role.AUXILIARY, "neither response nor command"


def _channel(
    entry: Input,
    role: Role,
    why: str,
    unit: Unit | None,
    scales: dict[str, float],
    mode: ClampMode,
    electrodes: dict[str, str],
    responses: tuple[str, ...],
) -> Channel:
    clamped = role is not Role.AUXILIARY
    if unit is not None:
        scales[entry.name] *= unit.factor
    electrode = electrodes.get(entry.name, entry.electrode)
    if not electrode and clamped and len(responses) == 1:
        electrode = electrodes[responses[0]]
    return Channel(
        name=entry.name,
        role=role,
        unit=unit.internal if unit is not None else entry.file_unit,
        clamp_mode=mode if clamped else None,
        electrode=electrode,
        file_unit=entry.file_unit,
        evidence=why,
    )


def _output_channels(
    outputs: Sequence[Output],
    taken: Sequence[str],
    mode: ClampMode,
    inputs: Sequence[Input],
    electrodes: dict[str, str],
    responses: tuple[str, ...],
) -> list[Channel]:
    commanded = _RESPONSE_OF[_DIMENSION_OF_RESPONSE[mode]]
    numbers = {entry.number: entry.name for entry in inputs if entry.number is not None}
    channels = []
    for output in outputs:
        unit = known_unit(output.file_unit)
        name = output.name if output.name not in taken else f"{output.name} (command)"
        is_command = unit is not None and unit.dimension == commanded
        electrode = ""
        why = "output of the protocol"
        if is_command and len(responses) == 1:
            electrode = electrodes[responses[0]]
        elif is_command and output.number is not None and output.number in numbers:
            paired = numbers[output.number]
            if paired in electrodes:
                electrode = electrodes[paired]
                why += f", paired with {paired} by its number"
        channel = Channel(
            name=name,
            role=Role.COMMAND if is_command else Role.AUXILIARY,
            unit=unit.internal if unit is not None else output.file_unit,
            clamp_mode=mode if is_command else None,
            electrode=electrode,
            file_unit=output.file_unit,
            evidence=why,
        )
        channels.append(channel)
    return channels
