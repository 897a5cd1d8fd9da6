"""Requests run by the compiled kernel of the processor, block by block, in threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

import numpy as np

from loligo.engine.batch import Group, groups_of
from loligo.engine.diverged import divergence
from loligo.engine.grid import n_samples
from loligo.engine.lanes import LANES, room, source
from loligo.engine.loops import layout_of
from loligo.engine.native import kernel as native_kernel
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.system import System
from loligo.engine.threads import Progress, in_threads
from loligo.engine.too_long import too_long

FEW = 4
"""Runs up to which a kernel of one loop is used."""

BUDGET = 200_000
"""Steps of a block between two looks at whether to go on (some 0.1 s)."""

DTYPES = {"double": np.float64, "single": np.float32}
_EVENTS = 1 << 16
_PARTS = 20


@dataclass
class _Events:
    times: list[Array] = field(default_factory=list)
    runs: list[np.ndarray] = field(default_factory=list)


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
    longest = max((request.protocol.duration(i) for i in range(request.n_sweeps)), default=0.0)
    count = 0 if request.sampling is None else n_samples(longest, request.sampling)
    samples = np.full((request.n_runs, len(system.recorded), count), np.nan)
    progress = Progress(request.progress, sum(group.block_steps for group in groups))
    events = _Events()
    states: dict[str, Array] = {name: np.empty(request.n_runs) for name in system.states}
    for group in groups:
        _run_group(request, system, kernel, group, samples, events, progress)
        layout = layout_of(system)
        rows = group.blocks.reshape(-1, layout.n_kept, LANES).transpose(1, 0, 2)
        for name in system.states:
            states[name][group.runs] = rows[layout.rows[name]].reshape(-1)[: group.runs.size]
    times = np.concatenate([np.zeros(0), *events.times])
    runs = np.concatenate([np.zeros(0, dtype=np.int64), *events.runs])
    order = np.lexsort((times, runs))
    return Outcome(samples, times[order], runs[order], states)


def _run_group(
    request: Request,
    system: System,
    kernel: Callable[..., int],
    group: Group,
    samples: Array,
    events: _Events,
    progress: Progress,
) -> None:
    """Run a group's blocks in as many threads as asked for."""
    in_order = (
        bool((group.runs == np.arange(samples.shape[0])).all())
        if group.runs.size == (samples.shape[0])
        else False
    )
    out = samples if in_order else np.full((group.runs.size, *samples.shape[1:]), np.nan)
    n_blocks = group.blocks.shape[0]
    parts = min(n_blocks, request.threads * _PARTS) if request.threads > 1 else 1
    edges = np.linspace(0, n_blocks, parts + 1).astype(int)
    stop = Event()
    found: list[_Events] = [_Events() for _ in range(parts)]

    def work(part: int) -> None:
        first, last = int(edges[part]), int(edges[part + 1])
        _run_blocks(request, system, kernel, group, out, (first, last), found[part], progress, stop)

    in_threads(work, parts, request.threads, stop)
    for part in found:
        events.times += part.times
        events.runs += part.runs
    if not in_order:
        samples[group.runs] = out


def _random(request: Request, group: Group) -> tuple[object, ...]:
    """Return what the draws of a kernel need: the seed, which run is in which lane, the steps."""
    cells, sweeps = np.divmod(group.runs, request.n_sweeps)
    return request.seed, cells, sweeps, group.grid.first_steps


def _run_blocks(
    request: Request,
    system: System,
    kernel: Callable[..., int],
    group: Group,
    out: Array,
    blocks: tuple[int, int],
    events: _Events,
    progress: Progress,
    stop: Event,
) -> None:
    """Run a range of blocks to their end, in calls of limited length."""
    grid = group.grid
    size = _EVENTS if request.spikes else LANES + 1
    times, lanes = np.empty(size), np.empty(size, dtype=np.int64)
    cursor = np.array([blocks[0], 0, 0, 0], dtype=np.int64)
    rows = np.empty(room(system), dtype=DTYPES[request.precision])
    each = grid.total_steps
    random = _random(request, group) if system.chances else ()
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
            events.times.append(times[: cursor[3]].copy())
            events.runs.append(group.runs[lanes[: cursor[3]]])
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
