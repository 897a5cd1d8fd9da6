"""Whether a recording can be trusted: noise, hum, drift, leak, what was lost or never arrived."""

from loligo.terms.entry import Term


def _of_response(name: str, symbol: str, meaning: str) -> tuple[Term, Term]:
    """Return the term of a current, and its twin of a potential."""
    return (
        Term(name, symbol, "current", "pA", meaning.format("current")),
        Term(f"voltage_{name}", f"{symbol}_V", "voltage", "mV", meaning.format("potential")),
    )


def _drift(name: str, symbol: str, dimension: str, unit: str) -> Term:
    words = name.replace("_", " ")
    meaning = f"Slope of the {words} over the recording."
    return Term(f"{name}_drift", f"d{symbol}/dt", dimension, unit, meaning)


def _change(name: str, symbol: str, dimension: str, unit: str) -> Term:
    meaning = f"Mean {name.replace('_', ' ')} of the last fifth of the sweeps less the first's"
    by = ", by the first's." if dimension == "fraction" else "."
    return Term(f"{name}_change", f"Delta_{symbol}", dimension, unit, meaning + by)


TERMS = (
    *_of_response(
        "noise_rms",
        "sigma",
        "Root mean square of the {} at rest around its mean over half a second at most, without "
        "events.",
    ),
    *_of_response(
        "fast_noise_rms",
        "sigma_fast",
        "Root mean square of the {} at rest within 1.5 ms, without events.",
    ),
    *_of_response(
        "slow_noise_rms",
        "sigma_slow",
        "Root mean square of the {} at rest within half a second, with all events.",
    ),
    *_of_response(
        "digitizer_step", "q", "Smallest difference of {} that the stored numbers express."
    ),
    *_of_response(
        "mains_hum",
        "A_hum",
        "Amplitude of the {} at the mains frequency, beyond the noise beside it.",
    ),
    Term(
        "voltage_fast_noise_rms_after",
        "sigma_after",
        "voltage",
        "mV",
        "Root mean square of the potential within 1.5 ms, at rest after the last stimulus.",
    ),
    Term("mains_frequency", "f_mains", "frequency", "Hz", "Mains frequency of the hum found."),
    Term(
        "mains_hum_share",
        "r_hum",
        "fraction",
        "%",
        "Share of the noise's variance that hum and its harmonics make.",
    ),
    Term(
        "quantization_share",
        "r_q",
        "fraction",
        "%",
        "Share of the noise's variance that rounding to the digitizer's steps adds.",
    ),
    Term(
        "saturated_share",
        "r_sat",
        "fraction",
        "%",
        "Share of the samples at the end of what digitizer or amplifier can express.",
    ),
    Term("first_saturation_time", "t_sat", "time", "ms", "When a sweep first goes out of range."),
    _drift("baseline_potential", "V_0", "voltage_rate", "mV/min"),
    _drift("holding_current", "I_h", "current_rate", "pA/min"),
    _drift("series_resistance", "R_s", "resistance_rate", "MOhm/min"),
    _drift("membrane_resistance", "R_m", "resistance_rate", "MOhm/min"),
    _drift("total_resistance", "R_t", "resistance_rate", "MOhm/min"),
    _drift("input_resistance", "R_in", "resistance_rate", "MOhm/min"),
    _drift("capacitance", "C_m", "conductance", "pF/min"),  # pF/ms is nS
    _change("baseline_potential", "V_0", "voltage", "mV"),
    _change("holding_current", "I_h", "current", "pA"),
    _change("series_resistance", "R_s", "fraction", "%"),
    _change("membrane_resistance", "R_m", "fraction", "%"),
    _change("total_resistance", "R_t", "fraction", "%"),
    _change("input_resistance", "R_in", "fraction", "%"),
    _change("capacitance", "C_m", "fraction", "%"),
    Term(
        "sweep_potential_change",
        "Delta_V_sweep",
        "voltage",
        "mV",
        "Potential at rest at the end of a sweep less that at its beginning.",
    ),
    Term(
        "series_to_input_ratio",
        "R_s/R_in",
        "fraction",
        "",
        "Series resistance by input resistance.",
    ),
    Term(
        "lost_sweep_count",
        "n_lost",
        "count",
        "",
        "Number of sweeps from the one on in which the patch was lost.",
    ),
    Term(
        "unanswered_sweep_count",
        "n_unanswered",
        "count",
        "",
        "Number of sweeps in which the response shows nothing of the command.",
    ),
    Term(
        "command_error",
        "e_cmd",
        "fraction",
        "%",
        "Largest difference of a measured step of command from the protocol's, by its largest.",
    ),
    Term(
        "command_delay",
        "t_cmd",
        "time",
        "ms",
        "Time from a step of the protocol to the same step as measured.",
    ),
)
