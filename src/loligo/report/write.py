"""`write_report`: many files into one folder, a page with tables beside it.

Files are worked on one after the other and only their finished parts are kept, so that memory
does not grow with the length of the recordings. An interruption keeps what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import loligo
from loligo.errors import WriteError
from loligo.recording import Recording
from loligo.report.agreement import agreement_section
from loligo.report.corrected import check_copy, copy_name, corrected
from loligo.report.markup import Html, element
from loligo.report.names import short_names
from loligo.report.page import page, summary_row, summary_table, verdict
from loligo.report.result import (
    EVERYTHING,
    AnalysisOptions,
    FileResult,
    FileStatus,
    as_bug,
    examine,
)
from loligo.report.section import section
from loligo.report.tables import (
    FILE_COLUMNS,
    PARQUET_MARK,
    Row,
    file_row,
    header,
    write_csv,
    write_parquet,
)
from loligo.report.targets import check_target, replacing
from loligo.report.tidy import Per, Table, table_of

if TYPE_CHECKING:
    from loligo.recording.io.options import ReadOptions


_TITLE = "loligo report"
_TABLES = {
    "results.csv": Per.ESTIMATE,
    "cells.csv": Per.CELL,
    "sweeps.csv": Per.SWEEP,
    "spikes.csv": Per.SPIKE,
    "verdicts.csv": Per.VERDICT,
}
_MARKS = {
    "report.html": f"<title>{_TITLE}</title>",
    "files.csv": header(FILE_COLUMNS),
    "results.parquet": PARQUET_MARK,
    **{name: table_of(per.value).mark for name, per in _TABLES.items()},
}
"""The files of a report, and what tells those of an earlier one."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a report consists of.

    Attributes
    ----------
    page, files : Path
        The HTML page and ``files.csv``.
    tables : tuple of Path
        ``results.csv``, ``cells.csv``, ``sweeps.csv``, ``spikes.csv``, ``verdicts.csv``.
    parquet : Path or None
        ``None`` where pyarrow is not installed.
    statuses : tuple of FileStatus
        Of the files that were done, in order.
    asked : int
        How many files there were; more than `statuses` where the work was interrupted.
    """

    page: Path
    files: Path
    tables: tuple[Path, ...]
    parquet: Path | None
    statuses: tuple[FileStatus, ...]
    asked: int

    @property
    def results(self) -> Path:
        """``results.csv``."""
        return self.tables[0]

    @property
    def is_interrupted(self) -> bool:
        """Whether some files were not come to."""
        return len(self.statuses) < self.asked

    @property
    def is_ok(self) -> bool:
        """Whether every file was read whole and analyzed."""
        return not self.is_interrupted and all(s is FileStatus.OK for s in self.statuses)


@dataclass(eq=False)
class _Collected:
    """What is kept of the files that are done: finished parts, and recordings to be compared."""

    tables: dict[str, Table] = field(
        default_factory=lambda: {name: table_of(per.value) for name, per in _TABLES.items()}
    )
    statuses: list[FileStatus] = field(default_factory=list)
    summary: list[tuple[object, ...]] = field(default_factory=list)
    sections: list[Html] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    recordings: dict[str, Recording] = field(default_factory=dict)

    def add(self, result: FileResult, row: tuple[object, ...], part: Html) -> None:
        for table in self.tables.values():
            table.add(result)
        self.summary.append(row)
        self.sections.append(part)
        self.files.append(file_row(result))
        self.statuses.append(result.status)


def write_report(
    paths: str | Path | Sequence[str | Path],
    folder: str | Path,
    options: ReadOptions | None = None,
    analysis: AnalysisOptions = EVERYTHING,
    *,
    is_one_cell: bool = False,
    with_copies: bool = False,
    on_file: Callable[[FileResult], None] | None = None,
) -> Written:
    """Report on files: a page, and tables of estimates, cells, sweeps, spikes and verdicts.

    Parameters
    ----------
    paths : path-like or sequence of path-like
        One bad file costs one row, with its reason.
    folder : path-like
        Made where it does not exist; files of an earlier report in it are replaced.
    options : ReadOptions, optional
        From `loligo.recording.io.options.checked_options`; for every file.
    analysis : AnalysisOptions
        What to analyze the recordings as, and what to judge them by.
    is_one_cell : bool
        Whether the files are recordings of one cell: then the page tells whether its input
        resistance is the same by every route, and if not, why.
    with_copies : bool
        Whether a corrected copy of each file that can be corrected goes into the folder, as NWB
        that keeps what was recorded.
    on_file : callable, optional
        Told of each file when it is done.

    Returns
    -------
    Written

    Raises
    ------
    WriteError
        The folder cannot be made or written to, or holds a file of one of these names (or that of
        a copy) that is not from a report, or is itself one of `paths`.
    """
    paths = [paths] if isinstance(paths, str | Path) else list(paths)
    place = _prepared(Path(folder), paths)
    copies = place if with_copies else None
    kept = _Collected()
    try:
        names = short_names([str(path) for path in paths])
        if with_copies:
            for path, name in zip(paths, names, strict=True):
                check_copy(place / copy_name(name), path)
        for index, (path, name) in enumerate(zip(paths, names, strict=True)):
            anchor = f"file-{index}"
            result, part = _one(path, options, analysis, name, anchor, copies)
            if is_one_cell and result.recording is not None:
                kept.recordings[name] = result.recording
            kept.add(result, summary_row(result, name, anchor), part)
            if on_file is not None:
                on_file(result)
    except KeyboardInterrupt:
        pass  # what is done is written below, and the result says that files are missing
    try:
        return _write(place, kept, len(paths))
    except OSError as error:
        why = error.strerror or str(error)
        raise WriteError(f"the report cannot be written to {place}: {why}") from error


def _write(place: Path, kept: _Collected, asked: int) -> Written:
    done = len(kept.statuses)
    sections = kept.sections[:done]
    if kept.recordings:
        sections.insert(0, agreement_section(kept.recordings))
    text = page(
        summary_table(kept.summary[:done]),
        verdict(kept.statuses, asked),
        sections,
        loligo.__version__,
        _TITLE,
    )
    target = place / "report.html"
    with replacing(target) as partial:
        partial.write_text(text, encoding="utf-8")
    return Written(
        target,
        write_csv(place / "files.csv", FILE_COLUMNS, kept.files[:done]),
        tuple(table.write(place / name) for name, table in kept.tables.items()),
        write_parquet(place / "results.parquet", kept.tables["results.csv"].rows),
        tuple(kept.statuses),
        asked,
    )


def _prepared(place: Path, paths: Sequence[str | Path]) -> Path:
    """Make the folder, and look before any work whether the report may be written to it."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"the folder {place} cannot be made: {error.strerror}") from error
    try:
        for name, mark in _MARKS.items():
            check_target(place / name, mark, paths)
    except OSError as error:
        why = error.strerror or str(error)
        raise WriteError(f"the report cannot be written to {place}: {why}") from error
    return place


def _one(
    path: str | Path,
    options: ReadOptions | None,
    analysis: AnalysisOptions,
    name: str,
    anchor: str,
    folder: Path | None,
) -> tuple[FileResult, Html]:
    """Examine a file and make its section; a section that fails becomes the file's reason."""
    result = examine(path, options, analysis)
    try:
        return result, section(result, name, anchor, corrected(result, name, folder))
    except WriteError:
        raise
    except Exception as error:
        failed = replace(result, status=FileStatus.FAILED, reason=as_bug(error), recording=None)
        words = element("p", failed.reason, class_="reason failed")
        return failed, element("section", element("h2", name), words, id=anchor)
