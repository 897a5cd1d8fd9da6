"""`loligo protocol`: the protocol in a file of sentences, or of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loligo.cli.work import printable, say

if TYPE_CHECKING:
    from loligo.protocol import Protocol

app = typer.Typer(no_args_is_help=True)

_WRITTEN = (".toml", ".json")


@app.callback()
def protocol() -> None:
    """Look at protocols, written down or recorded."""


@app.command()
def show(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A protocol (.toml, .json), or a recording in any format."
        ),
    ],
    command: Annotated[
        str | None,
        typer.Option(
            "--command",
            metavar="CHANNEL",
            help="Command channel of the recording, where there are several.",
        ),
    ] = None,
    toml: Annotated[bool, typer.Option("--toml", help="As TOML, one sentence an epoch.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Tell what is commanded: clamp, holding, sweeps and the table of epochs."""
    from loligo.errors import LoligoError

    if toml and json:
        raise typer.BadParameter("choose one of --toml and --json")
    try:
        found = _found(Path(file), command)
    except LoligoError as error:
        say(str(error))
        raise typer.Exit(1) from error
    if json:
        typer.echo(found.to_json())
    else:
        typer.echo(printable(found.to_toml() if toml else repr(found)))


def _found(path: Path, command: str | None) -> Protocol:
    if path.suffix.lower() in _WRITTEN:
        from loligo.protocol import Protocol

        return Protocol.read(path)
    from loligo.recording import read
    from loligo.recording.protocol import protocol_of

    return protocol_of(read(path), command)
