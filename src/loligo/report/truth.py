"""What is true of the rig's effects in a simulation; nothing for a real recording."""

from __future__ import annotations

import numpy as np

from loligo.analysis.layout import layout_of
from loligo.analysis.rig_effects import (
    RigEffects,
    clamp_corner,
    joined_corner,
    largest_excursion,
    settled,
)
from loligo.analysis.rig_notes import stated
from loligo.recording import ClampMode, Recording

_CORRECTED = "series_resistance_correction"


def truth_of_effects(recording: Recording, effects: RigEffects) -> dict[str, float]:
    """Return true values of effects of the rig, by glossary name in internal units.

    Parameters
    ----------
    recording : Recording
    effects : RigEffects
        Of one of its responses.

    Returns
    -------
    dict of str to float
        Those that the recording's truth holds or follow from it; empty without truth.
    """
    if recording.truth is None:
        return {}
    known = dict(recording.truth.parameters)
    found: dict[str, float] = {}
    for name in ("series_resistance", "seal_resistance"):
        if name in known:
            found[name] = known[name]
    resistance = known.get("membrane_resistance")
    if resistance is not None and "seal_resistance" in known:
        found["seal_share"] = resistance / known["seal_resistance"]
    if "filter_frequency" in known:
        found["recording_bandwidth"] = known["filter_frequency"]
    if effects.mode is ClampMode.VOLTAGE_CLAMP:
        found |= _of_clamp(recording, effects, known)
    elif "bridge_error" in known:
        found["bridge_error"] = known["bridge_error"]
        if effects.worst is not None:
            found["worst_voltage_error"] = known["bridge_error"] * effects.worst.current
    return found


def _of_clamp(
    recording: Recording, effects: RigEffects, known: dict[str, float]
) -> dict[str, float]:
    found = {}
    corrected = max(stated(layout_of(recording, effects.channel), _CORRECTED), default=0.0)
    if "series_resistance" in known:
        found["series_resistance"] = (1.0 - corrected) * known["series_resistance"]
    if found and "capacitance" in known:
        corner = clamp_corner(found["series_resistance"], known["capacitance"])
        found["clamp_bandwidth"] = corner
        if "filter_frequency" in known:
            found["effective_bandwidth"] = joined_corner(corner, known["filter_frequency"])
    error = _voltage_error(recording, effects, known.get("liquid_junction_potential", 0.0))
    if error is not None:
        found["worst_voltage_error"] = error
    return found


def _voltage_error(recording: Recording, effects: RigEffects, junction: float) -> float | None:
    """Return the largest settled difference of the true potential from the command [mV]."""
    assert recording.truth is not None
    potential = recording.truth.traces.get("v")
    layout = layout_of(recording, effects.channel)
    if potential is None or layout.command is None or not effects.excursions:
        return None
    largest = 0.0
    for index in layout.sweeps:
        trace = recording.trace(index, layout.command)
        command, true = trace.values(), np.asarray(potential.values(index))
        if potential.sampling_rate != trace.sampling_rate or true.size != command.size:
            return None
        away = settled(command, trace.sampling_rate, effects.dead)
        found = largest_excursion(true + junction - command, away, trace.sampling_rate)
        if found is not None and abs(found[1]) > abs(largest):
            largest = found[1]
    return largest
