"""`loligo ions`: a calculator for solutions and the potentials between them."""

from __future__ import annotations

import typer

from loligo.cli.ions.activity import activity
from loligo.cli.ions.donnan import donnan
from loligo.cli.ions.ghk import ghk
from loligo.cli.ions.ljp import ljp
from loligo.cli.ions.nernst import nernst
from loligo.cli.ions.solution import solution

app = typer.Typer(no_args_is_help=True)
for command in (nernst, ghk, donnan, activity, ljp, solution):
    app.command()(command)


@app.callback()
def ions() -> None:
    """Calculate with ions: potentials, activities, junctions, solutions."""
