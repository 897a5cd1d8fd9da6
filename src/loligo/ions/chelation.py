"""Free calcium and magnesium among everything that binds them, at a pH and temperature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError, SelectionError, suggest
from loligo.ions.acids import ACIDS, METALS, Acid
from loligo.ions.activity import davies
from loligo.ions.given import amounts
from loligo.ions.water import debye_hueckel_constants

_ROUNDS = 200
_SETTLED = 1e-13


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an acid in a solution.

    Attributes
    ----------
    acid : str
    metal : str
        ``"Ca"``, ``"Mg"`` or nothing.
    valence : int
    concentration : float [mM]
    """

    acid: str
    metal: str
    valence: int
    concentration: float


@dataclass(frozen=True, slots=True)
class Chelation:
    """An equilibrium of metals with what binds them.

    Attributes
    ----------
    free : dict of str to float [mM]
        Metals that are bound by nothing.
    total : dict of str to float [mM]
    forms : tuple of Form
    """

    free: dict[str, float]
    total: dict[str, float]
    forms: tuple[Form, ...]


def acid(name: str) -> Acid:
    """Return a buffer, chelator or nucleotide with its constants.

    Raises
    ------
    SelectionError
        Its constants are not known.
    """
    if name not in ACIDS:
        raise SelectionError(f"no constants of {name!r} are known; {suggest(name, ACIDS)}")
    return ACIDS[name]


def proton_concentration(ph: float, temperature: float, strength: float) -> float:
    """Return the concentration [M] of protons, whose activity is ``10^-pH``.

    Parameters
    ----------
    ph : float
    temperature : float [degC]
    strength : float [mol/l]
    """
    coefficient = davies(1, strength, debye_hueckel_constants(temperature))
    return float(10.0**-ph / coefficient)


def apparent_constant(
    name: str, metal: str, ph: float, temperature: float, strength: float = 0.1
) -> float:
    """Return the apparent dissociation constant [mM] of a metal and a chelator.

    Parameters
    ----------
    name : str
        ``"EGTA"``, ``"BAPTA"``, ``"ATP"``.
    metal : str
        ``"Ca"`` or ``"Mg"``.
    ph : float
    temperature : float [degC]
    strength : float [mol/l]

    Raises
    ------
    SelectionError
        Constants of the chelator, or for the metal, are not known.

    Examples
    --------
    >>> round(1e6 * apparent_constant("EGTA", "Ca", 7.2, 20.0))  # nM
    155
    """
    chelator = acid(name)
    known = {bound for bound, _ in chelator.metals}
    if metal not in known:
        raise SelectionError(f"{name} does not bind {metal!r}; {suggest(metal, known)}")
    proton = proton_concentration(ph, temperature, strength)
    forms = chelator.forms(proton, temperature, strength)
    bare = sum(weight for (bound, _), (_, weight) in forms.items() if not bound)
    held = sum(weight for (bound, _), (_, weight) in forms.items() if bound == metal)
    return 1e3 * bare / held


def chelation(
    acids: Mapping[str, float],
    metals: Mapping[str, float],
    ph: float,
    temperature: float,
    strength: float,
    *,
    free: Mapping[str, float] | None = None,
) -> Chelation:
    """Return who holds how much of each metal.

    Parameters
    ----------
    acids : mapping of str to float [mM]
        Total of each buffer, chelator or nucleotide.
    metals : mapping of str to float [mM]
        Total of calcium and magnesium.
    ph : float
    temperature : float [degC]
    strength : float [mol/l]
        Ionic strength.
    free : mapping of str to float [mM], optional
        Metals whose free concentration is given instead; their total is found.

    Raises
    ------
    ModelError
        An amount below zero; a metal with both.
    SelectionError
        Unknown names.

    Notes
    -----
    Mass action for every form, mass balance for every metal. The equations are those of the minimum
    of a convex function of the logarithms of the free metals, found by Newton's method with
    damping.
    """
    fixed = dict(free or {})
    both = set(fixed) & set(metals)
    unknown = (set(fixed) | set(metals)) - set(METALS)
    if both:
        raise ModelError(f"{sorted(both)[0]} is given in total and free; give one of them")
    if unknown:
        name = sorted(unknown)[0]
        raise SelectionError(f"{name!r} is not a metal that is bound; {suggest(name, METALS)}")
    for table in (acids, metals, fixed):
        for name, amount in table.items():
            amounts(amount, name)
    proton = proton_concentration(ph, temperature, strength)
    parts = {name: acid(name).forms(proton, temperature, strength) for name in acids}
    total = np.array([1e-3 * amount for amount in acids.values()])
    bare = np.array([_weight(forms, "") for forms in parts.values()])
    wanted = {name: 1e-3 * amount for name, amount in metals.items() if amount > 0}
    known = {name: 1e-3 * amount for name, amount in fixed.items()}
    names = [*wanted, *known]
    held = np.array([[_weight(forms, name) for forms in parts.values()] for name in names])
    held = held.reshape(len(names), len(parts))
    found = _free(
        np.array(list(wanted.values())), np.array(list(known.values())), total, bare, held
    )
    level = dict(zip(names, found, strict=True))
    sums = bare + found @ held
    forms = tuple(
        Form(name, metal, valence, float(1e3 * weight * level.get(metal, 1.0) * share))
        for (name, table), share in zip(parts.items(), total / sums, strict=True)
        for (metal, _), (valence, weight) in table.items()
        if not metal or metal in level
    )
    all_metal = found * (1.0 + held @ (total / sums))
    zero = dict.fromkeys((name for name, amount in metals.items() if not amount), 0.0)
    return Chelation(
        free=zero | {name: 1e3 * float(x) for name, x in zip(names, found, strict=True)},
        total=zero | {name: 1e3 * float(x) for name, x in zip(names, all_metal, strict=True)},
        forms=forms,
    )


def _weight(forms: Mapping[tuple[str, int], tuple[int, float]], metal: str) -> float:
    return sum(weight for (bound, _), (_, weight) in forms.items() if bound == metal)


def _free(
    wanted: NDArray[np.float64],
    known: NDArray[np.float64],
    total: NDArray[np.float64],
    bare: NDArray[np.float64],
    held: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return free metals [M]: first those whose total is wanted, then those that are known."""
    count = len(wanted)
    if not count:
        return known
    base = bare + known @ held[count:]
    ties = held[:count]

    def function(x: NDArray[np.float64]) -> float:
        metal = np.exp(x)
        return float(metal.sum() + total @ np.log(base + metal @ ties) - wanted @ x)

    x = np.log(wanted) - np.log1p(ties @ (total / base))
    for _ in range(_ROUNDS):
        metal = np.exp(x)
        sums = base + metal @ ties
        share = metal[:, None] * ties / sums
        slope = metal + share @ total - wanted
        curve = np.diag(metal + share @ total) - (share * total) @ share.T
        move = np.clip(np.linalg.solve(curve, -slope), -3.0, 3.0)
        start, factor = function(x), 1.0
        while function(x + factor * move) > start + 1e-14 * abs(start) and factor > 1e-6:
            factor *= 0.5
        x = x + factor * move
        if np.abs(move).max() < _SETTLED:
            break
    return np.concatenate((np.exp(x), known))
