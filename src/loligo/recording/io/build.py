"""From columns of stored numbers to a `Recording`: what the thin readers have in common.

A reader hands over what its format states: the digitized channels as `Input`, the sweeps as
`StoredSweep` with each trace in the unit the file states. Roles and units are determined here
(through `roles`), the sampling rate is settled, and a command file is joined.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from loligo.errors import DamagedFileError, SelectionError, UndeterminedError, suggest
from loligo.recording.channel import Channel, Electrode, Role
from loligo.recording.found_epochs import with_found_epochs
from loligo.recording.io.command_file import join_command
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Assignment, Input, assign_roles, known_unit
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording
from loligo.recording.rig_state import RigState
from loligo.recording.samples import Samples
from loligo.recording.sweep import Sweep, Trace
from loligo.units import convert, format_quantity


@dataclass(frozen=True, eq=False, slots=True)
class StoredTrace:
    """One channel of one sweep as its file holds it.

    Attributes
    ----------
    samples : Samples, shape (time,)
    sampling_rate : float [kHz]
    gain, offset : float
        ``value = gain * stored + offset``, in the unit the file states.
    start : float [ms]
    rig_state : RigState or None
    """

    samples: Samples
    sampling_rate: float
    gain: float = 1.0
    offset: float = 0.0
    start: float = 0.0
    rig_state: RigState | None = None


@dataclass(frozen=True, eq=False, slots=True)
class StoredSweep:
    """One sweep as its file holds it; `start` is ``None`` where the file does not say."""

    traces: Mapping[str, StoredTrace]
    start: float | None = None
    number: int | None = None
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def build(
    path: Path,
    inputs: Sequence[Input],
    sweeps: Sequence[StoredSweep],
    options: ReadOptions,
    provenance: Provenance,
    findings: Sequence[Finding] = (),
) -> Recording:
    """Make a recording of what a file holds, joined with the command file, where one is passed.

    Raises
    ------
    UndeterminedError, SelectionError
        As `assign_roles`; also a ``command=`` that is neither a channel nor a file.
    DamagedFileError
        No sweeps, an empty trace, or an impossible sampling rate, gain or start.
    """
    names = [entry.name for entry in inputs]
    check_command(path, names, options)
    check_sweeps(path, sweeps)
    told = with_command_unit(names, options)
    assignment = assign_roles(path, inputs, (), told)
    told_by_caller = given_findings(options, findings)
    recording = assembled(assignment, sweeps, provenance, (*findings, *told_by_caller))
    return with_found_epochs(join_command(recording, path, options))


def given_findings(options: ReadOptions, findings: Sequence[Finding]) -> list[Finding]:
    """Return what the caller passed of units and rate as findings."""
    given = [
        Finding("unit", unit.text, Basis.GIVEN, f"of {name!r}" if name else "of the response")
        for name, unit in options.units.items()
    ]
    stated = {finding.subject for finding in findings}
    if options.sampling_rate is not None and "sampling_rate" not in stated:
        rate = format_quantity(options.sampling_rate, "kHz")
        given.append(Finding("sampling_rate", rate, Basis.GIVEN))
    return given


def assembled(
    assignment: Assignment,
    sweeps: Sequence[StoredSweep],
    provenance: Provenance,
    findings: Sequence[Finding] = (),
) -> Recording:
    """Make the recording of sweeps whose roles are assigned."""
    channels = {channel.name: channel for channel in assignment.channels}
    built: list[Sweep] = []
    end = 0.0
    for place, stored in enumerate(sweeps):
        traces = {
            name: _trace(trace, channels[name], assignment.scales[name])
            for name, trace in stored.traces.items()
        }
        number = place if stored.number is None else stored.number
        start = end if stored.start is None else stored.start
        sweep = Sweep(number, start, traces, (), stored.description, stored.attributes)
        end = start + sweep.duration
        built.append(sweep)
    told = list(findings)
    if len(sweeps) > 1 and any(sweep.start is None for sweep in sweeps):
        told.append(
            Finding("sweep_starts", "", Basis.UNKNOWN, "not in the file; sweeps put end to end")
        )
    electrodes = dict.fromkeys(c.electrode for c in assignment.channels if c.electrode)
    return Recording(
        channels=assignment.channels,
        sweeps=tuple(built),
        provenance=provenance,
        electrodes=tuple(Electrode(name) for name in electrodes),
        findings=(*assignment.findings, *told),
    )


def _trace(stored: StoredTrace, channel: Channel, scale: float) -> Trace:
    unit = known_unit(channel.file_unit)
    shift = unit.offset if unit is not None else 0.0
    return Trace(
        stored.samples,
        stored.sampling_rate,
        gain=stored.gain * scale,
        offset=stored.offset * scale + shift,
        start=stored.start,
        rig_state=stored.rig_state if channel.role is Role.RESPONSE else None,
    )


def check_command(path: Path, names: Sequence[str], options: ReadOptions) -> None:
    """Refuse a ``command=`` that names neither a channel nor a file."""
    if options.command is None or options.command in names or options.command_file(path):
        return
    raise SelectionError(
        f"{path.name}: command={options.command!r} is neither a channel nor a file beside it; "
        f"{suggest(options.command, names)}"
    )


def check_sweeps(path: Path, sweeps: Sequence[StoredSweep]) -> None:
    """Refuse what no recording can be: no samples, rates that are not positive and finite."""
    if not sweeps:
        raise DamagedFileError(path, "it holds no sweeps")
    for place, sweep in enumerate(sweeps):
        if sweep.start is not None and not math.isfinite(sweep.start):
            raise DamagedFileError(path, f"sweep {place} starts at {sweep.start} ms")
        for name, trace in sweep.traces.items():
            where = f"channel {name!r} of sweep {place}"
            if trace.samples.shape[0] == 0:
                raise DamagedFileError(path, f"{where} holds no samples")
            check_rate(path, trace.sampling_rate, where)
            numbers = (trace.gain, trace.offset, trace.start)
            if not all(map(math.isfinite, numbers)) or trace.gain == 0.0:
                raise DamagedFileError(
                    path, f"{where} has scale {trace.gain:g}, offset {trace.offset:g}"
                )
            for setting, value in (trace.rig_state or RigState()).known().items():
                if not math.isfinite(value):
                    raise DamagedFileError(path, f"{setting} of {where} is {value}")


def check_rate(path: Path, rate: float, where: str) -> None:
    """Refuse a sampling rate [kHz] outside 1 uHz to 1 GHz as damage."""
    if not 1e-9 <= rate <= 1e6:
        raise DamagedFileError(path, f"{where} states a sampling rate of {rate:g} kHz")


def with_command_unit(names: Sequence[str], options: ReadOptions) -> ReadOptions:
    """Apply ``command_unit=`` to the command, where that is one of the file's channels."""
    if options.command not in names or options.command is None or options.command_unit is None:
        return options
    return replace(options, units={**options.units, options.command: options.command_unit})


def settled_rate(path: Path, stated: float | None, options: ReadOptions, why: str) -> float:
    """Return the sampling rate [kHz] the file states or the caller gives.

    Raises
    ------
    UndeterminedError
        Neither (`why` says what the file lacks), or both and they disagree.
    """
    given = options.sampling_rate
    if stated is None:
        if given is None:
            raise UndeterminedError(
                path, why, "Pass sampling_rate= with the true rate, for example '10 kHz'"
            )
        return given
    if given is not None and not math.isclose(given, stated, rel_tol=1e-3):
        raise UndeterminedError(
            path,
            f"it states a sampling rate of {format_quantity(stated, 'kHz')}, but "
            f"sampling_rate= says {format_quantity(given, 'kHz')}",
            "Leave sampling_rate= out to read the file as it says",
        )
    return stated


def rate_of(interval: float, unit: str) -> float:
    """Return the sampling rate [kHz] of an interval in a unit of time.

    An interval stored in single precision is read as the shortest decimal it stands for: 1e-4 s,
    not 9.999999747378752e-05 s.
    """
    if interval == float(np.float32(interval)):
        interval = float(str(np.float32(interval)))
    milliseconds = convert(interval, unit, "ms")
    return 1.0 / milliseconds if milliseconds > 0 else math.nan
