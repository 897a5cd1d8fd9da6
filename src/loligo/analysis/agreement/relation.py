"""Current against potential at one time after the onset of steps, and the resistance from it.

Between measured levels the current is interpolated in straight lines. Its error holds the noise of
the windows, the scatter of the levels about a smooth curve, and what the bend at a level leaves
open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import Interval, t_quantile

_LEVELS_A_DEGREE = 3
_HIGHEST_DEGREE = 3
_BEYOND = 0.5
"""A potential this far outside the measured ones is taken for the last of them [mV]."""


@dataclass(frozen=True)
class Relation:
    """Current against potential at one time.

    Attributes
    ----------
    start, stop : float [ms]
        Window after the onset of the step.
    potential : (n,) array [mV]
        Rising.
    current : (n,) array [pA]
    reach : (n,) array [pA]
        Half of the 95 % interval of each current.
    """

    start: float
    stop: float
    potential: NDArray[np.float64]
    current: NDArray[np.float64]
    reach: NDArray[np.float64]

    @property
    def low(self) -> float:
        """Lowest potential measured."""
        return float(self.potential[0])

    @property
    def high(self) -> float:
        """Highest potential measured."""
        return float(self.potential[-1])

    def resistance(self, low: float, high: float) -> Interval | None:
        """Return the resistance between two potentials; ``None`` outside of those measured.

        Parameters
        ----------
        low, high : float [mV]

        Returns
        -------
        Interval or None
            [GOhm]; ``None`` also where the interval of the conductance includes zero.
        """
        if low < self.low - _BEYOND or high > self.high + _BEYOND:
            return None
        low, high = max(low, self.low), min(high, self.high)
        if high - low <= 0:
            return None
        weights = _weights(self.potential, high) - _weights(self.potential, low)
        conductance = float(weights @ self.current) / (high - low)
        bent = self._bent(low) + self._bent(high)
        noise = math.sqrt(float((weights * self.reach) @ (weights * self.reach)))
        reach = (noise + bent) / (high - low)
        found = Interval(conductance, conductance - reach, conductance + reach)
        return found.inverse() if found.low > 0 else None

    def _bent(self, potential: float) -> float:
        """Return how far a curve through the neighbouring levels leaves the straight line."""
        x, y = self.potential, self.current
        place = int(np.clip(np.searchsorted(x, potential) - 1, 0, x.size - 2))
        left, right = potential - x[place], x[place + 1] - potential
        if x.size < 3 or left <= 0 or right <= 0:
            return 0.0
        bends = []
        for first in (place - 1, place):
            if first >= 0 and first + 2 < x.size:
                slopes = np.diff(y[first : first + 3]) / np.diff(x[first : first + 3])
                bends.append(abs(float(slopes[1] - slopes[0])) / float(x[first + 2] - x[first]))
        return max(bends, default=0.0) * float(left * right)


def _weights(x: NDArray[np.float64], at: float) -> NDArray[np.float64]:
    """Return the weights of the levels in the current interpolated at a potential."""
    found = np.zeros(x.size)
    place = int(np.clip(np.searchsorted(x, at) - 1, 0, x.size - 2))
    share = (at - x[place]) / (x[place + 1] - x[place])
    found[place], found[place + 1] = 1 - share, share
    return found


def relation(
    potential: ArrayLike,
    current: ArrayLike,
    reach: ArrayLike,
    window: tuple[float, float],
    origin: tuple[float, float] | None = None,
) -> Relation | None:
    """Join measured points to a relation; points of one level are averaged.

    Parameters
    ----------
    potential, current, reach : (n,) arrays [mV, pA, pA]
        `reach` is half of the 95 % interval of each current from the noise of its window.
    window : (start, stop) [ms]
    origin : (potential, current), optional
        The point the changes are measured from, known without error.

    Returns
    -------
    Relation or None
        ``None`` for fewer than two levels.
    """
    x, y, e = (np.asarray(values, dtype=np.float64) for values in (potential, current, reach))
    order = np.argsort(x)
    x, y, e = x[order], y[order], e[order]
    group = np.concatenate(([0], np.cumsum(np.diff(x) > _BEYOND)))
    levels = [level(x[group == g], y[group == g], e[group == g]) for g in range(group[-1] + 1)]
    if origin is not None:
        levels = [level for level in levels if abs(level[0] - origin[0]) > _BEYOND]
        levels.append((*origin, 0.0))
    if len(levels) < 2:
        return None
    joined = np.array(sorted(levels)).T
    scatter = _scatter(joined[0], joined[1])
    known = joined[2] == 0.0
    reaches = np.where(known, 0.0, np.maximum(joined[2], scatter))
    return Relation(*window, joined[0], joined[1], reaches)


def level(
    x: NDArray[np.float64], y: NDArray[np.float64], e: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the mean of repeated points, and half of its 95 % interval in `y`.

    Parameters
    ----------
    x, y, e : (n,) arrays
        `e` is half of the 95 % interval of each `y` from the noise of its window.
    """
    if y.size == 1:
        return float(x[0]), float(y[0]), float(e[0])
    spread = t_quantile(y.size - 1) * float(y.std(ddof=1)) / math.sqrt(y.size)
    if y.size < 4:
        spread = max(spread, float(np.sqrt((e**2).sum())) / y.size)
    return float(x.mean()), float(y.mean()), spread


def _scatter(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return half of the 95 % interval of a point, from the residuals of a smooth curve."""
    degree = min(x.size // _LEVELS_A_DEGREE, _HIGHEST_DEGREE)
    if degree < 1 or x.size < degree + 2:
        return 0.0
    centred = (x - x.mean()) / max(float(np.ptp(x)), 1e-300)
    residuals = y - np.polyval(np.polyfit(centred, y, degree), centred)
    freedom = x.size - degree - 1
    return t_quantile(freedom) * math.sqrt(float(residuals @ residuals) / freedom)
