"""What families of voltage steps tell of the currents through channels."""

from loligo.terms.entry import Term

TERMS = (
    Term(
        "peak_current",
        "I_peak",
        "current",
        "pA",
        "Largest current during a voltage step, from the current at holding and without leak; of a "
        "current that lasts its steady state; of a family the largest of all steps.",
    ),
    Term(
        "steady_current",
        "I_ss",
        "current",
        "pA",
        "Mean current of the last fifth of a voltage step, from the current at holding and without "
        "leak.",
    ),
    Term(
        "maximal_conductance",
        "g_max",
        "conductance",
        "nS",
        "Maximum of the Boltzmann curve through the conductances I / (V - E) of a family of steps.",
    ),
    Term(
        "activation_midpoint",
        "V_half",
        "voltage",
        "mV",
        "Potential at which the Boltzmann curve through the conductances of a family is half its "
        "maximum.",
        ("half_activation_potential",),
    ),
    Term(
        "activation_slope",
        "k",
        "voltage",
        "mV",
        "Slope factor k of the Boltzmann curve of activation, 1 / (1 + exp(-(V - V_half) / k)).",
        ("activation_slope_factor",),
    ),
    Term(
        "inactivation_midpoint",
        "V_half,h",
        "voltage",
        "mV",
        "Potential of a conditioning step after which half of the current of a test step is left.",
        ("half_inactivation_potential",),
    ),
    Term(
        "inactivation_slope",
        "k_h",
        "voltage",
        "mV",
        "Slope factor k of the Boltzmann curve of inactivation, 1 / (1 + exp((V - V_half) / k)).",
        ("inactivation_slope_factor",),
    ),
)
