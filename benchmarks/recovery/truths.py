"""What each estimate ought to be, by what its definition says."""

from __future__ import annotations

from benchmarks.recovery.draws import MODES, Draw
from loligo.recording import Recording

VOLTAGE_CLAMP = (
    "series_resistance",
    "membrane_resistance",
    "capacitance",
    "clamp_time_constant",
    "total_resistance",
    "membrane_resistance_without_seal",
)
CURRENT_CLAMP = (
    "resting_potential",
    "input_resistance",
    "membrane_resistance",
    "membrane_time_constant",
    "capacitance",
    "bridge_error",
    "membrane_resistance_without_seal",
    "resting_potential_without_seal",
)
QUANTITIES = {MODES[0]: VOLTAGE_CLAMP, MODES[1]: CURRENT_CLAMP}
ABSOLUTE = {
    "resting_potential": "mV",
    "resting_potential_without_seal": "mV",
    "bridge_error": "GOhm",
}
"""Quantities that may be zero, whose errors are not relative, with their unit."""


def truths(drawn: Draw, recording: Recording) -> dict[str, float]:
    """Return the true value of each quantity, in internal units."""
    assert recording.truth is not None
    known = recording.truth.parameters
    shunted, capacitance = known["membrane_resistance"], known["capacitance"]
    own = {"membrane_resistance_without_seal": drawn.resistance}
    if drawn.mode == MODES[0]:
        left = known["series_resistance"] - drawn.correction * drawn.noted_series
        both = 1.0 / (1.0 / left + 1.0 / shunted)
        return own | {
            "series_resistance": left,
            "membrane_resistance": shunted,
            "capacitance": capacitance,
            "clamp_time_constant": both * capacitance,
            "total_resistance": left + shunted,
        }
    return own | {
        "resting_potential": known["resting_potential"],
        "input_resistance": shunted + known["bridge_error"],
        "membrane_resistance": shunted,
        "membrane_time_constant": shunted * capacitance,
        "capacitance": capacitance,
        "bridge_error": known["bridge_error"],
        "resting_potential_without_seal": drawn.reversal,
    }
