"""From measured steps to estimates: those of an epoch, and those of each of its steps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval, around
from loligo.analysis.layout import Layout
from loligo.analysis.passive.judge import estimates
from loligo.analysis.passive.relation import combined, levels, peak_slope, rectification
from loligo.analysis.rig_notes import events, included_resistance

if TYPE_CHECKING:
    from loligo.analysis.passive.recording import EpochCurve, MeasuredStretch

DEFINITIONS = {
    "peak_input_resistance": (
        "largest deflection per current, of the potential smoothed over a fifth of the time "
        "constant (1 to 5 ms), less what noise adds to an extreme"
    ),
    "sag_amplitude": "steady state less largest deflection",
    "sag_ratio": "(peak - steady) / (peak - baseline)",
    "rebound_amplitude": "largest potential within 200 ms after the step less the baseline",
    "rectification_ratio": "steady-state slope resistance of the larger half of hyperpolarizing "
    "steps over that of smaller and depolarizing ones without action potentials",
}
OF_STEP = ("membrane_time_constant", "membrane_resistance", "capacitance")
DEPENDS = 0.1
"""A time constant that changes with the step by more than this share is said."""
_SIZES = ("sag_amplitude", "sag_ratio", "rebound_amplitude")


def of_epoch(layout: Layout, curve: EpochCurve) -> list[Estimate]:
    """Return the estimates of one epoch."""
    found = list(estimates(curve.charging).values())
    depends = _dependence(curve)
    out = _left_out(curve)
    up = curve.each and curve.each[0].stretch.current > 0
    caution = "depolarizing steps only: voltage-gated currents may take part" if up else ""
    notes = [caution, depends, out, events(layout)]
    result = [
        replace(e, reason="; ".join(filter(None, [e.reason, *(notes if e.is_ok else [out])])))
        for e in found
    ]
    result += _of_deflections(layout, curve, out)
    return [replace(e, epoch=curve.epoch) for e in result]


def _dependence(curve: EpochCurve) -> str:
    """Say that the time constant differs between steps of different size beyond its intervals."""
    by_size = []
    for entry in curve.each:
        single = estimates(entry.charging).get("membrane_time_constant")
        if single is not None and single.is_ok and single.low is not None:
            by_size.append((entry.stretch.current, single))
    if len(levels([current for current, _ in by_size])) < 2:
        return ""
    by_size.sort(key=lambda pair: abs(pair[0]))
    (low, first), (high, last) = by_size[0], by_size[-1]
    assert first.low is not None and first.high is not None
    assert last.low is not None and last.high is not None
    assert first.value is not None and last.value is not None
    is_same = first.low <= last.high and last.low <= first.high
    if is_same or abs(last.value / first.value - 1) < DEPENDS:
        return ""
    return (
        f"the time constant depends on the step ({first.value:.3g} ms at {low:.4g} pA, "
        f"{last.value:.3g} ms at {high:.4g} pA): voltage-gated currents take part"
    )


def _left_out(curve: EpochCurve) -> str:
    reasons: dict[str, list[int]] = {}
    for entry in curve.measured:
        if entry.problem and entry.step.level < entry.step.before:
            reasons.setdefault(entry.problem, []).append(entry.step.sweep)
    words = [
        f"{why} in sweep{'s' if len(at) > 1 else ''} {', '.join(map(str, at))}"
        for why, at in reasons.items()
    ]
    return f"left out: {'; '.join(words)}" if words else ""


def _of_deflections(layout: Layout, curve: EpochCurve, out: str) -> list[Estimate]:
    whole = [entry for entry in curve.each if entry.deflection is not None]
    names = ("peak_input_resistance", *_SIZES, "rectification_ratio")
    if not whole:
        why = out or "no hyperpolarizing step that lasts long enough"
        status = Status.NO_STEP
        return [Estimate(name, None, None, None, status, why) for name in names]
    currents = [entry.stretch.current for entry in whole]
    peaks = [entry.deflection.peak for entry in whole if entry.deflection]
    slope = peak_slope(currents, peaks)
    made = "slope over steps" if len(levels(currents)) >= 3 else "mean of ratios"
    included = included_resistance(layout, "input_resistance")
    definition = f"{DEFINITIONS['peak_input_resistance']}; {made}; {included}"
    found = [_positive("peak_input_resistance", slope, definition, out)]
    largest = [e for e in whole if e.stretch.current <= 0.99 * min(currents)]
    found += [_of_largest(name, largest) for name in _SIZES]
    found.append(_rectification(curve))
    return found


def _of_largest(name: str, largest: list[MeasuredStretch]) -> Estimate:
    """Return one of sag and rebound, of the largest step."""
    pairs = [pair for entry in largest if (pair := _pair(name, entry)) is not None]
    size = largest[0].stretch.current
    definition = f"{DEFINITIONS[name]}; of the largest step ({size:.4g} pA)"
    if not pairs:
        why = largest[0].stretch.after or "nothing after the step"
        status = Status.SPIKING if why.startswith("action") else Status.NO_STEP
        return Estimate(name, None, None, None, status, why, definition=definition)
    interval = combined([value for value, _ in pairs], [error for _, error in pairs])
    return _plain(name, interval, definition, largest[0])


def _pair(name: str, entry: MeasuredStretch) -> tuple[float, float] | None:
    seen = entry.deflection
    if seen is None:
        return None
    pairs = {
        "sag_amplitude": seen.sag,
        "sag_ratio": seen.ratio,
        "rebound_amplitude": seen.rebound,
        "peak_input_resistance": (
            seen.peak[0] / entry.stretch.current,
            seen.peak[1] / abs(entry.stretch.current),
        ),
    }
    return pairs[name]


def _plain(name: str, interval: Interval, definition: str, entry: MeasuredStretch) -> Estimate:
    if not math.isfinite(interval.value):
        why = "the deflection is zero"
        return Estimate(name, None, None, None, Status.TOO_NOISY, why, definition=definition)
    seen = entry.deflection
    is_small = seen is not None and abs(seen.peak[0]) < 5 * seen.peak[1]
    if name == "sag_ratio" and is_small:
        why = "the deflection does not stand out of the noise"
        return Estimate(name, None, None, None, Status.TOO_NOISY, why, definition=definition)
    return Estimate(
        name, interval.value, interval.low, interval.high, Status.OK, "", definition=definition
    )


def _positive(name: str, interval: Interval, definition: str, note: str) -> Estimate:
    if interval.value <= 0 or not interval.excludes_zero:
        why = "the deflection does not stand out of the noise, or is against the current"
        return Estimate(name, None, None, None, Status.TOO_NOISY, why, definition=definition)
    return Estimate(
        name, interval.value, interval.low, interval.high, Status.OK, note, definition=definition
    )


def _rectification(curve: EpochCurve) -> Estimate:
    name = "rectification_ratio"
    usable = [e for e in curve.measured if not e.problem and math.isfinite(e.response_change.error)]
    changes = [(e.response_change.value, e.response_change.error) for e in usable]
    found = rectification([e.command_change for e in usable], changes)
    if isinstance(found, str):
        return Estimate(name, None, None, None, Status.NO_STEP, found)
    interval, parting = found
    definition = f"{DEFINITIONS[name]}; parted at {parting:.4g} pA"
    return Estimate(
        name, interval.value, interval.low, interval.high, Status.OK, "", definition=definition
    )


def of_step(curve: EpochCurve) -> list[Estimate]:
    """Return the estimates of each step of an epoch."""
    found = []
    for entry in curve.each:
        sweep, current = entry.stretch.step.sweep, entry.stretch.current
        single = estimates(entry.charging)
        made = [single[name] for name in OF_STEP if name in single]
        if entry.deflection is not None:
            for name in ("peak_input_resistance", *_SIZES):
                pair = _pair(name, entry)
                if pair is not None:
                    interval = around(*pair, math.inf)
                    definition = f"{DEFINITIONS[name]}; step of {current:.4g} pA"
                    if name == "peak_input_resistance":
                        made.append(_positive(name, interval, definition, ""))
                    else:
                        made.append(_plain(name, interval, definition, entry))
        found += [replace(e, sweep=sweep, epoch=curve.epoch) for e in made]
    return found
