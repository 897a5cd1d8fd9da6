"""Working through many files: progress on the terminal, one line per trouble, an exit code."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from loligo.recording.io.options import ReadOptions
    from loligo.report.result import AnalysisOptions, FileResult

INTERRUPTED = 130

_OPTION = re.compile(
    r"\b(response|command|unit|command_unit|sampling_rate|clamp_mode|overwrite)=(?:True\b)?(['\d]?)"
)


@contextmanager
def progress(count: int, doing: str) -> Iterator[Callable[[], None]]:
    """Show a bar on the terminal (standard error) for several files; yields the step."""
    if count < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(doing, total=count)
        yield lambda: bar.advance(task)


def each(
    files: Sequence[str],
    options: ReadOptions,
    show: Callable[[FileResult], None],
    analysis: AnalysisOptions | None,
) -> int:
    """Examine files one by one, show each at once, and return the exit code."""
    from loligo.report.result import examine

    good = True
    done = 0
    try:
        with progress(len(files), "reading") as step:
            for file in files:
                result = examine(file, options, analysis)
                show(result)
                good = good and result.is_ok
                done += 1
                step()
    except KeyboardInterrupt:
        say(f"interrupted after {done} of {len(files)} files")
        return INTERRUPTED
    return 0 if good else 1


@contextmanager
def ending(interrupted: str) -> Iterator[None]:
    """Say what was wrong and end with 1; when interrupted, say so and end as shells expect."""
    from loligo.errors import LoligoError

    try:
        yield
    except LoligoError as error:
        say(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        say(interrupted)
        raise typer.Exit(INTERRUPTED) from None


def say(line: str) -> None:
    """Write one line to standard error, with options as the command line has them."""
    typer.echo(f"loligo: {printable(as_options(line)).replace(chr(10), ' ')}", err=True)


def as_options(text: str) -> str:
    """Rewrite options from how Python has them (``clamp_mode='x'``) to ``--clamp-mode 'x'``."""
    text = re.sub(r"\{'([^'{}]*)': '([^'{}]*)'\}", r"'\1=\2'", text)
    return _OPTION.sub(_as_option, text)


def _as_option(found: re.Match[str]) -> str:
    name, value = found[1].replace("_", "-"), found[2]
    return f"--{name} {value}" if value else f"--{name}"


def printable(text: str) -> str:
    """Replace control characters, which in a file's texts could command the terminal."""
    return "".join(
        c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def complain(result: FileResult) -> None:
    """Say on standard error what went wrong with a file, if anything did."""
    if not result.is_ok:
        say(f"{result.file}: {result.status.value.replace('_', ' ')}: {result.reason}")
