"""What is recorded at a site of a neuron: quantities of its membrane, and currents along the tree.

The axial current into a compartment is the sum of ``g (v_neighbour - v)``. A branch point has no
membrane, so that its potential is the mean of its neighbours', weighted by their conductances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell.morphology import Compartments

Array = NDArray[np.float64]
Entry = tuple[int, str]
"""Compartment and quantity."""


@dataclass(frozen=True)
class Combination:
    """A recorded quantity as a sum of what the kernel samples.

    Attributes
    ----------
    terms : tuple of (Entry, float)
    """

    terms: tuple[tuple[Entry, float], ...]

    def value(self, entries: Sequence[Entry], samples: Array) -> Array:
        """Return it from samples of shape (run, entry, time)."""
        place = {entry: index for index, entry in enumerate(entries)}
        total = np.zeros((samples.shape[0], samples.shape[2]))
        for entry, weight in self.terms:
            total += weight * samples[:, place[entry]]
        return total


def axial(compartments: Compartments, compartment: int) -> Combination:
    """Return the axial current into a compartment [pA]."""
    weights: dict[int, float] = {}
    for node, g in _neighbours(compartments, compartment):
        weights[compartment] = weights.get(compartment, 0.0) - g
        if node < compartments.n_compartments:
            weights[node] = weights.get(node, 0.0) + g
            continue
        around = _neighbours(compartments, node)
        total = sum(inner for _, inner in around)
        for other, inner in around:
            weights[other] = weights.get(other, 0.0) + g * inner / total
    return Combination(tuple(((node, "v"), weight) for node, weight in weights.items()))


def _neighbours(compartments: Compartments, node: int) -> list[tuple[int, float]]:
    """Return the neighbours of a node and the conductances to them."""
    parent, conductance = compartments.parent, compartments.conductance
    found = [(int(child), float(conductance[child])) for child in np.flatnonzero(parent == node)]
    if parent[node] >= 0:
        found.append((int(parent[node]), float(conductance[node])))
    return found
