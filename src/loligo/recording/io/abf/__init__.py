"""The ABF reader, versions 1 and 2: header, samples, commands and roles put together."""

from __future__ import annotations

import mmap
from pathlib import Path

from loligo.errors import DamagedFileError
from loligo.recording.io.abf.assemble import assemble
from loligo.recording.io.abf.stimulus_file import read_header
from loligo.recording.io.options import ReadOptions
from loligo.recording.recording import Recording

__all__ = ["read_file"]


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read an ABF file; samples are loaded only when asked for.

    Parameters
    ----------
    path : Path
    options : ReadOptions
        ``command`` may name an input, an output or a stimulus file.

    Raises
    ------
    DamagedFileError
        The header does not hold together, or there are no samples.
    UndeterminedError
        The response or its unit is not determined.
    """
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(content) < 512:
        raise DamagedFileError(path, f"it ends after {len(content)} bytes, inside the header")
    return assemble(content, read_header(content, path), path, options)
