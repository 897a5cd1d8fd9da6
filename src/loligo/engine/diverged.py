"""The error of a run that diverged: which cell and sweep, when, and which state."""

from __future__ import annotations

import numpy as np

from loligo.engine.batch import Group
from loligo.engine.guard import GUARD
from loligo.engine.lanes import LARGEST_POTENTIAL
from loligo.engine.loops import layout_of
from loligo.engine.request import Array, Request
from loligo.engine.system import System
from loligo.engine.too_long import too_long
from loligo.errors import SimulationError


def divergence(
    request: Request, system: System, group: Group, cursor: np.ndarray
) -> SimulationError:
    """Return the error of the block that a kernel's cursor stands at."""
    layout = layout_of(system)
    block, part, step = (int(c) for c in cursor[:3])
    lanes = group.levels.shape[-1]
    rows = group.blocks[block].reshape(layout.n_kept, lanes)[:, : group.active[block]]
    if GUARD in layout.rows:
        wrong = ~(rows[layout.rows[GUARD]] <= 1.0)
        if wrong.any():
            return too_long(request, system, group, cursor, int(np.flatnonzero(wrong)[0]))
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(rows[layout.rows["v"]]) < LARGEST_POTENTIAL)
    lane = int(np.flatnonzero(bad)[0])
    names = ("v", *system.equations.states)
    values = {name: float(rows[layout.rows[name], lane]) for name in names}
    broken = next((n for n, x in values.items() if n != "v" and not np.isfinite(x)), "v")
    run = int(group.runs[block * lanes + lane])
    stretch = group.grid.stretches[part]
    time = stretch.start + min(step, stretch.steps) * stretch.size
    return _error(request, run, broken, values[broken], time, stretch.size)


def check_states(request: Request, states: dict[str, Array]) -> None:
    """Refuse states that are not finite numbers at the end, whatever the potential is.

    Under an ideal voltage clamp the potential stays finite when a gate does not.

    Raises
    ------
    SimulationError
    """
    for name in request.equations.states:
        bad = np.flatnonzero(~np.isfinite(states[name]))
        if bad.size:
            run = int(bad[0])
            time = request.protocol.duration(run % request.n_sweeps)
            raise _error(request, run, name, float(states[name][run]), time, request.dt)


def _error(
    request: Request, run: int, state: str, value: float, time: float, step: float
) -> SimulationError:
    told = f"{state} = {value:g}" + (" mV" if state == "v" else "")
    return SimulationError(
        f"{request.equations.name!r} diverged: cell {run // request.n_sweeps}, sweep "
        f"{run % request.n_sweeps}, {time:g} ms, {told} (step {step:g} ms). Try a "
        'shorter step (dt=...) or method="error-controlled"; look for conductances or rates '
        "with a wrong unit"
    )
