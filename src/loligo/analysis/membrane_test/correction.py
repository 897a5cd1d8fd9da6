"""What the amplifier's correction of series resistance makes of a transient, and its undoing.

The correction adds `R I` to the command, late by the lag of the clamp, so that with the admittance
Y of the cell behind its whole series resistance the recorded current is
``Y / (1 + s lag - R Y exp(-s late))`` times the command, where `late` is how late the current is
measured that is fed back. Lag and exponentials that are fitted to it are those of the loop. Its
polynomials give back the cell, and with it the transient that the rest of the series resistance
would make if the correction were at once.
"""

from __future__ import annotations

import numpy as np

from loligo.analysis.membrane_test.model import Modes, numerator

MEASURED_LATE, LATE_ERROR = 0.005, 0.005
"""How late the current is measured that is fed back, and the standard deviation of that [ms]."""
_REAL = 1e-6


def left_by_correction(
    found: Modes, lag: float, corrected: float, late: float = MEASURED_LATE
) -> Modes | None:
    """Return the modes of a cell behind what is left of its series resistance.

    Parameters
    ----------
    found : Modes
        Fitted, beside a lag.
    lag : float [ms]
        Fitted.
    corrected : float [GOhm]
        Resistance whose voltage drop the amplifier adds to the command.
    late : float [ms]
        How late, small beside all time constants.

    Returns
    -------
    Modes or None
        ``None`` where no passive cell behind that correction has such a transient.
    """
    if not corrected:
        return found
    above = numerator(found)
    behind = np.polymul(np.poly(-np.array(found.rates)), [lag, 1.0])
    closed = np.polyadd(behind, corrected * np.polymul(above, [-late, 1.0]))
    roots = np.roots(closed)
    if np.abs(roots.imag).max() > _REAL * np.abs(roots).max() or (roots.real >= 0).any():
        return None
    fastest = float(-roots.real.min())
    cell = np.polydiv(closed, [1.0 / fastest, 1.0])[0]
    left = np.polysub(cell, corrected * above)
    poles = np.sort(np.roots(left))
    if np.iscomplexobj(poles) or (poles >= 0).any():
        return None
    slopes = np.polyval(np.polyder(left), poles)
    amplitudes = np.polyval(above, poles) / (poles * slopes)
    if (amplitudes <= 0).any():
        return None
    steady = float(above[-1] / left[-1])
    return Modes(steady, tuple(amplitudes.tolist()), tuple((-poles).tolist()), found.fast)
