"""`write_report`: many files into one folder, a page with tables beside it.

Files are worked on one after the other and only their finished parts are kept, so that memory
does not grow with the length of the recordings. An interruption keeps what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import loligo
from loligo.errors import WriteError
from loligo.report.markup import Html, element
from loligo.report.names import short_names
from loligo.report.page import page, summary_row, summary_table, verdict
from loligo.report.result import FileResult, FileStatus, as_bug, examine
from loligo.report.section import section
from loligo.report.tables import (
    FILE_COLUMNS,
    PARQUET_MARK,
    RESULT_COLUMNS,
    Row,
    file_row,
    header,
    result_row,
    write_csv,
    write_parquet,
)
from loligo.report.targets import check_target, replacing

if TYPE_CHECKING:
    from loligo.recording.io.options import ReadOptions


_TITLE = "loligo report"
_MARKS = {
    "report.html": f"<title>{_TITLE}</title>",
    "results.csv": header(RESULT_COLUMNS),
    "files.csv": header(FILE_COLUMNS),
    "results.parquet": PARQUET_MARK,
}
"""The files of a report, and what tells those of an earlier one."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a report consists of.

    Attributes
    ----------
    page, results, files : Path
        The HTML page, ``results.csv`` and ``files.csv``.
    parquet : Path or None
        ``None`` where pyarrow is not installed.
    statuses : tuple of FileStatus
        Of the files that were done, in order.
    asked : int
        How many files there were; more than `statuses` where the work was interrupted.
    """

    page: Path
    results: Path
    files: Path
    parquet: Path | None
    statuses: tuple[FileStatus, ...]
    asked: int

    @property
    def is_interrupted(self) -> bool:
        """Whether some files were not come to."""
        return len(self.statuses) < self.asked

    @property
    def is_ok(self) -> bool:
        """Whether every file was read whole and analyzed."""
        return not self.is_interrupted and all(s is FileStatus.OK for s in self.statuses)


def write_report(
    paths: str | Path | Sequence[str | Path],
    folder: str | Path,
    options: ReadOptions | None = None,
    *,
    on_file: Callable[[FileResult], None] | None = None,
) -> Written:
    """Report on files: ``report.html``, ``results.csv``, ``files.csv``, ``results.parquet``.

    Parameters
    ----------
    paths : path-like or sequence of path-like
        One bad file costs one row, with its reason.
    folder : path-like
        Made where it does not exist; files of an earlier report in it are replaced.
    options : ReadOptions, optional
        From `loligo.recording.io.options.checked_options`; for every file.
    on_file : callable, optional
        Told of each file when it is done.

    Returns
    -------
    Written

    Raises
    ------
    WriteError
        The folder cannot be made or written to, or holds a file of one of these names that is
        not from a report, or is itself one of `paths`.
    """
    paths = [paths] if isinstance(paths, str | Path) else list(paths)
    place = _prepared(Path(folder), paths)
    statuses: list[FileStatus] = []
    summary: list[tuple[object, ...]] = []
    sections: list[Html] = []
    results: list[Row] = []
    file_rows: list[Row] = []
    try:
        names = short_names([str(path) for path in paths])
        for index, (path, name) in enumerate(zip(paths, names, strict=True)):
            anchor = f"file-{index}"
            result, part = _one(path, options, name, anchor)
            statuses.append(result.status)
            summary.append(summary_row(result, name, anchor))
            sections.append(part)
            results += [result_row(result.file, estimate) for estimate in result.estimates]
            file_rows.append(file_row(result))
            if on_file is not None:
                on_file(result)
    except KeyboardInterrupt:
        pass  # what is done is written below, and the result says that files are missing
    done = len(file_rows)
    text = page(
        summary_table(summary[:done]),
        verdict(statuses[:done], len(paths)),
        sections[:done],
        loligo.__version__,
        _TITLE,
    )
    try:
        target = place / "report.html"
        with replacing(target) as partial:
            partial.write_text(text, encoding="utf-8")
        return Written(
            target,
            write_csv(place / "results.csv", RESULT_COLUMNS, results),
            write_csv(place / "files.csv", FILE_COLUMNS, file_rows),
            write_parquet(place / "results.parquet", results),
            tuple(statuses[:done]),
            len(paths),
        )
    except OSError as error:
        why = error.strerror or str(error)
        raise WriteError(f"the report cannot be written to {place}: {why}") from error


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
    path: str | Path, options: ReadOptions | None, name: str, anchor: str
) -> tuple[FileResult, Html]:
    """Examine a file and make its section; a section that fails becomes the file's reason."""
    result = examine(path, options)
    try:
        return result, section(result, name, anchor)
    except Exception as error:
        failed = replace(result, status=FileStatus.FAILED, reason=as_bug(error), recording=None)
        words = element("p", failed.reason, class_="reason failed")
        return failed, element("section", element("h2", name), words, id=anchor)
