"""`Free`: what may be said of a free parameter, and the coordinate in which it is fitted.

Parameters that are positive by nature are fitted as their logarithm. Bounds are the caller's, the
description's, or wide and said; an estimate that ends at one is told as such, never clamped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loligo.cell.quantity import write_quantity
from loligo.errors import ModelError
from loligo.units import quantity, resolve

Array = NDArray[np.float64]

WIDE = 1000.0
"""A positive parameter without bounds may be this many times smaller or larger than its start."""

LATEST = 1.0
"""Bound of a delay without bounds, either way [ms]."""


@dataclass(frozen=True, slots=True)
class Free:
    """Where a free parameter starts and how far it may go; what is left out is found.

    Attributes
    ----------
    start : quantity, optional
        By default what cell or rig say.
    low, high : quantity, optional
        Bounds. By default those of the description; of a positive parameter a thousandth and a
        thousand times its start; of a delay 1 ms either way.
    scale : {"log", "linear"}, optional
        By default the logarithm for what must be above 0.
    """

    start: Any = None
    low: Any = None
    high: Any = None
    scale: Literal["log", "linear"] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A parameter as cell or rig have it.

    Attributes
    ----------
    path : str
    unit : str
        Internal.
    value : float
    low, high : float
        What the description allows.
    is_positive : bool
    """

    path: str
    unit: str
    value: float
    low: float = -math.inf
    high: float = math.inf
    is_positive: bool = False


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A free parameter in internal units, and as the optimizer sees it.

    Attributes
    ----------
    path, unit : str
    start, low, high : float
    is_log : bool
    """

    path: str
    unit: str
    start: float
    low: float
    high: float
    is_log: bool

    def inside(self, value: float) -> float:
        """Return the optimizer's number of a value."""
        if not self.is_log:
            return value
        return math.log(value) if value > 0.0 else -math.inf

    def outside(self, number: float) -> float:
        """Return the value of the optimizer's number."""
        return math.exp(min(number, 700.0)) if self.is_log else number

    @property
    def size(self) -> float:
        """What counts as a change of one in the optimizer's numbers."""
        if self.is_log:
            return 1.0
        if math.isfinite(self.low) and math.isfinite(self.high):
            return self.high - self.low
        return max(abs(self.start), _SIZES.get(self.unit, 1.0))


_SIZES = {"mV": 10.0, "pA": 10.0, "pF": 1.0}


def coordinate(place: Place, told: Free | None) -> Coordinate:
    """Return the coordinate of a parameter.

    Raises
    ------
    ModelError
        Bounds that hold nothing, a start outside of them, or a logarithm of what is not above 0.
    UnitError
        A value of another dimension.
    """
    given = told or Free()
    start = _number(place, given.start, "start", place.value)
    is_log = place.is_positive if given.scale is None else given.scale == "log"
    if is_log and not start > 0.0:
        raise ModelError(
            f"{place.path} starts at {_shown(start, place)}, of which there is no logarithm; give "
            "Free(start=...) above 0, or scale='linear'"
        )
    low, high = place.low, place.high
    if is_log:
        low, high = max(low, start / WIDE), min(high, start * WIDE)
    elif place.path.endswith("response.delay"):
        low, high = -LATEST, LATEST
    low, high = _number(place, given.low, "low", low), _number(place, given.high, "high", high)
    if is_log and low <= 0.0:
        raise ModelError(f"{place.path}: low = {_shown(low, place)} must be above 0")
    if low < place.low or high > place.high:
        raise ModelError(
            f"{place.path}: bounds of {_shown(low, place)} to {_shown(high, place)}; the model "
            f"allows {_shown(place.low, place)} to {_shown(place.high, place)}"
        )
    if not low <= start <= high or low >= high:
        raise ModelError(
            f"{place.path} starts at {_shown(start, place)}, which is not between its bounds "
            f"{_shown(low, place)} and {_shown(high, place)}"
        )
    return Coordinate(place.path, place.unit, start, low, high, is_log)


def _number(place: Place, value: Any, what: str, default: float) -> float:
    if value is None:
        return default
    if not place.unit:
        return quantity(value, "fraction", name=f"{place.path}: {what}")
    return quantity(value, resolve(place.unit).dimension, name=f"{place.path}: {what}")


def _shown(value: float, place: Place) -> str:
    return write_quantity(value, place.unit)
