"""Random numbers by counter: Philox4x32-10, uniform numbers and normal numbers.

A number follows from where it is used (seed, cell, sweep, step, draw, trial) and from nothing else:
no state is kept, so it is the same in any thread, in any block, and in any order. All is arithmetic
on whole numbers of 32 bits in 64, the same on every processor.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from loligo.engine.support.functions import log_

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_SIXTEEN = np.uint64(16)
_FIRST, _SECOND = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_FIRST_KEY, _SECOND_KEY = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_FIVE, _SIX = np.uint64(5), np.uint64(6)


@njit(error_model="numpy")
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> Words:
    """Return the four words that a counter becomes under a key.

    Parameters
    ----------
    c0, c1, c2, c3 : uint64
        Counter, 32 bits each.
    k0, k1 : uint64
        Key, 32 bits each.

    Returns
    -------
    tuple of uint64
        Four words of 32 bits.

    References
    ----------
    Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405
    """
    for _ in range(10):
        first = _FIRST * c0
        second = _SECOND * c2
        c0, c1, c2, c3 = (
            (second >> _HALF) ^ c1 ^ k0,
            second & _LOW,
            (first >> _HALF) ^ c3 ^ k1,
            first & _LOW,
        )
        k0 = (k0 + _FIRST_KEY) & _LOW
        k1 = (k1 + _SECOND_KEY) & _LOW
    return c0, c1, c2, c3


@njit(error_model="numpy")
def uniforms(
    seed: int, cell: int, sweep: int, step: int, draw: int, trial: int
) -> tuple[float, float]:
    """Return two uniform numbers of 53 bits, from 0 to below 1.

    Parameters
    ----------
    seed, cell, sweep : int
        Below 2^32: which run.
    step : int
        Below 2^48: which step of the run, counted over the whole sweep.
    draw : int
        Below 2^32: which draw of the step.
    trial : int
        Below 2^16: further numbers for the same draw.
    """
    place = np.uint64(step)
    w0, w1, w2, w3 = philox(
        place & _LOW,
        np.uint64(sweep),
        np.uint64(draw),
        ((place >> _HALF) << _SIXTEEN) | np.uint64(trial),
        np.uint64(seed),
        np.uint64(cell),
    )
    unit = 1.0 / 9007199254740992.0
    first = np.float64(np.int64(w0 >> _FIVE)) * 67108864.0 + np.float64(np.int64(w1 >> _SIX))
    second = np.float64(np.int64(w2 >> _FIVE)) * 67108864.0 + np.float64(np.int64(w3 >> _SIX))
    return first * unit, second * unit


@njit(error_model="numpy")
def normal(seed: int, cell: int, sweep: int, step: int, draw: int) -> float:
    """Return a number of the standard normal distribution.

    The arguments are those of `uniforms`.

    Notes
    -----
    The polar method: a point in the unit circle gives a normal number without sine or cosine.

    References
    ----------
    Marsaglia & Bray 1964, https://doi.org/10.1137/1006063
    """
    trial = 0
    while True:
        a, b = uniforms(seed, cell, sweep, step, draw, trial)
        x, y = 2.0 * a - 1.0, 2.0 * b - 1.0
        square = x * x + y * y
        if 0.0 < square < 1.0:
            return x * math.sqrt(-2.0 * log_(square) / square)
        trial += 1


@njit(error_model="numpy", cache=True)
def normals(
    seed: int, cells: NDArray[np.int64], sweeps: NDArray[np.int64], draw: int
) -> NDArray[np.float64]:
    """Return a normal number for each run, at step 0.

    Parameters
    ----------
    seed : int
    cells, sweeps : ndarray of int, shape (run,)
    draw : int

    Returns
    -------
    ndarray, shape (run,)
    """
    found = np.empty(cells.size)
    for run in range(cells.size):
        found[run] = normal(seed, cells[run], sweeps[run], 0, draw)
    return found
