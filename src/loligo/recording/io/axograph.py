"""AxoGraph files (.axgr Graph, .axgd Digitized, .axgx X), read with neo.

All three hold columns. What makes a column an episode (a sweep) of a channel is read from

- AxoGraph X: the trace and group tables of the file. A group is a channel, its traces are its
  episodes; only the first column of a group carries title and unit.
- the older formats, which have no such tables: titles that repeat (each repetition is one more
  episode of the channel of that title), or untitled columns (``ColumnN``, no unit) whose scale
  factors repeat those of the titled columns in order, to the last bit.

Columns that neither explains stay channels of their own, without unit; ``response=`` and ``unit=``
then settle what is what. The first sample lies one interval after the start of an episode, as the
time column says.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loligo.errors import DamagedFileError
from loligo.recording.io.build import StoredSweep, StoredTrace, build, rate_of
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Input
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording
from loligo.recording.sweep import Tag

_FORMATS = {1: "AxoGraph Graph", 2: "AxoGraph Digitized"}
_WITHOUT_TITLE = re.compile(r"(Column ?\d+)?")


@dataclass(frozen=True, slots=True)
class _Column:
    place: int
    title: str
    unit: str
    scale: tuple[str, float]

    @property
    def is_titled(self) -> bool:
        return bool(self.unit) or not _WITHOUT_TITLE.fullmatch(self.title)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The channels, and for each the place of its column in each episode."""

    inputs: tuple[Input, ...]
    places: tuple[tuple[int, ...], ...]
    evidence: str


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read all columns as episodes of the channels they belong to."""
    from neo.rawio import AxographRawIO

    raw = AxographRawIO(filename=str(path), force_single_segment=True)
    raw.logger.setLevel(logging.ERROR)  # what it warns of is in the recording's problems
    raw.parse_header()
    header = raw.header["signal_channels"]
    if len(header) == 0:
        raise DamagedFileError(path, "it holds no columns of data")
    columns = [
        _Column(i, str(c["name"]), str(c["units"]), (str(c["dtype"]), float(c["gain"])))
        for i, c in enumerate(header)
    ]
    layout = _from_groups(raw.info, columns) or _from_titles(columns) or _separate(columns)
    rate = rate_of(float(raw.info["sampling_period"]), "s")
    start = float(raw.info["t_start"]) * 1e3
    sweeps = [
        StoredSweep(
            {
                entry.name: _trace(raw, header, places[episode], rate, start)
                for entry, places in zip(layout.inputs, layout.places, strict=True)
            }
        )
        for episode in range(len(layout.places[0]))
    ]
    recording = build(
        path,
        layout.inputs,
        sweeps,
        options,
        _provenance(path, raw),
        [Finding("sweeps", str(len(sweeps)), Basis.INFERRED, layout.evidence)],
    )
    return replace(
        recording,
        start_time=raw.raw_annotations["blocks"][0].get("rec_datetime"),
        tags=_tags(raw.info),
        problems=(*recording.problems, *_problems(raw.info)),
    )


def _trace(raw: Any, header: Any, place: int, rate: float, start: float) -> StoredTrace:
    samples = raw.get_analogsignal_chunk(stream_index=0, channel_indexes=[place])[:, 0]
    column = header[place]
    return StoredTrace(samples, rate, float(column["gain"]), float(column["offset"]), start)


def _from_groups(info: dict[str, Any], columns: Sequence[_Column]) -> _Layout | None:
    """Read the layout from AxoGraph X's tables, where they are whole and agree."""
    traces, groups = info.get("trace_header_info_list"), info.get("group_header_info_list")
    if not traces or not groups:
        return None
    members: dict[int, list[int]] = {}
    for trace in traces.values():
        place = trace["y_index"] - 1
        if not 0 <= place < len(columns):
            return None
        members.setdefault(int(trace["group_id_for_this_trace"]), []).append(place)
    titles = {int(key): group for key, group in groups.items()}
    lengths = {len(places) for places in members.values()}
    used = sorted(place for places in members.values() for place in places)
    if len(lengths) != 1 or used != list(range(len(columns))) or not set(members) <= set(titles):
        return None
    names = _unique([str(titles[group]["title"]) or f"group {group}" for group in members])
    inputs = tuple(
        Input(name, str(titles[group]["units"])) for name, group in zip(names, members, strict=True)
    )
    (count,) = lengths
    evidence = f"the file groups its {len(columns)} columns by channel, {count} in each group"
    return _Layout(inputs, tuple(tuple(places) for places in members.values()), evidence)


def _from_titles(columns: Sequence[_Column]) -> _Layout | None:
    """Read the layout from titles, or scale factors, that repeat."""
    kinds = [(column.title, column.unit) for column in columns]
    counts = set(Counter(kinds).values())
    names = list(dict.fromkeys(kinds))
    repeats = kinds == names * (len(kinds) // len(names))
    if repeats and (len(counts) == 1) and all(column.is_titled for column in columns):
        evidence = "the titles of the columns repeat" if counts != {1} else "each column is titled"
        return _layout(columns, len(names), evidence)
    titled = [column for column in columns if column.is_titled]
    count = len(titled)
    if not titled or columns[:count] != titled or len(columns) % count:
        return None
    scales = [column.scale for column in titled]
    is_scaled = all(kind.endswith("h") for kind, _ in scales)
    if not is_scaled or len(set(scales)) != count:
        return None
    if any(column.scale != scales[column.place % count] for column in columns):
        return None
    return _layout(
        columns,
        count,
        f"the scale factors of the {len(columns) - count} untitled columns repeat those of "
        + " and ".join(column.title for column in titled),
    )


def _layout(columns: Sequence[_Column], count: int, evidence: str) -> _Layout:
    names = _unique([column.title or f"column {column.place + 1}" for column in columns[:count]])
    return _Layout(
        tuple(Input(name, c.unit) for name, c in zip(names, columns[:count], strict=True)),
        tuple(tuple(range(place, len(columns), count)) for place in range(count)),
        evidence,
    )


def _separate(columns: Sequence[_Column]) -> _Layout:
    return _layout(columns, len(columns), "nothing in the file groups its columns into episodes")


def _unique(names: Sequence[str]) -> list[str]:
    """Return the names, numbered where they occur twice."""
    counts = Counter(names)
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if counts[name] == 1 else f"{name} ({seen[name]})")
    return unique


def _provenance(path: Path, raw: Any) -> Provenance:
    import neo

    version = raw.info["format_ver"]
    notes = str(raw.info.get("notes", ""))
    protocol = re.search(r"^Protocol : *(.+?) *$", notes, re.MULTILINE)
    return Provenance(
        source=path.name,
        format=f"{_FORMATS.get(version, 'AxoGraph X')} {version}",
        reader=f"neo {neo.__version__}",
        creator="AxoGraph",
        protocol=protocol[1] if protocol else "",
        comment=str(raw.info.get("comment", "")),
        extra={"notes": notes} if notes else {},
    )


def _tags(info: dict[str, Any]) -> tuple[Tag, ...]:
    return tuple(
        Tag(float(event["time"]) * 1e3, str(event["title"]))
        for event in info.get("event_list", ())
        if event["time"] >= 0
    )


def _problems(info: dict[str, Any]) -> tuple[str, ...]:
    if info["format_ver"] >= 3 and "x_axis_settings_info" not in info:
        return ("the file ends before its notes, groups and tags are complete",)
    return ()
