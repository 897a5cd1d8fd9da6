"""Where cell and clamp are at rest: the potential at which what flows in flows out.

Gates and schemes are in steady state at the potential, pools as described, and the clamp gives what
it gives under the command between sweeps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.engine.request import Request
from loligo.engine.rigged import entering, steady_rig
from loligo.engine.start import command_at_rest
from loligo.errors import ModelError

Array = NDArray[np.float64]

AT_REST = "rest"
"""What `simulate` is told as `initial`."""

LOWEST, HIGHEST, STEP = -200.0, 100.0, 0.5
"""Where potentials are looked at [mV]."""
_HALVINGS = 46


def resting_potential(request: Request) -> Array:
    """Return the potential of each run at rest [mV], shape (run,).

    Of several, the one nearest to the cell's initial potential at which a small change brings a
    current that opposes it.

    Raises
    ------
    ModelError
        There is none between -200 and 100 mV.
    """
    grid = np.arange(LOWEST, HIGHEST + STEP / 2.0, STEP)
    surplus = np.array([_outward(request, np.full(request.n_runs, v)) for v in grid])
    rises = (surplus[:-1] < 0.0) & (surplus[1:] >= 0.0)
    missing = np.flatnonzero(~rises.any(axis=0))
    if missing.size:
        cell, sweep = divmod(int(missing[0]), request.n_sweeps)
        raise ModelError(
            f"{request.equations.name}: no resting potential between {LOWEST:g} and {HIGHEST:g} mV "
            f"(cell {cell}, sweep {sweep}, command {command_at_rest(request)[missing[0]]:g}); "
            "start from a potential, initial={'v': ...}"
        )
    far = np.abs(grid[:-1, None] + STEP / 2.0 - request.equations.initial_potential)
    first = np.where(rises, far, np.inf).argmin(axis=0)
    low, high = grid[first], grid[first + 1]
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        beyond = _outward(request, middle) >= 0.0
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    found: Array = 0.5 * (low + high)
    return found


def _outward(request: Request, v: Array) -> Array:
    """Return what flows out of each cell less what the clamp drives in [pA]."""
    equations = request.equations
    described = equations.defaults.keys()
    given = {
        name: request.per_run(value) if value.ndim else value
        for name, value in request.values.items()
        if name in described
    }
    given |= {name: request.per_run(x) for name, x in request.initial.items() if name != "v"}
    states = steady_values(equations, v, {n: x for n, x in given.items() if "rig." not in n})
    out = sum(
        (evaluate(current.current, states) for current in equations.currents), np.zeros(v.shape)
    )
    return out - _driven(request, v)


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
