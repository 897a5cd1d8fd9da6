"""What the rig did to a voltage clamp: resistance left, speed, and where the potential slipped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.layout import Layout, no_command
from loligo.analysis.quality.said import Refusal, estimate, exactly
from loligo.analysis.rig_effects.bandwidth import clamp_bandwidth, effective_bandwidth
from loligo.analysis.rig_effects.known import (
    as_interval,
    as_measured,
    first_or_refused,
    label_at,
    place,
)
from loligo.analysis.rig_effects.voltage_error import SETTLES, Excursion, excursions
from loligo.recording.corrections import Measured
from loligo.recording.corrections.number import carried
from loligo.units import format_quantity

DEFINITION = "- I R_s, with what is left of R_s and I the mean over 0.1 ms, after edges settled"
TIME = "middle of the 0.1 ms with the largest error"
_NAME = "worst_voltage_error"


@dataclass(frozen=True, slots=True)
class Found:
    """What one clamp mode tells of the rig.

    Attributes
    ----------
    resistances, speeds, errors : tuple of Estimate
    excursions : tuple of Excursion
    dead : float [ms]
        How long after an edge of the command errors are not looked for.
    """

    resistances: tuple[Estimate, ...]
    speeds: tuple[Estimate, ...]
    errors: tuple[Estimate, ...]
    excursions: tuple[Excursion, ...] = ()
    dead: float = 0.0


def in_voltage_clamp(layout: Layout, known: Sequence[Estimate], corner: Estimate) -> Found:
    """Return what the estimates of a membrane test say of the rig.

    Parameters
    ----------
    layout : Layout
    known : sequence of Estimate
    corner : Estimate
        The bandwidth of the recording.
    """
    test = "a membrane test"
    resistance = first_or_refused(layout, known, "series_resistance", test)
    epoch = resistance.epoch if resistance.is_ok else None
    capacitance = first_or_refused(layout, known, "capacitance", test, epoch)
    clamp = clamp_bandwidth(layout, resistance, capacitance)
    speeds = (clamp, effective_bandwidth(layout, clamp, corner))
    lag = first_or_refused(layout, known, "clamp_time_constant", test, epoch)
    refusal = _unknown(layout, resistance, lag)
    if refusal is not None or layout.command is None or lag.value is None:
        errors = () if refusal is None else (estimate(layout, _NAME, refusal, DEFINITION),)
        return Found((resistance,), speeds, errors)
    dead = SETTLES * lag.value + (1.0 / corner.value if corner.value else 0.0)
    found = tuple(excursions(layout.recording, layout.response, layout.command, dead, corner.value))
    return Found((resistance,), speeds, _errors(layout, found, resistance, dead), found, dead)


def _unknown(layout: Layout, resistance: Estimate, lag: Estimate) -> Refusal | None:
    """Return why there can be no error of potential."""
    if layout.command is None:
        return Refusal(Status.NO_COMMAND, no_command(layout))
    if not resistance.is_ok:
        why = f"the series resistance is not known: {resistance.reason}"
        return Refusal(resistance.status, why)
    if not lag.is_ok:
        why = f"the time constant of the clamp is not known: {lag.reason}"
        return Refusal(lag.status, why)
    return None


def _errors(
    layout: Layout, found: tuple[Excursion, ...], resistance: Estimate, dead: float
) -> tuple[Estimate, ...]:
    """Return the error of the recording, when it is, and those of several sweeps."""
    if not found:
        why = f"the command never rests for longer than the clamp settles in ({dead:.3g} ms)"
        return (estimate(layout, _NAME, Refusal(Status.UNRESOLVED, why), DEFINITION),)
    worst = max(found, key=lambda e: abs(e.current))
    whole = replace(
        _error(layout, worst, resistance, None), epoch=label_at(layout, worst.sweep, worst.time)
    )
    at = exactly(worst.time)
    when = estimate(layout, "voltage_error_time", at, TIME, f"in sweep {worst.sweep}")
    single = [_error(layout, e, resistance, e.sweep) for e in found] if len(found) > 1 else []
    return (whole, when, *single)


def _error(layout: Layout, found: Excursion, resistance: Estimate, sweep: int | None) -> Estimate:
    """Return the error of an excursion; of one that is cut only how much it is at least."""
    current = Measured(found.current, found.low, found.high)
    product = carried(lambda i, r: -i * r, current, as_measured(resistance), source="estimated")
    note = f"{place(layout, found.sweep, found.time)}, {format_quantity(found.current, 'pA', 3)}"
    interval = as_interval(product)
    if found.is_cut:
        note += "; the current is out of range there: at least this"
        is_up = product.value > 0
        low, high = (interval.low, math.inf) if is_up else (-math.inf, interval.high)
        interval = Interval(interval.value, low, high)
    return estimate(layout, _NAME, interval, DEFINITION, note, sweep)
