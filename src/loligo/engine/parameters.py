"""What the caller says of parameters, turned into numbers per cell in internal units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.lowered import Parameter
from loligo.errors import ModelError, SelectionError, UnitError, suggest
from loligo.units import resolve

Array = NDArray[np.float64]

COMMAND_SCALE, COMMAND_OFFSET = "command.scale", "command.offset"
"""Names by which the command differs between cells: ``offset + scale * command``."""


def numbers(value: Any, unit: str, name: str) -> Array:
    """Turn one or many quantities from the outside into numbers in an internal unit.

    Parameters
    ----------
    value : str, sequence of str, pint.Quantity, xarray.DataArray, (array_like, str) or number
        ``"120 mS/cm2"``, ``(array, "mS/cm2")``; numbers without unit only where `unit` is ``""``
        or all are 0.
    unit : str
        The internal unit.
    name : str
        What it is, for messages.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    UnitError
        No unit, an unknown one or one of another dimension; no number, none at all, not finite.
    """
    amounts, given = _split(value, name)
    try:
        array = np.asarray(amounts, dtype=np.float64)
    except (TypeError, ValueError):
        raise UnitError(f"{name} = {amounts!r} is no number; write (values, {unit!r})") from None
    if array.size == 0:
        raise UnitError(f"{name} has no values; give one, or one per cell")
    if not np.isfinite(array).all():
        raise UnitError(f"{name} holds a number that is not finite")
    if given is None:
        if unit == "" or not array.any():
            return array
        raise UnitError(
            f"{name} = {array.ravel()[0]:g} has no unit; write (values, '{unit}') or "
            f"'{array.ravel()[0]:g} {unit}'"
        )
    source, goal = resolve(given), resolve(unit)
    if source.dimension != goal.dimension:
        raise UnitError(f"{name} is given in {given}, a {source.dimension}; needed is {unit}")
    if source.factor == goal.factor and source.offset == goal.offset:
        return array
    return (array * source.factor + source.offset - goal.offset) / goal.factor


def _split(value: Any, name: str) -> tuple[Any, str | None]:
    is_pair = isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str)
    if is_pair and not isinstance(value[0], str):
        return value[0], value[1]
    if isinstance(value, str):
        return _split_text(value, name)
    if hasattr(value, "magnitude") and hasattr(value, "units"):
        return value.magnitude, str(value.units) or None
    units = getattr(value, "attrs", {}).get("units")
    if isinstance(units, str):
        return value.values, units or None
    if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
        parts = [_split_text(v, name) for v in value]
        units_given = {unit for _, unit in parts}
        if len(units_given) > 1:
            raise UnitError(f"{name} mixes the units {', '.join(sorted(map(str, units_given)))}")
        return [number for number, _ in parts], units_given.pop()
    return value, None


def _split_text(text: str, name: str) -> tuple[float, str | None]:
    number, _, unit = text.strip().replace("\u2212", "-").partition(" ")
    try:
        return float(number), unit.strip() or None
    except ValueError:
        raise UnitError(
            f"{name} = {text!r}; write a number and a unit, like '0.3 mS/cm2'"
        ) from None


def cell_values(
    known: tuple[Parameter, ...], given: Mapping[str, Any], command_unit: str
) -> tuple[dict[str, Array], int]:
    """Return the value of each parameter, shape () or (cell,), and the number of cells.

    Parameters
    ----------
    known : tuple of Parameter
    given : mapping of str to quantities
        By dotted path; arrays, one value per cell, must all have one length.
    command_unit : str
        Of ``command.offset``.

    Raises
    ------
    SelectionError
        There is no such parameter.
    UnitError
        A unit that does not fit.
    ModelError
        Arrays of different lengths, or a negative conductance, capacitance or area.
    """
    table = {parameter.name: parameter for parameter in known}
    values = {name: np.asarray(parameter.value) for name, parameter in table.items()}
    values |= {COMMAND_SCALE: np.ones(()), COMMAND_OFFSET: np.zeros(())}
    lengths: dict[str, int] = {}
    for name, value in given.items():
        if name in table:
            unit = table[name].unit
        elif name in values:
            unit = "" if name == COMMAND_SCALE else command_unit
        else:
            raise SelectionError(f"the cell has no parameter {name!r}; {suggest(name, values)}")
        array = numbers(value, unit, name)
        if array.ndim > 1:
            raise ModelError(f"{name} has shape {array.shape}; give one value, or one per cell")
        if array.ndim == 1:
            lengths[name] = array.size
        if name in table:
            _check_sign(table[name], array)
        values[name] = array
    sizes = set(lengths.values())
    if len(sizes) > 1:
        told = ", ".join(f"{name}: {size}" for name, size in lengths.items())
        raise ModelError(f"parameters must have one value, or one per cell; got {told}")
    return values, sizes.pop() if sizes else 1


def _check_sign(parameter: Parameter, array: Array) -> None:
    above = parameter.kind in {"capacitance", "area"}
    if parameter.kind not in {"capacitance", "area", "conductance", "permeability"}:
        return
    wrong = array <= 0.0 if above else array < 0.0
    if np.any(wrong):
        worst = float(np.atleast_1d(array)[np.atleast_1d(wrong)][0])
        needed = "above 0" if above else "0 or more"
        raise ModelError(f"{parameter.name} = {worst:g} {parameter.unit} must be {needed}")
