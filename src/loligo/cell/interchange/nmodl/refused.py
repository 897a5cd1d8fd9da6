"""What of NMODL is not read, and why; the names are those of the language."""

from __future__ import annotations

REFUSED = {
    "POINT_PROCESS": "point processes are placed at points; only density mechanisms are read",
    "ARTIFICIAL_CELL": "artificial cells are not read; only density mechanisms are",
    "ELECTRODE_CURRENT": "currents of electrodes belong to a protocol, not to a channel",
    "NET_RECEIVE": "events are not read",
    "WATCH": "events are not read",
    "VERBATIM": "it is code in C, which is not read",
    "FUNCTION_TABLE": "tables given from outside are not read; write the function",
    "POINTER": "pointers to other mechanisms are not read",
    "BBCOREPOINTER": "pointers to other mechanisms are not read",
    "EXTERNAL": "variables of other mechanisms are not read",
    "RANDOM": "random numbers are not read; loligo draws channels itself from a scheme",
    "LINEAR": "systems of equations to be solved are not read; write the solution",
    "NONLINEAR": "systems of equations to be solved are not read; write the solution",
    "DISCRETE": "difference equations are not read; write a DERIVATIVE",
    "PARTIAL": "partial differential equations are not read",
    "WHILE": "loops are not read",
    "FROM": "loops are not read",
    "FORALL": "loops are not read",
    "FORALL1": "loops are not read",
    "DEFINE": "write the number instead",
    "INCLUDE": "files within files are not read; put its text there",
    "LAG": "delays are not read",
    "COMPARTMENT": "volumes of compartments are not read",
    "LONGITUDINAL_DIFFUSION": "diffusion is not read",
    "BEFORE": "hooks into the simulator are not read",
    "AFTER": "hooks into the simulator are not read",
    "CONSTRUCTOR": "hooks into the simulator are not read",
    "DESTRUCTOR": "hooks into the simulator are not read",
    "TERMINAL": "hooks into the simulator are not read",
    "PROTECT": "locks are not read",
    "MUTEXLOCK": "locks are not read",
    "STEP": "steps of a stimulus are not read",
    "SENS": "sensitivities are not read",
    "PLOT": "plots are not read",
    "MATCH": "it is not read",
}
"""Words that are refused wherever they stand, with the reason."""

RANDOM = frozenset(
    ("scop_random", "random", "normrand", "exprand", "poisrand", "gauss", "set_seed")
)
"""Functions that draw random numbers."""

METHODS = frozenset(
    ("", "cnexp", "derivimplicit", "euler", "runge", "sparse", "after_cvode", "adams", "heun")
)
"""Methods of SOLVE that are known; loligo has its own, so that they say nothing."""
