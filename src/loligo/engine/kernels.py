"""Requests run by the compiled kernel of the processor, block by block, in threads."""

from __future__ import annotations

from threading import Event

import numpy as np

from loligo.engine.batch import Group, groups_of
from loligo.engine.diverged import divergence
from loligo.engine.lanes import LANES, room, source
from loligo.engine.native import Kernel, aligned_zeros
from loligo.engine.native import kernel as native_kernel
from loligo.engine.outcome import Gathered
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.system import System
from loligo.engine.threads import Progress, in_threads, shares
from loligo.engine.too_long import too_long

FEW = 4
"""Runs up to which a kernel of one loop is used."""

BUDGET = 200_000
"""Steps of a block between two looks at whether to go on (some 0.1 s)."""

DTYPES = {"double": np.float64, "single": np.float32}
_EVENTS = 1 << 16
_PARTS = 20


def run(request: Request, system: System) -> Outcome:
    """Run a request with the compiled kernel.

    Parameters
    ----------
    request : Request
    system : System
        Assembled from the request's equations and options.

    Returns
    -------
    Outcome

    Raises
    ------
    SimulationError
        A run diverged; the message names cell, sweep, time and state.
    """
    text = source(
        system, spikes=request.spikes, precision=request.precision, few=request.n_runs <= FEW
    )
    kernel = native_kernel(text, system.equations.name)
    groups = groups_of(request, system, LANES)
    progress = Progress(request.progress, sum(group.block_steps for group in groups))
    gathered = Gathered(request, system)
    for group in groups:
        _run_group(request, system, kernel, group, gathered, progress)
        rows = group.blocks.reshape(group.active.size, -1, LANES).transpose(1, 0, 2)
        lanes = rows.reshape(rows.shape[0], -1)[:, : group.runs.size]
        gathered.end(group, dict(zip(system.states, lanes, strict=False)))
    return gathered.outcome()


def _run_group(
    request: Request,
    system: System,
    kernel: Kernel,
    group: Group,
    gathered: Gathered,
    progress: Progress,
) -> None:
    """Run a group's blocks in as many threads as asked for."""
    samples = gathered.samples
    in_order = np.array_equal(group.runs, np.arange(request.n_runs))
    out = samples if in_order else np.full((group.runs.size, *samples.shape[1:]), np.nan)
    ranges = shares(group.active.size, request.threads, _PARTS)
    random = _random(request, group) if system.chances else ()
    stop = Event()

    def work(part: int) -> None:
        _run_blocks(
            request, system, kernel, group, out, ranges[part], random, gathered, progress, stop
        )

    in_threads(work, len(ranges), request.threads, stop)
    if not in_order:
        samples[group.runs] = out


def _random(request: Request, group: Group) -> tuple[object, ...]:
    """Return what the draws of a kernel need: the seed, which run is in which lane, the steps."""
    cells, sweeps = np.divmod(group.runs, request.n_sweeps)
    return request.seed, cells, sweeps, group.grid.first_steps


def _run_blocks(
    request: Request,
    system: System,
    kernel: Kernel,
    group: Group,
    out: Array,
    blocks: tuple[int, int],
    random: tuple[object, ...],
    gathered: Gathered,
    progress: Progress,
    stop: Event,
) -> None:
    """Run a range of blocks to their end, in calls of limited length."""
    grid = group.grid
    size = _EVENTS if request.spikes else LANES + 1
    times, lanes = np.empty(size), np.empty(size, dtype=np.int64)
    cursor = np.array([blocks[0], 0, 0, 0], dtype=np.int64)
    rows = aligned_zeros(room(system), DTYPES[request.precision])
    each = grid.total_steps
    status, told = 1, 0
    while status == 1 and not stop.is_set():
        status = kernel(
            group.blocks,
            group.active,
            group.levels,
            grid.steps,
            grid.sizes,
            grid.starts,
            grid.every,
            grid.offset,
            grid.waves,
            grid.wave,
            grid.first_sample,
            out,
            request.threshold,
            times,
            lanes,
            cursor,
            blocks[1],
            BUDGET,
            rows,
            *random,
        )
        if cursor[3]:
            gathered.add_spikes(times[: cursor[3]].copy(), group.runs[lanes[: cursor[3]]])
            cursor[3] = 0
        if status == 2:
            stop.set()
            raise divergence(request, system, group, cursor)
        if status == 3:
            stop.set()
            raise too_long(request, system, group, cursor, None)
        passed = int(grid.steps[: cursor[1]].sum()) + int(cursor[1] + cursor[2])
        done = (int(cursor[0]) - blocks[0]) * each + passed
        progress.add(done - told)
        told = done
