"""What is said beside the numbers: definitions, and cautions about what the fit found."""

from __future__ import annotations

import math

import numpy as np

from loligo.analysis.membrane_test.fit import ENOUGH_SWEEPS, QUANTITIES, TransientFit
from loligo.analysis.membrane_test.misfit import MISFIT
from loligo.units import format_quantity

DRIFT = 0.1
"""A change over the sweeps by more than this share is said."""


def definitions(fit: TransientFit) -> dict[str, str]:
    """Return how each quantity was obtained, by its name."""
    modes = "one exponential" if fit.form.modes == 1 else "two exponentials (soma and dendrites)"
    count = len(fit.sweeps)
    source = (
        f"the spread of {count} sweeps" if count >= ENOUGH_SWEEPS else "the spectrum of the noise"
    )
    common = (
        f"; least-squares fit of {modes} through a 4-pole Bessel low-pass of "
        f"{format_quantity(fit.corner, 'kHz', 3)} to the mean of {count} "
        f"sweep{'s' if count > 1 else ''}; interval from {source}: it holds what repeating the "
        "measurement would change, not the amplifier's calibration"
    )
    both = (
        "sum of two compartments of one membrane time constant"
        if fit.form.modes > 1
        else ("capacitance of the one compartment")
    )
    pipette = (
        f"; each pF of the pipette's capacitance left uncancelled and too small to be seen would "
        f"lower series resistance by {1 / fit.cell.capacitance:.1%} and raise capacitance by 1 pF"
    )
    return {
        "series_resistance": "command step over the current it would make at once without filter"
        + common
        + pipette,
        "membrane_resistance": "total minus series resistance" + common,
        "capacitance": both + common + pipette,
        "clamp_time_constant": "charge over height of the transient without filter" + common,
        "total_resistance": "command step over the steady current it makes"
        + _before_slow(fit)
        + common,
        "holding_current": "current at the holding potential" + common,
    }


def _before_slow(fit: TransientFit) -> str:
    return ", before the slow current grows" if fit.form.slow else ""


def remarks(fit: TransientFit, name: str) -> str:
    """Return the cautions about one quantity, ``""`` where there are none."""
    found = []
    if fit.form.modes > 1 and name != "holding_current":
        parts = fit.modes
        constants = " and ".join(format_quantity(1 / rate, "ms", 3) for rate in parts.rates)
        found.append(f"the transient has two exponentials ({constants}): a cell with dendrites")
        if name == "capacitance":
            found.append(_by_charge(fit))
    if fit.form.slow and name != "holding_current":
        found.append(_slow(fit))
    if fit.misfit > MISFIT and name != "holding_current":
        wider = (
            "the interval also holds the values of a third exponential"
            if fit.holds_more
            else "the interval is widened by what they change, but holds no other model"
        )
        found.append(
            f"residuals of the transient exceed the noise {math.sqrt(fit.misfit):.2g}-fold "
            f"({fit.shape_error:.1%} of its size); {wider}"
        )
    if fit.data.stated is not None and fit.data.corner is None and name == "series_resistance":
        found.append(
            f"the low-pass found ({format_quantity(fit.corner, 'kHz', 3)}) is not the stated one "
            f"({format_quantity(fit.data.stated, 'kHz', 3)})"
        )
    if fit.unsteady and name in {"membrane_resistance", "total_resistance"}:
        found.append(
            "the steady current differs between its windows, or before and after the step, by more "
            "than the noise; the interval is widened by what that changes"
        )
    if name in {"series_resistance", "capacitance", "clamp_time_constant"}:
        found.append(_fast(fit))
    if fit.data.mains and name == "total_resistance":
        shown = format_quantity(fit.data.mains[0], "kHz", 3)
        found.append(f"mains hum ({shown} and its harmonics) was fitted and left out")
    found.append(_drift(fit, name))
    return "; ".join(filter(None, found))


def _fast(fit: TransientFit) -> str:
    """Tell of a pipette that was not cancelled, or not cancelled for certain."""
    if fit.form.fast:
        kind = "not cancelled" if fit.modes.fast > 0 else "cancelled in excess"
        found = (
            f"a fast capacitance of {abs(fit.modes.fast):.2g} pF (the pipette's, {kind}) was "
            "fitted and left out"
        )
        return found + ("; the interval holds both signs of it" if fit.holds_fast else "")
    if fit.holds_fast:
        return (
            f"a fast capacitance of up to {fit.holds_fast:.2g} pF (a pipette's, not cancelled) can "
            "neither be seen nor excluded; the interval holds what it would change"
        )
    return ""


def _by_charge(fit: TransientFit) -> str:
    """Tell the capacitance that the charge alone gives, without a model of the dendrites."""
    parts, cell = fit.modes, fit.cell
    charge = math.fsum(a / r for a, r in zip(parts.amplitudes, parts.rates, strict=True))
    factor = 1 + cell.series_resistance / cell.membrane_resistance
    return (
        f"the charge of the transient alone stands for {charge * factor**2:.4g} pF, as dendrites "
        "follow the step only in part"
    )


def _slow(fit: TransientFit) -> str:
    conductance, time = fit.slow_current
    grown = -conductance * math.expm1(-fit.data.first_stretch / time)
    before, after = 1 / fit.modes.steady, 1 / (fit.modes.steady + grown)
    return (
        f"a slow current grows by {grown:.3g} nS during the step, as Ih does: total resistance "
        f"falls from {format_quantity(before, 'GOhm', 3)} to {format_quantity(after, 'GOhm', 3)} "
        "at its end"
    )


def _drift(fit: TransientFit, name: str) -> str:
    """Tell a change from the first to the last third of the sweeps beyond their own spread."""
    values = fit.sweeps[:, QUANTITIES.index(name)]
    third = values.size // 3
    if third < 2 or name == "holding_current":
        return ""
    if not np.isfinite(values).all():  # single sweeps do not determine it
        return ""
    first, last = values[:third], values[-third:]
    error = math.sqrt((float(first.var(ddof=1)) + float(last.var(ddof=1))) / third)
    change = float(np.mean(last) - np.mean(first))
    if abs(change) < 3 * error or abs(change) < DRIFT * abs(float(np.mean(values))):
        return ""
    if not first.any():  # single sweeps do not determine it
        return ""
    return f"it drifts by {change / float(np.mean(first)):+.0%} from the first to the last sweeps"
