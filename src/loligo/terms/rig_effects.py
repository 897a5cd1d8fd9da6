"""What the rig did to a recording: errors of potential, bandwidths, the cell behind its seal."""

from loligo.terms.entry import Term

TERMS = (
    Term(
        "worst_voltage_error",
        "V_err",
        "voltage",
        "mV",
        "Largest error of potential that the series resistance left makes, transients of the "
        "command aside: in voltage clamp of the membrane's less the command, in current clamp of "
        "the recorded less the membrane's.",
    ),
    Term(
        "voltage_error_time",
        "t_err",
        "time",
        "ms",
        "When in its sweep the voltage error is largest.",
    ),
    Term(
        "clamp_bandwidth",
        "f_clamp",
        "frequency",
        "kHz",
        "Corner (-3 dB) with which the membrane's potential follows the command: "
        "1 / (2 pi R_s C_m), with what is left of R_s.",
    ),
    Term(
        "recording_bandwidth",
        "f_rec",
        "frequency",
        "kHz",
        "Corner (-3 dB) of the low-pass that the response was recorded through.",
    ),
    Term(
        "effective_bandwidth",
        "f_eff",
        "frequency",
        "kHz",
        "Corner of what limits the speed of the response one after the other, their rise times "
        "added in quadrature.",
    ),
    Term(
        "seal_share",
        "R/R_seal",
        "fraction",
        "%",
        "Share of the conductance at rest that is the seal's; input resistance and time constant "
        "are too small by it.",
    ),
    Term(
        "cell_resistance",
        "R_cell",
        "resistance",
        "MOhm",
        "Resistance of the cell's membrane without the leak of the seal.",
    ),
    Term(
        "cell_time_constant",
        "tau_cell",
        "time",
        "ms",
        "Time constant that the membrane has without the leak of the seal.",
    ),
    Term(
        "cell_resting_potential",
        "V_cell",
        "voltage",
        "mV",
        "Resting potential that the cell has without the leak of the seal.",
    ),
)
