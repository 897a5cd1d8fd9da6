"""`examine`: read and analyze one file, whatever happens.

`loligo info`, `analyze` and `report` all go through here. Nothing a file contains makes it raise:
what went wrong becomes the file's status and reason, so that one bad file costs one row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from loligo.analysis import Analysis, Estimate, Part, analyze
from loligo.analysis.quality import DEFAULT, Criteria, Quality
from loligo.analysis.rig_effects import RigEffects
from loligo.analysis.spikes import SpikeTable
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


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """What to analyze a recording as.

    Attributes
    ----------
    parts : tuple of Part or None
        All the clamp mode allows where ``None``.
    criteria : Criteria or str
        What quality is judged by.
    """

    parts: tuple[Part, ...] | None = None
    criteria: Criteria | str = DEFAULT


EVERYTHING = AnalysisOptions()
"""Everything the clamp mode allows, judged by the usual criteria."""


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
    """Read whole, but nothing could be estimated of the cell; the reason says why."""


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
    analysis : Analysis or None
        Where it was asked for and could be made.
    """

    file: str
    status: FileStatus
    reason: str = ""
    recording: Recording | None = None
    analysis: Analysis | None = None

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """Every estimate, none where there is no analysis."""
        return () if self.analysis is None else self.analysis.estimates

    @property
    def is_ok(self) -> bool:
        """Whether everything that was asked for was done."""
        return self.status is FileStatus.OK


def examine(
    path: str | Path,
    options: ReadOptions | None = None,
    analysis: AnalysisOptions | None = EVERYTHING,
) -> FileResult:
    """Read a file and analyze it.

    Parameters
    ----------
    path : path-like
    options : ReadOptions, optional
        From `loligo.recording.io.options.checked_options`.
    analysis : AnalysisOptions or None
        What to analyze it as; ``None`` only reads.

    Returns
    -------
    FileResult
    """
    result = _read(path, options)
    if result.recording is None or analysis is None:
        return result
    try:
        found = analyze(result.recording, analysis.parts, analysis.criteria)
    except Exception as error:
        why = _plain(error) if isinstance(error, LoligoError) else as_bug(error)
        return replace(result, status=FileStatus.FAILED, reason=why)
    result = replace(result, analysis=found)
    telling = _of_the_cell(found)
    if result.is_ok and not any(estimate.is_ok for estimate in telling):
        return replace(result, status=FileStatus.NOT_ANALYZED, reason=_refusals(telling))
    return result


def _of_the_cell(found: Analysis) -> tuple[Estimate, ...]:
    """Return what a file is analyzed for: not quality or rig, unless only that was asked for.

    That nothing fired counts only where nothing but spikes was asked for.
    """
    own = [result for result in found.results if not isinstance(result, Quality | RigEffects)]
    telling = [result for result in own if not (isinstance(result, SpikeTable) and _silent(result))]
    return tuple(e for result in telling or own or found.results for e in result.estimates)


def _silent(table: SpikeTable) -> bool:
    return not any(sweep.whole is not None and sweep.whole.spike_count for sweep in table.sweeps)


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
