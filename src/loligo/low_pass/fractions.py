"""`LowPass`: a low-pass filter as a sum of poles, from which its responses follow in closed form.

The transfer function is expanded into partial fractions once, so that every response is a sum of
exponentials, whatever the sampling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.low_pass.prototypes import Poles

_REAL = 1e-9

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class LowPass:
    """A low-pass of unit gain without zeros: ``H(s) = sum(residues / (s - poles))``.

    Attributes
    ----------
    poles, residues : (k,) complex arrays [1/ms]
        One of each complex pair, its residue doubled, so that the real part is the response.
    """

    poles: Poles
    residues: NDArray[np.complex128]

    def at_corner(self, corner: float) -> LowPass:
        """Return the same filter, made for 1 kHz, with another corner [kHz]."""
        return LowPass(self.poles * corner, self.residues * corner)

    def transfer(self, frequencies: ArrayLike) -> NDArray[np.complex128]:
        """Return the complex gain at frequencies [kHz], shape of `frequencies`.

        Notes
        -----
        The product of ``p / (p - s)``: the fractions' sum loses its digits where the gain is small.
        """
        s = 2j * np.pi * np.asarray(frequencies, dtype=np.float64)[..., np.newaxis]
        poles = self._every()[0]
        found: NDArray[np.complex128] = (poles / (poles - s)).prod(axis=-1)
        return found

    def impulse_response(self, times: ArrayLike) -> Array:
        """Return the response to a unit impulse at time 0 [1/ms], zero before it."""
        return self._after(times, self.residues)

    def step_response(self, times: ArrayLike) -> Array:
        """Return the response to a unit step at time 0, zero before it."""
        t = np.asarray(times, dtype=np.float64)
        return np.where(t > 0.0, 1.0 + self._after(t, self.residues / self.poles), 0.0)

    def group_delay(self, frequencies: ArrayLike) -> Array:
        """Return by how much a slow envelope at frequencies [kHz] comes late [ms].

        Notes
        -----
        The sum of each pole's ``-Re(p) / |i w - p|^2``. At 0 kHz it is the mean time of the
        impulse response, which is what a ramp is late by.
        """
        omega = 2 * np.pi * np.asarray(frequencies, dtype=np.float64)[..., np.newaxis]
        poles = self._every()[0]
        return np.asarray((-poles.real / np.abs(1j * omega - poles) ** 2).sum(axis=-1))

    def noise_bandwidth(self) -> float:
        """Return the bandwidth of the ideal filter that passes as much white noise [kHz].

        Notes
        -----
        Half the energy of the impulse response, by Parseval: ``-sum r_i r_j / (p_i + p_j) / 2``.
        """
        poles, residues = self._every()
        pairs = residues[:, np.newaxis] * residues / (poles[:, np.newaxis] + poles)
        return float(-pairs.sum().real / 2)

    def _every(self) -> tuple[Poles, NDArray[np.complex128]]:
        """Return all poles with their residues, both of a pair."""
        paired = self.poles.imag > _REAL * np.abs(self.poles)
        poles = np.concatenate([self.poles, np.conj(self.poles[paired])])
        halves = np.where(paired, 0.5 * self.residues, self.residues)
        return poles, np.concatenate([halves, np.conj(halves[paired])])

    def _after(self, times: ArrayLike, weights: NDArray[np.complex128]) -> Array:
        t = np.asarray(times, dtype=np.float64)
        past = np.maximum(t, 0.0)[..., np.newaxis]
        found = (weights * np.exp(self.poles * past)).real.sum(axis=-1)
        return np.where(t > 0.0, found, 0.0)


@lru_cache(maxsize=32)
def unit_low_pass(family: Callable[[int], Poles], order: int) -> LowPass:
    """Return the filter of a family whose corner is 1 kHz, in partial fractions.

    Parameters
    ----------
    family : callable
        One of `loligo.low_pass.prototypes`.
    order : int
        Number of poles.
    """
    poles = family(order)
    gain = np.prod(-poles).real
    chosen = poles[poles.imag > -_REAL]
    residues = []
    for pole in chosen:
        others = poles[np.argsort(np.abs(poles - pole))[1:]]
        weight = 1.0 if abs(pole.imag) < _REAL else 2.0
        residues.append(weight * gain / np.prod(pole - others))
    return LowPass(chosen, np.array(residues))
