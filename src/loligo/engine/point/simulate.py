"""`simulate_point`: point neurons under a protocol, from the outside world's values to a result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from loligo.cell.expression import Number, Symbol
from loligo.cell.lowered import Equations, Flow, Parameter
from loligo.cell.point import PointEquations, PointNeuron, point_equations
from loligo.cell.quantity import In
from loligo.engine import stepper
from loligo.engine.checks import initial_states, listed, positive, thread_count
from loligo.engine.parameters import COMMAND_OFFSET, COMMAND_SCALE, cell_values
from loligo.engine.point.rates import LEFT
from loligo.engine.point.run import run
from loligo.engine.request import Array, Request
from loligo.engine.result import Simulation
from loligo.engine.simulate import Shown, simulation_of
from loligo.engine.system import Options
from loligo.errors import ModelError
from loligo.protocol import Protocol

TOLERANCE = 1e-9
"""Of a step under error control, where none is given."""

_UNITS = {"v": "mV", "w": "pA", "u": "mV/ms", LEFT: "ms"}


def simulate_point(
    neuron: PointNeuron,
    protocol: Protocol,
    *,
    record: Sequence[str],
    sampling: Any,
    dt: Any,
    tolerance: float | None,
    parameters: Mapping[str, Any] | None,
    initial: Mapping[str, Any] | None,
    reversal: Any,
    spikes: bool,
    features: Sequence[str],
    threads: int | None,
    progress: bool | Callable[[float], None],
) -> Simulation:
    """Simulate point neurons under a protocol; see `loligo.engine.simulate` for the arguments.

    Parameters go by the names of the description's fields; ``"v"``, the model's other state and
    ``"i.injected"`` can be recorded. A sample at the time of a spike is taken after the reset. A
    neuron at or above its threshold at the start, or after a shock, spikes at once; what a shock
    brings within a refractory period is lost, as is the current.

    Raises
    ------
    ModelError, SelectionError, UnitError
        Something that the neuron or protocol does not have, or that does not fit.
    SimulationError
        No step was short enough; the message names cell, sweep, time and state.
    """
    stepper.check_tolerance(tolerance)
    clamp = _clamp(protocol)
    equations = point_equations(neuron)
    values, n_cells = _values(neuron, equations, dict(parameters or {}), protocol, reversal)
    cell, n_sweeps = _as_cell(equations), protocol.n_sweeps
    given, n_cells = initial_states(cell, initial or {}, n_cells, n_sweeps, _UNITS)
    given.setdefault("v", values["initial_potential"])
    form = replace(equations, parameters=tuple(replace(p, value=0.0) for p in equations.parameters))
    request = Request(
        equations=cell,
        options=Options(
            clamp=clamp,  # type: ignore[arg-type]
            record=listed("record", record),
            features=listed("features", features),
        ),
        protocol=protocol,
        values={n: v for n, v in values.items() if n not in {COMMAND_SCALE, COMMAND_OFFSET}},
        n_cells=n_cells,
        command_scale=values[COMMAND_SCALE],
        command_offset=values[COMMAND_OFFSET],
        initial=given,
        dt=math.inf if dt is None else positive("dt", dt, "ms"),
        tolerance=TOLERANCE if tolerance is None else tolerance,
        sampling=positive("sampling", sampling, "ms") if record else None,
        threshold=equations.defaults[_threshold(equations)],
        spikes=spikes,
        threads=thread_count(threads),
    )
    with Shown(progress) as tell:
        outcome = run(replace(request, progress=tell), replace(form, initial_potential=0.0))
    result = simulation_of(request, outcome)
    units = {name: unit for name, unit in _UNITS.items() if name in result.units}
    return replace(result, units={**result.units, **units})


def _clamp(protocol: Protocol) -> str:
    if protocol.dimension in {"none", "current"}:
        return "current"
    if protocol.dimension == "conductance":
        return "conductance"
    raise ModelError(
        f"the protocol {protocol.name!r} commands a {protocol.dimension.replace('_', ' ')}; a "
        "point neuron takes a current (pA) or a conductance (nS)"
    )


def _values(
    neuron: PointNeuron,
    equations: PointEquations,
    given: dict[str, Any],
    protocol: Protocol,
    reversal: Any,
) -> tuple[dict[str, Array], int]:
    known, unit = equations.parameters, "pA"
    if protocol.dimension == "conductance":
        if reversal is None:
            raise ModelError("a commanded conductance (nS) needs `reversal`, for example '0 mV'")
        known += (Parameter("drive.reversal", 0.0, "mV", "constant"),)
        given["drive.reversal"], unit = reversal, "nS"
    values, n_cells = cell_values(known, given, unit)
    for name, field in type(neuron).model_fields.items():
        above = any(isinstance(kind, In) and kind.positive for kind in field.metadata)
        if above and (values[name] <= 0.0).any():
            raise ModelError(f"{name} = {values[name].min():g} must be above 0")
    return values, n_cells


def _as_cell(equations: PointEquations) -> Equations:
    """Return parameters and states in the form in which requests hold them."""
    return Equations(
        name=equations.name,
        parameters=equations.parameters,
        definitions=(),
        relaxations=(),
        flows=(*equations.flows, Flow(LEFT, Number(0.0), Number(0.0))),
        occupancies=(),
        currents=(),
        capacitance=Symbol("capacitance"),
        temperature=0.0,
        initial_potential=equations.initial_potential,
    )


def _threshold(equations: PointEquations) -> str:
    rule = equations.reset.threshold
    assert isinstance(rule, Symbol)
    return rule.name
