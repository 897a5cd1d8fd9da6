"""What the commands about ions share: their options, how they answer, and how they refuse."""

from __future__ import annotations

import json as encoder
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loligo.cli.work import ending, printable, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SOLUTIONS = (
    "A standard solution's name, a TOML file, or a list as 'K 140 mM, Cl 140 mM' of ions and salts."
)

Temperature = Annotated[
    str, typer.Option("--temperature", metavar="TEMPERATURE", help="With unit: '37 degC'.")
]
Outside = Annotated[str, typer.Option("--out", metavar="SOLUTION", help=SOLUTIONS)]
Inside = Annotated[str, typer.Option("--in", metavar="SOLUTION", help="As --out.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw it (.png, .pdf, .svg).")
]

_ENDINGS = (".png", ".pdf", ".svg")


@contextmanager
def refusing(plot: Path | None = None) -> Iterator[None]:
    """Say what was wrong on standard error and end with 1; a wrong `plot` ends with 2."""
    if plot is not None and plot.suffix.lower() not in _ENDINGS:
        raise typer.BadParameter(f"--plot {plot}: the name must end in .png, .pdf or .svg")
    with ending("interrupted"):
        yield


def answer(
    text: str,
    values: Mapping[str, Any],
    draw: Callable[[], Figure],
    plot: Path | None,
    *,
    json: bool,
) -> None:
    """Print an answer as text or as JSON, and draw it where a file is named."""
    if plot is not None:
        try:
            draw().savefig(plot, dpi=150)
        except OSError as error:
            say(f"{plot} cannot be written: {error.strerror or error}")
            raise typer.Exit(1) from None
    typer.echo(encoder.dumps(values, ensure_ascii=False) if json else printable(text))
    if plot is not None and not json:
        typer.echo(f"drawn in {plot}")


def measured(value: float, unit: str) -> dict[str, Any]:
    """Return a quantity as JSON has it."""
    return {"value": float(value), "unit": unit}


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return rows in columns, the first to the left, others to the right."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  "
        + "  ".join(
            f"{cell:{'<' if i == 0 else '>'}{widths[i]}}" for i, cell in enumerate(row)
        ).rstrip()
        for row in (head, *rows)
    )
