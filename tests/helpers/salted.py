"""Neurons whose ions are states, for tests: membranes, and the matrix by which ions spread."""

import numpy as np

from loligo.cell import Membrane, Neuron, catalogue

PUMP = {"moves": {"Na": 3, "K": -2}, "strength": "20 uA/cm2", "rate": "Na_in / (Na_in + 20)"}
IONS = {"Na": "20 mM", "K": "150 mM"}
BATH = {"Na": "145 mM", "K": "4 mM"}


def squid(*, carrier="", cleft=None, inside=None):
    """The squid axon's membrane with ions on both sides, leaks of each, and a pump."""
    axon = catalogue.load("hodgkin_huxley1952").written()["channel"]
    channel = {name: {**axon[name], "ion": ion} for name, ion in (("na", "Na"), ("k", "K"))}
    for one in channel.values():
        del one["reversal"]
    channel["k_leak"] = {"conductance": "0.3 mS/cm2", "ion": "K"}
    channel["na_leak"] = {"conductance": "0.09 mS/cm2", "ion": "Na"}
    return Membrane(
        capacitance="1 uF/cm2",
        channel=channel,
        transporter={"pump": PUMP},
        inside={"ions": IONS, "carrier": carrier, **(inside or {})},
        outside={"ions": BATH, **(cleft or {})},
    )


def inert(**inside):
    """A membrane that only potassium goes through; what else is inside stays there."""
    return Membrane(
        capacitance="1 uF/cm2",
        channel={"k": {"ion": "K", "conductance": "0.05 mS/cm2"}},
        inside={"ions": {"Na": "10 mM", "K": "140 mM", "Ca": "0.1 uM"}, **inside},
        outside={"ions": {"Na": "145 mM", "K": "4 mM", "Ca": "2 mM"}},
    )


def salted(morphology, membrane, *, resistivity="50 ohm cm", **more):
    """A neuron of one membrane at the temperature of squid."""
    return Neuron(
        "salted", morphology, membrane, axial_resistivity=resistivity, temperature="6.3 degC",
        initial_potential="-65 mV", **more,
    )  # fmt: skip


def exchange(cut, coefficient):
    """The matrix of what flows between compartments per concentration [um3/ms], built anew.

    From the diameters of cylinders; branch points are eliminated as a dense matrix.
    """
    nodes, n = cut.parent.size, cut.n_compartments
    half = 0.5 * cut.length / (np.pi / 4 * cut.diameter**2)
    matrix = np.zeros((nodes, nodes))
    for node, parent in enumerate(cut.parent):
        if parent < 0:
            continue
        ends = [half[i] for i in (node, parent) if i < n]
        g = coefficient / sum(ends)
        matrix[[node, parent], [node, parent]] += g
        matrix[[node, parent], [parent, node]] -= g
    inner, point = matrix[:n, :n], matrix[n:, n:]
    return inner - matrix[:n, n:] @ np.linalg.solve(point, matrix[n:, :n])
