"""The power spectrum of the noise, with the band it is known to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import CONFIDENCE

_ENOUGH = 8
_SHORTEST = 64
_OVERLAP = 1 / 36
"""Squared correlation of two Hann windows that overlap by half."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """One-sided power spectral density.

    Attributes
    ----------
    frequency : (n,) array [kHz]
        Without 0 and half the sampling rate.
    density, low, high : (n,) array [square of the response's unit per kHz]
        With the ends of the 95 % interval at each frequency.
    averages : float
        How many independent spectra were averaged.
    """

    frequency: NDArray[np.float64]
    density: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    averages: float


def spectrum(segments: Sequence[ArrayLike], sampling_rate: float) -> Spectrum | None:
    """Return the averaged spectrum of segments at rest.

    Welch's method: frames that overlap by half, mean taken off, Hann window; as long as the
    shortest segment, or as much shorter as 8 frames need. The band is that of a chi-squared
    variable whose degrees of freedom allow for the overlap.

    Parameters
    ----------
    segments : sequence of (n,) arrays
    sampling_rate : float [kHz]

    Returns
    -------
    Spectrum or None
        None where there are not 64 samples.

    References
    ----------
    Welch 1967, https://doi.org/10.1109/TAU.1967.1161901
    """
    from scipy.special import chdtri

    arrays = [np.asarray(segment, dtype=np.float64) for segment in segments]
    length = min((array.size for array in arrays), default=0)
    if length < _SHORTEST:
        return None
    while sum(_frames(a.size, length) for a in arrays) < _ENOUGH and length // 2 >= _SHORTEST:
        length //= 2
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    scale = 2 / (sampling_rate * float(window @ window))
    power = np.zeros(length // 2 + 1)
    count, pairs = 0, 0
    for array in arrays:
        frames = np.lib.stride_tricks.sliding_window_view(array, length)[:: max(length // 2, 1)]
        centred = (frames - frames.mean(axis=1, keepdims=True)) * window
        transformed = np.fft.rfft(centred, axis=1)
        power += (transformed.real**2 + transformed.imag**2).sum(axis=0)
        count += len(frames)
        pairs += len(frames) - 1
    density = scale * power / count
    averages = count / (1 + 2 * pairs / count * _OVERLAP)
    freedom = 2 * averages
    tail = (1 - CONFIDENCE) / 2
    low, high = (freedom / float(chdtri(freedom, p)) for p in (tail, 1 - tail))
    kept = slice(1, (length - 1) // 2 + 1)
    frequency = np.arange(length // 2 + 1) * sampling_rate / length
    return Spectrum(
        frequency[kept], density[kept], density[kept] * low, density[kept] * high, averages
    )


def _frames(size: int, length: int) -> int:
    return (size - length) // max(length // 2, 1) + 1
