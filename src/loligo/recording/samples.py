"""Where samples come from: anything one-dimensional that can be sliced without loading it all.

A NumPy array (or memory map) is one; a dataset in an HDF5 file that is opened only while it is read
is another. A reader may bring its own, such as a command waveform computed where it is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError


@runtime_checkable
class Samples(Protocol):
    """A one-dimensional run of stored numbers."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(number of samples,)``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the stored numbers."""

    def __getitem__(self, key: slice, /) -> NDArray[Any]:
        """Load a slice."""


class StoredInHdf5:
    """A one-dimensional part of a dataset in an HDF5 file, loaded slice by slice.

    The file is open only while a slice is read, so it stays free for other programs.

    Parameters
    ----------
    path : Path
        The file.
    dataset : str
        Path of the dataset inside it.
    length : int
    dtype : numpy dtype
    column : int, optional
        Column, for a dataset of shape ``(time, channel)``.
    first : int
        Index of the first sample in the dataset.
    row : int, optional
        Row, for a dataset of shape ``(sweep, time)``.

    Raises
    ------
    DamagedFileError
        On access: the file is gone, or the dataset in it cannot be read or has become shorter.
    """

    def __init__(
        self,
        path: Path,
        dataset: str,
        length: int,
        dtype: np.dtype[Any],
        column: int | None = None,
        first: int = 0,
        row: int | None = None,
    ) -> None:
        self.shape = (length,)
        self.dtype = dtype
        self.path = path
        self._dataset = dataset
        self._column = column
        self._first = first
        self._row = row

    def __getitem__(self, key: slice, /) -> NDArray[Any]:
        import h5py

        start, stop, step = key.indices(self.shape[0])
        where: Any = slice(self._first + start, self._first + max(start, stop), step)
        if self._column is not None:
            where = (where, self._column)
        if self._row is not None:
            where = (self._row, where)
        try:
            with h5py.File(self.path, "r") as file:
                values = np.asarray(file[self._dataset][where])
        except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise DamagedFileError(
                self.path, f"dataset {self._dataset!r} cannot be read: {error}"
            ) from error
        if values.shape != (len(range(start, stop, step)),):
            raise DamagedFileError(
                self.path,
                f"dataset {self._dataset!r} gave {values.size} samples where "
                f"{len(range(start, stop, step))} were declared",
                "The file was changed since it was opened; read it again",
            )
        return values
