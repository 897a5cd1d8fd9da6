"""Potentials from what people give: names of ions, quantities, solutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError, SelectionError, suggest
from loligo.ions.donnan import Donnan, donnan
from loligo.ions.equilibrium import DrivingForce, nernst_potential
from loligo.ions.ghk_potential import goldman_potential
from loligo.ions.given import amounts
from loligo.ions.sides import free_ions
from loligo.ions.solution import Solution
from loligo.ions.species import species, valence_of
from loligo.units import quantities, quantity

Activities = Literal["none", "davies"]


def nernst(
    ion: str,
    *,
    outside: Any,
    inside: Any,
    temperature: Any,
    valence: int | None = None,
    activities: Activities = "none",
) -> NDArray[np.float64]:
    """Return the equilibrium potential of an ion.

    Parameters
    ----------
    ion : str
        ``"K"``, ``"Ca2+"``, ``"Cl"``; any name with `valence`.
    outside, inside : quantity, many quantities, or Solution
        Its concentration, or a solution that has it.
    temperature : quantity
    valence : int, optional
        Needed for an ion that is in no table.
    activities : str
        ``"davies"`` takes activities instead of concentrations; it needs two solutions.

    Returns
    -------
    ndarray [mV]
        Without dimensions of single quantities.

    Raises
    ------
    SelectionError
        The ion's valence is not known.
    ModelError
        A concentration of zero or below, absolute zero, activities without solutions.
    UnitError
        A quantity without a unit, or of another kind.

    Examples
    --------
    >>> float(nernst("K", outside="5 mM", inside="140 mM", temperature="37 degC").round(2))
    -89.06
    """
    z = valence_of(ion, valence)
    if activities not in ("none", "davies"):
        raise SelectionError(f"activities = {activities!r}; {suggest(activities, _ACTIVITIES)}")
    sides = [
        _level(side, ion, name, activities)
        for side, name in ((outside, "outside"), (inside, "inside"))
    ]
    return nernst_potential(z, sides[0], sides[1], _celsius(temperature))


_ACTIVITIES = ("none", "davies")


def _celsius(value: Any) -> NDArray[np.float64]:
    return quantities(value, "temperature", name="temperature")


def _level(side: Any, ion: str, name: str, activities: str) -> NDArray[np.float64]:
    if isinstance(side, Solution):
        plain = species(ion).name
        level = side.activity(plain) if activities == "davies" else side.free(plain)
        found = np.asarray(level)
    elif activities == "davies":
        raise ModelError(f"{name} = {side!r}; activities need a solution, whose strength is known")
    else:
        found = amounts(quantities(side, "concentration", name=name), f"{name} {ion}")
    if (found == 0).any():
        raise ModelError(
            f"{name}: there is no {ion}; an ion on one side only is never in equilibrium"
        )
    return found


def driving_force(
    ion: str,
    potential: Any,
    *,
    outside: Any,
    inside: Any,
    temperature: Any,
    valence: int | None = None,
) -> DrivingForce:
    """Return what drives an ion at a potential, in numbers and words; arguments as of `nernst`.

    >>> force = driving_force(
    ...     "Na", "-70 mV", outside="145 mM", inside="12 mM", temperature="37 degC"
    ... )
    >>> force.in_words()
    'Na+ enters: inward current (negative), driven by -136.6 mV'
    """
    z = valence_of(ion, valence)
    reversal = nernst(ion, outside=outside, inside=inside, temperature=temperature, valence=z)
    plain = ion if valence is not None else species(ion).name
    return DrivingForce(plain, z, quantity(potential, "voltage", name="potential"), float(reversal))


def reversal_potentials(outside: Any, inside: Any, temperature: Any) -> dict[str, float]:
    """Return the Nernst potential [mV] of every simple ion that both solutions have.

    Parameters
    ----------
    outside, inside : Solution, name, file, or table of ions
    temperature : quantity
    """
    out, into = free_ions(outside, "outside"), free_ions(inside, "inside")
    return {
        ion: float(nernst_potential(valence_of(ion), out[ion], into[ion], _celsius(temperature)))
        for ion in out
        if out[ion] > 0 and into.get(ion, 0.0) > 0 and "(" not in ion
    }


def goldman(
    permeabilities: Mapping[str, float], *, outside: Any, inside: Any, temperature: Any
) -> float:
    """Return the Goldman-Hodgkin-Katz potential.

    Parameters
    ----------
    permeabilities : mapping of str to float
        Of each ion, relative to any; ions that are left out do not permeate.
    outside, inside : Solution, name, file, or table of ions
        An ion that a side does not have counts as zero there.
    temperature : quantity

    Returns
    -------
    float [mV]

    Raises
    ------
    SelectionError
        An unknown ion.
    ModelError
        No ions, none on either side, a number below zero; the potential is infinite.

    Examples
    --------
    >>> squid = {"K": 1, "Na": 0.04, "Cl": 0.45}
    >>> found = goldman(
    ...     squid, outside="squid_blood", inside="squid_axoplasm", temperature="18.5 degC"
    ... )
    >>> round(found, 2)
    -59.62
    """
    if not permeabilities:
        raise ModelError("no permeabilities are given; name ions with one each, K=1")
    names = [species(ion).name for ion in permeabilities]
    out, into = free_ions(outside, "outside"), free_ions(inside, "inside")
    found = float(
        goldman_potential(
            list(permeabilities.values()),
            [valence_of(ion) for ion in names],
            [out.get(ion, 0.0) for ion in names],
            [into.get(ion, 0.0) for ion in names],
            _celsius(temperature),
        )
    )
    if np.isinf(found):
        raise ModelError(
            "all ions that permeate are on one side and pull the same way; there is no finite "
            "potential"
        )
    return found


def donnan_equilibrium(
    outside: Any, fixed_charge: Any, temperature: Any
) -> tuple[list[str], Donnan]:
    """Return names of the permeant ions, and their equilibrium with charges fixed inside.

    Parameters
    ----------
    outside : Solution, name, file, or table of ions
        All its ions permeate.
    fixed_charge : quantity
        Net charge of what cannot leave, ``"-140 mM"``.
    temperature : quantity

    Raises
    ------
    ModelError
        See `loligo.ions.donnan.donnan`.
    """
    ions = free_ions(outside, "outside")
    names = [ion for ion, amount in ions.items() if amount > 0]
    fixed = quantity(fixed_charge, "concentration", name="fixed charge")
    valences = [valence_of(ion) for ion in names]
    level = [ions[ion] for ion in names]
    return names, donnan(valences, level, fixed, _celsius(temperature))
