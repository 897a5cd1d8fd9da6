"""The numbers of rigs at sites of trees, as `loligo.engine.support.mounted` takes them.

A rig obeys ``x' = A x + c v + b u + d`` and drives the current ``p x + q v + r u + s`` into its
site. A stage of the two-stage step (see `assemble`) finds ``x = T (y, v, u, 1)``, with the inverse
of ``1 - gamma h A`` in T, from the potential at its end; put into the current, all of it is a
conductance and a current at the site, as anything else that acts there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.engine.grid import Grid
from loligo.engine.rigged import dense, seen_columns, steady_rig
from loligo.engine.tree.joint import Interval
from loligo.engine.tree.levels import rig_commands
from loligo.engine.tree.request import Array, Mounted, TreeRequest
from loligo.engine.two_stage import GAMMA
from loligo.errors import SelectionError, suggest

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RigBlock:
    """The rigs of some runs, in the order of their sites in memory.

    Attributes
    ----------
    order : ndarray of int, shape (rig,)
        Which of ``run * rigs a run + rig`` each is.
    sites, wave : ndarray of int, shape (rig,)
        Element of the site's row 0, and first column of `Grid.wave`.
    levels : ndarray, shape (stretch, rig, 2)
        Level and scale of the command.
    tables : ndarray, shape (size, rig, state + 1, state + 3)
    size : ndarray of int, shape (stretch,)
        Which table.
    states : ndarray, shape (rig, state)
    seen : ndarray of int, shape (recorded,)
    weights : ndarray, shape (recorded, state + 3)
    """

    order: Ints
    sites: Ints
    wave: Ints
    levels: Array
    tables: Array
    size: Ints
    states: Array
    seen: Ints
    weights: Array

    def arguments(self, samples: int) -> tuple[Any, ...]:
        """Return what the kernel takes; the last are the samples of what is seen."""
        count = self.sites.size
        now, then, driven = (np.zeros(count) for _ in range(3))
        return (
            self.sites, self.wave, now, then, self.levels, self.tables, self.size, self.states,
            np.zeros_like(self.states), driven, self.seen, self.weights,
            np.full((self.seen.size, samples), np.nan),
        )  # fmt: skip


def rig_block(
    request: TreeRequest,
    grid: Grid,
    cuts: list[tuple[Interval, ...]],
    runs: Ints,
    place: Ints,
    starts: tuple[Array, ...],
) -> RigBlock:
    """Lay out the rigs of some runs.

    Parameters
    ----------
    request : TreeRequest
    grid : Grid
    cuts : list of tuple of Interval
        One tuple a run.
    runs : ndarray of int
    place : ndarray of int, shape (run, compartment)
        Element of row 0 of their compartments.
    starts : tuple of ndarray, shape (run of the request, state)
        States of each rig before a run.
    """
    rigs = request.rigs
    sites = place[:, [rig.compartment for rig in rigs]].ravel()
    order = np.argsort(sites, kind="stable")
    most = max(len(rig.wired.wiring.states) for rig in rigs)
    steps, size = np.unique(np.round(grid.sizes, 12), return_inverse=True)
    shape = (runs.size, len(rigs))
    tables = np.zeros((steps.size, *shape, most + 1, most + 3))
    states = np.zeros((*shape, most))
    for index, rig in enumerate(rigs):
        own = rig.weights(runs, request.n_sweeps)
        tables[:, :, index] = _tables(rig, own, steps, most)
        states[:, index, : starts[index].shape[1]] = starts[index][runs]
    weights = np.zeros((*shape, len(request.rig_record), most + 3))
    for number, (index, name) in enumerate(request.rig_record):
        own = rigs[index].weights(runs, request.n_sweeps)
        weights[:, index, number] = _seen(rigs[index], name, own, most)
    which = [[index for index, _ in request.rig_record] for _ in runs]
    flat = np.array(which, dtype=np.int64).reshape(runs.size, -1)
    numbers = np.arange(len(request.rig_record))
    back = np.argsort(order, kind="stable")  # of each rig, its place in the order
    seen = back[(flat + np.arange(runs.size)[:, None] * len(rigs)).ravel()]
    return RigBlock(
        order=order,
        sites=sites[order],
        wave=np.tile(3 * np.array([rig.protocol for rig in rigs], dtype=np.int64), runs.size)[
            order
        ],
        levels=np.ascontiguousarray(rig_commands(request, grid, cuts, runs)[:, order]),
        tables=np.ascontiguousarray(tables.reshape(steps.size, -1, most + 1, most + 3)[:, order]),
        size=size.astype(np.int64).ravel(),
        states=np.ascontiguousarray(states.reshape(-1, most)[order]),
        seen=seen.astype(np.int64),
        weights=weights[np.arange(runs.size)[:, None], flat, numbers].reshape(-1, most + 3),
    )


def _tables(rig: Mounted, weights: dict[str, Array], steps: Array, most: int) -> Array:
    """Return the table of each step and run (or one for all), shape (step, run, state + 1, ...)."""
    count = _count(weights)
    equations = dense(rig.wired.wiring, weights, count)
    n = equations.slopes.shape[1]
    places = [*range(n), most, most + 1, most + 2]
    found = np.zeros((steps.size, count, most + 1, most + 3))
    one = np.eye(n)
    for index, step in enumerate(steps):
        moved = GAMMA * step * equations.slopes
        right = np.concatenate([np.broadcast_to(one, moved[:, :, :n].shape), moved[:, :, n:]], 2)
        stage = np.linalg.solve(one - moved[:, :, :n], right)
        current = np.pad(equations.current[:, n:], ((0, 0), (n, 0)))
        for state in range(n):
            current = current + equations.current[:, state, None] * stage[:, state]
        found[index][:, np.arange(n)[:, None], places] = stage
        found[index][:, most, places] = current
    return found


def _seen(rig: Mounted, name: str, weights: dict[str, Array], most: int) -> Array:
    """Return the weights of what is seen of each run (or of all), shape (run, state + 3)."""
    found = seen_columns(rig.wired.wiring, name, weights, _count(weights))
    assert found is not None  # `check_seen` has refused others
    n = found.shape[1] - 3
    gap = np.zeros((found.shape[0], most - n))
    return np.concatenate([found[:, :n], gap, found[:, n:]], axis=1)


def _count(weights: dict[str, Array]) -> int:
    return max((weight.size for weight in weights.values()), default=1)


def check_seen(rig: Mounted, name: str, text: str) -> None:
    """Refuse what a rig does not show.

    Raises
    ------
    SelectionError
    """
    wiring = rig.wired.wiring
    known = (*(row.name for row in wiring.outputs), *wiring.states)
    if name not in known:
        raise SelectionError(
            f"{text!r}: the rig shows nothing called {name!r}; {suggest(name, known)}"
        )


def rig_starts(request: TreeRequest, v: Array) -> tuple[Array, ...]:
    """Return the states of each rig before each run, shape (run, state).

    In steady state under the command between sweeps at the potential `v` of each run and
    compartment, but for those told otherwise.
    """
    found = []
    for rig in request.rigs:
        weights = rig.weights(np.arange(request.n_runs), request.n_sweeps)
        at = np.broadcast_to(v, (request.n_runs, request.n_compartments))[:, rig.compartment]
        command = rig.factor * request.at_rest(rig.protocol)
        states = steady_rig(rig.wired.wiring, weights, at, command)
        for name, values in request.initial.items():
            if name in states:
                told = np.broadcast_to(values, (request.n_runs, request.n_compartments))
                told = told[:, rig.compartment]
                states[name] = np.where(np.isnan(told), states[name], told)
        found.append(np.stack(list(states.values()), axis=1))
    return tuple(found)
