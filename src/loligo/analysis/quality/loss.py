"""Where a recording ends that goes on: from which sweep on the patch was lost, and the seal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout
from loligo.analysis.quality.course import Course
from loligo.analysis.quality.patch import JUMP, collapses, jumps, rises
from loligo.analysis.quality.said import Refusal, estimate, exactly
from loligo.analysis.wording import sweeps_in_words
from loligo.recording import ClampMode
from loligo.units import format_quantity

OPEN_PIPETTE = 0.03
"""A resistance below this, at no potential of its own, is that of a pipette in the bath [GOhm]."""
NEAR_ZERO = 15.0
"""A potential this near zero may be the bath's [mV]."""

_DEFINITION = (
    "sweeps from the first one on from which the resistance stays below a third of what it was, or "
    "the baseline jumps while the noise trebles"
)


def lost_estimate(layout: Layout, courses: dict[str, Course]) -> Estimate:
    """Return how many sweeps follow the loss of the patch, with the evidence.

    Parameters
    ----------
    layout : Layout
    courses : dict of Course
        By name: resistance (`total_resistance` or `input_resistance`), baseline
        (`holding_current` or `baseline_potential`) and noise.
    """
    name = "lost_sweep_count"
    is_voltage_clamp = layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP
    resistance = courses["total_resistance" if is_voltage_clamp else "input_resistance"]
    baseline = courses["holding_current" if is_voltage_clamp else "baseline_potential"]
    if not resistance.values and len(set(baseline.sweeps)) < 2:
        why = "neither a resistance nor a baseline of each sweep is there to tell"
        return estimate(layout, name, Refusal(Status.NO_STEP, why), _DEFINITION)
    open_throughout = (
        ""
        if layout.recording.has_two_electrodes(layout.response)
        else _never_patched(resistance, baseline, is_voltage_clamp)
    )
    if open_throughout:
        count = float(len(layout.sweeps))
        return estimate(layout, name, exactly(count), _DEFINITION, open_throughout)
    place, evidence = _found(layout, resistance, baseline, courses["noise"], is_voltage_clamp)
    if place is None:
        return estimate(layout, name, exactly(0.0), _DEFINITION)
    lost = tuple(index for index in layout.sweeps if index >= place)
    note = f"{sweeps_in_words(lost)}: {evidence}"
    return estimate(layout, name, exactly(float(len(lost))), _DEFINITION, note)


def _never_patched(resistance: Course, baseline: Course, is_voltage_clamp: bool) -> str:
    if not resistance.highs or not max(resistance.highs) < OPEN_PIPETTE:
        return ""
    near = all(abs(value) < NEAR_ZERO for value in baseline.values)
    if not is_voltage_clamp and not near:
        return ""
    largest = format_quantity(max(resistance.values), "GOhm", 3)
    return f"no sweep has more than {largest}, as of a pipette in the bath"


def _found(
    layout: Layout, resistance: Course, baseline: Course, noise: Course, is_voltage_clamp: bool
) -> tuple[int | None, str]:
    """Return the sweep the patch was lost in, and what says so."""
    unit = layout.response.unit
    fallen = _sweep(resistance, collapses(resistance.values))
    jumped = _sweep(baseline, jumps(baseline.values, JUMP.get(unit, math.inf)))
    louder = _sweep(noise, rises(noise.values))
    words = [
        _told(resistance, fallen, "GOhm"),
        _told(baseline, jumped, unit),
        _told(noise, louder, unit),
    ]
    if is_voltage_clamp:
        if fallen is not None:
            return fallen, "; ".join(filter(None, words)) + _DOUBT
        if jumped is not None and louder is not None and abs(jumped - louder) <= 1:
            return jumped, "; ".join(filter(None, words[1:])) + _DOUBT
        return None, ""
    if jumped is None or not _ends_near_zero(baseline, jumped):
        return None, ""
    if resistance.values and fallen is None and max(resistance.sweeps) >= jumped:
        return None, ""
    return jumped, "; ".join(filter(None, words))


_DEPOLARIZING = "depolarizing step"
_DOUBT = " (the seal was lost, or a large conductance opened and stayed)"


def _sweep(course: Course, place: int | None) -> int | None:
    return None if place is None else course.sweeps[place]


def _ends_near_zero(course: Course, sweep: int) -> bool:
    after = [v for i, v in zip(course.sweeps, course.values, strict=True) if i >= sweep]
    return all(abs(value) < NEAR_ZERO for value in after)


def _told(course: Course, sweep: int | None, unit: str) -> str:
    if sweep is None:
        return ""
    pairs = list(zip(course.sweeps, course.values, strict=True))
    before = sorted(value for index, value in pairs if index < sweep)
    after = sorted(value for index, value in pairs if index >= sweep)
    a, b = (format_quantity(values[len(values) // 2], unit) for values in (before, after))
    return f"{course.name.replace('_', ' ')} from {a} to {b}"


def seal_estimate(layout: Layout, estimates: Sequence[Estimate]) -> Estimate:
    """Return what the recording says of the seal: at least as much as pipette and cell together.

    The seal lies in parallel with the way through pipette and cell, so no resistance measured can
    exceed it. A depolarizing step bounds nothing: inward currents that it activates oppose it.
    """
    name = "seal_resistance"
    is_voltage_clamp = layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP
    measured = "total_resistance" if is_voltage_clamp else "input_resistance"
    found = next(
        (
            e
            for e in estimates
            if e.name == measured and e.sweep is None and e.is_ok and e.low
            if _DEPOLARIZING not in e.reason
        ),
        None,
    )
    definition = (
        f"the lower end of the {measured}'s interval: the seal is in parallel with pipette and "
        "cell, so it is at least as much (to within the resistance of the pipette), unless "
        "voltage-gated currents oppose the step"
    )
    if found is None or found.low is None:
        why = (
            f"no {measured.replace('_', ' ')} was measured from a hyperpolarizing step, which "
            "would be its lower bound"
        )
        return estimate(layout, name, Refusal(Status.NO_STEP, why), definition)
    said = next((e.seal for e in layout.recording.electrodes if _is_of(layout, e.name)), "")
    note = (
        f"at least {format_quantity(found.low, 'GOhm', 3)}, from the {measured.replace('_', ' ')}"
    )
    if said:
        note += f"; the file says {said!r}"
    channel = layout.response.name
    return Estimate(
        name, None, found.low, math.inf, Status.BOUND, note, channel, None, "", definition
    )


def _is_of(layout: Layout, electrode: str) -> bool:
    return electrode == layout.response.electrode
