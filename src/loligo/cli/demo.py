"""`loligo demo`: a virtual neuron through an imperfect rig, and what the analysis makes of it."""

from __future__ import annotations

import json as encoder
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loligo.cli.work import ending

if TYPE_CHECKING:
    from loligo.report.demo import Demo, Row

_WIDEST = 120


def demo(
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FOLDER", help="Folder for all that it makes."),
    ] = Path("loligo-demo"),
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", min=0, help="Of the noise; other noise by another."),
    ] = None,
    open_: Annotated[
        bool,
        typer.Option(
            "--open/--no-open", help="Show the page in a browser; never without a terminal."
        ),
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Patch a virtual neuron through an imperfect rig; analyze it, and compare with the truth.

    Records both clamp modes to NWB, analyzes the files as those of a real rig, takes back what can
    be taken back, and writes a report on all of it.
    """
    from loligo.report.demo import run_demo

    if output.exists() and not output.is_dir():
        raise typer.BadParameter(f"-o {output} is a file; name a folder")
    with ending("interrupted; what was written stays"):
        done = run_demo(output, seed, on_step=_step)
    if json:
        typer.echo(encoder.dumps(_as_object(done), allow_nan=False))
    else:
        _show(done)
        if open_ and sys.stdout.isatty():
            import webbrowser

            webbrowser.open(done.written.page.resolve().as_uri())
    raise typer.Exit(0 if done.written.is_ok else 1)


def _step(words: str) -> None:
    """Say on the terminal what is done next."""
    if sys.stderr.isatty():
        typer.echo(f"{words} ...", err=True)


def _as_object(done: Demo) -> dict[str, Any]:
    return {
        "report": str(done.written.page),
        "recordings": [str(path) for path in done.recordings],
        "experiments": [str(path) for path in done.experiments],
        "corrected": [str(path) for path in done.copies],
        "results": [_row_object(row) for row in done.rows],
    }


def _row_object(row: Row) -> dict[str, Any]:
    value, low, high, unit = row.estimate.displayed()
    return {
        "stage": row.stage,
        "name": row.estimate.name,
        "value": value,
        "unit": unit,
        "interval": [low, high],
        "status": row.estimate.status.value,
        "reason": row.estimate.reason,
        "truth": row.estimate.term.display(row.truth),
        "holds_truth": row.holds,
    }


_TITLES = {
    "voltage clamp": "Voltage clamp",
    "current clamp": "Current clamp",
    "corrected": "Current clamp, corrected",
}
_INTRODUCTION = """\
A fast-spiking neuron of the cortex (Pospischil et al. 2008) is simulated, and
patched through a rig that is set badly: a series resistance of 16 MOhm that
nothing compensates, a bridge 6 MOhm short, a seal of only 500 MOhm; with
filter, noise and digitizer. The analysis sees nothing but the two NWB files.
"""
_CONCLUSION = """\
 intervals hold the truth (one in twenty misses it by chance).
The input resistance as recorded is off for a reason: what the bridge left is
in it. The report tells what the rig did to each recording and shows it; the
corrected copies keep what was recorded.
"""


def _show(done: Demo) -> None:
    """Print the table, what it says, and where everything is."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not sys.stdout.isatty():
        console.width = _WIDEST  # a file has no width of its own
    table = Table(box=None, pad_edge=False, header_style="bold")
    heads = ("", "estimate", "95 % interval", "truth", "", "")
    for place, head in enumerate(heads):
        side: Any = "right" if place in {1, 3} else "left"
        table.add_column(head, justify=side, no_wrap=place < len(heads) - 1)
    stage = ""
    for row in done.rows:
        if row.stage != stage:
            stage = row.stage
            table.add_row(f"[bold]{_TITLES[stage]}[/bold]")
        table.add_row(*_cells(row))
    typer.echo(_INTRODUCTION)
    console.print(table)
    held = sum(row.holds is True for row in done.rows)
    typer.echo(f"\n{held} of {len(done.rows)}{_CONCLUSION}")
    _tell_files(done)


def _cells(row: Row) -> tuple[str, ...]:
    from loligo.analysis.digits import interval, number, unit_symbol
    from loligo.analysis.wording import readable

    value, low, high, unit = row.estimate.displayed()
    words = {True: "[green]in[/green]", False: "[red]out[/red]", None: "?"}[row.holds]
    symbol = unit_symbol(unit)
    true = row.estimate.term.display(row.truth)
    shown = f"{number(value, low, high)} {symbol}"
    if value is None:
        shown = row.estimate.status.value.replace("_", " ")
    return (
        f"  {readable(row.estimate.name)}",
        shown,
        interval(value, low, high),
        f"{number(true, low, high)} {symbol}",
        words,
        f"[dim]{row.note}[/dim]",
    )


def _tell_files(done: Demo) -> None:
    for word, paths in (
        ("report", (done.written.page,)),
        ("recorded", done.recordings),
        ("corrected", done.copies),
        ("experiment", done.experiments),
    ):
        for path in paths:
            typer.echo(f"{word:<11} {path}")
    experiment = done.experiments[-1]
    typer.echo(f"\nChange an experiment, record it again: loligo record {experiment} -o cell.nwb")
    typer.echo("A report on your own files:             loligo report cell.abf -o loligo-report")
