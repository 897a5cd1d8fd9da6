"""NeuroML's dimensions and units: text such as ``"120 mS_per_cm2"`` to a number.

A dimension is its exponents of mass, length, time, current, temperature and substance. Every value
is held in one coherent set of units: mV, ms, pA, um, amol, K, so that nS, pF, fC and mM follow and
an expression whose dimensions fit needs no factor. Decimal powers are applied to the text, so that
what was written is what is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loligo.cell.interchange.neuroml.markup import Element

Dimension = tuple[float, float, float, float, float, float]
"""Exponents of mass, length, time, current, temperature, substance."""

NONE: Dimension = (0, 0, 0, 0, 0, 0)
_POWERS = (-12, -6, -3, -12, 0, -18)
"""Decimal power, in SI, of the coherent unit of each base."""


def _of(m: int = 0, l: int = 0, t: int = 0, i: int = 0, k: int = 0, n: int = 0) -> Dimension:  # noqa: E741
    return (m, l, t, i, k, n)


DIMENSIONS: Mapping[str, Dimension] = {
    "none": NONE,
    "time": _of(t=1),
    "per_time": _of(t=-1),
    "voltage": _of(1, 2, -3, -1),
    "per_voltage": _of(-1, -2, 3, 1),
    "conductance": _of(-1, -2, 3, 2),
    "conductanceDensity": _of(-1, -4, 3, 2),
    "conductance_per_voltage": _of(-2, -4, 6, 3),
    "capacitance": _of(-1, -2, 4, 2),
    "specificCapacitance": _of(-1, -4, 4, 2),
    "resistance": _of(1, 2, -3, -2),
    "resistivity": _of(1, 3, -3, -2),
    "charge": _of(t=1, i=1),
    "charge_per_mole": _of(t=1, i=1, n=-1),
    "current": _of(i=1),
    "currentDensity": _of(l=-2, i=1),
    "length": _of(l=1),
    "area": _of(l=2),
    "volume": _of(l=3),
    "concentration": _of(l=-3, n=1),
    "substance": _of(n=1),
    "permeability": _of(l=1, t=-1),
    "temperature": _of(k=1),
    "idealGasConstantDims": _of(1, 2, -2, 0, -1, -1),
    "rho_factor": _of(0, -1, -1, -1, 0, 1),
}
"""NeuroML's named dimensions."""

_UNITS: Mapping[str, Mapping[str, int]] = {
    "time": {"s": 0, "ms": -3, "us": -6},
    "per_time": {"per_s": 0, "Hz": 0, "per_ms": 3},
    "voltage": {"V": 0, "mV": -3},
    "per_voltage": {"per_V": 0, "per_mV": 3},
    "conductance": {"S": 0, "mS": -3, "uS": -6, "nS": -9, "pS": -12},
    "conductanceDensity": {"S_per_m2": 0, "mS_per_cm2": 1, "S_per_cm2": 4, "uS_per_cm2": -2},
    "conductance_per_voltage": {"S_per_V": 0, "nS_per_mV": -6},
    "capacitance": {"F": 0, "uF": -6, "nF": -9, "pF": -12},
    "specificCapacitance": {"F_per_m2": 0, "uF_per_cm2": -2},
    "resistance": {"ohm": 0, "kohm": 3, "Mohm": 6},
    "resistivity": {"ohm_m": 0, "kohm_cm": 1, "ohm_cm": -2},
    "charge": {"C": 0},
    "charge_per_mole": {"C_per_mol": 0, "nA_ms_per_amol": 6, "pC_per_umol": -6},
    "current": {"A": 0, "uA": -6, "nA": -9, "pA": -12},
    "currentDensity": {"A_per_m2": 0, "uA_per_cm2": -2, "mA_per_cm2": 1},
    "length": {"m": 0, "cm": -2, "um": -6},
    "area": {"m2": 0, "cm2": -4, "um2": -12},
    "volume": {"m3": 0, "cm3": -6, "litre": -3, "um3": -18},
    "concentration": {"mol_per_m3": 0, "mol_per_cm3": 6, "M": 3, "mM": 0},
    "substance": {"mol": 0},
    "permeability": {"m_per_s": 0, "cm_per_s": -2, "um_per_ms": -3, "cm_per_ms": 1},
    "temperature": {"K": 0, "degC": 0},
    "idealGasConstantDims": {"J_per_K_per_mol": 0, "fJ_per_K_per_umol": -9},
    "rho_factor": {
        "mol_per_m_per_A_per_s": 0,
        "mol_per_cm_per_uA_per_ms": 11,
        "umol_per_cm_per_nA_per_ms": 8,
    },
}
"""The decimal power of each symbol, in SI."""

_ZERO_CELSIUS = Decimal("273.15")
_SCALED = {"min": ("time", 60), "hour": ("time", 3600)}
_DIMENSION_OF = {symbol: name for name, symbols in _UNITS.items() for symbol in symbols} | {
    symbol: name for symbol, (name, _) in _SCALED.items()
}
_WRITTEN = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?)\s*([A-Za-z_0-9]*)\s*")


def quantity(element: Element, attribute: str, dimension: str, unit: str | None = None) -> float:
    """Return the number an attribute gives.

    Parameters
    ----------
    element : Element
    attribute : str
    dimension : str
        The dimension it must have, one of `DIMENSIONS`.
    unit : str, optional
        The NeuroML symbol of the unit to return it in; the coherent one (temperatures in degC)
        where it is not given.

    Raises
    ------
    ModelError
        Missing, not a number, an unknown unit, another dimension.
    """
    text = element.get(attribute)
    match = _WRITTEN.fullmatch(text) if len(text) < 200 else None
    if match is None:
        element.refuse(f"{attribute} = {text[:60]!r} is not a number with a unit")
    digits, symbol = match.groups()
    found = _DIMENSION_OF.get(symbol) if symbol else "none"
    if found != dimension:
        allowed = ", ".join(_UNITS.get(dimension, ())) or "no unit"
        what = "unknown" if found is None else f"of dimension {found}"
        element.refuse(
            f"{attribute} = {text[:60]!r}: the unit {symbol!r} is {what}; {dimension} is needed "
            f"({allowed})"
        )
    try:
        value = _scaled(Decimal(digits), symbol, dimension, unit)
    except DecimalException:
        value = math.inf
    if not math.isfinite(value):
        element.refuse(f"{attribute} = {text[:60]!r} is too large")
    return value


def _scaled(digits: Decimal, symbol: str, dimension: str, unit: str | None) -> float:
    if dimension == "temperature":
        kelvin = digits if symbol == "K" else digits + _ZERO_CELSIUS
        return float(kelvin if unit == "K" else kelvin - _ZERO_CELSIUS)
    if dimension == "none":
        return float(digits)
    units = _UNITS[dimension]
    to = coherent_power(DIMENSIONS[dimension]) if unit is None else units[unit]
    if symbol in _SCALED:
        return float((digits * _SCALED[symbol][1]).scaleb(-to))
    return float(digits.scaleb(units[symbol] - to))


def coherent_power(dimension: Dimension) -> int:
    """Return the decimal power, in SI, of the coherent unit of a dimension."""
    return int(sum(a * b for a, b in zip(dimension, _POWERS, strict=True)))


def number(element: Element, attribute: str) -> float:
    """Return the number without a unit that an attribute gives."""
    return quantity(element, attribute, "none")
