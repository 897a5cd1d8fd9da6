"""Samples of a command for one sweep or each, held so that they compare and hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError, UnitError
from loligo.protocol.series import ABOVE, LEVELS, number
from loligo.units import INTERNAL_UNITS, resolve, to_internal

BETWEEN_SWEEPS = " | "


@dataclass(frozen=True, slots=True)
class Waveform:
    """Samples in the internal unit of a dimension.

    Attributes
    ----------
    samples : tuple of bytes
        float64 in the machine's order, for all sweeps or for each.
    dimension : str
    above_holding : bool
        The samples are counted from the holding level.
    """

    samples: tuple[bytes, ...]
    dimension: str
    above_holding: bool = False

    def at(self, sweep: int) -> bytes:
        """Return the samples of a sweep as bytes."""
        return self.samples[sweep] if len(self.samples) > 1 else self.samples[0]

    def size(self, sweep: int) -> int:
        """Return how many samples a sweep has."""
        return len(self.at(sweep)) // 8

    def array(self, sweep: int = 0) -> NDArray[np.float64]:
        """Return the samples of a sweep, shape (time,), in the internal unit."""
        return np.frombuffer(self.at(sweep), dtype=np.float64)

    def __str__(self) -> str:
        unit = INTERNAL_UNITS[self.dimension]
        listed = (
            f"{', '.join(map(number, np.frombuffer(values).tolist()))} {unit}"
            for values in self.samples
        )
        return BETWEEN_SWEEPS.join(listed) + (f" {ABOVE}" if self.above_holding else "")

    def __repr__(self) -> str:
        sizes = sorted({len(values) // 8 for values in self.samples})
        return f"<Waveform of {len(self.samples)} sweep(s), {sizes} samples, {self.dimension}>"


def waveform(values: ArrayLike, unit: str, *, above_holding: bool = False) -> Waveform:
    """Return samples as a waveform.

    Parameters
    ----------
    values : array_like, shape (time,) or (sweep, time)
    unit : str
        Its dimension decides the clamp.
    above_holding : bool
        The samples are counted from the holding level.

    Raises
    ------
    UnitError
        Not a unit of voltage, current, current density or conductance.
    ModelError
        Empty, of another shape, or not finite.
    """
    dimension = resolve(unit).dimension
    if dimension not in LEVELS:
        words = ", ".join(LEVELS).replace("_", " ")
        raise UnitError(f"samples in {unit} are a {dimension}; a command is one of {words}")
    array = to_internal(values, unit) + 0.0
    if array.ndim not in {1, 2} or array.size == 0 or not np.isfinite(array).all():
        raise ModelError(
            f"samples of shape {array.shape} must be finite and of shape (time,) or (sweep, time)"
        )
    return Waveform(tuple(row.tobytes() for row in np.atleast_2d(array)), dimension, above_holding)


def as_waveform(value: Any, name: str) -> Waveform:
    """Turn what was written into a waveform: text, or an array with a unit.

    Raises
    ------
    UnitError, ModelError
        See `waveform`.
    """
    if isinstance(value, Waveform):
        return value
    if isinstance(value, str):
        return _parsed(value, name)
    unit = str(getattr(value, "units", "") or getattr(value, "attrs", {}).get("units", ""))
    if not unit:
        raise UnitError(f"{name}: samples need a unit; pass waveform(values, 'mV')")
    return waveform(getattr(value, "magnitude", getattr(value, "values", value)), unit)


def _parsed(text: str, name: str) -> Waveform:
    body = text.strip()
    above = body.endswith(ABOVE)
    rows = [_row(part, name) for part in body.removesuffix(ABOVE).split(BETWEEN_SWEEPS.strip())]
    units = {unit for _, unit in rows if unit}
    if len(units) != 1:
        raise UnitError(f"{name} needs one unit, after its last sample; it has {sorted(units)}")
    (unit,) = units
    made = [waveform(values, unit) for values, _ in rows]
    return Waveform(tuple(w.samples[0] for w in made), made[0].dimension, above)


def _row(text: str, name: str) -> tuple[list[float], str]:
    *first, last = text.split(",")
    value, _, unit = last.strip().partition(" ")
    try:
        return [float(word) for word in (*first, value)], unit.strip()
    except ValueError:
        raise ModelError(
            f"{name}: samples are numbers with commas between and one unit at the end; "
            f"got {text.strip()[:60]!r}"
        ) from None
