"""Gaussian noise that is the same wherever and whenever its seed is played.

The random bits are those of the counter-based generator Philox, which NumPy keeps as they are; the
step from bits to Gaussian numbers is made here, because NumPy may change its own.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-9


def gaussian(seed: int, count: int) -> NDArray[np.float64]:
    """Return independent numbers of mean 0 and variance 1, shape (count,).

    Notes
    -----
    Box and Muller's transform of pairs of uniform numbers of 53 bits.

    References
    ----------
    Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405 (Philox); Box, Muller 1958 Ann Math
    Stat 29:610, https://doi.org/10.1214/aoms/1177706645
    """
    pairs = (count + 1) // 2
    raw = np.random.Philox(key=seed).random_raw(2 * pairs) >> np.uint64(11)
    uniform = (raw.astype(np.float64) + 0.5) * 2.0**-53
    radius = np.sqrt(-2 * np.log(uniform[0::2]))
    turn = 2 * np.pi * uniform[1::2]
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1).ravel()[:count]


def _intervals(duration: float, interval: float) -> int:
    return max(int(np.ceil(duration / interval - _ROUNDING)), 1)


@lru_cache(maxsize=64)
def one_pole(seed: int, interval: float, duration: float, correlation_time: float) -> bytes:
    """Return samples of an Ornstein-Uhlenbeck process of variance 1 that is in its steady state.

    Parameters
    ----------
    seed : int
    interval, duration, correlation_time : float [ms]

    Returns
    -------
    bytes
        float64 samples from 0 to `duration`, both included.

    Notes
    -----
    The update ``x -> r x + sqrt(1 - r^2) n``, ``r = exp(-interval / correlation_time)``, is exact
    at the samples: their autocorrelation is ``r^k``. It is white noise through a filter of one pole
    at ``1 / (2 pi correlation_time)``.

    References
    ----------
    Gillespie 1996 Phys Rev E 54:2084, https://doi.org/10.1103/PhysRevE.54.2084
    """
    drive = gaussian(seed, _intervals(duration, interval) + 1)
    kept = float(np.exp(-interval / correlation_time))
    drive[1:] *= np.sqrt(-np.expm1(-2 * interval / correlation_time))
    return np.fromiter(accumulate(drive.tolist(), lambda x, n: kept * x + n), float).tobytes()


@lru_cache(maxsize=64)
def band_limited(seed: int, interval: float, duration: float, bandwidth: float) -> bytes:
    """Return samples of noise that is white up to a frequency and has nothing above, variance 1.

    Parameters
    ----------
    seed : int
    interval, duration : float [ms]
    bandwidth : float [kHz]

    Returns
    -------
    bytes
        float64 samples from 0 to `duration`, both included.

    Notes
    -----
    A sum of the harmonics of ``1 / duration`` up to the bandwidth, with independent Gaussian
    amplitudes of sine and cosine; it repeats after the duration.

    References
    ----------
    Rice 1944 Bell Syst Tech J 23:282, https://doi.org/10.1002/j.1538-7305.1944.tb00874.x
    """
    count = _intervals(duration, interval)
    harmonics = int(np.floor(bandwidth * count * interval + _ROUNDING))
    parts = gaussian(seed, 2 * harmonics).reshape(harmonics, 2)
    spectrum = np.zeros(count // 2 + 1, dtype=np.complex128)
    spectrum[1 : harmonics + 1] = (parts[:, 0] - 1j * parts[:, 1]) * count / 2
    values = np.fft.irfft(spectrum, count) / np.sqrt(harmonics)
    return np.append(values, values[0]).tobytes()
