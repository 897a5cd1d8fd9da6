"""`loligo info`: what files hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loligo.cli import options as given
from loligo.cli.work import complain, each, printable

if TYPE_CHECKING:
    from loligo.report.result import FileResult


def info(
    files: given.Files = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file and line.")
    ] = False,
    response: given.Response = None,
    command: given.Command = None,
    unit: given.Unit = None,
    command_unit: given.CommandUnit = None,
    sampling_rate: given.SamplingRate = None,
    clamp_mode: given.ClampMode = None,
) -> None:
    """Tell what was recorded: channels, sweeps, epochs, and what the file does not say."""
    chosen = given.checked_files(files)
    options = given.read_options(response, command, unit, command_unit, sampling_rate, clamp_mode)
    show = _show_json if json else _show
    raise typer.Exit(each(chosen, options, show, None))


def _show_json(result: FileResult) -> None:
    from loligo.report.tables import as_json

    typer.echo(as_json(result, with_recording=True))


def _show(result: FileResult) -> None:
    complain(result)
    if result.recording is not None:
        typer.echo(printable(repr(result.recording)))
        typer.echo()
