"""The error of a step that is too long for a Markov scheme: which move, where, and what would do."""

from __future__ import annotations

import numpy as np

from loligo.cell.expression import evaluate, symbols
from loligo.cell.lowered import Occupancy
from loligo.engine.batch import Group
from loligo.engine.chances import LARGEST_MOVE, pairs_of
from loligo.engine.lanes import LANES
from loligo.engine.loops import layout_of
from loligo.engine.request import Array, Request
from loligo.engine.system import System
from loligo.errors import SimulationError

_SHARE = 0.5
"""Step that is recommended, times the rates that are too fast for the present one."""


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
    stretch = group.grid.stretches[part]
    values = _values(request, system, group, (block, part, step))
    found = []
    for scheme in request.equations.occupancies:
        counts = scheme.name in request.options.stochastic
        pairs = pairs_of(scheme)
        if counts != (lane is None) or (counts and len(pairs) == 1):
            continue
        found += [(scheme, *fastest) for fastest in _fastest(scheme, values, group, block)]
    if lane is not None:
        found = [entry for entry in found if entry[1] == lane]
    scheme, lane, (i, j), rate, total = max(found, key=lambda entry: entry[-1])
    run = int(group.runs[block * LANES + lane])
    time = stretch.start + min(step, stretch.steps) * stretch.size
    limit = f"at most {LARGEST_MOVE:g}" if scheme.name in request.options.stochastic else (
        "a change as fast as this is not followed"
    )
    return SimulationError(
        f"a step too large for a Markov scheme: {system.equations.name!r}, cell "
        f"{run // request.n_sweeps}, sweep {run % request.n_sweeps}, {time:g} ms: channel "
        f"{scheme.name!r} goes {scheme.states[i]} -> {scheme.states[j]} at {rate:.4g} /ms at "
        f"{values['v'][lane]:.4g} mV, both ways {total:.4g} /ms, which times the step of "
        f"{stretch.size:.4g} ms is {total * stretch.size:.3g} ({limit}). Use "
        f'dt="{_rounded(_SHARE / total)} ms" or less'
    )


def _rounded(amount: float) -> str:
    """Return a number in one digit, not above it."""
    size = 10.0 ** np.floor(np.log10(amount))
    return f"{np.floor(amount / size + 1e-9) * size:g}"


def _values(
    request: Request, system: System, group: Group, place: tuple[int, int, int]
) -> dict[str, Array]:
    """Return parameters and states of the cells in a block, shape (lane,)."""
    block, part, step = place
    layout = layout_of(system)
    active = int(group.active[block])
    rows = group.blocks[block].reshape(layout.n_kept, LANES)[:, :active]
    runs = group.runs[block * LANES : block * LANES + active]
    values = {
        name: value[runs // request.n_sweeps] if value.ndim else np.full(active, value)
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


def _fastest(
    scheme: Occupancy, values: dict[str, Array], group: Group, block: int
) -> list[tuple[int, tuple[int, int], float, float]]:
    """Return the fastest pair of each cell: lane, states, faster rate, sum of both rates."""
    active = int(group.active[block])
    pairs = pairs_of(scheme)
    there, back = (
        np.array([np.broadcast_to(evaluate(rates[k], values), active) for rates in pairs.values()])
        for k in (0, 1)
    )
    best = np.argmax(there + back, axis=0)
    places, found = list(pairs), []
    for lane, index in enumerate(best):
        a, b = float(there[index, lane]), float(back[index, lane])
        i, j = places[index]
        found.append((lane, (i, j) if a >= b else (j, i), max(a, b), a + b))
    return found
