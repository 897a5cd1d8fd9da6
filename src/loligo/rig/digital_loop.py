"""Digital loops around a passive cell, exactly: what multiplies a disturbance from cycle to cycle.

A controller samples an output once a cycle and injects a current in proportion, at once or late,
for a part of the cycle. Between samples everything is linear, and the whole is a matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.rig.closed import Closed

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cycle with one current.

    Attributes
    ----------
    duration : float [ms]
    lag : int or None
        The current is that of the sample so many cycles back (0: of this cycle's start); None: no
        current.
    """

    duration: float
    lag: int | None


def delayed(period: float, delay: float) -> tuple[Piece, ...]:
    """Return the cycle of a loop that puts a current out some time after its sample, and holds it.

    Parameters
    ----------
    period, delay : float [ms]
    """
    late = int(delay / period + 1e-9)
    rest = delay - late * period
    if rest <= 1e-9 * period:
        return (Piece(period, late),)
    return Piece(rest, late + 1), Piece(period - rest, late)


def multipliers(
    closed: Closed, output: str, gain: float, pieces: Sequence[Piece]
) -> NDArray[np.complex128]:
    """Return by what the loop multiplies a disturbance from cycle to cycle, the largest first.

    Parameters
    ----------
    closed : Closed
        Rig and passive cell; the rig's command is a current.
    output : str
        What is sampled [mV]; it must not feel the command at once.
    gain : float [nS]
        Of the current ``-gain`` times the sample.
    pieces : sequence of Piece
        Of a cycle, in order, from sample to sample.
    """
    from scipy.linalg import expm

    n = closed.matrix.shape[0]
    lags = max((piece.lag or 0 for piece in pieces), default=0)
    state, driven = np.eye(n), np.zeros((lags + 1, n))
    for piece in pieces:
        whole = np.zeros((n + 1, n + 1))
        whole[:n, :n], whole[:n, n] = closed.matrix, closed.command
        step = expm(whole * piece.duration)
        state, driven = step[:n, :n] @ state, driven @ step[:n, :n].T
        if piece.lag is not None:
            driven[piece.lag] += step[:n, n]
    row = closed.system.seen(output)
    made = -gain * np.append(row.states[0], row.membrane[0])
    loop = np.zeros((n + lags, n + lags))
    loop[:n, :n] = state + np.outer(driven[0], made)
    for lag in range(1, lags + 1):
        loop[:n, n + lag - 1] = driven[lag]
    if lags:
        loop[n, :n] = made
        loop[n + 1 :, n : n + lags - 1] = np.eye(lags - 1)
    found = np.linalg.eigvals(loop).astype(np.complex128)
    return found[np.argsort(-np.abs(found))]


def as_poles(found: NDArray[np.complex128], period: float) -> NDArray[np.complex128]:
    """Return multipliers as the poles of what grows or dies as fast [1/ms].

    What is gone after a cycle is left out.
    """
    kept = found[np.abs(found) > 1e-12]
    return np.asarray(np.log(kept) / period, dtype=np.complex128)
