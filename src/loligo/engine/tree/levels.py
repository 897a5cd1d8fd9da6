"""What protocols command in each stretch of steps, by run, as the kernel for trees takes it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.engine.grid import Grid
from loligo.engine.tree.joint import Interval
from loligo.engine.tree.request import Array, TreeRequest

Ints = NDArray[np.int64]
Cuts = list[tuple[Interval, ...]]
"""The intervals of each run's sweep."""


def potentials(request: TreeRequest, grid: Grid, cuts: Cuts, runs: Ints) -> Array:
    """Return level and scale of each held potential, shape (stretch, run * held, 2)."""
    found = np.zeros((len(grid.stretches), runs.size, len(request.held), 2))
    for place, protocol in enumerate(request.held_by):
        found[:, :, place] = _levels(request, grid, cuts, runs, protocol)
    return found.reshape(len(grid.stretches), -1, 2)


def rig_commands(request: TreeRequest, grid: Grid, cuts: Cuts, runs: Ints) -> Array:
    """Return level and scale of each rig's command, shape (stretch, run * rig, 2)."""
    found = np.zeros((len(grid.stretches), runs.size, len(request.rigs), 2))
    for place, rig in enumerate(request.rigs):
        found[:, :, place] = rig.factor * _levels(request, grid, cuts, runs, rig.protocol)
    return found.reshape(len(grid.stretches), -1, 2)


def currents(request: TreeRequest, grid: Grid, cuts: Cuts, runs: Ints) -> Array:
    """Return what acts on each commanded compartment, shape (stretch, run * command, 5).

    Level and scale of a current, jump of the potential, level and scale of a conductance.
    """
    found = np.zeros((len(grid.stretches), runs.size, len(request.commands), 5))
    shape = (request.n_cells, request.n_compartments)
    of_cells = np.broadcast_to(request.capacitance, shape)[runs // request.n_sweeps]
    for site, command in enumerate(request.commands):
        level, slope = np.moveaxis(_levels(request, grid, cuts, runs, command.protocol), 2, 0)
        drive = command.current + command.conductance * command.reversal + command.access
        found[:, :, site, 0] = drive * level
        found[:, :, site, 1] = drive * slope
        charge = _charges(request, grid, cuts, runs, command.protocol)
        found[:, :, site, 2] = command.jump * charge / of_cells[:, command.compartment]
        found[:, :, site, 3] = command.conductance * level + command.access
        found[:, :, site, 4] = command.conductance * slope
    return found.reshape(len(grid.stretches), -1, 5)


def _levels(request: TreeRequest, grid: Grid, cuts: Cuts, runs: Ints, protocol: int) -> Array:
    """Return level and scale of a protocol's command, shape (stretch, run, 2)."""
    scale, offset = request.commanded(runs)
    found = np.zeros((len(grid.stretches), runs.size, 2))
    for index, stretch in enumerate(grid.stretches):
        parts = [cut[stretch.segment][protocol] for cut in cuts]
        found[index, :, 0] = offset + scale * np.array([p.offset for p in parts])
        found[index, :, 1] = scale * np.array([p.scale for p in parts])
    return found


def _charges(request: TreeRequest, grid: Grid, cuts: Cuts, runs: Ints, protocol: int) -> Array:
    """Return the charge that a protocol delivers at each stretch's start, shape (stretch, run)."""
    scale, _ = request.commanded(runs)
    found = np.zeros((len(grid.stretches), runs.size))
    for index, stretch in enumerate(grid.stretches):
        if stretch.opens:
            found[index] = scale * np.array([cut[stretch.segment][protocol].charge for cut in cuts])
    return found
