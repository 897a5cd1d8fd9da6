"""MATLAB files up to version 7 (.mat), read with scipy: simple numeric variables only.

Structs, cells, objects and complex numbers are not recordings and are left out; nothing in the
file is ever executed. Version 7.3 is HDF5 and read by `hdf5_table`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError, ReadError
from loligo.recording.io.bare_arrays import BareArray, read_arrays
from loligo.recording.io.guard_matlab import check_elements
from loligo.recording.io.options import ReadOptions
from loligo.recording.provenance import Provenance
from loligo.recording.recording import Recording

_NUMBERS = {"double": 8, "single": 4} | {
    f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)
}
_MOST_COMPRESSED = 1032
"""Deflate shrinks by this factor at most; a file that promises more is damaged."""


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read the numeric variables of a file."""
    import scipy
    from scipy import io

    check_elements(path)
    listed = io.whosmat(str(path))
    numeric = [entry for entry in listed if entry[2] in _NUMBERS]
    if not numeric:
        held = ", ".join(f"{name} ({kind})" for name, _, kind in listed) or "nothing"
        raise ReadError(path, f"it holds no numeric variable, but {held}")
    size = path.stat().st_size
    for name, shape, _ in numeric:
        if any(n < 0 for n in shape) or np.prod(shape, dtype=float) > _MOST_COMPRESSED * size:
            raise DamagedFileError(path, f"variable {name!r} of {shape} cannot be in {size} bytes")
    wanted = [name for name, shape, _ in numeric if _is_signal(shape)]
    loaded = io.loadmat(str(path), variable_names=wanted, struct_as_record=True)
    arrays = [_array(name, loaded[name]) for name in wanted if loaded[name].dtype.kind in "iuf"]
    provenance = Provenance(
        source=path.name,
        format="MATLAB 5",
        reader=f"scipy {scipy.__version__}",
        comment=_header(path),
    )
    return read_arrays(path, arrays, options, provenance)


def _is_signal(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and min(shape) >= 1 and max(shape) > 1


def _header(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(116).decode("latin-1").strip("\x00 ")


def _array(name: str, values: NDArray[Any]) -> BareArray:
    shape = values.shape
    if 1 in shape:
        values = values.reshape(-1)
    values.setflags(write=False)

    def lane(axis: int, index: int) -> NDArray[Any]:
        if values.ndim == 1:
            return values
        return values[:, index] if axis == 0 else values[index]

    return BareArray(name, values.shape, lane)
