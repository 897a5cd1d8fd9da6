"""A cell behind the rig of each sweep, solved together: what the rig puts out, and what is true.

Rigs of sweeps that are wired alike go in one batch, whatever their numbers are. Before, each rig's
stability around the cell is known, so that steps are short enough for what rings or grows: an
implicit step that is longer would damp it out of sight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.engine import simulate
from loligo.engine.checks import positive
from loligo.errors import ModelError, SimulationError
from loligo.experiment.stability import Stability, stability, worst
from loligo.protocol import Protocol
from loligo.rig import Rig

Array = NDArray[np.float64]

RESPONSE = "rig.response"


@dataclass(frozen=True, eq=False)
class Behind:
    """What a cell and its rigs did.

    Attributes
    ----------
    traces : dict of str to ndarray, shape (sweep, time)
        What was asked for and ``"rig.response"``, at the digitizer's ticks; NaN after the end of a
        shorter sweep.
    units : dict of str to str
    stabilities : tuple of Stability, one for each sweep
    """

    traces: dict[str, Array]
    units: dict[str, str]
    stabilities: tuple[Stability, ...]


def behind(
    cell: Cell,
    rigs: Sequence[Rig],
    protocol: Protocol,
    names: Sequence[str],
    *,
    dt: Any,
    parameters: Mapping[str, Any] | None,
    values: Mapping[str, float],
) -> Behind:
    """Return what a cell does behind the rig of each sweep, each started at rest.

    Parameters
    ----------
    cell : Cell
    rigs : sequence of Rig, one for each sweep
    protocol : Protocol
    names : sequence of str
        What to keep beside the response.
    dt : quantity
        Longest step.
    parameters : mapping of str to quantity, optional
    values : mapping of str to float
        All parameters of the cell in internal units.

    Raises
    ------
    ModelError, SelectionError, UnitError, SimulationError
        See `loligo.experiment.record.record`.
    """
    longest = positive("dt", dt, "ms")
    wanted = list(dict.fromkeys([RESPONSE, *names]))
    systems = [rig.system for rig in rigs]
    wirings = [(system.states, system.outputs) for system in systems]
    traces: dict[str, Array] = {}
    units: dict[str, str] = {}
    stabilities = [Stability(-np.inf, 0.0, 1.0, np.inf)] * len(rigs)
    for wiring in dict.fromkeys(wirings):
        own = [index for index, other in enumerate(wirings) if other == wiring]
        alike = [
            system if other == wiring else systems[own[0]]
            for system, other in zip(systems, wirings, strict=True)
        ]
        told: dict[str, Any] = {
            "rig": alike[0] if len(set(map(id, rigs))) == 1 else [alike],
            "record": wanted,
            "sampling": f"{1.0 / rigs[0].digitizer.sampling!r} ms",
            "parameters": parameters,
        }
        told["initial"], v = _start(cell, [rigs[sweep] for sweep in own], protocol, values, told)
        for sweep in own:
            stabilities[sweep] = stability(cell, rigs[sweep], values, float(v[sweep]))
        least = worst([stabilities[sweep] for sweep in own])
        step = min(longest, *(stabilities[sweep].longest_step for sweep in own))
        try:
            found = simulate(cell, protocol, dt=f"{step!r} ms", **told)
        except SimulationError as error:
            if least.is_stable:
                raise
            raise SimulationError(f"the rig is {least.in_words}. {error}") from None
        for name, trace in found.traces.items():
            whole = traces.setdefault(name, np.full(trace[0].shape, np.nan))
            whole[own] = trace[0, own]
        units |= found.units
    return Behind(traces, units, tuple(stabilities))


def _start(
    cell: Cell,
    rigs: Sequence[Rig],
    protocol: Protocol,
    values: Mapping[str, float],
    told: Mapping[str, Any],
) -> tuple[Any, Array]:
    """Return how to start, and the potential of each sweep there [mV].

    An unstable rig may push the cell away from every potential; where there is no rest it starts
    where the cell is described to.
    """
    instant = protocol.replace(epochs=["hold for 0.001 ms"], sweeps=protocol.sweeps)
    try:
        return "rest", simulate(cell, instant, initial="rest", **told)["v"][0, :, 0]
    except ModelError:
        v = cell.initial_potential
        if all(stability(cell, rig, values, v).is_stable for rig in rigs):
            raise
        return {"v": f"{v!r} mV"}, np.full(protocol.n_sweeps, v)
