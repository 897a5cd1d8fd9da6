"""Plain HDF5 files and MATLAB 7.3: numeric datasets with one or two dimensions, loaded lazily.

Every such dataset is a candidate. Its attributes are evidence where they leave no doubt: ``units``
(or ``unit``) with a unit's name; a rate or interval with its unit, either as text
(``sampling_rate = "20 kHz"``) or in the attribute's name (``dt_ms = 0.05``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from loligo.errors import DamagedFileError, ReadError, UnitError
from loligo.recording.io.bare_arrays import BareArray, read_arrays
from loligo.recording.io.build import check_rate, rate_of
from loligo.recording.io.guard_hdf5 import storage_problem
from loligo.recording.io.options import ReadOptions
from loligo.recording.provenance import Provenance
from loligo.recording.recording import Recording
from loligo.recording.samples import Samples, StoredInHdf5
from loligo.units import convert, quantity

_MOST_OBJECTS = 10_000
_RATES = ("sampling_rate", "sampling_frequency", "sample_rate", "samplerate", "rate", "fs")
_INTERVALS = ("sampling_interval", "sample_interval", "dt")
_SUFFIXES = {"hz": "Hz", "khz": "kHz", "s": "s", "ms": "ms", "us": "us"}


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read the numeric datasets of a file."""
    import h5py

    arrays: list[BareArray] = []
    seen = 0

    def visit(name: str, item: Any) -> None:
        nonlocal seen
        seen += 1
        if seen > _MOST_OBJECTS:
            raise ReadError(path, f"it holds more than {_MOST_OBJECTS} objects, no text-book table")
        if isinstance(item, h5py.Dataset) and _is_signal(item):
            arrays.append(_array(path, name, item))

    with h5py.File(path, "r") as file:
        is_matlab = file.userblock_size > 0
        file.visititems(visit)
        extra = {key: text for key in file.attrs if (text := _text(file.attrs[key]))}
    provenance = Provenance(
        source=path.name,
        format="MATLAB 7.3" if is_matlab else "HDF5",
        reader=f"h5py {h5py.__version__}",
        extra=extra,
    )
    return read_arrays(path, arrays, options, provenance)


def _is_signal(dataset: Any) -> bool:
    return (
        dataset.dtype.kind in "iuf"
        and dataset.shape is not None
        and dataset.ndim in {1, 2}
        and min(dataset.shape) >= 1
        and max(dataset.shape) > 1
        and _text(dataset.attrs.get("MATLAB_class", "double")) not in {"char", "cell", "struct"}
    )


def _array(path: Path, name: str, dataset: Any) -> BareArray:
    problem = storage_problem(dataset)
    if problem:
        raise DamagedFileError(path, problem)
    shape: tuple[int, ...] = dataset.shape
    kind: np.dtype[Any] = dataset.dtype

    def lane(axis: int, index: int) -> Samples:
        if len(shape) == 1:
            return StoredInHdf5(path, name, shape[0], kind)
        if axis == 0:
            return StoredInHdf5(path, name, shape[0], kind, column=index)
        return StoredInHdf5(path, name, shape[1], kind, row=index)

    attributes = {key.lower(): dataset.attrs[key] for key in dataset.attrs}
    unit = _text(attributes.get("units", attributes.get("unit", "")))
    return BareArray(name, shape, lane, unit, _stated_rate(path, name, attributes))


def _text(value: Any) -> str:
    """Return an attribute as text."""
    if isinstance(value, bytes | np.bytes_):
        return value.decode("utf-8", "replace").strip("\x00 ")
    return str(value).strip() if np.ndim(value) == 0 else ""


def _stated_rate(path: Path, name: str, attributes: dict[str, Any]) -> float | None:
    """Return the sampling rate [kHz] a dataset's attributes state with a unit."""
    for key, value in attributes.items():
        match = re.fullmatch(r"(\w+?)(?:_(hz|khz|ms|us|s))?", key)
        if match is None or match[1] not in (*_RATES, *_INTERVALS):
            continue
        text = f"{_text(value)} {_SUFFIXES[match[2]]}" if match[2] else _text(value)
        dimension = "frequency" if match[1] in _RATES else "time"
        try:
            number = quantity(text, dimension, name=key)
        except UnitError:
            continue
        rate = number if dimension == "frequency" else rate_of(convert(number, "ms", "s"), "s")
        check_rate(path, rate, f"attribute {key!r} of {name!r}")
        return rate
    return None
