"""The liquid junction potential between two solutions.

Henderson's equation takes concentrations to change linearly from one solution to the other. It is
what most of the field's calculators give; the stationary solution of the Nernst-Planck equations
(`loligo.ions.planck`) differs by half a millivolt for usual solutions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError, SelectionError, suggest
from loligo.ions.compounds import COMPOUNDS
from loligo.ions.given import amount_of, neutral
from loligo.ions.mobility import MOBILITIES, Mobility, mobility
from loligo.ions.planck import stationary_potential
from loligo.ions.sides import listed, solution_of
from loligo.ions.solution import Solution
from loligo.ions.thermal import thermal_voltage
from loligo.units import quantity

Method = Literal["stationary", "henderson"]
METHODS: tuple[Method, ...] = ("stationary", "henderson")
_NEUTRAL = 5e-3
"""Charges may differ by this share of all charge: solutions are written with rounded numbers."""


def henderson_potential(
    valence: ArrayLike,
    mobility: ArrayLike,
    pipette: ArrayLike,
    bath: ArrayLike,
    temperature: float,
) -> NDArray[np.float64]:
    """Return the liquid junction potential of ions in two solutions.

    Parameters
    ----------
    valence, mobility : (ion,) array
        Mobilities in any one unit.
    pipette, bath : (..., ion) array [mM]
    temperature : float [degC]

    Returns
    -------
    (...) array [mV]
        Potential of the bath relative to the pipette.

    Raises
    ------
    ModelError
        A solution conducts nothing.

    Notes
    -----
    With sums over ions, ``RT/F S ln(sum z^2 u c_pipette / sum z^2 u c_bath)``, where
    ``S = sum z u (c_bath - c_pipette) / sum z^2 u (c_bath - c_pipette)``. Where both solutions
    conduct equally well the limit is taken.

    References
    ----------
    Henderson 1907 Z Phys Chem 59:118
    Barry, Lynch 1991 J Membr Biol 121:101, https://doi.org/10.1007/BF01870526
    """
    z, u = np.asarray(valence, float), np.asarray(mobility, float)
    inside, outside = np.asarray(pipette, float), np.asarray(bath, float)
    conducted = [np.asarray((z**2 * u * c).sum(axis=-1)) for c in (inside, outside)]
    if not all((c > 0).all() for c in conducted):
        raise ModelError("a solution without ions has no junction potential")
    first, second = conducted
    drive = (z * u * (outside - inside)).sum(axis=-1)
    ratio = (second - first) / first
    near = np.abs(ratio) < 1e-9  # then ln(1 + x) / x is 1
    safe = np.where(near, 1.0, ratio)
    slope = np.where(near, 1.0, np.log1p(safe) / safe) / first
    return np.asarray(-thermal_voltage(temperature) * drive * slope)


def liquid_junction_potential(
    pipette: Any,
    bath: Any,
    temperature: Any = "20 degC",
    *,
    method: Method = "stationary",
    mobilities: Mapping[str, Mobility] | None = None,
) -> float:
    """Return the liquid junction potential of two solutions.

    Parameters
    ----------
    pipette, bath : mapping of ion to quantity, Solution or str
        Concentrations of free ions: ``{"K": "140 mM", "gluconate": "140 mM"}``; a solution; the
        name of a standard one, a file, a list ``"K 140 mM, Cl 140 mM"``.
    temperature : quantity
    method : str
        ``"stationary"``, by Nernst and Planck, or ``"henderson"``.
    mobilities : mapping of str to Mobility, optional
        Of ions that the table lacks, or in place of the table's.

    Returns
    -------
    float [mV]
        Potential of the bath relative to the pipette; ``V_membrane = V_measured - LJP``.

    Raises
    ------
    SelectionError
        An ion whose mobility is not known; another method.
    ModelError
        A solution that is not electroneutral, empty, or with a concentration below zero; a
        temperature outside of 0 to 60 degC.
    UnitError
        A concentration without a unit.

    Notes
    -----
    Charges may miss by 0.5 %, for numbers that were rounded. The stationary solution needs none to
    be missing: the main ion of the sign that there is too little of takes the rest.

    Examples
    --------
    >>> pipette = {"K": "150 mM", "gluconate": "140 mM", "Cl": "10 mM"}
    >>> bath = {"Na": "150 mM", "Cl": "150 mM"}
    >>> round(liquid_junction_potential(pipette, bath), 2)
    16.53
    """
    if method not in METHODS:
        raise SelectionError(f"method = {method!r}; {suggest(method, METHODS)}")
    found = junction_arrays(pipette, bath, temperature, mobilities=mobilities)
    if method == "henderson":
        return float(henderson_potential(*found[1:]))
    return float(stationary_potential(*found[1:]))


def henderson(
    pipette: Any,
    bath: Any,
    temperature: Any = "20 degC",
    *,
    mobilities: Mapping[str, Mobility] | None = None,
) -> float:
    """Return `liquid_junction_potential` by Henderson's equation.

    >>> round(henderson({"K": "150 mM", "Cl": "150 mM"}, {"Na": "150 mM", "Cl": "150 mM"}), 2)
    4.29
    """
    return liquid_junction_potential(
        pipette, bath, temperature, method="henderson", mobilities=mobilities
    )


def names_solutions(value: Any) -> bool:
    """Tell whether something is two solutions: a pair, or ``"potassium_gluconate in acsf"``."""
    if isinstance(value, str):
        return " in " in value
    return isinstance(value, tuple) and len(value) == 2


def junction_between(value: Any) -> tuple[float, str]:
    """Return the potential of two solutions [mV], and how it was found.

    Parameters
    ----------
    value : str or pair
        ``"potassium_gluconate in acsf at 34 degC"``, or ``(pipette, bath)``; at 20 degC where no
        temperature is said.

    Raises
    ------
    ModelError, SelectionError, UnitError
        As `liquid_junction_potential`.

    Examples
    --------
    >>> found, source = junction_between("potassium_gluconate in acsf at 34 degC")
    >>> round(found, 1)
    15.5
    >>> source
    'stationary Nernst-Planck junction, potassium_gluconate in acsf at 34 degC'
    """
    temperature = "20 degC"
    if isinstance(value, str):
        told, _, given = value.partition(" at ")
        pipette, _, bath = (part.strip() for part in told.partition(" in "))
        temperature = given.strip() or temperature
    else:
        pipette, bath = value
        told = " in ".join(str(getattr(side, "name", "a table of ions")) for side in value)
    found = liquid_junction_potential(pipette, bath, temperature)
    return found, f"stationary Nernst-Planck junction, {told.strip()} at {temperature}"


def junction_arrays(
    pipette: Any,
    bath: Any,
    temperature: Any = "20 degC",
    *,
    mobilities: Mapping[str, Mobility] | None = None,
) -> tuple[list[str], list[int], list[float], NDArray[np.float64], NDArray[np.float64], float]:
    """Return two solutions as what the functions on arrays take.

    Arguments and errors are those of `liquid_junction_potential`.

    Returns
    -------
    ions : list of str
    valence : list of int
    mobility : list of float
    pipette, bath : ndarray [mM]
        Neutral.
    temperature : float [degC]
    """
    own = dict(mobilities or {})
    celsius = quantity(temperature, "temperature", name="temperature")
    if not 0 <= celsius <= 60:
        raise ModelError(f"temperature = {celsius:g} degC; allowed: 0 to 60 degC")
    tables = [_solution(side, given, own) for side, given in (("pipette", pipette), ("bath", bath))]
    ions = {entry.ion: entry for table in tables for entry in table}
    valence = [entry.valence for entry in ions.values()]
    inside, outside = (
        _closed(
            np.array([sum(c for entry, c in table.items() if entry.ion == name) for name in ions]),
            np.array(valence),
        )
        for table in tables
    )
    relative = [entry.relative for entry in ions.values()]
    return list(ions), valence, relative, inside, outside, celsius


def _closed(amount: NDArray[np.float64], valence: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return a solution whose main ion of the scarcer sign takes what charge is left."""
    left = float((valence * amount).sum())
    scarce = np.where(valence * left < 0, np.abs(valence) * amount, -1.0)
    main = int(np.argmax(scarce))
    if left and scarce[main] > 0:
        amount = amount.copy()
        amount[main] -= left / valence[main]
    return amount


def _solution(side: str, given: Any, own: Mapping[str, Mobility]) -> dict[Mobility, float]:
    """Return a solution's concentrations [mM], checked."""
    if isinstance(given, str):
        given = listed(given) if " " in given.strip() else solution_of(given, side)
    if isinstance(given, Mapping) and any(name in COMPOUNDS for name in given if name not in own):
        given = _of_compounds(side, given)
    pairs = given.junction_ions() if isinstance(given, Solution) else _pairs(side, given, own)
    table: dict[Mobility, float] = {}
    for known, amount in pairs:
        entry = own.get(known.ion, known)
        if not entry.valence or entry.relative <= 0:
            raise ModelError(f"{side}: {known.ion!r} needs a valence and a mobility above zero")
        table[entry] = table.get(entry, 0.0) + amount
    total = sum(abs(entry.valence) * amount for entry, amount in table.items())
    if total <= 0:
        raise ModelError(f"{side}: a solution without ions has no junction potential")
    charge = sum(entry.valence * amount for entry, amount in table.items())
    neutral(total, charge, _NEUTRAL, side)
    return table


def _of_compounds(side: str, given: Mapping[str, Any]) -> Any:
    """Return the solution of a table with chemicals in it, other than those that mobilities have.

    HEPES or EGTA among free ions are the forms of the table of mobilities.
    """
    if all(name in MOBILITIES or name not in COMPOUNDS for name in given):
        return given
    return solution_of(given, side)


def _pairs(
    side: str, given: Mapping[str, Any], own: Mapping[str, Mobility]
) -> Iterator[tuple[Mobility, float]]:
    for name, value in given.items():
        entry = own[name] if name in own else mobility(name)
        yield entry, amount_of(value, f"{side} {name}")
