"""Analytic action potentials, with exact times: a logistic rise times an exponential fall."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq


@dataclass(frozen=True)
class Shape:
    """V(t) = rest + height * logistic(t / rise) * exp(-t / fall), scaled to peak at `height`."""

    rest: float = -65.0
    height: float = 100.0
    rise: float = 0.12
    fall: float = 0.8

    @property
    def peak(self) -> float:
        return self.rise * math.log(self.fall / self.rise - 1)

    def potential(self, t):
        return self.rest + self.height * self._raw(t) / self._raw(self.peak)

    def _raw(self, t):
        exponent = -np.logaddexp(0, -np.asarray(t) / self.rise) - np.asarray(t) / self.fall
        return np.exp(exponent)

    def slope(self, t):
        grow = 1 / (1 + np.exp(np.asarray(t) / self.rise)) / self.rise - 1 / self.fall
        return (self.potential(t) - self.rest) * grow

    def threshold(self, criterion=10.0):
        """When the slope first reaches the criterion, before the peak."""
        return brentq(lambda t: float(self.slope(t)) - criterion, -12 * self.rise, -self.rise)

    def crossings(self, potential):
        """When the potential is crossed on the way up and down."""

        def above(t):
            return float(self.potential(t)) - potential

        up = brentq(above, -20 * self.rise, self.peak)
        return up, brentq(above, self.peak, self.peak + 12 * self.fall)


def trace(shape, peaks, duration, rate, noise=0.0, seed=1):
    """Sample spikes that peak at given times [ms]."""
    t = np.arange(round(duration * rate)) / rate
    values = np.full(t.shape, float(shape.rest))
    for peak in peaks:
        values += shape.potential(t - peak + shape.peak) - shape.rest
    return values + np.random.default_rng(seed).normal(0, noise, t.shape) if noise else values
