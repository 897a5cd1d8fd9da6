"""Cables and trees for tests: passive membrane, random shapes, and a solver of their own."""

import numpy as np

from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import Branch, Morphology


def passive(conductance="0.05 mS/cm2", reversal="0 mV"):
    """Membrane with a leak alone; 20 kOhm cm2 by default."""
    return Membrane(
        capacitance="1 uF/cm2",
        channel={"leak": {"conductance": conductance, "reversal": reversal}},
    )


def active(leak="0.3 mS/cm2", reversal="-54.387 mV"):
    """The squid axon's membrane, with another leak where wanted."""
    axon = catalogue.load("hodgkin_huxley1952")
    changed = {"channel.leak.conductance": leak, "channel.leak.reversal": reversal}
    return Membrane.of(axon.with_(**changed))


def neuron(morphology, membrane, *, resistivity="150 ohm cm", rest="0 mV", **more):
    """A neuron of one membrane."""
    return Neuron(
        "a neuron",
        morphology,
        membrane,
        axial_resistivity=resistivity,
        temperature="6.3 degC",
        initial_potential=rest,
        **more,
    )


def random_tree(seed, branches=12, regions=("dendrite",)):
    """A tree of tapering branches, some of which hang on the middle of others."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(branches):
        n = int(draw.integers(2, 5))
        path = np.concatenate([[0.0], np.cumsum(draw.uniform(5.0, 60.0, n - 1))])
        parent = f"b{draw.integers(0, number)}" if number else None
        at = float(draw.choice([0.0, 0.5, 1.0, 1.0, 1.0]))
        made.append(
            Branch(
                f"b{number}",
                regions[int(draw.integers(0, len(regions)))],
                tuple(path),
                tuple(draw.uniform(0.5, 4.0, n)),
                parent,
                at,
            )
        )
    return Morphology(tuple(made))


def laplacian(compartments):
    """The matrix of axial conductances between nodes [nS]."""
    n = compartments.parent.size
    matrix = np.zeros((n, n))
    for node, parent in enumerate(compartments.parent):
        if parent >= 0:
            g = compartments.conductance[node]
            matrix[[node, parent], [node, parent]] += g
            matrix[[node, parent], [parent, node]] -= g
    return matrix


def input_resistance(compartments, conductance, site, other=None):
    """Resistance [GOhm] from injection at one compartment to the potential of another."""
    matrix = laplacian(compartments)
    inside = np.arange(compartments.n_compartments)
    matrix[inside, inside] += 0.01 * compartments.area * conductance
    current = np.zeros(matrix.shape[0])
    current[site] = 1.0
    return np.linalg.solve(matrix, current)[site if other is None else other]
