"""Power spectral densities of the physical sources, one-sided, as plain functions.

In the internal units they need no factors: currents in pA^2/kHz, potentials in mV^2/kHz.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-5
"""Energy per kelvin [pA mV ms/K], exact since 2019."""
ELEMENTARY_CHARGE = 1.602176634e-4
"""[fC], exact since 2019."""
_ZERO_CELSIUS = 273.15


def thermal_energy(temperature: float) -> float:
    """Return kT [pA mV ms] at a temperature [degC]."""
    return BOLTZMANN * (temperature + _ZERO_CELSIUS)


def johnson_current(resistance: float, temperature: float) -> float:
    """Return ``4 k T / R``: the noise of a resistor as a current beside it [pA^2/kHz].

    Parameters
    ----------
    resistance : float [GOhm]
    temperature : float [degC]

    References
    ----------
    Nyquist 1928, https://doi.org/10.1103/PhysRev.32.110
    """
    return 4.0 * thermal_energy(temperature) / resistance


def johnson_voltage(resistance: float, temperature: float) -> float:
    """Return ``4 k T R``: the noise of a resistor as a potential in series with it [mV^2/kHz].

    Parameters
    ----------
    resistance : float [GOhm]
    temperature : float [degC]

    References
    ----------
    Nyquist 1928, https://doi.org/10.1103/PhysRev.32.110
    """
    return 4.0 * thermal_energy(temperature) * resistance


def shot_current(current: float) -> float:
    """Return ``2 e |I|``: the noise of charges that cross a barrier one by one [pA^2/kHz].

    Parameters
    ----------
    current : float [pA]
        Such as the leakage of the input transistor's gate.

    References
    ----------
    Schottky 1918, https://doi.org/10.1002/andp.19183622304
    """
    return 2.0 * ELEMENTARY_CHARGE * abs(current)


def dielectric_current(
    frequencies: ArrayLike, capacitance: float, dissipation: float, temperature: float
) -> Array:
    """Return ``4 k T D C 2 pi f``: the thermal noise of a lossy capacitance [pA^2/kHz].

    Parameters
    ----------
    frequencies : array [kHz]
    capacitance : float [pF]
    dissipation : float
        Loss tangent D of the dielectric: 1e-4 for quartz, some 1e-3 for glass.
    temperature : float [degC]

    References
    ----------
    Levis, Rae 1993, https://doi.org/10.1016/S0006-3495(93)81224-4
    """
    omega = 2.0 * np.pi * np.asarray(frequencies, dtype=np.float64)
    return np.asarray(4.0 * thermal_energy(temperature) * dissipation * capacitance * omega)


def with_flicker(frequencies: ArrayLike, density: float, corner: float) -> Array:
    """Return ``d^2 (1 + corner / f)``: white noise that becomes 1/f noise below its corner.

    Parameters
    ----------
    frequencies : array [kHz]
    density : float [mV or pA per sqrt(kHz)]
        Amplitude density far above the corner.
    corner : float [kHz]
    """
    f = np.asarray(frequencies, dtype=np.float64)
    return np.asarray(density**2 * (1.0 + corner / f))
