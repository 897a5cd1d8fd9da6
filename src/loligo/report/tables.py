"""Results as rows: the JSON objects of the command line, and the tables beside a report."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from loligo.analysis import Analysis, Estimate
from loligo.analysis.rig_effects import RigEffects
from loligo.recording import Recording
from loligo.report.result import FileResult
from loligo.report.targets import replacing
from loligo.terms import term

RESULT_COLUMNS = (
    "file",
    "name",
    "value",
    "unit",
    "low",
    "high",
    "status",
    "reason",
    "channel",
    "sweep",
    "epoch",
    "definition",
)
FILE_COLUMNS = ("file", "status", "reason")
PARQUET_MARK = "loligo_results"
"""Key in the metadata of ``results.parquet``; loligo knows its own by it."""

Row = dict[str, Any]


def header(columns: Sequence[str]) -> str:
    """Return the first line of a table; loligo knows its own by it."""
    return ",".join(columns)


def result_row(file: str, estimate: Estimate) -> Row:
    """Return one estimate as a row of the results table, in the unit people expect."""
    value, low, high, unit = estimate.displayed()
    numbers = (file, estimate.name, value, unit, low, high)
    words = (estimate.status.value, estimate.reason, estimate.channel)
    place = (estimate.sweep, estimate.epoch, estimate.definition)
    return dict(zip(RESULT_COLUMNS, (*numbers, *words, *place), strict=True))


def file_row(result: FileResult) -> Row:
    """Return a file as a row of the files table."""
    row = (result.file, result.status.value, result.reason)
    return dict(zip(FILE_COLUMNS, row, strict=True))


def as_json(result: FileResult, *, with_recording: bool = False) -> str:
    """Return a file's result as one line of strict JSON.

    Parameters
    ----------
    result : FileResult
    with_recording : bool
        Report the recording itself (`loligo info`) instead of the estimates.
    """
    found: Row = file_row(result)
    if with_recording:
        recording = result.recording
        found["results"] = [] if recording is None else recording_results(recording)
        found["recording"] = None if recording is None else recording_object(recording)
    else:
        found["results"] = [_json_result(estimate) for estimate in result.estimates]
        found["rig"] = [] if result.analysis is None else _rig_objects(result.analysis)
    return json.dumps(_strict(found), allow_nan=False)


def _rig_objects(analysis: Analysis) -> list[Row]:
    """Return what the rig did to each response: every effect with its verdict."""
    return [
        {
            **_json_result(entry.estimate),
            "channel": effects.channel,
            "verdict": entry.grade.value,
            "demand": entry.demand,
            "source": entry.source,
            "reason": entry.reason,
        }
        for effects in analysis.of(RigEffects)
        for entry in effects.graded
    ]


def _json_result(estimate: Estimate) -> Row:
    row = result_row("", estimate)
    return {
        "name": row["name"],
        "value": row["value"],
        "unit": row["unit"],
        "interval": [row["low"], row["high"]],
        "status": row["status"],
        "reason": row["reason"],
        "channel": row["channel"],
        "sweep": row["sweep"],
        "epoch": row["epoch"],
        "definition": row["definition"],
    }


def recording_results(recording: Recording) -> list[Row]:
    """Return the size and timing of a recording as results."""
    rates = {t.sampling_rate for s in recording.sweeps for t in s.traces.values()}
    lengths = {sweep.duration for sweep in recording.sweeps}
    rows = [
        _fact("sweep_count", len(recording.sweeps), "sweeps read"),
        _fact("channel_count", len(recording.channels), "channels, commands included"),
        _fact("duration", recording.duration, "from the start to the end of the last sweep"),
    ]
    rows += [_fact("sampling_rate", rate, "of the channels") for rate in sorted(rates)]
    if len(lengths) == 1:
        rows.append(_fact("sweep_duration", lengths.pop(), "of every sweep"))
    return rows


def _fact(name: str, value: float, definition: str) -> Row:
    entry = term(name)
    shown = value if entry.dimension == "count" else entry.display(value)
    return {
        "name": name,
        "value": shown,
        "unit": entry.display_unit,
        "interval": [None, None],
        "status": "ok",
        "reason": "",
        "channel": "",
        "sweep": None,
        "epoch": "",
        "definition": definition,
    }


def recording_object(recording: Recording) -> Row:
    """Return what was recorded, for `loligo info --json`; times in ms."""
    source = recording.provenance
    start = recording.start_time
    return {
        "format": source.format,
        "reader": source.reader,
        "protocol": source.protocol,
        "start_time": None if start is None else start.isoformat(),
        "simulated": recording.is_simulated,
        "channels": [_channel_object(recording, c.name) for c in recording.channels],
        "sweeps": [_sweep_object(recording, index) for index in range(len(recording.sweeps))],
        "tags": [{"time": t.time, "text": t.text, "sweep": t.sweep} for t in recording.tags],
        "findings": [
            {
                "subject": f.subject,
                "value": f.value,
                "basis": f.basis.value,
                "evidence": f.evidence,
            }
            for f in recording.findings
        ],
        "unknown": {c.name: list(recording.unknown_rig_fields(c)) for c in recording.responses},
        "not_applicable": {
            c.name: list(recording.inapplicable_rig_fields(c)) for c in recording.responses
        },
        "corrections": correction_rows(recording),
        "problems": list(recording.problems),
    }


def correction_rows(recording: Recording) -> list[Row]:
    """Return each correction with its value in the unit people expect."""
    rows: list[Row] = []
    for c in recording.corrections:
        entry = term(c.name)
        is_count = entry.dimension == "count"
        value, low, high = (
            None
            if number is None or not math.isfinite(number)
            else (number if is_count else entry.display(number))
            for number in (c.value, c.low, c.high)
        )
        known = {name: number for name, number in c.parameters.items() if math.isfinite(number)}
        rows.append(
            {
                "name": c.name,
                "channel": c.channel,
                "value": value,
                "unit": entry.display_unit,
                "interval": None if low is None and high is None else [low, high],
                "applied": c.applied,
                "source": c.source,
                "definition": c.definition,
                "sweeps": None if c.sweeps is None else list(c.sweeps),
                "parameters": {
                    name: {"value": term(name).display(n), "unit": term(name).display_unit}
                    for name, n in known.items()
                },
            }
        )
    return rows


def _channel_object(recording: Recording, name: str) -> Row:
    channel = recording.channel(name)
    return {
        "name": channel.name,
        "role": channel.role.value,
        "unit": channel.unit,
        "file_unit": channel.file_unit,
        "clamp_mode": None if channel.clamp_mode is None else channel.clamp_mode.value,
        "electrode": channel.electrode,
        "evidence": channel.evidence,
    }


def _sweep_object(recording: Recording, index: int) -> Row:
    sweep = recording.sweep(index)
    return {
        "sweep": index,
        "number": sweep.number,
        "start": sweep.start,
        "duration": sweep.duration,
        "description": sweep.description,
        "epochs": [
            {
                "label": e.label,
                "kind": e.kind.value,
                "channel": e.channel,
                "start": e.start,
                "stop": e.stop,
                "level": e.level,
                "start_level": e.start_level,
                "source": e.source,
            }
            for e in sweep.epochs
        ],
    }


def _strict(value: Any) -> Any:
    """Replace what JSON has no word for (NaN, infinity)."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(entry) for entry in value]
    return value


def _utf8(row: Row) -> Row:
    """Replace what UTF-8 cannot hold (the bytes of an undecodable file name)."""
    return {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    """Write rows as CSV (UTF-8; empty for what is missing)."""
    with (
        replacing(path) as partial,
        partial.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: Sequence[Row]) -> Path | None:
    """Write the results table as Parquet; return ``None`` where pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        return None
    types = {"value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "sweep": pa.int64()}
    columns = [(name, types.get(name, pa.string())) for name in RESULT_COLUMNS]
    schema = pa.schema(columns, metadata={PARQUET_MARK: "1"})
    table = pa.Table.from_pylist([_utf8(row) for row in rows], schema)
    with replacing(path) as partial, partial.open("wb") as file:  # opened here: a name of any bytes
        parquet.write_table(table, file)
    return path
