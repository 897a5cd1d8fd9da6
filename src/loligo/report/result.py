"""`examine`: read and analyze one file, whatever happens.

`loligo info`, `analyze` and `report` all go through here. Nothing a file contains makes it raise:
what went wrong becomes the file's status and reason, so that one bad file costs one row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from loligo.analysis import Estimate, analyze
from loligo.errors import (
    LoligoError,
    ReadError,
    SelectionError,
    UndeterminedError,
    UnitError,
)
from loligo.recording import Recording

if TYPE_CHECKING:
    from loligo.recording.io.options import ReadOptions


class FileStatus(StrEnum):
    """What became of a file."""

    OK = "ok"
    """Read whole, and (where it was to be analyzed) at least one estimate has a value."""
    PARTIAL = "partial"
    """Read as far as it is intact; the reason says what is missing."""
    REFUSED = "refused"
    """The file does not determine a role, unit or rate; the reason names the option."""
    FAILED = "failed"
    """Damaged, missing, of unknown format, or a bug in loligo."""
    NOT_ANALYZED = "not_analyzed"
    """Read whole, but no estimate has a value; the reason says why."""


@dataclass(frozen=True, eq=False, slots=True)
class FileResult:
    """One file and what became of it.

    Attributes
    ----------
    file : str
        The path as given.
    status : FileStatus
    reason : str
    recording : Recording or None
        Where the file could be read.
    estimates : tuple of Estimate
    """

    file: str
    status: FileStatus
    reason: str = ""
    recording: Recording | None = None
    estimates: tuple[Estimate, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether everything that was asked for was done."""
        return self.status is FileStatus.OK


def examine(
    path: str | Path, options: ReadOptions | None = None, *, with_analysis: bool = True
) -> FileResult:
    """Read a file and analyze it.

    Parameters
    ----------
    path : path-like
    options : ReadOptions, optional
        From `loligo.recording.io.options.checked_options`.
    with_analysis : bool
        Whether to analyze, too.

    Returns
    -------
    FileResult
    """
    result = _read(path, options)
    if result.recording is None or not with_analysis:
        return result
    try:
        estimates = analyze(result.recording)
    except Exception as error:
        why = _plain(error) if isinstance(error, LoligoError) else as_bug(error)
        return replace(result, status=FileStatus.FAILED, reason=why)
    result = replace(result, estimates=estimates)
    if result.is_ok and not any(estimate.is_ok for estimate in estimates):
        return replace(result, status=FileStatus.NOT_ANALYZED, reason=_refusals(estimates))
    return result


def _read(path: str | Path, options: ReadOptions | None) -> FileResult:
    from loligo.recording.io.options import ReadOptions
    from loligo.recording.io.registry import read_with

    file = str(path)
    try:
        recording = read_with(Path(path), options or ReadOptions())
    except (UndeterminedError, SelectionError, UnitError) as error:
        why = _plain(error).removeprefix(f"{Path(path).name}: ")
        return FileResult(file, FileStatus.REFUSED, why)
    except LoligoError as error:
        return FileResult(file, FileStatus.FAILED, _plain(error))
    except Exception as error:
        return FileResult(file, FileStatus.FAILED, as_bug(error))
    if recording.is_partial:
        return FileResult(file, FileStatus.PARTIAL, "; ".join(recording.problems), recording)
    return FileResult(file, FileStatus.OK, "", recording)


def as_bug(error: Exception) -> str:
    """Return the reason for an error nobody foresaw."""
    told = _plain(error)[:300]
    return f"a bug in loligo, please report it: {type(error).__name__}: {told}"


def _refusals(estimates: tuple[Estimate, ...]) -> str:
    """Say why there is no value, each reason once with the names it holds for."""
    names: dict[str, dict[str, None]] = {}
    for estimate in estimates:
        names.setdefault(estimate.reason, {})[estimate.name] = None
    told = (f"{', '.join(whose)}: {why}" for why, whose in names.items())
    return "; ".join(told) or "there is no response to analyze"


def _plain(error: Exception) -> str:
    """Return an error's message on one line, without the file's name (its row says it)."""
    text = str(error)
    if isinstance(error, ReadError):
        text = f"{error.reason}. {error.remedy}" if error.remedy else error.reason
    return " ".join(text.split())
