"""Pitzer's equations for single salts: mean activity and osmotic coefficients up to 6 mol/kg."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import SelectionError, suggest
from loligo.ions.given import amounts
from loligo.ions.water import debye_hueckel_constants

_B, _ALPHA = 1.2, 2.0
A_PHI = debye_hueckel_constants(25.0).a_phi
SOURCE = "Pitzer, Mayorga 1973 J Phys Chem 77:2300, https://doi.org/10.1021/j100638a009"


@dataclass(frozen=True, slots=True)
class Pitzer:
    """A salt's parameters at 25 degC.

    Attributes
    ----------
    salt : str
    cation, anion : int
        Their valences.
    beta0, beta1, c_phi : float
    """

    salt: str
    cation: int
    anion: int
    beta0: float
    beta1: float
    c_phi: float

    @property
    def numbers(self) -> tuple[int, int]:
        """How many cations and anions one formula has."""
        if self.cation == -self.anion:
            return 1, 1
        return -self.anion, self.cation


_TABLE = (
    Pitzer("NaCl", 1, -1, 0.0765, 0.2664, 0.00127),
    Pitzer("KCl", 1, -1, 0.04835, 0.2122, -0.00084),
    Pitzer("CaCl2", 2, -1, 0.4212 * 0.75, 2.152 * 0.75, -0.00064 * 3.0 / 2**2.5),
    Pitzer("MgCl2", 2, -1, 0.4698 * 0.75, 2.242 * 0.75, 0.00979 * 3.0 / 2**2.5),
)
SALTS = {entry.salt: entry for entry in _TABLE}


def pitzer_salt(salt: str) -> Pitzer:
    """Return a salt's parameters.

    Raises
    ------
    SelectionError
        They are not known.
    """
    if salt not in SALTS:
        raise SelectionError(f"no parameters of {salt!r} are known; {suggest(salt, SALTS)}")
    return SALTS[salt]


def pitzer_activity(
    salt: str | Pitzer, molality: ArrayLike, a_phi: float = A_PHI
) -> NDArray[np.float64]:
    """Return the mean activity coefficient of a salt alone in water.

    Parameters
    ----------
    salt : str or Pitzer
        ``"NaCl"``, ``"KCl"``, ``"CaCl2"``, ``"MgCl2"``.
    molality : array_like [mol/kg]
    a_phi : float
        Of `DebyeHueckel`, 25 degC by default; the other parameters are those of 25 degC.

    Raises
    ------
    SelectionError
        The salt has no parameters.

    References
    ----------
    Pitzer, Mayorga 1973 J Phys Chem 77:2300, https://doi.org/10.1021/j100638a009

    Examples
    --------
    >>> float(pitzer_activity("KCl", 0.15).round(3))
    0.737
    """
    known, m, root, two, three = _terms(salt, molality)
    field = -a_phi * (root / (1.0 + _B * root) + 2.0 / _B * np.log1p(_B * root))
    x = _ALPHA * root
    safe = np.where(x < 1e-3, 1.0, x)
    whole = 2.0 * (1.0 - (1.0 + safe - 0.5 * safe**2) * np.exp(-safe)) / safe**2
    share = np.where(x < 1e-3, 2.0 - 5.0 * x / 3.0, whole)
    second = 2.0 * known.beta0 + known.beta1 * share
    logarithm = -known.cation * known.anion * field + m * two * second
    return np.asarray(np.exp(logarithm + m**2 * three * 1.5 * known.c_phi))


def pitzer_osmotic(
    salt: str | Pitzer, molality: ArrayLike, a_phi: float = A_PHI
) -> NDArray[np.float64]:
    """Return the osmotic coefficient of a salt alone in water; arguments as `pitzer_activity`.

    >>> float(pitzer_osmotic("NaCl", 0.15).round(3))
    0.926
    """
    known, m, root, two, three = _terms(salt, molality)
    field = -a_phi * root / (1.0 + _B * root)
    second = known.beta0 + known.beta1 * np.exp(-_ALPHA * root)
    rest = m * two * second + m**2 * three * known.c_phi
    return np.asarray(1.0 - known.cation * known.anion * field + rest)


def _terms(
    salt: str | Pitzer, molality: ArrayLike
) -> tuple[Pitzer, NDArray[np.float64], NDArray[np.float64], float, float]:
    """Return parameters, molality, root of ionic strength, factors of the 2nd and 3rd virial."""
    known = salt if isinstance(salt, Pitzer) else pitzer_salt(salt)
    m = amounts(molality, "molality", "mol/kg")
    cations, anions = known.numbers
    strength = 0.5 * m * (cations * known.cation**2 + anions * known.anion**2)
    product, total = cations * anions, cations + anions
    return known, m, np.sqrt(strength), 2.0 * product / total, 2.0 * product**1.5 / total
