"""What `loligo correct` says of the corrections it made, in lines or as a JSON object."""

from __future__ import annotations

import json as encoder
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from loligo.cli.work import as_options, complain, printable

if TYPE_CHECKING:
    from loligo.recording import Recording
    from loligo.report.result import FileResult


def tell(result: FileResult, made: Recording | None, target: Path, *, json: bool) -> None:
    """Print what was corrected by how much, and where the copy is.

    Parameters
    ----------
    result : FileResult
        Of the file that was to be corrected.
    made : Recording or None
        The copy.
    target : Path
        Where it was written.
    json : bool
    """
    from dataclasses import replace

    from loligo.report.tables import correction_rows

    done = made is not None and target.exists() and result.status.value in {"ok", "partial"}
    rows = correction_rows(made) if made is not None and done else []
    result = replace(result, reason=_as_options(result.reason))
    if json:
        answer = {
            "file": result.file,
            "status": result.status.value,
            "reason": result.reason,
            "output": str(target) if done else None,
            "corrections": rows,
        }
        typer.echo(encoder.dumps(answer, allow_nan=False))
        return
    complain(result)
    for row in rows:
        typer.echo(printable(_line(row)))
    if done:
        typer.echo(target)
        if sys.stdout.isatty():
            typer.echo(f"Before and after: loligo report {result.file} {target} -o loligo-report")


_NAMES = {
    "correction": "amplifier-correction",
    "highest": "leak-up-to",
    "filter_frequency": "filter",
    "capacitance": "capacitance",
    "sweeps": "sweeps",
}


def _as_options(text: str) -> str:
    """Rewrite arguments of the library (``sweeps=[0, 2]``) as options of this command."""
    listed = re.sub(
        r"\bsweeps=\[([\d, ]+)\]", lambda found: f"--sweeps {found[1].replace(' ', '')}", text
    )
    for name, option in _NAMES.items():
        listed = re.sub(rf"(?<![-\w]){name}=(?=[\d.])", f"--{option} ", listed)
        listed = re.sub(rf"(?<![-\w]){name}=", f"--{option}", listed)
    return as_options(listed)


def _line(row: dict[str, Any]) -> str:
    from loligo.analysis.digits import interval, number, unit_symbol

    low, high = row["interval"] or (None, None)
    value = number(row["value"], low, high)
    ends = "" if low is None or high is None else f" [{interval(row['value'], low, high)}]"
    where = "" if row["sweeps"] is None else f", sweeps {', '.join(map(str, row['sweeps']))}"
    size = f"{value} {unit_symbol(row['unit'])}{ends}"
    source = row["source"].split(":")[0]
    what = f"{row['channel']}: {row['name']} {size}"
    return f"{what}{f' ({source})' if source else ''}: {row['definition']}{where}"
