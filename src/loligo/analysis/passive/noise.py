"""The noise of a potential: relaxations of many time constants, and white noise through filters.

A membrane turns current noise into potential noise of a Lorentzian spectrum; a sum of Lorentzians
also describes 1/f noise and drift. From the spectrum follows how block means vary together, and
with that least squares that weigh each block by what it tells.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.least_squares import non_negative
from loligo.analysis.membrane_test.bins import Bins
from loligo.analysis.membrane_test.lowpass import bessel_filter

_BINS_PER_OCTAVE = 3
_RELAXATIONS = 20  # a single one between two of these comes out within some percent
_SHORTEST = 0.03  # ms
_CORNERS = (0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.22, 0.33, 0.5, 10.0)
_NEAR_STATED = (0.9, 1.0, 1.1)
_LEAST = 1e-9
_USUAL = 1.0  # kHz
_TRUSTED = 0.01  # far above the filter the noise is taken for no less than this share of that there
_TOLERANCE = 0.15
_NOTHING = 1e-30  # mV^2; what a noise-free response leaves
_ROUNDS = 150
_MEAN_IN_FIRST = 1 / 6  # of white noise's power there, by Hann's window: what the mean takes along


class PotentialNoise:
    """A smooth spectrum fitted to the residuals of one or more sweeps.

    Parameters
    ----------
    residuals : (sweeps, time) array [mV]
    sampling_rate : float [kHz]
    lost : float
        Share of the variance the residuals lack since a mean over sweeps was taken off.
    absorbed : int
        Number of the lowest frequencies to leave out, as a fit took their power up.
    kept : (k,) array, optional
        Share of the power that a fit left at each of the lowest frequencies above 0.
    corner : float, optional [kHz]
        Of the recording's filter, where it is known: the noise's is then looked for near it too.
    """

    def __init__(
        self,
        residuals: NDArray[np.float64],
        sampling_rate: float,
        lost: float = 0.0,
        absorbed: int = 0,
        kept: NDArray[np.float64] | None = None,
        corner: float | None = None,
    ) -> None:
        count = residuals.shape[-1]
        self.sweeps = max(round(residuals.shape[0] * (1 - lost)), 1)
        self._rate, self._longest = sampling_rate, count / sampling_rate / math.pi
        power = periodogram(residuals).mean(axis=0) / max(1 - lost, 1e-3)
        if kept is not None:
            power[: kept.size] /= kept
        power = power[absorbed:]
        frequency = (absorbed + np.arange(1, power.size + 1)) * sampling_rate / count
        group = np.floor(_BINS_PER_OCTAVE * np.log2(frequency / frequency[0] + 1e-9)).astype(int)
        _, starts, sizes = np.unique(group, return_index=True, return_counts=True)
        level = np.add.reduceat(power, starts) / sizes
        known = 1 / np.sqrt(1 / sizes / residuals.shape[0] + _TOLERANCE**2)
        scale = known / _smooth(level, sizes)
        middles = np.add.reduceat(frequency, starts) / sizes
        usual = np.abs(np.log(middles / min(_USUAL, middles[-1]))) < 1
        self._floor = _TRUSTED * float(level[usual if usual.any() else slice(None)].mean())
        best = np.inf
        corners = [share * sampling_rate for share in _CORNERS]
        if corner is not None:
            corners += [factor * corner for factor in _NEAR_STATED]
        for trial in corners:
            shapes = self._shapes(middles, trial)
            weights, missed = non_negative(shapes * scale[:, None], level * scale)
            if missed < best:
                best, self._weights, self._corner = missed, weights, trial
        shapes = self._shapes(middles, self._corner)
        self._weights = _likeliest(shapes, level, known**2, self._weights, self._floor)

    def _shapes(self, frequency: NDArray[np.floating], corner: float) -> NDArray[np.float64]:
        """Return the spectra noise is made of, one in each column, each 1 at frequency 0."""
        times = np.geomspace(_SHORTEST, self._longest, _RELAXATIONS)
        low_pass = bessel_filter(corner)
        s = 2j * np.pi * frequency[:, np.newaxis]
        terms = low_pass.residues / (s - low_pass.poles)
        terms += np.conj(low_pass.residues) / (s - np.conj(low_pass.poles))
        through = np.abs(0.5 * terms.sum(axis=1)) ** 2
        columns = [through / (1 + (2 * np.pi * frequency * time) ** 2) for time in times]
        return np.column_stack((*columns, through, np.ones_like(frequency)))

    def power(self, frequency: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the spectrum such that white noise has its variance [mV^2]."""
        return np.asarray(self._shapes(frequency, self._corner) @ self._weights + self._floor)

    def autocovariance(self, count: int) -> NDArray[np.float64]:
        """Return the covariance of samples 0 to ``count - 1`` apart [mV^2]."""
        length = 4 * count
        density = self.power(np.fft.rfftfreq(length, 1 / self._rate))
        return np.asarray(np.fft.irfft(density, length)[:count])

    def draw(
        self, rng: np.random.Generator, shape: tuple[int, int], block: int = 1
    ) -> NDArray[np.float64]:
        """Draw noise of this spectrum [mV], of one sample in so many, what is faster left out."""
        length = 2 * shape[1]
        frequency = np.fft.rfftfreq(length, block / self._rate)
        scale = np.sqrt(self.power(frequency) / block * length / 2)
        parts = rng.standard_normal((2, shape[0], scale.size)) * scale
        return np.asarray(np.fft.irfft(parts[0] + 1j * parts[1], length)[:, : shape[1]])


def _likeliest(
    shapes: NDArray[np.float64],
    level: NDArray[np.float64],
    known: NDArray[np.float64],
    weights: NDArray[np.float64],
    floor: float,
) -> NDArray[np.float64]:
    """Return weights of spectra that make measured levels likely (Whittle's likelihood).

    Least squares would prefer what came out low. The updates keep the weights above zero and never
    lower the likelihood (Fevotte et al. 2009, doi:10.1162/neco.2008.04-08-771).
    """
    if float(level.max()) < _NOTHING:
        return weights
    found: NDArray[np.float64] = weights + 1e-3 * float(level.mean()) / shapes.max(axis=0)
    for _ in range(_ROUNDS):
        model = shapes @ found + floor
        found = found * np.sqrt(
            (shapes.T @ (known * level / model**2)) / (shapes.T @ (known / model))
        )
    return found


def periodogram(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the power ``(..., frequency)`` above frequency 0, that of white noise its variance."""
    count = rows.shape[-1]
    window = np.hanning(count)  # what leaks from drift would look like fast noise
    window /= np.sqrt(np.mean(window**2))
    centred = rows - rows.mean(axis=-1, keepdims=True)
    power = np.abs(np.fft.rfft(centred * window))[..., 1:] ** 2 / count
    power[..., 0] /= 1 - _MEAN_IN_FIRST
    return np.asarray(power)


def covariance_of_blocks(noise: PotentialNoise, bins: Bins) -> NDArray[np.float64]:
    """Return the covariance ``(k, k)`` of the means of blocks, exactly for the spectrum [mV^2]."""
    count = int(bins.starts[-1] + bins.counts[-1])
    gamma = noise.autocovariance(count + 1)
    even = np.concatenate((gamma[:0:-1], gamma))  # lags -count to count
    double = np.cumsum(np.concatenate(([0.0], np.cumsum(even))))

    def summed(lag: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(double[lag + count])

    start, stop = bins.starts, bins.starts + bins.counts
    total = (
        summed(stop[:, None] - start[None, :])
        - summed(start[:, None] - start[None, :])
        - summed(stop[:, None] - stop[None, :])
        + summed(start[:, None] - stop[None, :])
    )
    found = total / bins.counts[:, None] / bins.counts[None, :]
    return np.asarray((found + found.T) / 2)


def whitening(covariance: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    """Return the matrix that makes blocks independent and of unit variance.

    `size` is that of the signal, of which at least a billionth is taken for noise.
    """
    from scipy.linalg import solve_triangular

    count = covariance.shape[0]
    floor = (_LEAST * size) ** 2 + 1e-9 * float(np.mean(np.diag(covariance)))
    root = np.linalg.cholesky(covariance + floor * np.eye(count))
    return np.asarray(solve_triangular(root, np.eye(count), lower=True))


def _smooth(level: NDArray[np.float64], sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return a band's level averaged with its neighbours', in logarithms, by how much they tell."""
    logs = np.log(np.maximum(level, 1e-12 * max(float(level.max()), 1e-30)))
    weights = np.minimum(sizes, 10).astype(np.float64)
    kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    reach = np.pad(logs * weights, 2), np.pad(weights, 2)
    summed, total = (np.convolve(row, kernel, "valid") for row in reach)
    return np.asarray(np.exp(summed / total))
