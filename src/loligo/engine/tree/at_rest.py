"""A neuron at rest as a pipette at a site of it finds it: its potential and admittance there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from loligo.cell.neuron import Neuron
from loligo.cell.steady import standing_conductance
from loligo.engine.tree.acting import acting
from loligo.engine.tree.layout import Tree, sums
from loligo.engine.tree.reduced import Reduced, reduced
from loligo.engine.tree.request import Array, TreeRequest
from loligo.engine.tree.rest import Drive, by_distance, settled, solved
from loligo.engine.tree.seen import seen_of
from loligo.engine.tree.simulate import request_of
from loligo.errors import ModelError
from loligo.protocol import Protocol

Complex = NDArray[np.complex128]

_A_DECADE = 40
"""Frequencies at which an admittance is computed; between them it is interpolated."""
_TOGETHER = 64
_LEAST = 1e-6
"""Conductance that a whole neuron has at least while its gates stand still [nS]."""


@dataclass(frozen=True, eq=False)
class AtRest:
    """A neuron with a current and a leak at a site, and nothing else from outside.

    Attributes
    ----------
    v : ndarray, shape (compartment,) [mV]
        NaN where there is no rest.
    site : int
        The compartment.
    capacitance : ndarray, shape (compartment,) [pF]
    slope : ndarray, shape (node,) [nS]
        Of the steady current out of each node, axial ones and the leak included; without rest only
        of those.
    leak : float [nS]
        At the site.
    tree : Tree
    """

    v: Array
    site: int
    capacitance: Array
    slope: Array
    leak: float
    tree: Tree

    def beside(self, leak: float) -> AtRest:
        """Return the neuron at the same potentials beside another leak at the site [nS]."""
        slope = self.slope.copy()
        slope[self.site] += leak - self.leak
        return replace(self, slope=slope, leak=leak)

    @property
    def potential(self) -> float | None:
        """At the site [mV]; None where there is no rest."""
        v = float(self.v[self.site])
        return None if np.isnan(v) else v

    @property
    def resistance(self) -> float:
        """Change of the potential at the site per lasting current there [GOhm], for small ones."""
        return float(1.0 / self._admittance(np.zeros(1))[0].real)

    def admittance(self, frequencies: ArrayLike) -> Complex:
        """Return current over potential at the site [nS], for small signals.

        Parameters
        ----------
        frequencies : array_like [kHz]
            Above 0. Of many, a spline through 40 a decade.

        Notes
        -----
        Membranes are their capacitance and the slope of their steady current: gates follow at once,
        so that resonances are not in it.
        """
        f = np.asarray(frequencies, dtype=np.float64)
        if f.size < _A_DECADE:
            return self._admittance(f.ravel()).reshape(f.shape)
        low, high = np.log10(f.min()), np.log10(f.max())
        grid = np.linspace(low, high, 2 + int(np.ceil((high - low) * _A_DECADE)))
        found = self._admittance(10.0**grid)
        parts = np.stack([np.log(np.abs(found)), np.unwrap(np.angle(found))], axis=1)
        size, angle = np.moveaxis(CubicSpline(grid, parts)(np.log10(f)), -1, 0)
        return np.asarray(np.exp(size + 1j * angle))

    def _admittance(self, f: Array) -> Complex:
        n, nodes = self.capacitance.size, self.tree.parent.size
        charge = np.zeros(nodes)
        charge[:n] = self.capacitance
        levels = by_distance(self.tree.parent)
        found = np.zeros(f.size, dtype=np.complex128)
        for first in range(0, f.size, _TOGETHER):
            some = f[first : first + _TOGETHER, None]
            current = np.zeros((some.size, nodes))
            current[:, self.site] = 1.0
            diagonal = self.slope + 2j * np.pi * some * charge
            v, _ = solved(self.tree.parent, self.tree.conductance, levels, diagonal, current)
            found[first : first + _TOGETHER] = 1.0 / v[:, self.site]
        return found


def neuron_at_rest(
    neuron: Neuron,
    site: str,
    *,
    leak: float = 0.0,
    current: float = 0.0,
    parameters: Mapping[str, Any] | None = None,
) -> AtRest:
    """Return a neuron at rest while ``current - leak v`` flows in at a site.

    Parameters
    ----------
    neuron : Neuron
    site : str
    leak, current : float [nS, pA]
        Such as that of a seal, or what a clamp gives.
    parameters : mapping of str to quantity, optional
        Other values than the neuron's, by path; one each.

    Raises
    ------
    ModelError
        Several values for a parameter.
    """
    request, place = _alone(neuron, site, parameters)
    constant, slope = np.zeros((2, 1, request.n_compartments))
    constant[0, place], slope[0, place] = current, leak
    found, tree = settled(request, Drive(constant, slope)), request.trees[0]
    steady = found.slope[0]
    if np.isnan(found.v).any():
        steady = sums(tree)
        steady[place] += leak
    return AtRest(found.v[0], place, request.capacitance[0], steady, leak, tree)


def standing_neuron(
    neuron: Neuron, site: str, v: ArrayLike, parameters: Mapping[str, Any] | None = None
) -> Reduced:
    """Return what a pipette at a site sees of a neuron whose gates stand still.

    Parameters
    ----------
    neuron : Neuron
    site : str
    v : array_like, shape () or (compartment,) [mV]
        Where it is.
    parameters : mapping of str to quantity, optional

    Raises
    ------
    ModelError
        Several values for a parameter.
    """
    request, place = _alone(neuron, site, parameters)
    at = np.broadcast_to(np.asarray(v, dtype=np.float64), (request.n_compartments,))
    slope = np.zeros(request.n_compartments)
    for patch in request.patches:
        said = {name: request.per_run(values) for name, values in patch.described.items()}
        here = at[None, patch.compartments]
        slope[patch.compartments] = standing_conductance(patch.equations, said, here)[0]
    least = _LEAST / slope.size
    return reduced(request.trees[0], request.capacitance[0], np.maximum(slope, least), place)


def _alone(
    neuron: Neuron, site: str, parameters: Mapping[str, Any] | None
) -> tuple[TreeRequest, int]:
    """Return the request of a neuron on which nothing acts, and the compartment of a site."""
    nothing = Protocol("nothing", ["hold for 1 ms"], holding="0 pA")
    acts = acting(neuron, nothing, site, None, None, ())
    request = request_of(neuron, acts, seen_of(neuron, acts, (), ()), parameters)
    if request.n_cells != 1:
        raise ModelError("give one value for each parameter; this is of one neuron")
    return request, acts.places[0]
