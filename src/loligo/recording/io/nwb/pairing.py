"""Which series belong together: response with command, electrodes of one sweep, sweep after sweep.

The tables of NWB 2.4 and later say it; before them each series carried a sweep number; a file with
neither is paired by the names of its series.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from loligo.recording.channel import Role
from loligo.recording.io.nwb.guarded import load
from loligo.recording.io.nwb.series import StoredSeries

_ICEPHYS = "general/intracellular_ephys"
_WORDS = re.compile(r"stimulus|stim|command|response|series|acquisition|acq|presentation", re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a series: ``count`` samples from ``first``."""

    path: str
    first: int
    count: int


@dataclass(slots=True)
class SweepPlan:
    """The stretches recorded together; `row` is the id of its simultaneous recording."""

    number: int
    parts: list[Part] = field(default_factory=list)
    row: int | None = None


def plan_sweeps(file: Any, series: Mapping[str, StoredSeries]) -> tuple[list[SweepPlan], list[str]]:
    """Group the patch-clamp series of a file into sweeps.

    Parameters
    ----------
    file : h5py.File
    series : mapping of path to StoredSeries
        The usable ones.

    Returns
    -------
    list of SweepPlan
    list of str
        How they were grouped, in words.
    """
    rest = {path: entry for path, entry in series.items() if entry.kind is not None}
    plans: list[SweepPlan] = []
    words: list[str] = []
    if f"{_ICEPHYS}/intracellular_recordings" in file:
        plans, how = _from_tables(file, rest)
        if plans:
            words.append(how)
        for plan in plans:
            for part in plan.parts:
                rest.pop(part.path, None)
    numbers = _numbers(file, rest)
    numbered = {path: entry for path, entry in rest.items() if path in numbers}
    if numbered:
        plans += _from_keys(numbered, numbers)
        words.append("by the sweep number of each series")
    unnumbered = {path: entry for path, entry in rest.items() if path not in numbers}
    if unnumbered:
        plans += _from_names(unnumbered, len(plans))
        words.append("by the names of the series, where the file has neither table nor number")
    return plans, words


def _from_tables(file: Any, series: Mapping[str, StoredSeries]) -> tuple[list[SweepPlan], str]:
    table = file[f"{_ICEPHYS}/intracellular_recordings"]
    rows: list[list[Part]] = [[] for _ in range(len(table["id"]))]
    paths = _addresses(file, series)
    for column in ("responses/response", "stimuli/stimulus"):
        cells = load(table, column) if column in table else ()
        for row, cell in zip(rows, cells, strict=False):
            row.extend(_parts(file, cell, paths, series))
    together = f"{_ICEPHYS}/simultaneous_recordings"
    if together not in file:
        plans = [SweepPlan(i, parts) for i, parts in enumerate(rows) if parts]
        return plans, "by the table of intracellular recordings, one sweep a row"
    members = load(file[together], "recordings").tolist()
    identifiers = load(file[together], "id").tolist()
    ends = load(file[together], "recordings_index").tolist()
    plans, placed = [], set()
    for number, begin, end in zip(identifiers, [0, *ends[:-1]], ends, strict=True):
        chosen = [row for row in members[begin:end] if 0 <= row < len(rows)]
        placed.update(chosen)
        parts = [part for row in chosen for part in rows[row]]
        told = {series[part.path].sweep_number for part in parts}
        (stated,) = told if len(told) == 1 else (None,)
        plans.append(SweepPlan(number if stated is None else stated, parts, number))
    plans += [
        SweepPlan(len(plans) + k, rows[row])
        for k, row in enumerate(i for i in range(len(rows)) if i not in placed)
    ]
    return [plan for plan in plans if plan.parts], "by the table of simultaneous recordings"


def _addresses(file: Any, series: Iterable[str]) -> dict[int, str]:
    """Return the path of each series by its address; asking HDF5 for a name is slow."""
    import h5py

    return {h5py.h5o.get_info(file[path].id).addr: path for path in series}


def _referred(file: Any, reference: Any, paths: Mapping[int, str]) -> str:
    """Return the path of the series a reference points at, ``""`` where it is not one of them."""
    import h5py

    return paths.get(h5py.h5o.get_info(file[reference].id).addr, "") if reference else ""


def _parts(
    file: Any, cell: Any, paths: Mapping[int, str], series: Mapping[str, StoredSeries]
) -> Iterable[Part]:
    """Return the stretch that one cell of the table refers to, if it does."""
    first, count, reference = cell
    if first < 0 or count < 0:
        return
    path = _referred(file, reference, paths)
    if path and first + count <= series[path].length:
        yield Part(path, int(first), int(count))


def _numbers(file: Any, series: Mapping[str, StoredSeries]) -> dict[str, int]:
    """Return the sweep number of each series, from itself or from the old sweep table."""
    numbers = {
        path: entry.sweep_number for path, entry in series.items() if entry.sweep_number is not None
    }
    table = file.get(f"{_ICEPHYS}/sweep_table")
    if len(numbers) == len(series) or table is None:
        return numbers
    begin = 0
    paths = _addresses(file, series)
    for end, number in zip(load(table, "series_index"), load(table, "sweep_number"), strict=True):
        for reference in table["series"][begin:end]:
            path = _referred(file, reference, paths)
            if path:
                numbers.setdefault(path, int(number))
        begin = int(end)
    return numbers


def _from_keys(series: Mapping[str, StoredSeries], keys: Mapping[str, int]) -> list[SweepPlan]:
    """Put series of one number into one sweep; a channel that recurs begins another of its own."""
    plans: list[SweepPlan] = []
    by_number: dict[int, list[StoredSeries]] = defaultdict(list)
    for path in sorted(series, key=natural):
        by_number[keys[path]].append(series[path])
    for number in sorted(by_number):
        runs: dict[int, SweepPlan] = {}
        seen: dict[tuple[str, str], int] = defaultdict(int)
        for entry in by_number[number]:
            assert entry.kind is not None
            channel = (entry.electrode, entry.kind.type_name)
            run = runs.setdefault(seen[channel], SweepPlan(number))
            run.parts.append(Part(entry.path, 0, entry.length))
            seen[channel] += 1
        plans += [runs[k] for k in sorted(runs)]
    return plans


def _from_names(series: Mapping[str, StoredSeries], first_number: int) -> list[SweepPlan]:
    """Pair response and command whose names differ only in words such as 'stimulus'."""
    groups: dict[tuple[str, str, str], list[StoredSeries]] = defaultdict(list)
    for path in sorted(series, key=natural):
        entry = series[path]
        assert entry.kind is not None
        key = _WORDS.sub("", entry.name).strip(" _-").lower()
        groups[entry.electrode, entry.kind.clamp_mode.value, key].append(entry)
    plans: list[SweepPlan] = []
    for members in groups.values():
        responses = [e for e in members if e.kind and e.kind.role is Role.RESPONSE]
        commands = [e for e in members if e.kind and e.kind.role is Role.COMMAND]
        paired = len(responses) == len(commands) == 1
        sets = [[*responses, *commands]] if paired else [[entry] for entry in members]
        plans += [SweepPlan(0, [Part(e.path, 0, e.length) for e in chosen]) for chosen in sets]
    plans.sort(key=lambda plan: (series[plan.parts[0].path].start, natural(plan.parts[0].path)))
    for number, plan in enumerate(plans):
        plan.number = first_number + number
    return plans


def natural(name: str) -> list[tuple[int, int | str]]:
    """Return a sorting key in which 'sweep 2' comes before 'sweep 10'."""
    return [(0, int(p)) if p.isdigit() else (1, p) for p in re.split(r"(\d+)", name)]
