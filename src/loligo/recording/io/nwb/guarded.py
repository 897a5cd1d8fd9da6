"""Values out of HDF5 that may be damaged: nothing is loaded that the file cannot hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from loligo.recording.io.guard_hdf5 import storage_problem

_MOST_COMPRESSION = 1100
"""No less than one byte in 1100 is left by gzip; a dataset that declares more is damaged."""

_SMALL = 1 << 20


class UnusableError(Exception):
    """A part of a file that cannot be used; the message says why. Never leaves this package."""


def check_size(dataset: Any) -> None:
    """Refuse a dataset that declares more than its stored bytes can be worth.

    Raises
    ------
    UnusableError
    """
    problem = storage_problem(dataset)
    if problem:
        raise UnusableError(problem)
    declared = int(np.prod(dataset.shape, dtype=np.float64)) * dataset.dtype.itemsize
    stored = int(dataset.id.get_storage_size())
    if dataset.external or dataset.is_virtual:
        return
    if declared > max(_SMALL, _MOST_COMPRESSION * stored):
        raise UnusableError(f"{dataset.name} declares {declared} bytes, but {stored} are stored")


def load(group: Any, name: str) -> Any:
    """Load a whole dataset of a group.

    Raises
    ------
    UnusableError
        It declares more than the file holds.
    """
    dataset = group[name]
    check_size(dataset)
    return dataset[()]


def text(value: Any) -> str:
    """Return an attribute or scalar dataset as text, ``""`` where there is none."""
    if value is None:
        return ""
    if isinstance(value, np.ndarray):
        value = value.item() if value.size == 1 else None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""
