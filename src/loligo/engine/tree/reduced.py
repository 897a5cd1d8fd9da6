"""What a pipette at a site of a tree sees of it, as few equations: a projection of the cable's.

With ``w`` the square root of capacitance times potential, a tree whose membranes are linear obeys
``w' = -A w`` with A symmetric. It is projected on what ``A + sigma`` makes of the site again and
again when it is inverted (a rational Krylov space with one pole): the admittance there is that of
the tree at frequencies near sigma and at infinite ones, and far beyond with each vector more. Being
a projection of a symmetric matrix, what is stable stays so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from loligo.engine.tree.layout import Tree
from loligo.engine.tree.request import Array

_SIGMA = 10.0
"""The pole [1/ms]: between those of membranes and those of amplifiers."""
_MOST = 80
_NOTHING = 1e-10


@dataclass(frozen=True, eq=False)
class Reduced:
    """A tree at a site: ``y' = -matrix y + e i / sqrt(c)``, its potential there ``e y / sqrt(c)``.

    Of ``e`` the first entry is 1 and all others are 0.

    Attributes
    ----------
    matrix : ndarray, shape (state, state) [1/ms]
    capacitance : float [pF]
        Of the compartment at the site.
    """

    matrix: Array
    capacitance: float

    def admittance(self, rates: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return current over potential at complex rates [1/ms], shape (rate,) [nS]."""
        size = self.matrix.shape[0]
        whole = np.asarray(rates)[:, None, None] * np.eye(size) + self.matrix
        right = np.zeros((size, 1))
        right[0] = 1.0 / self.capacitance
        return np.asarray(1.0 / np.linalg.solve(whole, right[None])[:, 0, 0])


def reduced(tree: Tree, capacitance: Array, slope: Array, site: int) -> Reduced:
    """Return a tree as a pipette at a site sees it.

    Parameters
    ----------
    tree : Tree
    capacitance : ndarray, shape (compartment,) [pF]
    slope : ndarray, shape (compartment,) [nS]
        Of what flows out of each compartment through its membrane.
    site : int
        The compartment.
    """
    root = np.sqrt(capacitance)
    along = _without_branch_points(tree)
    matrix = sparse.csc_matrix(
        sparse.diags(1.0 / root) @ (along + sparse.diags(slope)) @ sparse.diags(1.0 / root)
    )
    inverse = splu(matrix + _SIGMA * sparse.identity(root.size, format="csc"))
    basis = np.zeros((root.size, min(_MOST, root.size)))
    basis[site, 0] = 1.0
    count = 1
    while count < basis.shape[1]:
        known = basis[:, :count]
        found = inverse.solve(known[:, -1])
        size = np.linalg.norm(found)
        for _ in range(2):
            found = found - known @ (known.T @ found)
        left = np.linalg.norm(found)
        if left < _NOTHING * size:
            break
        basis[:, count] = found / left
        count += 1
    known = basis[:, :count]
    projected = known.T @ (matrix @ known)
    return Reduced(0.5 * (projected + projected.T), float(capacitance[site]))


def _without_branch_points(tree: Tree) -> sparse.csc_matrix:
    """Return the axial conductances between compartments; branch points hold no charge."""
    n, nodes = tree.n_compartments, tree.parent.size
    inner = np.flatnonzero(tree.parent >= 0)
    above, g = tree.parent[inner], tree.conductance[inner]
    ends = (np.concatenate([inner, above]), np.concatenate([above, inner]))
    links = sparse.csc_matrix((np.concatenate([g, g]), ends), shape=(nodes, nodes))
    whole = sparse.csc_matrix(sparse.diags(np.asarray(links.sum(axis=0)).ravel()) - links)
    if nodes == n:
        return whole
    between, outer = whole[:n, n:], whole[n:, n:]
    return sparse.csc_matrix(whole[:n, :n] - between @ splu(outer).solve(between.T.toarray()))
