"""What the rig adds and how it is set: pipette, amplifier, compensation, filter."""

from loligo.terms.entry import Term

TERMS = (
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
)
