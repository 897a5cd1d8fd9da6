"""The cell behind its electrode, from the exponentials of a charging curve.

Electrode and cell are a ladder: the pipette's capacitance that is not neutralized to ground, series
resistance, membrane. Its impedance is a sum of exponentials' ``A / (1 + s tau)``, the electrode's
among them, and expands into the ladder step by step (Cauer 1926), exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Ladder:
    """Electrode and cell.

    Attributes
    ----------
    pipette_capacitance : float [pF]
        That is not neutralized.
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


def ladder_of(rates: NDArray[np.float64], amplitudes: NDArray[np.float64]) -> Ladder | None:
    """Return the ladder of an impedance.

    Parameters
    ----------
    rates : (k,) array [1/ms]
        At least two.
    amplitudes : (k,) array [GOhm]

    Returns
    -------
    Ladder or None
        ``None`` where an amplitude is not above zero: no such circuit.
    """
    if (amplitudes <= 0).any() or (rates <= 0).any():
        return None
    poles = np.poly(-rates)
    above = np.zeros(rates.size)
    for k, (rate, amplitude) in enumerate(zip(rates, amplitudes, strict=True)):
        above = above + amplitude * rate * np.poly(-np.delete(rates, k))
    capacitance = 1.0 / float(amplitudes @ rates)
    behind = (poles - capacitance * np.append(above, 0.0))[1:]
    series = float(above[0] / behind[0])
    cell = (above - series * behind)[1:]
    roots = np.roots(behind)
    if np.iscomplexobj(roots) or (roots >= 0).any():
        return None
    slowest: NDArray[np.float64] = np.sort(roots.real)[::-1]
    own = np.polyval(cell, slowest) / np.polyval(np.polyder(behind), slowest) / -slowest
    resistance = float(cell[-1] / behind[-1])
    return Ladder(capacitance, series, resistance, -1.0 / slowest, np.asarray(own))
