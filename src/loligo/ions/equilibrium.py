"""The potential at which an ion is in equilibrium, and what drives it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.ions.given import amounts, charges
from loligo.ions.thermal import thermal_voltage


def nernst_potential(
    valence: ArrayLike, outside: ArrayLike, inside: ArrayLike, temperature: ArrayLike
) -> NDArray[np.float64]:
    """Return the equilibrium potential of ions.

    Parameters
    ----------
    valence : array_like
    outside, inside : array_like [mM]
        Concentrations or activities, in one unit; an ion that is on one side only has an infinite
        potential, one on neither side NaN.
    temperature : array_like [degC]

    Returns
    -------
    ndarray [mV]
        Of the inside relative to the outside; arguments broadcast.

    Raises
    ------
    ModelError
        A concentration below zero, a valence of zero, a temperature at or below absolute zero.

    Notes
    -----
    ``E = RT / (zF) ln(outside / inside)``, as a difference of logarithms.

    References
    ----------
    Nernst 1888 Z Phys Chem 2:613

    Examples
    --------
    >>> float(nernst_potential(1, 5.0, 140.0, 37.0).round(4))
    -89.0587
    """
    z, voltage = charges(valence), thermal_voltage(temperature)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(amounts(outside, "outside")) - np.log(amounts(inside, "inside"))
        return np.asarray(voltage / z * logs)


@dataclass(frozen=True, slots=True)
class DrivingForce:
    """What drives an ion through an open channel, in numbers and in words.

    Attributes
    ----------
    ion : str
    valence : int
    potential, reversal : float [mV]
    """

    ion: str
    valence: int
    potential: float
    reversal: float

    @property
    def value(self) -> float:
        """Potential less reversal [mV]; current has its sign, outward positive."""
        return self.potential - self.reversal

    @property
    def is_inward(self) -> bool:
        """Whether the current is inward (negative): cations enter or anions leave."""
        return self.value < 0

    def in_words(self) -> str:
        """Return direction of current and ion.

        >>> DrivingForce("Na", 1, -70.0, 60.0).in_words()
        'Na+ enters: inward current (negative), driven by -130 mV'
        >>> DrivingForce("Cl", -1, -80.0, -60.0).in_words()
        'Cl- leaves: inward current (negative), driven by -20 mV'
        """
        name = f"{self.ion}{charge_text(self.valence)}"
        if self.value == 0:
            return f"{name} is in equilibrium: no current"
        enters = self.is_inward == (self.valence > 0)
        current = "inward current (negative)" if self.is_inward else "outward current (positive)"
        moves = "enters" if enters else "leaves"
        return f"{name} {moves}: {current}, driven by {self.value:+.4g} mV"


def charge_text(valence: int) -> str:
    """Return a charge as chemists write it: ``"+"``, ``"2+"``, ``"-"``."""
    sign = "+" if valence > 0 else "-"
    return sign if abs(valence) == 1 else f"{abs(valence)}{sign}"


def potassium_electrode(
    outside: ArrayLike,
    inside: ArrayLike,
    temperature: ArrayLike,
    *,
    sodium_permeability: float = 0.0,
    sodium_outside: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return the potential of a membrane that passes potassium, and a little sodium.

    Parameters
    ----------
    outside, inside : array_like [mM]
        Potassium.
    temperature : array_like [degC]
    sodium_permeability : float
        Relative to that of potassium; glia have nearly none, so their potential follows potassium
        outside over decades.
    sodium_outside : array_like [mM]

    Returns
    -------
    ndarray [mV]

    References
    ----------
    Kuffler, Nicholls, Orkand 1966 J Neurophysiol 29:768, https://doi.org/10.1152/jn.1966.29.4.768
    """
    sodium = sodium_permeability * amounts(sodium_outside, "sodium outside")
    potassium = amounts(outside, "potassium outside")
    return nernst_potential(1, potassium + sodium, inside, temperature)
