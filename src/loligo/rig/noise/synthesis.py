"""Gaussian traces of a given spectrum, as a digitizer samples them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.rig.filters import Filter
from loligo.rig.noise.chance import NOISE, key_of, normals
from loligo.rig.noise.power import Density, highest

Array = NDArray[np.float64]

MISSING = 1e-5
"""Part of the power that may be left out at the top."""
_COARSE = 4097
_SHORTEST = 64


def synthesize(
    density: Density,
    n_samples: int,
    sampling: float,
    *,
    seed: int,
    sweeps: Sequence[int] = (0,),
    output_filter: Filter | None = None,
    bandwidth: float | None = None,
    cell: int = 0,
    channel: int = 0,
) -> Array:
    """Return noise as it is after filter and sampling.

    Parameters
    ----------
    density : callable
        From frequencies [kHz] to a one-sided power spectral density [unit^2/kHz].
    n_samples : int
    sampling : float [kHz]
    seed : int
    sweeps : sequence of int
        Numbers of the sweeps; each has noise of its own, the same whatever others are made.
    output_filter : Filter, optional
    bandwidth : float, optional [kHz]
        Nothing is above it; left out: all that the filter lets through.
    cell, channel : int
        Which cell of a batch, and which electrode; each has noise of its own.

    Returns
    -------
    (sweep, time) array

    Raises
    ------
    ModelError
        Neither filter nor bandwidth, a filter of too few poles, or a number out of range.

    Notes
    -----
    Made at the sampling rate, from the spectrum with all that lies above half the rate folded
    down; nothing is oversampled. Independent Gaussian numbers at each frequency of a record of at
    least twice the length are transformed and cut, so that start and end are no neighbours.
    Power below half the spacing of these frequencies, which no record of this length resolves, is
    taken from the middle of that band: 1/f noise does not go on below. Another number of samples
    gives other noise, and another version of the Fourier transform the same up to rounding.

    References
    ----------
    Davies, Harte 1987, https://doi.org/10.1093/biomet/74.1.95
    """
    from scipy.fft import irfft

    frequencies = frequencies_of(n_samples, sampling)
    length = 2 * (frequencies.size - 1)
    scale = scale_of(folded(density, frequencies, sampling, output_filter, bandwidth), sampling)
    found = np.empty((len(sweeps), n_samples))
    for row, sweep in enumerate(sweeps):
        key = key_of(NOISE, seed, sweep=sweep, cell=cell, channel=channel)
        found[row] = irfft(waves(key, length) * scale, length)[:n_samples]
    return found


def frequencies_of(n_samples: int, sampling: float) -> Array:
    """Return the frequencies of a record from which so many samples are cut [kHz].

    Raises
    ------
    ModelError
        No samples, or no rate.
    """
    from scipy.fft import next_fast_len

    if n_samples < 1 or not sampling > 0.0:
        raise ModelError(f"{n_samples} samples at {sampling:g} kHz; both must be above 0")
    length = 2 * next_fast_len(max(n_samples, _SHORTEST), real=True)
    frequencies: Array = np.arange(length // 2 + 1) * sampling / length
    frequencies[0] = 0.25 * sampling / length
    return frequencies


def scale_of(power: Array, sampling: float) -> Array:
    """Return by what `waves` are to be multiplied so that samples have a spectrum."""
    scale = np.sqrt(power * (sampling * (power.size - 1) / 2.0))
    scale[[0, -1]] *= np.sqrt(2.0)
    return scale


def waves(key: int, length: int) -> NDArray[np.complex128]:
    """Return independent amplitudes for a record of a length, from 0 Hz to half the rate."""
    numbers = normals(key, length)
    found = np.zeros(length // 2 + 1, dtype=np.complex128)
    found[1:-1] = numbers[2::2] + 1j * numbers[3::2]
    found[[0, -1]] = numbers[:2]
    return found


def folded(
    density: Density,
    frequencies: Array,
    sampling: float,
    output_filter: Filter | None = None,
    bandwidth: float | None = None,
) -> Array:
    """Return the spectrum that samples have: what is above half the rate appears below it.

    Parameters
    ----------
    density : callable
    frequencies : (n,) array [kHz]
        Above 0, to half the sampling rate.
    sampling : float [kHz]
    output_filter, bandwidth
        As for `synthesize`.

    Returns
    -------
    (n,) array [unit^2/kHz]

    Raises
    ------
    ModelError
        See `synthesize`.

    Notes
    -----
    ``S(f) + sum over m of S(m rate - f) + S(m rate + f)``, each after filter and bandwidth. The
    sum is smooth; it is taken at 4097 frequencies and straight between.
    """
    if bandwidth is not None:
        top = bandwidth
    elif output_filter is not None:
        top = highest(density, output_filter, MISSING)
    else:
        raise ModelError(
            "noise of any frequency has an infinite power in a sample; give a filter, or the "
            "bandwidth of what comes before the digitizer"
        )

    def passed(f: Array) -> Array:
        found = np.zeros_like(f)
        inside = f <= top
        found[inside] = density(f[inside])
        if output_filter is not None:
            found[inside] *= np.abs(output_filter.transfer(f[inside])) ** 2
        return found

    coarse = np.linspace(0.0, sampling / 2.0, _COARSE)
    above = np.zeros(_COARSE)
    for zone in range(1, int(np.ceil(top / sampling + 0.5))):
        above += passed(zone * sampling - coarse) + passed(zone * sampling + coarse)
    return np.asarray(passed(frequencies) + np.interp(frequencies, coarse, above))
