"""Channels that move one by one in compartments: how many, where they start, who draws what.

To the random numbers each compartment of each cell is a cell of its own: compartment ``c`` of cell
``n`` draws as cell ``n * compartments + c``, and a neuron of one compartment as the cell does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.engine.chances import START_DRAWS, draw_of, per_channel
from loligo.engine.counts import counted, counted_schemes
from loligo.engine.grid import Grid
from loligo.engine.tree.layout import WIDTH
from loligo.engine.tree.request import Array, Patch, TreeRequest
from loligo.errors import SelectionError, SimulationError, suggest

if TYPE_CHECKING:
    from loligo.engine.tree.block import Block

Ints = NDArray[np.int64]


def with_counts(patches: tuple[Patch, ...], stochastic: bool | Sequence[str]) -> tuple[Patch, ...]:
    """Return patches whose channels are counted where that is asked for.

    Raises
    ------
    SelectionError, ModelError
        No membrane has such a channel, or none that can be counted; a number out of range.
    """
    names = _asked(patches, stochastic)
    found = []
    for patch, mine in zip(patches, names, strict=True):
        values, numbers = counted(patch.equations, mine, patch.values)
        options = replace(patch.options, stochastic=mine)
        found.append(replace(patch, values=values, n_channels=numbers, options=options))
    return tuple(found) if any(names) else patches


def _asked(patches: tuple[Patch, ...], stochastic: bool | Sequence[str]) -> list[tuple[str, ...]]:
    """Return the schemes of each patch whose channels are counted."""
    if isinstance(stochastic, bool):
        if not stochastic:
            return [()] * len(patches)
        able = [
            tuple(s.name for s in patch.equations.occupancies if s.n_channels is not None)
            for patch in patches
        ]
        return able if any(able) else [counted_schemes(p.equations, True) for p in patches]
    wanted = (stochastic,) if isinstance(stochastic, str) else tuple(stochastic)
    channels = [{current.name for current in patch.equations.currents} for patch in patches]
    for name in wanted:
        if not any(name in each for each in channels):
            raise SelectionError(
                f"stochastic: no channel {name!r}; {suggest(name, set().union(*channels))}"
            )
    return [
        counted_schemes(patch.equations, [name for name in wanted if name in each])
        for patch, each in zip(patches, channels, strict=True)
    ]


def counted_starts(
    request: TreeRequest, patch: Patch, states: dict[str, Array]
) -> dict[str, Array]:
    """Return in which states the channels of a patch start, shape (run, compartment).

    Drawn with the occupancies as probabilities, but where those told are whole numbers of channels.
    """
    from loligo.engine.support.binomial import spread_out

    shape = (request.n_runs, patch.compartments.size)
    cells, sweeps = _who(request, np.arange(request.n_runs), patch.compartments)
    found: dict[str, Array] = {}
    for scheme in patch.equations.occupancies:
        if scheme.name not in patch.options.stochastic:
            continue
        occupancies = np.array([np.broadcast_to(states[s], shape).ravel() for s in scheme.symbols])
        numbers = np.broadcast_to(request.per_run(patch.n_channels[scheme.name]), shape).ravel()
        first = draw_of(patch.equations, scheme.name) + START_DRAWS
        counts = spread_out(
            occupancies, np.ascontiguousarray(numbers), request.seed, cells, sweeps, first
        )
        if request.initial.keys() & set(scheme.symbols):
            whole = np.rint(occupancies * numbers)
            given = (np.abs(occupancies * numbers - whole) < 1e-6).all(axis=0)
            counts = np.where(given & (whole.sum(axis=0) == numbers), whole, counts)
        found |= {s: c.reshape(shape) for s, c in zip(scheme.symbols, counts, strict=True)}
    return found


def _who(request: TreeRequest, runs: Ints, compartments: Ints) -> tuple[Ints, Ints]:
    """Return the number that each compartment of some runs draws as, and its sweep, in order."""
    cells, sweeps = np.divmod(runs, request.n_sweeps)
    who = cells[:, None] * request.n_compartments + compartments
    return who.ravel(), np.repeat(sweeps, compartments.size)


def draws_of(request: TreeRequest, grid: Grid, block: Block) -> tuple[int | Ints, ...]:
    """Return what a kernel with draws takes besides: seed, who draws in each lane, first steps."""
    every = np.arange(request.n_compartments)
    cell = np.full(block.layout.n_slabs * WIDTH, -1, dtype=np.int64)
    sweep = np.zeros(cell.size, dtype=np.int64)
    nodes = block.layout.place.reshape(block.runs.size, -1)[:, : every.size]
    cell[nodes.ravel()], sweep[nodes.ravel()] = _who(request, block.runs, every)
    return request.seed, cell, sweep, grid.first_steps


def share_of(patch: Patch, state: str, runs: Ints, request: TreeRequest) -> Array:
    """Return what a state's numbers are multiplied with to be a share of its channels."""
    for scheme in patch.equations.occupancies:
        if scheme.name in patch.options.stochastic and state in scheme.symbols:
            shares = patch.values[per_channel(scheme.name)]
            return shares[runs // request.n_sweeps] if shares.shape[0] > 1 else shares
    return np.ones(())


def numbers_of(request: TreeRequest) -> dict[str, Ints]:
    """Return how many channels move one by one, shape (cell, compartment), by scheme."""
    shape = (request.n_cells, request.n_compartments)
    found: dict[str, Ints] = {}
    for patch in request.patches:
        for name, numbers in patch.n_channels.items():
            table = found.setdefault(name, np.zeros(shape, dtype=np.int64))
            table[:, patch.compartments] = numbers
    return found


def too_fast(request: TreeRequest, grid: Grid, cursor: Ints) -> SimulationError:
    """Return the error of a step that is too long for channels that move."""
    stretch = grid.stretches[int(cursor[0])]
    time = stretch.start + int(cursor[1]) * stretch.size
    return SimulationError(
        f"a step too large for a Markov scheme: {request.name!r}, {time:g} ms: in some compartment "
        f"the rates of a pair of states, times the step of {stretch.size:g} ms, are more than 1, "
        "or a rate is no number of 0 or more. Use a shorter step (dt=...)"
    )
