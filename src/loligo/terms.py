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
    Term(
        "spike_threshold_time",
        "t_thr",
        "time",
        "ms",
        "When the slope of the potential last exceeds 10 mV/ms (or a third of the spike's steepest "
        "rise, where that is less) before the steepest rise.",
    ),
    Term(
        "spike_threshold_potential",
        "V_thr",
        "voltage",
        "mV",
        "Membrane potential at the threshold time of a spike.",
        ("spike_threshold",),
    ),
    Term("spike_peak_time", "t_peak", "time", "ms", "When a spike is highest, between samples."),
    Term("spike_peak_potential", "V_peak", "voltage", "mV", "Highest potential of a spike."),
    Term("spike_amplitude", "A_AP", "voltage", "mV", "Peak less threshold potential of a spike."),
    Term(
        "spike_amplitude_from_baseline",
        "A_base",
        "voltage",
        "mV",
        "Peak potential of a spike less the baseline potential of its sweep.",
    ),
    Term(
        "spike_half_width",
        "w_50",
        "time",
        "ms",
        "Time a spike spends above the mean of its threshold and peak potential.",
        ("half_width",),
    ),
    Term(
        "spike_threshold_width",
        "w_thr",
        "time",
        "ms",
        "Time from the threshold of a spike to the return to the threshold potential.",
    ),
    Term(
        "spike_rise_time",
        "t_rise",
        "time",
        "ms",
        "Time from 10 to 90 % of a spike's amplitude on the way up.",
    ),
    Term(
        "spike_fall_time",
        "t_fall",
        "time",
        "ms",
        "Time from 90 to 10 % of a spike's amplitude on the way down.",
    ),
    Term("spike_upstroke", "dV/dt_max", "voltage_rate", "V/s", "Steepest rise of a spike."),
    Term(
        "spike_downstroke",
        "dV/dt_min",
        "voltage_rate",
        "V/s",
        "Steepest fall of a spike; negative.",
    ),
    Term(
        "spike_upstroke_downstroke_ratio",
        "r_ud",
        "fraction",
        "",
        "Upstroke of a spike over its downstroke, both without sign.",
    ),
    Term(
        "spike_trough_time",
        "t_trough",
        "time",
        "ms",
        "When the potential is lowest between a spike and the next threshold, or the next jump of "
        "the command.",
    ),
    Term(
        "spike_trough_potential",
        "V_trough",
        "voltage",
        "mV",
        "Lowest potential between a spike and the next threshold, or the next jump of the command.",
    ),
    Term(
        "spike_fast_ahp",
        "fAHP",
        "voltage",
        "mV",
        "Fast afterhyperpolarization: threshold less the lowest potential up to 5 ms after the "
        "peak, where the potential turns there.",
    ),
    Term(
        "spike_medium_ahp",
        "mAHP",
        "voltage",
        "mV",
        "Medium afterhyperpolarization: threshold less the lowest potential from 5 to 50 ms after "
        "the peak, where the potential turns there.",
    ),
    Term(
        "spike_slow_ahp",
        "sAHP",
        "voltage",
        "mV",
        "Slow afterhyperpolarization: threshold less the lowest potential from 50 to 500 ms after "
        "the peak, where the potential turns there.",
    ),
    Term(
        "spike_adp",
        "ADP",
        "voltage",
        "mV",
        "Afterdepolarization: height above the fast trough of the highest potential between fast "
        "and medium trough.",
    ),
    Term(
        "spike_count_in_stimulus",
        "n_in",
        "count",
        "",
        "Number of action potentials within a stimulus.",
    ),
    Term(
        "spike_count_outside_stimulus",
        "n_out",
        "count",
        "",
        "Number of action potentials outside every stimulus.",
    ),
    Term(
        "rejected_count",
        "n_rej",
        "count",
        "",
        "Number of peaks that stand out like spikes but are artefacts or plateaus.",
    ),
    Term(
        "first_spike_latency",
        "t_first",
        "time",
        "ms",
        "Time from the start of a stimulus to the peak of its first spike.",
    ),
    Term(
        "mean_frequency",
        "f_mean",
        "frequency",
        "Hz",
        "Number of spikes in a stimulus by the length of the stimulus.",
    ),
    Term(
        "initial_frequency",
        "f_1",
        "frequency",
        "Hz",
        "One over the first interspike interval.",
    ),
    Term(
        "mean_interspike_interval",
        "ISI",
        "time",
        "ms",
        "Mean time between the peaks of neighbouring spikes.",
    ),
    Term(
        "interspike_interval_variation",
        "CV_ISI",
        "fraction",
        "",
        "Standard deviation of the interspike intervals by their mean.",
    ),
    Term(
        "adaptation_index",
        "AI",
        "fraction",
        "",
        "Mean of (next - this) / (next + this) over neighbouring interspike intervals.",
    ),
    Term(
        "burst_count",
        "n_bursts",
        "count",
        "",
        "Number of groups of spikes within 15 ms of each other, set apart from the others.",
    ),
    Term(
        "fi_slope",
        "df/dI",
        "frequency_per_current",
        "Hz/pA",
        "Rise of the mean frequency per injected current, from rheobase to the fastest firing.",
        ("frequency_current_slope",),
    ),
    Term(
        "rheobase",
        "I_rh",
        "current",
        "pA",
        "Smallest current injected that makes the cell fire.",
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
