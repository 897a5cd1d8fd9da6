"""The trees of a HEKA PatchMaster bundle, walked before myokit reads them.

A bundle holds trees of records of fixed size per level. Their counts and sizes are checked here
against the file, so that a damaged file is refused before a reader follows it; and the one field
is read that myokit (1.39) takes for bytes where HEKA stores bits: how a stimulus is played.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path

from loligo.errors import DamagedFileError, ReadError

_LEVELS = {".pul": 5, ".pgf": 4, ".amp": 3}
_SMALLEST = {".pul": (528, 120, 480, 56, 304), ".pgf": (8, 100, 92, 72), ".amp": (8, 8, 8)}
_MAGIC = {b"eerT": "<", b"Tree": ">"}
_FROM_TEMPLATE = 0b100


def check_bundle(path: Path, data: bytes | mmap) -> bool:
    """Check the header and trees; tell whether a stimulus was played from a template file.

    Raises
    ------
    ReadError
        Not a bundle, or one written on a big-endian machine.
    DamagedFileError
        Sizes or counts that do not fit the file.
    """
    if data[:4] != b"DAT2":
        raise ReadError(path, "it is not a PatchMaster bundle", "Export it as a bundle (.dat)")
    if len(data) < 256:
        raise DamagedFileError(path, f"it ends after {len(data)} bytes, inside its header")
    if data[52] == 0:
        raise ReadError(path, "it is a big-endian bundle, which is not supported")
    from_template = False
    found = set()
    for start, length, name in _items(data):
        if not 256 <= start <= start + length <= len(data):
            raise DamagedFileError(
                path,
                f"its part {name} should end at byte {start + length}, the file has {len(data)}",
            )
        found.add(name)
        if name not in _LEVELS:
            continue
        for depth, place, order in _records(path, data, start, start + length, name):
            if name == ".pgf" and depth == 2:
                (flags,) = struct.unpack_from(f"{order}H", data, place + 76)
                from_template |= bool(flags & _FROM_TEMPLATE)
    missing = {".dat", ".pul", ".pgf"} - found
    if missing:
        raise DamagedFileError(path, f"its parts {', '.join(sorted(missing))} are missing")
    return from_template


def _items(data: bytes | mmap) -> Iterator[tuple[int, int, str]]:
    for place in range(64, 256, 16):
        start, length, name = struct.unpack_from("<ii8s", data, place)
        if length:
            yield start, length, name.split(b"\x00")[0].decode("latin-1")


def _records(
    path: Path, data: bytes | mmap, start: int, stop: int, name: str
) -> Iterator[tuple[int, int, str]]:
    """Yield depth, place and byte order of each record of a tree."""
    order = _MAGIC.get(data[start : start + 4])
    if order is None or stop - start < 8:
        raise DamagedFileError(path, f"its part {name} does not begin as a tree")
    (levels,) = struct.unpack_from(f"{order}i", data, start + 4)
    if levels != _LEVELS[name] or stop - start < 8 + 4 * levels:
        raise DamagedFileError(path, f"its part {name} has {levels} levels")
    sizes = struct.unpack_from(f"{order}{levels}i", data, start + 8)
    if any(size < least for size, least in zip(sizes, _SMALLEST[name], strict=True)):
        raise DamagedFileError(path, f"its part {name} has records of {sizes} bytes")
    place = start + 8 + 4 * levels
    open_counts = [1]
    while open_counts:
        if open_counts[-1] == 0:
            open_counts.pop()
            continue
        open_counts[-1] -= 1
        depth = len(open_counts) - 1
        after = place + sizes[depth]
        if after + 4 > stop:
            raise DamagedFileError(path, f"its part {name} ends inside a record")
        yield depth, place, order
        (children,) = struct.unpack_from(f"{order}i", data, after)
        if children < 0 or (children and depth + 1 == levels):
            raise DamagedFileError(path, f"a record of its part {name} counts {children} parts")
        place = after + 4
        if children:
            open_counts.append(children)
