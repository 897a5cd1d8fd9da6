"""Checks of sizes and counts against the file, before any parsing.

A damaged count must not make a parser loop for minutes or fill the memory, so nothing is parsed
that does not lie inside the file and below a generous bound.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError

BLOCK = 512
Bytes = Any
"""A memory map, or bytes."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table in the file: byte offset, bytes per entry, number of entries."""

    name: str
    start: int
    size: int
    count: int

    @property
    def stop(self) -> int:
        """Offset of the byte after the table."""
        return self.start + self.size * self.count


def section(content: Bytes, name: str, entry_at: int) -> Section:
    """Read where a table of a version 2 file is."""
    block, size, count = struct.unpack_from("<IIq", content, entry_at)
    return Section(name, block * BLOCK, size, count)


def complaint(found: Section, length: int, least: int, most: int) -> str:
    """Return why a table cannot be used, ``""`` where it can."""
    if found.count == 0:
        return ""
    if not 0 < found.count <= most:
        return f"the {found.name} table claims {found.count} entries (at most {most} are possible)"
    if not least <= found.size <= 1 << 24:
        return f"an entry of the {found.name} table claims {found.size} bytes (at least {least})"
    if found.start < BLOCK or found.stop > length:
        return (
            f"the {found.name} table claims bytes {found.start} to {found.stop}, "
            f"but the file has {length}"
        )
    return ""


def require(
    path: Path, found: Section, length: int, least: int, most: int, *, may_be_empty: bool = False
) -> Section:
    """Return a table that must hold together.

    Raises
    ------
    DamagedFileError
        It does not.
    """
    reason = complaint(found, length, least, most)
    if not reason and found.count == 0 and not may_be_empty:
        reason = f"the {found.name} table is empty"
    if reason:
        raise DamagedFileError(path, reason, "The header is damaged; look for the original")
    return found


def records(content: Bytes, found: Section, dtype: Any) -> NDArray[Any]:
    """Return the entries of a checked table as a structured array (a copy)."""
    kind = np.dtype(dtype)
    raw = np.frombuffer(content, np.uint8, found.size * found.count, found.start)
    cut = np.ascontiguousarray(raw.reshape(found.count, found.size)[:, : kind.itemsize])
    return np.asarray(cut.view(kind)[:, 0])


def positive(path: Path, value: float, name: str, unit: str) -> float:
    """Return a finite number above 0.

    Raises
    ------
    DamagedFileError
        The header holds anything else.
    """
    if not (math.isfinite(value) and 0 < value < 1e12):
        raise DamagedFileError(path, f"its header states {name} = {value:g} {unit}".rstrip())
    return value


def gain_of(path: Path, name: str, span: float, resolution: int, factors: Iterable[float]) -> float:
    """Return what one stored integer is worth, in the channel's unit.

    Raises
    ------
    DamagedFileError
        The header's factors are zero or not finite.
    """
    product = math.prod(factors)
    gain = span / resolution / product if resolution and product else 0.0
    return math.copysign(positive(path, abs(gain), f"gain of input {name!r}", ""), gain)


def moment(date: int, milliseconds: int) -> datetime | None:
    """Return a stored ``YYYYMMDD`` (or ``YYMMDD``) date and time of day, ``None`` if impossible."""
    if 0 < date < 1_000_000:
        date += 19_000_000 if date >= 800_000 else 20_000_000
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    if not 1980 <= year <= 2200 or not 0 <= milliseconds < 86_400_000:
        return None
    try:
        return datetime(year, month, day) + timedelta(milliseconds=milliseconds)
    except ValueError:
        return None
