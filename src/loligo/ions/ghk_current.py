"""The current of independent ions through a membrane with a constant field, and its limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.ions.given import amounts, charges
from loligo.ions.thermal import FARADAY, thermal_voltage

_SMALL = 1e-3
"""Below it the slope of `bernoulli` is its series, whose next term is 2e-14 of it."""


def bernoulli(x: ArrayLike) -> NDArray[np.float64]:
    """Return ``x / (exp(x) - 1)``, which is 1 at 0."""
    x = np.asarray(x, dtype=np.float64)
    at_zero = x == 0
    safe = np.where(at_zero, 1.0, x)
    with np.errstate(over="ignore"):
        return np.asarray(np.where(at_zero, 1.0, safe / np.expm1(safe)))


def bernoulli_slope(x: ArrayLike) -> NDArray[np.float64]:
    """Return the derivative of `bernoulli`."""
    x = np.asarray(x, dtype=np.float64)
    small = np.abs(x) < _SMALL
    safe = np.where(small, 1.0, x)
    value = bernoulli(safe)
    series = -0.5 + x / 6.0 - x**3 / 180.0
    return np.asarray(np.where(small, series, value * (1.0 - safe - value) / safe))


def ghk_current_density(
    permeability: ArrayLike,
    valence: ArrayLike,
    inside: ArrayLike,
    outside: ArrayLike,
    potential: ArrayLike,
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return the Goldman-Hodgkin-Katz current of ions.

    Parameters
    ----------
    permeability : array_like [cm/s]
    valence : array_like
    inside, outside : array_like [mM]
    potential : array_like [mV]
    temperature : array_like [degC]

    Returns
    -------
    ndarray [uA/cm2]
        Outward positive; arguments broadcast.

    Raises
    ------
    ModelError
        A permeability or concentration below zero, a valence of zero, absolute zero.

    Notes
    -----
    ``I = P z F u (inside - outside exp(-u)) / (1 - exp(-u))`` with ``u = z V F / RT``, computed as
    ``P z F (inside B(-u) - outside B(u))`` with ``B(x) = x / (exp(x) - 1)``, which has no
    singularity: at 0 mV it is ``P z F (inside - outside)``.

    References
    ----------
    Goldman 1943 J Gen Physiol 27:37, https://doi.org/10.1085/jgp.27.1.37
    Hodgkin, Katz 1949 J Physiol 108:37, https://doi.org/10.1113/jphysiol.1949.sp004310

    Examples
    --------
    >>> float(ghk_current_density(1e-6, 1, 140.0, 5.0, 0.0, 37.0).round(5))
    13.02552
    """
    z = charges(valence)
    u = z * np.asarray(potential, dtype=np.float64) / thermal_voltage(temperature)
    flow = amounts(inside, "inside") * bernoulli(-u) - amounts(outside, "outside") * bernoulli(u)
    return np.asarray(amounts(permeability, "permeability", "cm/s") * z * FARADAY * flow)


def ghk_slope_conductance(
    permeability: ArrayLike,
    valence: ArrayLike,
    inside: ArrayLike,
    outside: ArrayLike,
    potential: ArrayLike,
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return the slope of `ghk_current_density` [mS/cm2]; arguments as there."""
    z, voltage = charges(valence), thermal_voltage(temperature)
    u = z * np.asarray(potential, dtype=np.float64) / voltage
    slope = -amounts(inside, "inside") * bernoulli_slope(-u)
    slope = slope - amounts(outside, "outside") * bernoulli_slope(u)
    per_area = amounts(permeability, "permeability", "cm/s") * z**2 * FARADAY / voltage
    return np.asarray(per_area * slope)


def ghk_limiting_conductance(
    permeability: ArrayLike, valence: ArrayLike, concentration: ArrayLike, temperature: ArrayLike
) -> NDArray[np.float64]:
    """Return the conductance [mS/cm2] that the current approaches where one side feeds it all.

    Cations far above, and anions far below their reversal, come from the inside; elsewhere from the
    outside. With the same concentration on both sides it is the conductance at all potentials.
    The ratio of both limits, the rectification, is that of the concentrations.

    Notes
    -----
    ``P z^2 F^2 c / RT``
    """
    z, amount = charges(valence), amounts(concentration, "concentration")
    per_area = amounts(permeability, "permeability", "cm/s") * z**2 * FARADAY
    return np.asarray(per_area * amount / thermal_voltage(temperature))


def ussing_flux_ratio(
    valence: ArrayLike,
    outside: ArrayLike,
    inside: ArrayLike,
    potential: ArrayLike,
    temperature: ArrayLike,
    exponent: float = 1.0,
) -> NDArray[np.float64]:
    """Return influx over efflux of an ion.

    Parameters
    ----------
    valence, outside, inside, potential, temperature : array_like
        As in `ghk_current_density`.
    exponent : float
        1 for ions that move independently; above it in a file of several.

    Notes
    -----
    ``(outside / inside exp(-z V F / RT)) ** exponent``; 1 at the Nernst potential.

    References
    ----------
    Ussing 1949 Acta Physiol Scand 19:43, https://doi.org/10.1111/j.1748-1716.1949.tb00633.x
    Hodgkin, Keynes 1955 J Physiol 128:61, https://doi.org/10.1113/jphysiol.1955.sp005291
    """
    return np.asarray(
        np.exp(exponent * _affinity(valence, outside, inside, potential, temperature))
    )


def ussing_exponent(
    flux_ratio: ArrayLike,
    valence: ArrayLike,
    outside: ArrayLike,
    inside: ArrayLike,
    potential: ArrayLike,
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return the exponent of a measured ratio of influx over efflux; NaN at equilibrium."""
    affinity = _affinity(valence, outside, inside, potential, temperature)
    away = np.where(affinity == 0, np.nan, affinity)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(amounts(flux_ratio, "flux ratio", "")) / away)


def _affinity(
    valence: ArrayLike,
    outside: ArrayLike,
    inside: ArrayLike,
    potential: ArrayLike,
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return what drives an ion inward, over RT."""
    z, voltage = charges(valence), thermal_voltage(temperature)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(amounts(outside, "outside")) - np.log(amounts(inside, "inside"))
    return np.asarray(logs - z * np.asarray(potential, dtype=np.float64) / voltage)
