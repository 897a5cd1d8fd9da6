"""How many of n channels make a move: exact binomial numbers, and exchanges between two states.

Random numbers come by counter (see `random`), logarithms and exponentials from `functions`, so that
every processor draws the same.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from loligo.engine.support.functions import exp_, log_
from loligo.engine.support.random import uniforms

SEARCHED = 10.0
"""Mean up to which the distribution is searched from 0; above it, numbers are rejected."""


@njit(error_model="numpy")
def _log_of_rest(p: float) -> float:
    """Return ``log(1 - p)`` without losing a small p."""
    rest = 1.0 - p
    return log_(rest) - ((rest - 1.0) + p) / rest


@njit(error_model="numpy")
def _searched(n: float, p: float, u: float) -> float:
    """Return the number at which the distribution function passes u, by search from 0."""
    ratio = p / (1.0 - p)
    share = exp_(n * _log_of_rest(p))
    k = 0.0
    while u >= share and k < n:
        u -= share
        k += 1.0
        share *= ratio * (n - k + 1.0) / k
    return k


@njit(error_model="numpy")
def _stirling(k: float) -> float:
    """Return ``log(k!)`` less Stirling's formula in k + 1, ``(k + 1/2) log(k + 1) - k - 1 + ...``.

    The series' next term is below 1e-12 from k = 10 on; below, the exact value.
    """
    if k < 10.0:
        total = 0.0
        for i in range(2, int(k) + 1):
            total += log_(float(i))
        return total - (0.9189385332046728 + (k + 0.5) * log_(k + 1.0) - (k + 1.0))
    inverse = 1.0 / (k + 1.0)
    square = inverse * inverse
    series = 1.0 / 1260.0 - square * (1.0 / 1680.0)
    return inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * series))


@njit(error_model="numpy")
def _log_of_share(n: float, p: float, k: float) -> float:
    """Return the logarithm of the probability of k over that of the most likely number."""
    mode = math.floor((n + 1.0) * p)
    ratio = p / (1.0 - p)
    total = (mode + 0.5) * log_((mode + 1.0) / (ratio * (n - mode + 1.0)))
    total += (n + 1.0) * log_((n - mode + 1.0) / (n - k + 1.0))
    total += (k + 0.5) * log_(ratio * (n - k + 1.0) / (k + 1.0))
    return total + _stirling(mode) + _stirling(n - mode) - _stirling(k) - _stirling(n - k)


@njit(error_model="numpy")
def _rejected(
    n: float, p: float, seed: int, cell: int, sweep: int, step: int, draw: int, trial: int
) -> float:
    """Return a binomial number by transformed rejection with a squeeze, p at most 1/2."""
    spread = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    center = n * p + 0.5
    while True:
        trial += 2
        first, second = uniforms(seed, cell, sweep, step, draw, trial)
        u, v = first - 0.5, 1.0 - second
        us = 0.5 - abs(u)
        k: float = np.floor((2.0 * a / us + b) * u + center)
        if us >= 0.07 and v <= 0.92 - 4.2 / b:
            return k
        if k < 0.0 or k > n:
            continue
        height = (2.83 + 5.1 / b) * spread
        if log_(v * height / (a / (us * us) + b)) <= _log_of_share(n, p, k):
            return k


@njit(error_model="numpy")
def binomial(
    n: float,
    p: float,
    u: float,
    seed: int,
    cell: int,
    sweep: int,
    step: int,
    draw: int,
    trial: int,
) -> float:
    """Return how many of n channels move, each with probability p.

    Parameters
    ----------
    n : float
        A whole number, up to 1e9.
    p : float
        Probability, 0 to 1.
    u : float
        A uniform number of this draw; enough where the mean of what is rarer is at most `SEARCHED`.
    seed, cell, sweep, step, draw : int
        As for `uniforms`.
    trial : int
        Further uniform numbers are of the trials ``trial + 2``, ``trial + 4``, ...

    Returns
    -------
    float
        A whole number.

    Notes
    -----
    Exact but for rounding: a search of the distribution function for small means, else
    transformed rejection (BTRS).

    References
    ----------
    Hormann 1993, https://doi.org/10.1080/00949659308811496
    """
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    rare = min(p, 1.0 - p)
    if n * rare <= SEARCHED:
        k = _searched(n, rare, u)
    else:
        k = _rejected(n, rare, seed, cell, sweep, step, draw, trial)
    return k if p <= 0.5 else n - k


@njit(error_model="numpy")
def exchange(
    here: float,
    there: float,
    p_there: float,
    p_back: float,
    seed: int,
    cell: int,
    sweep: int,
    step: int,
    draw: int,
) -> float:
    """Return by how many channels the second of two states gains.

    It is not a number where the probabilities are none.

    Parameters
    ----------
    here, there : float
        Channels in the first and the second state.
    p_there, p_back : float
        Probability that a channel of the first state ends in the second, and of the second in the
        first.
    seed, cell, sweep, step, draw : int
        As for `uniforms`.
    """
    if not (p_there >= 0.0 and p_back >= 0.0 and p_there + p_back <= 1.0):
        return np.nan
    if here + there <= 0.0:
        return 0.0
    u, w = uniforms(seed, cell, sweep, step, draw, 0)
    moved = binomial(here, p_there, u, seed, cell, sweep, step, draw, 0)
    return moved - binomial(there, p_back, w, seed, cell, sweep, step, draw, 1)


@njit(error_model="numpy", cache=True)
def spread_out(
    occupancies: NDArray[np.float64],
    n_channels: NDArray[np.float64],
    seed: int,
    cells: NDArray[np.int64],
    sweeps: NDArray[np.int64],
    first_draw: int,
) -> NDArray[np.float64]:
    """Return channels spread over the states at random: a multinomial number per run.

    Parameters
    ----------
    occupancies : ndarray, shape (state, run)
        Probabilities, adding up to 1 over the states.
    n_channels : ndarray, shape (run,)
        Whole numbers.
    seed : int
    cells, sweeps : ndarray of int, shape (run,)
    first_draw : int
        Draw of the first state, at step 0; the others follow.

    Returns
    -------
    ndarray, shape (state, run)
        Whole numbers, adding up to `n_channels`.

    Notes
    -----
    State after state takes a binomial share of the channels that are left.
    """
    counts = np.zeros_like(occupancies)
    last = occupancies.shape[0] - 1
    for run in range(n_channels.size):
        left, rest = n_channels[run], 1.0
        for state in range(last):
            p = min(max(occupancies[state, run], 0.0), rest)
            draw = first_draw + state
            cell, sweep = cells[run], sweeps[run]
            u, _ = uniforms(seed, cell, sweep, 0, draw, 0)
            share = p / rest if rest > 0.0 else 0.0
            counts[state, run] = binomial(left, share, u, seed, cell, sweep, 0, draw, 0)
            left -= counts[state, run]
            rest -= p
        counts[last, run] = left
    return counts
