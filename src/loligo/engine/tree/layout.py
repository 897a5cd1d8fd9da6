"""Where the nodes of trees sit, so that elimination fills the lanes of a processor.

Elimination on a tree (Hines 1984, https://doi.org/10.1016/0020-7101(84)90008-4) is a chain of
dependent divisions. Here a tree is cut into *pieces*, unbranched runs of nodes, which are
eliminated side by side, a piece a lane. Of a piece that others hang on the last node is a
*separator*: it stays, and so do those whose potential is held. The much smaller tree of separators
is solved in Hines' order, and the pieces are filled in side by side again. A piece that ends in a
tip leaves nothing.

Pieces of like length form a group of `WIDTH` lanes. The nodes that are at one place in the pieces
of a group are a *slab*: what the processor works on at a time, in the membrane's equations too.
Branch points, which have no membrane, are nodes like others; what the membrane does in their lanes
is multiplied by 0. How a tree is cut depends on the tree alone, so that its numbers do not depend
on what else is computed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WIDTH = 32
"""Lanes of a slab."""
LONGEST, SHORTEST = 32, 4
"""Nodes of a piece at most: fewer in a small tree, so that there are enough pieces."""


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

    A place is a slab times `WIDTH` plus a lane.

    Attributes
    ----------
    place : ndarray of int, shape (node,)
        Nodes are numbered on from tree to tree.
    groups : ndarray of int, shape (group, 3)
        First slab, number of slabs, and kind of membrane.
    n_slabs : int
    back, root, total : ndarray, shape (slab * WIDTH,) [nS]
        Minus the conductance to the node before in the piece; of a piece's first, minus that to the
        separator it hangs on; and the sum of conductances to all neighbours.
    ends : ndarray, shape (slab * WIDTH,)
        1 at the last node of a piece that ends in a tip, else 0.
    separator, above, holds : ndarray of int, shape (separator,)
        Place, children before parents; number of the separator it hangs on, for a root that of all
        separators; and number of the command its potential follows, -1 for a free one.
    child, tip : ndarray of int, shape (child,), (tip,)
        Numbers of separators, and places of the last nodes of pieces that end in tips, in the order
        of the separators they hang on; those of separator ``i`` begin at its entry in the next two.
    child_first, tip_first : ndarray of int, shape (separator + 1,)
    """

    place: Ints
    groups: Ints
    n_slabs: int
    back: Floats
    root: Floats
    total: Floats
    ends: Floats
    separator: Ints
    above: Ints
    holds: Ints
    child: Ints
    child_first: Ints
    tip: Ints
    tip_first: Ints


@dataclass(frozen=True, eq=False)
class Cut:
    """A tree in pieces.

    Attributes
    ----------
    tree : Tree
    pieces : list of ndarray of int
        Nodes of each, from near the root outwards.
    kinds : list of int
    closed : list of bool
        Whether a piece ends in a tip.
    separators, above, holds : ndarray of int, shape (separator,)
        Node, children before parents; position of the one it hangs on, -1 for a root; command.
    hangs_on : ndarray of int, shape (piece,)
        Position of the separator that each piece hangs on, -1 for the root's.
    """

    tree: Tree
    pieces: list[Ints]
    kinds: list[int]
    closed: list[bool]
    separators: Ints
    above: Ints
    holds: Ints
    hangs_on: Ints


@lru_cache(maxsize=16)
def cut(tree: Tree) -> Cut:
    """Cut a tree into unbranched runs; the same ones when asked again."""
    n_nodes, parent = tree.parent.size, tree.parent
    inner = parent >= 0
    children = np.bincount(parent[inner], minlength=n_nodes)
    held = np.zeros(n_nodes, dtype=bool)
    held[list(tree.held)] = True
    kind = np.concatenate([tree.kind, tree.kind[parent[tree.n_compartments :]]])
    follows = np.full(n_nodes, -1)
    goes_on = inner & (children[parent] == 1) & ~held[parent] & (kind[parent] == kind)
    follows[parent[goes_on]] = np.flatnonzero(goes_on)
    longest = min(LONGEST, max(SHORTEST, -(-n_nodes // WIDTH)))
    pieces: list[Ints] = []
    for start in np.flatnonzero(~goes_on):
        run = [int(start)]
        while follows[run[-1]] >= 0:
            run.append(int(follows[run[-1]]))
        pieces += np.array_split(np.array(run), -(-len(run) // longest))
    ends = np.array([piece[-1] for piece in pieces])
    up = np.full(n_nodes, -1)  # of separators: the node that their piece hangs on
    up[ends] = parent[[piece[0] for piece in pieces]]
    closed = (children[ends] == 0) & ~held[ends]
    separators = ends[~closed]
    height = _heights(up, separators)
    separators = separators[np.argsort(height[separators], kind="stable")]
    number = np.full(n_nodes + 1, -1)
    number[separators] = np.arange(separators.size)
    holds = np.full(separators.size, -1)
    for command, node in enumerate(tree.held):
        holds[number[node]] = command
    return Cut(
        tree=tree,
        pieces=pieces,
        kinds=[int(kind[piece[0]]) for piece in pieces],
        closed=closed.tolist(),
        separators=separators,
        above=number[up[separators]],
        holds=holds,
        hangs_on=number[up[ends]],
    )


@lru_cache(maxsize=16)
def layout_of(cuts: tuple[Cut, ...]) -> Layout:
    """Lay out trees side by side; the same way when asked again."""
    first = np.cumsum([0, *(c.tree.parent.size for c in cuts)])
    every = [(i, j) for i, c in enumerate(cuts) for j in range(len(c.pieces))]

    def order(piece: tuple[int, int]) -> tuple[int, int]:
        of, index = cuts[piece[0]], piece[1]
        return of.kinds[index], -of.pieces[index].size

    every.sort(key=order)
    place = np.zeros(first[-1], dtype=np.int64)
    groups, slab = [], 0
    for kind, alike in groupby(every, key=lambda piece: order(piece)[0]):
        for some in _batched(list(alike), WIDTH):
            longest = cuts[some[0][0]].pieces[some[0][1]].size
            for lane, (i, j) in enumerate(some):
                nodes = cuts[i].pieces[j]
                rows = slab + longest - nodes.size + np.arange(nodes.size)
                place[first[i] + nodes] = rows * WIDTH + lane
            groups.append((slab, longest, kind))
            slab += longest
    back, root, total = (np.zeros(slab * WIDTH) for _ in range(3))
    places = [place[a:b] for a, b in pairwise(first)]
    for c, at in zip(cuts, places, strict=True):
        total[at] = sums(c.tree)
        back[at] = -c.tree.conductance
        begins = at[[piece[0] for piece in c.pieces]]
        root[begins], back[begins] = back[begins], 0.0
    counts = np.cumsum([0, *(c.separators.size for c in cuts)])
    commands = np.cumsum([0, *(len(c.tree.held) for c in cuts)])
    tips = [np.array(c.closed) for c in cuts]

    def joined(parts: list[Ints]) -> Ints:
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def numbered(values: Ints, index: int) -> Ints:
        return np.where(values < 0, int(counts[-1]), values + int(counts[index])).astype(np.int64)

    tip = joined(
        [
            at[[p[-1] for p, yes in zip(c.pieces, c.closed, strict=True) if yes]]
            for c, at in zip(cuts, places, strict=True)
            if any(c.closed)
        ]
    )
    ends = np.zeros(slab * WIDTH)
    ends[tip] = 1.0
    above = joined([numbered(c.above, i) for i, c in enumerate(cuts)])
    child, child_first = _hanging(np.arange(above.size), above, above.size)
    tip_above = joined([numbered(c.hangs_on[tips[i]], i) for i, c in enumerate(cuts)])
    tip, tip_first = _hanging(tip, tip_above, above.size)
    return Layout(
        place=place,
        groups=np.array(groups, dtype=np.int64).reshape(-1, 3),
        n_slabs=slab,
        back=back,
        root=root,
        total=total,
        ends=ends,
        separator=joined([at[c.separators] for c, at in zip(cuts, places, strict=True)]),
        above=above,
        holds=joined(
            [np.where(c.holds < 0, -1, c.holds + commands[i]) for i, c in enumerate(cuts)]
        ),
        child=child,
        child_first=child_first,
        tip=tip,
        tip_first=tip_first,
    )


def _hanging(what: Ints, on: Ints, count: int) -> tuple[Ints, Ints]:
    """Return things in the order of what they hang on, and where those of each begin."""
    order = np.argsort(on, kind="stable")
    first = np.searchsorted(on[order], np.arange(count + 1))
    return what[order], first.astype(np.int64)


def _batched(items: list[tuple[int, int]], size: int) -> list[list[tuple[int, int]]]:
    return [items[begin : begin + size] for begin in range(0, len(items), size)]


def sums(tree: Tree) -> Floats:
    """Return the sum of each node's conductances to its neighbours [nS]."""
    inner = tree.parent >= 0
    to_children = np.bincount(
        tree.parent[inner], weights=tree.conductance[inner], minlength=tree.parent.size
    )
    return np.where(inner, tree.conductance, 0.0) + to_children


def _heights(up: Ints, nodes: Ints) -> Ints:
    """Return how far each node is from the farthest one that hangs on it, directly or not."""
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
