"""From arrays to estimates: what is measured, what is refused, and why.

Everything that makes a transient unfit for a series resistance or a capacitance is recognized here:
cancelled capacitance, saturation, ringing, sampling too slow, no cell, a shape no passive cell has.
The total resistance needs only steady states and is given wherever those are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.membrane_test.choose import fit_transient
from loligo.analysis.membrane_test.fit import QUANTITIES, TransientFit
from loligo.analysis.membrane_test.model import Command
from loligo.analysis.membrane_test.shape import first_look, flat_top, ringing, steady_ratio
from loligo.analysis.membrane_test.words import definitions, remarks
from loligo.errors import SelectionError
from loligo.units import format_quantity

TRANSIENT = ("series_resistance", "membrane_resistance", "capacitance", "clamp_time_constant")
"""What only the transient tells."""
NAMES = (*TRANSIENT, "total_resistance", "holding_current")

WIDEST = 2.0
"""An estimate is refused where the ends of its interval differ by more than this factor."""
LOOSEST = 10.0
"""All the transient tells is refused where one interval's ends differ by more than this factor."""
WORST_SHAPE = 0.1
"""Largest root mean square of the residuals as a share of the transient's own."""
LARGEST_SERIES = 0.1
"""Above this a fast capacitive current is taken for cancelled, not for a pipette [GOhm]."""

_FEWEST_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the transient tells nothing."""

    status: Status
    reason: str


def measure_transient(
    current: ArrayLike,
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None = None,
    *,
    compensated: float | None = None,
    corrected: float = 0.0,
) -> dict[str, Estimate]:
    """Measure a cell from the current that steps or ramps of command make.

    Parameters
    ----------
    current : (time,) or (sweeps, time) array [pA]
        Identical sweeps. The first sample is at time 0 of the command.
    sampling_rate : float [kHz]
    command : Command
        Its first edge after at least 8 samples of baseline.
    filter_frequency : float, optional [kHz]
        Corner of the recording's low-pass (taken for a 4-pole Bessel), where it is known.
    compensated : float, optional [pF]
        Whole-cell capacitance the amplifier cancelled, where it is known.
    corrected : float [GOhm]
        Resistance whose voltage drop the amplifier adds to the command: the series resistance as
        it was set, times the share that is corrected. What is measured is what that leaves.

    Returns
    -------
    dict of str to Estimate
        By glossary name: `series_resistance`, `membrane_resistance`, `capacitance`,
        `clamp_time_constant`, `total_resistance`, `holding_current`.

    Raises
    ------
    SelectionError
        The arrays have the wrong shape, or the command has no edge among the samples.
    """
    sweeps = checked(current, sampling_rate, command)
    return estimates(
        *fit_or_refuse(sweeps, sampling_rate, command, filter_frequency, compensated, corrected)
    )


def fit_or_refuse(
    sweeps: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None,
    compensated: float | None,
    corrected: float = 0.0,
) -> tuple[TransientFit | None, Refusal | None, Interval | None]:
    """Return the fit, the reason not to trust its transient, and a total resistance without it."""
    if not np.isfinite(sweeps).all():
        return None, Refusal(Status.NOT_FINITE, "missing values in the current"), None
    plain = steady_ratio(sweeps, sampling_rate, command)
    refusal = unfit(sweeps, sampling_rate, command, compensated)
    if refusal is not None:
        return None, refusal, plain
    fit = fit_transient(sweeps, sampling_rate, command, filter_frequency, corrected=corrected)
    if fit is None:
        why = "no transient of a passive cell follows the command's edges"
        return None, Refusal(Status.UNRESOLVED, why), plain
    return fit, verdict(fit), plain


def unfit(
    sweeps: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    compensated: float | None,
) -> Refusal | None:
    """Say why a transient need not be fitted at all, ``None`` where it may be."""
    if flat_top(sweeps):
        why = "the transient is cut off: the current stays at one largest value"
        return Refusal(Status.SATURATED, why)
    look = first_look(sweeps, sampling_rate, command)
    if look:
        return Refusal(Status.TOO_NOISY, look)
    if compensated:
        shown = format_quantity(compensated, "pF")
        why = f"the amplifier cancelled {shown} of capacitance, and with it the transient"
        return Refusal(Status.COMPENSATED, why)
    rings = ringing(sweeps, sampling_rate, command)
    return Refusal(Status.UNRESOLVED, rings) if rings else None


def verdict(fit: TransientFit) -> Refusal | None:
    """Say why a fitted transient is not that of a cell, ``None`` where it is."""
    if not fit.converged:
        return Refusal(Status.UNRESOLVED, "the fit of the transient did not converge")
    if not fit.is_undone:
        why = (
            "no passive cell behind the stated correction of series resistance "
            f"({format_quantity(fit.data.corrected, 'GOhm', 3)}) has such a transient"
        )
        return Refusal(Status.UNRESOLVED, why)
    return _no_cell(fit) or _undetermined(fit)


def _no_cell(fit: TransientFit) -> Refusal | None:
    """Refuse what no cell behind a pipette can be, by its values or by the shape."""
    rs, rm = fit.cell.series_resistance, fit.cell.membrane_resistance
    series, membrane = format_quantity(rs, "GOhm", 3), format_quantity(rm, "GOhm", 3)
    if rs > LARGEST_SERIES:
        why = (
            f"the transient is that of a series resistance of {series}: the capacitance was "
            "cancelled by the amplifier, or no cell is behind the pipette"
        )
        return Refusal(Status.COMPENSATED, why)
    if rm < rs:
        why = (
            f"membrane ({membrane}) below series resistance ({series}): no cell behind the "
            "pipette, or one that leaks"
        )
        return Refusal(Status.IMPLAUSIBLE, why)
    if fit.shape_error > WORST_SHAPE:
        why = (
            f"no passive cell describes the transient: residuals of {fit.shape_error:.0%} of its "
            f"size (at most {WORST_SHAPE:.0%}); cancelled capacitance or series resistance "
            "compensation can do that"
        )
        return Refusal(Status.UNRESOLVED, why)
    return None


def _undetermined(fit: TransientFit) -> Refusal | None:
    """Refuse what sampling or noise leave open."""
    if fit.intervals["clamp_time_constant"].value < 0.5 / fit.data.sampling_rate:
        why = "the transient is over within half a sample: the sampling is too slow for it"
        return Refusal(Status.UNRESOLVED, why)
    told = (name for name in TRANSIENT if name != "membrane_resistance")
    ratios = {name: _ratio(fit.intervals[name]) for name in told}
    worst = max(ratios, key=lambda name: ratios[name])
    if not ratios[worst] < LOOSEST:
        why = (
            "noise, filter and sampling leave the transient undetermined "
            f"({worst} within a factor of {ratios[worst]:.3g})"
        )
        return Refusal(Status.TOO_NOISY, why)
    return None


def estimates(
    fit: TransientFit | None, refusal: Refusal | None, plain: Interval | None
) -> dict[str, Estimate]:
    """Turn a fit, or its refusal, into an estimate for each of `NAMES`."""
    found = {}
    for name in NAMES:
        if fit is not None and (refusal is None or name == "holding_current"):
            found[name] = _estimate(name, fit)
            if name == "total_resistance" and plain is not None and not found[name].is_ok:
                found[name] = _plain(plain)
        elif name == "total_resistance" and plain is not None:
            found[name] = _plain(plain)
        elif refusal is not None:
            found[name] = Estimate(name, None, None, None, refusal.status, refusal.reason)
    return found


def _estimate(name: str, fit: TransientFit) -> Estimate:
    interval = fit.intervals[name]
    definition, note = definitions(fit)[name], remarks(fit, name)
    if name != "holding_current" and not _ratio(interval) < WIDEST:
        why = f"the 95 % interval's ends differ by a factor of {_ratio(interval):.3g}"
        return Estimate(name, None, None, None, Status.TOO_NOISY, why, definition=definition)
    return Estimate(
        name,
        interval.value,
        interval.low,
        interval.high,
        Status.OK,
        note,
        definition=definition,
    )


def of_sweep(fit: TransientFit, name: str, row: NDArray[np.float64], sweep: int) -> Estimate:
    """Return one sweep's value from its row of `TransientFit.sweeps`."""
    definition = (
        "of one sweep, linearized about the fit to the mean sweep; the interval is from the "
        "noise's spectrum and holds what repeating the sweep would change, not what the model "
        "misses in all of them"
    )
    low, value, high = fit.of_sweep(row, QUANTITIES.index(name))
    if name != "holding_current" and not _ratio(Interval(value, low, high)) < WIDEST:
        why = f"the 95 % interval's ends differ by a factor of {high / max(low, 1e-300):.3g}"
        return Estimate(
            name, None, None, None, Status.TOO_NOISY, why, sweep=sweep, definition=definition
        )
    return Estimate(name, value, low, high, Status.OK, sweep=sweep, definition=definition)


def _plain(ratio: Interval) -> Estimate:
    name = "total_resistance"
    definition = (
        "step of command over change of current from the baseline before the step to its last "
        "fifth; series resistance included"
    )
    if not ratio.excludes_zero or ratio.value < 0:
        why = "the change of current does not stand out of the noise, or is against the command"
        return Estimate(name, None, None, None, Status.TOO_NOISY, why, definition=definition)
    found = ratio.inverse()
    return Estimate(name, found.value, found.low, found.high, Status.OK, "", definition=definition)


def _ratio(interval: Interval) -> float:
    if not (interval.low > 0 and math.isfinite(interval.high)):
        return math.inf
    return interval.high / interval.low


def checked(current: ArrayLike, sampling_rate: float, command: Command) -> NDArray[np.float64]:
    """Return the sweeps as a 2-D array, or raise where arrays and command do not fit."""
    sweeps = np.atleast_2d(np.asarray(current, dtype=np.float64))
    if sweeps.ndim != 2 or sweeps.size == 0:
        raise SelectionError(f"current must be (sweeps, time); it has shape {sweeps.shape}")
    if not (sampling_rate > 0 and math.isfinite(sampling_rate)):
        raise SelectionError(f"sampling_rate = {sampling_rate:g} kHz must be above zero")
    duration = sweeps.shape[1] / sampling_rate
    if not command.times.size or not (command.jumps.any() or command.slopes.any()):
        raise SelectionError("the command has no step and no change of slope")
    first, last = float(command.times.min()), float(command.times.max())
    if first * sampling_rate < _FEWEST_BEFORE or last >= duration:
        raise SelectionError(
            f"the command changes from {first:g} to {last:g} ms; allowed: from "
            f"{_FEWEST_BEFORE} samples after the start to before the end at {duration:g} ms"
        )
    return sweeps
