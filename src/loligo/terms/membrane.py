"""What is measured of the cell itself: potentials, currents, resistances, capacitance, times."""

from loligo.terms.entry import Term

TERMS = (
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
        "Resistance of the cell's membrane; the leak of the seal in parallel is part of it.",
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
)
