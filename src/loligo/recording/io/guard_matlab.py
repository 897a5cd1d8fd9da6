"""A check of MATLAB files that SciPy does not make: it trusts type codes that do not exist.

The layout is that of MathWorks' "MAT-File Format", level 5: elements of (type, length, data), the
data padded to 8 bytes; up to 4 bytes of data may share the 8 bytes of their own tag.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from loligo.errors import DamagedFileError

_FIRST = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBER_TYPES = {1, 2, 3, 4, 5, 6, 7, 9, 12, 13}
_NUMBER_CLASSES = range(6, 16)
_HEAD = 4096
"""Flags, dimensions, name and the tag of the data fit in far less."""


def check_elements(path: Path) -> None:
    """Refuse a file whose numeric variables are stored as a type that does not exist.

    Raises
    ------
    DamagedFileError
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        order = ">" if file.read(_FIRST)[126:128] == b"MI" else "<"
        at = _FIRST
        while at + 8 <= size:
            file.seek(at)
            kind, length = struct.unpack(f"{order}II", file.read(8))
            if kind not in {_MATRIX, _COMPRESSED} or at + 8 + length > size:
                raise DamagedFileError(
                    path, f"at byte {at} there is no variable but type {kind}, {length} bytes"
                )
            content = file.read(min(length, _HEAD))
            if kind == _COMPRESSED:
                content = _unpacked(path, content, at)[8:]
            _check_variable(path, content, order, at)
            at += 8 + length


def _unpacked(path: Path, content: bytes, at: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, _HEAD)
    except zlib.error as error:
        raise DamagedFileError(
            path, f"the variable at byte {at} cannot be unpacked: {error}"
        ) from error


def _check_variable(path: Path, content: bytes, order: str, place: int) -> None:
    """Go through flags, dimensions and name to the tag of the data, and check its type."""
    if len(content) < 16:
        return
    (flags,) = struct.unpack_from(f"{order}I", content, 8)
    if flags & 0xFF not in _NUMBER_CLASSES:
        return
    at = 0
    for _ in range(3):
        at += _element_size(content, order, at)
    if at + 8 > len(content):
        raise DamagedFileError(path, f"the variable at byte {place} has no data")
    (word,) = struct.unpack_from(f"{order}I", content, at)
    kind = word & 0xFFFF if word >> 16 else word
    if kind not in _NUMBER_TYPES:
        raise DamagedFileError(
            path, f"the variable at byte {place} is stored as type {kind}, which does not exist"
        )


def _element_size(content: bytes, order: str, at: int) -> int:
    """Return the bytes an element takes with its tag and padding."""
    if at + 8 > len(content):
        return 8
    word, length = struct.unpack_from(f"{order}II", content, at)
    return 8 if word >> 16 else 8 + (length + 7) // 8 * 8
