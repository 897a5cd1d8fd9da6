"""`loligo record`: a virtual cell behind a virtual rig, as an NWB file with its truth."""

from __future__ import annotations

import json as encoder
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loligo.cli import options as given
from loligo.cli.work import ending, printable

if TYPE_CHECKING:
    from loligo.recording import Recording


def record(
    file: Annotated[
        Path, typer.Argument(metavar="EXPERIMENT", help="TOML file of cell, rig and protocol.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="NWB", help="The file to write.")
    ],
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="In place of the file's.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output where it exists.")
    ] = False,
    physical: given.Physical = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Record a virtual cell through a virtual rig; the file keeps what is true of both."""
    from loligo.experiment.file import read_experiment
    from loligo.recording import write_nwb

    if output.suffix.lower() != ".nwb":
        raise typer.BadParameter(f"-o {output}: the name of an NWB file ends in .nwb")
    with ending("interrupted; nothing was written"):
        recording = read_experiment(file).record(seed)
        write_nwb(recording, output, overwrite=overwrite, physical=physical)
    _tell(recording, output, json=json)


def _tell(recording: Recording, output: Path, *, json: bool) -> None:
    if json:
        truth = recording.truth
        known: dict[str, object] = {}
        if truth is not None:
            changing = {
                n: [None if math.isnan(x) else x for x in v] for n, v in truth.by_sweep.items()
            }
            known = {**truth.parameters, **changing}
        told = {"file": str(output), "sweeps": len(recording), "truth": known}
        typer.echo(encoder.dumps(told))
        return
    typer.echo(printable(repr(recording)))
    typer.echo(f"written to {output}")
