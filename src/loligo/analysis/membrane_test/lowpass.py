"""Low-pass filters as sums of poles, and what they make of a step, an exponential and a ramp.

Exact: a filter's transfer function is expanded into partial fractions once, so that every response
is a sum of exponentials, whatever the sampling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError

_NEWTON, _HALVINGS = 4, 60
_SETTLED = 40.0
"""A pole's exponential is left out once it has fallen by this many time constants."""


@dataclass(frozen=True, eq=False, slots=True)
class LowPass:
    """A low-pass of unit gain: ``H(s) = sum(residues / (s - poles))``.

    Attributes
    ----------
    poles, residues : (k,) complex arrays [1/ms]
        One of each complex pair, its residue doubled, so that the real part is the response.
    """

    poles: NDArray[np.complex128]
    residues: NDArray[np.complex128]


def _bessel_poles(order: int) -> NDArray[np.complex128]:
    """Return the poles of a Bessel filter whose gain is -3 dB at 1 kHz [1/ms].

    They are the zeros of the reverse Bessel polynomial, each improved by Newton's method, over the
    frequency at which the squared gain is a half.
    """
    terms = [
        math.factorial(2 * order - k)
        / (2 ** (order - k) * math.factorial(k) * math.factorial(order - k))
        for k in range(order + 1)
    ]
    falling = np.array(terms[::-1])
    slope = np.polyder(falling)
    poles = np.roots(falling).astype(np.complex128)
    for _ in range(_NEWTON):
        poles = poles - np.polyval(falling, poles) / np.polyval(slope, poles)
    low, high = 0.0, 2.0 * order
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_above = abs(np.polyval(falling, 1j * middle)) < terms[0] * math.sqrt(2)
        low, high = (middle, high) if is_above else (low, middle)
    return np.asarray(poles * 2 * np.pi / low)


@lru_cache(maxsize=32)
def _unit_bessel(order: int) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    poles = _bessel_poles(order)
    gain = np.prod(-poles).real
    chosen = poles[poles.imag > -1e-9]
    residues = []
    for pole in chosen:
        others = poles[np.argsort(np.abs(poles - pole))[1:]]
        weight = 1.0 if abs(pole.imag) < 1e-9 else 2.0
        residues.append(weight * gain / np.prod(pole - others))
    return chosen, np.array(residues)


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
    poles, residues = _unit_bessel(order)
    return LowPass(poles * corner, residues * corner)


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
    return np.asarray(height @ rows[: len(rates)] + impulse * rows[-2] + slope * rows[-1])


def filtered(
    time: NDArray[np.float64], rates: Sequence[float], low_pass: LowPass
) -> NDArray[np.float64]:
    """Return filtered ``exp(-rate t)``, an impulse and ``t``, all starting at ``t = 0``.

    Parameters
    ----------
    time : (n,) array [ms]
        Ascending.
    rates : (k,) sequence [1/ms]
        A rate of 0 is a step.
    low_pass : LowPass

    Returns
    -------
    (k + 2, n) array
        Zero up to time 0.
    """
    poles, residues = low_pass.poles, low_pass.residues
    result = np.zeros((len(rates) + 2, time.size))
    first = int(np.searchsorted(time, 0.0, side="right"))
    after = time[first:]
    at = np.asarray(rates, dtype=np.float64)[:, np.newaxis]
    of_decays = residues / (poles + at)
    own = np.vstack((of_decays, residues, residues / poles**2))
    settled = result[:, first:]
    settled[:-2] = -of_decays.real.sum(axis=1)[:, np.newaxis] * np.exp(-at * after)
    settled[-1] = after - float(own[-1].real.sum())
    last = int(np.searchsorted(after, _SETTLED / float(np.min(-poles.real))))
    settled[:, :last] += (own @ np.exp(poles[:, np.newaxis] * after[:last])).real
    return result
