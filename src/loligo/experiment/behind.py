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

from loligo.engine import simulate
from loligo.engine.checks import positive
from loligo.engine.resting import resting
from loligo.engine.wiring import wired_alike
from loligo.errors import ModelError, SimulationError
from loligo.experiment.stability import QUIET, Stability, worst
from loligo.experiment.subject import Subject
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
        What was asked for and ``"rig.response"``, at the digitizer's ticks or more often; NaN after
        the end of a shorter sweep.
    units : dict of str to str
    stabilities : tuple of Stability, one for each sweep
    """

    traces: dict[str, Array]
    units: dict[str, str]
    stabilities: tuple[Stability, ...]

    def repeated(self, count: int) -> Behind:
        """Return so many sweeps, each like the only one."""
        traces = {name: np.repeat(trace, count, axis=0) for name, trace in self.traces.items()}
        return Behind(traces, self.units, self.stabilities * count)


def behind(
    subject: Subject,
    rigs: Sequence[Rig],
    protocol: Protocol,
    names: Sequence[str],
    *,
    dt: Any,
    every: int,
    parameters: Mapping[str, Any] | None,
) -> Behind:
    """Return what a cell does behind the rig of each sweep, each started at rest.

    Parameters
    ----------
    subject : Subject
    rigs : sequence of Rig, one for each sweep
    protocol : Protocol
    names : sequence of str
        What to keep beside the response.
    dt : quantity
        Longest step.
    every : int
        Values kept for each tick of the digitizer.
    parameters : mapping of str to quantity, optional

    Raises
    ------
    ModelError, SelectionError, UnitError, SimulationError
        See `loligo.experiment.record.record`.
    """
    longest = positive("dt", dt, "ms")
    if _repeats(protocol, rigs):
        how = {"dt": dt, "every": every, "parameters": parameters}
        once = protocol.replace(sweeps=1, sweep_interval=None)
        return behind(subject, rigs[:1], once, names, **how).repeated(protocol.n_sweeps)
    wanted = list(dict.fromkeys([RESPONSE, *names]))
    made = {rig: rig.system for rig in dict.fromkeys(rigs)}
    systems = [made[rig] for rig in rigs]
    wirings = [wired_alike(system) for system in systems]
    traces: dict[str, Array] = {}
    units: dict[str, str] = {}
    stabilities = [QUIET] * len(rigs)
    for wiring in dict.fromkeys(wirings):
        own = [index for index, other in enumerate(wirings) if other == wiring]
        alike = [
            system if other == wiring else systems[own[0]]
            for system, other in zip(systems, wirings, strict=True)
        ]
        told: dict[str, Any] = {
            "rig": alike[0] if len(set(map(id, rigs))) == 1 else [alike],
            "record": wanted,
            "sampling": f"{1.0 / (rigs[0].digitizer.sampling * every)!r} ms",
            "parameters": parameters,
            **subject.where,
        }
        v = _start(subject, [rigs[sweep] for sweep in own], protocol, told)
        told["initial"] = {"v": v[None]}
        known: dict[Any, Stability] = {}
        for sweep in own:
            key = (rigs[sweep], v[sweep].tobytes())
            if key not in known:
                known[key] = subject.stability(rigs[sweep], v[sweep])
            stabilities[sweep] = known[key]
        least = worst([stabilities[sweep] for sweep in own])
        step = min(longest, *(stabilities[sweep].longest_step for sweep in own))
        try:
            found = simulate(subject.described, protocol, dt=f"{step!r} ms", **told)
        except SimulationError as error:
            if least.is_stable:
                raise
            raise SimulationError(f"the rig is {least.in_words}. {error}") from None
        for name, trace in found.traces.items():
            whole = traces.setdefault(name, np.full(trace[0].shape, np.nan))
            whole[own] = trace[0, own]
        units |= found.units
    return Behind(traces, units, tuple(stabilities))


def _repeats(protocol: Protocol, rigs: Sequence[Rig]) -> bool:
    """Tell whether all of several sweeps are the same, before noise."""
    several = protocol.n_sweeps > 1 and not protocol.varies and protocol.leak is None
    return several and all(rig == rigs[0] for rig in rigs)


def _start(
    subject: Subject, rigs: Sequence[Rig], protocol: Protocol, told: Mapping[str, Any]
) -> Array:
    """Return where each sweep starts [mV], shape (sweep,), or (sweep, compartment) of a neuron.

    An unstable rig may push the cell away from every potential; where there is no rest it starts
    where the cell is described to.
    """
    how = {"rig": told["rig"], "parameters": told["parameters"], **subject.where}
    found: Array
    try:
        found = resting(subject.described, protocol, **how)[0]
    except ModelError:
        v = np.asarray(subject.described.initial_potential)
        if all(subject.stability(rig, v).is_stable for rig in rigs):
            raise
        found = np.full((protocol.n_sweeps, *subject.shape), v)
    return found
