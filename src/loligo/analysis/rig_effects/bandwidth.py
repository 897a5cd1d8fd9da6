"""How fast what was recorded can be: corners of the clamp and of the recording's low-pass."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.layout import Layout
from loligo.analysis.membrane_test import MembraneTest
from loligo.analysis.passive.recording import PassiveProperties
from loligo.analysis.quality.said import Refusal, estimate, exactly
from loligo.analysis.rig_effects.known import as_interval, as_measured
from loligo.analysis.rig_notes import stated
from loligo.recording.corrections.number import carried
from loligo.units import format_quantity

_LOOSEST = 0.25
"""A fitted corner whose logarithm has a larger standard error says nothing."""

CLAMP = "1 / (2 pi R_s C_m), of the series resistance that is left and the capacitance"
RECORDING = "-3 dB corner of the low-pass of the recording"
EFFECTIVE = "1 / sqrt(sum of 1 / f^2): rise times 0.35 / f added in quadrature"


def clamp_corner(resistance: float, capacitance: float) -> float:
    """Return the corner with which a clamp's membrane follows the command [kHz].

    Parameters
    ----------
    resistance : float [GOhm]
        What the amplifier left of the series resistance.
    capacitance : float [pF]
        Of the membrane.

    Notes
    -----
    ``1 / (2 pi R_s C_m)``: of a membrane whose resistance is far above the series resistance.

    Examples
    --------
    >>> round(clamp_corner(0.01, 100.0), 6)
    0.159155
    """
    return 1.0 / (2.0 * math.pi * resistance * capacitance)


def joined_corner(*corners: float) -> float:
    """Return the corner of low-passes one after the other [kHz].

    Notes
    -----
    Rise times (0.35 over the corner) add in quadrature: exact for Gaussian filters, within some
    per cent for a Bessel filter behind one pole.

    Examples
    --------
    >>> joined_corner(3.0, 4.0)
    2.4
    """
    return 1.0 / math.sqrt(sum(corner**-2 for corner in corners))


def clamp_bandwidth(layout: Layout, resistance: Estimate, capacitance: Estimate) -> Estimate:
    """Return the bandwidth of a voltage clamp from what a membrane test found."""
    for needed in (resistance, capacitance):
        if not needed.is_ok:
            return estimate(layout, "clamp_bandwidth", Refusal(needed.status, needed.reason), CLAMP)
    found = carried(
        clamp_corner, as_measured(resistance), as_measured(capacitance), source="estimated"
    )
    made = estimate(layout, "clamp_bandwidth", as_interval(found), CLAMP)
    return replace(made, epoch=resistance.epoch)


def electrode_bandwidth(layout: Layout, lag: Estimate) -> Estimate:
    """Return the corner of an electrode from its time constant, ``1 / (2 pi tau)``."""
    found = carried(lambda tau: clamp_corner(1.0, tau), as_measured(lag), source="estimated")
    return estimate(layout, "effective_bandwidth", as_interval(found), "1 / (2 pi tau)")


def recording_bandwidth(layout: Layout, fitted: Interval | None) -> Estimate:
    """Return the corner that the response was recorded through: stated by the file, or fitted.

    Parameters
    ----------
    layout : Layout
    fitted : Interval or None [kHz]
        What a fit to the edges of steps says.
    """
    name = "recording_bandwidth"
    said = stated(layout, "filter_frequency")
    half = _half_rate(layout)
    if len(said) > 1:
        shown = " and ".join(format_quantity(corner, "kHz") for corner in said)
        why = f"the file states several corners: {shown}"
        return estimate(layout, name, Refusal(Status.UNRESOLVED, why), RECORDING)
    if said:
        note = "as the file states it"
        if said[0] > half:
            note += f"; above half of the sampling rate ({format_quantity(half, 'kHz')}): noise "
            note += "beyond that is folded into the recording"
        return estimate(layout, name, exactly(said[0]), RECORDING, note)
    if fitted is not None:
        note = "fitted to the edges of steps; the file does not state it"
        return estimate(layout, name, fitted, RECORDING, note)
    shown = format_quantity(half, "kHz")
    why = f"the file states no filter, and no edge shows one; at most half the rate, {shown}"
    return estimate(layout, name, Refusal(Status.UNRESOLVED, why), RECORDING)


def effective_bandwidth(layout: Layout, *parts: Estimate) -> Estimate:
    """Return the bandwidth of what lies one behind the other; refused where one is not known."""
    name = "effective_bandwidth"
    missing = next((part for part in parts if not part.is_ok), None)
    if missing is not None:
        why = f"{missing.name.replace('_', ' ')}: {missing.reason}"
        return estimate(layout, name, Refusal(missing.status, why), EFFECTIVE)
    found = carried(joined_corner, *map(as_measured, parts), source="estimated")
    return estimate(layout, name, as_interval(found), EFFECTIVE)


def fitted_corner(result: MembraneTest | PassiveProperties | None) -> Interval | None:
    """Return the corner that the first fit with edges found, ``None`` where it is loose."""
    if isinstance(result, MembraneTest):
        for test in result.tests:
            if test.fit is not None and test.fit.converged and not test.is_ramp:
                logarithm = math.log(test.fit.corner)
                at = int(np.argmin(np.abs(test.fit.vector - logarithm)))  # where the corner is
                return _corner(logarithm, float(test.fit.errors[at]))
    if isinstance(result, PassiveProperties):
        for curve in result.curves:
            fit = curve.charging.fit
            if fit is not None and curve.charging.is_fast and fit.form.filtered:
                at = fit.form.searched - 1
                error = math.sqrt(max(float(fit.covariance[at, at]) * fit.dispersion, 0.0))
                return _corner(float(fit.vector[at]), error)
    return None


def _corner(logarithm: float, error: float) -> Interval | None:
    if not 0.0 < error < _LOOSEST:
        return None
    reach = math.exp(1.96 * error)
    value = math.exp(logarithm)
    return Interval(value, value / reach, value * reach)


def _half_rate(layout: Layout) -> float:
    rates = [layout.recording.trace(i, layout.response).sampling_rate for i in layout.sweeps]
    return min(rates) / 2.0
