"""Quantities at the door.

Inside loligo every number is in one coherent set of units (mV, ms, pA, pF, nS, GOhm, kHz, fC), so
formulas carry no factors. This file turns what people and files write into that set, and back for
display. Nothing else in the library converts units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from loligo.errors import UnitError, suggest
from loligo.unit_names import registry_name, same_but_for_case

if TYPE_CHECKING:
    import pint
    from numpy.typing import ArrayLike, NDArray

INTERNAL_UNITS = {
    "voltage": "mV",
    "current": "pA",
    "time": "ms",
    "frequency": "kHz",
    "rate": "1/ms",
    "resistance": "GOhm",
    "conductance": "nS",
    "capacitance": "pF",
    "charge": "fC",
    "concentration": "mM",
    "length": "um",
    "area": "um2",
    "diffusion": "um2/ms",
    "permeability": "cm/s",
    "pressure": "mmHg",
    "temperature": "degC",
    "fraction": "",
    "voltage_rate": "mV/ms",
    "current_rate": "pA/ms",
    "resistance_rate": "GOhm/ms",
    "frequency_per_current": "kHz/pA",
    "current_density": "uA/cm2",
    "conductance_density": "mS/cm2",
    "capacitance_density": "uF/cm2",
    "charge_density": "nC/cm2",
    "resistivity": "ohm cm",
    "voltage_noise": "mV/sqrt(kHz)",
    "current_noise": "pA/sqrt(kHz)",
}
"""The unit each dimension is held in, everywhere inside loligo."""

_OWN = {unit: dimension for dimension, unit in INTERNAL_UNITS.items() if unit}
_DISPLAY = {
    "resistance": ("MOhm", "GOhm", "kOhm"),
    "frequency": ("kHz", "Hz"),
    "time": ("ms", "s", "us"),
    "current": ("pA", "nA"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit resolved against the internal set: ``internal = factor * value + offset``."""

    name: str
    dimension: str
    internal: str
    factor: float
    offset: float = 0.0


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(
        autoconvert_offset_to_baseunit=True, non_int_type=float
    )
    registry.define("@alias ohm = Ohm = Ohms")
    return registry


@lru_cache(maxsize=1)
def _dimensionalities() -> dict[Any, str]:
    registry = _registry()
    return {
        registry.Unit(registry_name(unit) or "dimensionless").dimensionality: dimension
        for dimension, unit in INTERNAL_UNITS.items()
        if dimension != "rate"
    }


_IN_NUMBERS = tuple("0123456789.,_'")
_SYMBOLS = str.maketrans({"\u03bc": "u", "\u00b5": "u", "\u03a9": "Ohm", "\u2126": "Ohm"})


@lru_cache(maxsize=512)
def resolve(unit: str) -> Unit:
    """Resolve a unit's name into its dimension and its factor to the internal unit.

    Parameters
    ----------
    unit : str
        As people and files write it: ``"mV"``, ``"volts"``, ``"MOhm"``, ``"MΩ"``, ``"uF"``. Case
        matters for symbols: ``"MV"`` or ``"PA"`` is refused, not read as mega or peta.

    Returns
    -------
    Unit

    Raises
    ------
    UnitError
        The name is not a unit, or of a dimension loligo does not handle.
    """
    text = unit.strip().translate(_SYMBOLS)
    if text in {"", "%"}:
        return Unit(unit, "fraction", "", 0.01 if text else 1.0)
    own = f"1{text}" if text.startswith("/") else text
    if own in _OWN:  # most units are the internal ones, and pint takes half a second to load
        return Unit(unit, _OWN[own], own, 1.0)
    accepted = registry_name(text) if len(text) <= 40 else None
    if accepted is None:
        raise UnitError(f"{unit!r} is not a unit loligo knows; {_known_units(text)}")
    registry = _registry()
    try:
        parsed = registry.Unit(accepted)
        dimension = _dimensionalities()[parsed.dimensionality]
        if dimension == "frequency" and "/" in accepted:
            dimension = "rate"  # "1/ms"; what is counted in Hz is a frequency
        internal = INTERNAL_UNITS[dimension]
        wanted = registry_name(internal) or "dimensionless"
        at_zero = float(registry.Quantity(0.0, parsed).m_as(wanted))
        slope = float(registry.Quantity(1.0, parsed).m_as(wanted)) - at_zero
    except Exception as error:
        raise UnitError(f"{unit!r} is not a unit loligo knows; {_known_units(text)}") from error
    return Unit(
        unit, dimension, internal, _decimal(slope), at_zero if dimension == "temperature" else 0.0
    )


def _decimal(factor: float) -> float:
    """Remove the rounding of a chained conversion where the factor is a power of ten."""
    if factor > 0:
        exponent = round(math.log10(factor))
        exact = float(f"1e{exponent}")
        if math.isclose(factor, exact, rel_tol=1e-12):
            return exact
    return factor


def _known_units(text: str) -> str:
    meant = " or ".join(same_but_for_case(text))
    hint = f"did you mean {meant}? " if meant else ""
    return f"{hint}examples: mV, V, pA, nA, ms, s, kHz, MOhm, GOhm, nS, pF, mM, um, mmHg, degC"


def is_unit(text: str, dimension: str | None = None) -> bool:
    """Tell whether `text` names a unit (of `dimension`, where that is given)."""
    try:
        resolved = resolve(text)
    except UnitError:
        return False
    return bool(text.strip()) and dimension in (None, resolved.dimension)


def quantity(value: Any, dimension: str, *, name: str) -> float:
    """Turn one quantity from the outside into a number in the internal unit.

    Parameters
    ----------
    value : str, pint.Quantity, xarray.DataArray or 0
        ``"10 MOhm"``, a pint quantity, or a scalar array with a ``units`` attribute. A bare
        number is refused, zero excepted.
    dimension : str
        One of `INTERNAL_UNITS`.
    name : str
        What the quantity is, for the message.

    Returns
    -------
    float
        In ``INTERNAL_UNITS[dimension]``.

    Raises
    ------
    UnitError
        No unit, an unknown unit, a unit of another dimension, or not one finite number.
    """
    if dimension not in INTERNAL_UNITS:
        raise UnitError(f"unknown dimension {dimension!r}; {suggest(dimension, INTERNAL_UNITS)}")
    number, unit = _split(value, dimension, name)
    if unit is None:
        if number == 0 or (dimension == "fraction" and math.isfinite(number)):
            return number
        raise UnitError(
            f"{name} = {number:g} has no unit; write it with one, "
            f"for example '{number:g} {INTERNAL_UNITS[dimension]}'"
        )
    resolved = resolve(unit)
    if resolved.dimension != dimension:
        raise UnitError(
            f"{name} = {number:g} {unit} is a {resolved.dimension}; "
            f"a {dimension} is needed, for example in {INTERNAL_UNITS[dimension]}"
        )
    result = number * resolved.factor + resolved.offset
    if not math.isfinite(result):
        raise UnitError(f"{name} = {number:g} {unit} is not a finite number")
    return result


def quantities(value: Any, dimension: str, *, name: str) -> NDArray[np.float64]:
    """Turn one quantity or many into numbers in the internal unit.

    Parameters
    ----------
    value
        What `quantity` takes; a list of such; a pint quantity or array with a ``units`` attribute
        of any shape.
    dimension, name : str
        As for `quantity`.

    Returns
    -------
    ndarray
        In ``INTERNAL_UNITS[dimension]``; of one quantity, without dimensions.

    Raises
    ------
    UnitError
        See `quantity`.

    Examples
    --------
    >>> quantities(["1 M", "5 mM"], "concentration", name="potassium")
    array([1000.,    5.])
    """
    if isinstance(value, list | tuple):
        return np.array([quantity(one, dimension, name=name) for one in value], dtype=np.float64)
    values, unit = getattr(value, "magnitude", None), str(getattr(value, "units", ""))
    if values is None and isinstance(getattr(value, "attrs", {}).get("units"), str):
        values, unit = getattr(value, "values", value), value.attrs["units"]
    if values is None or np.ndim(values) == 0:
        return np.asarray(quantity(value, dimension, name=name))
    quantity(f"0 {unit}", dimension, name=name)  # the unit is of this dimension
    result = to_internal(values, unit)
    if not np.isfinite(result).all():
        raise UnitError(f"{name} [{unit}] holds numbers that are not finite")
    return result


def _split(value: Any, dimension: str, name: str) -> tuple[float, str | None]:
    if isinstance(value, str):
        return _split_text(value, dimension, name)
    if hasattr(value, "magnitude") and hasattr(value, "units"):  # pint, quantities
        return _scalar(value.magnitude, name), str(getattr(value, "units", "")) or None
    units = getattr(value, "attrs", {}).get("units")
    if isinstance(units, str):
        return _scalar(getattr(value, "values", value), name), units
    return _scalar(value, name), None


def _split_text(text: str, dimension: str, name: str) -> tuple[float, str | None]:
    stripped = text.strip().replace("\u2212", "-")
    for cut in range(len(stripped), 0, -1):
        try:
            number = float(stripped[:cut].replace("_", "x"))
        except ValueError:
            continue
        rest = stripped[cut:].strip()
        separated = rest[:1] in _IN_NUMBERS and any(c.isdigit() for c in rest)
        if separated and not rest.startswith("1/"):
            raise UnitError(
                f"{name} = {text!r}: write the number with a decimal point and no separators"
            )
        return number, rest or None
    unit = INTERNAL_UNITS[dimension]
    raise UnitError(f"{name} = {text!r} does not start with a number; write for example '1 {unit}'")


def _scalar(value: Any, name: str) -> float:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise UnitError(f"{name} must be one number with a unit; got {value!r}")
    return float(array.reshape(()))


def to_internal(values: ArrayLike, unit: str) -> NDArray[np.float64]:
    """Convert an array in `unit` to the internal unit of its dimension, as float64."""
    resolved = resolve(unit)
    return np.asarray(values, dtype=np.float64) * resolved.factor + resolved.offset


def convert(value: float, unit: str, target: str) -> float:
    """Convert one number from `unit` to `target`, both of one dimension."""
    source, goal = resolve(unit), resolve(target)
    if source.dimension != goal.dimension:
        raise UnitError(f"{unit} is a {source.dimension}, {target} a {goal.dimension}")
    if source.factor == goal.factor and source.offset == goal.offset:
        return value
    return (value * source.factor + source.offset - goal.offset) / goal.factor


def format_quantity(value: float, unit: str, digits: int = 4) -> str:
    """Write a quantity for people, in the unit of its dimension that reads best.

    >>> format_quantity(0.0105, "GOhm")
    '10.5 MOhm'
    """
    if not math.isfinite(value):
        return f"{value:g} {unit}".strip()
    choices = _DISPLAY.get(resolve(unit).dimension, ()) if is_unit(unit) else ()
    for choice in choices:
        shown = convert(value, unit, choice)
        if shown == 0 or 0.1 <= abs(shown) < 10_000:
            whole = len(str(int(abs(shown))))  # 1250 MOhm, not 1.25e+03 MOhm
            return f"{shown:.{max(digits, whole)}g} {choice}"
    return f"{value:.{digits}g} {unit}".strip()
