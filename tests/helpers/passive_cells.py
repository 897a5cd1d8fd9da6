"""Membranes whose answer to any command is known in closed form."""

import numpy as np
from scipy.integrate import quad

from loligo.cell import Cell


def rc(resistance=0.1, capacitance=100.0, reversal=0.0, start=None):
    """A membrane of a resistance [GOhm] and a capacitance [pF], at its reversal [mV]."""
    return Cell(
        name="passive membrane",
        temperature="20 degC",
        capacitance=f"{capacitance!r} pF",
        initial_potential=f"{reversal if start is None else start!r} mV",
        channel={
            "leak": {"conductance": f"{1.0 / resistance!r} nS", "reversal": f"{reversal!r} mV"}
        },
    )


def filtered(current, times, tau, capacitance):
    """``integral of exp(-(t - s) / tau) I(s) / C ds`` [mV], by quadrature to 1e-12."""

    def value(t):
        if t == 0:
            return 0.0
        found = quad(
            lambda s: np.exp(-(t - s) / tau) * current(s),
            0,
            t,
            epsabs=1e-12,
            epsrel=1e-12,
            limit=500,
        )
        return found[0] / capacitance

    return np.array([value(t) for t in times])
