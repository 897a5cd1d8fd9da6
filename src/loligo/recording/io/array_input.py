"""Arrays from the outside: plain, with a unit (pint, quantities) or labelled (xarray)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError, UnitError
from loligo.recording.io.build import rate_of

_REGULAR = 1e-3


@dataclass(frozen=True, eq=False, slots=True)
class ArrayInput:
    """Rows of numbers, with unit and sampling rate [kHz] where the arrays carry them."""

    rows: tuple[NDArray[Any], ...]
    unit: str | None
    sampling_rate: float | None


def array_input(values: Any, name: str) -> ArrayInput:
    """Take apart one array ``(time,)`` or ``(sweep, time)``, or a sequence of arrays.

    The rows are copied and frozen. A labelled array may have its dimensions in any order; a
    regular ``time`` coordinate with a unit gives the sampling rate.

    Raises
    ------
    SelectionError
        Shape or type is none a recording can have.
    UnitError
        The arrays of a sequence carry different units or rates.
    """
    is_one = _unit(values) is not None or not isinstance(values, Sequence)
    if is_one or (len(values) > 0 and np.ndim(values[0]) == 0 and _unit(values[0]) is None):
        rows = _split(values)
        units, rates = {_unit(values)}, {_rate(values)}
    else:
        rows = [np.asarray(_numbers(row)) for row in values]
        units = {_unit(row) for row in values}
        rates = {_rate(row) for row in values}
    if not rows:
        raise SelectionError(f"{name} has no sweeps")
    for kind, found in (("units", units), ("sampling rates", rates)):
        if len(found) > 1:
            raise UnitError(
                f"the arrays of {name} carry different {kind}: {sorted(map(str, found))}"
            )
    for i, row in enumerate(rows):
        if row.ndim != 1 or row.size == 0 or row.dtype.kind not in "iuf":
            raise SelectionError(
                f"{name}: sweep {i} has shape {row.shape} and type {row.dtype}; "
                "one-dimensional, non-empty and numeric is needed"
            )
    return ArrayInput(tuple(_frozen(row) for row in rows), units.pop(), rates.pop())


def _split(values: Any) -> list[NDArray[Any]]:
    """Return the rows of one array, time last."""
    if "time" in getattr(values, "dims", ()):
        values = values.transpose(..., "time")
    array = np.asarray(_numbers(values))
    return [array] if array.ndim <= 1 else list(array)


def _numbers(values: Any) -> Any:
    """Strip the unit or the labels."""
    return getattr(values, "magnitude", values)


def _unit(values: Any) -> str | None:
    """Return the unit an array carries."""
    if hasattr(values, "magnitude") and hasattr(values, "units"):
        return str(values.units)
    stated = getattr(values, "attrs", {}).get("units")
    return stated if isinstance(stated, str) else None


def _rate(values: Any) -> float | None:
    """Return the sampling rate [kHz] of a regular, labelled time axis."""
    coordinates = getattr(values, "coords", {})
    if "time" not in coordinates:
        return None
    times, unit = coordinates["time"], _unit(coordinates["time"])
    if unit is None or times.size < 2:
        return None
    steps = np.diff(np.asarray(times, dtype=np.float64))
    mean = float(steps.mean())
    if not (mean > 0 and np.allclose(steps, mean, rtol=_REGULAR, atol=0)):
        raise UnitError("the time coordinate is not regular; resample, or pass plain arrays")
    return rate_of(float(f"{mean:.9g}"), unit)


def _frozen(row: NDArray[Any]) -> NDArray[Any]:
    copy = np.array(row)
    copy.setflags(write=False)
    return copy
