"""Runs laid out in blocks of lanes: which run sits where, and the numbers of each block.

Sweeps that share their edges and shapes form a group with one grid of steps; every group has blocks
of its own. So the steps of a run never depend on what else is in the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import evaluate
from loligo.engine.grid import Grid, grid_of
from loligo.engine.loops import layout_of
from loligo.engine.request import Array, Request
from loligo.engine.start import constant_values, start_states
from loligo.engine.system import System
from loligo.errors import ModelError
from loligo.protocol import Protocol
from loligo.protocol.segment import Segment


@dataclass(frozen=True, eq=False)
class Group:
    """Runs with one grid.

    Attributes
    ----------
    grid : Grid
    runs : ndarray of int, shape (run in group,)
        Lane ``i`` of the group (block ``i // lanes``) is run ``runs[i]``.
    blocks : ndarray, shape (block, kept row * lanes)
    active : ndarray of int, shape (block,)
        Lanes in use.
    levels : ndarray, shape (block, stretch, 3, lanes)
        Level and scale of the command, and the jump of the potential at the stretch's start.
    """

    grid: Grid
    runs: NDArray[np.int64]
    blocks: Array
    active: NDArray[np.int64]
    levels: Array

    @property
    def block_steps(self) -> int:
        """Steps of all blocks."""
        return int(self.blocks.shape[0]) * self.grid.total_steps


def groups_of(request: Request, system: System, lanes: int | None) -> list[Group]:
    """Return the runs of a request in groups of blocks; without `lanes`, a block for each group."""
    states = start_states(request)
    constants = constant_values(system.constants, request)
    return [
        _group(request, system, lanes, sweeps, states, constants)
        for sweeps in alike_sweeps(request.protocol)
    ]


Sweeps = dict[int, tuple[Segment, ...]]
"""Sweeps by number, each as its segments."""


def alike_sweeps(protocol: Protocol) -> list[Sweeps]:
    """Return the sweeps that share edges and shapes, each with its segments."""
    found: dict[object, Sweeps] = {}
    for sweep in range(protocol.n_sweeps):
        segments = protocol.segments(sweep)
        key = tuple((s.start, s.stop, s.shape) for s in segments)
        found.setdefault(key, {})[sweep] = segments
    return list(found.values())


def _group(
    request: Request,
    system: System,
    lanes: int | None,
    sweeps: Sweeps,
    states: dict[str, Array],
    constants: dict[str, Array],
) -> Group:
    layout = layout_of(system)
    cells = np.repeat(np.arange(request.n_cells), len(sweeps))
    runs = cells * request.n_sweeps + np.tile(np.array(list(sweeps)), request.n_cells)
    lanes = lanes or runs.size
    n_blocks = -(-runs.size // lanes)
    blocks = np.zeros((n_blocks, layout.n_kept, lanes))
    for name, row in layout.rows.items():
        if row >= layout.n_kept:
            continue
        if name in states:
            _fill(blocks[:, row], states[name][runs])
        else:
            values = constants[name]
            _fill(blocks[:, row], request.per_run(values)[runs] if values.ndim else values)
    segments = list(sweeps.values())
    grid = grid_of(
        segments[0],
        request.dt,
        request.sampling,
        holds_potential=system.options.holds_potential or system.options.wiring is not None,
        opening=system.options.opening,
    )
    active = np.full(n_blocks, lanes, dtype=np.int64)
    active[-1] = runs.size - (n_blocks - 1) * lanes
    return Group(
        grid=grid,
        runs=runs.astype(np.int64),
        blocks=blocks.reshape(n_blocks, -1),
        active=active,
        levels=_levels(request, grid, segments, n_blocks, lanes),
    )


def _fill(rows: Array, values: Array) -> None:
    """Put numbers, one per run or one for all, into rows of shape (block, lane).

    Lanes without a run hold the last one's.
    """
    if values.ndim == 0:
        rows[...] = values
        return
    full, rest = divmod(values.size, rows.shape[1])
    rows[:full] = values[: full * rows.shape[1]].reshape(full, rows.shape[1])
    if rest:
        rows[full, :rest] = values[full * rows.shape[1] :]
        rows[full, rest:] = values[-1]


def _levels(
    request: Request,
    grid: Grid,
    segments: list[tuple[Segment, ...]],
    n_blocks: int,
    lanes: int,
) -> Array:
    """Return the command of each stretch and lane in the unit the kernel needs."""
    n_sweeps = len(segments)
    factor, jump = command_factors(request)
    scale = np.broadcast_to(request.command_scale, (request.n_cells,))
    offset = np.broadcast_to(request.command_offset, (request.n_cells,))
    levels = np.zeros((n_blocks, len(grid.stretches), 3, lanes))
    for index, stretch in enumerate(grid.stretches):
        parts = [sweep[stretch.segment] for sweep in segments]
        level = np.array([p.offset for p in parts])
        slope = np.array([p.scale for p in parts])
        charge = np.array([p.charge if stretch.opens else 0.0 for p in parts])
        shape = (request.n_cells, n_sweeps)
        values = (
            (offset[:, None] + scale[:, None] * level) * factor[:, None],
            scale[:, None] * slope * factor[:, None],
            scale[:, None] * charge * jump[:, None],
        )
        for row, value in enumerate(values):
            _fill(levels[:, index, row], np.broadcast_to(value, shape).ravel())
    return levels


def command_factors(request: Request) -> tuple[Array, Array]:
    """Return what turns the command into mV, pA or nS, and a charge into a jump [mV], per cell."""
    one = np.ones(request.n_cells)
    dimension = request.protocol.dimension
    capacitance = evaluate(request.equations.capacitance, request.values) * one
    if dimension == "current_density":
        if "area" not in request.values:
            raise ModelError(
                f"the protocol {request.protocol.name!r} commands a current density, but the cell "
                f"{request.equations.name!r} has no area; command a current in pA"
            )
        factor = 0.01 * request.values["area"] * one
        return factor, factor / capacitance
    return one, 1.0 / capacitance
