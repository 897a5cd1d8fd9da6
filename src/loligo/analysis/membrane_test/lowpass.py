"""Low-pass filters as sums of poles, and what they make of a step, an exponential and a ramp.

Exact: a filter's transfer function is expanded into partial fractions once, so that every response
is a sum of exponentials, whatever the sampling.
"""

from __future__ import annotations

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


def exponential_response(
    time: NDArray[np.float64], rate: float, low_pass: LowPass
) -> NDArray[np.float64]:
    """Return the filtered ``exp(-rate t)`` that starts at ``t = 0``; of rate 0 the unit step.

    Parameters
    ----------
    time : (n,) array [ms]
        Ascending.
    rate : float [1/ms]
    low_pass : LowPass

    Returns
    -------
    (n,) array
    """
    result = np.zeros_like(time)
    first = int(np.searchsorted(time, 0.0, side="right"))
    after = time[first:]
    result[first:] = low_pass.gain_at(rate) * np.exp(-rate * after)
    slowest = float(np.min(-low_pass.poles.real))
    last = int(np.searchsorted(after, _SETTLED / slowest))
    early = after[:last]
    for pole, residue in zip(low_pass.poles, low_pass.residues, strict=True):
        result[first : first + last] += (residue / (pole + rate) * np.exp(pole * early)).real
    return result


def ramp_response(time: NDArray[np.float64], low_pass: LowPass) -> NDArray[np.float64]:
    """Return the filtered ramp of slope 1 that starts at ``t = 0``; arguments as above."""
    result = np.zeros_like(time)
    first = int(np.searchsorted(time, 0.0, side="right"))
    after = time[first:]
    lag = float(np.sum((low_pass.residues / low_pass.poles**2).real))
    result[first:] = after - lag
    slowest = float(np.min(-low_pass.poles.real))
    last = int(np.searchsorted(after, _SETTLED / slowest))
    early = after[:last]
    for pole, residue in zip(low_pass.poles, low_pass.residues, strict=True):
        result[first : first + last] += (residue / pole**2 * np.exp(pole * early)).real
    return result
