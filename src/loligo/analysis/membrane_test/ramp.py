"""Capacitance from a symmetric triangle ramp of command.

While the command ramps, the capacitance draws a constant current; it changes sign with the slope,
so that half the difference of the two branches is it. The same fit as for steps takes the corners
rounded by series resistance and filter, and the leak, into account.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.membrane_test.choose import fit_transient
from loligo.analysis.membrane_test.fit import TransientFit
from loligo.analysis.membrane_test.judge import WIDEST, checked
from loligo.analysis.membrane_test.model import Command
from loligo.analysis.membrane_test.parameters import Form
from loligo.analysis.membrane_test.shape import first_look, flat_top
from loligo.units import format_quantity

LEAST = 1.0
"""What a pipette alone may have; a smaller capacitance is not taken for a cell's [pF]."""
WORST_SHAPE = 0.25
"""Largest root mean square of the residuals as a share of the capacitive current."""
NO_CELL = "no passive cell describes the current of the ramp"
FORMS = (Form(1), Form(2))


def capacitance_by_ramp(
    current: ArrayLike,
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None = None,
    *,
    compensated: float | None = None,
) -> Estimate:
    """Measure the capacitance from a triangle ramp.

    Parameters
    ----------
    current : (time,) or (sweeps, time) array [pA]
        Identical sweeps; the first sample is at time 0 of the command.
    sampling_rate : float [kHz]
    command : Command
        Changes of slope only; `command_of_triangle` makes one.
    filter_frequency, compensated
        As for `measure_transient`.

    Returns
    -------
    Estimate
        `capacitance`.

    Raises
    ------
    SelectionError
        The arrays have the wrong shape, or the command has no edge among the samples.
    """
    sweeps = checked(current, sampling_rate, command)
    return ramp_or_refuse(sweeps, sampling_rate, command, filter_frequency, compensated)[1]


def ramp_or_refuse(
    sweeps: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None,
    compensated: float | None,
) -> tuple[TransientFit | None, Estimate]:
    """Return fit and capacitance from checked arrays; see `capacitance_by_ramp`."""
    if not np.isfinite(sweeps).all():
        return None, _refused(Status.NOT_FINITE, "missing values in the current")
    if flat_top(sweeps):
        return None, _refused(Status.SATURATED, "the current stays at one largest value")
    look = first_look(sweeps, sampling_rate, command)
    if look:
        return None, _refused(Status.TOO_NOISY, look)
    if compensated:
        shown = format_quantity(compensated, "pF")
        return None, _refused(Status.COMPENSATED, f"the amplifier cancelled {shown} of capacitance")
    fit = fit_transient(sweeps, sampling_rate, command, filter_frequency, FORMS)
    if fit is None or not fit.converged:
        return None, _refused(Status.UNRESOLVED, NO_CELL)
    return fit, _judged(fit)


def _refused(status: Status, why: str) -> Estimate:
    return Estimate("capacitance", None, None, None, status, why)


def _judged(fit: TransientFit) -> Estimate:
    interval = fit.intervals["capacitance"]
    slope = float(np.abs(fit.data.command.slopes[0]))
    weights = fit.data.bins.counts / fit.data.bins.counts.sum()
    error = math.sqrt(float(weights @ fit.residuals**2)) / (slope * interval.value)
    if error > WORST_SHAPE:
        why = (
            f"no passive cell describes the current of the ramp: residuals of {error:.0%} of the "
            f"capacitive current (at most {WORST_SHAPE:.0%})"
        )
        return _refused(Status.UNRESOLVED, why)
    if interval.value < LEAST:
        why = f"{format_quantity(interval.value, 'pF')} is less than a cell's: it was cancelled"
        return _refused(Status.COMPENSATED, why)
    if not (interval.low > 0 and interval.high / interval.low < WIDEST):
        why = f"the 95 % interval ({interval.low:.3g} to {interval.high:.3g} pF) is too wide"
        return _refused(Status.TOO_NOISY, why)
    return _given(fit, interval, slope)


def _given(fit: TransientFit, interval: Interval, slope: float) -> Estimate:
    count = len(fit.sweeps)
    definition = (
        f"half the difference of the current's two branches over the slope of {slope:.3g} mV/ms, "
        "by a fit that takes leak, series resistance and low-pass filter into account, over "
        f"{count} sweep{'s' if count > 1 else ''}"
    )
    note = ""
    if fit.form.modes == 2:
        note = (
            "the corners are rounded by two time constants (dendrites): the capacitance is the sum "
            "of two compartments of one membrane time constant"
        )
    value, low, high = interval.value, interval.low, interval.high
    return Estimate("capacitance", value, low, high, Status.OK, note, definition=definition)
