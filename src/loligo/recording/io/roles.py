"""Which channel is the response, which the command: decided from evidence, and said.

Readers hand over what their format states about inputs (digitized channels) and outputs (command
waveforms of the protocol), and where that is not enough, a look at the samples. Where all of it
does not determine the roles, the file is refused with the option that settles it; nothing is
guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from loligo.errors import SelectionError, UndeterminedError, UnitError, suggest
from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.io.options import GivenUnit, ReadOptions
from loligo.recording.provenance import Basis, Finding
from loligo.units import Unit, resolve

_RESPONSE_OF = {"voltage": "current", "current": "voltage"}
_MODE_OF_COMMAND = {"voltage": ClampMode.VOLTAGE_CLAMP, "current": ClampMode.CURRENT_CLAMP}
_DIMENSION_OF_RESPONSE = {
    ClampMode.VOLTAGE_CLAMP: "current",
    ClampMode.CURRENT_CLAMP: "voltage",
    ClampMode.ZERO_CURRENT: "voltage",
}
_FOLLOWS, _IGNORES = 3.0, 0.5
"""Shift at the command's steps, in standard deviations: at least, and at most."""
_CROSSTALK = 0.02
"""A shift below this fraction of the largest one is crosstalk, not a cell's response."""
_HIGHEST_VOLTAGE = 1000.0
"""No membrane is commanded beyond this [mV]; an input that reads more is not a monitor."""


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
    copy_of : str
        Name of the output whose waveform it was found to equal.
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
    copy_of: str = ""
    stated_mode: ClampMode | None = None
    stated_role: Role | None = None
    electrode: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A command of the protocol that was in use.

    Attributes
    ----------
    name : str
    file_unit : str
    number : int or None
    is_constant : bool
        It held one level throughout; such an output says less about the clamp mode.
    unknown : str
        Why its waveform cannot be had, ``""`` where it can. The output is then evidence of the
        clamp mode, but no channel.
    """

    name: str
    file_unit: str
    number: int | None = None
    is_constant: bool = False
    unknown: str = ""


class Evidence(Protocol):
    """What the samples themselves can tell about inputs; asked only where it matters."""

    def effect(self, name: str) -> tuple[float, float] | None:
        """Return an input's largest shift at a step of the command, and its noise there.

        Both in the unit the file states; ``None`` where there is no known step to look at.
        """

    def level(self, name: str) -> float | None:
        """Return an input's typical value in the unit the file states."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Channels in the order inputs, outputs, copies of outputs; with findings and scales.

    A copy that equals its output comes after it, so that the command with epochs comes first.
    """

    channels: tuple[Channel, ...]
    findings: tuple[Finding, ...]
    scales: dict[str, float]
    """Factor from a channel's stored physical value (in the file's unit) to its unit here."""
    outputs: dict[str, str]
    """Name of the channel of each output that became one."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What all steps of the decision look at."""

    path: Path
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    options: ReadOptions
    units: dict[str, Unit | None]
    scales: dict[str, float]
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class _Settled:
    """What was decided about the responses."""

    mode: ClampMode
    responses: tuple[str, ...]
    why_response: str
    electrodes: dict[str, str]

    @property
    def commanded(self) -> str:
        """Dimension of the command."""
        return _RESPONSE_OF[_DIMENSION_OF_RESPONSE[self.mode]]


def known_unit(text: str) -> Unit | None:
    """Return the unit a file states, ``None`` where that is empty or not a unit."""
    try:
        return resolve(text) if text.strip() else None
    except UnitError:
        return None


def assign_roles(
    path: Path,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    options: ReadOptions,
    evidence: Evidence | None = None,
) -> Assignment:
    """Determine role, unit, clamp mode and electrode of every channel.

    Parameters
    ----------
    path : Path
        For messages.
    inputs : sequence of Input
    outputs : sequence of Output
        Only those in use.
    options : ReadOptions
    evidence : Evidence, optional
        A look at the samples, for what names and units leave open.

    Raises
    ------
    UndeterminedError
        The evidence does not single out the response, or a unit; the remedy names the option.
    SelectionError
        An option names a channel that does not exist.
    """
    known = _gather(path, inputs, outputs, options, evidence)
    mode, why_mode = _clamp_mode(known)
    responses, why_response, basis = _responses(known, mode)
    for name in responses:
        _give_unit(known, name, options.unit_of(name, is_response=True))
    mode, why_mode = _settled_mode(known, mode, why_mode, responses)
    settled = _Settled(mode, responses, why_response, _electrodes(known.inputs, responses))
    channels = [_input_channel(known, settled, entry) for entry in known.inputs]
    made, names, ambiguous = _output_channels(known, settled)
    channels += made
    channels.sort(key=lambda channel: any(e.copy_of and e.name == channel.name for e in inputs))
    findings = (
        Finding("response", ", ".join(responses), basis, why_response),
        Finding(
            "clamp_mode",
            mode.value,
            Basis.GIVEN if options.clamp_mode else Basis.INFERRED,
            why_mode,
        ),
        _about_command(known, channels, ambiguous),
    )
    return Assignment(tuple(channels), findings, known.scales, names)


def _gather(
    path: Path,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    options: ReadOptions,
    evidence: Evidence | None,
) -> _Known:
    names = [entry.name for entry in inputs]
    for wanted in (*options.response, *(name for name in options.units if name)):
        if wanted not in names:
            raise SelectionError(f"{path.name}: no channel {wanted!r}; {suggest(wanted, names)}")
    every = [*names, *(output.name for output in outputs)]
    is_named = options.command is None or options.command in every
    if not is_named and options.command_file(path) is None:
        raise SelectionError(
            f"{path.name}: command {options.command!r} is neither a channel nor a file; "
            f"{suggest(str(options.command), every)}"
        )
    known = _Known(
        path=path,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        options=options,
        units={entry.name: known_unit(entry.file_unit) for entry in inputs},
        scales=dict.fromkeys(names, 1.0),
        evidence=evidence,
    )
    for name, given in options.units.items():
        if name:
            _give_unit(known, name, given)
    if options.command in names:
        _give_unit(known, options.command, options.command_unit)
    return known


def _give_unit(known: _Known, name: str, given: GivenUnit | None) -> None:
    if given is not None:
        known.units[name], known.scales[name] = given.unit, given.scale


# Clamp mode -----------------------------------------------------------------------------------


def _commanded(known: _Known) -> tuple[dict[str, str], bool]:
    """Return the dimensions commanded, each with its evidence, and whether by a waveform."""
    strong: dict[str, str] = {}
    weak: dict[str, str] = {}
    for output in known.outputs:
        unit = known_unit(output.file_unit)
        if unit is not None and unit.dimension in _MODE_OF_COMMAND:
            verb = "holds a level" if output.is_constant else "commands"
            why = f"{output.name} {verb} in {output.file_unit}"
            (weak if output.is_constant else strong).setdefault(unit.dimension, why)
    for entry in known.inputs:
        unit = known.units[entry.name]
        if entry.is_command_copy and unit is not None and unit.dimension in _MODE_OF_COMMAND:
            why = f"{entry.name} is a copy of a command in {entry.file_unit}"
            strong.setdefault(unit.dimension, why)
    return (strong, True) if strong else (weak, False)


def _clamp_mode(known: _Known) -> tuple[ClampMode | None, str]:
    """Return the clamp mode as far as given, stated or commanded."""
    options = known.options
    if options.clamp_mode is not None:
        return options.clamp_mode, "given"
    commanded, is_waveform = _commanded(known)
    stated = {entry.stated_mode for entry in known.inputs if entry.stated_mode is not None}
    if len(commanded) == 1:
        ((dimension, why),) = commanded.items()
        mode = _MODE_OF_COMMAND[dimension]
        if not stated or mode in stated:
            if not is_waveform and options.unit_of("", is_response=True) is not None:
                return None, ""
            return mode, why + (", as the amplifier reported" if stated else "")
        if is_waveform:
            (said, *_) = sorted(word.value for word in stated)
            raise UndeterminedError(
                known.path,
                f"{why}, which is {mode.value}, but the amplifier reported {said}",
                "Pass clamp_mode= to settle it",
            )
    if len(stated) == 1:
        return stated.pop(), "the amplifier reported it"
    if len(commanded) > 1:
        if len(options.response) == 1 and (unit := known.units[options.response[0]]) is not None:
            return None, f"the response {options.response[0]} is in {unit.name}"
        raise UndeterminedError(
            known.path,
            "both voltage and current are commanded (" + "; ".join(commanded.values()) + ")",
            "Pass response= to say which channel is the cell's response",
        )
    return None, ""


def _settled_mode(
    known: _Known, mode: ClampMode | None, why: str, responses: tuple[str, ...]
) -> tuple[ClampMode, str]:
    """Check the mode against the responses' units, or derive it from them."""
    dimensions = set()
    for name in responses:
        unit = known.units[name]
        if unit is None or unit.dimension not in _RESPONSE_OF:
            stated = "no unit" if unit is None else repr(unit.name)
            raise UndeterminedError(
                known.path,
                f"the response {name!r} has {stated}, not a unit of voltage or current",
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
    if _DIMENSION_OF_RESPONSE[mode] != dimension:
        raise UndeterminedError(
            known.path,
            f"{mode.value} ({why}) needs a response of {_DIMENSION_OF_RESPONSE[mode]}, "
            f"but {', '.join(responses)} is in a unit of {dimension}",
            "Pass unit= with the response's true unit, or clamp_mode= with the true mode",
        )
    return mode, why


# Responses ------------------------------------------------------------------------------------


def _responses(known: _Known, mode: ClampMode | None) -> tuple[tuple[str, ...], str, Basis]:
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
    wanted = {"voltage", "current"} if mode is None else {_DIMENSION_OF_RESPONSE[mode]}
    fitting = [e for e in free if (u := known.units[e.name]) and u.dimension in wanted]
    unitless = [entry for entry in free if known.units[entry.name] is None]
    if len(free) == 1 and options.unit_of("", is_response=True) is not None:
        return (free[0].name,), "the only digitized channel", Basis.INFERRED
    asked = "is in a unit of voltage or current"
    if mode is not None:
        asked = f"is in a unit of {_DIMENSION_OF_RESPONSE[mode]}, as {mode.value} needs"
    if len(fitting) == 1 and not unitless:
        why = "the only digitized channel" if len(free) == 1 else f"the only channel that {asked}"
        return (fitting[0].name,), f"{why} ({fitting[0].file_unit})", Basis.INFERRED
    if not unitless and (found := _by_effect(known, fitting)):
        return (found[0],), found[1], Basis.INFERRED
    raise _refusal(known, free, fitting, unitless, asked)


def _by_effect(known: _Known, fitting: Sequence[Input]) -> tuple[str, str] | None:
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


def _dimension(known: _Known, entry: Input) -> str:
    unit = known.units[entry.name]
    return unit.dimension if unit is not None else ""


def _refusal(
    known: _Known,
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


def _electrodes(inputs: Iterable[Input], responses: tuple[str, ...]) -> dict[str, str]:
    """Name the electrode of each response."""
    stated = {entry.name: entry.electrode for entry in inputs}
    return {name: stated[name] or f"electrode {i}" for i, name in enumerate(responses)}


# Channels -------------------------------------------------------------------------------------


def _role(known: _Known, settled: _Settled, entry: Input) -> tuple[Role, str]:
    unit = known.units[entry.name]
    if entry.name in settled.responses:
        return Role.RESPONSE, settled.why_response
    if entry.name == known.options.command:
        return Role.COMMAND, "given"
    if entry.stated_role is not None:
        return entry.stated_role, "stated in the file"
    if unit is None or unit.dimension != settled.commanded:
        return Role.AUXILIARY, "neither response nor command"
    if entry.is_command_copy and known.options.command is None:
        return Role.COMMAND, "digitized copy of the command output"
    return _monitor(known, settled, entry, unit)


def _monitor(known: _Known, settled: _Settled, entry: Input, unit: Unit) -> tuple[Role, str]:
    """Return the role of a further input in the command's unit."""
    if entry.is_command_copy:
        return Role.AUXILIARY, "a copy of an output; another command was given"
    level = known.evidence.level(entry.name) if known.evidence is not None else None
    if level is not None and unit.dimension == "voltage":
        shown = level * known.scales[entry.name] * unit.factor
        if abs(shown) > _HIGHEST_VOLTAGE:
            return Role.AUXILIARY, f"it reads {shown:.4g} mV, which no command reaches"
    return Role.MONITOR, f"measured {settled.commanded} beside a {settled.mode.value} response"


def _input_channel(known: _Known, settled: _Settled, entry: Input) -> Channel:
    role, why = _role(known, settled, entry)
    clamped = role is not Role.AUXILIARY
    unit = known.units[entry.name]
    if unit is not None:
        known.scales[entry.name] *= unit.factor
    electrode = settled.electrodes.get(entry.name, entry.electrode)
    if not electrode and clamped and len(settled.responses) == 1:
        electrode = settled.electrodes[settled.responses[0]]
    return Channel(
        name=entry.name,
        role=role,
        unit=unit.internal if unit is not None else entry.file_unit,
        clamp_mode=settled.mode if clamped else None,
        electrode=electrode,
        file_unit=entry.file_unit,
        evidence=why,
    )


def _output_channels(known: _Known, settled: _Settled) -> tuple[list[Channel], dict[str, str], str]:
    """Return the outputs' channels, their names by output, and why the command is ambiguous."""
    usable = [output for output in known.outputs if not output.unknown]
    units = {output.name: known_unit(output.file_unit) for output in usable}
    scales = dict.fromkeys(units, 1.0)
    given = known.options.command_unit
    if given is not None and usable and known.options.command not in known.units:
        target = known.options.command if known.options.command in units else usable[0].name
        units[target], scales[target] = given.unit, given.scale
    paired, ambiguous = _paired(known, settled, usable, units)
    taken = set(known.units)
    channels, names = [], {}
    for output in usable:
        unit = units[output.name]
        name = output.name if output.name not in taken else f"{output.name} (command)"
        taken.add(name)
        names[output.name] = name
        known.scales[name] = scales[output.name] * (unit.factor if unit is not None else 1.0)
        electrode, why = paired.get(output.name, (None, "output of the protocol, not the command"))
        is_command = electrode is not None
        channels.append(
            Channel(
                name=name,
                role=Role.COMMAND if is_command else Role.AUXILIARY,
                unit=unit.internal if unit is not None else output.file_unit,
                clamp_mode=settled.mode if is_command else None,
                electrode=electrode or "",
                file_unit=output.file_unit,
                evidence=why,
            )
        )
    return channels, names, ambiguous


def _paired(
    known: _Known, settled: _Settled, usable: Sequence[Output], units: dict[str, Unit | None]
) -> tuple[dict[str, tuple[str, str]], str]:
    """Return electrode and evidence of each output that commands one; and what stays open."""
    if known.options.command in known.units:
        return {}, ""
    fitting = [
        o for o in usable if (u := units[o.name]) is not None and u.dimension == settled.commanded
    ]
    if known.options.command in units:
        fitting = [output for output in fitting if output.name == known.options.command]
    elif any(not output.is_constant for output in fitting):
        fitting = [output for output in fitting if not output.is_constant]
    why = "given" if known.options.command in units else "output of the protocol"
    copies = {e.copy_of: e.name for e in known.inputs if e.copy_of}
    if len(settled.responses) == 1 and len(fitting) == 1:
        name = fitting[0].name
        why += f", equal to its recorded copy {copies[name]}" if name in copies else ""
        return {name: (settled.electrodes[settled.responses[0]], why)}, ""
    numbers = {e.number: e.name for e in known.inputs if e.name in settled.responses}
    paired = {
        output.name: (
            settled.electrodes[numbers[output.number]],
            f"{why}, paired with {numbers[output.number]} by its number",
        )
        for output in fitting
        if output.number is not None and output.number in numbers
    }
    if fitting and not paired:
        listed = ", ".join(output.name for output in fitting)
        return {}, f"{listed} could each be the command; pass command= with the name of one"
    return paired, ""


def _about_command(known: _Known, channels: Sequence[Channel], ambiguous: str) -> Finding:
    commands = [channel for channel in channels if channel.role is Role.COMMAND]
    if commands:
        basis = Basis.GIVEN if commands[0].evidence == "given" else Basis.INFERRED
        names = ", ".join(channel.name for channel in commands)
        return Finding("command", names, basis, commands[0].evidence)
    reasons = [f"{o.name}: {o.unknown}" for o in known.outputs if o.unknown]
    why = ambiguous or "; ".join(reasons) or "the file holds no command"
    remedy = "" if "command=" in why else "; pass command= (a channel or a file)"
    return Finding("command", "", Basis.UNKNOWN, why + remedy)
