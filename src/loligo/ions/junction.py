"""The liquid junction potential between two solutions.

Henderson's equation takes concentrations to change linearly from one solution to the other. It is
what the field's calculators give; the stationary solution of the Nernst-Planck equations differs by
a millivolt or less for usual solutions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.ions.mobility import Mobility, mobility
from loligo.ions.thermal import thermal_voltage
from loligo.units import quantity

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


def henderson(
    pipette: Mapping[str, Any],
    bath: Mapping[str, Any],
    temperature: Any = "20 degC",
    *,
    mobilities: Mapping[str, Mobility] | None = None,
) -> float:
    """Return the liquid junction potential of two solutions by Henderson's equation.

    Parameters
    ----------
    pipette, bath : mapping of ion to quantity
        Concentrations of free ions: ``{"K": "140 mM", "gluconate": "140 mM"}``.
    temperature : quantity
    mobilities : mapping of str to Mobility, optional
        Of ions that the table lacks, or in place of the table's.

    Returns
    -------
    float [mV]
        Potential of the bath relative to the pipette; ``V_membrane = V_measured - LJP``.

    Raises
    ------
    SelectionError
        An ion whose mobility is not known.
    ModelError
        A solution that is not electroneutral, empty, or with a concentration below zero; a
        temperature outside of 0 to 60 degC.
    UnitError
        A concentration without a unit.

    Examples
    --------
    >>> round(henderson({"K": "150 mM", "Cl": "150 mM"}, {"Na": "150 mM", "Cl": "150 mM"}), 2)
    4.29
    """
    own = dict(mobilities or {})
    celsius = quantity(temperature, "temperature", name="temperature")
    if not 0 <= celsius <= 60:
        raise ModelError(f"temperature = {celsius:g} degC; allowed: 0 to 60 degC")
    solutions = [
        _solution(side, given, own) for side, given in (("pipette", pipette), ("bath", bath))
    ]
    ions = {entry.ion: entry for table in solutions for entry in table}
    inside, outside = (
        [sum(c for entry, c in table.items() if entry.ion == name) for name in ions]
        for table in solutions
    )
    valence = [entry.valence for entry in ions.values()]
    relative = [entry.relative for entry in ions.values()]
    return float(henderson_potential(valence, relative, inside, outside, celsius))


def _solution(
    side: str, given: Mapping[str, Any], own: Mapping[str, Mobility]
) -> dict[Mobility, float]:
    """Return a solution's concentrations [mM], checked."""
    table: dict[Mobility, float] = {}
    for name, value in given.items():
        entry = own[name] if name in own else mobility(name)
        entry = own.get(entry.ion, entry)
        if not entry.valence or entry.relative <= 0:
            raise ModelError(f"{side}: {name!r} needs a valence and a mobility above zero")
        amount = quantity(value, "concentration", name=f"{side} {name}")
        if amount < 0:
            raise ModelError(f"{side}: {name} = {amount:g} mM; a concentration is not below zero")
        table[entry] = table.get(entry, 0.0) + amount
    total = sum(abs(entry.valence) * amount for entry, amount in table.items())
    charge = sum(entry.valence * amount for entry, amount in table.items())
    if total <= 0:
        raise ModelError(f"{side}: a solution without ions has no junction potential")
    if abs(charge) > _NEUTRAL * total:
        missing = "anions" if charge > 0 else "cations"
        raise ModelError(
            f"{side}: the charges add up to {charge:+.4g} mM; {abs(charge):.4g} mM of {missing} "
            "are missing (free ions, not salts, are asked for: 2 mM CaCl2 is Ca 2 mM and Cl 4 mM)"
        )
    return table
