"""What the rig did to a current clamp: what the bridge left, and by how much that shifts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.layout import Layout, no_command
from loligo.analysis.quality.said import Refusal, estimate, exactly
from loligo.analysis.rig_effects.bandwidth import effective_bandwidth, electrode_bandwidth
from loligo.analysis.rig_effects.known import first, first_or_refused, label_at, place
from loligo.analysis.rig_effects.voltage_clamp import Found
from loligo.analysis.rig_effects.voltage_error import Excursion
from loligo.analysis.rig_notes import stated
from loligo.recording import ClampMode
from loligo.units import format_quantity

DEFINITION = "what the bridge left of R_s times the largest commanded current"
BALANCED = "bridge balance as the file states it, and the error that it left"
TIME = "first sample of the largest commanded current"
_NAME = "worst_voltage_error"


def in_current_clamp(layout: Layout, known: Sequence[Estimate], corner: Estimate) -> Found:
    """Return what the estimates of charging curves say of the rig.

    Parameters
    ----------
    layout : Layout
    known : sequence of Estimate
    corner : Estimate
        The bandwidth of the recording.
    """
    mode = layout.response.clamp_mode
    if mode is not ClampMode.CURRENT_CLAMP:
        have = "unknown" if mode is None else mode.value.replace("_", " ")
        refusal = Refusal(Status.WRONG_MODE, f"it needs a commanded current; this is {have}")
        return Found(
            (estimate(layout, "bridge_error", refusal, ""),),
            (effective_bandwidth(layout, corner),),
            (estimate(layout, _NAME, refusal, DEFINITION),),
        )
    bridge = first_or_refused(layout, known, "bridge_error", "a fit of charging curves")
    electrode = first(known, "electrode_time_constant")
    parts = [corner]
    if electrode is not None and electrode.is_ok:
        parts.append(electrode_bandwidth(layout, electrode))
    speeds = (effective_bandwidth(layout, *parts),)
    resistances = (bridge, _series_resistance(layout, bridge))
    if layout.command is None or not bridge.is_ok:
        return Found(resistances, speeds, (_unknown(layout, bridge),))
    largest = _largest_command(layout)
    return Found(resistances, speeds, _errors(layout, bridge, largest), (largest,))


def _series_resistance(layout: Layout, bridge: Estimate) -> Estimate:
    """Return the whole series resistance: what is balanced and what is left."""
    name = "series_resistance"
    balance = stated(layout, "bridge_balance")
    if not bridge.is_ok or bridge.value is None:
        why = f"the bridge error is not known: {bridge.reason}"
        return estimate(layout, name, Refusal(bridge.status, why), BALANCED)
    if len(balance) != 1:
        says = "several bridge balances" if balance else "no bridge balance"
        why = f"the file states {says}; only what is left of it shows"
        return estimate(layout, name, Refusal(Status.UNRESOLVED, why), BALANCED)
    done = balance[0] + _rebalanced(layout)
    low, high = (None if e is None else e + done for e in (bridge.low, bridge.high))
    value = bridge.value + done
    return replace(bridge, name=name, value=value, low=low, high=high, definition=BALANCED)


def _rebalanced(layout: Layout) -> float:
    """Return what was balanced after the recording [GOhm]."""
    channel = layout.response.name
    own = [c for c in layout.recording.corrections if c.applied and c.channel == channel]
    return sum(c.value for c in own if c.name == "bridge_error")


def _unknown(layout: Layout, bridge: Estimate) -> Estimate:
    """Say why there is no error of potential."""
    refusal = Refusal(bridge.status, f"the bridge error is not known: {bridge.reason}")
    if layout.command is None:
        refusal = Refusal(Status.NO_COMMAND, no_command(layout))
    return estimate(layout, _NAME, refusal, DEFINITION)


def _errors(layout: Layout, bridge: Estimate, largest: Excursion) -> tuple[Estimate, ...]:
    """Return the error of the recording, and when it is."""
    at, sweep = largest.time, largest.sweep
    numbers = (bridge.value, bridge.low, bridge.high)
    ends = [number * largest.current for number in numbers if number is not None]
    note = f"{place(layout, sweep, at)}, {format_quantity(largest.current, 'pA', 3)}"
    interval = Interval(ends[0], min(ends), max(ends))
    whole = estimate(layout, _NAME, interval, DEFINITION, note)
    when = estimate(layout, "voltage_error_time", exactly(at), TIME, f"in sweep {sweep}")
    return (replace(whole, epoch=label_at(layout, sweep, at)), when)


def _largest_command(layout: Layout) -> Excursion:
    """Return the largest commanded current and where it first is."""
    assert layout.command is not None
    best = Excursion(layout.sweeps[0] if layout.sweeps else 0, 0.0, 0.0, 0.0, 0.0)
    for index in layout.recording.sweeps_with(layout.response, layout.command):
        trace = layout.recording.trace(index, layout.command)
        values = trace.values()
        at = int(np.argmax(np.abs(values))) if values.size else 0
        if values.size and abs(float(values[at])) > abs(best.current):
            current = float(values[at])
            time = trace.start + at / trace.sampling_rate
            best = Excursion(index, time, current, current, current)
    return best
