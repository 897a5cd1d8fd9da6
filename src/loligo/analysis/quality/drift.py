"""How a quantity drifts over sweeps: slope per time, and change from the first to the last."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import Interval, line, t_quantile

FEWEST = 3
"""Values a slope needs."""

_ENOUGH_FOR_MEMORY = 10
_AT_END = 5
_MEDIAN_OF_DIFFERENCES = 0.6745 * math.sqrt(2)  # of two normal variables, without sign
_EFFICIENCY = 0.45  # of that median, in degrees of freedom


def slope(times: ArrayLike, values: ArrayLike) -> Interval | None:
    """Return the slope of repeated measurements over time.

    Least squares. From 10 values on, residuals that resemble their neighbours (lag-one
    correlation, corrected for the bias that fitting the line gives it) widen the interval and
    lower its degrees of freedom.

    Parameters
    ----------
    times : (n,) array [ms]
    values : (n,) array

    Returns
    -------
    Interval or None
        Per ms; None for fewer than 3 values or times that do not differ.
    """
    when, height = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if when.size < FEWEST or not float(np.ptp(when)) > 0:
        return None
    found, intercept = line(when, height)
    if when.size < _ENOUGH_FOR_MEMORY:
        return found
    residuals = height - found.value * when - intercept
    memory = _memory(residuals)
    if memory <= 0:
        return found
    count = when.size
    widening = math.sqrt((1 + memory) / (1 - memory))
    freedom = max(count * (1 - memory) / (1 + memory) - 2, 1.0)
    own = (found.high - found.value) / t_quantile(count - 2)
    reach = own * widening * t_quantile(freedom)
    return Interval(found.value, found.value - reach, found.value + reach)


def _memory(residuals: NDArray[np.float64]) -> float:
    """Return the lag-one correlation, what fitting a line takes off it given back."""
    total = float(residuals @ residuals)
    if total == 0:
        return 0.0
    plain = float(residuals[1:] @ residuals[:-1]) / total
    return min(plain + (2 + 4 * max(plain, 0.0)) / residuals.size, 0.95)


def change(values: ArrayLike) -> Interval | None:
    """Return by how much the last values differ from the first.

    Mean of the last fifth less mean of the first fifth of the values. The scatter comes from the
    median difference between neighbours, which neither a slow drift nor a jump widens; so what
    wanders slowly counts as change.

    Parameters
    ----------
    values : (n,) array
        In order of time.

    Returns
    -------
    Interval or None
        None for fewer than 3 values.
    """
    height = np.asarray(values, dtype=np.float64)
    if height.size < FEWEST:
        return None
    count = max(height.size // _AT_END, 1)
    difference = float(height[-count:].mean() - height[:count].mean())
    scatter = float(np.median(np.abs(np.diff(height)))) / _MEDIAN_OF_DIFFERENCES
    freedom = max(_EFFICIENCY * (height.size - 1), 1.0)
    reach = t_quantile(freedom) * scatter * math.sqrt(2 / count)
    return Interval(difference, difference - reach, difference + reach)


def relative_change(values: ArrayLike) -> Interval | None:
    """Return `change` as a share of the mean of the first fifth of the values.

    Parameters
    ----------
    values : (n,) array
        In order of time.

    Returns
    -------
    Interval or None
        None for fewer than 3 values, or where the first fifth may be zero.
    """
    height = np.asarray(values, dtype=np.float64)
    found = change(height)
    if found is None:
        return None
    count = max(height.size // _AT_END, 1)
    first = float(height[:count].mean())
    error = (found.high - found.value) / math.sqrt(2)
    if abs(first) <= error:
        return None
    ratio = found.value / first
    reach = error / abs(first) * math.hypot(1.0, 1.0 + ratio)
    return Interval(ratio, ratio - reach, ratio + reach)
