"""Tidy tables of many files: a row an estimate, a cell, a sweep, a spike, or a verdict.

A column of the wide tables is a name of the glossary with its unit, as ``input_resistance [MOhm]``;
beside it stand the ends of the 95 % interval and the status. Each response of a file is a cell.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from loligo.analysis import Estimate
from loligo.analysis.quality import Decision, Quality
from loligo.analysis.rig_effects import RigEffects
from loligo.analysis.spikes import SpikeTable
from loligo.analysis.spikes.columns import SPIKE_COLUMNS
from loligo.errors import SelectionError, suggest
from loligo.report.headings import Headings, headings_of
from loligo.report.result import FileResult
from loligo.report.tables import RESULT_COLUMNS, Row, header, result_row, write_csv
from loligo.terms import TERMS


class Per(StrEnum):
    """What a row of a table stands for."""

    ESTIMATE = "estimate"
    CELL = "cell"
    SWEEP = "sweep"
    SPIKE = "spike"
    VERDICT = "verdict"


KEYS = {
    Per.ESTIMATE: RESULT_COLUMNS,
    Per.CELL: ("file", "channel", "clamp_mode", "sweeps", "not_passed"),
    Per.SWEEP: ("file", "channel", "sweep", "epoch", "start [s]"),
    Per.SPIKE: ("file", "channel", "sweep", "spike", "epoch"),
    Per.VERDICT: ("file", "channel", "criterion", "demand", "verdict", "reason", "sweeps"),
}
"""The first columns of each kind of table."""


def estimate_rows(result: FileResult, headings: Headings) -> Iterator[Row]:
    """Yield a row an estimate."""
    for estimate in result.estimates:
        yield {**result_row(result.file, estimate), **headings.beside(estimate.name)}


def cell_rows(result: FileResult, headings: Headings) -> Iterator[Row]:
    """Yield a row a response: each estimate of the whole recording.

    Where several epochs give one quantity, the first with a value stands here; the table of
    estimates has all of them.
    """
    recording = result.recording
    if recording is None or result.analysis is None:
        return
    for response in recording.responses:
        mode = response.clamp_mode
        row: Row = {
            "file": result.file,
            "channel": response.name,
            "clamp_mode": "" if mode is None else mode.value,
            "sweeps": len(recording.sweeps_with(response)),
            "not_passed": "; ".join(_not_passed(result, response.name)),
        }
        own = [e for e in result.estimates if e.sweep is None and e.channel == response.name]
        for estimate in sorted(own, key=lambda e: not e.is_ok):
            for column, value in _columns(estimate, headings).items():
                row.setdefault(column, value)
        yield row


def _not_passed(result: FileResult, channel: str) -> Iterator[str]:
    for quality in result.analysis.of(Quality) if result.analysis else ():
        if quality.channel == channel:
            for verdict in quality.verdicts:
                if verdict.status in {Decision.FAIL, Decision.WARN}:
                    yield f"{verdict.status.value} {verdict.criterion.name}"


def sweep_rows(result: FileResult, headings: Headings) -> Iterator[Row]:
    """Yield a row a sweep and epoch; the epoch is empty for estimates of the whole sweep."""
    recording = result.recording
    if recording is None:
        return
    rows: dict[tuple[str, int, str], Row] = {}
    for estimate in result.estimates:
        if estimate.sweep is None:
            continue
        place = estimate.channel, estimate.sweep, estimate.epoch
        if place not in rows:
            start = recording.sweep(estimate.sweep).start / 1e3
            rows[place] = dict(zip(KEYS[Per.SWEEP], (result.file, *place, start), strict=True))
        rows[place].update(_columns(estimate, headings))
    yield from (rows[place] for place in sorted(rows))


def spike_rows(result: FileResult, headings: Headings) -> Iterator[Row]:
    """Yield a row a spike: when it was and what shape it has."""
    for table in result.analysis.of(SpikeTable) if result.analysis else ():
        for row in table.spike_rows():
            found: Row = {"file": result.file}
            for name in SPIKE_COLUMNS:
                heading = headings.heading(name)
                value = row[name]
                if isinstance(value, float):
                    value = None if value != value else value * heading.factor  # noqa: PLR0124
                found[heading.label] = value
            yield found


def verdict_rows(result: FileResult, headings: Headings) -> Iterator[Row]:
    """Yield a row a criterion, and one an effect of the rig: what is demanded, and the verdict."""
    del headings  # criteria have names of their own
    for quality in result.analysis.of(Quality) if result.analysis else ():
        for verdict in quality.verdicts:
            values = (
                result.file,
                quality.channel,
                verdict.criterion.name,
                verdict.criterion.words,
                verdict.status.value,
                verdict.reason,
                " ".join(map(str, verdict.sweeps)),
            )
            yield dict(zip(KEYS[Per.VERDICT], values, strict=True))
    for effects in result.analysis.of(RigEffects) if result.analysis else ():
        for entry in effects.graded:
            name = f"rig: {entry.estimate.name}"
            told = (name, entry.demand, entry.grade.value, entry.reason, "")
            yield dict(zip(KEYS[Per.VERDICT], (result.file, effects.channel, *told), strict=True))


def _columns(estimate: Estimate, headings: Headings) -> Row:
    """Return an estimate as four columns: value, ends of the interval, status."""
    heading = headings.heading(estimate.name)
    value, low, high = (
        None if number is None else number * heading.factor
        for number in (estimate.value, estimate.low, estimate.high)
    )
    return {
        heading.label: value,
        heading.end("low"): low,
        heading.end("high"): high,
        heading.status: estimate.status.value,
    }


_ROWS: dict[Per, Callable[[FileResult, Headings], Iterator[Row]]] = {
    Per.ESTIMATE: estimate_rows,
    Per.CELL: cell_rows,
    Per.SWEEP: sweep_rows,
    Per.SPIKE: spike_rows,
    Per.VERDICT: verdict_rows,
}


@dataclass(eq=False)
class Table:
    """A table that grows file by file.

    Attributes
    ----------
    per : Per
    headings : Headings
    rows : list of dict
    """

    per: Per
    headings: Headings
    rows: list[Row] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """What such a table begins with; loligo knows its own by it."""
        return header(KEYS[self.per])

    def add(self, result: FileResult) -> None:
        """Add the rows of a file."""
        self.rows.extend(_ROWS[self.per](result, self.headings))

    def columns(self) -> tuple[str, ...]:
        """Return the keys, then the quantities there are in the glossary's order."""
        order: dict[str, int] = {}
        for name in TERMS:
            heading = self.headings.heading(name)
            for label in (heading.label, heading.end("low"), heading.end("high"), heading.status):
                order[label] = len(order)
        keys = KEYS[self.per]
        seen = dict.fromkeys(column for row in self.rows for column in row)
        rest = [column for column in seen if column not in keys]
        return (*keys, *sorted(rest, key=lambda column: order.get(column, len(order))))

    def notes(self) -> list[str]:
        """Say how the other package's quantities differ, for the columns there are."""
        return self.headings.differences(self.columns())

    def print(self, stream: TextIO) -> None:
        """Write the table to an open stream as CSV."""
        writer = csv.DictWriter(stream, self.columns(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)

    def write(self, path: Path) -> Path:
        """Write the table to a CSV file.

        Raises
        ------
        OSError
            It cannot be written.
        """
        return write_csv(path, self.columns(), self.rows)


def table_of(per: str, package: str | None = None) -> Table:
    """Return an empty table.

    Parameters
    ----------
    per : str
        One of `Per`.
    package : str, optional
        Whose names to use beside ours: ``"efel"`` or ``"ipfx"``.

    Raises
    ------
    SelectionError
        There is no such row or package.
    """
    kinds = [kind.value for kind in Per]
    if per not in kinds:
        raise SelectionError(f"no table has a row per {per!r}; {suggest(per, kinds)}")
    return Table(Per(per), headings_of(package))
