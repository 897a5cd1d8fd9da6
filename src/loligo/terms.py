"""The glossary: one truth for every name loligo uses, with symbol, unit and meaning.

Result tables, JSON output, NWB columns and documentation take names and units from here. A name
that is not here is not used in a result.
"""

from __future__ import annotations

from dataclasses import dataclass

from loligo.errors import SelectionError, suggest
from loligo.units import INTERNAL_UNITS, convert


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the glossary.

    Attributes
    ----------
    name : str
        The field's standard term, spelled out.
    symbol : str
        As written in formulas.
    dimension : str
        One of `loligo.units.INTERNAL_UNITS`, or ``"count"``.
    display_unit : str
        The unit people expect in tables.
    meaning : str
        The definition, in a sentence.
    aliases : tuple of str
        Other names in use for the same quantity.
    """

    name: str
    symbol: str
    dimension: str
    display_unit: str
    meaning: str
    aliases: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """The internal unit."""
        return INTERNAL_UNITS.get(self.dimension, "")

    def display(self, value: float) -> float:
        """Convert a value from the internal to the display unit."""
        return convert(value, self.unit, self.display_unit)


_TERMS = (
    Term("membrane_potential", "V_m", "voltage", "mV", "Potential inside minus outside."),
    Term(
        "membrane_current",
        "I_m",
        "current",
        "pA",
        "Current through the membrane; outward positive, inward negative.",
    ),
    Term(
        "command_potential",
        "V_c",
        "voltage",
        "mV",
        "Potential the voltage-clamp amplifier is told to impose.",
    ),
    Term(
        "command_current",
        "I_c",
        "current",
        "pA",
        "Current the current-clamp amplifier is told to inject; positive depolarizes.",
    ),
    Term("holding_potential", "V_h", "voltage", "mV", "Command potential between test epochs."),
    Term(
        "holding_current",
        "I_h",
        "current",
        "pA",
        "Voltage clamp: mean current at the holding potential before the first step. "
        "Current clamp: steady current injected between test epochs.",
    ),
    Term(
        "resting_potential",
        "V_rest",
        "voltage",
        "mV",
        "Membrane potential with no current injected.",
        ("resting_membrane_potential", "RMP"),
    ),
    Term(
        "baseline_potential",
        "V_0",
        "voltage",
        "mV",
        "Membrane potential before a step, whatever current is injected.",
    ),
    Term(
        "input_resistance",
        "R_in",
        "resistance",
        "MOhm",
        "Steady-state voltage change per current injected, as the rig measured it.",
    ),
    Term(
        "total_resistance",
        "R_t",
        "resistance",
        "MOhm",
        "Steady-state command step over current step in voltage clamp: "
        "series resistance plus membrane resistance with the seal in parallel.",
    ),
    Term(
        "membrane_resistance",
        "R_m",
        "resistance",
        "MOhm",
        "Resistance of the cell's membrane alone.",
    ),
    Term(
        "series_resistance",
        "R_s",
        "resistance",
        "MOhm",
        "Resistance between the pipette's amplifier input and the cell's inside.",
        ("access_resistance",),
    ),
    Term(
        "seal_resistance",
        "R_seal",
        "resistance",
        "MOhm",
        "Resistance of the leak between pipette and membrane.",
    ),
    Term(
        "pipette_resistance",
        "R_p",
        "resistance",
        "MOhm",
        "Resistance of the open pipette in the bath.",
    ),
    Term(
        "capacitance",
        "C_m",
        "capacitance",
        "pF",
        "Capacitance of the cell's membrane.",
        ("membrane_capacitance",),
    ),
    Term(
        "membrane_time_constant",
        "tau_m",
        "time",
        "ms",
        "Time constant of the membrane's slowest passive relaxation.",
    ),
    Term(
        "clamp_time_constant",
        "tau_c",
        "time",
        "ms",
        "Time constant of the voltage-clamp transient.",
    ),
    Term(
        "liquid_junction_potential",
        "LJP",
        "voltage",
        "mV",
        "Potential of the bath relative to the pipette; V_m = V_measured - LJP.",
    ),
    Term(
        "capacitance_fast",
        "C_fast",
        "capacitance",
        "pF",
        "Fast (pipette) capacitance compensation of a voltage-clamp amplifier.",
    ),
    Term(
        "capacitance_slow",
        "C_slow",
        "capacitance",
        "pF",
        "Slow capacitance compensation of a voltage-clamp amplifier.",
    ),
    Term(
        "whole_cell_capacitance_compensation",
        "C_wc",
        "capacitance",
        "pF",
        "Whole-cell capacitance set on the amplifier.",
    ),
    Term(
        "whole_cell_series_resistance_compensation",
        "R_wc",
        "resistance",
        "MOhm",
        "Whole-cell series resistance set on the amplifier.",
    ),
    Term(
        "series_resistance_correction",
        "corr",
        "fraction",
        "%",
        "Fraction of the series resistance corrected by positive feedback.",
    ),
    Term(
        "series_resistance_prediction",
        "pred",
        "fraction",
        "%",
        "Fraction of the series resistance used to speed up the clamp.",
    ),
    Term(
        "series_resistance_bandwidth",
        "f_Rs",
        "frequency",
        "kHz",
        "Bandwidth of the series-resistance correction.",
    ),
    Term(
        "bridge_balance",
        "R_b",
        "resistance",
        "MOhm",
        "Resistance the current-clamp amplifier balances.",
    ),
    Term(
        "capacitance_neutralization",
        "C_n",
        "capacitance",
        "pF",
        "Pipette capacitance neutralized in current clamp.",
        ("capacitance_compensation",),
    ),
    Term(
        "bias_current",
        "I_bias",
        "current",
        "pA",
        "Steady current added by a current-clamp amplifier.",
    ),
    Term(
        "amplifier_gain",
        "gain",
        "fraction",
        "",
        "Gain from the amplifier's output to the digitizer.",
    ),
    Term(
        "filter_frequency",
        "f_c",
        "frequency",
        "kHz",
        "Corner (-3 dB) of the output low-pass filter.",
    ),
    Term("sampling_rate", "f_s", "frequency", "kHz", "Samples per unit time."),
    Term("duration", "T", "time", "s", "Length of a sweep or recording."),
    Term("sweep_duration", "T_sweep", "time", "ms", "Length of a sweep."),
    Term("sweep_count", "n_sweeps", "count", "", "Number of sweeps."),
    Term("channel_count", "n_channels", "count", "", "Number of channels."),
    Term("spike_count", "n_spikes", "count", "", "Number of action potentials."),
    Term(
        "noise_rms",
        "sigma",
        "current",
        "pA",
        "Root mean square of the response around its baseline.",
    ),
)

TERMS: dict[str, Term] = {entry.name: entry for entry in _TERMS}
"""The glossary by name."""


def term(name: str) -> Term:
    """Look a term up by its name or one of its aliases.

    Raises
    ------
    SelectionError
        The name is not in the glossary.
    """
    if name in TERMS:
        return TERMS[name]
    for entry in _TERMS:
        if name in entry.aliases:
            return entry
    raise SelectionError(f"{name!r} is not in the glossary; {suggest(name, TERMS)}")
