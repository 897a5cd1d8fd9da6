"""`loligo analyze`: what files say, on the terminal, as a tidy table (CSV) or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loligo.cli import options as given
from loligo.cli.work import complain, each, say

if TYPE_CHECKING:
    from loligo.report.result import FileResult
    from loligo.report.tidy import Table


def analyze(
    files: given.Files = None,
    as_: given.Parts = None,
    per: Annotated[
        str | None,
        typer.Option(
            "--per",
            metavar="ROW",
            help="Print a tidy table (CSV) instead, with a row per estimate, cell, sweep, spike "
            "or verdict.",
        ),
    ] = None,
    names: Annotated[
        str | None,
        typer.Option(
            "--names", metavar="PACKAGE", help="Name spike features as efel or ipfx names them."
        ),
    ] = None,
    criteria: given.Criteria = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file and line.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="CSV",
            help="Write the table to a CSV file; a row per estimate where --per does not say.",
        ),
    ] = None,
    response: given.Response = None,
    command: given.Command = None,
    unit: given.Unit = None,
    command_unit: given.CommandUnit = None,
    sampling_rate: given.SamplingRate = None,
    clamp_mode: given.ClampMode = None,
) -> None:
    """Estimate what the cell did, each value with its 95 % interval or the reason there is none."""
    chosen = given.checked_files(files)
    options = given.read_options(response, command, unit, command_unit, sampling_rate, clamp_mode)
    analysis = given.analysis_options(as_, criteria)
    table = _table(per, names, output, chosen, is_json=json)

    def show(result: FileResult) -> None:
        from loligo.cli.show import show_result
        from loligo.report.tables import as_json

        if table is not None:
            table.add(result)
        if json:
            typer.echo(as_json(result))
        elif table is None or output is not None:
            show_result(result)
        else:
            complain(result)

    code = each(chosen, options, show, analysis)
    if table is not None:
        code = _write(table, output) or code
    raise typer.Exit(code)


def _table(
    per: str | None, names: str | None, output: Path | None, files: list[str], *, is_json: bool
) -> Table | None:
    """Return the table that was asked for, if any; a mistake is a usage error."""
    from loligo.errors import LoligoError, WriteError
    from loligo.report.targets import check_target
    from loligo.report.tidy import table_of

    if per is None and output is None:
        if names is not None:
            raise typer.BadParameter("--names is for tables: add -o CSV or --per spike")
        return None
    if is_json and output is None:
        raise typer.BadParameter("--json and --per both print: add -o CSV for the table")
    try:
        table = table_of(per or "estimate", names)
    except LoligoError as error:
        raise typer.BadParameter(str(error)) from error
    if output is not None and output.suffix.lower() != ".csv":
        raise typer.BadParameter(f"-o {output}: the name of the table must end in .csv")
    try:
        if output is not None:
            check_target(output, table.mark, files)
    except WriteError as error:
        say(str(error))
        raise typer.Exit(1) from error
    return table


def _write(table: Table, output: Path | None) -> int:
    for note in table.notes():
        say(note)
    if output is None:
        table.print(sys.stdout)
        return 0
    try:
        table.write(output)
    except OSError as error:
        say(f"{output} cannot be written: {error.strerror or error}")
        return 1
    return 0
