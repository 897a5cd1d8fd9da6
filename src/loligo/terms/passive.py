"""What steps of current below threshold tell of the cell's membrane and of the bridge."""

from loligo.terms.entry import Term

TERMS = (
    Term(
        "second_time_constant",
        "tau_1",
        "time",
        "ms",
        "The faster of two passive time constants: how current spreads to the dendrites.",
        ("equalizing_time_constant",),
    ),
    Term(
        "bridge_error",
        "R_err",
        "resistance",
        "MOhm",
        "Series resistance that the bridge leaves in the potential; negative where it is "
        "overbalanced.",
    ),
    Term(
        "electrode_time_constant",
        "tau_e",
        "time",
        "ms",
        "Time constant of the pipette in current clamp.",
    ),
    Term(
        "peak_input_resistance",
        "R_peak",
        "resistance",
        "MOhm",
        "Largest deflection of the potential per current injected, as the rig measured it.",
    ),
    Term(
        "sag_amplitude",
        "V_sag",
        "voltage",
        "mV",
        "How far the potential comes back from its largest deflection to the steady state.",
    ),
    Term(
        "sag_ratio",
        "sag",
        "fraction",
        "",
        "Sag amplitude over the largest deflection: (peak - steady) / (peak - baseline).",
    ),
    Term(
        "rebound_amplitude",
        "V_reb",
        "voltage",
        "mV",
        "How far the potential rises above the baseline after a hyperpolarizing step.",
    ),
    Term(
        "rectification_ratio",
        "rect",
        "fraction",
        "",
        "Steady-state slope resistance for the larger half of hyperpolarizing steps over that "
        "around the resting potential; below 1 is inward rectification.",
    ),
)
