"""A cell behind rigs with a digital loop: sampled, decided, injected, and solved in between.

The counterpart of `loligo.experiment.behind` for dynamic clamp and discontinuous clamps. Each sweep
is a run of its own, all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.engine.checks import positive
from loligo.engine.grid import n_samples
from loligo.engine.stepwise import Stepwise
from loligo.errors import SimulationError
from loligo.experiment.behind import RESPONSE, Behind
from loligo.experiment.controllers import Controller
from loligo.experiment.loops import Session, loop_of
from loligo.experiment.noisy import Seen
from loligo.protocol import Protocol
from loligo.rig import DynamicClamp, Rig
from loligo.rig.discontinuous import Discontinuous

Array = NDArray[np.float64]

_SAME = 1e-7
_DIGITS = 9


def is_sampled(rig: Rig) -> bool:
    """Tell whether a rig has a digital loop."""
    return isinstance(rig.amplifier, DynamicClamp | Discontinuous)


def stepped(
    cell: Cell,
    rigs: Sequence[Rig],
    protocol: Protocol,
    names: Sequence[str],
    *,
    dt: Any,
    parameters: Mapping[str, Any] | None,
    values: Mapping[str, float],
    seen: Seen,
    starts: Sequence[float],
    seed: int,
) -> Behind:
    """Return what a cell does behind the digital loop of each sweep, with the noise in the loop.

    A dynamic clamp's loop closes as a sweep begins, before which cell and rig are at rest under the
    commanded current, or none. A discontinuous clamp has been on for a while.

    Parameters
    ----------
    cell, rigs, protocol, names, dt, parameters, values
        As for `loligo.experiment.behind.behind`.
    seen : callable
        What an amplifier's input is connected to, see `loligo.experiment.noisy`.
    starts : sequence of float [ms]
        When each sweep starts.
    seed : int
        Of the noise.

    Raises
    ------
    ModelError, SelectionError, UnitError, SimulationError
        See `loligo.experiment.record.record`.
    """
    length = max(protocol.duration(sweep) for sweep in range(protocol.n_sweeps))
    loop = loop_of(Session(cell, rigs, protocol, length, seen, starts, seed))
    shown = loop.controller.held
    wanted = list(dict.fromkeys([RESPONSE, *names, *shown]))
    run = Stepwise(
        cell,
        [rig.system for rig in rigs],
        record=[name for name in wanted if name not in shown],
        dt=positive("dt", dt, "ms"),
        command=loop.rest,
        initial=loop.initial,
        parameters=parameters,
    )
    start = run.state("v")
    try:
        traces = _go(run, loop.controller, loop.first, length, 1.0 / rigs[0].digitizer.sampling)
    except SimulationError as error:
        worst = max(loop.stabilities(start, values), key=lambda each: each.growth_rate)
        if worst.is_stable:
            raise
        raise SimulationError(f"the loop is {worst.in_words}. {error}") from None
    response = traces[RESPONSE]
    if isinstance(rigs[0].amplifier, Discontinuous):
        for sweep, rig in enumerate(rigs):
            if rig.filter is not None:
                rate = f"{rig.digitizer.sampling!r} kHz"
                response[sweep] = rig.filter.apply(response[sweep], rate)
    else:
        response += loop.added
    units = {name: run.unit(name) for name in traces}
    units |= {name: unit for name, (_, unit) in loop.controller.held.items()}
    return Behind(traces, units, tuple(loop.stabilities(start, values)))


def _go(
    run: Stepwise, controller: Controller, first: float, length: float, period: float
) -> dict[str, Array]:
    """Let cell and controller go on to the end, and return what is at each tick of the digitizer.

    Parameters
    ----------
    run : Stepwise
    controller : Controller
    first, length : float [ms]
        Where it starts, and the end.
    period : float [ms]
        Between ticks, the first at 0.
    """
    ticks = period * np.arange(n_samples(length, period), dtype=np.float64)
    instants = controller.instants(length)
    times: Array = np.unique(np.concatenate([[first], ticks, instants]))
    times = times[(times > first - _SAME) & (times < length - _SAME)]
    times = times[np.concatenate([[True], np.diff(times) > _SAME])]
    durations = np.diff(np.append(times, length)).round(_DIGITS)
    is_tick = _among(times, ticks)
    is_instant = _among(times, instants)
    recorded = [name for name, _ in run.system.recorded]
    traces = {n: np.empty((run.n_runs, ticks.size)) for n in (*recorded, *controller.held)}
    command, tick = run.command.copy(), 0
    sample = partial(run.output, "response")
    for index, time in enumerate(times):
        if is_instant[index]:
            command = controller.at(float(time), sample)
        seen = run.advance(float(durations[index]), command)
        if not is_tick[index]:
            continue
        for place, name in enumerate(recorded):
            traces[name][:, tick] = seen[:, place]
        for name, (value, _) in controller.held.items():
            traces[name][:, tick] = value
        tick += 1
    return traces


def _among(times: Array, others: Array) -> NDArray[np.bool_]:
    """Tell which times are among others, to rounding."""
    found = np.zeros(times.size, dtype=bool)
    at = np.searchsorted(times, others - _SAME)
    near = at < times.size
    at = at[near]
    found[at[np.abs(times[at] - others[near]) < 2.0 * _SAME]] = True
    return found
