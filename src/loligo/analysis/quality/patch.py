"""Whether the patch was lost on the way: resistance that collapses, current or potential that jump.

Everything here looks for the first sweep from which on, to the end, a quantity is what it never was
before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

COLLAPSE = 3.0
"""A resistance that stays this many times lower has collapsed; noise that stays so much higher
has risen."""
JUMP = {"pA": 100.0, "mV": 20.0}
"""Least jump of holding current and baseline potential."""

_SPREAD = 10.0
_ROBUST = 1.4826


def collapses(values: ArrayLike) -> int | None:
    """Return from which value on all are less than a third of the median before.

    Parameters
    ----------
    values : (n,) array
        Positive, in order of time.

    Returns
    -------
    int or None
        Index of the first, None where there is none.
    """
    found = np.asarray(values, dtype=np.float64)
    for place in range(1, found.size):
        before, after = found[:place], found[place:]
        if after.max() < np.median(before) / COLLAPSE and after.max() < before.min():
            return place
    return None


def rises(values: ArrayLike) -> int | None:
    """Return from which value on all are more than three times the median before."""
    found = np.asarray(values, dtype=np.float64)
    return None if (found <= 0).any() else collapses(1 / found)


def jumps(values: ArrayLike, least: float) -> int | None:
    """Return from which value on all are apart from all before.

    Parameters
    ----------
    values : (n,) array
        In order of time.
    least : float
        Smallest distance from the median before that counts; 10 times the spread of the values
        before (1.4826 times the median absolute deviation) counts where that is more.

    Returns
    -------
    int or None
        Index of the first, None where there is none.
    """
    found = np.asarray(values, dtype=np.float64)
    for place in range(2, found.size):
        before, after = found[:place], found[place:]
        middle = float(np.median(before))
        spread = _ROBUST * float(np.median(np.abs(before - middle)))
        off = after - middle
        far = max(least, _SPREAD * spread)
        apart = after.min() > before.max() or after.max() < before.min()
        if apart and np.abs(off).min() > far and _one_sided(off):
            return place
    return None


def _one_sided(off: NDArray[np.float64]) -> bool:
    return bool((off > 0).all() or (off < 0).all())
