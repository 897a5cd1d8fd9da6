"""A command that lies in a file of its own: read it and join it to the recording it belongs to."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from loligo.errors import SelectionError, UndeterminedError
from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.io.options import ANY_RESPONSE, ReadOptions
from loligo.recording.provenance import Basis, Finding
from loligo.recording.recording import Recording
from loligo.recording.sweep import Sweep, Trace

_READ_AS = {
    ClampMode.VOLTAGE_CLAMP: ClampMode.CURRENT_CLAMP,
    ClampMode.CURRENT_CLAMP: ClampMode.VOLTAGE_CLAMP,
}
"""A command in mV is read from its file as a recorded voltage, one in pA as a current."""


def join_command(recording: Recording, path: Path, options: ReadOptions) -> Recording:
    """Return the recording with the command from the file ``command=`` names, if it names one.

    Parameters
    ----------
    recording : Recording
        Of one response.
    path : Path
        Its file; the command file is also looked for beside it.
    options : ReadOptions

    Raises
    ------
    UndeterminedError
        The command file does not determine the command; its own error is the cause.
    SelectionError
        Number of sweeps, length or dimension do not fit the response.
    """
    file = options.command_file(path)
    names = [channel.name for channel in recording.channels]
    if file is None or options.command in names:
        return recording
    response = recording.response
    if response.clamp_mode not in _READ_AS:
        raise SelectionError(f"{path.name}: a recording without clamp takes no command")
    mode = _READ_AS[response.clamp_mode]
    source = _read_command(file, path, options, mode)
    told = source.response
    if len(source.sweeps) not in {1, len(recording.sweeps)}:
        raise SelectionError(
            f"command file {file.name} has {len(source.sweeps)} sweeps, {path.name} has "
            f"{len(recording.sweeps)}; they must be as many, or one command for all"
        )
    name = told.name if told.name not in names else f"{told.name} (command)"
    why = f"given: read from {file.name}"
    sweeps = []
    for place, sweep in enumerate(recording.sweeps):
        index = place if len(source.sweeps) > 1 else 0
        trace = source.trace(index, told)
        _check_length(sweep, place, trace, response, file)
        sweeps.append(replace(sweep, traces={**sweep.traces, name: replace(trace, rig_state=None)}))
    channel = Channel(
        name=name,
        role=Role.COMMAND,
        unit=told.unit,
        clamp_mode=response.clamp_mode,
        electrode=response.electrode,
        file_unit=told.file_unit,
        evidence=why,
    )
    findings = tuple(f for f in recording.findings if f.subject != "command")
    history = (*recording.provenance.history, f"joined command {name} from {file.name}")
    return replace(
        recording,
        channels=(*_without_command(recording, response), channel),
        sweeps=tuple(sweeps),
        findings=(*findings, Finding("command", name, Basis.GIVEN, why)),
        provenance=replace(recording.provenance, history=history),
        problems=(*recording.problems, *(f"{file.name}: {p}" for p in source.problems)),
    )


def _without_command(recording: Recording, response: Channel) -> list[Channel]:
    """Return the channels, those that commanded the response's electrode now auxiliary."""
    why = "another command was given"
    return [
        replace(channel, role=Role.AUXILIARY, clamp_mode=None, evidence=why)
        if channel.role is Role.COMMAND and channel.electrode == response.electrode
        else channel
        for channel in recording.channels
    ]


def _read_command(file: Path, path: Path, options: ReadOptions, mode: ClampMode) -> Recording:
    """Read the command file as a recording whose response is the command."""
    from loligo.recording.io.registry import read_with

    units = {} if options.command_unit is None else {ANY_RESPONSE: options.command_unit}
    told = ReadOptions(units=units, sampling_rate=options.sampling_rate, clamp_mode=mode)
    try:
        source = read_with(file, told)
    except UndeterminedError as error:
        remedy = error.remedy.replace("unit=", "command_unit=").replace("response's", "command's")
        raise UndeterminedError(
            path, f"the command file does not determine the command: {error.reason}", remedy
        ) from error
    if len(source.responses) != 1:
        raise SelectionError(f"command file {file.name} holds {len(source.responses)} candidates")
    return source


def _check_length(sweep: Sweep, place: int, trace: Trace, response: Channel, file: Path) -> None:
    if response.name not in sweep.traces:
        return
    measured = sweep.traces[response.name]
    slack = 1.5 / min(measured.sampling_rate, trace.sampling_rate)
    if not math.isclose(measured.duration, trace.duration, abs_tol=slack):
        raise SelectionError(
            f"sweep {place} lasts {measured.duration:g} ms, its command in {file.name} "
            f"{trace.duration:g} ms; pass the command that belongs to it"
        )
