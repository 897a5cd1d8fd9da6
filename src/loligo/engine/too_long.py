"""The error of a step too long for a Markov scheme: which move, where, and what would do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loligo.cell.expression import evaluate, symbols
from loligo.cell.lowered import Occupancy
from loligo.engine.batch import Group
from loligo.engine.chances import LARGEST_MOVE, pairs_of
from loligo.engine.guard import LARGEST_BEND
from loligo.engine.loops import layout_of
from loligo.engine.request import Array, Request
from loligo.engine.system import System
from loligo.errors import SimulationError

_SHARE = 0.5
"""The step that is recommended, times the sum of both rates of the fastest pair."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two states of a scheme in one lane, and the rates between them, the faster first [1/ms]."""

    scheme: Occupancy
    lane: int
    states: tuple[int, int]
    rate: float
    back: float

    @property
    def total(self) -> float:
        return self.rate + self.back

    @property
    def is_possible(self) -> bool:
        return bool(np.isfinite(self.total)) and min(self.rate, self.back) >= 0.0


def too_long(
    request: Request, system: System, group: Group, cursor: np.ndarray, lane: int | None
) -> SimulationError:
    """Return the error of the block that a kernel's cursor stands at.

    Parameters
    ----------
    request : Request
    system : System
    group : Group
    cursor : ndarray
        Block, stretch and step.
    lane : int or None
        The cell in the block whose occupancies were solved with too long a step; ``None`` where
        channels are counted: it is the one with the fastest rates then.
    """
    block, part, step = (int(c) for c in cursor[:3])
    values = _values(request, system, group, (block, part, step))
    pairs = [
        pair
        for scheme in request.equations.occupancies
        if (scheme.name in request.options.stochastic) == (lane is None)
        for pair in _pairs(scheme, values, int(group.active[block]))
        if lane in {None, pair.lane}
    ]
    wrong = [pair for pair in pairs if not pair.is_possible]
    worst = wrong[0] if wrong else max(pairs, key=lambda pair: pair.total)
    run = int(group.runs[block * group.levels.shape[-1] + worst.lane])
    stretch = group.grid.stretches[part]
    time = stretch.start + min(step, stretch.steps) * stretch.size
    i, j = (worst.scheme.states[index] for index in worst.states)
    place = (
        f"{system.equations.name!r}, cell {run // request.n_sweeps}, sweep "
        f"{run % request.n_sweeps}, {time:g} ms, {values['v'][worst.lane]:.4g} mV, channel "
        f"{worst.scheme.name!r}"
    )
    if wrong:
        return SimulationError(
            f"a Markov scheme with impossible rates: {place}: {i} -> {j} goes at {worst.rate:.4g} "
            f"/ms and back at {worst.back:.4g} /ms; rates must be numbers of 0 or more"
        )
    allowed = (
        f"at most {LARGEST_MOVE:g}"
        if lane is None
        else f"in this step an occupancy bent by more than {LARGEST_BEND:g}, or fell below 0"
    )
    return SimulationError(
        f"a step too large for a Markov scheme: {place}: {i} -> {j} goes at {worst.rate:.4g} /ms, "
        f"both ways at {worst.total:.4g} /ms, which times the step of {stretch.size:.4g} ms is "
        f"{worst.total * stretch.size:.3g} ({allowed}). Use "
        f'dt="{_rounded(_SHARE / worst.total)} ms" or less'
    )


def _rounded(amount: float) -> str:
    """Return a number in two digits, not above it."""
    size = 10.0 ** (np.floor(np.log10(amount)) - 1.0)
    return f"{np.floor(amount / size + 1e-9) * size:.2g}"


def _values(
    request: Request, system: System, group: Group, place: tuple[int, int, int]
) -> dict[str, Array]:
    """Return parameters and states of the cells in a block, shape (lane,)."""
    block, part, step = place
    layout, lanes = layout_of(system), group.levels.shape[-1]
    active = int(group.active[block])
    rows = group.blocks[block].reshape(layout.n_kept, lanes)[:, :active]
    runs = group.runs[block * lanes : block * lanes + active]
    values = {
        name: request.per_run(value)[runs] if value.ndim else np.full(active, value)
        for name, value in request.values.items()
    }
    values |= {name: rows[layout.rows[name]] for name in ("v", *request.equations.states)}
    if request.options.holds_potential:
        first = int(group.grid.waves[part])
        row = first + min(step, int(group.grid.steps[part]))
        wave = float(group.grid.wave[row, 0]) if first >= 0 else 0.0
        level, scale, _ = group.levels[block, part, :, :active]
        values["v"] = level + scale * wave
    for name, expression in request.equations.definitions:
        if symbols(expression) <= values.keys():
            values[name] = evaluate(expression, values)
    return values


def _pairs(scheme: Occupancy, values: dict[str, Array], n_lanes: int) -> list[_Pair]:
    found = []
    for states, rates in pairs_of(scheme).items():
        there, back = (np.broadcast_to(evaluate(rate, values), n_lanes) for rate in rates)
        for lane, (a, b) in enumerate(zip(there.tolist(), back.tolist(), strict=True)):
            pair = _Pair(scheme, lane, states, a, b)
            found.append(pair if a >= b else _Pair(scheme, lane, states[::-1], b, a))
    return found
