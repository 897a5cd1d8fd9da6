"""Every error loligo raises on purpose.

An error says what was wrong, where, the value with its unit, what is allowed and what to try.
Each class also inherits the built-in exception a caller would expect (`ValueError`,
`LookupError`, ...). Errors of the libraries underneath never escape: the readers turn them into a
`ReadError` that keeps the original as its cause.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class LoligoError(Exception):
    """Base class of all errors raised by loligo."""


class UnitError(LoligoError, ValueError):
    """A quantity without a unit, with an unknown unit, or with a unit of another dimension."""


class SelectionError(LoligoError, LookupError):
    """A channel, sweep, epoch or option that does not exist, or a choice that is not unique."""


class ArrayError(LoligoError, ValueError):
    """An array of the wrong shape, too short, or with numbers that are not finite."""


class ExpressionError(LoligoError, ValueError):
    """An expression of a model that is not arithmetic, or has an unknown name or function."""


class ModelError(LoligoError, ValueError):
    """A cell, channel or protocol that contradicts itself or physics.

    Parameters
    ----------
    message : str
        All of it, for people.
    problems : iterable of (str, str), optional
        The dotted path of each wrong value, and what is wrong with it.
    """

    def __init__(self, message: str, problems: Iterable[tuple[str, str]] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(message)


class SimulationError(LoligoError, ArithmeticError):
    """A simulation that cannot go on: it diverged, or its step is too large for the model."""


class CorrectionError(LoligoError, ValueError):
    """A correction whose assumptions do not hold, or that is in the data already."""


class MissingDependencyError(LoligoError, ImportError):
    """An optional library is needed; the message names the extra that installs it."""


class ReadError(LoligoError, ValueError):
    """A file could not be read as a recording.

    Parameters
    ----------
    path : path-like
        The file.
    reason : str
        What was wrong and where, in a sentence a person at the bench understands.
    remedy : str, optional
        What to try.
    """

    def __init__(self, path: str | Path, reason: str, remedy: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        self.remedy = remedy
        super().__init__(path, reason, remedy)

    def __str__(self) -> str:
        text = f"{self.path.name}: {self.reason}"
        return f"{text}. {self.remedy}" if self.remedy else text


class MissingFileError(ReadError, FileNotFoundError):
    """The file, or a file it depends on, is not there or cannot be opened."""


class UnknownFormatError(ReadError):
    """The content is of no format loligo reads."""


class DamagedFileError(ReadError):
    """The content contradicts its own format: truncated, overwritten or impossible values."""


class UndeterminedError(ReadError):
    """The file does not determine a role, unit or rate; the remedy names the option to pass."""


class WriteError(LoligoError, ValueError):
    """A recording cannot be written in the format asked for."""


class MissingMetadataError(WriteError):
    """The format asks for metadata the recording lacks; `fields` names each of them."""

    def __init__(self, reason: str, fields: Iterable[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(f"{reason}: {', '.join(self.fields)}")


def suggest(word: str, allowed: Iterable[str]) -> str:
    """Return ``"did you mean 'x'? allowed: ..."`` for an unknown `word`."""
    names = sorted(set(allowed))
    near = difflib.get_close_matches(word, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}allowed: {', '.join(names) if names else 'nothing'}"
