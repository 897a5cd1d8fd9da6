"""Runs of trees by the compiled kernel: blocks of runs, threads, samples and spikes gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import numpy as np

from loligo.engine.grid import Grid, n_samples
from loligo.engine.lanes import LARGEST_POTENTIAL
from loligo.engine.native import Kernel
from loligo.engine.native import kernel as native_kernel
from loligo.engine.system import RIG_OPENING
from loligo.engine.threads import Progress, in_threads
from loligo.engine.tree.assemble import assemble_tree
from loligo.engine.tree.block import Block, Filled, Ints, block_of
from loligo.engine.tree.counted import draws_of, share_of, too_fast
from loligo.engine.tree.joint import Interval, alike, duration, joint_grid
from loligo.engine.tree.layout import WIDTH, Cut, cut
from loligo.engine.tree.levels import currents, potentials
from loligo.engine.tree.request import Array, TreeOutcome, TreeRequest
from loligo.engine.tree.rigs import RigBlock, rig_block, rig_starts
from loligo.engine.tree.source import TreeKernel, tree_kernel
from loligo.engine.tree.spreading import rows as spread_rows
from loligo.engine.tree.start import filled as filled_of
from loligo.engine.tree.start import is_one, start_potential
from loligo.errors import SimulationError

_ENOUGH = 1024
"""Compartments of a block at least, where there are as many."""
_STEPS = 20_000_000
"""Compartments times steps of one call, which cannot be interrupted."""
_EVENTS = 4096


@dataclass(frozen=True, eq=False)
class _Work:
    """What all blocks of a request share."""

    request: TreeRequest
    cuts: tuple[Cut, ...]
    kernel: TreeKernel
    native: Kernel
    uniform: Array
    filled: Filled
    rig_starts: tuple[Array, ...]
    outcome: TreeOutcome
    spikes: list[tuple[Array, Ints]]


def run(request: TreeRequest) -> TreeOutcome:
    """Run a request.

    Raises
    ------
    SimulationError
        A run diverged; the message names cell, sweep, time and compartment.
    """
    work = _prepared(request)
    by_ends = {*request.held_by, *(rig.protocol for rig in request.rigs)}
    held = [index in by_ends for index in range(len(request.protocols))]
    opening = RIG_OPENING if request.rigs else None
    parts: list[tuple[Grid, list[tuple[Interval, ...]], Ints]] = []
    each = max(1, -(-_ENOUGH // request.n_compartments))
    for sweeps in alike(request.protocols):
        cut_first = next(iter(sweeps.values()))
        grid = joint_grid(cut_first, request.dt, request.sampling, held, opening)
        cells = np.arange(request.n_cells)[:, None] * request.n_sweeps
        runs = (cells + np.array(list(sweeps))).ravel()
        for first in range(0, runs.size, each):
            some = runs[first : first + each]
            parts.append((grid, [sweeps[int(r) % request.n_sweeps] for r in some], some))
    total = sum(grid.total_steps * runs.size for grid, _, runs in parts)
    progress, stop = Progress(request.progress, total), Event()

    def one(index: int) -> None:
        grid, cuts, runs = parts[index]
        _run_block(work, grid, cuts, runs, progress, stop)

    in_threads(one, len(parts), request.threads, stop)
    times = np.concatenate([np.zeros(0), *(t for t, _ in work.spikes)])
    runs = np.concatenate([np.zeros(0, dtype=np.int64), *(r for _, r in work.spikes)])
    order = np.lexsort((times, runs))
    found = work.outcome
    return replace(found, spike_times=times[order], spike_runs=runs[order])


def _prepared(request: TreeRequest) -> _Work:
    cuts = tuple(cut(tree) for tree in request.trees)
    branches = any(tree.parent.size > tree.n_compartments for tree in request.trees)
    systems = tuple(
        assemble_tree(
            patch.equations,
            patch.options,
            branches=branches,
            looks_back=request.looks_back,
            spreads=request.spreads,
        )
        for patch in request.patches
    )
    filled = filled_of(request, systems)
    uniform = tuple(
        frozenset(name for name, values in table.items() if is_one(values))
        for table in filled.constants
    )
    kernel = tree_kernel(
        systems,
        uniform,
        one_capacitance=is_one(request.capacitance),
        branches=branches,
        looks_back=request.looks_back,
        rigs=bool(request.rigs),
    )
    numbers = [
        request.capacitance.flat[0] if kind < 0 else filled.constants[kind][name].flat[0]
        for kind, name in kernel.uniform
    ]
    of_membrane = [name for tree in systems for name in tree.system.states]
    of_rigs = [name for rig in request.rigs for name in rig.wired.wiring.states]
    longest = max((duration(request.protocols, i) for i in range(request.n_sweeps)), default=0.0)
    count = 0 if request.sampling is None else n_samples(longest, request.sampling)
    return _Work(
        request=request,
        cuts=cuts,
        kernel=kernel,
        native=native_kernel(kernel.text, request.name),
        uniform=np.array(numbers, dtype=np.float64),
        filled=filled,
        rig_starts=rig_starts(request, start_potential(request)),
        outcome=TreeOutcome(
            samples=np.full((request.n_runs, len(request.record), count), np.nan),
            rig_samples=np.full((request.n_runs, len(request.rig_record), count), np.nan),
            spike_times=np.zeros(0),
            spike_runs=np.zeros(0, dtype=np.int64),
            states={
                name: np.full((request.n_runs, request.n_compartments), np.nan)
                for name in dict.fromkeys((*of_membrane, *of_rigs))
            },
        ),
        spikes=[],
    )


def _run_block(
    work: _Work,
    grid: Grid,
    cuts: list[tuple[Interval, ...]],
    runs: Ints,
    progress: Progress,
    stop: Event,
) -> None:
    request, kernel = work.request, work.kernel
    block = block_of(request, kernel, work.filled, work.cuts, runs)
    layout, numbers = block.layout, block.numbers
    sites = block.place[:, [command.compartment for command in request.commands]].ravel()
    order = np.argsort(sites, kind="stable")
    levels = np.ascontiguousarray(currents(request, grid, cuts, runs)[:, order])
    site_wave = _columns([command.protocol for command in request.commands], runs.size)[order]
    held = block.place[:, list(request.held)].ravel()
    held_wave = _columns(request.held_by, runs.size)
    clamps = potentials(request, grid, cuts, runs)
    rigs = (
        rig_block(request, grid, cuts, runs, block.place, work.rig_starts) if request.rigs else None
    )
    draws = draws_of(request, grid, block) if request.is_random else ()
    mounted = rigs.arguments(work.outcome.rig_samples.shape[2]) if rigs else ()
    spread = spread_arguments(request, kernel, block)
    sampled, recorded, target = _samples(request, kernel, block)
    watched = block.place[:, [request.watched]].ravel() if request.watched >= 0 else sites[:0]
    out = np.full((recorded.size, work.outcome.samples.shape[2]), np.nan)
    times = np.zeros(_EVENTS + watched.size)
    where = np.zeros(times.size, dtype=np.int64)
    cursor = np.zeros(3, dtype=np.int64)
    before = np.zeros(watched.size)
    site_now, held_now = np.zeros(sites.size), np.zeros((2, held.size))
    reduced = np.zeros((7, block.separator.size + 1))
    budget = max(1, _STEPS // numbers.size)
    status = 1
    while status == 1 and not stop.is_set():
        status = work.native(
            numbers, work.uniform, layout.groups, block.separator, layout.above, layout.holds,
            layout.child, layout.child_first, block.tip, layout.tip_first, reduced, sites[order],
            site_wave, site_now, held, held_wave, held_now[0], held_now[1], levels, clamps,
            grid.steps, grid.sizes, grid.starts, grid.every, grid.offset, grid.waves, grid.wave,
            grid.first_sample, sampled, recorded, out, watched, before, request.threshold, times,
            where, cursor, budget, *mounted, *draws, *spread,
        )  # fmt: skip
        if cursor[2]:
            work.spikes.append((times[: cursor[2]].copy(), runs[where[: cursor[2]]]))
            cursor[2] = 0
        if status == 3:
            stop.set()
            raise too_fast(request, grid, cursor)
        if status == 2:
            stop.set()
            raise _divergence(request, kernel, block, grid, cursor)
        if stop.is_set():
            return
    progress.add(grid.total_steps * runs.size)
    if request.record:
        work.outcome.samples.reshape(-1, out.shape[1])[target] = out
    if rigs:
        _keep_rigs(work, rigs, runs, mounted[-1])
    for patch, rows in zip(request.patches, kernel.rows, strict=True):
        at = block.place[:, patch.compartments]
        for name, kept in work.outcome.states.items():
            if name in rows:
                found = numbers[at + rows[name] * WIDTH]
                kept[runs[:, None], patch.compartments] = found * share_of(
                    patch, name, runs, request
                )


def spread_arguments(request: TreeRequest, kernel: TreeKernel, block: Block) -> tuple[Any, ...]:
    """Return what the kernel takes of ions that spread, where any do."""
    spread = request.spread
    if spread is None:
        return ()
    rows = [[kernel.rows[0][row] * WIDTH for row in spread_rows(x)] for x in spread.states]
    place = np.ascontiguousarray(block.nodes.T)
    work = (len(rows), *place.shape)
    return (
        np.array(rows, dtype=np.int64), place, spread.order, spread.parent, spread.volume,
        spread.links, np.zeros(work), np.zeros(place.shape), np.zeros(work), np.zeros(work),
    )  # fmt: skip


def _columns(protocols: Sequence[int], n_runs: int) -> Ints:
    """Return the first column of `Grid.wave` of each command, run by run."""
    return np.tile(3 * np.array(protocols, dtype=np.int64), n_runs)


def _keep_rigs(work: _Work, rigs: RigBlock, runs: Ints, seen: Array) -> None:
    """Keep what was seen of rigs, and their states."""
    request, found = work.request, work.outcome
    found.rig_samples[runs] = seen.reshape(runs.size, len(request.rig_record), seen.shape[1])
    states = np.empty_like(rigs.states)
    states[rigs.order] = rigs.states
    states = states.reshape(runs.size, len(request.rigs), -1)
    for index, rig in enumerate(request.rigs):
        for number, name in enumerate(rig.wired.wiring.states):
            found.states[name][runs, rig.compartment] = states[:, index, number]


def _samples(request: TreeRequest, kernel: TreeKernel, block: Block) -> tuple[Ints, Ints, Ints]:
    """Return which slabs are sampled, what is taken of each, and which trace it belongs to."""
    kinds = np.zeros(request.n_compartments, dtype=np.int64)
    for kind, patch in enumerate(request.patches):
        kinds[patch.compartments] = kind
    wanted = []
    slab, begin = kernel.room * WIDTH, kernel.scratch * WIDTH
    for position, run in enumerate(block.runs):
        for entry, (compartment, name) in enumerate(request.record):
            kind = int(kinds[compartment])
            row = request.patches[kind].options.record.index(name)
            index, lane = divmod(int(block.place[position, compartment]) - begin, slab)
            wanted.append((index, kind, row * WIDTH + lane, run * len(request.record) + entry))
    wanted.sort()
    sampled: list[tuple[int, int, int, int]] = []
    for number, (index, kind, _, _) in enumerate(wanted):
        if sampled and sampled[-1][0] == index:
            sampled[-1] = (index, sampled[-1][1], number + 1, kind)
        else:
            sampled.append((index, number, number + 1, kind))

    def whole(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    return (
        np.array(sampled, dtype=np.int64).reshape(-1, 4),
        whole([place for _, _, place, _ in wanted]),
        whole([target for _, _, _, target in wanted]),
    )


def _divergence(
    request: TreeRequest, kernel: TreeKernel, block: Block, grid: Grid, cursor: Ints
) -> SimulationError:
    """Return the error of a block that diverged."""
    v = block.numbers[block.place + kernel.rows[0]["v"] * WIDTH]
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(v) < LARGEST_POTENTIAL)
    position, compartment = (int(i[0]) for i in np.nonzero(wrong))
    run, stretch = int(block.runs[position]), grid.stretches[int(cursor[0])]
    time = stretch.start + min(int(cursor[1]), stretch.steps) * stretch.size
    return SimulationError(
        f"{request.name!r} diverged: cell {run // request.n_sweeps}, sweep "
        f"{run % request.n_sweeps}, {time:g} ms, compartment {compartment}, "
        f"v = {v[position, compartment]:g} mV (step {stretch.size:g} ms). Try a shorter step "
        "(dt=...); look for conductances or rates with a wrong unit"
    )
