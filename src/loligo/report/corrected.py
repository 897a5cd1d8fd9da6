"""The corrected copy of a file: what can be taken back, and the NWB file that holds it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from loligo.analysis.correct import Offer, offer
from loligo.errors import LoligoError, WriteError
from loligo.recording import Recording, read, write_nwb
from loligo.recording.corrections import recorded_channel
from loligo.report.result import FileResult


@dataclass(frozen=True, eq=False, slots=True)
class Corrected:
    """What can be taken back of what the rig did to a file.

    Attributes
    ----------
    file : str
        The path as given.
    recording : Recording or None
        Corrected; ``None`` where nothing can be.
    offers : tuple of Offer
        What was corrected or why not, a response each.
    copy : str
        Name of the file beside the page that holds it, ``""`` where it was not written.
    """

    file: str
    recording: Recording | None = None
    offers: tuple[Offer, ...] = ()
    copy: str = ""


def corrected(result: FileResult, name: str, folder: Path | None) -> Corrected:
    """Correct a file as far as its own steps tell how, and write the copy where a folder is given.

    Parameters
    ----------
    result : FileResult
    name : str
        As the page calls the file.
    folder : Path or None
        Where the copy goes.

    Raises
    ------
    WriteError
        The copy cannot be written, or another file has its name.
    """
    if result.recording is None or result.analysis is None:
        return Corrected(result.file)
    made, offers = offer(result.recording, result.analysis.results)
    if made is None or folder is None:
        return Corrected(result.file, made, offers)
    target = folder / copy_name(name)
    check_copy(target, result.file)
    write_nwb(made, target, overwrite=True)
    return Corrected(result.file, made, offers, target.name)


def copy_name(name: str) -> str:
    """Return what the corrected copy of a file is called.

    Examples
    --------
    >>> copy_name("day 1/cell.abf")
    'day 1-cell-corrected.nwb'
    """
    return f"{Path(name).with_suffix('').as_posix().replace('/', '-')}-corrected.nwb"


def check_copy(path: Path, source: str | Path) -> None:
    """Refuse to replace what is not an earlier corrected copy.

    Raises
    ------
    WriteError
    """
    if not path.exists():
        return
    is_source = Path(source).exists() and path.samefile(source)
    if not is_source and _is_copy(path):
        return
    raise WriteError(
        f"{path} exists and is not a corrected copy; it was left as it is. Choose another folder, "
        "or move it away"
    )


def _is_copy(path: Path) -> bool:
    try:
        found = read(path)
    except (LoligoError, OSError):
        return False
    return any(recorded_channel(found, channel) is not None for channel in found.responses)


def command(source: str) -> str:
    """Return the line that makes the corrected copy."""
    return f"loligo correct {shlex.quote(Path(source).name)} --auto"
