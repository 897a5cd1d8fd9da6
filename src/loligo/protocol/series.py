"""A quantity that may change from sweep to sweep: one value, or one for each sweep.

Here a series is made from what people write (``"-60..60 mV by 10 mV"``, lists, quantities with
units) and written back so that it reads the same and comes back bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from loligo.errors import ModelError, UnitError
from loligo.units import INTERNAL_UNITS, quantity, resolve

LEVELS = ("voltage", "current", "current_density", "conductance")
"""Dimensions a command may have; each is a way to clamp."""

ABOVE = "above holding"
MOST_VALUES = 100_000
"""A longer series is a mistake."""

_NUMBER = re.compile(r"[-+\u2212]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SHOWN = {"time": ("s", "ms"), "frequency": ("Hz", "kHz")}


@dataclass(frozen=True, slots=True)
class Series:
    """One value, or one value for each sweep, in the internal unit of a dimension.

    Attributes
    ----------
    values : tuple of float
        One value holds for all sweeps.
    dimension : str
        A key of `loligo.units.INTERNAL_UNITS`.
    above_holding : bool
        The values are counted from the holding level.
    """

    values: tuple[float, ...]
    dimension: str
    above_holding: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def at(self, sweep: int) -> float:
        """Return the value in a sweep, as it is written: from zero or from the holding level."""
        return self.values[sweep] if len(self.values) > 1 else self.values[0]

    @property
    def varies(self) -> bool:
        """Whether there is a value for each sweep."""
        return len(self.values) > 1

    def __str__(self) -> str:
        return text_of(self)


def series(first: float, last: float, by: float, unit: str) -> Series:
    """Return the series from `first` to `last` in steps of `by`, both ends included.

    Parameters
    ----------
    first, last : float
        In `unit`.
    by : float
        Step, in `unit`; its sign may be left out where the series falls.
    unit : str
        Such as ``"mV"``.

    Returns
    -------
    Series
        In the internal unit. Steps are added in decimal arithmetic, so that 0 to 1 by 0.1 holds
        0.3, not 0.30000000000000004.

    Raises
    ------
    ModelError
        The steps do not end on `last`, or lead away from it.

    Examples
    --------
    >>> print(series(-60, 60, by=10, unit="mV"))
    -60..60 mV by 10 mV
    """
    dimension = resolve(unit).dimension
    where = f"{first:g}..{last:g} {unit} by {by:g} {unit}"
    start, stop, step = (
        quantity(f"{value!r} {unit}", dimension, name=where) for value in (first, last, by)
    )
    return Series(_spaced(start, stop, step, where), dimension)


def above_holding(value: Any) -> Series:
    """Return a level counted from the holding level.

    Parameters
    ----------
    value : str, list, quantity or Series
        Such as ``"20 pA"``.

    Examples
    --------
    >>> print(above_holding("20 pA"))
    20 pA above holding
    """
    return replace(as_series(value, LEVELS, "level"), above_holding=True)


def as_series(value: Any, dimensions: Sequence[str], name: str) -> Series:
    """Turn what was written into a series.

    Parameters
    ----------
    value : str, pint.Quantity, array with a unit, sequence of these, Series
        A number without unit only where the dimension needs none.
    dimensions : sequence of str
        Those that are allowed.
    name : str
        What it is, for messages.

    Returns
    -------
    Series

    Raises
    ------
    UnitError
        No unit, an unknown unit, or one of another dimension.
    ModelError
        A series that does not end where it says, or is empty.
    """
    if isinstance(value, Series):
        found = value
    elif isinstance(value, str):
        found = _parsed(value, dimensions, name)
    else:
        listed = _listed(value)
        if not listed:
            raise ModelError(f"{name} is an empty series; give a value, or one for each sweep")
        kinds = {_dimension(entry, dimensions, name) for entry in listed}
        if len(kinds) > 1:
            raise UnitError(f"{name} mixes {' and '.join(sorted(kinds))}; use one dimension")
        kind = kinds.pop()
        found = Series(tuple(quantity(v, kind, name=name) + 0.0 for v in listed), kind)
    if found.dimension not in dimensions:
        raise UnitError(
            f"{name} = {found} is a {_word(found.dimension)}; "
            f"a {_words(dimensions)} is needed, for example in {_units(dimensions)}"
        )
    return found


def _listed(value: Any) -> list[Any]:
    """Return the entries of a list or an array with a unit; a scalar is a list of one."""
    if isinstance(value, list | tuple):
        return list(value)
    unit = getattr(value, "units", None)
    magnitude = getattr(value, "magnitude", None)
    if magnitude is None:
        unit, magnitude = getattr(value, "attrs", {}).get("units"), getattr(value, "values", value)
    if np.ndim(magnitude) == 0:
        return [value]
    return [f"{float(entry)!r} {unit or ''}" for entry in np.ravel(magnitude)]


def _dimension(value: Any, dimensions: Sequence[str], name: str) -> str:
    """Return the dimension of one quantity; where several are allowed it needs its unit."""
    if len(dimensions) == 1:
        return dimensions[0]
    unit = getattr(value, "units", None) or getattr(value, "attrs", {}).get("units")
    if isinstance(value, str):
        unit = _NUMBER.sub("", value.strip(), count=1)
    if not unit or not str(unit).strip():
        raise UnitError(
            f"{name} = {value} has no unit; its unit decides the clamp, "
            f"so write it, for example in {_units(dimensions)}"
        )
    return resolve(str(unit).strip()).dimension


def _word(dimension: str) -> str:
    return dimension.replace("_", " ")


def _words(dimensions: Sequence[str]) -> str:
    return " or ".join(map(_word, dimensions))


def _units(dimensions: Sequence[str]) -> str:
    return ", ".join(INTERNAL_UNITS[dimension] or "1" for dimension in dimensions)


# Reading --------------------------------------------------------------------------------------


def _parsed(text: str, dimensions: Sequence[str], name: str) -> Series:
    """Parse ``"A..B unit by C unit"``, ``"A, B, C unit"`` or ``"A unit"``, maybe above holding."""
    body = " ".join(text.split())
    above = body.endswith(f" {ABOVE}")
    if above:
        body = body.removesuffix(ABOVE).strip()
    if ".." in body:
        found = _range(body, dimensions, name)
    else:
        found = _values(body.split(","), dimensions, name)
    if above and found.dimension not in LEVELS:
        raise ModelError(f"{name} = {text!r}: only levels are counted from holding")
    return replace(found, above_holding=above)


def _range(body: str, dimensions: Sequence[str], name: str) -> Series:
    ends, by, step = body.partition(" by ")
    first, _, last = ends.partition("..")
    if not by:
        raise ModelError(
            f"{name} = {body!r} does not say its step; write for example '{body} by 10 "
            f"{INTERNAL_UNITS[dimensions[0]]}'".rstrip()
        )
    parts = _values([first, last], dimensions, name)
    (start, stop), (size,) = parts.values, _values([step], (parts.dimension,), name).values
    return Series(_spaced(start, stop, size, f"{name} = {body!r}"), parts.dimension)


def _values(pieces: Sequence[str], dimensions: Sequence[str], name: str) -> Series:
    """Return quantities, the unit of the last also for those written without."""
    split = [_split(piece, name) for piece in pieces]
    last = split[-1][1]
    written = [f"{number} {unit or last}".strip() for number, unit in split]
    kinds = {_dimension(entry, dimensions, name) for entry in written}
    if len(kinds) > 1:
        raise UnitError(f"{name} mixes {' and '.join(sorted(kinds))}; use one dimension")
    kind = kinds.pop()
    return Series(tuple(quantity(v, kind, name=name) + 0.0 for v in written), kind)


def _split(piece: str, name: str) -> tuple[str, str]:
    found = _NUMBER.match(piece.strip())
    if found is None:
        raise ModelError(f"{name}: {piece.strip()!r} does not start with a number")
    return found[0], piece.strip()[found.end() :].strip()


def _spaced(first: float, last: float, by: float, where: str) -> tuple[float, ...]:
    """Return the values from `first` to `last`, which the steps must reach."""
    span, step = last - first, abs(by)
    if step == 0 or span == 0 or (by < 0 < span):
        raise ModelError(
            f"{where}: steps of {by:g} do not lead from {first:g} to {last:g}; "
            "write the first value, the last and the size of the step between them"
        )
    if abs(span) > step * MOST_VALUES:
        raise ModelError(f"{where}: steps of {step:g} make more than {MOST_VALUES} values")
    count = round(abs(span) / step)
    if abs(count * step - abs(span)) > 1e-9 * abs(span):
        near = sorted({first + np.sign(span) * n * step for n in _around(abs(span) / step)})
        raise ModelError(
            f"{where}: steps of {step:g} do not end on {last:g} but on "
            f"{' or '.join(f'{v:g}' for v in near)}; a series includes both ends"
        )
    return (*_stepped(first, float(np.copysign(step, span)), count), last)


def _around(steps: float) -> tuple[int, int]:
    return int(np.floor(steps)), int(np.ceil(steps))


def _stepped(first: float, step: float, count: int) -> Iterable[float]:
    """Return `count` values from `first` on, added as the decimal numbers they are written as."""
    start, size = Decimal(repr(first)), Decimal(repr(step))
    return (float(start + i * size) + 0.0 for i in range(count))


# Writing --------------------------------------------------------------------------------------


def number(value: float) -> str:
    """Write a number so that it reads back the same: ``5``, ``0.1``, ``1e-07``.

    >>> number(-60.0)
    '-60'
    """
    return repr(float(value)).removesuffix(".0")


def text_of(entry: Series) -> str:
    """Write a series as it is read, in the unit that reads best and loses no digit."""
    for unit in (*_SHOWN.get(entry.dimension, ()), INTERNAL_UNITS[entry.dimension]):
        if unit == "s" and min((abs(v) for v in entry.values if v), default=0.0) < 1000:
            continue
        text = _written(entry, unit)
        if unit == INTERNAL_UNITS[entry.dimension]:
            return text
        if as_series(text, (entry.dimension,), "series") == entry:
            return text
    raise AssertionError(entry.dimension)


def _written(entry: Series, unit: str) -> str:
    factor = resolve(unit).factor
    values = [value / factor for value in entry.values]
    above = f" {ABOVE}" if entry.above_holding else ""
    step = _step(values)
    if step is not None:
        ends = f"{number(values[0])}..{number(values[-1])}"
        return f"{_with(ends, unit)} by {_with(number(step), unit)}{above}"
    return _with(", ".join(map(number, values)), unit) + above


def _with(text: str, unit: str) -> str:
    return f"{text} {unit}".strip()


def _step(values: Sequence[float]) -> float | None:
    """Return the size of the step of a regular series, ``None`` where it is to be listed."""
    if len(values) < 3:
        return None
    step = abs(float(Decimal(repr(values[1])) - Decimal(repr(values[0]))))
    try:
        regular = _spaced(values[0], values[-1], step, "")
    except ModelError:
        return None
    return step if regular == tuple(values) else None
