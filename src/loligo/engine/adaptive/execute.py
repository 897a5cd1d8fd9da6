"""A table of runs carried out by a compiled stepper, in threads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

import numpy as np
from numpy.typing import NDArray

from loligo.engine.adaptive.table import Table
from loligo.engine.features import FEATURES
from loligo.engine.request import Array, Outcome
from loligo.engine.support import places
from loligo.engine.threads import Progress, in_threads, shares
from loligo.errors import SimulationError

STEPS_AT_ONCE = 50_000
"""Steps between two looks at whether to go on (some 0.1 s)."""

_EVENTS = 1 << 12
_PARTS = 8

Kernel = Callable[[Array, NDArray[np.int64], NDArray[np.int64], Array, int], int]
"""Takes room for times and runs of spikes, cursor, memory, and the run to stop before."""


@dataclass
class Part:
    """A range of runs, and the spikes found in it."""

    first: int
    last: int
    cursor: NDArray[np.int64]
    memory: Array = field(default_factory=lambda: np.zeros(places.MEMORY + 3))
    times: list[Array] = field(default_factory=list)
    runs: list[NDArray[np.int64]] = field(default_factory=list)


def execute(table: Table, kernel: Kernel) -> Outcome:
    """Run all runs of a table.

    Raises
    ------
    SimulationError
        A run diverged, or no step was short enough; the message names cell, sweep, time and state.
    """
    request = table.request
    ranges = shares(request.n_runs, request.threads, _PARTS)
    parts = [_part(table, first, last) for first, last in ranges]
    progress, stop = Progress(request.progress, request.n_runs), Event()

    def work(index: int) -> None:
        _run_part(table, kernel, parts[index], progress, stop)

    in_threads(work, len(parts), request.threads, stop)
    return _outcome(table, parts)


def _part(table: Table, first: int, last: int) -> Part:
    cursor = np.zeros(places.BUDGET + 1, dtype=np.int64)
    cursor[places.RUN], cursor[places.PIECE] = first, table.sweeps[first, 0]
    return Part(first, last, cursor)


def _run_part(table: Table, kernel: Kernel, part: Part, progress: Progress, stop: Event) -> None:
    """Run a range of runs to their end, in calls of limited length."""
    times, runs = np.empty(_EVENTS), np.empty(_EVENTS, dtype=np.int64)
    cursor, told, status = part.cursor, part.first, places.AGAIN
    while status == places.AGAIN and not stop.is_set():
        cursor[places.BUDGET] = STEPS_AT_ONCE
        status = kernel(times, runs, cursor, part.memory, part.last)
        found = int(cursor[places.EVENTS])
        if found and table.request.spikes:
            part.times.append(times[:found].copy())
            part.runs.append(runs[:found].copy())
        cursor[places.EVENTS] = 0
        if status > places.AGAIN:
            stop.set()
            raise _failure(table, part, status)
        progress.add(int(cursor[places.RUN]) - told)
        told = int(cursor[places.RUN])


def _outcome(table: Table, parts: list[Part]) -> Outcome:
    wanted = {row for name in table.request.options.features for row in FEATURES[name].start}
    return Outcome(
        samples=table.out,
        spike_times=np.concatenate([np.zeros(0), *(t for part in parts for t in part.times)]),
        spike_runs=np.concatenate(
            [np.zeros(0, dtype=np.int64), *(r for part in parts for r in part.runs)]
        ),
        states={
            name: table.rows[:, place].copy()
            for place, name in enumerate(table.names)
            if name in table.rates.states or name in wanted
        },
    )


def _failure(table: Table, part: Part, status: int) -> SimulationError:
    run, piece = int(part.cursor[places.RUN]), int(part.cursor[places.PIECE])
    values = dict(zip(table.names, table.rows[run].tolist(), strict=True))
    time, size = float(part.memory[places.TIME]), float(part.memory[places.SIZE])
    state = _worst_state(table.rates.states, values)
    told = ", ".join(f"{n} = {values[n]:g}{' mV' if n == 'v' else ''}" for n in {"v": 0, state: 0})
    most = table.limits[places.MOST_STEPS]
    what = {
        places.DIVERGED: "diverged",
        places.UNDERFLOW: f"needs steps below {size:g} ms",
    }.get(status, f"took more than {most:.0f} steps")
    start, stop = table.pieces.table[piece, :2]
    n_sweeps = table.request.n_sweeps
    return SimulationError(
        f"{table.rates.name!r} {what}: cell {run // n_sweeps}, sweep {run % n_sweeps}, "
        f"{time:g} ms (the command's piece from {start:g} to {stop:g} ms), {told}. Look for "
        "conductances or rates with a wrong unit, for a rate that is not finite, or allow a larger "
        "tolerance"
    )


def _worst_state(states: tuple[str, ...], values: dict[str, float]) -> str:
    """Return the state whose value is not finite, else the one farthest from 0."""
    names = [name for name in states if name != "v"] or ["v"]
    return max(names, key=lambda n: abs(values[n]) if math.isfinite(values[n]) else math.inf)
