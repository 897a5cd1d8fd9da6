"""`loligo convert`: a recording in another format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loligo.cli import options as given
from loligo.cli.work import INTERRUPTED, complain, say

if TYPE_CHECKING:
    from loligo.recording import Recording


def convert(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The recording.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="Format to write: nwb.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Beside the recording by default."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output where it exists.")
    ] = False,
    subject_id: Annotated[str, typer.Option(help="Name of the animal or donor.")] = "",
    species: Annotated[str, typer.Option(help="Latin binomial, such as 'Mus musculus'.")] = "",
    sex: Annotated[str, typer.Option(help="M, F, O (other) or U (unknown).")] = "",
    age: Annotated[str, typer.Option(help="ISO 8601 duration, such as P21D.")] = "",
    dandi: Annotated[
        bool, typer.Option("--dandi", help="Refuse where metadata the DANDI archive needs lack.")
    ] = False,
    physical: given.Physical = False,
    response: given.Response = None,
    command: given.Command = None,
    unit: given.Unit = None,
    command_unit: given.CommandUnit = None,
    sampling_rate: given.SamplingRate = None,
    clamp_mode: given.ClampMode = None,
) -> None:
    """Write a recording in another format (NWB), with everything known about it."""
    (source,) = given.checked_files([file])
    if to.lower() != "nwb":
        raise typer.BadParameter(f"--to {to!r}: loligo writes nwb")
    target = output if output is not None else Path(source).with_suffix(".nwb")
    if target.is_dir():
        raise typer.BadParameter(f"-o {target} is a folder; name the file to write")
    if target.suffix.lower() != ".nwb":
        raise typer.BadParameter(f"-o {target}: the name of an NWB file ends in .nwb")
    options = given.read_options(response, command, unit, command_unit, sampling_rate, clamp_mode)
    from loligo.report.result import examine

    said = {"subject_id": subject_id, "species": species, "sex": sex, "age": age}
    try:
        result = examine(source, options, analysis=None)
        complain(result)
        if result.recording is None:
            raise typer.Exit(1)
        how = {"overwrite": overwrite, "dandi": dandi, "physical": physical}
        written = _write(result.recording, target, said, how)
    except KeyboardInterrupt:
        say("interrupted; nothing was written")
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(0 if written and result.is_ok else 1)


def _write(recording: Recording, target: Path, said: dict[str, str], how: dict[str, bool]) -> bool:
    """Write the file and say so, or say why not."""
    from loligo.errors import LoligoError, MissingMetadataError
    from loligo.recording import write_nwb

    given_words = {name: word for name, word in said.items() if word}
    subject: Any = None
    if given_words:
        subject = replace(recording.provenance.subject, **given_words)
    write: Callable[..., Path] = write_nwb
    try:
        path = write(recording, target, subject=subject, **how)
    except MissingMetadataError as error:
        say(f"{error}. Pass --subject-id, --species, --sex and --age")
        return False
    except LoligoError as error:
        say(str(error))
        return False
    except OSError as error:
        say(f"{target} cannot be written: {error.strerror or error}")
        return False
    except Exception as error:
        from loligo.report.result import as_bug

        say(f"{target}: {as_bug(error)}")
        return False
    typer.echo(path)
    return True
