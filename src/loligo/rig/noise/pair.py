"""Gaussian traces of two channels whose noise goes together, as a digitizer samples them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.rig.filters import Filter
from loligo.rig.noise.chance import NOISE, key_of
from loligo.rig.noise.power import highest
from loligo.rig.noise.synthesis import MISSING, frequencies_of, scale_of, waves

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Pair: TypeAlias = tuple[Array, Complex, Array]
"""Spectrum of the first channel, first times conjugate of the second, spectrum of the second."""
Spectra = Callable[[Array], Pair]

_COARSE = 513
_A_DECADE = 1000
_FAR = 30.0
"""Above so many times its corner a channel behind one lag falls as 1/f^2."""


def synthesize_pair(
    spectra: Spectra,
    n_samples: int,
    sampling: float,
    *,
    seed: int,
    sweeps: Sequence[int] = (0,),
    output_filter: Filter | None,
    corner: float,
    cell: int = 0,
    channel: int = 0,
) -> tuple[Array, Array]:
    """Return the noise of two channels, of which the first is filtered.

    Parameters
    ----------
    spectra : callable
        From frequencies [kHz] to a `Pair`, one-sided.
    n_samples, sampling, seed, sweeps, cell, channel
        As for `synthesize`; the second channel is the next one.
    output_filter : Filter
        Of the first channel.
    corner : float [kHz]
        Of the lag that limits the second channel, before the digitizer.

    Returns
    -------
    first, second : (sweep, time) array

    Raises
    ------
    ModelError
        See `synthesize`.

    Notes
    -----
    As `synthesize`, for both: the second is the first's waves times their common spectrum over the
    first's, and waves of its own for what is left.
    """
    from scipy.fft import irfft

    if output_filter is None:
        raise ModelError(
            "the noise of the current has an infinite power in a sample without a filter; give one"
        )
    frequencies = frequencies_of(n_samples, sampling)
    length = 2 * (frequencies.size - 1)
    first, cross, second = folded_pair(spectra, frequencies, sampling, output_filter, corner)
    shared = np.divide(cross.conj(), first, out=np.zeros_like(cross), where=first > 0.0)
    left = np.maximum(second - np.abs(shared) ** 2 * first, 0.0)
    scale, own = scale_of(first, sampling), scale_of(left, sampling)
    found = np.empty((2, len(sweeps), n_samples))
    for row, sweep in enumerate(sweeps):
        keys = (
            key_of(NOISE, seed, sweep=sweep, cell=cell, channel=c) for c in (channel, channel + 1)
        )
        one, other = (waves(key, length) for key in keys)
        found[0, row] = irfft(one * scale, length)[:n_samples]
        found[1, row] = irfft(one * scale * shared + other * own, length)[:n_samples]
    return found[0], found[1]


def folded_pair(
    spectra: Spectra, frequencies: Array, sampling: float, output_filter: Filter, corner: float
) -> Pair:
    """Return the spectra that samples have; see `loligo.rig.noise.synthesis.folded`.

    Notes
    -----
    What lies above half the rate is interpolated on a logarithmic scale. Of the second channel the
    power beyond 30 times its corner, where it falls as 1/f^2, is spread evenly.
    """
    half = 0.5 * sampling
    top = max(
        _FAR * corner, 2.0 * sampling, highest(lambda f: spectra(f)[0], output_filter, MISSING)
    )
    size = int(np.ceil(_A_DECADE * np.log10(top / half))) + 1
    known = np.geomspace(half * (1.0 - 1e-9), top * (1.0 + 1e-9), size)
    table = [np.asarray(each) for each in spectra(known)]

    def above(f: Array) -> Pair:
        at, inside = np.log(f), f <= top
        first, cross, second = (np.interp(at, np.log(known), each) for each in table)
        through = np.where(inside, output_filter.transfer(f), 0.0)
        return (
            np.abs(through) ** 2 * first.real,
            through * cross,
            np.where(inside, second.real, 0.0),
        )

    coarse = np.linspace(0.0, half, _COARSE)
    through = output_filter.transfer(frequencies)
    first, cross, second = spectra(frequencies)
    first, cross = np.abs(through) ** 2 * first, through * cross
    added = np.zeros((3, _COARSE), dtype=np.complex128)
    for zone in range(1, int(np.ceil(top / sampling + 0.5))):
        down, up = above(zone * sampling - coarse), above(zone * sampling + coarse)
        added += np.conj(np.stack(down)) + np.stack(up)
    added[2] += top * table[2][-1] / half
    more = [np.interp(frequencies, coarse, each) for each in added]
    return first + more[0].real, cross + more[1], second + more[2].real
