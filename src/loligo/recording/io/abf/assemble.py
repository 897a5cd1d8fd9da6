"""A `Recording` from header, samples and commands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError
from loligo.recording.channel import Channel, Electrode, Role
from loligo.recording.found_epochs import with_found_epochs
from loligo.recording.io.abf import digital
from loligo.recording.io.abf.command import Played, outputs_in_use
from loligo.recording.io.abf.copies import detected_epochs, is_copy, with_copies_trusted
from loligo.recording.io.abf.data import Layout, Stretch, layout, samples
from loligo.recording.io.abf.evidence import SampleEvidence
from loligo.recording.io.abf.guard import Bytes
from loligo.recording.io.abf.header import EPISODES, STIMULUS_FILE, AbfHeader
from loligo.recording.io.abf.rig import INSTRUMENTS, rig_state, stated_mode, telegraphed
from loligo.recording.io.abf.user_list import UnknownWaveformError, replacements
from loligo.recording.io.abf.waveform import Rendered, as_epoch, epoch_label, pieces
from loligo.recording.io.command_file import join_command
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Assignment, Input, Output, assign_roles
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch, Sweep, Tag, Trace


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a sweep is made of."""

    header: AbfHeader
    plan: Layout
    stored: list[list[NDArray[Any]]]
    used: tuple[Played, ...]
    roles: Assignment

    @property
    def rate(self) -> float:
        """Samples of one channel per ms [kHz]."""
        return 1.0 / self.header.interval

    @property
    def lengths(self) -> list[int]:
        """Planned samples of one channel in each sweep."""
        return [sweep.planned for sweep in self.plan.sweeps]


@dataclass(frozen=True, slots=True)
class _Line:
    """A digital output: its channel, and traces and epochs of each sweep."""

    channel: Channel
    traces: list[Trace]
    epochs: list[tuple[Epoch, ...]]


def assemble(content: Bytes, header: AbfHeader, path: Path, options: ReadOptions) -> Recording:
    """Put a recording together; see `loligo.recording.io.abf.read_file`."""
    header = _with_unique_names(header)
    _check_rate(header, path, options)
    plan = layout(header, len(content), path)
    stored = samples(content, header, plan.sweeps)
    used = outputs_in_use(header, [sweep.planned for sweep in plan.sweeps], path, options)
    used, agreeing = with_copies_trusted(header, stored, used)
    roles = assign_roles(
        path,
        [
            Input(
                entry.name,
                entry.unit,
                entry.number,
                is_copy(entry),
                agreeing.get(entry.name, ""),
                stated_mode(entry),
            )
            for entry in header.inputs
        ],
        [
            Output(
                p.output.name,
                p.output.unit,
                p.output.number,
                p.is_constant,
                p.unknown,
                p.largest(),
            )
            for p in used
        ],
        options,
        SampleEvidence(header, stored, used),
    )
    parts = _Parts(header, plan, stored, used, roles)
    lines, about_lines = _digital_lines(parts)
    sweeps = _sweeps(parts, lines)
    recording = Recording(
        channels=(*roles.channels, *(line.channel for line in lines)),
        sweeps=sweeps,
        provenance=_provenance(header, path),
        electrodes=_electrodes(header, roles),
        start_time=header.start_time,
        tags=_tags(header, sweeps),
        findings=(*roles.findings, *_other_findings(header, used), *about_lines),
        problems=plan.problems,
    )
    if any(p.output.source == STIMULUS_FILE and (p.stimulus or p.unknown) for p in used):
        return recording  # a command file is that output's stimulus file
    return with_found_epochs(join_command(recording, path, options))


def _check_rate(header: AbfHeader, path: Path, options: ReadOptions) -> None:
    rate = 1.0 / header.interval
    given = options.sampling_rate
    if given is not None and not math.isclose(given, rate, rel_tol=1e-6):
        raise SelectionError(
            f"{path.name}: sampling_rate = {given:g} kHz contradicts the header, which states "
            f"{rate:g} kHz; leave sampling_rate out"
        )


def _with_unique_names(header: AbfHeader) -> AbfHeader:
    names = [entry.name for entry in header.inputs]
    if len(set(names)) == len(names):
        return header
    inputs = tuple(
        replace(entry, name=f"{entry.name} ({entry.number}, {i})")
        if names.count(entry.name) > 1
        else entry
        for i, entry in enumerate(header.inputs)
    )
    return replace(header, inputs=inputs)


# Sweeps ---------------------------------------------------------------------------------------


def _sweeps(parts: _Parts, lines: Sequence[_Line]) -> tuple[Sweep, ...]:
    header, scales, rate = parts.header, parts.roles.scales, parts.rate
    roles = {channel.name: channel for channel in parts.roles.channels}
    commands = [_command(parts, p) for p in parts.used if p.output.name in parts.roles.outputs]
    copies = _copy_epochs(parts) if not commands else [()] * len(parts.plan.sweeps)
    readings = []
    for entry in header.inputs:
        scale, channel = scales[entry.name], roles[entry.name]
        state = rig_state(entry, channel.clamp_mode) if channel.role is Role.RESPONSE else None
        readings.append((entry.name, entry.gain * scale, entry.offset * scale, state))
    sweeps = []
    for i, plan in enumerate(parts.plan.sweeps):
        traces = {
            name: Trace(values, rate, gain, offset, 0.0, state)
            for (name, gain, offset, state), values in zip(readings, parts.stored[i], strict=True)
        }
        epochs: list[Epoch] = []
        for command in (*commands, *lines):
            traces[command.channel.name] = command.traces[i]
            epochs += command.epochs[i]
        sweeps.append(Sweep(i, plan.start, traces, (*epochs, *copies[i])))
    return tuple(sweeps)


def _command(parts: _Parts, played: Played) -> _Line:
    """Return the traces and epochs of an output, shared by sweeps that played the same."""
    name = parts.roles.outputs[played.output.name]
    channel = next(c for c in parts.roles.channels if c.name == name)
    factor, rate = parts.roles.scales[name], parts.rate
    made: dict[Any, tuple[Trace, tuple[Epoch, ...]]] = {}
    traces, epochs = [], []
    for i, plan in enumerate(parts.plan.sweeps):
        key = (plan.length, i if played.stimulus else played.sweeps[i])
        if key not in made:
            make = partial(played.values, i)
            made[key] = (
                Trace(Rendered(plan.length, make), rate, factor),
                _clipped([as_epoch(p, rate, factor, name) for p in played.sweeps[i]], plan, rate),
            )
        trace, listed = made[key]
        traces.append(trace)
        epochs.append(listed)
    return _Line(channel, traces, epochs)


def _clipped(epochs: Sequence[Epoch], plan: Stretch, rate: float) -> tuple[Epoch, ...]:
    """Return the epochs as far as a sweep that was cut short goes."""
    if plan.length >= plan.planned:
        return tuple(epochs)
    end = plan.length / rate
    return tuple(replace(e, stop=min(e.stop, end)) for e in epochs if e.start < end)


def _copy_epochs(parts: _Parts) -> Sequence[tuple[Epoch, ...]]:
    """Return epochs found in a recorded copy, where no protocol tells them."""
    for i, entry in enumerate(parts.header.inputs):
        channel = next(c for c in parts.roles.channels if c.name == entry.name)
        if is_copy(entry) and channel.role is Role.COMMAND:
            scale = parts.roles.scales[entry.name]
            columns = [row[i] for row in parts.stored]
            return detected_epochs(columns, entry, scale, parts.rate)
    return [()] * len(parts.plan.sweeps)


def _digital_lines(parts: _Parts) -> tuple[list[_Line], list[Finding]]:
    """Return the digital outputs that were used."""
    setup = parts.header.digital
    if setup is None or parts.header.mode != EPISODES or not digital.lines_used(setup):
        return [], []
    owner = next((o for o in parts.header.outputs if o.number == setup.output), None)
    if owner is None or not any(epoch.kind for epoch in owner.epochs):
        return [], []
    try:
        digital.check(parts.header, setup)
        replaced = replacements(parts.header, owner)
        made = [
            pieces(parts.header, owner, replaced, i, length)
            for i, length in enumerate(parts.lengths)
        ]
    except UnknownWaveformError as error:
        return [], [Finding("digital outputs", "", Basis.UNKNOWN, str(error))]
    lines = []
    for line in digital.lines_used(setup):
        name = f"digital {line}"
        why = f"digital output {line}, set by the epochs of {owner.name}"
        traces, epochs = [], []
        for plan, stretches in zip(parts.plan.sweeps, made, strict=True):
            make = partial(digital.line_values, setup, line, stretches)
            traces.append(Trace(Rendered(plan.length, make), parts.rate))
            listed = digital.line_epochs(setup, line, stretches, parts.rate, name)
            epochs.append(_clipped(listed, plan, parts.rate))
        lines.append(_Line(Channel(name, Role.AUXILIARY, "", evidence=why), traces, epochs))
    return lines, []


# Everything else ------------------------------------------------------------------------------


def _electrodes(header: AbfHeader, roles: Assignment) -> tuple[Electrode, ...]:
    told = {entry.name: entry.telegraph for entry in header.inputs}
    found = []
    for channel in roles.channels:
        if channel.role is Role.RESPONSE:
            telegraph = told[channel.name]
            device = INSTRUMENTS.get(telegraph.instrument, "") if telegraph else ""
            found.append(Electrode(channel.electrode, device=device))
    return tuple(found)


def _tags(header: AbfHeader, sweeps: Sequence[Sweep]) -> tuple[Tag, ...]:
    starts = [sweep.start for sweep in sweeps]
    tags = []
    for ticks, text in header.tags:
        time = ticks * header.clock
        sweep = int(np.searchsorted(starts, time, side="right")) - 1
        tags.append(Tag(time, text, sweep if sweep >= 0 else None))
    return tuple(tags)


def _provenance(header: AbfHeader, path: Path) -> Provenance:
    protocol = PureWindowsPath(header.protocol_path)
    extra = {"protocol path": header.protocol_path} if header.protocol_path else {}
    return Provenance(
        source=path.name,
        format="ABF " + ".".join(map(str, header.version)),
        reader=f"pyabf {import_module('pyabf').__version__}",
        creator=header.creator,
        protocol=protocol.stem if protocol.suffix.lower() == ".pro" else "",
        identifier=header.identifier,
        comment=header.comment,
        extra={**extra, **telegraphed(header)},
    )


def _other_findings(header: AbfHeader, used: Sequence[Played]) -> list[Finding]:
    found = []
    for played in used:
        name = played.output.name
        if played.unknown:
            found.append(Finding(f"waveform of {name}", "", Basis.UNKNOWN, played.unknown))
        found += _about_lists(header, played)
        if played.stimulus is not None and played.output.file is not None:
            setting = played.output.file
            why = f"{name} played it, times {setting.scale:g}, plus {setting.offset:g}"
            found.append(Finding("stimulus file", played.stimulus.path.name, Basis.STATED, why))
        if played.output.subtracts_leak:
            why = f"the protocol of {name} subtracts leak (P/N); the response may be corrected"
            found.append(Finding("leak subtraction", "on", Basis.STATED, why))
        if played.output.level_after_train is not None:
            why = f"a conditioning train on {name} precedes each sweep and is not recorded"
            found.append(Finding("conditioning train", "on", Basis.STATED, why))
    if header.alternates:
        why = "outputs 0 and 1 play their waveforms in turn, sweep by sweep"
        found.append(Finding("alternating outputs", "on", Basis.STATED, why))
    if header.start_time is None:
        why = f"the header's date is impossible ({header.start_text})"
        found.append(Finding("start_time", "", Basis.UNKNOWN, why))
    return found


def _about_lists(header: AbfHeader, played: Played) -> list[Finding]:
    if played.unknown:
        return []
    return [
        Finding(
            "user list",
            f"{name} of epoch {epoch_label(epoch)} of {played.output.name}",
            Basis.STATED,
            f"{', '.join(f'{v:g}' for v in entry.values)}; they replace first value and increment",
        )
        for (epoch, name), entry in replacements(header, played.output).items()
        if entry.values
    ]
