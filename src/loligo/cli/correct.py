"""`loligo correct`: what the rig did is taken back, in a copy that keeps what was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loligo.cli import options as given
from loligo.cli.told_corrections import tell
from loligo.cli.work import INTERRUPTED, say

if TYPE_CHECKING:
    from loligo.analysis.correct import Plan
    from loligo.recording import Recording
    from loligo.report.result import FileResult

Word = str | None


def _option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text)


def correct(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The recording.")],
    auto: Annotated[
        bool,
        typer.Option(
            "--auto", help="All that the recording's own steps tell: what a report offers."
        ),
    ] = False,
    bridge: Annotated[
        Word,
        _option("--bridge", "RESISTANCE", "Rebalance the bridge; auto finds what it left."),
    ] = None,
    series_resistance: Annotated[
        Word,
        _option(
            "--series-resistance",
            "RESISTANCE",
            "Correct the current of a voltage clamp; auto finds resistance and capacitance.",
        ),
    ] = None,
    capacitance: Annotated[
        Word, _option("--capacitance", "CAPACITANCE", "Of the membrane, to subtract its current.")
    ] = None,
    reversal: Annotated[
        Word,
        _option("--reversal", "POTENTIAL", "Scale the current to the command's driving force."),
    ] = None,
    amplifier_correction: Annotated[
        Word,
        _option(
            "--amplifier-correction",
            "SHARE",
            "Share of the series resistance the amplifier corrected ('70 %'), where the file does "
            "not say.",
        ),
    ] = None,
    bandwidth: Annotated[
        Word,
        _option("--bandwidth", "FREQUENCY", "Of the capacitive current that is subtracted."),
    ] = None,
    junction_potential: Annotated[
        Word,
        _option(
            "--junction-potential",
            "POTENTIAL",
            "Of the bath less the pipette's, which is subtracted; or two solutions, 'potassium_"
            "gluconate in acsf at 34 degC'.",
        ),
    ] = None,
    pipette_capacitance: Annotated[
        Word,
        _option("--pipette-capacitance", "CAPACITANCE", "What the amplifier left of it."),
    ] = None,
    clamp_lag: Annotated[
        Word, _option("--clamp-lag", "TIME", "Time constant of the pipette's potential.")
    ] = None,
    leak: Annotated[
        Word,
        _option(
            "--leak", "HOW", "linear (from small steps), p/n (from copies) or '2 nS at -70 mV'."
        ),
    ] = None,
    leak_up_to: Annotated[
        Word,
        _option("--leak-up-to", "POTENTIAL", "Highest step that counts as leak; holding level."),
    ] = None,
    seal: Annotated[
        Word, _option("--seal", "RESISTANCE", "Subtract the current through the seal.")
    ] = None,
    seal_reversal: Annotated[
        Word, _option("--seal-reversal", "POTENTIAL", "Where it is zero; 0 mV by default.")
    ] = None,
    filter_frequency: Annotated[
        Word,
        _option("--filter", "FREQUENCY", "Corner of the output filter, in place of the file's."),
    ] = None,
    filter_delay: Annotated[
        bool, typer.Option("--filter-delay", help="Move times back by the filter's delay.")
    ] = False,
    sweeps: Annotated[
        Word, _option("--sweeps", "SWEEPS", "Those to correct, from 0: '0,3-7'; all by default.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="NWB", help="FILE-corrected.nwb beside it by default."
        ),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="IMAGE", help="Draw before and after (.png, .pdf, .svg)."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output where it exists.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    response: given.Response = None,
    command: given.Command = None,
    unit: given.Unit = None,
    command_unit: given.CommandUnit = None,
    sampling_rate: given.SamplingRate = None,
    clamp_mode: given.ClampMode = None,
) -> None:
    """Take back what the rig did, in an NWB copy that keeps what was recorded."""
    from loligo.analysis.correct import Plan

    (source,) = given.checked_files([file])
    plan = Plan(
        sweeps=_sweeps(sweeps),
        junction_potential=junction_potential,
        bridge=bridge,
        pipette_capacitance=pipette_capacitance,
        clamp_lag=clamp_lag,
        series_resistance=series_resistance,
        capacitance=capacitance,
        reversal=reversal,
        bandwidth=bandwidth,
        amplifier_correction=_share(amplifier_correction),
        leak=None if leak is None else leak.strip(),
        leak_up_to=leak_up_to,
        seal=seal,
        seal_reversal=seal_reversal,
        filter_frequency=filter_frequency,
        filter_delay=filter_delay,
    )
    target = _target(source, output)
    _check(plan, figure, auto=auto)
    options = given.read_options(response, command, unit, command_unit, sampling_rate, clamp_mode)
    from loligo.report.result import examine

    try:
        result = examine(source, options, analysis=None)
        made, result = _offered(result) if auto else _corrected(result, plan)
        if made is not None:
            result = _written(made, result, target, figure, overwrite=overwrite)
    except KeyboardInterrupt:
        say("interrupted; nothing was written")
        raise typer.Exit(INTERRUPTED) from None
    tell(result, made, target, json=json)
    raise typer.Exit(0 if result.is_ok else 1)


def _target(source: str, output: Path | None) -> Path:
    path = Path(source)
    target = output if output is not None else path.with_name(f"{path.stem}-corrected.nwb")
    if target.is_dir():
        raise typer.BadParameter(f"-o {target} is a folder; name the file to write")
    if target.suffix.lower() != ".nwb":
        raise typer.BadParameter(f"-o {target}: the name of an NWB file ends in .nwb")
    return target


_NEEDED = (
    ("capacitance", "series_resistance"),
    ("reversal", "series_resistance"),
    ("bandwidth", "series_resistance"),
    ("amplifier_correction", "series_resistance"),
    ("leak_up_to", "leak"),
    ("seal_reversal", "seal"),
    ("clamp_lag", "pipette_capacitance"),
)


def _check(plan: Plan, figure: Path | None, *, auto: bool) -> None:
    """End the program where nothing is asked for, or something that says nothing alone."""
    if auto and (not plan.is_empty or plan.sweeps is not None):
        raise typer.BadParameter("--auto finds everything itself; name corrections, or --auto")
    if plan.is_empty and not auto:
        raise typer.BadParameter(
            "name at least one correction, or --auto: --bridge, --series-resistance, "
            "--junction-potential, --pipette-capacitance, --leak, --seal, --filter-delay"
        )
    for name, owner in _NEEDED:
        if getattr(plan, name) is not None and getattr(plan, owner) is None:
            one, other = (word.replace("_", "-") for word in (name, owner))
            raise typer.BadParameter(f"--{one} belongs to --{other}")
    if plan.series_resistance == "auto":
        for name in ("capacitance", "amplifier_correction"):
            if getattr(plan, name) is not None:
                word = name.replace("_", "-")
                raise typer.BadParameter(f"--{word}: --series-resistance auto finds what was left")
    if figure is not None and figure.suffix.lower() not in {".png", ".pdf", ".svg"}:
        raise typer.BadParameter(f"--figure {figure}: the name must end in .png, .pdf or .svg")


def _sweeps(text: str | None) -> tuple[int, ...] | None:
    """Return ``0,3-5`` as (0, 3, 4, 5)."""
    if text is None:
        return None
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if not first.isdigit() or (dash and not last.isdigit()):
            raise typer.BadParameter(f"--sweeps {text!r}: write for example '0,3-7'")
        found += range(int(first), int(last or first) + 1)
    return tuple(found)


def _share(text: str | None) -> float | None:
    from loligo.errors import UnitError
    from loligo.units import quantity

    if text is None:
        return None
    try:
        return quantity(text, "fraction", name="--amplifier-correction")
    except UnitError as error:
        raise typer.BadParameter(str(error)) from error


def _corrected(result: FileResult, plan: Plan) -> tuple[Recording | None, FileResult]:
    """Correct what was read; a refusal becomes the result's status and reason."""
    from dataclasses import replace

    from loligo.analysis.correct import carry_out
    from loligo.errors import LoligoError
    from loligo.report.result import FileStatus, as_bug

    if result.recording is None:
        return None, result
    try:
        return carry_out(result.recording, plan), result
    except LoligoError as error:
        return None, replace(result, status=FileStatus.REFUSED, reason=str(error))
    except Exception as error:
        return None, replace(result, status=FileStatus.FAILED, reason=as_bug(error))


def _offered(result: FileResult) -> tuple[Recording | None, FileResult]:
    """Correct what the recording itself tells; say what it does not."""
    from dataclasses import replace

    from loligo.analysis.correct import offer
    from loligo.report.result import FileStatus, as_bug

    if result.recording is None:
        return None, result
    try:
        made, offers = offer(result.recording)
    except Exception as error:
        return None, replace(result, status=FileStatus.FAILED, reason=as_bug(error))
    reasons = [f"{entry.channel}: {entry.reason}" for entry in offers if entry.correction is None]
    if made is None:
        why = "; ".join(reasons) or "there is no response in voltage or current clamp"
        return None, replace(result, status=FileStatus.REFUSED, reason=why)
    for reason in reasons:
        say(f"not corrected: {reason}")
    return made, result


def _written(
    made: Recording, result: FileResult, target: Path, figure: Path | None, *, overwrite: bool
) -> FileResult:
    """Write the copy and the figure; what fails becomes the result's status and reason."""
    from dataclasses import replace

    from loligo.errors import LoligoError
    from loligo.plot import draw_corrections
    from loligo.recording import write_nwb
    from loligo.report.result import FileStatus, as_bug

    if figure is not None and figure.exists() and not overwrite:
        why = f"{figure} exists; pass --overwrite, or another name"
        return replace(result, status=FileStatus.FAILED, reason=why)
    try:
        write_nwb(made, target, overwrite=overwrite)
        if figure is not None:
            draw_corrections(made, _drawn(made)).savefig(figure, dpi=150)
    except LoligoError as error:
        return replace(result, status=FileStatus.FAILED, reason=str(error))
    except OSError as error:
        why = f"{error.filename or target} cannot be written: {error.strerror or error}"
        return replace(result, status=FileStatus.FAILED, reason=why)
    except Exception as error:
        return replace(result, status=FileStatus.FAILED, reason=as_bug(error))
    return result


def _drawn(made: Recording) -> str | None:
    """Return the first of several corrected responses, ``None`` where there is one."""
    names = {response.name for response in made.responses}
    found = [c.channel for c in made.corrections if c.applied and c.channel in names]
    return found[0] if len(set(found)) > 1 else None
