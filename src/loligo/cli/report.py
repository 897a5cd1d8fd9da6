"""`loligo report`: a page and its tables on files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loligo.cli import options as given
from loligo.cli.work import INTERRUPTED, complain, progress, say

if TYPE_CHECKING:
    from loligo.report.result import FileResult
    from loligo.report.write import Written


def report(
    files: given.Files = None,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FOLDER", help="Folder for the page and its tables."
        ),
    ] = Path("loligo-report"),
    example: Annotated[
        bool, typer.Option("--example", help="Report on the bundled, simulated model cell.")
    ] = False,
    as_: given.Parts = None,
    criteria: given.Criteria = None,
    same_cell: Annotated[
        bool,
        typer.Option(
            "--same-cell",
            help="The files are of one cell: tell whether its input resistance agrees between "
            "them, and if not, why.",
        ),
    ] = False,
    corrected: Annotated[
        bool,
        typer.Option(
            "--corrected",
            help="Also write a corrected copy of each file whose steps tell what to correct, NWB "
            "that keeps what was recorded.",
        ),
    ] = False,
    response: given.Response = None,
    command: given.Command = None,
    unit: given.Unit = None,
    command_unit: given.CommandUnit = None,
    sampling_rate: given.SamplingRate = None,
    clamp_mode: given.ClampMode = None,
) -> None:
    """Write a self-contained HTML page on files, with tables beside it."""
    if example and files:
        raise typer.BadParameter("--example takes no FILE")
    chosen = [] if example else given.checked_files(files)
    if output.exists() and not output.is_dir():
        raise typer.BadParameter(f"-o {output} is a file; name a folder")
    options = given.read_options(response, command, unit, command_unit, sampling_rate, clamp_mode)
    analysis = given.analysis_options(as_, criteria)
    from loligo import data
    from loligo.errors import LoligoError
    from loligo.report import write_report

    try:
        if example:
            chosen = [str(data.example())]
        with progress(len(chosen), "reporting") as step:

            def on_file(result: FileResult) -> None:
                complain(result)
                step()

            written = write_report(
                chosen, output, options, analysis,
                is_one_cell=same_cell, with_copies=corrected, on_file=on_file,
            )  # fmt: skip
    except LoligoError as error:
        say(str(error))
        raise typer.Exit(1) from error
    _tell(written)
    if written.is_interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(0 if written.is_ok else 1)


def _tell(written: Written) -> None:
    if written.is_interrupted:
        done = len(written.statuses)
        say(f"interrupted after {done} of {written.asked} files; the report holds those {done}")
    for path in (written.page, *written.tables, written.files, written.parquet):
        if path is not None:
            typer.echo(path)
    if written.parquet is None:
        say("no results.parquet: it needs pyarrow; pip install 'loligo[parquet]'")
