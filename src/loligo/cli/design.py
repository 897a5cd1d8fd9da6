"""`loligo design`: how biased and how uncertain each result of a planned experiment will be."""

from __future__ import annotations

import json as encoder
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loligo.cli.work import ending, printable, progress

if TYPE_CHECKING:
    from loligo.experiment.design import Design


def design(
    file: Annotated[
        Path, typer.Argument(metavar="EXPERIMENT", help="TOML file of cell, rig and protocol.")
    ],
    repeats: Annotated[
        int | None,
        typer.Option("--repeats", metavar="N", min=2, help="Recordings of each value; 50."),
    ] = None,
    vary: Annotated[
        str | None,
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            help="One parameter and its values: rig.pipette.series_resistance=5,10,20,30MOhm.",
        ),
    ] = None,
    spread: Annotated[
        list[str] | None,
        typer.Option(
            "--spread",
            metavar="PATH=SPREAD",
            help="How a parameter differs between recordings: '20 %', '2 MOhm', '5..30 MOhm', "
            "'10 % around PATH' or 'as PATH'; repeatable, added to the file's.",
        ),
    ] = None,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="ANALYSIS", help="As for loligo analyze; repeatable."),
    ] = None,
    result: Annotated[
        list[str] | None,
        typer.Option(
            "--result",
            metavar="NAME",
            help="Show this result only (activation_midpoint); repeatable.",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="In place of the file's.")
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--journal",
            metavar="JSONL",
            help="Keep each recording's results in this file; where it exists, go on from it.",
        ),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="PNG|SVG|PDF", help="Draw the results into this file."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Record and analyze an experiment many times, and tell how wrong each result will be."""
    from loligo.experiment.design import design as run
    from loligo.experiment.file import read_experiment

    if figure is not None and figure.suffix.lower() not in {".png", ".svg", ".pdf"}:
        raise typer.BadParameter(f"--figure {figure}: its name must end in .png, .svg or .pdf")
    varied = _varied(vary) if vary else None
    spreads = dict(_pair(text, "--spread") for text in spread or ())
    kept = f"the same command goes on from {journal}" if journal else "-o keeps what is done"
    with ending(f"interrupted; {kept}"):
        experiment = read_experiment(file)
        total = _total(experiment.design.get("repeats"), repeats, varied)
        with progress(total, "recording") as step:
            found = run(
                experiment,
                repeats=repeats,
                spread=spreads,
                vary=varied,
                parts=as_ or None,
                seed=seed,
                journal=journal,
                progress=lambda done, of: step(),
            )
        _tell(found, result or [], json=json)
        if figure is not None:
            _draw(found, result or [], figure)


def _total(told: object, repeats: int | None, varied: dict[str, list[str]] | None) -> int:
    """Return how many recordings there will be, for the bar."""
    from loligo.experiment.design.run import REPEATS

    each = repeats or (told if isinstance(told, int) else REPEATS)
    return each * (len(next(iter(varied.values()))) if varied else 1)


def _pair(text: str, option: str) -> tuple[str, str]:
    path, sign, value = text.partition("=")
    if not (sign and path.strip() and value.strip()):
        raise typer.BadParameter(f"{option} {text!r}: write PATH=..., with a value")
    return path.strip(), value.strip()


def _varied(text: str) -> dict[str, list[str]]:
    """Split ``PATH=5,10,20MOhm``; the unit of the last value is that of those without."""
    path, values = _pair(text, "--vary")
    parts = [_spaced(part) for part in values.split(",") if part.strip()]
    if not parts:
        raise typer.BadParameter(f"--vary {text!r}: there are no values")
    unit = parts[-1].partition(" ")[2]
    return {path: [part if " " in part or not unit else f"{part} {unit}" for part in parts]}


def _spaced(text: str) -> str:
    """Put a space between number and unit."""
    text = text.strip()
    at = max((i for i, c in enumerate(text) if c.isdigit() or c == "."), default=-1) + 1
    return f"{text[:at]} {text[at:].strip()}".strip()


def _tell(found: Design, names: list[str], *, json: bool) -> None:
    from loligo.experiment.design.words import as_document, as_text, chosen, reasons, sentence

    if json:
        typer.echo(encoder.dumps(as_document(found)))
        return
    typer.echo(printable(as_text(found, names)))
    for condition in found.conditions:
        typer.echo("")
        if found.vary:
            typer.echo(printable(f"{found.vary} = {condition.value}"))
        rows = chosen(condition, names)
        for line in (*map(sentence, rows), *reasons(rows)):
            typer.echo(printable(line))


def _draw(found: Design, names: list[str], figure: Path) -> None:
    from loligo.errors import WriteError
    from loligo.plot import draw_design

    try:
        draw_design(found, names).savefig(figure, dpi=150)
    except OSError as error:
        raise WriteError(f"{figure} cannot be written: {error.strerror or error}") from error
