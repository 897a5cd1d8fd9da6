"""What is asked of every argument: concentrations that can be, ions that have a charge.

Functions on arrays take internal units, let NaN through as NaN and refuse the impossible. Those for
people take quantities, names of ions and solutions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.units import quantity


def amounts(values: ArrayLike, name: str, unit: str = "mM") -> NDArray[np.float64]:
    """Return values that are not below zero, as float64; NaN stays.

    Raises
    ------
    ModelError
        One is below zero.
    """
    array = np.asarray(values, dtype=np.float64)
    if (array < 0).any():
        raise ModelError(
            f"{name} = {np.nanmin(array):g} {unit} is below zero; allowed: 0 {unit} and above"
        )
    return array


def charges(valence: ArrayLike) -> NDArray[np.float64]:
    """Return valences as float64.

    Raises
    ------
    ModelError
        One is zero, or not a whole number.
    """
    array = np.asarray(valence, dtype=np.float64)
    off = array[(array == 0) | ~np.isfinite(array) | (array != np.rint(array))]
    if off.size:
        raise ModelError(f"valence = {off[0]:g}; an ion has a whole charge other than zero")
    return array


def neutral(total: ArrayLike, charge: ArrayLike, tolerance: float, where: str) -> None:
    """Check that charges cancel.

    Parameters
    ----------
    total, charge : array_like [mM]
        Sums over ions of ``abs(z) c`` and of ``z c``.
    tolerance : float
        Share of `total` that may be left.
    where : str
        Which solution, for the message.

    Raises
    ------
    ModelError
        More is left.
    """
    left, allowed = np.asarray(charge), tolerance * np.asarray(total)
    off = np.abs(left) > allowed
    if off.any():
        worst = float(left[off].flat[0])
        missing = "anions" if worst > 0 else "cations"
        raise ModelError(
            f"{where}: the charges add up to {worst:+.4g} mM; {abs(worst):.4g} mM of {missing} "
            "are missing (free ions, not salts, are asked for: 2 mM CaCl2 is Ca 2 mM and Cl 4 mM)"
        )


def temperature_of(value: Any) -> float:
    """Return a temperature [degC] of a quantity.

    Raises
    ------
    ModelError
        At absolute zero or below.
    UnitError
        Not a temperature.
    """
    from loligo.ions.thermal import kelvin

    celsius = quantity(value, "temperature", name="temperature")
    kelvin(celsius)
    return celsius


def amount_of(value: Any, name: str) -> float:
    """Return a concentration [mM] of a quantity.

    Raises
    ------
    ModelError
        It is below zero.
    UnitError
        Not a concentration.
    """
    return float(amounts(quantity(value, "concentration", name=name), name))
