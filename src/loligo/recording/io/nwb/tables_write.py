"""Traces, tables, epochs and tags of a recording, put into an NWB file to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loligo.recording.channel import Channel, Role
from loligo.recording.io.nwb.document import PLACE, native_text, to_document
from loligo.recording.io.nwb.intervals import (
    COLUMNS,
    TAG_COLUMNS,
    columns_of,
    tag_columns_of,
)
from loligo.recording.io.nwb.series_write import SeriesWriter
from loligo.recording.io.nwb.session import NOT_STATED
from loligo.recording.io.nwb.truth import add_traces
from loligo.recording.recording import Recording

Row = tuple[Channel | None, Channel | None]
"""Response and command of one row of the table of intracellular recordings."""


def add_recording(session: Any, recording: Recording) -> None:
    """Add everything that a recording holds to a `pynwb.NWBFile`."""
    writer = SeriesWriter(session, recording)
    for index, sweep in enumerate(recording.sweeps):
        for name in sweep.traces:
            writer.add(index, name)
    _add_tables(session, recording, writer)
    _add_epochs(session, recording)
    _add_tags(session, recording)
    add_traces(session, recording.truth)
    session.add_scratch(
        to_document(recording, writer.places),
        name=PLACE.rsplit("/", 1)[-1],
        description="What NWB has no field for, as JSON; written and read by loligo.",
    )


def _rows(recording: Recording, index: int, writer: SeriesWriter) -> list[Row]:
    """Return response and command of each electrode and clamp mode, empty traces left out."""
    present = {name for name, trace in recording.sweeps[index].traces.items() if len(trace)}
    clamped = [c for c in recording.channels if c.name in present and writer.is_clamped(c)]
    rows: list[Row] = []
    taken: set[str] = set()
    for response in (c for c in clamped if c.role is Role.RESPONSE):
        command = next(
            (
                c
                for c in clamped
                if c.role is Role.COMMAND
                and (c.electrode, c.clamp_mode) == (response.electrode, response.clamp_mode)
                and c.name not in taken
            ),
            None,
        )
        taken |= {command.name} if command else set()
        rows.append((response, command))
    rows += [(None, c) for c in clamped if c.role is Role.COMMAND and c.name not in taken]
    return rows


def _add_tables(session: Any, recording: Recording, writer: SeriesWriter) -> None:
    """Add recordings, simultaneous, sequential, repetitions and conditions."""
    groups: list[tuple[tuple[str, ...], list[int]]] = []
    numbers: list[int] = []
    for index, sweep in enumerate(recording.sweeps):
        rows = _rows(recording, index, writer)
        if not rows:
            continue
        entries = [_add_row(session, index, row, writer) for row in rows]
        simultaneous = session.add_icephys_simultaneous_recording(recordings=entries, id=index)
        numbers.append(sweep.number)
        names = tuple(sorted(c.name for row in rows for c in row if c is not None))
        if not groups or groups[-1][0] != names:
            groups.append((names, []))
        groups[-1][1].append(simultaneous)
    if not numbers:
        return
    session.icephys_simultaneous_recordings.add_column(
        name="sweep_number", description="Number of the sweep in the source.", data=numbers
    )
    stimulus = native_text(recording.provenance.protocol) or NOT_STATED
    sequences = [
        session.add_icephys_sequential_recording(
            simultaneous_recordings=members, stimulus_type=stimulus
        )
        for _, members in groups
    ]
    repetition = session.add_icephys_repetition(sequential_recordings=sequences)
    session.add_icephys_experimental_condition(repetitions=[repetition])


def _add_row(session: Any, index: int, row: Row, writer: SeriesWriter) -> int:
    response, command = row
    channel = response or command
    assert channel is not None
    parts = {
        "response": writer.series[index, response.name] if response else None,
        "stimulus": writer.series[index, command.name] if command else None,
    }
    entry: int = session.add_intracellular_recording(
        electrode=writer.electrode(channel.electrode),
        **{name: series for name, series in parts.items() if series is not None},
    )
    return entry


def _add_epochs(session: Any, recording: Recording) -> None:
    columns = columns_of(recording)
    if columns["label"]:
        session.epochs = _intervals(
            "epochs", "Epochs of the command in each sweep.", COLUMNS, columns, columns["label"]
        )


def _add_tags(session: Any, recording: Recording) -> None:
    columns = tag_columns_of(recording)
    if columns["text"]:
        session.add_time_intervals(
            _intervals("tags", "Comments made while recording.", TAG_COLUMNS, columns)
        )


def _intervals(
    name: str,
    about: str,
    descriptions: Mapping[str, str],
    columns: Mapping[str, list[Any]],
    tags: Sequence[str] = (),
) -> Any:
    """Return a table of intervals; `tags` go into the column that other readers look for."""
    from hdmf.common import VectorData, VectorIndex
    from pynwb.epoch import TimeIntervals

    made = [
        VectorData(name=column, description=told, data=_native(columns[column]))
        for column, told in descriptions.items()
    ]
    names = list(descriptions)
    if tags:
        told = VectorData(name="tags", description="The label.", data=_native(tags))
        ends = list(range(1, len(tags) + 1))
        made += [told, VectorIndex(name="tags_index", data=ends, target=told)]
        names.append("tags")
    return TimeIntervals(name=name, description=about, columns=made, colnames=names)


def _native(column: Sequence[Any]) -> list[Any]:
    return [native_text(entry) if isinstance(entry, str) else entry for entry in column]
