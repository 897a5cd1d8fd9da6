"""The arrays of a request, as a compiled stepper takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import evaluate
from loligo.engine.adaptive.pieces import pieces_of
from loligo.engine.adaptive.rates import Rates
from loligo.engine.batch import command_factors
from loligo.engine.features import start_values
from loligo.engine.grid import n_samples
from loligo.engine.request import Array, Request
from loligo.engine.start import constant_values, start_states
from loligo.engine.support import places
from loligo.protocol.segment import EDGE

FEATURE_ROWS = (
    "spike_count",
    "first_spike_time",
    "last_spike_time",
    "maximum_potential",
    "minimum_potential",
    "mean_potential",
)
"""The running features in the order in which a run's row keeps them."""

_MOST_STEPS, _MOST_STEPS_PER_MS = 1_000_000, 10_000


class Table:
    """Arrays of all runs of a request.

    Parameters
    ----------
    request : Request
    rates : Rates
    largest : float [mV]
        A potential beyond it has diverged.
    closed : bool
        Whether constant pieces have a closed form.
    """

    def __init__(
        self, request: Request, rates: Rates, *, largest: float, closed: bool = False
    ) -> None:
        self.request, self.rates = request, rates
        n_runs, n_sweeps = request.n_runs, request.n_sweeps
        states, features = start_states(request), start_values(FEATURE_ROWS)
        self.names = (*rates.states, *FEATURE_ROWS)
        self.rows = np.empty((n_runs, len(self.names)))
        for place, name in enumerate(self.names):
            self.rows[:, place] = features[name] if name in features else states[name]
        self.constants, self.whose = constant_rows(rates.constants, request)
        self.commands = command_rows(request)
        self.sizes = np.ones((n_runs, len(rates.moving)))
        for place, name in enumerate(rates.moving):
            self.sizes[:, place] = self.size(name)
        self.pieces = pieces_of(request.protocol)
        sweep = np.tile(np.arange(n_sweeps), request.n_cells)
        self.sweeps = np.ascontiguousarray(self.pieces.sweeps[sweep])
        durations = [request.protocol.duration(i) for i in range(n_sweeps)]
        every = request.sampling
        counts = [0 if every is None else n_samples(d, every) for d in durations]
        self.samples = np.array(counts, dtype=np.int64)[sweep]
        self.out = np.full((n_runs, len(request.options.record), max(counts)), np.nan)
        limits = {
            places.HELD: float(request.options.holds_potential),
            places.TOLERANCE: request.tolerance,
            places.LONGEST: request.dt,
            places.MOST_STEPS: _MOST_STEPS + _MOST_STEPS_PER_MS * max(durations),
            places.LARGEST: largest,
            places.THRESHOLD: request.threshold,
            places.SAMPLING: every or 1.0,
            places.EDGE: EDGE,
            places.CLOSED: float(closed),
        }
        self.limits = np.array([limits[place] for place in range(len(limits))])

    def size(self, state: str) -> Array:
        """Return the size that the absolute tolerance of a state refers to, in each run."""
        flows = {flow.state: flow.initial for flow in self.request.equations.flows}
        if state not in flows:
            return np.ones(self.rows.shape[0])
        start = np.abs(self.rows[:, self.names.index(state)])
        described = abs(float(evaluate(flows[state], self.request.equations.defaults)))
        return np.where(start > 0.0, start, described or 1.0)

    @property
    def arrays(self) -> tuple[Array | NDArray[np.int64], ...]:
        """The arrays in the order in which a stepper takes them."""
        return (
            self.rows,
            self.constants,
            self.whose,
            self.commands,
            self.sizes,
            self.sweeps,
            self.pieces.table,
            self.pieces.kinds,
            self.pieces.numbers,
            self.samples,
            self.out,
            self.limits,
        )


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
