"""The peak of a transient current in noise, from the samples alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import correlation_time

Array = NDArray[np.float64]

SURE = 5.0
"""Standard errors by which the extreme of a smoothed current must stand out to be a peak."""
_TOP = 0.85
"""A peak is fitted where the current is at least this share of it."""
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Noise:
    """What the samples do by themselves: standard deviation, and correlation time in samples."""

    deviation: float
    memory: float = 1.0

    def of_mean(self, count: int) -> float:
        """Return the standard error of a mean of samples that follow each other."""
        return self.deviation * math.sqrt(min(self.memory / count, 1.0))


@dataclass(frozen=True, slots=True)
class Peak:
    """A current at its extreme, or where another one's extreme is.

    Attributes
    ----------
    value, error : float
        With its standard error.
    place : float
        In samples.
    start, stop : int
        Half-open range of samples it is taken from.
    stands_out : bool
        Whether it is an extreme that noise does not make.
    """

    value: float
    error: float
    place: float
    start: int
    stop: int
    stands_out: bool = True

    @property
    def width(self) -> int:
        """Samples it is taken from."""
        return self.stop - self.start


def noise_of(samples: ArrayLike) -> Noise:
    """Return the noise of a stretch in which nothing happens."""
    values = np.asarray(samples, dtype=np.float64)
    if values.size < 2:
        return Noise(math.inf)
    return Noise(float(values.std(ddof=1)), correlation_time(values))


def find_peak(samples: ArrayLike, noise: Noise, width: int = 0) -> Peak | None:
    """Return the largest excursion from zero of a noisy current.

    Parameters
    ----------
    samples : (n,) array
        Zero where there is no current.
    noise : Noise
    width : int
        Samples over which the current is smoothed to find the extreme; by default from the
        current itself: half of where it is above 85 % of its extreme.

    Returns
    -------
    Peak or None
        None where nothing stands out of the noise by five standard errors.

    Notes
    -----
    The value is the extreme of a cubic, fitted where the smoothed current is above 85 % of its
    extreme, and has the error of that fit; the largest sample alone would be biased by its noise.
    """
    values = np.asarray(samples, dtype=np.float64)
    if values.size < _FEWEST:
        return None
    if width <= 0:
        rough = smoothed(values, 3)
        at = int(np.argmax(np.abs(rough)))
        begin, stop = _top(rough, at)
        width = max((stop - begin) // 2, 3)
    width = min(width, values.size)
    smooth = smoothed(values, width)
    at = int(np.argmax(np.abs(smooth)))
    if not abs(smooth[at]) > SURE * noise.of_mean(width):
        return None
    begin, stop = _top(smooth, at)
    begin, stop = _widened(begin, stop, at, values.size)
    return _extreme(values, begin, stop, math.copysign(1.0, smooth[at]), noise)


def mean_at(samples: ArrayLike, noise: Noise, place: float, width: int) -> Peak:
    """Return the mean around a place: the current where another one has its peak."""
    values = np.asarray(samples, dtype=np.float64)
    half = max(width, _FEWEST) // 2
    begin = min(max(round(place) - half, 0), max(values.size - 2 * half - 1, 0))
    stop = min(begin + 2 * half + 1, values.size)
    value = float(values[begin:stop].mean())
    return Peak(value, noise.of_mean(stop - begin), place, begin, stop, stands_out=False)


def smoothed(values: Array, width: int) -> Array:
    """Return the moving average over an odd number of samples, fewer at the ends."""
    half = width // 2
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(values.size)
    low, high = np.maximum(places - half, 0), np.minimum(places + half + 1, values.size)
    return np.asarray((sums[high] - sums[low]) / (high - low), dtype=np.float64)


def _top(smooth: Array, at: int) -> tuple[int, int]:
    """Return the range around an extreme in which the current is near it."""
    below = np.nonzero(smooth / smooth[at] < _TOP)[0]
    left, right = below[below < at], below[below > at]
    begin = int(left[-1]) + 1 if left.size else 0
    stop = int(right[0]) if right.size else smooth.size
    return begin, stop


def _widened(begin: int, stop: int, at: int, size: int) -> tuple[int, int]:
    missing = _FEWEST - (stop - begin)
    if missing > 0:
        begin, stop = at - _FEWEST // 2, at + _FEWEST // 2 + 1
    shift = max(-begin, 0) - max(stop - size, 0)
    return begin + shift, stop + shift


def _extreme(values: Array, begin: int, stop: int, sign: float, noise: Noise) -> Peak:
    """Return the extreme of a cubic through some samples."""
    count = stop - begin
    across = np.linspace(-1.0, 1.0, count)
    basis = np.vander(across, 4)
    solved, *_ = np.linalg.lstsq(basis, values[begin:stop], rcond=None)
    fine = np.linspace(-1.0, 1.0, 20 * count + 1)
    curve = np.polyval(solved, fine) * sign
    top = int(np.argmax(curve))
    here = np.vander(fine[top : top + 1], 4)[0]
    leverage = float(here @ np.linalg.pinv(basis.T @ basis) @ here)
    error = noise.deviation * math.sqrt(min(noise.memory * leverage, 1.0))
    place = begin + (fine[top] + 1) / 2 * (count - 1)
    return Peak(float(curve[top] * sign), error, float(place), begin, stop)
