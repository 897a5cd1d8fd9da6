"""`loligo analyze`: the first analysis of files, as a table, CSV or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loligo.cli import options as given
from loligo.cli.work import complain, each, printable, say

if TYPE_CHECKING:
    from loligo.report.result import FileResult


def analyze(
    files: given.Files = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file and line.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="CSV", help="Write all estimates to a CSV file."),
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
    if output is not None:
        _check(output, chosen)
    rows: list[dict[str, Any]] = []

    def show(result: FileResult) -> None:
        from loligo.report.tables import as_json, result_row

        rows.extend(result_row(result.file, estimate) for estimate in result.estimates)
        if json:
            typer.echo(as_json(result))
        else:
            _show(result)

    code = each(chosen, options, show, with_analysis=True)
    if output is not None:
        code = _write(output, rows) or code
    raise typer.Exit(code)


def _check(output: Path, files: list[str]) -> None:
    """Refuse, before any work, an output that cannot be written or would destroy a file."""
    from loligo.errors import WriteError
    from loligo.report.tables import RESULT_COLUMNS, header
    from loligo.report.targets import check_target

    if output.suffix.lower() != ".csv":
        raise typer.BadParameter(f"-o {output}: the name of the table must end in .csv")
    try:
        check_target(output, header(RESULT_COLUMNS), files)
    except WriteError as error:
        say(str(error))
        raise typer.Exit(1) from error


def _write(output: Path, rows: list[dict[str, Any]]) -> int:
    from loligo.report.tables import RESULT_COLUMNS, write_csv

    try:
        write_csv(output, RESULT_COLUMNS, rows)
    except OSError as error:
        say(f"{output} cannot be written: {error.strerror or error}")
        return 1
    return 0


def _show(result: FileResult) -> None:
    """Print the estimates of the recording; those of sweeps are counted."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from loligo.analysis.digits import interval, number, unit_symbol

    complain(result)
    if not result.estimates:
        return
    single = sum(estimate.sweep is not None for estimate in result.estimates)
    table = Table(
        title=Text(printable(result.file)), title_justify="left", box=None, pad_edge=False
    )
    for head in ("result", "value", "95 % interval", "status", "remarks"):
        table.add_column(head, overflow="fold")
    for estimate in result.estimates:
        if estimate.sweep is not None:
            continue
        value, low, high, unit = estimate.displayed()
        place = f" ({estimate.epoch})" if estimate.epoch else ""
        shown = f"{number(value, low, high)} {unit_symbol(unit)}" if value is not None else "–"
        cells = (
            estimate.name + place,
            shown,
            interval(value, low, high),
            estimate.status.value,
            estimate.reason,
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console = Console(width=None if _is_terminal() else 160)
    console.print(table)
    if single:
        many = "values" if single > 1 else "value"
        console.print(Text(f"and {single} {many} of sweeps (--json or -o CSV shows them)\n"))


def _is_terminal() -> bool:
    import sys

    return sys.stdout.isatty()
