"""The amplifier's settings during one sweep of one electrode.

A field is ``None`` where the file does not say: unknown is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class RigState:
    """Every amplifier field NWB knows, and the output filter, in internal units.

    Attributes
    ----------
    capacitance_fast, capacitance_slow : float or None [pF]
        Pipette capacitance cancellation in voltage clamp.
    whole_cell_capacitance_compensation : float or None [pF]
    whole_cell_series_resistance_compensation : float or None [GOhm]
    series_resistance_correction, series_resistance_prediction : float or None [fraction]
    series_resistance_bandwidth : float or None [kHz]
    bias_current : float or None [pA]
    bridge_balance : float or None [GOhm]
    capacitance_neutralization : float or None [pF]
        In current clamp; NWB calls it capacitance_compensation.
    amplifier_gain : float or None
        In the unit the file uses (V/V, or the NWB series' own).
    filter_frequency : float or None [kHz]
        Corner of the amplifier's output low-pass filter.
    """

    capacitance_fast: float | None = None
    capacitance_slow: float | None = None
    whole_cell_capacitance_compensation: float | None = None
    whole_cell_series_resistance_compensation: float | None = None
    series_resistance_correction: float | None = None
    series_resistance_prediction: float | None = None
    series_resistance_bandwidth: float | None = None
    bias_current: float | None = None
    bridge_balance: float | None = None
    capacitance_neutralization: float | None = None
    amplifier_gain: float | None = None
    filter_frequency: float | None = None

    def known(self) -> dict[str, float]:
        """Return the fields the file states, by their glossary name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


VOLTAGE_CLAMP_FIELDS = (
    "capacitance_fast",
    "capacitance_slow",
    "whole_cell_capacitance_compensation",
    "whole_cell_series_resistance_compensation",
    "series_resistance_correction",
    "series_resistance_prediction",
    "series_resistance_bandwidth",
)
"""The settings that matter in voltage clamp."""

CURRENT_CLAMP_FIELDS = ("bias_current", "bridge_balance", "capacitance_neutralization")
"""The settings that matter in current clamp."""
