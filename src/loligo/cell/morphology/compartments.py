"""`Compartments`: a morphology cut into control volumes, and the conductances between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from loligo.cell.morphology.morphology import Morphology
from loligo.cell.morphology.sites import locate

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
_PER_NANOSIEMENS = 1e-5
"""um of cross-section over length that conduct 1 nS at 1 ohm cm."""


@dataclass(frozen=True, eq=False)
class Compartments:
    """Control volumes with nodes at their centres, and points where branches meet.

    Attributes
    ----------
    morphology : Morphology
    parent : ndarray of int, shape (node,)
        The node towards the root, -1 for the root. Nodes from `n_compartments` on are branch
        points without membrane, where three or more meet.
    conductance : ndarray, shape (node,) [nS]
        Axial conductance to the parent, 0 for the root.
    branch : ndarray of int, shape (compartment,)
    position : ndarray, shape (compartment,)
        Of the centre, as a fraction of the branch.
    distance : ndarray, shape (compartment,) [um]
        Path from the root's start to the centre.
    length, diameter, area, volume : ndarray, shape (compartment,) [um, um, um2, um3]
        The diameter is the mean along the compartment.
    """

    morphology: Morphology
    parent: Ints
    conductance: Array
    branch: Ints
    position: Array
    distance: Array
    length: Array
    diameter: Array
    area: Array
    volume: Array

    @property
    def n_compartments(self) -> int:
        """Number of compartments."""
        return self.area.size

    @property
    def regions(self) -> NDArray[np.str_]:
        """Region of each compartment, shape (compartment,)."""
        names = np.array([branch.region for branch in self.morphology.branches])
        return names[self.branch]

    @property
    def depth(self) -> Array:
        """Volume over area of each compartment [um], shape (compartment,)."""
        return self.volume / self.area

    @cached_property
    def links(self) -> Array:
        """Cross-section over length between each node and its parent [um], shape (node,)."""
        from loligo.cell.morphology.discretize import discretize

        counts = np.bincount(self.branch, minlength=len(self.morphology.branches))
        names = [branch.name for branch in self.morphology.branches]
        cut = discretize(
            self.morphology,
            axial_resistivity="1 ohm cm",
            capacitance="1 uF/cm2",
            counts=dict(zip(names, counts.tolist(), strict=True)),
        )
        return _PER_NANOSIEMENS * cut.conductance

    def at(self, site: str) -> int:
        """Return the compartment at a site.

        Parameters
        ----------
        site : str
            ``"apical.3(0.5)"``, ``"apical at 500 um"``, ``"tip of apical"``; see
            `loligo.cell.morphology.sites.locate`.

        Raises
        ------
        SelectionError
            There is no such place, or more than one.
        """
        name, position = locate(self.morphology, site)
        return self.at_position(name, position)

    def at_position(self, branch: str, position: float) -> int:
        """Return the compartment at a fraction of a branch.

        Parameters
        ----------
        branch : str
        position : float
        """
        index = self.morphology.index[branch]
        mine = np.flatnonzero(self.branch == index)
        return int(mine[min(int(position * mine.size), mine.size - 1)])

    def __repr__(self) -> str:
        points = self.parent.size - self.n_compartments
        return (
            f"Compartments: {self.n_compartments}, {self.length.min():.3g} to "
            f"{self.length.max():.3g} um long, {points} branch points"
        )
