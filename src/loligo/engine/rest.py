"""Where cell and clamp are at rest: the potential at which what flows in flows out.

Gates and schemes are in steady state at the potential, pools as described, and the clamp gives what
it gives under the command between sweeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import evaluate
from loligo.cell.lowered import Equations
from loligo.cell.steady import steady_values
from loligo.engine.request import Request
from loligo.engine.rigged import entering, steady_rig
from loligo.engine.start import command_at_rest
from loligo.errors import ModelError

Array = NDArray[np.float64]

LOWEST, HIGHEST, STEP = -200.0, 100.0, 0.5
"""Where potentials are looked at [mV]."""
_MOST, _CLOSE = 60, 1e-10


def resting_potential(request: Request) -> Array:
    """Return the potential of each run at rest [mV], shape (run,).

    Of several, the one nearest to the cell's initial potential at which a small change brings a
    current that opposes it.

    Raises
    ------
    ModelError
        There is none between -200 and 100 mV.
    """
    near = request.equations.initial_potential
    found = stable_potentials(lambda v: _outward(request, v), near, request.n_runs)
    missing = np.flatnonzero(np.isnan(found))
    if missing.size:
        cell, sweep = divmod(int(missing[0]), request.n_sweeps)
        raise ModelError(
            f"{request.equations.name}: no resting potential between {LOWEST:g} and {HIGHEST:g} mV "
            f"(cell {cell}, sweep {sweep}, command {command_at_rest(request)[missing[0]]:g}); "
            "start from a potential, initial={'v': ...}"
        )
    return found


def stable_potentials(outward: Callable[[Array], Array], near: float, count: int) -> Array:
    """Return where an outward current rises through 0, the nearest to a potential, shape (run,).

    Parameters
    ----------
    outward : callable
        From potentials [mV], shape (run,) or (potential, 1) for all runs at each, to currents.
    near : float [mV]
    count : int
        How many runs.

    Returns
    -------
    ndarray [mV]
        NaN where there is none between -200 and 100 mV.
    """
    grid = np.arange(LOWEST, HIGHEST + STEP / 2.0, STEP)
    surplus = np.broadcast_to(outward(grid[:, None]), (grid.size, count))
    rises = (surplus[:-1] < 0.0) & (surplus[1:] >= 0.0)
    there = rises.any(axis=0)
    far = np.abs(grid[:-1, None] + STEP / 2.0 - near)
    first = np.where(rises, far, np.inf).argmin(axis=0)
    runs = np.arange(count)
    below = np.where(there, surplus[first, runs], -1.0)
    above = np.where(there, surplus[first + 1, runs], 1.0)
    return np.where(there, _root(outward, grid[first], grid[first + 1], below, above), np.nan)


def _root(outward: Callable[[Array], Array], low: Array, high: Array, a: Array, b: Array) -> Array:
    """Return where currents cross 0 between potentials with the currents `a` < 0 <= `b`.

    The secant through both ends; an end that stays twice counts half (the Illinois rule).
    """
    before = np.zeros(low.shape)
    for _ in range(_MOST):
        v = high - b * (high - low) / (b - a)
        found = outward(v)
        side = np.where(found >= 0.0, 1.0, -1.0)
        step = np.where(side > 0.0, high - v, v - low)
        a = np.where(side < 0.0, found, np.where(before > 0.0, 0.5 * a, a))
        b = np.where(side > 0.0, found, np.where(before < 0.0, 0.5 * b, b))
        low, high = np.where(side < 0.0, v, low), np.where(side > 0.0, v, high)
        before = side
        if np.abs(step).max() < _CLOSE or not found.any():
            break
    return v


def _outward(request: Request, v: Array) -> Array:
    """Return what flows out of each cell less what the clamp drives in [pA].

    Potentials are of shape (run,), or (potential, 1) for all runs at each.
    """
    equations = request.equations
    described = equations.defaults.keys()
    given = {
        name: request.per_run(value) if value.ndim else value
        for name, value in request.values.items()
        if name in described
    }
    given |= {name: request.per_run(x) for name, x in request.initial.items() if name != "v"}
    states = steady_values(equations, v, {n: x for n, x in given.items() if "rig." not in n})
    return summed_currents(equations, states, v.shape) - _driven(request, v)


def summed_currents(
    equations: Equations, states: Mapping[str, Array], shape: tuple[int, ...]
) -> Array:
    """Return what flows out through all of a membrane's channels [pA], of a shape at least."""
    parts = (evaluate(current.current, states) for current in equations.currents)
    return sum(parts, np.zeros(shape))


def _driven(request: Request, v: Array) -> Array:
    """Return the current that the clamp drives into each cell under the resting command [pA]."""
    command, options = command_at_rest(request), request.options
    if options.wiring is not None:
        weights = {name: request.per_run(request.values[name]) for name in options.wiring.weights}
        states = steady_rig(options.wiring, weights, v, command)
        return entering(options.wiring, weights, states, v, command)
    if options.clamp == "voltage":
        return (command - v) / request.per_run(request.values["series_resistance"])
    if options.clamp == "conductance":
        return command * (request.per_run(request.values["drive.reversal"]) - v)
    if request.protocol.dimension == "current_density":
        return 0.01 * request.per_run(request.values["area"]) * command
    return command
