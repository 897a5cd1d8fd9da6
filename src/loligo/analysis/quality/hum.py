"""Mains hum: lines at 50 or 60 Hz and their harmonics, judged against the noise beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import CONFIDENCE, Interval, t_quantile

MAINS = (0.05, 0.06)
"""The two mains frequencies of the world [kHz]."""
SHORTEST = 200.0
"""A stretch that tells 50 from 60 Hz [ms]."""

_HARMONICS = 5
_SHARED = (0.3,)  # kHz; a harmonic of 50 and of 60 Hz, which tells neither
_GRID = 100.0  # ms; whole numbers of it hold whole periods of 50 and of 60 Hz
_BESIDE = (2, 3, 4)
_SIGNIFICANT = 1e-3
_LARGE = 1000.0


@dataclass(frozen=True, slots=True)
class Line:
    """Amplitude of one harmonic, and how probable as much is without hum."""

    frequency: float
    amplitude: Interval
    probability: float


@dataclass(frozen=True, slots=True)
class Hum:
    """What was found of mains hum.

    Attributes
    ----------
    mains : float [kHz]
        The mains frequency found; of the larger upper limit where none was.
    lines : tuple of Line
        The fundamental and its harmonics.
    is_found : bool
    """

    mains: float
    lines: tuple[Line, ...]
    is_found: bool


def mains_hum(segments: Sequence[ArrayLike], sampling_rate: float) -> Hum | None:
    """Look for lines at 50 and at 60 Hz and at twice to five times that.

    Each segment is cut to whole tenths of a second, freed from its trend and weighted with a Hann
    window; the amplitude is the root mean square over segments of the sinusoid's, less what the
    noise beside the line makes of it. Its interval is that of a noncentral F variable, the noise
    being known from a few frequencies beside the line. Hum is found where a line is as strong as
    noise makes one in a thousand tests; a line at 300 Hz, a harmonic of both, does not tell which.

    Parameters
    ----------
    segments : sequence of (n,) arrays
    sampling_rate : float [kHz]

    Returns
    -------
    Hum or None
        None where no segment lasts 200 ms, or the sampling is too slow for 60 Hz.
    """
    arrays = [np.asarray(segment, dtype=np.float64) for segment in segments]
    lasting = [array for array in arrays if array.size + 0.5 >= SHORTEST * sampling_rate]
    if not lasting or sampling_rate < 4 * MAINS[-1]:
        return None
    tenths = min(int((a.size + 0.5) / sampling_rate / _GRID) for a in lasting)
    amplitudes = _amplitudes(lasting, round(tenths * _GRID * sampling_rate))
    found = {}
    for mains in MAINS:
        harmonics = [h * mains for h in range(1, _HARMONICS + 1) if h * mains < 0.4 * sampling_rate]
        found[mains] = tuple(_line(amplitudes, frequency, tenths) for frequency in harmonics)
    least = {
        mains: min(line.probability for line in lines if round(line.frequency, 6) not in _SHARED)
        for mains, lines in found.items()
    }
    best = min(MAINS, key=lambda mains: least[mains])
    if least[best] < _SIGNIFICANT:
        return Hum(best, found[best], True)
    upper = max(MAINS, key=lambda mains: found[mains][0].amplitude.high)
    return Hum(upper, found[upper], False)


def _amplitudes(arrays: Sequence[NDArray[np.float64]], length: int) -> NDArray[np.complex128]:
    """Return the complex amplitude of each segment ``(segment, frequency)``."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    ramp = np.arange(length) - (length - 1) / 2
    rows = np.array([array[:length] for array in arrays])
    rows -= rows.mean(axis=1, keepdims=True)
    rows -= np.outer(rows @ ramp / float(ramp @ ramp), ramp)
    highest = math.ceil(length * 0.5)
    found: NDArray[np.complex128] = np.fft.rfft(rows * window, axis=1)[:, :highest]
    return found * (2 / float(window.sum()))


def _line(amplitudes: NDArray[np.complex128], frequency: float, tenths: int) -> Line:
    place = round(frequency * tenths * _GRID)
    reserved = {
        round(h * mains * tenths * _GRID) + off
        for mains in MAINS
        for h in range(1, _HARMONICS + 1)
        for off in (-1, 0, 1)
    }
    beside = [
        place + sign * off
        for off in _BESIDE
        for sign in (-1, 1)
        if place + sign * off not in reserved and 2 < place + sign * off < amplitudes.shape[1]
    ]
    noise = float(np.mean(np.abs(amplitudes[:, beside]) ** 2))
    power = np.abs(amplitudes[:, place]) ** 2
    freedom = 2 * len(amplitudes) * _independent(beside)
    return _judged(frequency, float(power.mean()), len(amplitudes), noise, freedom)


def _independent(places: list[int]) -> float:
    """Return how many independent powers there are among those of a Hann window."""
    correlation = {0: 1.0, 1: 4 / 9, 2: 1 / 36}
    pairs = sum(correlation.get(abs(a - b), 0.0) for a in places for b in places)
    return len(places) ** 2 / pairs


def _judged(frequency: float, power: float, count: int, noise: float, freedom: float) -> Line:
    """Return the amplitude whose noise-free square is what `power` has beyond `noise`."""
    from scipy.special import fdtrc

    if noise == 0:
        value = math.sqrt(power)
        return Line(frequency, Interval(value, value, value), 0.0 if power else 1.0)
    ratio = power / noise
    probability = float(fdtrc(2 * count, freedom, ratio))
    tail = (1 - CONFIDENCE) / 2
    if 2 * count * (ratio - 1) > _LARGE:
        value = math.sqrt(power - noise)
        reach = t_quantile(freedom) * math.sqrt(noise / 2 / count)
        return Line(frequency, Interval(value, value - reach, value + reach), probability)
    # the noise is only taken off, so that where the line is strong its error hardly counts
    known = freedom * max(ratio, 1.0) ** 2
    # less than the noise beside it bounds a line no better than as much as that noise does
    ends = (
        _noncentrality(seen, count, known, p)
        for seen, p in ((ratio, 0.5), (ratio, 1 - tail), (max(ratio, 1.0), tail))
    )
    value, low, high = (math.sqrt(end * noise / (2 * count)) for end in ends)
    wider = t_quantile(freedom) / t_quantile(math.inf)
    low, high = value - wider * (value - low), value + wider * (high - value)
    return Line(frequency, Interval(value, max(low, 0.0), high), probability)


def _noncentrality(ratio: float, count: int, freedom: float, below: float) -> float:
    """Return the noncentrality for which a share `below` of ratios is less; 0 where none does."""
    from scipy.optimize import brentq
    from scipy.special import fdtr, ncfdtr

    if float(fdtr(2 * count, freedom, ratio)) <= below:
        return 0.0
    high = 4 * count * ratio + 100.0
    while float(ncfdtr(2 * count, freedom, high, ratio)) > below:
        high *= 2
    return float(brentq(lambda nc: float(ncfdtr(2 * count, freedom, nc, ratio)) - below, 0.0, high))
