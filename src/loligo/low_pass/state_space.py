"""A filter as linear differential equations, to be appended to those of an amplifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.low_pass.fractions import LowPass

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class StateSpace:
    """``x' = A x + B u``, ``y = C x + D u``, of one input and one output.

    Attributes
    ----------
    a : (state, state) array [1/ms]
    b : (state,) array [1/ms]
    c : (state,) array
    d : float
    """

    a: Array
    b: Array
    c: Array
    d: float

    @property
    def size(self) -> int:
        """Number of states."""
        return self.b.size

    def rest(self, level: float) -> Array:
        """Return the states under a lasting input, shape (state,)."""
        return np.asarray(np.linalg.solve(-self.a, self.b * level))


def cascade(low_pass: LowPass) -> StateSpace:
    """Return a filter as sections of one or two poles in series, the best damped first.

    Notes
    -----
    A pair of poles of modulus w and damping z is ``y' = w q``, ``q' = w (u - y - 2 z q)``; a real
    pole is ``y' = w (u - y)``. All states have the unit of the input and about its size, all
    entries of A are of the size of the poles, and each section has unit gain: at rest every y is
    the input and every q is 0.
    """
    order = np.argsort(low_pass.poles.real / np.abs(low_pass.poles))
    paired = low_pass.poles.imag > 1e-9 * np.abs(low_pass.poles)
    size = low_pass.poles.size + int(paired.sum())
    a, b = np.zeros((size, size)), np.zeros(size)
    row, before = 0, -1
    for index in order:
        pole = low_pass.poles[index]
        rate = float(np.abs(pole))
        driven = row + int(paired[index])
        if before < 0:
            b[driven] = rate
        else:
            a[driven, before] = rate
        a[driven, row] = -rate
        if paired[index]:
            a[row, driven] = rate
            a[driven, driven] = 2.0 * float(pole.real)
        row, before = driven + 1, row
    c = np.zeros(size)
    c[before] = 1.0
    return StateSpace(a, b, c, 0.0)
