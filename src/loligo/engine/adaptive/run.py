"""Requests run by the error-controlled stepper, run by run, in threads."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Event
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import evaluate
from loligo.cell.lowered import Equations
from loligo.engine.adaptive.pieces import pieces_of
from loligo.engine.adaptive.rates import Rates, rates_of
from loligo.engine.adaptive.source import FUNCTIONS, addresses, source, stepper
from loligo.engine.batch import command_factors
from loligo.engine.compiling import load
from loligo.engine.features import FEATURES, start_values
from loligo.engine.grid import n_samples
from loligo.engine.lanes import LARGEST_POTENTIAL
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.start import constant_values, start_states
from loligo.engine.support.places import (
    AGAIN,
    BUDGET,
    DIVERGED,
    EDGE,
    EVENTS,
    HELD,
    LARGEST,
    LONGEST,
    MOST_STEPS,
    RUN,
    SAMPLING,
    THRESHOLD,
    TOLERANCE,
    UNDERFLOW,
)
from loligo.engine.system import Options
from loligo.engine.threads import Progress, in_threads
from loligo.errors import SelectionError, SimulationError, suggest
from loligo.protocol.segment import EDGE as _EDGE

STEPS_AT_ONCE = 50_000
"""Steps between two looks at whether to go on (some 0.1 s)."""

FEATURE_ROWS = (
    "spike_count",
    "first_spike_time",
    "last_spike_time",
    "maximum_potential",
    "minimum_potential",
    "mean_potential",
)
"""The running features in the order in which a run's row keeps them."""

_EVENTS = 1 << 12
_PARTS = 8
_MOST_STEPS, _MOST_STEPS_PER_MS = 1_000_000, 10_000


@dataclass
class Part:
    """A range of runs, and what came of it."""

    first: int
    last: int
    cursor: NDArray[np.int64]
    memory: Array
    times: list[Array]
    runs: list[NDArray[np.int64]]


def run(request: Request) -> Outcome:
    """Run a request with the error-controlled stepper.

    Raises
    ------
    SimulationError
        A run diverged, or no step was short enough; the message names cell, sweep, time and state.
    """
    for name in request.options.features:
        if name not in FEATURES:
            raise SelectionError(f"no running feature {name!r}; {suggest(name, FEATURES)}")
    model = _compiled(_form(request.equations), request.options)
    table = _Table(request, model.rates)
    edges = np.linspace(0, request.n_runs, _parts(request) + 1).astype(int)
    parts = [table.part(int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    progress, stop = Progress(request.progress, request.n_runs), Event()

    def work(index: int) -> None:
        _run_part(request, model, table, parts[index], progress, stop)

    in_threads(work, len(parts), request.threads, stop)
    return table.outcome(parts)


def _form(equations: Equations) -> Equations:
    """Return equations without the values that are not written into the code."""
    return replace(
        equations,
        parameters=tuple(
            p if p.kind == "rate parameter" else replace(p, value=0.0) for p in equations.parameters
        ),
    )


@dataclass(frozen=True, eq=False)
class Model:
    """The compiled functions of a cell; the module keeps them in memory."""

    rates: Rates
    module: ModuleType
    calls: NDArray[np.int64]
    sizes: NDArray[np.int64]


@lru_cache(maxsize=64)
def _compiled(equations: Equations, options: Options) -> Model:
    rates = rates_of(equations, options)
    module = load(source(rates), f"{rates.name} error controlled")
    return Model(rates, module, addresses(module, FUNCTIONS), np.array(module.SIZES))


def _parts(request: Request) -> int:
    return min(request.n_runs, request.threads * _PARTS) if request.threads > 1 else 1


class _Table:
    """The arrays of a request."""

    def __init__(self, request: Request, rates: Rates) -> None:
        self.request, self.rates = request, rates
        n_runs, n_sweeps = request.n_runs, request.n_sweeps
        states = start_states(request)
        features = start_values(FEATURE_ROWS)
        self.names = (*rates.states, *FEATURE_ROWS)
        self.rows = np.empty((n_runs, len(self.names)))
        for place, name in enumerate(self.names):
            self.rows[:, place] = features[name] if name in features else states[name]
        self.constants, self.whose = constant_rows(rates.constants, request)
        self.commands = command_rows(request)
        self.scales = np.ones((n_runs, len(rates.moving)))
        for place, name in enumerate(rates.moving):
            self.scales[:, place] = self.scale(name)
        self.pieces = pieces_of(request.protocol)
        sweep = np.tile(np.arange(n_sweeps), request.n_cells)
        self.sweeps = np.ascontiguousarray(self.pieces.sweeps[sweep])
        durations = [request.protocol.duration(i) for i in range(n_sweeps)]
        every = request.sampling
        counts = [0 if every is None else n_samples(d, every) for d in durations]
        self.samples = np.array(counts, dtype=np.int64)[sweep]
        self.out = np.full((n_runs, len(request.options.record), max(counts)), np.nan)
        limits = {
            HELD: float(request.options.holds_potential),
            TOLERANCE: request.tolerance,
            LONGEST: request.dt,
            MOST_STEPS: _MOST_STEPS + _MOST_STEPS_PER_MS * max(durations),
            LARGEST: LARGEST_POTENTIAL,
            THRESHOLD: request.threshold,
            SAMPLING: every or 1.0,
            EDGE: _EDGE,
        }
        self.limits = np.array([limits[place] for place in range(len(limits))])

    def scale(self, state: str) -> Array:
        """Return the size that the absolute tolerance of a state refers to, in each run."""
        flows = {flow.state: flow.initial for flow in self.request.equations.flows}
        if state not in flows:
            return np.ones(self.rows.shape[0])
        start = np.abs(self.rows[:, self.names.index(state)])
        described = abs(float(evaluate(flows[state], self.request.equations.defaults)))
        return np.where(start > 0.0, start, described or 1.0)

    @property
    def arrays(self) -> tuple[Array | NDArray[np.int64], ...]:
        """The arrays in the order in which the stepper takes them."""
        return (
            self.rows,
            self.constants,
            self.whose,
            self.commands,
            self.scales,
            self.sweeps,
            self.pieces.table,
            self.pieces.kinds,
            self.pieces.numbers,
            self.samples,
            self.out,
            self.limits,
        )

    def part(self, first: int, last: int) -> Part:
        cursor = np.array([first, self.sweeps[first, 0], 0, 0, 0, 0, 0], dtype=np.int64)
        return Part(first, last, cursor, np.zeros(5), [], [])

    def outcome(self, parts: list[Part]) -> Outcome:
        times = np.concatenate([np.zeros(0), *(t for part in parts for t in part.times)])
        none = np.zeros(0, dtype=np.int64)
        runs = np.concatenate([none, *(r for part in parts for r in part.runs)])
        kept = self.request.spikes
        wanted = {row for name in self.request.options.features for row in FEATURES[name].start}
        states = {
            name: self.rows[:, place].copy()
            for place, name in enumerate(self.names)
            if name in self.rates.states or name in wanted
        }
        return Outcome(self.out, times if kept else times[:0], runs if kept else none, states)


def constant_rows(
    constants: tuple[tuple[str, Any], ...], request: Request
) -> tuple[Array, NDArray[np.int64]]:
    """Return the constants of all cells, shape (row, constant), and the row of each run."""
    values = list(constant_values(constants, request).values())
    rows = request.n_cells if any(value.ndim for value in values) else 1
    table = np.empty((rows, len(values)))
    for place, value in enumerate(values):
        table[:, place] = value
    cells = np.repeat(np.arange(request.n_cells), request.n_sweeps)
    return table, cells if rows > 1 else np.zeros_like(cells)


def command_rows(request: Request) -> Array:
    """Return what turns the command of each run into mV, pA or nS, and a charge into a jump.

    Returns
    -------
    ndarray, shape (run, 3)
        The command is ``row[0] + row[1] * command``, the jump ``row[2] * charge``.
    """
    factor, jump = command_factors(request)
    table = np.empty((request.n_cells, 3))
    table[:, 0] = request.command_offset * factor
    table[:, 1] = request.command_scale * factor
    table[:, 2] = request.command_scale * jump
    return np.repeat(table, request.n_sweeps, axis=0)


def _run_part(
    request: Request, model: Model, table: _Table, part: Part, progress: Progress, stop: Event
) -> None:
    """Run a range of runs to their end, in calls of limited length."""
    times, runs = np.empty(_EVENTS), np.empty(_EVENTS, dtype=np.int64)
    kernel = stepper("controlled")
    status, told = AGAIN, part.first
    while status == AGAIN and not stop.is_set():
        part.cursor[BUDGET] = STEPS_AT_ONCE
        status = kernel(
            model.calls,
            model.sizes,
            *table.arrays,
            times,
            runs,
            part.cursor,
            part.memory,
            part.last,
        )
        found = int(part.cursor[EVENTS])
        if found and request.spikes:
            part.times.append(times[:found].copy())
            part.runs.append(runs[:found].copy())
        part.cursor[EVENTS] = 0
        if status > AGAIN:
            stop.set()
            raise _failure(request, model.rates, table, part, status)
        progress.add(int(part.cursor[RUN]) - told)
        told = int(part.cursor[RUN])


def _failure(
    request: Request, rates: Rates, table: _Table, part: Part, status: int
) -> SimulationError:
    run, piece = int(part.cursor[0]), int(part.cursor[1])
    values = dict(zip(table.names, table.rows[run].tolist(), strict=True))
    time, size = float(part.memory[0]), float(part.memory[1])
    state = worst_state(request, rates, values)
    told = ", ".join(f"{n} = {values[n]:g}{' mV' if n == 'v' else ''}" for n in ("v", state))
    what = {
        DIVERGED: "diverged",
        UNDERFLOW: f"needs steps below {size:g} ms",
    }.get(status, f"took more than {table.limits[MOST_STEPS]:.0f} steps")
    start, stop = table.pieces.table[piece, :2]
    return SimulationError(
        f"{rates.name!r} {what}: cell {run // request.n_sweeps}, sweep {run % request.n_sweeps}, "
        f"{time:g} ms (the command's piece from {start:g} to {stop:g} ms), {told}. Look for "
        "conductances or rates with a wrong unit, for a rate that is not finite, or allow a larger "
        "tolerance"
    )


def worst_state(request: Request, rates: Rates, values: dict[str, float]) -> str:
    """Return the state whose value is not finite, else the one farthest from 0."""
    names = [name for name in rates.states if name != "v"] or ["v"]
    return max(names, key=lambda n: math.inf if not math.isfinite(values[n]) else abs(values[n]))
