"""A cell behind the rig of each sweep, solved together: what the rig puts out, and what is true.

Rigs of sweeps that are wired alike go in one batch, whatever their numbers are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.engine import simulate
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
    """

    traces: dict[str, Array]
    units: dict[str, str]


def behind(
    cell: Cell,
    rigs: Sequence[Rig],
    protocol: Protocol,
    names: Sequence[str],
    *,
    dt: Any,
    parameters: Mapping[str, Any] | None,
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

    Raises
    ------
    ModelError, SelectionError, UnitError, SimulationError
        See `loligo.experiment.record.record`.
    """
    systems = [rig.system for rig in rigs]
    wirings = [(system.states, system.outputs) for system in systems]
    traces: dict[str, Array] = {}
    units: dict[str, str] = {}
    for wiring in dict.fromkeys(wirings):
        own = [index for index, other in enumerate(wirings) if other == wiring]
        alike = [
            system if other == wiring else systems[own[0]]
            for system, other in zip(systems, wirings, strict=True)
        ]
        found = simulate(
            cell,
            protocol,
            rig=alike[0] if len(set(map(id, rigs))) == 1 else [alike],
            initial="rest",
            record=list(dict.fromkeys([RESPONSE, *names])),
            sampling=f"{1.0 / rigs[0].digitizer.sampling!r} ms",
            dt=dt,
            parameters=parameters,
        )
        for name, values in found.traces.items():
            whole = traces.setdefault(name, np.full(values[0].shape, np.nan))
            whole[own] = values[0, own]
        units |= found.units
    return Behind(traces, units)
