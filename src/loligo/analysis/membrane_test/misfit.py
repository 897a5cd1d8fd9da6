"""What residuals that are not noise add to the errors: of the transient, and of the steady levels.

Both are sandwich estimates: each stretch of residuals shifts a parameter by as much as the fit's
influence of it says, and these shifts are taken for independent of each other.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.parameters import CORNER, Data, Form

MISFIT = 2.0
"""Residuals above this many times the noise's variance widen the intervals."""
WINDOWS = 5
"""Of each stretch of constant command that are compared with each other."""


def near_edges(data: Data, form: Form, vector: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which blocks lie in a transient: two filter and three slowest time constants long."""
    parts = form.unpack(vector)[0]
    reach = 2 / math.exp(vector[CORNER]) + 3 / min(parts.rates)
    times = data.bins.times[:, None] - data.command.times[None, :]
    return np.asarray(((times > 0) & (times < reach)).any(axis=1))


def transient_variance(
    influence: NDArray[np.float64],
    residuals: NDArray[np.float64],
    near: NDArray[np.bool_],
    data: Data,
    corner: float,
) -> NDArray[np.float64]:
    """Return the variance that residuals of a transient, correlated in time, stand for.

    Parameters
    ----------
    influence : (q, k) array
        Of each block on each quantity.
    residuals : (k,) array [pA]
    near : (k,) array
        Blocks in the transient.
    data : Data
    corner : float [kHz]

    Returns
    -------
    (q,) array
    """
    scores = influence * np.where(near, residuals, 0.0)
    lag = max(1, round(data.sampling_rate / corner))
    total = (scores**2).sum(axis=1)
    for k in range(1, lag + 1):
        weight = 1 - k / (lag + 1)
        total = total + 2 * weight * (scores[:, k:] * scores[:, :-k]).sum(axis=1)
    return np.asarray(np.maximum(total, (scores**2).sum(axis=1)))


def steady_windows(data: Data, near: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return windows of the steady stretches as rows of ones and zeros ``(g, k)``.

    One before the first edge, `WINDOWS` of equal length after each edge's transient.
    """
    times = data.bins.times
    edges = np.append(data.command.times, data.duration)
    rows = [times < edges[0]]
    for start, stop in itertools.pairwise(edges):
        inside = (times > start) & (times < stop) & ~near
        if inside.any():
            begin = float(times[inside][0])
            part = np.floor(WINDOWS * (times - begin) / max(stop - begin, 1e-9))
            rows += [inside & (part == k) for k in range(WINDOWS)]
    return np.array([row for row in rows if row.any()], dtype=np.float64)


def steady_scores(
    influence: NDArray[np.float64], residuals: NDArray[np.float64], windows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the shift that each window's residuals make in each quantity.

    Parameters
    ----------
    influence : (q, k) array
    residuals : (..., k) array [pA]
    windows : (g, k) array

    Returns
    -------
    (..., q, g) array
    """
    return np.asarray(np.einsum("qk,...k,gk->...qg", influence, residuals, windows, optimize=True))
