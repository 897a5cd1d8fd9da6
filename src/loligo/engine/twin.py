"""The twin: requests run in plain NumPy, one step after another, all runs of a group at once.

It is the executable specification. Read `_stretch` to see what a simulation is; the compiled
targets must give the same numbers to rounding. It needs no compiler and is some hundred times
slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from loligo.engine import multistep, plain
from loligo.engine.batch import Group, groups_of
from loligo.engine.diverged import divergence
from loligo.engine.guard import GUARD
from loligo.engine.lanes import LARGEST_POTENTIAL, checked_every
from loligo.engine.outcome import Gathered
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.system import LEVEL, SCALE, System
from loligo.engine.threads import Progress

_DTYPES: dict[str, type[np.floating]] = {"double": np.float64, "single": np.float32}


def run(request: Request, system: System) -> Outcome:
    """Run a request in plain NumPy.

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
    gathered = Gathered(request, system)
    groups = groups_of(request, system, None)
    progress = Progress(request.progress, sum(group.grid.total_steps for group in groups))
    for group in groups:
        twin = _Twin(request, system, group, gathered)
        for part, stretch in enumerate(group.grid.stretches):
            with np.errstate(all="ignore"):
                twin.stretch(part)
            progress.add(stretch.steps + 1)
        gathered.end(group, twin.rows)
    return gathered.outcome()


class _Twin:
    """The runs of one group, and their numbers by name."""

    def __init__(self, request: Request, system: System, group: Group, gathered: Gathered) -> None:
        self.request, self.system, self.group, self.gathered = request, system, group, gathered
        self.real = _DTYPES[request.precision]
        module: dict[str, Any] = {}
        exec(plain.source(system), module)
        self.step: Callable[..., dict[str, Array]] = module["step"]
        self.later: Callable[..., dict[str, Array]] | None = module.get("later")
        self.sample: Callable[..., list[Array]] = module["sample"]
        self.names = (*system.states, *(name for name, _ in system.constants))
        table = group.blocks.reshape(len(self.names), group.runs.size).astype(self.real)
        self.rows: dict[str, Array] = dict(zip(self.names, table, strict=True))

    def stretch(self, part: int) -> None:
        """Go through equal steps; at both ends the gates take half a step."""
        grid, rows, real = self.group.grid, self.rows, self.real
        stretch = grid.stretches[part]
        n, size = stretch.steps, stretch.size
        threshold = real(self.request.threshold)
        level, scale, jump = self.group.levels[0, part].astype(real)
        rows |= {LEVEL: level, SCALE: scale, "v": rows["v"] + jump}
        h = real(size)
        for k in range(n + 1):
            wave, wave_next, wave_sample = self.waves(part, k)
            t = real(stretch.start + k * size)
            if k < n and (k - stretch.offset) % stretch.every == 0:
                index = stretch.first_sample + (k - stretch.offset) // stretch.every
                h_record = real(0.0) if k == 0 else real(0.5) * h
                values = self.sample(rows, h_record, wave, wave_sample, t, threshold)
                for i, value in enumerate(values):
                    self.gathered.samples[self.group.runs, i, index] = value
            h_gate = real(0.5) * h if k in {0, n} else h
            old = rows["v"]
            last = k == n
            step, numbers = self.which(k, n)
            whole = real(0.0) if last else h
            rows |= step(rows, h_gate, whole, wave, wave_next, t, threshold, *numbers)
            if self.request.spikes:
                self.spikes(old, stretch.start, k, size)
            if (k + 1) % checked_every(self.system) == 0 or last:
                self.check(part, k + 1)

    def which(self, k: int, n: int) -> tuple[Callable[..., dict[str, Array]], tuple[Any, ...]]:
        """Return what takes step `k` of `n` equal ones, and the numbers that open a past."""
        if self.later is None:
            return self.step, ()
        numbers = tuple(map(self.real, multistep.opening(k, n)))
        return (self.later if multistep.BEGINNING <= k < n else self.step), numbers

    def waves(self, part: int, k: int) -> tuple[Any, Any, Any]:
        """Return the shape of the command in a step; see `Grid.wave`."""
        first = self.group.grid.waves[part]
        if first < 0:
            return self.real(0.0), self.real(0.0), self.real(0.0)
        wave, wave_next, wave_sample = self.group.grid.wave[first + k].astype(self.real)
        return wave, wave_next, wave_sample

    def spikes(self, old: Array, start: float, k: int, size: float) -> None:
        """Keep upward crossings of the threshold, on straight lines between steps.

        Steps that look back know how the potential bends between them.
        """
        new, threshold = self.rows["v"], self.request.threshold
        crossed = np.flatnonzero((old < threshold) & (new >= threshold))
        if crossed.size:
            rise = new[crossed] - old[crossed]
            first = share = (threshold - old[crossed]) / rise
            if self.later is not None:
                bend = 12.0 * self.rows[multistep.rows("v")[1]][crossed] / rise
                for _ in range(4):
                    share = first + bend * share * (1.0 - share)
            self.gathered.add_spikes(start + (k + share) * size, self.group.runs[crossed])

    def check(self, part: int, k: int) -> None:
        """Raise where the potential has left all bounds, or a step was too long for a scheme."""
        short = GUARD not in self.rows or (self.rows[GUARD] <= 1.0).all()
        if short and (np.abs(self.rows["v"]) < LARGEST_POTENTIAL).all():
            return
        rows = [np.broadcast_to(self.rows[name], self.group.runs.shape) for name in self.names]
        self.group.blocks[0] = np.concatenate(rows)
        raise divergence(self.request, self.system, self.group, np.array([0, part, k, 0]))
