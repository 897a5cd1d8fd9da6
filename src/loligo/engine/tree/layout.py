"""Where the nodes of trees sit, so that elimination fills the lanes of a processor.

Elimination on a tree (Hines 1984, https://doi.org/10.1016/0020-7101(84)90008-4) is a chain of
dependent divisions. Here a tree is cut into *pieces*, unbranched runs of compartments. The last
compartment of a piece is its *separator*; the others are eliminated in all pieces side by side, a
piece a lane, which leaves a much smaller tree of separators and branch points. That is solved in
Hines' order, and the pieces are filled in side by side again.

Pieces of like length form a group of `WIDTH` lanes. The compartments that are at one place in the
pieces of a group are a *slab*: what the processor works on at a time, in the membrane's equations
too. How a tree is cut depends on the tree alone, so that its numbers do not depend on what else is
computed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WIDTH = 32
"""Lanes of a slab."""
LONGEST, SHORTEST = 32, 4
"""Compartments of a piece at most: fewer in a small tree, so that there are enough pieces."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Compartments and branch points, and what connects them.

    Attributes
    ----------
    n_compartments : int
        Nodes from this number on are branch points, which have no membrane.
    parent : ndarray of int, shape (node,)
        -1 for the root.
    conductance : ndarray, shape (node,) [nS]
        To the parent; 0 for the root.
    kind : ndarray of int, shape (compartment,)
        Kind of membrane.
    held : tuple of int
        Compartments whose potential is commanded.
    """

    n_compartments: int
    parent: Ints
    conductance: Floats
    kind: Ints
    held: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Layout:
    """The places of the nodes of one or more trees.

    Attributes
    ----------
    place : ndarray of int, shape (compartment,)
        Slab times `WIDTH` plus lane.
    groups : ndarray of int, shape (group, 3)
        First slab, number of slabs, and kind of membrane.
    n_slabs : int
    back, root, total : ndarray, shape (slab * WIDTH,) [nS]
        Minus the conductance to the compartment before in the piece; of a piece's first, minus
        that to the separator it hangs on; and the sum of conductances to all neighbours.
    separator : ndarray of int, shape (reduced,)
        Place of each node of the reduced tree, children before parents; -1 for a branch point.
    above : ndarray of int, shape (reduced,)
        Its parent's number; the number of nodes for a root.
    coupling, diagonal : ndarray, shape (reduced,) [nS]
        Of branch points: minus the conductance to the parent, sum of conductances to neighbours.
    holds : ndarray of int, shape (reduced,)
        Number of the command that a node's potential follows; -1 for a free one.
    """

    place: Ints
    groups: Ints
    n_slabs: int
    back: Floats
    root: Floats
    total: Floats
    separator: Ints
    above: Ints
    coupling: Floats
    diagonal: Floats
    holds: Ints


def pieces_of(tree: Tree) -> list[Ints]:
    """Cut a tree into unbranched runs, each from near the root outwards."""
    n, parent, kind = tree.n_compartments, tree.parent, tree.kind
    inner = parent >= 0
    children = np.bincount(parent[inner], minlength=parent.size)
    held = np.zeros(parent.size, dtype=bool)
    held[list(tree.held)] = True
    follows = np.full(n, -1)
    for node in range(n):
        up = int(parent[node])
        if 0 <= up < n and children[up] == 1 and not held[up] and kind[up] == kind[node]:
            follows[up] = node
    starts = set(range(n)) - set(follows[follows >= 0].tolist())
    longest = min(LONGEST, max(SHORTEST, -(-n // WIDTH)))
    pieces: list[Ints] = []
    for start in sorted(starts):
        run = [start]
        while follows[run[-1]] >= 0:
            run.append(int(follows[run[-1]]))
        pieces += np.array_split(np.array(run), -(-len(run) // longest))
    return pieces


def layout_of(trees: list[Tree]) -> Layout:
    """Lay out trees side by side; nodes are numbered on from tree to tree, compartments too."""
    pieces: list[tuple[int, Ints]] = []
    for index, tree in enumerate(trees):
        pieces += [(index, piece) for piece in pieces_of(tree)]
    kinds = [int(trees[index].kind[piece[0]]) for index, piece in pieces]
    order = sorted(range(len(pieces)), key=lambda i: (kinds[i], -pieces[i][1].size))
    first = np.cumsum([0, *(tree.n_compartments for tree in trees)])
    place = np.zeros(first[-1], dtype=np.int64)
    groups, slab = [], 0
    for kind, alike in groupby(order, key=lambda i: kinds[i]):
        for some in _batched(list(alike), WIDTH):
            longest = pieces[some[0]][1].size
            for lane, (index, piece) in enumerate(pieces[i] for i in some):
                rows = slab + longest - piece.size + np.arange(piece.size)
                place[first[index] + piece] = rows * WIDTH + lane
            groups.append((slab, longest, kind))
            slab += longest
    back, root, total = (np.zeros(slab * WIDTH) for _ in range(3))
    for index, tree in enumerate(trees):
        _couple(tree, place[first[index] : first[index + 1]], pieces, index, (back, root, total))
    reduced = [_Reduced(t, place[first[i] : first[i + 1]], i, pieces) for i, t in enumerate(trees)]
    offsets = np.cumsum([0, *(r.separator.size for r in reduced)])
    n_reduced = int(offsets[-1])
    above = [
        np.where(r.above < 0, n_reduced, r.above + o)
        for r, o in zip(reduced, offsets, strict=False)
    ]
    commands = np.cumsum([0, *(len(t.held) for t in trees)])
    holds = [
        np.where(r.holds < 0, -1, r.holds + c) for r, c in zip(reduced, commands, strict=False)
    ]
    return Layout(
        place=place,
        groups=np.array(groups, dtype=np.int64).reshape(-1, 3),
        n_slabs=slab,
        back=back,
        root=root,
        total=total,
        separator=np.concatenate([r.separator for r in reduced]),
        above=np.concatenate(above),
        coupling=np.concatenate([r.coupling for r in reduced]),
        diagonal=np.concatenate([r.diagonal for r in reduced]),
        holds=np.concatenate(holds),
    )


def _batched(items: list[int], size: int) -> list[list[int]]:
    return [items[begin : begin + size] for begin in range(0, len(items), size)]


def sums(tree: Tree) -> Floats:
    """Return the sum of each node's conductances to its neighbours [nS]."""
    inner = tree.parent >= 0
    to_children = np.bincount(
        tree.parent[inner], weights=tree.conductance[inner], minlength=tree.parent.size
    )
    return np.where(inner, tree.conductance, 0.0) + to_children


def _couple(
    tree: Tree,
    place: Ints,
    pieces: list[tuple[int, Ints]],
    index: int,
    rows: tuple[Floats, Floats, Floats],
) -> None:
    """Fill in the conductances of a tree's compartments."""
    back, root, total = rows
    total[place] = sums(tree)[: tree.n_compartments]
    back[place] = -tree.conductance[: tree.n_compartments]
    for piece in (piece for owner, piece in pieces if owner == index):
        begin = place[piece[0]]
        root[begin], back[begin] = back[begin], 0.0


class _Reduced:
    """The separators and branch points of one tree, children before parents."""

    def __init__(self, tree: Tree, place: Ints, index: int, pieces: list[tuple[int, Ints]]) -> None:
        n, n_nodes = tree.n_compartments, tree.parent.size
        up = np.full(n_nodes, -2)  # of separators and branch points: the node they hang on
        for piece in (piece for owner, piece in pieces if owner == index):
            up[piece[-1]] = tree.parent[piece[0]]
        up[n:] = tree.parent[n:]
        nodes = np.flatnonzero(up > -2)
        height = _heights(up, nodes)
        nodes = nodes[np.argsort(height[nodes], kind="stable")]
        number = np.full(n_nodes + 1, -1)
        number[nodes] = np.arange(nodes.size)
        self.separator = np.where(nodes < n, place[np.minimum(nodes, n - 1)], -1)
        self.above = number[up[nodes]]
        is_point = nodes >= n
        self.coupling = np.where(is_point, -tree.conductance[nodes], 0.0)
        self.diagonal = np.where(is_point, sums(tree)[nodes], 0.0)
        self.holds = np.full(nodes.size, -1)
        for command, node in enumerate(tree.held):
            self.holds[number[node]] = command


def _heights(up: Ints, nodes: Ints) -> Ints:
    """Return how far each node is from the farthest tip beyond it."""
    height = np.zeros(up.size, dtype=np.int64)
    waiting = np.bincount(up[nodes][up[nodes] >= 0], minlength=up.size)
    ready = [int(node) for node in nodes if waiting[node] == 0]
    while ready:
        node = ready.pop()
        parent = int(up[node])
        if parent >= 0:
            height[parent] = max(height[parent], height[node] + 1)
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    return height
