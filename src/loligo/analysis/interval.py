"""Numbers with 95 % intervals, from arrays alone.

Every function here takes plain arrays and returns an `Interval`. What is independent is said: the
mean over sweeps and the slope over steps trust only the spread between sweeps; the value of a
single window has nothing but its own samples, whose correlation in time it estimates.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95

_FEWEST_BATCHES = 5
_MOST_BATCHES = 20
_POOLED = 50_000
_LEAST_KEPT = 0.2


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its 95 % interval; infinite ends where nothing bounds it."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval says the sign of the value."""
        return self.low > 0 or self.high < 0

    def inverse(self) -> Interval:
        """Return the interval of ``1 / value``.

        Raises
        ------
        ZeroDivisionError
            The interval includes zero, so that its inverse is unbounded.
        """
        if not self.excludes_zero:
            raise ZeroDivisionError(f"[{self.low:g}, {self.high:g}] includes zero")
        return Interval(1 / self.value, 1 / self.high, 1 / self.low)


def around(value: float, error: float, freedom: float) -> Interval:
    """Return the interval of a value with a standard error of `freedom` degrees of freedom."""
    if freedom < 1 or not math.isfinite(error):
        return Interval(value, -math.inf, math.inf)
    reach = t_quantile(freedom) * error
    return Interval(value, value - reach, value + reach)


def t_quantile(freedom: float) -> float:
    """Return the two-sided 95 % quantile of Student's t-distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2))


def interval_of_mean(values: ArrayLike, rounding: float = 0.0) -> Interval:
    """Return the mean of repeated measurements in time order, with its t-interval.

    From 20 values on, a positive correlation between neighbours (drift) widens the interval.

    Parameters
    ----------
    values : (n,) array
    rounding : float
        Standard error all values share, such as that of a coarse digitizer.

    Returns
    -------
    Interval
        Unbounded for a single value.
    """
    array = np.asarray(values, dtype=np.float64)
    count = array.size
    mean = float(array.mean())
    if count < 2:
        return around(mean, math.inf, 0)
    deviations = array - mean
    variance = float(deviations @ deviations) / (count - 1)
    widening = 1.0
    if count >= 20 and variance > 0:
        neighbours = float(deviations[1:] @ deviations[:-1]) / ((count - 1) * variance)
        if neighbours > 1.645 / math.sqrt(count):
            widening = (1 + neighbours) / max(1 - neighbours, 1 / count)
    own = around(0.0, math.sqrt(variance * widening / count), count - 1)
    reach = math.hypot(own.high, t_quantile(math.inf) * rounding) if rounding else own.high
    return Interval(mean, mean - reach, mean + reach)


def line(x: ArrayLike, y: ArrayLike, rounding: float = 0.0) -> tuple[Interval, float]:
    """Fit ``y = slope * x + intercept`` by least squares.

    Parameters
    ----------
    x, y : (n,) arrays
        At least two different `x`.
    rounding : float
        Standard error of each value that the residuals need not show, such as that of a coarse
        digitizer: equal steps of `x` may all be rounded alike. The slope is open by no more than
        their root of the sum of squares over that of the `x`.

    Returns
    -------
    slope : Interval
        From the residuals (t-distribution, ``n - 2`` degrees of freedom); unbounded for two points.
    intercept : float
    """
    across = np.asarray(x, dtype=np.float64)
    up = np.asarray(y, dtype=np.float64)
    centred = across - across.mean()
    spread = float(centred @ centred)
    slope = float(centred @ up) / spread
    intercept = float(up.mean()) - slope * float(across.mean())
    freedom = across.size - 2
    if freedom < 1:
        return around(slope, math.inf, 0), intercept
    residuals = up - slope * across - intercept
    error = math.sqrt(float(residuals @ residuals) / freedom / spread)
    own = around(0.0, error, freedom).high
    shared = rounding * math.sqrt(across.size / spread)
    reach = math.hypot(own, t_quantile(math.inf) * shared) if rounding else own
    return Interval(slope, slope - reach, slope + reach), intercept


@dataclass(frozen=True, slots=True)
class Location:
    """Where the samples of one window lie, with the standard error of that.

    `rounding` is the part of the error that repeating the measurement does not reduce.
    """

    value: float
    error: float
    freedom: float
    rounding: float = 0.0

    @property
    def interval(self) -> Interval:
        """The 95 % interval."""
        return around(self.value, self.error, self.freedom)


def minus(a: Location, b: Location) -> Location:
    """Return ``a - b`` of independent windows (degrees of freedom after Welch)."""
    variances = a.error**2, b.error**2
    total, rounding = sum(variances), math.hypot(a.rounding, b.rounding)
    freedom = min(a.freedom, b.freedom)
    if total > 0 and math.isfinite(total):
        freedom = total**2 / (variances[0] ** 2 / a.freedom + variances[1] ** 2 / b.freedom)
    return Location(a.value - b.value, math.sqrt(total), freedom, rounding)


def location(
    samples: ArrayLike,
    statistic: Callable[[NDArray[np.float64]], np.floating | float] = np.mean,
    resolution: float = 0.0,
) -> Location:
    """Return the mean (or median) of a window of correlated samples with its standard error.

    The window is cut into batches, as long as 10 correlation times where it is long enough for at
    least 5 of them; the spread of the batches gives the error, corrected for the correlation
    between neighbouring batches as if it decayed exponentially.

    Parameters
    ----------
    samples : (n,) array
    statistic : callable
        ``np.mean`` or ``np.median``.
    resolution : float
        Step of the digitizer; adds the error of rounding as far as noise does not average it out.

    Returns
    -------
    Location
        With an infinite error for fewer than 10 samples.
    """
    values = np.asarray(samples, dtype=np.float64)
    centre = float(statistic(values))
    if values.size < 2 * _FEWEST_BATCHES:
        return Location(centre, math.inf, 0)
    memory = correlation_time(values)
    count = int(np.clip(values.size / (10 * memory), _FEWEST_BATCHES, _MOST_BATCHES))
    length = values.size // count
    batches = values[: count * length].reshape(count, length)
    heights = np.array([float(statistic(batch)) for batch in batches])
    variance = float(heights.var(ddof=1)) / count
    variance *= _lost(memory, count * length) / _lost(memory, length)
    lasting = rounding_error(resolution, float(values.std()))
    return Location(centre, math.hypot(math.sqrt(variance), lasting), count - 1, lasting)


def rounding_error(resolution: float, noise: float) -> float:
    """Return the standard error that rounding leaves in the mean or median of noisy samples.

    Without noise it is uniform, ``q / sqrt(12)`` for a digitizer of step q; noise of standard
    deviation s dithers it away. The decay ``exp(-2 (s / q)**2)`` is slower than theory gives for
    a mean, ``exp(-2 (pi s / q)**2)``, as a median is dithered less well.

    Parameters
    ----------
    resolution : float
        Step of the digitizer.
    noise : float
        Standard deviation of the samples as digitized.
    """
    if resolution == 0:
        return 0.0
    uniform = resolution**2 / 12
    own = max(noise**2 - uniform, 0.0) / resolution**2
    return math.sqrt(uniform) * math.exp(-2 * own)


def digitized_median(values: NDArray[np.float64], resolution: float) -> float:
    """Return the median, interpolated within the digitizer's step it falls into.

    The plain median of digitized samples can only be one of the digitizer's levels.
    """
    middle = float(np.median(values))
    if resolution == 0:
        return middle
    bottom = middle - resolution / 2
    below = int(np.count_nonzero(values < bottom))
    inside = int(np.count_nonzero(values < bottom + resolution)) - below
    if inside == 0:
        return middle
    return bottom + resolution * (values.size / 2 - below) / inside


def _lost(memory: float, length: int) -> float:
    """Return how much of the long-run variance a mean over `length` samples shows."""
    if memory <= 1:
        return 1.0
    decay = memory / 2 / length
    return 1 - decay * (1 - math.exp(-1 / decay))


def correlation_time(samples: NDArray[np.float64]) -> float:
    """Return the integrated autocorrelation time, in samples (1 for white noise).

    The sum of the autocorrelation stops where the lag exceeds five times the sum so far. Taking
    the mean off lowers each of the `w` summands on both sides by the mean's own variance, so that
    the sum is ``1 - (2 w + 1) / n`` of what it would be; that is divided out.
    """
    pool = -(-samples.size // _POOLED)
    values = samples[: samples.size // pool * pool].reshape(-1, pool).mean(axis=1)
    values = values - values.mean()
    size = 1 << (2 * values.size - 1).bit_length()
    spectrum = np.fft.rfft(values, size)
    covariance = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[: values.size // 2]
    if covariance[0] <= 0:
        return 1.0
    sums = 2 * np.cumsum(covariance / covariance[0]) - 1
    enough = np.nonzero(np.arange(sums.size) >= 5 * sums)[0]
    last = int(enough[0]) if enough.size else sums.size - 1
    kept = max(1.0 - (2 * last + 1) / float(values.size), _LEAST_KEPT)
    total = float(sums[last]) / kept
    return float(pool * max(total, 1.0))
