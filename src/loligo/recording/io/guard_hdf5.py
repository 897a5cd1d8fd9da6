"""Checks of an HDF5 file that the HDF5 library itself does not make.

On some damaged files the library does not fail but loops for ever or ends the whole process,
inside one call that nothing in Python can interrupt. What leads there is looked for before.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any

from loligo.errors import DamagedFileError

_HEAP = b"GCOL\x01\x00\x00\x00"
_HEADER = 16
_SMALLEST_HEAP = 4096


def check_heaps(path: Path) -> None:
    """Refuse a file in which a heap of texts has objects without a size.

    The library walks such a heap without ever moving on.

    Raises
    ------
    DamagedFileError
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_HEAP)
        while at >= 0:
            (size,) = struct.unpack_from("<Q", content[at + 8 : at + _HEADER].ljust(8, b"\0"))
            if _SMALLEST_HEAP <= size <= len(content) - at:
                _check_heap(path, content[at : at + size], at)
            at = content.find(_HEAP, at + len(_HEAP))


def _check_heap(path: Path, heap: bytes, place: int) -> None:
    """Walk a global heap: objects of (index, references, reserved, size), data padded to 8."""
    at = _HEADER
    while len(heap) - at >= _HEADER:
        index, _, _, size = struct.unpack_from("<HHIQ", heap, at)
        step = size if index == 0 else _HEADER + (size + 7) // 8 * 8
        if step < _HEADER or step > len(heap) - at:
            raise DamagedFileError(
                path, f"the heap of texts at byte {place} has an object of {size} bytes in it"
            )
        at += step


def storage_problem(dataset: Any) -> str:
    """Return why the stored bytes of a dataset cannot be what they should, or ``""``.

    Parameters
    ----------
    dataset : h5py.Dataset
        Chunks that are empty or end beyond the file crash the library when they are unpacked; for
        a text that claims to be longer than the file it takes that much memory.
    """
    end = int(dataset.file.id.get_filesize())
    if dataset.chunks is None:
        return _text_problem(dataset, end)
    problems: list[str] = []

    def check(chunk: Any) -> None:
        if chunk.size == 0 or chunk.byte_offset + chunk.size > end:
            problems.append(f"a chunk of {chunk.size} bytes at byte {chunk.byte_offset}")

    dataset.id.chunk_iter(check)
    return f"{dataset.name} has {problems[0]}" if problems else ""


def _text_problem(dataset: Any, end: int) -> str:
    """Look at the descriptors of texts: (length, place and index in a heap), 16 bytes each."""
    import h5py

    place = dataset.id.get_offset()
    if place is None or h5py.check_string_dtype(dataset.dtype) is None or dataset.dtype.kind != "O":
        return ""
    with Path(dataset.file.filename).open("rb") as file:
        file.seek(place)
        descriptors = file.read(min(int(dataset.id.get_storage_size()), end))
    for length, _, _ in struct.iter_unpack("<IQI", descriptors[: len(descriptors) // 16 * 16]):
        if length > end:
            return f"{dataset.name} has a text of {length} bytes in a file of {end}"
    return ""
