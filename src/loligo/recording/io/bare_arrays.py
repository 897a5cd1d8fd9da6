"""Recordings from named arrays in a file that says little of them (MATLAB, plain HDF5).

The response is the only numeric array, or the one ``response=`` names; arrays of the same shape
are further channels. Of a table, the longer side is time, the other counts the sweeps; that is
said in the findings, and a square table is refused. Unit and sampling rate come from what the file
states of the array, else from the caller; nothing else is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loligo.errors import ReadError, SelectionError, UndeterminedError, suggest
from loligo.recording.io.build import StoredSweep, StoredTrace, build, settled_rate
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Input, known_unit
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording
from loligo.recording.samples import Samples

_LISTED = 20


@dataclass(frozen=True, eq=False, slots=True)
class BareArray:
    """A numeric array with one or two dimensions.

    Attributes
    ----------
    name : str
    shape : tuple of int
    lane : callable (axis: int, index: int) -> Samples
        The samples along `axis` at `index` of the other axis.
    unit : str
        As stated, ``""`` where it is not.
    sampling_rate : float or None [kHz]
        As stated.
    """

    name: str
    shape: tuple[int, ...]
    lane: Callable[[int, int], Samples]
    unit: str = ""
    sampling_rate: float | None = None

    @property
    def is_square(self) -> bool:
        """Whether its shape does not tell time from sweeps."""
        return len(self.shape) == 2 and self.shape[0] == self.shape[1]

    @property
    def time_axis(self) -> int:
        """The longer axis."""
        return max(range(len(self.shape)), key=lambda axis: self.shape[axis])

    @property
    def extent(self) -> tuple[int, int]:
        """Number of sweeps and of samples."""
        samples = self.shape[self.time_axis]
        count = 1 if len(self.shape) == 1 else self.shape[1 - self.time_axis]
        return count, samples

    def sweep(self, index: int) -> Samples:
        """Return the samples of one sweep."""
        return self.lane(self.time_axis, index)

    def __str__(self) -> str:
        size = " x ".join(map(str, self.shape))
        return f"{self.name!r} ({size}{', ' + self.unit if self.unit else ''})"


def read_arrays(
    path: Path, arrays: Sequence[BareArray], options: ReadOptions, provenance: Provenance
) -> Recording:
    """Make a recording of the arrays of a file.

    Raises
    ------
    ReadError
        No numeric array.
    UndeterminedError
        Several arrays and no ``response=``, or no unit or rate; the message lists the arrays.
    SelectionError
        ``response=`` names none of them.
    """
    if not arrays:
        raise ReadError(path, "it holds no numeric arrays of one or two dimensions")
    chosen = _chosen(path, arrays, options)
    _check_stated(path, arrays, chosen, options)
    rates = {array.sampling_rate for array in chosen if array.sampling_rate is not None}
    if len(rates) > 1:
        raise UndeterminedError(
            path,
            f"its arrays state different sampling rates: {sorted(rates)} kHz",
            "Pass response= with one of them",
        )
    rate = settled_rate(path, rates.pop() if rates else None, options, "it states no sampling rate")
    count, samples = chosen[0].extent
    sweeps = [
        StoredSweep({array.name: StoredTrace(array.sweep(index), rate) for array in chosen})
        for index in range(count)
    ]
    findings = []
    if len(chosen[0].shape) == 2 and count > 1:
        why = f"the longer side of {chosen[0]} is taken as time"
        findings.append(Finding("sweeps", f"{count} of {samples} samples", Basis.INFERRED, why))
    inputs = [Input(array.name, array.unit) for array in chosen]
    return build(path, inputs, sweeps, options, provenance, findings)


def _chosen(path: Path, arrays: Sequence[BareArray], options: ReadOptions) -> tuple[BareArray, ...]:
    """Return the response's array and those of its shape."""
    names = [array.name for array in arrays]
    for name in options.response:
        if name not in names:
            raise SelectionError(f"{path.name}: no array {name!r}; {suggest(name, names)}")
    named = [array for array in arrays if array.name in options.response]
    wanted = named or arrays
    if len({array.extent for array in wanted}) > 1:
        raise UndeterminedError(
            path,
            f"it holds several arrays: {_listing(arrays)}",
            "Pass response= with the name of the recorded response",
        )
    first = wanted[0]
    if first.is_square:
        raise UndeterminedError(path, f"{first} is square: which side is time is not determined")
    return tuple(array for array in arrays if array.extent == first.extent)


def _check_stated(
    path: Path, arrays: Sequence[BareArray], chosen: Sequence[BareArray], options: ReadOptions
) -> None:
    """Say in one message all that is missing."""
    missing = []
    given = options.unit_of("", is_response=True) is not None or bool(options.units)
    if not given and not any(known_unit(array.unit) for array in chosen):
        missing.append("unit= with the response's unit ('mV', 'pA')")
    if options.sampling_rate is None and not any(array.sampling_rate for array in chosen):
        missing.append("sampling_rate= ('10 kHz')")
    if len(chosen) > 1 and not options.response and missing:
        missing.insert(0, "response= with the name of the recorded response")
    if missing:
        raise UndeterminedError(
            path,
            f"it holds {_listing(arrays)} and does not state unit or sampling rate",
            "Pass " + " and ".join(missing),
        )


def _listing(arrays: Sequence[BareArray]) -> str:
    shown = ", ".join(str(array) for array in arrays[:_LISTED])
    return shown if len(arrays) <= _LISTED else f"{shown} and {len(arrays) - _LISTED} more"
