"""The noise of a recording and what it does to fitted parameters.

The spectrum of the residuals is described by white noise and noise that grows towards low
frequencies as 1/f and 1/f^2, all through the recording's low-pass, and white noise added after it.
A parameter is, near the fit, a weighted sum of samples; its variance follows from the spectrum and
the weights, whatever the correlation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.lowpass import LowPass

_ROUNDS = 6
_BINS_PER_OCTAVE = 3


def _filter_power(frequency: NDArray[np.float64], low_pass: LowPass) -> NDArray[np.float64]:
    s = 2j * np.pi * frequency[:, np.newaxis]
    terms = 0.5 * (
        low_pass.residues / (s - low_pass.poles)
        + np.conj(low_pass.residues) / (s - np.conj(low_pass.poles))
    )
    power: NDArray[np.float64] = np.abs(terms.sum(axis=1)) ** 2
    return power


def _shapes(frequency: NDArray[np.float64], low_pass: LowPass) -> NDArray[np.float64]:
    """Return the spectra noise is made of, one in each column."""
    through = _filter_power(frequency, low_pass)
    relative = frequency / frequency[-1]
    return np.column_stack(
        (through, through / relative, through / relative**2, np.ones_like(frequency))
    )


class NoiseSpectrum:
    """A smooth spectrum fitted to the residuals of one or more sweeps.

    Parameters
    ----------
    residuals : (sweeps, time) array [pA]
    sampling_rate : float [kHz]
    low_pass : LowPass
    lost : float
        Share of the variance the residuals lack since a mean was taken off, 0 for none.
    absorbed : int
        Number of the lowest frequencies to leave out, as a fit took their power up.
    """

    def __init__(
        self,
        residuals: NDArray[np.float64],
        sampling_rate: float,
        low_pass: LowPass,
        lost: float = 0.0,
        absorbed: int = 0,
    ) -> None:
        from scipy.optimize import nnls

        count = residuals.shape[-1]
        self._rate, self._low_pass = sampling_rate, low_pass
        power = np.abs(np.fft.rfft(residuals - residuals.mean(axis=-1, keepdims=True))) ** 2
        power = power.mean(axis=0)[1 + absorbed :] / count / max(1 - lost, 1e-3)
        frequency = (absorbed + np.arange(1, power.size + 1)) * sampling_rate / count
        self._top = frequency[-1]
        group = np.floor(_BINS_PER_OCTAVE * np.log2(frequency / frequency[0] + 1e-9)).astype(int)
        _, starts, sizes = np.unique(group, return_index=True, return_counts=True)
        shapes = np.add.reduceat(_shapes(frequency, low_pass), starts, axis=0) / sizes[:, None]
        level = np.add.reduceat(power, starts) / sizes
        expected = np.maximum(level, 1e-12 * max(float(level.max()), 1e-300))
        self._weights = np.zeros(shapes.shape[1])
        for _ in range(_ROUNDS):
            scale = np.sqrt(sizes) / expected
            self._weights, _ = nnls(shapes * scale[:, None], level * scale)
            fitted = shapes @ self._weights
            expected = np.maximum(fitted, 1e-12 * max(float(fitted.max()), 1e-300))

    def power(self, frequency: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the spectrum such that white noise has its variance [pA^2]."""
        through = _filter_power(frequency, self._low_pass)
        relative = frequency / self._top
        a, b, c, d = self._weights
        return np.asarray(through * (a + b / relative + c / relative**2) + d)

    @property
    def variance(self) -> float:
        """Variance of a sample around the local mean of a millisecond or so [pA^2]."""
        frequency = np.linspace(min(1.0, self._top / 2), self._top, 400)
        return float(self.power(frequency).mean())

    def covariance(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the covariance of the sums ``weights @ noise`` of weights ``(p, time)``."""
        length = 2 * weights.shape[1]
        transformed = np.fft.rfft(weights, length)
        frequency = np.arange(transformed.shape[1]) * self._rate / length
        frequency[0] = frequency[1] / 2
        density = self.power(np.minimum(frequency, self._top)) / length
        density[1:] *= 2
        scaled = transformed * np.sqrt(density)
        found: NDArray[np.float64] = (scaled @ scaled.conj().T).real
        return found
