"""The steady-state estimates of a recording alone: potential or current at rest, and resistance."""

from loligo.analysis import (
    Estimate,
    holding_current,
    input_resistance,
    resting_potential,
    total_resistance,
)
from loligo.recording import ClampMode, Recording


def steady(recording: Recording) -> tuple[Estimate, ...]:
    """Those of the recording first, then those of single sweeps."""
    found: list[Estimate] = []
    for response in recording.responses:
        if response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
            found += holding_current(recording, response)
            found += total_resistance(recording, response)
        else:
            found += resting_potential(recording, response)
        if response.clamp_mode is ClampMode.CURRENT_CLAMP:
            found += input_resistance(recording, response)
    return tuple(sorted(found, key=lambda entry: entry.sweep is not None))
