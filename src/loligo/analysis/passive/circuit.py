"""The cell behind its electrode, from the exponentials of a charging curve.

Electrode and cell are a ladder: the pipette's capacitance to ground, series resistance, membrane.
Its impedance is a sum of exponentials' ``A / (1 + s tau)``, the electrode's among them, and expands
into the ladder step by step (Cauer 1926). An amplifier that neutralizes feeds back what its
follower puts out, late by the follower's time constant, which makes the electrode's exponential one
of second order; undone exactly too.
"""

from __future__ import annotations

import cmath
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

_APART = 1e-6


@dataclass(frozen=True, slots=True)
class Ladder:
    """Electrode and cell.

    Attributes
    ----------
    pipette_capacitance : float [pF]
        That is not neutralized, negative where too much is.
    series_resistance : float [GOhm]
    resistance : float [GOhm]
        Of the membrane.
    times : (k,) array [ms]
        The membrane's own time constants, the slowest first.
    amplitudes : (k,) array [GOhm]
        Of each.
    """

    pipette_capacitance: float
    series_resistance: float
    resistance: float
    times: NDArray[np.float64]
    amplitudes: NDArray[np.float64]


def ladder_of(
    rates: NDArray[np.float64],
    amplitudes: NDArray[np.float64],
    *,
    follower: float = 0.0,
    neutralized: float = 0.0,
    loop: float = 0.0,
) -> Ladder | None:
    """Return the ladder of an impedance.

    Parameters
    ----------
    rates : (k,) array [1/ms]
        At least two, the electrode's last.
    amplitudes : (k,) array [GOhm]
    follower : float [ms]
        Time constant with which the amplifier follows the pipette's potential.
    neutralized : float [pF]
        Capacitance through which the follower feeds back.
    loop : float [ms^2]
        The electrode's factor is ``1 + s / rate + loop s^2``.

    Returns
    -------
    Ladder or None
        ``None`` where an amplitude is not above zero: no such circuit.

    Notes
    -----
    With the cell and its series resistance ``N / Q``, the pipette's capacitance C = L + C_n and the
    follower's time constant T, the measured impedance is ``N / D``,
    ``D = N (s L + s^2 C T) + (1 + s T) Q``. Compared power by power, from the lowest on, this gives
    Q and the L with which it ends.
    """
    if (amplitudes <= 0).any() or (rates <= 0).any():
        return None
    above, below = impedance_of(rates, amplitudes, loop)
    fixed, along = [1.0], [0.0]  # each coefficient of Q, its part that grows with L
    for k in range(1, rates.size + 1):
        late = above[k - 2] * follower if k > 1 else 0.0
        fixed.append(float(below[k] - late * neutralized - follower * fixed[-1]))
        along.append(float(-above[k - 1] - late - follower * along[-1]))
    left = -fixed[-1] / along[-1]
    behind = (np.array(fixed) + left * np.array(along))[:-1]
    series = float(above[-1] / behind[-1])
    cell = (above - series * behind)[:-1]
    roots = polynomial.polyroots(behind)
    if np.iscomplexobj(roots) or (roots >= 0).any():
        return None
    slowest: NDArray[np.float64] = np.sort(roots.real)[::-1]
    slope = polynomial.polyval(slowest, polynomial.polyder(behind))
    own = polynomial.polyval(slowest, cell) / slope / -slowest
    return Ladder(left, series, float(cell[0]), -1.0 / slowest, np.asarray(own))


def impedance_of(
    rates: NDArray[np.float64], amplitudes: NDArray[np.float64], loop: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return numerator and denominator of exponentials, lowest power first; see `ladder_of`."""
    cell = [np.array([1.0, 1.0 / rate]) for rate in rates[:-1]]
    electrode = np.array([1.0, 1.0 / rates[-1], loop])
    late = np.array([amplitudes[-1], -loop * float(amplitudes[:-1] @ rates[:-1])])
    above = polynomial.polymul(late, _product(cell))
    for k, amplitude in enumerate(amplitudes[:-1]):
        others = _product([*cell[:k], *cell[k + 1 :], electrode])
        above = polynomial.polyadd(above, amplitude * others)
    size = rates.size
    below = _product([*cell, electrode])
    return np.pad(above, (0, size))[:size], np.pad(below, (0, size))[: size + 2]


def _product(factors: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    product = np.ones(1)
    for factor in factors:
        product = np.convolve(product, factor)
    return product


def electrode_poles(
    rate: float, loop: float
) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.complex128]]:
    """Return what an electrode answers to a step.

    Returns
    -------
    poles : (2,) complex array [1/ms]
        One where there is no `loop`.
    step : complex array
        Weights of their exponentials in ``1 + ...``, the step response of
        ``1 / (1 + s / rate + loop s^2)``.
    slope : complex array [1/ms]
        Those in its derivative, times `loop`.
    """
    if loop <= 0:
        one = np.array([-rate], dtype=np.complex128)
        return one, np.array([-1.0 + 0j]), np.zeros(1, dtype=np.complex128)
    time = 1.0 / rate
    root = cmath.sqrt(time**2 - 4 * loop)
    if abs(root) < _APART * time:
        root = complex(_APART * time)
    first, second = -2.0 / (time + root), -(time + root) / (2 * loop)
    apart = first - second
    poles = np.array([first, second])
    return poles, np.array([second, -first]) / apart, np.array([1.0, -1.0]) / apart
