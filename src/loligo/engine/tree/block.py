"""The numbers of some runs side by side, as the kernel for trees takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.engine.native import aligned_zeros
from loligo.engine.tree.assemble import AXIAL_SUM, CAPACITANCE, COVERED
from loligo.engine.tree.elimination import BACK, ROOT, TIP
from loligo.engine.tree.layout import WIDTH, Cut, Layout, layout_of
from loligo.engine.tree.request import Array, TreeRequest
from loligo.engine.tree.source import TreeKernel

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Filled:
    """What every cell of a request has: states before a run and constants, by kind of membrane.

    Attributes
    ----------
    states : tuple of dict of str to ndarray
        To broadcast to shape (run, compartment of the kind).
    constants : tuple of dict of str to ndarray
        To broadcast to shape (cell, compartment of the kind).
    """

    states: tuple[dict[str, Array], ...]
    constants: tuple[dict[str, Array], ...]


@dataclass(frozen=True, eq=False)
class Block:
    """Runs side by side.

    Attributes
    ----------
    runs : ndarray of int
    layout : Layout
    numbers : ndarray
        Scratch and slabs.
    place : ndarray of int, shape (run, compartment)
        Element of `numbers` that is row 0 of a compartment.
    nodes : ndarray of int, shape (run, node)
        The same, with branch points.
    separator, tip : ndarray of int
        The same for separators and for the last nodes of pieces that end in tips.
    """

    runs: Ints
    layout: Layout
    numbers: Array
    place: Ints
    nodes: Ints
    separator: Ints
    tip: Ints


def block_of(
    request: TreeRequest, kernel: TreeKernel, filled: Filled, cuts: Sequence[Cut], runs: Ints
) -> Block:
    """Lay out runs side by side and fill in their numbers; `cuts` are those of the cells' trees."""
    cells = runs // request.n_sweeps
    layout = layout_of(tuple(cuts[int(cell) if len(cuts) > 1 else 0] for cell in cells))
    slab, begin = kernel.room * WIDTH, kernel.scratch * WIDTH
    numbers = aligned_zeros(begin + layout.n_slabs * slab)
    slabs = numbers[begin:].reshape(layout.n_slabs, kernel.room, WIDTH)
    nodes = layout.place.reshape(runs.size, -1)
    place = nodes[:, : request.n_compartments]
    shape = (request.n_cells, request.n_compartments)
    capacitance = np.broadcast_to(request.capacitance, shape)[cells]
    rows = kernel.rows[0]
    coupling = {
        AXIAL_SUM: layout.total, BACK: layout.back, ROOT: layout.root, TIP: layout.ends
    }  # fmt: skip
    for name, values in coupling.items():
        slabs[:, rows[name]] = values.reshape(-1, WIDTH)
    if COVERED in rows:
        slabs[:, rows[COVERED]] = 1.0
        points = nodes[:, request.n_compartments :]
        slabs[points // WIDTH, rows[COVERED], points % WIDTH] = 0.0
    if CAPACITANCE in rows:
        slabs[:, rows[CAPACITANCE]] = 1.0
        slabs[place // WIDTH, rows[CAPACITANCE], place % WIDTH] = capacitance
    for kind, patch in enumerate(request.patches):
        mine = np.concatenate([np.arange(a, a + n) for a, n, k in layout.groups if k == kind])
        at = place[:, patch.compartments]
        for table, which, count in (
            (filled.states[kind], runs, request.n_runs),
            (filled.constants[kind], cells, request.n_cells),
        ):
            for name, values in table.items():
                row = kernel.rows[kind].get(name)
                if row is None:
                    continue
                given = np.broadcast_to(values, (count, patch.compartments.size))[which]
                slabs[mine, row] = given[0, 0]  # lanes not in use compute something harmless
                slabs[at // WIDTH, row, at % WIDTH] = given

    def element(places: Ints) -> Ints:
        return begin + places // WIDTH * slab + places % WIDTH

    return Block(
        runs=runs,
        layout=layout,
        numbers=numbers,
        place=element(place),
        nodes=element(nodes),
        separator=element(layout.separator),
        tip=element(layout.tip),
    )
