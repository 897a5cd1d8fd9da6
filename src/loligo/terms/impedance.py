"""How the cell answers currents of different frequencies."""

from loligo.terms.entry import Term

TERMS = (
    Term(
        "low_frequency_impedance",
        "|Z_0|",
        "resistance",
        "MOhm",
        "Limit of the impedance at zero frequency, from a command of many frequencies (a chirp).",
    ),
    Term(
        "resonance_frequency",
        "f_res",
        "frequency",
        "Hz",
        "Frequency at which the magnitude of the impedance is largest.",
    ),
    Term(
        "impedance_at_resonance",
        "|Z|_max",
        "resistance",
        "MOhm",
        "Magnitude of the impedance at the resonance frequency.",
    ),
    Term(
        "resonance_strength",
        "Q",
        "fraction",
        "",
        "Magnitude of the impedance at the resonance frequency over that at the lowest frequency "
        "excited.",
        ("Q_value",),
    ),
    Term(
        "impedance_cutoff_frequency",
        "f_3dB",
        "frequency",
        "Hz",
        "Frequency above which the magnitude of the impedance stays 3 dB below its limit at zero "
        "frequency.",
    ),
)
