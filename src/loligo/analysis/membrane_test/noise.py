"""The noise of a recording and what it does to fitted parameters.

The spectrum of the residuals is described by a sum, with weights of at least zero, of white noise,
1/f noise, noise that falls as 1/f^2 above a corner (channels, synapses) and noise that rises with
f^2 up to a corner (voltage noise across the capacitance), all through the recording's low-pass, and
of white noise added after it. Few sweeps do not tell where noise stops growing towards low
frequencies, so that for them 1/f stands alone.
A parameter is, near the fit, a weighted sum of samples; its variance follows from the spectrum and
the weights, whatever the correlation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.least_squares import non_negative
from loligo.analysis.membrane_test.lowpass import LowPass

_ROUNDS = 6
_FALLING = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # kHz
_RISING = (0.1, 0.3, 1.0)  # kHz
_BINS_PER_OCTAVE = 3
_NOTHING = 1e-100  # pA^2; what sweeps without noise differ by


def _shapes(
    frequency: NDArray[np.float64], low_pass: LowPass, falling: tuple[float, ...]
) -> NDArray[np.float64]:
    """Return the spectra noise is made of, one in each column."""
    through = np.abs(low_pass.transfer(frequency)) ** 2
    shapes = [np.ones_like(frequency), through, through / frequency]
    shapes += [through / (1 + (frequency / corner) ** 2) for corner in falling]
    shapes += [through / (1 + (corner / frequency) ** 2) for corner in _RISING]
    return np.column_stack(shapes)


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
    falling : bool
        Whether noise may stop growing towards low frequencies.
    """

    def __init__(
        self,
        residuals: NDArray[np.float64],
        sampling_rate: float,
        low_pass: LowPass,
        lost: float = 0.0,
        absorbed: int = 0,
        falling: bool = True,
    ) -> None:

        count = residuals.shape[-1]
        self._rate, self._low_pass = sampling_rate, low_pass
        self._falling = _FALLING if falling else ()
        power = np.abs(np.fft.rfft(residuals - residuals.mean(axis=-1, keepdims=True))) ** 2
        power = power.mean(axis=0)[1 + absorbed :] / count / max(1 - lost, 1e-3)
        frequency = (absorbed + np.arange(1, power.size + 1)) * sampling_rate / count
        self._top = frequency[-1]
        group = np.floor(_BINS_PER_OCTAVE * np.log2(frequency / frequency[0] + 1e-9)).astype(int)
        _, starts, sizes = np.unique(group, return_index=True, return_counts=True)
        shapes = (
            np.add.reduceat(_shapes(frequency, low_pass, self._falling), starts, axis=0)
            / sizes[:, None]
        )
        level = np.add.reduceat(power, starts) / sizes
        expected = np.maximum(level, 1e-12 * max(float(level.max()), _NOTHING))
        self._weights = np.zeros(shapes.shape[1])
        for _ in range(_ROUNDS):
            scale = np.sqrt(sizes) / expected
            self._weights, _ = non_negative(shapes * scale[:, None], level * scale)
            fitted = shapes @ self._weights
            expected = np.maximum(fitted, 1e-12 * max(float(fitted.max()), _NOTHING))

    def power(self, frequency: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the spectrum such that white noise has its variance [pA^2]."""
        return np.asarray(_shapes(frequency, self._low_pass, self._falling) @ self._weights)

    @property
    def variance(self) -> float:
        """Variance of a sample around the local mean of a millisecond or so [pA^2]."""
        frequency = np.linspace(min(1.0, self._top / 2), self._top, 400)
        return float(self.power(frequency).mean())

    def covariance(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the covariance of the sums ``weights @ noise`` of weights ``(p, time)``."""
        scaled = self._scaled(weights)
        found: NDArray[np.float64] = (scaled @ scaled.conj().T).real
        return found

    def variances(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the variances of the sums ``weights @ noise`` alone ``(p,)``."""
        return np.asarray((np.abs(self._scaled(weights)) ** 2).sum(axis=1))

    def _scaled(self, weights: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return the weights' spectra, each scaled by the noise's amplitude."""
        length = 2 * weights.shape[1]
        transformed = np.fft.rfft(weights, length)
        frequency = np.arange(transformed.shape[1]) * self._rate / length
        density = self.power(np.clip(frequency, frequency[1], self._top)) / length
        density[1:] *= 2
        return np.asarray(transformed * np.sqrt(density))
