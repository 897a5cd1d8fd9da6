"""Low-pass filters as sums of poles, and what they make of a step, an exponential and a ramp.

Exact: a filter's transfer function is expanded into partial fractions once, so that every response
is a sum of exponentials, whatever the sampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError

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

    def gain_at(self, rate: float) -> float:
        """Return ``H(-rate)``, by which the filter scales a decay of `rate` [1/ms] in the end."""
        return float(np.sum((self.residues / (-rate - self.poles)).real))


@lru_cache(maxsize=32)
def _unit_bessel(order: int) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    from scipy.signal import bessel

    _, poles, gain = bessel(order, 2 * np.pi, analog=True, norm="mag", output="zpk")
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

    Returns
    -------
    (n,) array
        Zero up to time 0.
    """
    poles, residues = low_pass.poles, low_pass.residues
    result = np.zeros_like(time)
    first = int(np.searchsorted(time, 0.0, side="right"))
    after = time[first:]
    settled = np.zeros_like(after)
    own = slope * residues / poles**2
    if slope:
        settled += slope * (after - float(np.sum((residues / poles**2).real)))
    for weight, rate in zip(weights, rates, strict=True):
        settled += weight * low_pass.gain_at(rate) * (np.exp(-rate * after) if rate else 1.0)
        own = own + weight * residues / (poles + rate)
    last = int(np.searchsorted(after, _SETTLED / float(np.min(-poles.real))))
    early = after[:last]
    for pole, amplitude in zip(poles, own, strict=True):
        settled[:last] += (amplitude * np.exp(pole * early)).real
    result[first:] = settled
    return result
