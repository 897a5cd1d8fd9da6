"""Water as a solvent: density, dielectric constant, and the constants of Debye and Hueckel."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.ions.thermal import (
    AVOGADRO,
    BOLTZMANN,
    ELEMENTARY_CHARGE,
    VACUUM_PERMITTIVITY,
    kelvin,
)


def water_density(temperature: ArrayLike) -> NDArray[np.float64]:
    """Return the density [kg/m3] of water at 1 atm, for temperatures [degC] from 0 to 100.

    References
    ----------
    Kell 1975 J Chem Eng Data 20:97, https://doi.org/10.1021/je60064a005
    """
    t = _liquid(temperature)
    above = 999.83952 + t * (16.945176 + t * (-7.9870401e-3 + t * -46.170461e-6))
    above = above + t**4 * (105.56302e-9 - 280.54253e-12 * t)
    return np.asarray(above / (1.0 + 16.879850e-3 * t))


def dielectric_constant(temperature: ArrayLike) -> NDArray[np.float64]:
    """Return the static dielectric constant of water, for temperatures [degC] from 0 to 100.

    References
    ----------
    Malmberg, Maryott 1956 J Res NBS 56:1, https://doi.org/10.6028/jres.056.001
    """
    t = _liquid(temperature)
    return np.asarray(87.740 - 0.40008 * t + 9.398e-4 * t**2 - 1.410e-6 * t**3)


@dataclass(frozen=True, slots=True)
class DebyeHueckel:
    """The constants of the theory of Debye and Hueckel in water.

    Attributes
    ----------
    a : float [(kg/mol)^(1/2)]
        Of the decadic logarithm; ``a_phi`` times 3 over ln(10).
    b : float [(kg/mol)^(1/2) / nm]
        Inverse of the thickness of the ionic atmosphere at 1 mol/kg.
    """

    a: float
    b: float

    @property
    def a_phi(self) -> float:
        """The constant of osmotic coefficients, in Pitzer's equations."""
        return self.a * log(10.0) / 3.0


def debye_hueckel_constants(temperature: float) -> DebyeHueckel:
    """Return the constants at a temperature [degC], on the molal scale.

    Notes
    -----
    With ``L`` the Bjerrum length and ``rho`` the density, ``b^2 = 8 pi L N_A rho`` and
    ``a = L b / (2 ln(10))``. Tables that round or use another dielectric constant have 0.509 at
    25 degC; this gives 0.5108.

    >>> round(debye_hueckel_constants(25.0).a, 4)
    0.5108
    """
    length = float(bjerrum_length(temperature)) * 1e-9
    inverse = np.sqrt(8.0 * np.pi * length * AVOGADRO * float(water_density(temperature)))
    return DebyeHueckel(a=float(length * inverse / (2.0 * log(10.0))), b=float(inverse * 1e-9))


def bjerrum_length(temperature: ArrayLike) -> NDArray[np.float64]:
    """Return the distance [nm] at which two univalent ions in water hold each other with kT."""
    thermal = BOLTZMANN * kelvin(temperature) * VACUUM_PERMITTIVITY
    relative = dielectric_constant(temperature)
    return np.asarray(1e9 * ELEMENTARY_CHARGE**2 / (4.0 * np.pi * thermal * relative))


def _liquid(temperature: ArrayLike) -> NDArray[np.float64]:
    t = np.asarray(temperature, dtype=np.float64)
    kelvin(t)
    off = t[(t < 0) | (t > 100)]
    if off.size:
        raise ModelError(
            f"temperature = {off[0]:g} degC; the properties of water are known from 0 to 100 degC"
        )
    return t
