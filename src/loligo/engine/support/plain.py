"""NumPy: the functions that generated source calls, on arrays, as plainly as can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]

sqrt_ = np.sqrt


def max_(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the larger, `b` where they do not compare."""
    return np.where(np.greater(a, b), a, b)


def min_(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the smaller, `b` where they do not compare."""
    return np.where(np.less(a, b), a, b)


def exp_(x: ArrayLike) -> Array:
    """Return the exponential; arguments beyond +-708 count as +-708."""
    return np.asarray(np.exp(min_(708.0, max_(-708.0, x))))


def log_(x: ArrayLike) -> Array:
    """Return the natural logarithm, NaN below 0."""
    return np.asarray(np.log(x))
