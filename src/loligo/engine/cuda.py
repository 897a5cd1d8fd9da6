"""Requests run on an NVIDIA graphics card, one thread a run, in launches of limited length.

A launch takes all runs of a group to a common step. Between launches the host fetches samples and
spikes, tells the progress, and can be interrupted; a display driver's watchdog sees short launches.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from loligo.engine.batch import Group, groups_of
from loligo.engine.compiling import load
from loligo.engine.diverged import divergence
from loligo.engine.outcome import Gathered
from loligo.engine.request import Outcome, Request
from loligo.engine.scalar import source
from loligo.engine.system import System
from loligo.engine.threads import Progress
from loligo.errors import MissingDependencyError

THREADS = 128
"""Threads of a block."""

RUNS = 1 << 18
"""Runs on the card at a time: what fills a large one."""

SPIKES = 32
"""Spikes of a run that a launch has room for; a run that finds more is launched again."""

SAMPLES = 1 << 28
"""Bytes of samples that a launch has room for."""

SHORTEST = 64
"""Steps of the first launch."""

SECONDS = 0.2
"""How long a launch should take."""


def run(request: Request, system: System) -> Outcome:
    """Run a request on a graphics card.

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
    MissingDependencyError
        There is no card, or no library to reach it.
    SimulationError
        A run diverged; the message names cell, sweep, time and state.
    """
    card = _card()
    text = source(system, spikes=request.spikes, precision=request.precision)
    module = load(text, system.equations.name)
    gathered = Gathered(request, system)
    groups = groups_of(request, system, None)
    total = sum(group.grid.total_steps * group.runs.size for group in groups)
    progress = Progress(request.progress, total)
    for group in groups:
        table = group.blocks.reshape(-1, group.runs.size)
        for first in range(0, group.runs.size, RUNS):
            launches = _Launches(request, system, group, slice(first, first + RUNS), card, module)
            table[:, launches.part] = launches.run(gathered, progress)
        gathered.end(group, dict(zip(system.states, table, strict=False)))
    return gathered.outcome()


def _card() -> Any:
    """Return numba's interface to graphics cards, where there is one that answers."""
    try:
        cuda = import_module("numba.cuda")
    except ImportError:
        cuda = None
    if cuda is None or not cuda.is_available():
        raise MissingDependencyError(
            "target='cuda' needs an NVIDIA graphics card, its driver, and the extra `gpu` "
            "(pip install 'loligo[gpu]'); none answered. target='kernel' needs none of them"
        )
    return cuda


class _Launches:
    """Some runs of a group on the card, and the launches that take them to their end."""

    def __init__(
        self,
        request: Request,
        system: System,
        group: Group,
        part: slice,
        cuda: Any,
        module: ModuleType,
    ) -> None:
        self.request, self.system, self.group, self.part = request, system, group, part
        self.kernel: Callable[..., None] = module.run
        self.runs = group.runs[part]
        grid, size, real = group.grid, self.runs.size, module.DTYPE
        begins = np.concatenate([[0], np.cumsum(grid.steps + 1)])
        table = group.blocks.reshape(-1, group.runs.size)[:, part].astype(real)
        self.rows = cuda.to_device(np.ascontiguousarray(table))
        self.cursor = cuda.to_device(np.zeros(size, dtype=np.int64))
        self.counts = cuda.to_device(np.zeros(size, dtype=np.int64))
        self.events = cuda.device_array((SPIKES if request.spikes else 1, size), np.float64)
        levels = np.ascontiguousarray(group.levels[0, :, :, part])
        arrays = (levels, begins, grid.steps, grid.sizes, grid.starts, grid.every, grid.offset,
                  grid.first_sample, grid.waves, grid.wave)  # fmt: skip
        self.grid = [cuda.to_device(array) for array in arrays]
        self.begins = begins
        self.sampled = _sampled_steps(group, begins)
        each = max(1, len(system.recorded) * size * np.dtype(real).itemsize)
        room = min(max(1, SAMPLES // each), max(1, self.sampled.size))
        self.out = cuda.device_array((room, max(1, len(system.recorded)), size), real)

    def run(self, gathered: Gathered, progress: Progress) -> np.ndarray:
        """Launch to the end of the sweep; return the rows of all runs."""
        done, steps, end = 0, SHORTEST, int(self.begins[-1])
        while done < end:
            base = int(np.searchsorted(self.sampled, done))
            until = min(done + steps, end)
            if base + self.out.shape[0] < self.sampled.size:
                until = min(until, int(self.sampled[base + self.out.shape[0]]))
            began = time.perf_counter()
            while self.launch(done, until, base, gathered):
                pass
            spent = max(time.perf_counter() - began, 1e-6)
            count = int(np.searchsorted(self.sampled, until)) - base
            if count and self.system.recorded:
                found = self.out[:count].copy_to_host()
                gathered.samples[self.runs, :, base : base + count] = found.transpose(2, 1, 0)
            progress.add((until - done) * self.runs.size)
            done = until
            steps = int(min(max(steps * SECONDS / spent, SHORTEST), 4 * steps))
        rows: np.ndarray = self.rows.copy_to_host()
        return rows

    def launch(self, done: int, until: int, base: int, gathered: Gathered) -> bool:
        """Launch once; return whether a run stopped early, for want of room for its spikes."""
        part = int(np.searchsorted(self.begins, done, side="right")) - 1
        blocks = -(-self.runs.size // THREADS)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Grid size")  # a few runs never fill a card
            self.kernel[blocks, THREADS](  # type: ignore[index]
                self.rows, self.cursor, self.counts, self.events, self.out, *self.grid,
                part, until, base, self.request.threshold,
            )  # fmt: skip
        counts = self.counts.copy_to_host()
        if (counts < 0).any():
            raise self.diverged()
        if not self.request.spikes or not counts.any():
            return False
        times = self.events[: int(counts.max())].copy_to_host()
        index, run = np.nonzero(np.arange(times.shape[0])[:, None] < counts)
        gathered.add_spikes(times[index, run], self.runs[run])
        return bool((counts == self.events.shape[0]).any())

    def diverged(self) -> Exception:
        """Return the error of the first run that diverged."""
        table = self.group.blocks.reshape(-1, self.group.runs.size)
        table[:, self.part] = self.rows.copy_to_host()
        failed = int(np.flatnonzero(self.counts.copy_to_host() < 0)[0])
        step = int(self.cursor.copy_to_host()[failed])
        part = int(np.searchsorted(self.begins, step)) - 1
        cursor = np.array([0, part, step - self.begins[part], 0])
        return divergence(self.request, self.system, self.group, cursor)


def _sampled_steps(group: Group, begins: np.ndarray) -> np.ndarray:
    """Return the step of the sweep, ends of stretches counted, at which each sample is taken."""
    steps = [
        begin + np.arange(part.offset, part.steps, part.every)
        for begin, part in zip(begins, group.grid.stretches, strict=False)
    ]
    return np.concatenate([np.zeros(0, dtype=np.int64), *steps])
