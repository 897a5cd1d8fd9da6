"""Constants of nature, and what follows from temperature alone."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError

GAS_CONSTANT = 8.314462618
"""[J/(mol K)], exact by definition of the mole and the kelvin."""
FARADAY = 96485.33212
"""[C/mol]"""
AVOGADRO = 6.02214076e23
"""[1/mol]"""
BOLTZMANN = 1.380649e-23
"""[J/K]"""
ELEMENTARY_CHARGE = 1.602176634e-19
"""[C]"""
VACUUM_PERMITTIVITY = 8.8541878128e-12
"""[F/m], CODATA 2018"""
ZERO_CELSIUS = 273.15
"""[K]"""


def kelvin(temperature: ArrayLike) -> NDArray[np.float64]:
    """Return a temperature [K] of one in degC.

    Raises
    ------
    ModelError
        At absolute zero or below.
    """
    celsius = np.asarray(temperature, dtype=np.float64)
    if (celsius <= -ZERO_CELSIUS).any():
        raise ModelError(
            f"temperature = {np.nanmin(celsius):g} degC is not above absolute zero; "
            "allowed: above -273.15 degC"
        )
    return np.asarray(celsius + ZERO_CELSIUS)


def thermal_voltage(temperature: ArrayLike) -> NDArray[np.float64]:
    """Return ``RT/F`` [mV] at a temperature [degC].

    >>> round(float(thermal_voltage(37.0)), 4)
    26.7267
    """
    return np.asarray(1e3 * GAS_CONSTANT * kelvin(temperature) / FARADAY)


def decade_voltage(temperature: ArrayLike) -> NDArray[np.float64]:
    """Return ``RT/F ln(10)`` [mV]: what a tenfold gradient of a univalent ion is worth."""
    return np.asarray(thermal_voltage(temperature) * log(10.0))
