"""From series and sweep plans to channels, traces and sweeps.

Each electrode in each clamp mode is one response and one command channel; a sweep has the channels
that were recorded in it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from loligo.errors import SelectionError, UndeterminedError, suggest
from loligo.recording.channel import Channel, ClampMode, Electrode, Role
from loligo.recording.io.nwb.fields import SeriesKind
from loligo.recording.io.nwb.intervals import read_epochs
from loligo.recording.io.nwb.pairing import Part, SweepPlan
from loligo.recording.io.nwb.series import StoredSeries
from loligo.recording.io.nwb.session import read_electrode
from loligo.recording.io.options import GivenUnit, ReadOptions
from loligo.recording.io.roles import known_unit
from loligo.recording.provenance import Basis, Finding
from loligo.recording.samples import StoredInHdf5
from loligo.recording.sweep import Sweep, Trace
from loligo.units import INTERNAL_UNITS, resolve

_TITLES = {
    "VoltageClampSeries": "current",
    "VoltageClampStimulusSeries": "command voltage",
    "CurrentClampSeries": "voltage",
    "CurrentClampStimulusSeries": "command current",
    "IZeroClampSeries": "voltage at I=0",
}


class Assembly:
    """Collects channels, electrodes and sweeps of one file."""

    def __init__(
        self, file: Any, path: Path, series: dict[str, StoredSeries], options: ReadOptions
    ) -> None:
        self.channels: dict[str, Channel] = {}
        self.electrodes: dict[str, Electrode] = {}
        self._file = file
        self._path = path
        self._series = series
        self._options = options
        self._sweeps: list[Sweep] = []
        self._rows: list[int | None] = []
        self._clocks: list[str] = []
        self._check_options()

    def _check_options(self) -> None:
        kinds = {e.name: e for e in self._series.values() if e.kind is not None}
        names = {*kinds, *(_channel_name(e) for e in kinds.values())}
        options = self._options
        for wanted in (*options.response, *(name for name in options.units if name)):
            if wanted not in names:
                raise SelectionError(
                    f"{self._path.name}: no channel or series {wanted!r}; {suggest(wanted, names)}"
                )
        if options.command is not None:
            raise SelectionError(
                f"{self._path.name}: command= is not for NWB files; their types say which "
                "series is a command"
            )
        modes = sorted({e.kind.clamp_mode.value for e in kinds.values() if e.kind})
        if options.clamp_mode is not None and modes != [options.clamp_mode.value]:
            raise SelectionError(
                f"{self._path.name}: clamp_mode= is {options.clamp_mode.value}, but the types of "
                f"its series say {', '.join(modes)}"
            )

    def add(self, plan: SweepPlan) -> None:
        """Add one sweep, or nothing where `response` excludes it."""
        parts = self._chosen(plan.parts)
        if not parts:
            return
        starts = {part: self._start(part) for part in parts}
        start = min(starts.values())
        traces: dict[str, Trace] = {}
        told = ""
        for part in parts:
            entry = self._series[part.path]
            channel, factor, offset = self._channel(entry)
            if channel.name in traces:
                raise UndeterminedError(
                    self._path,
                    f"sweep {plan.number} has two series for {channel.name!r} ({entry.path})",
                    "Pass response= with the name of one series",
                )
            traces[channel.name] = Trace(
                StoredInHdf5(
                    self._path, entry.path + "/data", part.count, entry.dtype, entry.column,
                    part.first,
                ),
                self._rate(entry),
                entry.conversion * factor,
                entry.offset * factor + offset,
                starts[part] - start,
                entry.rig,
            )  # fmt: skip
            told = told or (entry.stimulus if entry.stimulus not in {"", "N/A"} else "")
        self._rows.append(plan.row)
        self._sweeps.append(Sweep(plan.number, start, traces, description=told))

    def _chosen(self, parts: list[Part]) -> list[Part]:
        if not self._options.response:
            return parts
        responses = [part for part in parts if self._is_chosen(self._series[part.path])]
        groups = {self._group(part) for part in responses}
        commands = [
            part
            for part in parts
            if self._kind(part).role is Role.COMMAND and self._group(part) in groups
        ]
        return responses + commands

    def _is_chosen(self, entry: StoredSeries) -> bool:
        names = {entry.name, _channel_name(entry)}
        return not names.isdisjoint(self._options.response)

    def _kind(self, part: Part) -> SeriesKind:
        kind = self._series[part.path].kind
        assert kind is not None
        return kind

    def _group(self, part: Part) -> tuple[str, ClampMode]:
        return self._series[part.path].electrode, self._kind(part).clamp_mode

    def _rate(self, entry: StoredSeries) -> float:
        given = self._options.sampling_rate
        if entry.rate is None:
            if given is None:
                raise UndeterminedError(
                    self._path, f"{entry.path} states no sampling rate", "Pass sampling_rate="
                )
            return given
        if given is not None and abs(given - entry.rate) > 1e-6 * given:
            raise SelectionError(
                f"{self._path.name}: sampling_rate={given:g} kHz, but {entry.path} states "
                f"{entry.rate:g} kHz"
            )
        if entry.clock:
            self._clocks.append(entry.name)
        return entry.rate

    def _start(self, part: Part) -> float:
        entry = self._series[part.path]
        return entry.start + part.first / self._rate(entry)

    def _channel(self, entry: StoredSeries) -> tuple[Channel, float, float]:
        """Return the channel of a series, with factor and offset from the file's to its unit."""
        kind = entry.kind
        assert kind is not None
        name = _channel_name(entry)
        given = self._given(entry, name, kind)
        stated = known_unit(entry.unit)
        if given is None and (stated is None or stated.factor != resolve(kind.unit).factor
                              or stated.dimension != kind.dimension):  # fmt: skip
            raise UndeterminedError(
                self._path,
                f"{entry.path} states the unit {entry.unit!r} where NWB fixes {kind.unit!r}",
                f"Pass unit={{{entry.name!r}: {kind.unit!r}}} (or the unit it truly has)",
            )
        if entry.electrode and entry.electrode not in self.electrodes:
            self.electrodes[entry.electrode] = read_electrode(self._file, entry.electrode)
        if name not in self.channels:
            why = f"type {kind.type_name}" + (", unit given" if given else "")
            self.channels[name] = Channel(
                name, kind.role, INTERNAL_UNITS[kind.dimension], kind.clamp_mode,
                entry.electrode.rsplit("/", 1)[-1], entry.unit, why,
            )  # fmt: skip
        unit = given.unit if given is not None else resolve(kind.unit)
        scale = given.scale if given is not None else 1.0
        return self.channels[name], scale * unit.factor, unit.offset

    def _given(self, entry: StoredSeries, name: str, kind: SeriesKind) -> GivenUnit | None:
        options = self._options
        is_response = kind.role is Role.RESPONSE
        given = options.units.get(entry.name) or options.unit_of(name, is_response=is_response)
        if given is None and not is_response:
            given = options.command_unit
        if given is not None and given.unit.dimension != kind.dimension:
            raise SelectionError(
                f"{self._path.name}: {entry.name} is a {kind.type_name}, a {kind.dimension}; "
                f"{given.unit.name!r} is a unit of {given.unit.dimension}"
            )
        return given

    def findings(self) -> list[Finding]:
        """Return how the responses and modes are known, and which response has no command."""
        responses = [c for c in self.channels.values() if c.role is Role.RESPONSE]
        commanded = {
            (c.electrode, c.clamp_mode) for c in self.channels.values() if c.role is Role.COMMAND
        }
        basis = Basis.GIVEN if self._options.response else Basis.STATED
        modes = dict.fromkeys(c.clamp_mode.value for c in responses if c.clamp_mode)
        found = [
            Finding("response", ", ".join(c.name for c in responses), basis, "types of the series"),
            Finding("clamp_mode", ", ".join(modes), Basis.STATED, "types of the series"),
        ]
        found += [
            Finding("command", "", Basis.UNKNOWN, f"the file holds no command for {c.name}")
            for c in responses
            if (c.electrode, c.clamp_mode) not in commanded
            and c.clamp_mode is not ClampMode.ZERO_CURRENT
        ]
        if self._clocks:
            told = f"regular timestamps taken as a rate: {', '.join(dict.fromkeys(self._clocks))}"
            found.append(Finding("sampling_rate", "", Basis.INFERRED, told))
        return found

    def finished(self) -> tuple[tuple[Sweep, ...], list[Finding]]:
        """Return the sweeps, with start times and epochs, and what was found about these."""
        sweeps, findings = self._sweeps, []
        if _overlap(sweeps):
            sweeps = _end_to_end(sweeps)
            told = "the stated starts make sweeps of one electrode overlap; laid end to end"
            findings.append(Finding("sweep_starts", "", Basis.UNKNOWN, told))
        starts = {
            row: s.start for row, s in zip(self._rows, sweeps, strict=True) if row is not None
        }
        stated = read_epochs(self._file, starts, self.channels)
        if stated:
            placed = (
                replace(s, epochs=stated.get(-1 if row is None else row, ()))
                for row, s in zip(self._rows, sweeps, strict=True)
            )
            told = "the file's table of epochs"
            return tuple(placed), [*findings, Finding("epochs", "", Basis.STATED, told)]
        return tuple(sweeps), findings


def _channel_name(entry: StoredSeries) -> str:
    assert entry.kind is not None
    electrode = entry.electrode.rsplit("/", 1)[-1] or "electrode"
    return f"{electrode} {_TITLES[entry.kind.type_name]}"


def _overlap(sweeps: list[Sweep]) -> bool:
    """Tell whether any channel would have been recorded twice at one time."""
    ends: dict[str, float] = {}
    for sweep in sorted(sweeps, key=lambda s: s.start):
        for name, trace in sweep.traces.items():
            begin = sweep.start + trace.start
            if begin < ends.get(name, -float("inf")) - 1 / trace.sampling_rate:
                return True
            ends[name] = begin + trace.duration
    return False


def _end_to_end(sweeps: list[Sweep]) -> list[Sweep]:
    placed, start = [], 0.0
    for sweep in sweeps:
        placed.append(replace(sweep, start=start))
        start += sweep.duration
    return placed
