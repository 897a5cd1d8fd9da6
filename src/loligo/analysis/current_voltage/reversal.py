"""Where a current-voltage relation crosses zero, with its interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import Interval, around

_SURE = 4.0
"""Standard errors by which a current has a sign."""
_EACH_SIDE = 2


def zero_crossing(potential: ArrayLike, current: ArrayLike, errors: ArrayLike) -> Interval | None:
    """Return where the current turns from inward to outward.

    Parameters
    ----------
    potential : (n,) array [mV]
    current : (n,) array [pA]
    errors : (n,) array [pA]
        Standard errors.

    Returns
    -------
    Interval or None
        None where no current is surely inward at one potential and outward at a higher one.

    Notes
    -----
    A parabola (a line where there are fewer) goes through the last two currents that are surely
    inward, the first two surely outward, and what lies between, weighted by their errors. Its error
    is that of the currents, and half of how far a line through the innermost two crosses elsewhere.
    """
    order = np.argsort(np.asarray(potential, dtype=np.float64), kind="stable")
    x = np.asarray(potential, dtype=np.float64)[order]
    y = np.asarray(current, dtype=np.float64)[order]
    error = np.asarray(errors, dtype=np.float64)[order]
    inward = np.nonzero(y < -_SURE * error)[0]
    outward = np.nonzero(y > _SURE * error)[0]
    if not inward.size:
        return None
    last = int(inward[-1])
    outward = outward[outward > last]
    if not outward.size:
        return None
    first = int(outward[0])
    inner = _root(x[[last, first]], y[[last, first]], error[[last, first]], 1)
    begin = max(last - _EACH_SIDE + 1, 0)
    stop = min(first + _EACH_SIDE, x.size)
    chosen = slice(begin, stop)
    degree = 2 if stop - begin > 3 else 1
    found = _root(x[chosen], y[chosen], error[chosen], degree)
    if found is None:
        found = inner
    if found is None:
        return None
    value, width = found
    if inner is not None:
        width = math.hypot(width, (value - inner[0]) / 2)
    return around(value, width, math.inf)


def _root(
    x: NDArray[np.float64], y: NDArray[np.float64], error: NDArray[np.float64], degree: int
) -> tuple[float, float] | None:
    """Return the crossing of a polynomial within its points, and its standard error."""
    middle, half = float(x.mean()), max(float(np.ptp(x)) / 2, 1e-9)
    basis = np.vander((x - middle) / half, degree + 1)
    known = np.maximum(error, 1e-9 * float(np.abs(y).max()))
    weights = 1 / known
    solved, *_ = np.linalg.lstsq(basis * weights[:, None], y * weights, rcond=None)
    roots = np.roots(solved)
    real = roots[np.abs(roots.imag) < 1e-9].real
    inside = [float(root) for root in real if -1 <= root <= 1]
    rising = [r for r in inside if float(np.polyval(np.polyder(solved), r)) > 0]
    if len(rising) != 1:
        return None
    root = rising[0]
    covariance = np.linalg.pinv((basis * weights[:, None]).T @ (basis * weights[:, None]))
    here = np.vander(np.array([root]), degree + 1)[0]
    slope = float(np.polyval(np.polyder(solved), root))
    width = math.sqrt(float(here @ covariance @ here)) / slope
    return middle + half * root, half * width
