"""How few ions make a potential: the charge on a membrane, and what its loss does to a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.ions.given import amounts
from loligo.ions.thermal import ELEMENTARY_CHARGE, FARADAY


def membrane_charge(capacitance: ArrayLike, change: ArrayLike) -> NDArray[np.float64]:
    """Return the charge [nC/cm2] that changes a potential.

    Parameters
    ----------
    capacitance : array_like [uF/cm2]
    change : array_like [mV]
    """
    return np.asarray(amounts(capacitance, "capacitance", "uF/cm2") * np.asarray(change, float))


def ions_moved(charge: ArrayLike, valence: ArrayLike = 1) -> NDArray[np.float64]:
    """Return the amount of ions [pmol/cm2] that carries a charge [nC/cm2].

    >>> float(ions_moved(100.0).round(6))
    1.036427
    """
    return np.asarray(1e3 * np.asarray(charge, float) / (np.asarray(valence, float) * FARADAY))


def charges_per_area(charge: ArrayLike) -> NDArray[np.float64]:
    """Return the elementary charges per um2 in a charge [nC/cm2]."""
    return np.asarray(1e-17 * np.asarray(charge, float) / ELEMENTARY_CHARGE)


def concentration_change(
    charge: ArrayLike, radius: ArrayLike, valence: ArrayLike = 1
) -> NDArray[np.float64]:
    """Return the change of concentration [mM] in a sphere by a charge through its membrane.

    Parameters
    ----------
    charge : array_like [nC/cm2]
    radius : array_like [um]
    valence : array_like

    Notes
    -----
    Area over volume is ``3 / radius``.
    """
    per_litre = 1e-2 * 3.0 / np.asarray(radius, float)  # pmol/cm2 / um is 0.01 mmol/l
    return np.asarray(ions_moved(charge, valence) * per_litre)
