"""Equilibrium with charges that cannot leave: Donnan's ratio, and the potential that it makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.ions.given import amounts, charges, neutral
from loligo.ions.thermal import thermal_voltage

NEUTRAL = 1e-6
"""Share of all charge outside that may be left; the equilibrium is asked of a neutral solution."""
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Donnan:
    """A Donnan equilibrium.

    Attributes
    ----------
    potential : (...) ndarray [mV]
        Inside relative to outside.
    ratio : (...) ndarray
        Inside over outside of a univalent cation; its z-th power is that of an ion of valence z.
    inside : (..., ion) ndarray [mM]
    """

    potential: NDArray[np.float64]
    ratio: NDArray[np.float64]
    inside: NDArray[np.float64]


def donnan(
    valence: ArrayLike,
    outside: ArrayLike,
    fixed_charge: ArrayLike,
    temperature: ArrayLike,
    fixed_outside: ArrayLike = 0.0,
) -> Donnan:
    """Return the equilibrium of permeant ions with charges fixed inside.

    Parameters
    ----------
    valence : (ion,) array_like
        Any whole charges.
    outside : (..., ion) array_like [mM]
        Permeant ions, neutral together with `fixed_outside`.
    fixed_charge : (...) array_like [mM]
        Net charge of what cannot leave, per volume: -140 for 140 mM of univalent anions.
    temperature : (...) array_like [degC]
    fixed_outside : (...) array_like [mM]
        Net charge outside of what cannot enter.

    Raises
    ------
    ModelError
        A concentration below zero, a solution outside that is not neutral or has no cation or no
        anion.

    Notes
    -----
    The ratio ``r`` solves ``sum(z c r^z) + fixed_charge = 0``, whose left side grows with ``r``:
    Newton's method in ``ln r`` within a bracket. ``V = -RT/F ln r``.

    References
    ----------
    Donnan 1911 Z Elektrochem 17:572

    Examples
    --------
    >>> found = donnan([1, -1], [5.0, 5.0], -140.0, 37.0)
    >>> found.inside.round(4), float(found.potential.round(4))
    (array([140.1783,   0.1783]), -89.0927)
    """
    z, c = charges(valence), amounts(outside, "outside")
    charge = (z * c).sum(axis=-1) + np.asarray(fixed_outside, dtype=np.float64)
    neutral((np.abs(z) * c).sum(axis=-1), charge, NEUTRAL, "outside")
    both = ((z > 0) & (c > 0)).any(axis=-1) & ((z < 0) & (c > 0)).any(axis=-1)
    if not (both | np.isnan(c).any(axis=-1)).all():
        raise ModelError("outside: a Donnan equilibrium needs a permeant cation and an anion")
    fixed = np.asarray(fixed_charge, dtype=np.float64)
    c, fixed = np.broadcast_arrays(c, np.expand_dims(fixed, -1))
    power = _log_ratio(z, c, fixed[..., 0])
    inside = c * np.exp(z * power[..., None])
    return Donnan(
        potential=np.asarray(-thermal_voltage(temperature) * power),
        ratio=np.exp(power),
        inside=inside,
    )


def _log_ratio(
    z: NDArray[np.float64], c: NDArray[np.float64], fixed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ln(r), by Newton's method kept within a bracket that bisection shrinks."""
    # As if all ions were univalent: more charge moves the root towards zero, so this bounds it.
    plus, minus = (np.maximum(sign * z * c, 0.0).sum(axis=-1) for sign in (1.0, -1.0))
    high = np.maximum(0.0, np.log((minus + np.abs(fixed)) / plus)) + 1e-9
    low = -np.maximum(0.0, np.log((plus + np.abs(fixed)) / minus)) - 1e-9
    guess = np.clip(-np.arcsinh(fixed / (plus + minus)), low, high)
    for _ in range(_ROUNDS):
        powers = np.exp(z * guess[..., None])
        value = (z * c * powers).sum(axis=-1) + fixed
        slope = (z**2 * c * powers).sum(axis=-1)
        low, high = np.where(value < 0, guess, low), np.where(value > 0, guess, high)
        newton = guess - value / slope
        inside = (newton > low) & (newton < high)
        new = np.where(inside | (value == 0), newton, 0.5 * (low + high))
        settled = np.abs(new - guess) <= 4e-16 * np.maximum(1.0, np.abs(new))
        guess = np.where(np.isnan(value), np.nan, new)
        if (settled | np.isnan(guess)).all():
            break
    return np.asarray(guess)
