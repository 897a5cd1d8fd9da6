"""The recording's low-pass, and what it makes of a step, an exponential and a ramp.

Exact: the filter is a sum of poles (`loligo.low_pass`), so that every response is a sum of
exponentials, whatever the sampling.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError
from loligo.low_pass import LowPass, bessel_poles, unit_low_pass

__all__ = ["LowPass", "bessel_filter", "exponentials_response", "filtered", "lagging"]

_APART = 1e-6
"""A rate nearer than this to one of the filter's is moved by as much, so that fractions exist."""
_SETTLED = 40.0
"""A pole's exponential is left out once it has fallen by this many time constants."""


def bessel_filter(corner: float, order: int = 4) -> LowPass:
    """Return a Bessel low-pass by its -3 dB frequency.

    Parameters
    ----------
    corner : float [kHz]
        Above zero.
    order : int
        Number of poles; 1 is the plain RC filter.

    Raises
    ------
    SelectionError
        The corner or the order is not above zero.
    """
    if not (corner > 0 and np.isfinite(corner)) or order < 1:
        raise SelectionError(
            f"a low-pass of {order} poles at {corner:g} kHz; both must be above zero"
        )
    return unit_low_pass(bessel_poles, order).at_corner(corner)


def lagging(low_pass: LowPass, lag: float) -> LowPass:
    """Return a low-pass behind a plain RC filter.

    Parameters
    ----------
    low_pass : LowPass
        Without a pole of the same rate.
    lag : float [ms]
        Time constant of the RC filter, above zero.
    """
    rate = 1.0 / lag
    residues = low_pass.residues * rate / (low_pass.poles + rate)
    own = -rate * (low_pass.residues / (low_pass.poles + rate)).real.sum()
    return LowPass(np.append(low_pass.poles, -rate), np.append(residues, own))


def exponentials_response(
    time: NDArray[np.float64],
    weights: Sequence[float],
    rates: Sequence[float],
    low_pass: LowPass,
    slope: float = 0.0,
    impulse: float = 0.0,
) -> NDArray[np.float64]:
    """Return the filtered ``sum(weights * exp(-rates t)) + slope t`` that starts at ``t = 0``.

    Parameters
    ----------
    time : (n,) array [ms]
        Ascending.
    weights : (k,) sequence
    rates : (k,) sequence [1/ms]
        A rate of 0 is a step.
    low_pass : LowPass
    slope : float
    impulse : float
        Charge that flows at once at time 0.

    Returns
    -------
    (n,) array
        Zero up to time 0.
    """
    rows = filtered(time, rates, low_pass)
    height = np.asarray(weights, dtype=np.float64)
    return np.asarray(height @ rows[: len(rates)] + impulse * rows[-3] + slope * rows[-2])


def filtered(
    time: NDArray[np.float64], rates: Sequence[float], low_pass: LowPass
) -> NDArray[np.float64]:
    """Return filtered ``exp(-rate t)``, an impulse, ``t`` and a doublet, all from ``t = 0`` on.

    Parameters
    ----------
    time : (n,) array [ms]
        Ascending.
    rates : (k,) sequence [1/ms]
        A rate of 0 is a step.
    low_pass : LowPass

    Returns
    -------
    (k + 3, n) array
        Zero up to time 0.
    """
    poles, residues = low_pass.poles, low_pass.residues
    result = np.zeros((len(rates) + 3, time.size))
    first = int(np.searchsorted(time, 0.0, side="right"))
    after = time[first:]
    at = np.asarray(rates, dtype=np.float64)[:, np.newaxis]
    is_pole = (np.abs(poles + at) < _APART * at).any(axis=1, keepdims=True)
    at = np.where(is_pole, at * (1 + 2 * _APART), at)
    of_decays = residues / (poles + at)
    own = np.vstack((of_decays, residues, residues / poles**2, residues * poles))
    settled = result[:, first:]
    settled[:-3] = -of_decays.real.sum(axis=1)[:, np.newaxis] * np.exp(-at * after)
    settled[-2] = after - float(own[-2].real.sum())
    last = int(np.searchsorted(after, _SETTLED / float(np.min(-poles.real))))
    settled[:, :last] += (own @ np.exp(poles[:, np.newaxis] * after[:last])).real
    return result
