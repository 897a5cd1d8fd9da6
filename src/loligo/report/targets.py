"""Where results go: complete or not at all, and never over a file that is not an earlier result.

A shell that expands ``-o *.csv`` names a recording as the output; nothing here would replace it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from loligo.errors import WriteError

_ENDS = 16384


def check_target(path: Path, mark: str, sources: Iterable[str | Path] = ()) -> None:
    """Refuse to write where something else would be lost.

    Parameters
    ----------
    path : Path
        The file to be written.
    mark : str
        What a file of this kind holds near its begin or end; one that does may be replaced.
    sources : iterable of path-like
        Files that must not be replaced whatever they hold: the recordings.

    Raises
    ------
    WriteError
        There is something at `path` that loligo did not write, or one of the sources.
    """
    if not path.exists():
        return
    if not path.is_file():
        raise WriteError(f"{path} is not a file; choose another name")
    if any(_is_same(path, Path(source)) for source in sources):
        raise WriteError(f"{path} is one of the recordings; choose another name")
    with path.open("rb") as file:
        ends = file.read(_ENDS)
        file.seek(max(path.stat().st_size - _ENDS, 0))
        ends += file.read(_ENDS)
    if ends and mark.encode() not in ends:
        raise WriteError(
            f"{path} exists and was not written by this command; it was left as it is. "
            "Choose another name, or move it away"
        )


def _is_same(path: Path, source: Path) -> bool:
    try:
        return path.samefile(source)
    except (OSError, ValueError):
        return False


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a name to write to; the file appears at `path` when the block ends without error."""
    partial = path.with_name(f".{path.name}-{uuid4().hex[:8]}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
