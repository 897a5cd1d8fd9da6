"""The `loligo` command and its subcommands."""

from __future__ import annotations

from typing import Annotated

import typer

from loligo.cli.analyze import analyze
from loligo.cli.convert import convert
from loligo.cli.correct import correct
from loligo.cli.demo import demo
from loligo.cli.design import design
from loligo.cli.info import info
from loligo.cli.ions import app as ions
from loligo.cli.protocol import app as protocol
from loligo.cli.record import record
from loligo.cli.report import report

app = typer.Typer(
    name="loligo",
    help="Electrical recordings from cells: what a file holds, what it says, and a report on it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in (info, analyze, report, convert, correct, record, design, demo):
    app.command()(command)
app.add_typer(protocol, name="protocol")
app.add_typer(ions, name="ions")


def _version(wanted: bool) -> None:
    if wanted:
        import loligo

        typer.echo(f"loligo {loligo.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Set the options that come before a command."""
