"""Options all commands share: what the caller knows and the file does not say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from loligo.analysis.quality import Criteria as ChosenCriteria
    from loligo.recording.io.options import ReadOptions
    from loligo.report.result import AnalysisOptions

Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE...", help="Recordings in any format loligo reads."),
]
Response = Annotated[
    list[str] | None,
    typer.Option(
        "--response",
        metavar="CHANNEL",
        help="Channel that holds the cell's response; repeat it for several electrodes.",
    ),
]
Command = Annotated[
    str | None,
    typer.Option(
        "--command", metavar="CHANNEL|FILE", help="Channel or file that holds the command."
    ),
]
Unit = Annotated[
    list[str] | None,
    typer.Option(
        "--unit",
        metavar="UNIT",
        help="True unit of the response ('mV', or '0.05 mV' where each number is worth 0.05 mV), "
        "or of a channel ('IN 0=mV'); repeatable.",
    ),
]
CommandUnit = Annotated[
    str | None, typer.Option("--command-unit", metavar="UNIT", help="True unit of the command.")
]
SamplingRate = Annotated[
    str | None,
    typer.Option(
        "--sampling-rate", metavar="RATE", help="With unit ('10 kHz'), where the file has none."
    ),
]
Physical = Annotated[
    bool,
    typer.Option(
        "--physical",
        help="Samples as numbers in mV and pA, not as digitized, for programs such as neo.",
    ),
]
ClampMode = Annotated[
    str | None,
    typer.Option(
        "--clamp-mode", metavar="MODE", help="voltage_clamp, current_clamp or zero_current."
    ),
]
Parts = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="ANALYSIS",
        help="membrane-test, passive, spikes, current-voltage, quality or rig; repeatable. All "
        "that the clamp mode and the protocol allow by default.",
    ),
]
Criteria = Annotated[
    str | None,
    typer.Option(
        "--criteria",
        metavar="PRESET|FILE",
        help="What quality is judged by: a preset, or a TOML file of criteria.",
    ),
]


def analysis_options(parts: Sequence[str] | None, criteria: str | None) -> AnalysisOptions:
    """Check what to analyze as; a mistake ends the program as a usage error."""
    from loligo.analysis import checked_parts
    from loligo.errors import LoligoError
    from loligo.report.result import AnalysisOptions

    try:
        chosen = checked_parts(parts) if parts else None
        if criteria is None:
            return AnalysisOptions(chosen)
        return AnalysisOptions(chosen, _criteria(criteria))
    except LoligoError as error:
        raise typer.BadParameter(str(error)) from error


def _criteria(text: str) -> ChosenCriteria:
    """Return a preset by its name, or the criteria of a TOML file."""
    import tomllib

    from loligo.analysis.quality import criteria_from
    from loligo.analysis.quality.presets import chosen

    path = Path(text)
    if path.suffix.lower() != ".toml":
        return chosen(text)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise typer.BadParameter(f"--criteria {text} cannot be read: {why}") from error
    return criteria_from(table, path.stem)


def read_options(
    response: Sequence[str] | None,
    command: str | None,
    unit: Sequence[str] | None,
    command_unit: str | None,
    sampling_rate: str | None,
    clamp_mode: str | None,
) -> ReadOptions:
    """Check the shared options; a mistake in them ends the program as a usage error."""
    from loligo.errors import LoligoError
    from loligo.recording.io.options import checked_options

    try:
        return checked_options(
            response=response or None,
            command=command,
            unit=_units(unit or ()),
            command_unit=command_unit,
            sampling_rate=sampling_rate,
            clamp_mode=clamp_mode,
        )
    except LoligoError as error:
        raise typer.BadParameter(str(error)) from error


def _units(texts: Sequence[str]) -> dict[str, str] | None:
    """Split ``CHANNEL=UNIT``; a text without ``=`` is the unit of the response."""
    units: dict[str, str] = {}
    for text in texts:
        channel, _, unit = text.rpartition("=")
        if not unit.strip():
            raise typer.BadParameter(f"--unit {text!r}: write 'mV' or 'CHANNEL=mV'")
        if channel in units:
            whose = f"of {channel!r}" if channel else "of the response"
            raise typer.BadParameter(f"--unit: the unit {whose} is given twice")
        units[channel] = unit
    return units or None


def checked_files(files: Sequence[str] | None) -> list[str]:
    """Return the files; none, or a folder among them, is a usage error."""
    if not files:
        raise typer.BadParameter("name at least one FILE")
    if "" in files:
        raise typer.BadParameter("a FILE has an empty name")
    for file in files:
        if _is_folder(Path(file)):
            raise typer.BadParameter(
                f"{file} is a folder; pass the files in it, for example {Path(file) / '*.abf'}"
            )
    return list(files)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # in a folder one may not look into; reading will say so
        return False
