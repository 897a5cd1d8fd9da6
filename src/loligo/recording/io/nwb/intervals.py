"""Epochs and tags as rows of NWB's tables of time intervals: the columns, written and read."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from loligo.recording.channel import Channel
from loligo.recording.io.nwb.fields import nwb_unit
from loligo.recording.io.nwb.guarded import load, text
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch, EpochKind, Tag

COLUMNS = {
    "start_time": "Start of epoch, in seconds.",
    "stop_time": "End of epoch (exclusive), in seconds.",
    "sweep": "Index of the sweep, counted from 0: id in the table of simultaneous recordings.",
    "label": "Label of the epoch: A, B, ... in the protocol, pre and post around it.",
    "kind": "What the command does: " + ", ".join(kind.value for kind in EpochKind) + ".",
    "channel": "Name of the command channel described; empty where there is none.",
    "unit": "Unit of level and start_level.",
    "level": "Level held, or reached at the end of a ramp; not-a-number where unknown.",
    "start_level": "Level at the start of a ramp, or between pulses; not-a-number where unknown.",
    "pulse_period": "Period of a train of pulses, in seconds; not-a-number where there is none.",
    "pulse_width": "Width of each pulse, in seconds; not-a-number where there is none.",
    "source": "'protocol' where the source states the epoch, 'detected' where found in samples.",
}
"""Name and description of each column of ``intervals/epochs``."""

TAG_COLUMNS = {
    "start_time": "Time of the comment, in seconds.",
    "stop_time": "The same: a comment has no duration.",
    "text": "The comment.",
}
"""Name and description of each column of ``intervals/tags``."""


def tag_columns_of(recording: Recording) -> dict[str, list[Any]]:
    """Return the columns of a recording's tags, in order of time."""
    tags = sorted(recording.tags, key=lambda tag: tag.time)
    times = [tag.time / 1e3 for tag in tags]
    return {"start_time": times, "stop_time": times, "text": [tag.text for tag in tags]}


def read_tags(file: Any) -> tuple[Tag, ...]:
    """Return the comments made while recording, from this table or from annotation series."""
    found: list[tuple[Any, Any]] = []
    table = file.get("intervals/tags")
    if table is not None and set(TAG_COLUMNS) <= set(table):
        found += zip(load(table, "start_time"), load(table, "text"), strict=True)
    for place in ("acquisition", "stimulus/presentation"):
        for group in file.get(place, {}).values():
            if text(group.attrs.get("neurodata_type")) == "AnnotationSeries":
                found += zip(load(group, "timestamps"), load(group, "data"), strict=True)
    tags = (Tag(1e3 * float(time), text(told)) for time, told in found)
    return tuple(sorted(tags, key=lambda tag: tag.time))


def columns_of(recording: Recording) -> dict[str, list[Any]]:
    """Return the columns of a recording's epochs, in SI units."""
    known = {channel.name: nwb_unit(channel) for channel in recording.channels}
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for index, sweep in enumerate(recording.sweeps):
        for epoch in sweep.epochs:
            unit, factor = known.get(epoch.channel, ("unknown", 1.0))
            row = {
                "start_time": (sweep.start + epoch.start) / 1e3,
                "stop_time": (sweep.start + epoch.stop) / 1e3,
                "sweep": index,
                "label": epoch.label,
                "kind": epoch.kind.value,
                "channel": epoch.channel,
                "unit": unit,
                "level": _scaled(epoch.level, factor),
                "start_level": _scaled(epoch.start_level, factor),
                "pulse_period": _scaled(epoch.pulse_period, 1e3),
                "pulse_width": _scaled(epoch.pulse_width, 1e3),
                "source": epoch.source,
            }
            for name, value in row.items():
                columns[name].append(value)
    return columns


def _scaled(value: float | None, factor: float) -> float:
    return math.nan if value is None else value / factor


def read_epochs(
    file: Any, starts: Mapping[int, float], channels: Mapping[str, Channel]
) -> dict[int, tuple[Epoch, ...]]:
    """Return the epochs of each sweep by its id, where the file has a table of these columns.

    `starts` gives the start of each sweep by its id; epochs of other sweeps are left out.
    """
    table = file.get("intervals/epochs")
    if table is None or not set(COLUMNS) <= set(table):
        return {}
    columns = {name: load(table, name) for name in COLUMNS}
    epochs: dict[int, list[Epoch]] = defaultdict(list)
    for i, index in enumerate(columns["sweep"].tolist()):
        if index not in starts:
            continue
        name = text(columns["channel"][i])
        factor = nwb_unit(channels[name])[1] if name in channels else 1.0
        epochs[index].append(
            Epoch(
                label=text(columns["label"][i]),
                kind=EpochKind(text(columns["kind"][i])),
                start=1e3 * float(columns["start_time"][i]) - starts[index],
                stop=1e3 * float(columns["stop_time"][i]) - starts[index],
                channel=name if name in channels else "",
                level=_unscaled(columns["level"][i], factor),
                start_level=_unscaled(columns["start_level"][i], factor),
                pulse_period=_unscaled(columns["pulse_period"][i], 1e3),
                pulse_width=_unscaled(columns["pulse_width"][i], 1e3),
                source=text(columns["source"][i]),
            )
        )
    return {index: tuple(found) for index, found in epochs.items()}


def _unscaled(value: np.floating[Any], factor: float) -> float | None:
    return None if np.isnan(value) else float(value) * factor
