"""Slopes over steps of different size: by the peak, and how the steady state rectifies."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loligo.analysis.interval import Interval, around, line

LEAST_LEVELS = 3
"""Different currents a slope is made of at least."""


def levels(currents: Sequence[float]) -> list[float]:
    """Return the different currents [pA], lowest first, those within 1 % taken for one."""
    found: list[float] = []
    for value in sorted(currents):
        if not found or abs(value - found[-1]) > 0.01 * max(abs(value), abs(found[-1])):
            found.append(value)
    return found


def combined(values: Sequence[float], errors: Sequence[float]) -> Interval:
    """Return the weighted mean of measurements, widened where they differ more than their errors.

    The widening is the root of chi-square per degree of freedom, where that exceeds 1.
    """
    array, error = np.asarray(values), np.asarray(errors)
    if not (error > 0).all():
        return around(float(array.mean()), float(error.mean()), math.inf)
    weights = 1 / error**2
    mean = float(weights @ array / weights.sum())
    spread = 1 / math.sqrt(float(weights.sum()))
    if array.size > 1:
        square = float((((array - mean) / error) ** 2).sum()) / (array.size - 1)
        spread *= math.sqrt(max(square, 1.0))
    return around(mean, spread, math.inf)


def peak_slope(currents: Sequence[float], peaks: Sequence[tuple[float, float]]) -> Interval:
    """Return peak deflection per current [GOhm]: a line's slope, or the mean of ratios.

    Parameters
    ----------
    currents : (n,) sequence [pA]
    peaks : (n,) sequence of (value, standard error) [mV]
    """
    if len(levels(currents)) >= LEAST_LEVELS:
        return line(currents, [value for value, _ in peaks])[0]
    ratios = [value / current for current, (value, _) in zip(currents, peaks, strict=True)]
    errors = [error / abs(current) for current, (_, error) in zip(currents, peaks, strict=True)]
    return combined(ratios, errors)


def rectification(
    currents: Sequence[float], changes: Sequence[tuple[float, float]]
) -> tuple[Interval, float] | str:
    """Return the slope below over that around rest, and the current that parts them [pA].

    Parameters
    ----------
    currents : (n,) sequence [pA]
        Hyperpolarizing steps and depolarizing ones without action potentials.
    changes : (n,) sequence of (value, standard error) [mV]
        Steady-state changes of potential.

    Returns
    -------
    (Interval, float) or str
        The ratio and the parting current, or why there is none.
    """
    lowest = min(currents, default=0.0)
    if lowest >= 0:
        return "no hyperpolarizing step"
    parting = lowest / 2
    points = list(zip(currents, changes, strict=True))
    below = [point for point in points if point[0] <= 0.99 * parting]
    around_rest = [point for point in points if point[0] >= 1.01 * parting]
    around_rest.append((0.0, (0.0, 0.0)))
    slopes = []
    for where, chosen in (("below", below), ("above", around_rest)):
        if len(levels([current for current, _ in chosen])) < (2 if where == "below" else 3):
            return (
                f"too few different currents {where} {parting:.4g} pA, half of the largest "
                "hyperpolarizing step"
            )
        slopes.append(_weighted_line(chosen))
    (low, low_error), (high, high_error) = slopes
    if min(low, high) <= 0:
        return "a slope is not positive"
    ratio = low / high
    error = math.hypot(low_error / low, high_error / high) * ratio
    return around(ratio, error, math.inf), parting


def _weighted_line(points: Sequence[tuple[float, tuple[float, float]]]) -> tuple[float, float]:
    """Return slope and standard error; the points' errors, widened where they scatter more."""
    x = np.array([current for current, _ in points])
    y = np.array([value for _, (value, _) in points])
    errors = np.array([error for _, (_, error) in points])
    typical = float(np.median(errors[errors > 0])) if (errors > 0).any() else 1e-12
    errors = np.where(errors > 0, errors, typical)
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    own = math.sqrt(float((centred**2) @ (errors**2))) / spread
    freedom = x.size - 2
    if freedom < 1:
        return slope, own
    left = y - y.mean() - slope * centred
    seen = math.sqrt(float(left @ left) / freedom / spread)
    return slope, max(own, seen)
