"""Channels with their roles, once clamp mode and responses are settled."""

from __future__ import annotations

from collections.abc import Sequence

from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.io.roles.facts import (
    DIMENSION_OF_RESPONSE,
    Facts,
    Input,
    Output,
    Settled,
    known_unit,
)
from loligo.recording.io.roles.stimulators import HIGHEST_VOLTAGE
from loligo.recording.provenance import Basis, Finding
from loligo.units import Unit


def _role(known: Facts, settled: Settled, entry: Input) -> tuple[Role, str]:
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


def _monitor(known: Facts, settled: Settled, entry: Input, unit: Unit) -> tuple[Role, str]:
    """Return the role of a further input in the command's unit."""
    if entry.is_command_copy:
        return Role.AUXILIARY, "a copy of an output; another command was given"
    level = known.evidence.level(entry.name) if known.evidence is not None else None
    if level is not None and unit.dimension == "voltage":
        shown = level * known.scales[entry.name] * unit.factor
        if abs(shown) > HIGHEST_VOLTAGE:
            return Role.AUXILIARY, f"it reads {shown:.4g} mV, which no command reaches"
    return Role.MONITOR, f"measured {settled.commanded} beside a {settled.mode.value} response"


def input_channel(known: Facts, settled: Settled, entry: Input) -> Channel:
    """Return the channel of an input, and settle its scale."""
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


def output_channels(known: Facts, settled: Settled) -> tuple[list[Channel], dict[str, str], str]:
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
        other = known.stimulators.get(output.name, "not the command")
        electrode, why = paired.get(output.name, (None, f"output of the protocol, {other}"))
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
    known: Facts, settled: Settled, usable: Sequence[Output], units: dict[str, Unit | None]
) -> tuple[dict[str, tuple[str, str]], str]:
    """Return electrode and evidence of each output that commands one; and what stays open."""
    if known.options.command in known.units:
        return {}, ""
    if settled.mode is ClampMode.ZERO_CURRENT:
        return {}, "at I=0 the amplifier ignores commands"
    fitting = [
        o
        for o in usable
        if (u := units[o.name]) is not None
        and u.dimension == settled.commanded
        and o.name not in known.stimulators
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


def about_command(
    known: Facts, settled: Settled, channels: Sequence[Channel], ambiguous: str
) -> Finding:
    """Return the finding about the command: which it is, or why it is unknown."""
    commands = [channel for channel in channels if channel.role is Role.COMMAND]
    if commands:
        basis = Basis.GIVEN if commands[0].evidence == "given" else Basis.INFERRED
        names = ", ".join(channel.name for channel in commands)
        return Finding("command", names, basis, commands[0].evidence)
    reasons = [f"{o.name}: {o.unknown}" for o in known.outputs if o.unknown]
    why = ambiguous or "; ".join(reasons) or "the file holds no command"
    remedy = (
        ""
        if "command=" in why or settled.mode is ClampMode.ZERO_CURRENT
        else "; pass command= (a channel or a file)"
    )
    return Finding("command", "", Basis.UNKNOWN, why + remedy)


def about_others(known: Facts, settled: Settled, channels: Sequence[Channel]) -> list[Finding]:
    """Return a finding for each channel that may be another cell's response, or an unused input."""
    if known.options.response:
        return []
    wanted = DIMENSION_OF_RESPONSE[settled.mode]
    units = ((c, known.units.get(c.name)) for c in channels if c.role is Role.AUXILIARY)
    alike = [channel.name for channel, unit in units if unit and unit.dimension == wanted]
    return [
        Finding(
            f"role of {name}",
            "",
            Basis.UNKNOWN,
            f"a {wanted} that does not follow the command: an unused input, or another cell; "
            f"pass response={[*settled.responses, name]} to read it as a response",
        )
        for name in alike
    ]
