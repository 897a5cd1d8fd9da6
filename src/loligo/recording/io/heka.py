"""HEKA PatchMaster bundles (.dat), read with myokit (extra ``heka``).

A bundle holds groups of series of sweeps. All sweeps of all series become sweeps of one recording,
in the order they were recorded in; each names its group and series in its description and its
attributes. The clamp mode is the one the stimulus states. Where series of both modes share a
channel's name, the mode is put behind the name.

The command is not reconstructed from the stimulus tree: myokit misreads whether a stimulus was
played from a template file and then reports a flat command. What was recorded of the command
(``Vmon``) is a monitor; a channel or a file can be passed as ``command=``. A prediction of the
series-resistance compensation is not in the file (one number serves both), so it is unknown.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np

from loligo.errors import DamagedFileError, MissingDependencyError, ReadError
from loligo.recording.channel import ClampMode
from loligo.recording.found_epochs import with_found_epochs
from loligo.recording.io.build import (
    StoredSweep,
    StoredTrace,
    assembled,
    check_command,
    check_sweeps,
    given_findings,
    rate_of,
    with_command_unit,
)
from loligo.recording.io.command_file import join_command
from loligo.recording.io.heka_amplifier import (
    amplifier_notes,
    corrections,
    resistances,
    rig_state,
)
from loligo.recording.io.heka_tree import check_bundle
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Assignment, Input, assign_roles
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording
from loligo.recording.samples import Samples


@dataclass(frozen=True, eq=False, slots=True)
class _Series:
    """One series with the mode its stimulus states."""

    group: str
    label: str
    mode: ClampMode | None
    series: Any


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read every series of a bundle."""
    patchmaster = _patchmaster()
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        from_template = check_bundle(path, data)
    try:
        with patchmaster.PatchMasterFile(str(path)) as bundle:
            return _recording(path, bundle, options, from_template)
    except NotImplementedError as error:
        raise ReadError(path, f"it uses what the HEKA reader does not support: {error}") from error


def _patchmaster() -> Any:
    """Import myokit's reader, without the settings folder it makes in a home that has none."""
    try:
        if "myokit" in sys.modules or (Path.home() / ".config" / "myokit").exists():
            return _imported()
        homes = {name: os.environ.get(name) for name in ("HOME", "USERPROFILE")}
        with tempfile.TemporaryDirectory() as folder:
            try:
                os.environ.update(dict.fromkeys(homes, folder))
                return _imported()
            finally:
                for name, value in homes.items():
                    if value is None:
                        del os.environ[name]
                    else:
                        os.environ[name] = value
    except ImportError as error:
        raise MissingDependencyError(
            'HEKA files are read with myokit, which is missing; pip install "loligo[heka]"'
        ) from error


def _imported() -> Any:
    from myokit.formats import heka

    return heka


def _recording(path: Path, bundle: Any, options: ReadOptions, from_template: bool) -> Recording:
    series = [
        _Series(group.label(), entry.label(), _mode(entry), entry)
        for group in bundle
        for entry in group
        if len(entry) and any(len(sweep) for sweep in entry)
    ]
    if not series:
        raise ReadError(path, "it holds no series with recorded sweeps")
    is_mixed = len({entry.mode for entry in series}) > 1
    first = min(sweep.time() for entry in series for sweep in entry.series)
    inputs: dict[ClampMode | None, dict[str, Input]] = {}
    sweeps: list[StoredSweep] = []
    for entry in series:
        known = inputs.setdefault(entry.mode, {})
        sweeps += [_sweep(path, entry, s, first, known, is_mixed) for s in entry.series]
    sweeps.sort(key=lambda sweep: sweep.start or 0.0)
    check_sweeps(path, sweeps)
    names = [name for known in inputs.values() for name in known]
    check_command(path, names, options)
    assignment = _assignment(path, [list(known.values()) for known in inputs.values()], options)
    provenance = Provenance(
        source=path.name,
        format=f"HEKA PatchMaster {bundle.version()}",
        reader=_reader(),
        creator="PatchMaster",
        protocol=", ".join(dict.fromkeys(entry.label for entry in series)),
        extra=amplifier_notes(_states(series)),
    )
    findings = []
    if from_template:
        findings.append(
            Finding(
                "stimulus",
                "template file",
                Basis.STATED,
                "a stimulus was played from a template file, which is not in the bundle",
            )
        )
    recording = replace(
        assembled(assignment, sweeps, provenance, [*findings, *given_findings(options, [])]),
        start_time=first.replace(tzinfo=None),
        corrections=corrections(path, _states(series), assignment.channels),
        problems=_problems(series),
    )
    return with_found_epochs(join_command(recording, path, options))


def _reader() -> str:
    import myokit

    return f"myokit {myokit.__version__}"


def _mode(series: Any) -> ClampMode | None:
    """Return the mode of the stimulus' outputs, ``None`` where they state none or several."""
    modes = {
        {"VC": ClampMode.VOLTAGE_CLAMP, "CC": ClampMode.CURRENT_CLAMP}.get(
            channel.amplifier_mode().name
        )
        for channel in series.stimulus()
    } - {None}
    return modes.pop() if len(modes) == 1 else None


def _assignment(path: Path, groups: Sequence[list[Input]], options: ReadOptions) -> Assignment:
    """Assign roles among the channels of each clamp mode."""
    told = with_command_unit([entry.name for group in groups for entry in group], options)
    if len(groups) == 1:
        return assign_roles(path, groups[0], (), told)
    parts = []
    for inputs in groups:
        names = {entry.name for entry in inputs}
        part = replace(
            told,
            response=tuple(name for name in told.response if name in names),
            units={name: unit for name, unit in told.units.items() if not name or name in names},
        )
        parts.append(assign_roles(path, inputs, (), part))
    return Assignment(
        tuple(channel for part in parts for channel in part.channels),
        tuple(finding for part in parts for finding in part.findings),
        {name: scale for part in parts for name, scale in part.scales.items()},
        {},
    )


def _sweep(
    path: Path, entry: _Series, sweep: Any, first: Any, known: dict[str, Input], is_mixed: bool
) -> StoredSweep:
    state = entry.series.amplifier_state()
    traces = {}
    attributes = {"group": entry.group, "series": entry.label}
    for trace in sweep:
        mode = f" ({entry.mode.value.replace('_', ' ')})" if is_mixed and entry.mode else ""
        name = f"{trace.label()}{mode}"
        if name in traces:
            raise ReadError(path, f"two channels of series {entry.label!r} are named {name!r}")
        unit = _unit(trace)
        stated = known.setdefault(name, Input(name, unit, stated_mode=entry.mode))
        if stated.file_unit != unit:
            raise ReadError(
                path, f"channel {name!r} is in {stated.file_unit} in one series, in {unit} in one"
            )
        traces[name] = StoredTrace(
            samples=_samples(path, trace),
            sampling_rate=rate_of(trace._dt, "s"),
            gain=trace._data_scale,
            start=trace._t0 * 1e3,
            rig_state=rig_state(state, entry.mode) if state is not None else None,
        )
        attributes |= resistances(trace)
    description = " / ".join(text for text in (entry.group, entry.label, sweep.label()) if text)
    start = (sweep.time() - first).total_seconds() * 1e3
    return StoredSweep(traces, start, None, description, attributes)


def _unit(trace: Any) -> str:
    import myokit

    named = {myokit.units.A: "A", myokit.units.V: "V"}
    unit: str = named.get(trace.value_unit(), str(trace.value_unit()).strip("[]"))
    return unit


def _samples(path: Path, trace: Any) -> Samples:
    """Map the stored integers; myokit's own `values` would load and scale them all."""
    kind, place, count = np.dtype(trace._data_type), trace._data_pos, trace._n
    if trace._data_interleave_size and trace._data_interleave_skip:
        raise NotImplementedError("interleaved data")
    if place < 0 or count < 0 or place + count * kind.itemsize > path.stat().st_size:
        raise DamagedFileError(
            path, f"channel {trace.label()!r} should have {count} samples from byte {place} on"
        )
    if count == 0:
        return np.empty(0, kind)
    return np.memmap(path, kind, "r", offset=place, shape=(count,))


def _problems(series: Sequence[_Series]) -> tuple[str, ...]:
    return tuple(
        f"series {entry.label!r} of group {entry.group!r} was stopped after "
        f"{len(entry.series)} of {entry.series._intended_sweep_count} sweeps"
        for entry in series
        if len(entry.series) < entry.series._intended_sweep_count
    )


def _states(series: Sequence[_Series]) -> dict[str, Any]:
    """Return the amplifier's state of each series that has one."""
    states = {f"{e.group} / {e.label}": e.series.amplifier_state() for e in series}
    return {label: state for label, state in states.items() if state is not None}
