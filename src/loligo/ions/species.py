"""`Species`: an ion with its valence, mobility and radii, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

from loligo.errors import SelectionError, suggest
from loligo.ions.equilibrium import charge_text
from loligo.ions.mobility import MOBILITIES, Mobility, mobility
from loligo.ions.thermal import BOLTZMANN, FARADAY, GAS_CONSTANT, ZERO_CELSIUS

POTASSIUM_CONDUCTIVITY = 73.5e-4
"""Limiting molar conductivity of potassium at 25 degC [S m2/mol]."""
_VISCOSITY = 0.890e-3
"""Of water at 25 degC [Pa s]."""
_KELVIN_25 = 25.0 + ZERO_CELSIUS

_CRYSTAL = {
    "Li": 0.060, "Na": 0.095, "K": 0.133, "Rb": 0.148, "Cs": 0.169, "Tl": 0.140,
    "Mg": 0.065, "Ca": 0.099, "Sr": 0.113, "Ba": 0.135, "Mn": 0.080, "Zn": 0.074, "Cd": 0.097,
    "F": 0.136, "Cl": 0.181, "Br": 0.195, "I": 0.216,
}  # fmt: skip
"""Crystal radii [nm]: Pauling 1960 The Nature of the Chemical Bond, 3rd edition."""
_DIAMETER = {
    "H": 0.9, "Li": 0.6, "Na": 0.425, "K": 0.3, "Rb": 0.25, "Cs": 0.25, "NH4": 0.25, "Tl": 0.25,
    "Mg": 0.8, "Ca": 0.6, "Sr": 0.5, "Ba": 0.5, "Mn": 0.6, "Co": 0.6, "Ni": 0.6, "Zn": 0.6,
    "Cd": 0.5, "La": 0.9, "F": 0.35, "Cl": 0.3, "Br": 0.3, "I": 0.3, "OH": 0.35, "NO3": 0.3,
    "SCN": 0.35, "HCO3": 0.425, "H2PO4": 0.425, "HPO4": 0.4, "SO4": 0.4, "acetate": 0.45,
    "formate": 0.35, "citrate": 0.5,
}  # fmt: skip
"""Effective diameters [nm]: Kielland 1937 J Am Chem Soc 59:1675,
https://doi.org/10.1021/ja01288a032."""


@dataclass(frozen=True, slots=True)
class Species:
    """An ion in water.

    Attributes
    ----------
    name : str
        Symbol, or name of an organic ion.
    valence : int
    mobility : Mobility
        Relative to potassium, with its source.
    crystal_radius : float or None [nm]
        Of the bare ion.
    diameter : float or None [nm]
        Closest approach of other ions, for the extended law of Debye and Hueckel.
    """

    name: str
    valence: int
    mobility: Mobility
    crystal_radius: float | None
    diameter: float | None

    @property
    def diffusion_coefficient(self) -> float:
        """Diffusion coefficient in water at 25 degC [um2/ms], from the mobility (Nernst 1888)."""
        potassium = GAS_CONSTANT * _KELVIN_25 * POTASSIUM_CONDUCTIVITY / FARADAY**2  # m2/s
        return 1e9 * potassium * self.mobility.relative

    @property
    def stokes_radius(self) -> float:
        """Radius [nm] of the sphere that diffuses as fast: the ion with the water it drags."""
        per_second = 1e-9 * self.diffusion_coefficient
        return 1e9 * BOLTZMANN * _KELVIN_25 / (6.0 * pi * _VISCOSITY * per_second)

    def __str__(self) -> str:
        return f"{self.name}{charge_text(self.valence)}"


def species(name: str) -> Species:
    """Return an ion by symbol or name; charges may be written (``"Ca2+"``).

    Raises
    ------
    SelectionError
        It is not known.

    Examples
    --------
    >>> sodium = species("Na+")
    >>> sodium.valence, sodium.crystal_radius, round(sodium.stokes_radius, 3)
    (1, 0.095, 0.184)
    """
    found = mobility(name)
    return Species(
        name=found.ion,
        valence=found.valence,
        mobility=found,
        crystal_radius=_CRYSTAL.get(found.ion),
        diameter=_DIAMETER.get(found.ion),
    )


def valence_of(name: str, given: int | None = None) -> int:
    """Return an ion's valence: the given one, else that of the table.

    Raises
    ------
    SelectionError
        It is in no table, and none is given.
    """
    if given is not None:
        return given
    try:
        return species(name).valence
    except SelectionError:
        raise SelectionError(
            f"no valence of {name!r} is known; give its valence, or {suggest(name, MOBILITIES)}"
        ) from None
