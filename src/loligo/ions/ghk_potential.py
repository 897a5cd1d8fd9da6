"""The potential at which the currents of several ions cancel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.ions.ghk_current import ghk_current_density
from loligo.ions.given import amounts, charges
from loligo.ions.thermal import thermal_voltage

_ROUNDING = 1e-9
"""A ratio that is this little below zero is zero: the other ion is in equilibrium."""


def goldman_potential(
    permeability: ArrayLike,
    valence: ArrayLike,
    outside: ArrayLike,
    inside: ArrayLike,
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return the Goldman-Hodgkin-Katz potential of any number of mono- and divalent ions.

    Parameters
    ----------
    permeability : (..., ion) array_like
        In any one unit; only their ratios count.
    valence : (ion,) array_like
        1, 2, -1 or -2.
    outside, inside : (..., ion) array_like [mM]
    temperature : (...) array_like [degC]

    Returns
    -------
    (...) ndarray [mV]
        Infinite where all ions that permeate are on one side and pull the same way.

    Raises
    ------
    ModelError
        A permeability or concentration below zero; a valence other than these; no ion permeates.

    Notes
    -----
    The sum of `ghk_current_density` over ions grows with the potential, so it has one root. With
    ``x = exp(V F / RT)`` and all valences 1 or 2 it is that of a quadratic,
    ``(a + 4 p) x^2 + (a - b) x - (b + 4 q) = 0``: ``a`` sums permeability times concentration of
    what univalent ions carry outward (cations inside, anions outside), ``b`` inward; ``p`` and
    ``q`` do so for divalent ones. Its one positive root is taken without a subtraction of near
    numbers. With univalent ions only it is the usual logarithm.

    References
    ----------
    Hodgkin, Katz 1949 J Physiol 108:37, https://doi.org/10.1113/jphysiol.1949.sp004310
    Spangler 1972 Ala J Med Sci 9:218 (divalent ions)

    Examples
    --------
    >>> permeability, valence = [1.0, 0.04, 0.45], [1, 1, -1]
    >>> outside, inside = [20.0, 440.0, 560.0], [400.0, 50.0, 52.0]
    >>> float(goldman_potential(permeability, valence, outside, inside, 20.0).round(4))
    -59.9267
    """
    z = charges(valence)
    more = z[np.abs(z) > 2]
    if more.size:
        raise ModelError(
            f"valence = {more[0]:+g}; the GHK potential is for ions of valence 1, 2, -1 and -2"
        )
    weight = amounts(permeability, "permeability", "")
    out, into = weight * amounts(outside, "outside"), weight * amounts(inside, "inside")
    outward, inward = np.where(z > 0, into, out), np.where(z > 0, out, into)
    once, twice = np.where(np.abs(z) == 1, 1.0, 0.0), np.where(np.abs(z) == 2, 4.0, 0.0)
    a, b = (outward * once).sum(axis=-1), (inward * once).sum(axis=-1)
    square, constant = a + (outward * twice).sum(axis=-1), b + (inward * twice).sum(axis=-1)
    if ((square == 0) & (constant == 0)).any():
        raise ModelError("no ion that permeates is in either solution; there is no potential")
    linear = a - b
    root = np.hypot(linear, 2.0 * np.sqrt(square) * np.sqrt(constant))
    with np.errstate(divide="ignore", invalid="ignore"):
        falling = (root - linear) / (2.0 * square)
        rising = 2.0 * constant / (root + linear)
        x = np.where(linear < 0, falling, rising)
        return np.asarray(thermal_voltage(temperature) * np.log(x))


def permeability_ratio(
    reversal: ArrayLike,
    test: tuple[int, ArrayLike, ArrayLike],
    reference: tuple[int, ArrayLike, ArrayLike],
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return the permeability of one ion relative to another from where their currents cancel.

    Parameters
    ----------
    reversal : array_like [mV]
        Corrected for the junction potential; it changes with the solutions.
    test, reference : (valence, outside [mM], inside [mM])
        Of the ion asked for and of the other. In bi-ionic solutions each is on one side only.
    temperature : array_like [degC]

    Returns
    -------
    ndarray
        ``P_test / P_reference``.

    Raises
    ------
    ModelError
        The reversal is not between the Nernst potentials of both ions, so no ratio gives it.

    Notes
    -----
    Both `ghk_current_density` cancel: the ratio is minus that of the currents at unit permeability.
    For univalent ions, one on each side: ``inside / outside exp(V F / RT)``.

    References
    ----------
    Hille 2001 Ion Channels of Excitable Membranes, 3rd edition, chapter 14

    Examples
    --------
    >>> float(permeability_ratio(-10.0, (1, 150.0, 0.0), (1, 0.0, 150.0), 22.0).round(3))
    0.675
    """
    currents = [
        ghk_current_density(1.0, z, inside, outside, reversal, temperature)
        for z, outside, inside in (test, reference)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(-currents[1] / currents[0])
    off = np.broadcast_to(reversal, ratio.shape)[ratio < -_ROUNDING]
    if off.size:
        raise ModelError(
            f"reversal = {off[0]:.4g} mV is not between the Nernst potentials of both ions; no "
            "ratio of permeabilities gives it. Is it corrected for the junction potential?"
        )
    return ratio


def chord_potential(conductance: ArrayLike, reversal: ArrayLike) -> NDArray[np.float64]:
    """Return where ohmic currents cancel, the mean of reversals weighted by conductances.

    Parameters
    ----------
    conductance : (..., ion) array_like
        In any one unit.
    reversal : (..., ion) array_like [mV]

    Returns
    -------
    (...) ndarray [mV]

    Raises
    ------
    ModelError
        A conductance below zero, or all of them zero.
    """
    g = amounts(conductance, "conductance", "")
    total = g.sum(axis=-1)
    if (total == 0).any():
        raise ModelError("all conductances are zero; there is no potential")
    return np.asarray((g * np.asarray(reversal, dtype=np.float64)).sum(axis=-1) / total)
