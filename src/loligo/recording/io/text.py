"""Tables as text (.csv, .tsv, .txt): one number per column and line, below titles or none.

Titles may carry units (``time (ms)``, ``Vm [mV]``, ``voltage_mV``). A regular time column
determines the sampling rate, which is otherwise to be passed as ``sampling_rate=``: published
tables have been found with an interval off by ten in their notes, so it is never guessed. Columns
whose titles only count (numbers, ``sweep 3``) or repeat are sweeps of one channel; other titles
are channels. Columns without title, when there are several, are refused.

A table ``NAME_meta.csv`` beside ``NAME.csv`` with one line per sweep is kept as the sweeps'
attributes. A table of settings (resistances, capacitances) is not a recording and refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loligo.errors import LoligoError, ReadError, UndeterminedError
from loligo.recording.io.build import StoredSweep, StoredTrace, build, rate_of, settled_rate
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Input
from loligo.recording.io.text_layout import TextLayout, cells, is_number, text_layout
from loligo.recording.io.text_titles import ColumnGroup, Title, column_groups, parsed_title
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording
from loligo.units import convert

_LARGEST = 1 << 29
_REGULAR = 0.1
"""Largest deviation of a time stamp from its place on the clock, in intervals."""


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read a table as a recording."""
    lines = _lines(path)
    layout = text_layout(path, lines)
    titles = [parsed_title(text) for text in layout.titles]
    clocks = [i for i, title in enumerate(titles) if title.is_time]
    settings = [title.text for title in titles if title.is_setting]
    if settings and not clocks:
        raise ReadError(
            path,
            f"its columns {', '.join(settings)} hold settings of the rig or cell: it is a table "
            "about a recording, not a recording",
            "Pass the file with the traces",
        )
    table, problems = _numbers(path, lines, layout)
    groups = _groups(path, titles, clocks, layout)
    stated, start = _clock(path, titles, clocks, table, options)
    _check_stated(path, groups, stated, options)
    rate = settled_rate(path, stated, options, "it has no column of time")
    sweeps = _sweeps(path, groups, table, rate, start)
    findings = [Finding("sweeps", str(len(sweeps)), Basis.INFERRED, _why(layout, groups))]
    recording = build(
        path,
        [Input(group.name, group.unit) for group in groups],
        sweeps,
        options,
        Provenance(source=path.name, format="text table", comment="\n".join(layout.notes)),
        findings,
    )
    return replace(recording, problems=(*problems, *recording.problems))


def _lines(path: Path) -> list[str]:
    size = path.stat().st_size
    if size > _LARGEST:
        raise ReadError(
            path, f"a text table of {size >> 20} MiB is too long", "Convert it to NWB or HDF5"
        )
    data = path.read_bytes()
    if b"\x00" in data:
        raise ReadError(path, f"it is not text: byte {data.index(0)} is zero")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def _numbers(
    path: Path, lines: list[str], layout: TextLayout
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return the table; a last line that breaks off is left out, and said."""
    body = [line for line in lines[layout.first :] if line.strip()]
    problems: tuple[str, ...] = ()
    if len(cells(body[-1], layout.delimiter)) < layout.columns and len(body) > 1:
        body.pop()
        problems = ("the last line breaks off and is left out",)
    delimiter = None if layout.delimiter == " " else layout.delimiter
    if layout.decimal == ",":
        body = [line.replace(",", ".") for line in body]
    if delimiter is not None:
        gap = re.compile(rf"(?:(?<={delimiter})|^)[ \"]*(?={delimiter}|$)")
        body = [gap.sub("nan", line) for line in body]
    try:
        table = np.loadtxt(body, delimiter=delimiter, comments=None, quotechar='"', ndmin=2)
    except (ValueError, OverflowError) as error:
        raise ReadError(path, _misfit(body, layout) or f"it is no table: {error}") from error
    if np.isinf(table).any():
        row, column = np.argwhere(np.isinf(table))[0]
        raise ReadError(path, f"line {layout.first + row + 1}, column {column + 1} is infinite")
    return table, problems


def _misfit(body: Sequence[str], layout: TextLayout) -> str:
    """Say which cell is not a number."""
    for row, line in enumerate(body):
        for column, cell in enumerate(cells(line, layout.delimiter)):
            if not is_number(cell) and cell != "nan":
                place = f"line {row + 1} of the numbers, column {column + 1}"
                return f"{place}, is {cell[:40]!r}, not a number"
    return ""


def _groups(
    path: Path, titles: Sequence[Title], clocks: Sequence[int], layout: TextLayout
) -> tuple[ColumnGroup, ...]:
    if len(clocks) > 1:
        raise UndeterminedError(
            path, f"it has {len(clocks)} columns of time", "Keep one column of time in the table"
        )
    if not titles:
        if layout.columns > 1:
            raise UndeterminedError(
                path,
                f"its {layout.columns} columns have no titles, so that sweeps, channels and time "
                "cannot be told apart",
                "Add a line of titles: numbers for sweeps of one response, 'Vm (mV)' for channels",
            )
        return (ColumnGroup("column 1", "", (0,)),)
    places = [i for i in range(layout.columns) if i not in clocks]
    if not places:
        raise ReadError(path, "it holds a column of time, but no signal")
    groups = column_groups(titles, places)
    if groups is None:
        raise UndeterminedError(
            path,
            f"its titles do not tell sweeps from channels: {', '.join(t.text for t in titles)}",
            "Number the sweeps of one response ('1', '2'), or give each channel a title and unit",
        )
    return groups


def _clock(
    path: Path,
    titles: Sequence[Title],
    clocks: Sequence[int],
    table: NDArray[np.float64],
    options: ReadOptions,
) -> tuple[float | None, float]:
    """Return rate [kHz] and first time [ms] of a regular time column."""
    if not clocks or table.shape[0] < 2:
        return None, 0.0
    title, times = titles[clocks[0]], table[:, clocks[0]]
    if not title.unit:
        if options.sampling_rate is None:
            raise UndeterminedError(
                path,
                f"its time column {title.text!r} has no unit",
                "Pass sampling_rate= with the true rate, for example '10 kHz'",
            )
        return None, 0.0
    interval = float(times[-1] - times[0]) / (len(times) - 1)
    off = np.abs(times - (times[0] + interval * np.arange(len(times))))
    if not (interval > 0 and np.all(off <= _REGULAR * interval)):
        worst = int(np.argmax(~(off <= _REGULAR * abs(interval))))
        raise UndeterminedError(
            path,
            f"its time column is not regular (line {worst + 1} of the numbers: {times[worst]:g} "
            f"{title.unit})",
            "Resample it, or leave the time column out and pass sampling_rate=",
        )
    interval = float(f"{interval:.9g}")
    return rate_of(interval, title.unit), convert(float(times[0]), title.unit, "ms")


def _check_stated(
    path: Path, groups: Sequence[ColumnGroup], stated: float | None, options: ReadOptions
) -> None:
    """Say in one message all that is missing."""
    missing = []
    if not any(group.unit for group in groups) and not options.units:
        missing.append("unit= with the response's unit ('mV', 'pA')")
    if stated is None and options.sampling_rate is None:
        missing.append("sampling_rate= with the true rate ('10 kHz')")
    if missing:
        names = ", ".join(repr(group.name) for group in groups)
        lengths = {len(group.columns) for group in groups}
        count = f" of {lengths.pop()} sweeps" if lengths != {1} else ""
        raise UndeterminedError(
            path,
            f"it holds {names}{count} and does not state "
            + ("unit and sampling rate" if len(missing) == 2 else missing[0].split("=")[0]),
            "Pass " + " and ".join(missing),
        )


def _sweeps(
    path: Path,
    groups: Sequence[ColumnGroup],
    table: NDArray[np.float64],
    rate: float,
    start: float,
) -> list[StoredSweep]:
    count = len(groups[0].columns)
    attributes = _meta(path, count)
    sweeps = []
    for index in range(count):
        traces = {}
        for group in groups:
            samples = _signal(path, table[:, group.columns[index]], group.columns[index])
            traces[group.name] = StoredTrace(samples, rate, start=start)
        label = groups[0].labels[index] if groups[0].labels else ""
        sweeps.append(StoredSweep(traces, None, index, label, attributes[index]))
    return sweeps


def _signal(path: Path, values: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """Return a column without the empty cells at its end."""
    known = np.flatnonzero(~np.isnan(values))
    if known.size == 0:
        raise ReadError(path, f"column {column + 1} holds no numbers")
    signal = values[: known[-1] + 1].copy()
    if np.isnan(signal).any():
        row = int(np.flatnonzero(np.isnan(signal))[0])
        raise ReadError(path, f"line {row + 1} of the numbers, column {column + 1}, is empty")
    signal.setflags(write=False)
    return signal


def _meta(path: Path, count: int) -> list[dict[str, str]]:
    """Return the lines of ``NAME_meta.csv``, one for each sweep."""
    empty: list[dict[str, str]] = [{} for _ in range(count)]
    beside = path.with_name(f"{path.stem}_meta{path.suffix}")
    if not beside.is_file():
        return empty
    try:
        lines = _lines(beside)
        layout = text_layout(beside, lines)
    except (LoligoError, OSError):
        return empty
    rows = [cells(line, layout.delimiter) for line in lines[layout.first :]]
    if not layout.titles or len(rows) != count or any(len(r) != layout.columns for r in rows):
        return empty
    return [dict(zip(layout.titles, row, strict=True)) for row in rows]


def _why(layout: TextLayout, groups: Sequence[ColumnGroup]) -> str:
    if groups[0].labels:
        return f"the titles only count sweeps ({layout.evidence})"
    if len(groups[0].columns) > 1:
        return "the titles of the columns repeat"
    return "one column for each channel"
