"""Where the poles of the families of filters lie, for a gain that is -3 dB at 1 kHz [1/ms].

-3 dB is meant exactly: half the power. A filter of another corner has these poles times it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_NEWTON, _HALVINGS = 4, 60

Poles = NDArray[np.complex128]


def bessel_poles(order: int) -> Poles:
    """Return the poles of a Bessel filter, shape (order,).

    Parameters
    ----------
    order : int
        Above zero.

    Notes
    -----
    They are the zeros of the reverse Bessel polynomial, each improved by Newton's method, over
    the frequency at which the squared gain is a half.

    References
    ----------
    Thomson 1949, https://doi.org/10.1049/pi-3.1949.0101
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


def butterworth_poles(order: int) -> Poles:
    """Return the poles of a Butterworth filter, shape (order,).

    Parameters
    ----------
    order : int
        Above zero.

    Notes
    -----
    They lie evenly on the left half of a circle: ``|H|^2 = 1 / (1 + (f / corner)^(2 order))``.

    References
    ----------
    Butterworth 1930 Wireless Engineer 7:536
    """
    angles = np.pi * (2 * np.arange(1, order + 1) + order - 1) / (2 * order)
    poles = np.exp(1j * angles)
    if order % 2:
        poles[order // 2] = -1.0  # exactly real
    return np.asarray(2 * np.pi * poles)
