"""What an electrogenic pump does to the resting potential, in closed form.

Only steady states that need no solution in time: pumps with kinetics and cells that run down are
states of an engine, not formulas.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.ions.ghk_potential import chord_potential, goldman_potential
from loligo.ions.given import amounts
from loligo.ions.thermal import thermal_voltage

SODIUM_PER_POTASSIUM = 1.5
"""Of the Na/K-ATPase: 3 Na out for 2 K in."""


def mullins_noda_potential(
    potassium: tuple[ArrayLike, ArrayLike],
    sodium: tuple[ArrayLike, ArrayLike],
    permeability: ArrayLike,
    temperature: ArrayLike,
    coupling: float = SODIUM_PER_POTASSIUM,
) -> NDArray[np.float64]:
    """Return the potential of a cell whose pump keeps its sodium and potassium steady.

    Parameters
    ----------
    potassium, sodium : (outside, inside) array_like [mM]
    permeability : array_like
        Of sodium relative to potassium.
    temperature : array_like [degC]
    coupling : float
        Sodium ions pumped per potassium ion; 1 is a pump without a current, which leaves the
        Goldman-Hodgkin-Katz potential.

    Returns
    -------
    ndarray [mV]

    Notes
    -----
    ``V = RT/F ln((r K_o + p Na_o) / (r K_i + p Na_i))``. The pump's part is at most ``RT/F ln r``.

    References
    ----------
    Mullins, Noda 1963 J Gen Physiol 47:117, https://doi.org/10.1085/jgp.47.1.117
    """
    sides: Any = [
        np.stack(np.broadcast_arrays(k, na), axis=-1)
        for k, na in zip(potassium, sodium, strict=True)
    ]
    ratio = amounts(permeability, "permeability", "")
    weights = np.stack(np.broadcast_arrays(coupling, ratio), axis=-1)
    return goldman_potential(weights, [1, 1], sides[0], sides[1], temperature)


def largest_pump_potential(
    temperature: ArrayLike, coupling: float = SODIUM_PER_POTASSIUM
) -> NDArray[np.float64]:
    """Return the most [mV] that a pump of this coupling can add to a potential in steady state."""
    return np.asarray(thermal_voltage(temperature) * np.log(coupling))


def pumped_chord_potential(
    sodium: tuple[ArrayLike, ArrayLike],
    potassium: tuple[ArrayLike, ArrayLike],
    coupling: float = SODIUM_PER_POTASSIUM,
) -> NDArray[np.float64]:
    """Return where ohmic leaks of sodium and potassium are in the pump's proportion.

    Parameters
    ----------
    sodium, potassium : (conductance, reversal [mV])
        Conductances in any one unit.
    coupling : float
        Sodium ions pumped per potassium ion.

    Returns
    -------
    ndarray [mV]

    Notes
    -----
    ``g_Na (V - E_Na) = -r g_K (V - E_K)``: a mean of the reversals with ``g_Na`` and ``r g_K`` as
    weights; 1 gives the chord potential without a pump.
    """
    g = np.stack(np.broadcast_arrays(sodium[0], coupling * np.asarray(potassium[0])), axis=-1)
    e = np.stack(np.broadcast_arrays(sodium[1], potassium[1]), axis=-1)
    return chord_potential(g, e)
