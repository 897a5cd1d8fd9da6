"""Mains hum: whether there is any in the current, and what a fit has to leave out for it.

Hum is not noise: sweeps that start in step with the mains all carry it in one phase, so that the
spread between them does not tell of it. A sine and a cosine of each frequency found are therefore
fitted with the transient.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.parameters import Data

MAINS = (0.05, 0.06)
"""Frequencies of the world's mains [kHz]."""
HARMONICS = 6
CHANCE = 1e-3
"""A line is taken for hum where noise would make it less often than this."""

_FEWEST_PERIODS = 3.0
_BESIDE = (-3.5, -2.5, 2.5, 3.5)  # in units of the resolution


def hum_lines(residuals: NDArray[np.float64], sampling_rate: float) -> tuple[float, ...]:
    """Find lines at the mains' frequency and its harmonics that stand out of the noise.

    The power of a line is compared with that beside it, in the mean of the sweeps and in the sweeps
    themselves.

    Parameters
    ----------
    residuals : (sweeps, time) array [pA]
        What a model of the transient leaves.
    sampling_rate : float [kHz]

    Returns
    -------
    tuple of float [kHz]
        Of the mains that explains more; empty where there is no hum, or less than three periods.
    """
    from scipy.special import fdtri

    count, length = residuals.shape
    duration = length / sampling_rate
    mean = residuals.mean(axis=0, keepdims=True)
    limits = [
        (rows, float(fdtri(2 * len(rows), 2 * len(_BESIDE) * len(rows), 1 - CHANCE)))
        for rows in (mean, residuals)[: 1 if count == 1 else 2]
    ]
    best: tuple[float, tuple[float, ...]] = (0.0, ())
    for mains in MAINS:
        if duration * mains < _FEWEST_PERIODS:
            continue
        lines = [mains * k for k in range(1, HARMONICS + 1) if 3 * mains * k < sampling_rate]
        found, strength = [], 0.0
        for line in lines:
            ratios = [_above(rows, line, sampling_rate) / limit for rows, limit in limits]
            if max(ratios, default=0.0) > 1:
                found.append(line)
                strength += max(ratios)
        best = max(best, (strength, tuple(found)))
    return best[1]


def _above(rows: NDArray[np.float64], line: float, sampling_rate: float) -> float:
    """Return a line's power over the mean power beside it."""
    length = rows.shape[1]
    time = np.arange(length) / sampling_rate
    window = np.hanning(length)
    resolution = sampling_rate / length
    frequencies = np.array([line, *(line + k * resolution for k in _BESIDE)])
    kept = frequencies > resolution
    waves = np.exp(-2j * np.pi * np.outer(time, frequencies[kept])) * window[:, np.newaxis]
    flat = rows - rows.mean(axis=1, keepdims=True)
    power = (np.abs(flat @ waves) ** 2).mean(axis=0)
    beside = float(power[1:].mean())
    return float(power[0]) / beside if beside > 0 else 0.0


def waves(time: NDArray[np.float64], lines: tuple[float, ...]) -> NDArray[np.float64]:
    """Return cosine and sine of each line at given times, one in each column."""
    phase = 2 * np.pi * np.outer(time, lines)
    return np.hstack((np.cos(phase), np.sin(phase)))


def with_hum(data: Data, lines: tuple[float, ...]) -> Data:
    """Return the data with hum of these lines to be left out."""
    basis, _ = np.linalg.qr(_blocks(data, lines))
    return replace(data, hum=basis, mains=lines)


def _blocks(data: Data, lines: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the lines' waves in blocks, weighted."""
    count = int(data.bins.counts.sum())
    columns = waves(np.arange(count) / data.sampling_rate, lines)
    return np.asarray(data.bins.mean(columns.T).T * data.weight[:, np.newaxis])


def hum_of(
    data: Data, missing: NDArray[np.float64], time: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the hum in blocks of residuals ``(k,)``, at given times [pA]."""
    if not data.mains:
        return np.zeros_like(time)
    weights, *_ = np.linalg.lstsq(_blocks(data, data.mains), missing * data.weight, rcond=None)
    return np.asarray(waves(time, data.mains) @ weights)


def without_lines(
    residuals: NDArray[np.float64], sampling_rate: float, lines: tuple[float, ...]
) -> NDArray[np.float64]:
    """Return residuals ``(sweeps, time)`` without these lines."""
    if not lines:
        return residuals
    basis, _ = np.linalg.qr(waves(np.arange(residuals.shape[1]) / sampling_rate, lines))
    return np.asarray(residuals - (residuals @ basis) @ basis.T)
