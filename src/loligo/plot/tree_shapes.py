"""A morphology as pieces to draw: cones in the plane of its points, or lines of a dendrogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell.morphology import Branch, Compartments, Morphology

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch of a branch with one colour.

    Attributes
    ----------
    branch, compartment : int
        The compartment is -1 where the whole branch is one piece.
    places : ndarray, shape (point, 2)
    diameters : ndarray, shape (point,) [um]
    """

    branch: int
    compartment: int
    places: Array
    diameters: Array


def has_places(morphology: Morphology) -> bool:
    """Tell whether all points have a place."""
    return all(branch.points for branch in morphology.branches)


def rows(morphology: Morphology) -> Array:
    """Return the height of each branch in a dendrogram: tips one apart, others amid their own."""
    heights = np.zeros(len(morphology.branches))
    order, waiting = [], [morphology.branches[0]]
    while waiting:
        branch = waiting.pop()
        order.append(branch)
        waiting += reversed(morphology.children[branch.name])
    tips = 0
    for branch in order:
        if not morphology.children[branch.name]:
            heights[morphology.index[branch.name]] = tips
            tips += 1
    for branch in reversed(order):
        mine = [morphology.index[child.name] for child in morphology.children[branch.name]]
        if mine:
            heights[morphology.index[branch.name]] = 0.5 * (heights[mine[0]] + heights[mine[-1]])
    return heights


def places_of(morphology: Morphology) -> list[Array]:
    """Return where the points of each branch are drawn, shape (point, 2).

    In the plane x, y where all have a place, else at their path distance and the row of the branch.
    """
    if has_places(morphology):
        return [np.array(branch.points)[:, :2] for branch in morphology.branches]
    heights = rows(morphology)
    return [
        np.stack([start + np.array(b.path), np.full(len(b.path), height)], axis=1)
        for b, start, height in zip(morphology.branches, morphology.starts, heights, strict=True)
    ]


def pieces_of(morphology: Morphology, cut: Compartments | None) -> list[Piece]:
    """Return the pieces of all branches, one for each compartment where there are any.

    Those of the soma come last, so that they are drawn over the others.
    """
    found = []
    for index, (branch, places) in enumerate(
        zip(morphology.branches, places_of(morphology), strict=True)
    ):
        if cut is None:
            found.append(Piece(index, -1, places, np.array(branch.diameters)))
            continue
        mine = np.flatnonzero(cut.branch == index)
        edges = np.linspace(0.0, branch.length, mine.size + 1)
        for number, compartment in enumerate(mine):
            at = _between(branch, edges[number], edges[number + 1])
            found.append(
                Piece(index, int(compartment), place_at(branch, places, at), _width(branch, at))
            )
    return sorted(found, key=lambda piece: morphology.branches[piece.branch].region == "soma")


def _between(branch: Branch, start: float, stop: float) -> Array:
    path = np.array(branch.path)
    inner = path[(path > start) & (path < stop)]
    return np.concatenate([[start], inner, [stop]])


def place_at(branch: Branch, places: Array, at: Array) -> Array:
    """Return where distances along a branch [um] are drawn, shape (distance, 2)."""
    return np.stack([np.interp(at, branch.path, places[:, axis]) for axis in (0, 1)], axis=1)


def _width(branch: Branch, at: Array) -> Array:
    return np.interp(at, branch.path, branch.diameters)


def quads(piece: Piece) -> Array:
    """Return the outlines of a piece's cones, shape (cone, 4, 2) [um]."""
    a, b = piece.places[:-1], piece.places[1:]
    along = b - a
    length = np.hypot(*along.T)
    length[length == 0.0] = 1.0
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    left, right = 0.5 * piece.diameters[:-1, None] * side, 0.5 * piece.diameters[1:, None] * side
    return np.stack([a + left, b + right, b - right, a - left], axis=1)


def is_ball(piece: Piece) -> bool:
    """Tell whether a piece is the cylinder that stands for a sphere: as long as it is wide."""
    if piece.branch != 0 or piece.diameters.size != 2:
        return False
    length = float(np.hypot(*(piece.places[1] - piece.places[0])))
    return bool(np.allclose(piece.diameters, length, rtol=1e-6))
