"""From a cell without a shape and a protocol to a request, run and named again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from loligo.cell import Cell
from loligo.engine import stepper
from loligo.engine.checks import initial_states, positive, single, thread_count, told_states
from loligo.engine.counts import counted_schemes, with_numbers
from loligo.engine.damping import check_damping
from loligo.engine.diverged import check_states
from loligo.engine.noise import check_random, checked_seed
from loligo.engine.parameters import COMMAND_OFFSET, COMMAND_SCALE
from loligo.engine.request import Request, by_run
from loligo.engine.rest import resting_potential
from loligo.engine.result import Simulation
from loligo.engine.simulate import Shown, options_of, parameters_of, simulation_of
from loligo.engine.stepper import Method, Target
from loligo.engine.wiring import Rigs, mounted_on
from loligo.errors import ModelError
from loligo.protocol import Protocol


def simulate_cell(
    cell: Cell,
    protocol: Protocol,
    *,
    record: Sequence[str],
    sampling: Any,
    dt: Any,
    method: Method,
    tolerance: float | None,
    parameters: Mapping[str, Any] | None,
    initial: Mapping[str, Any] | Literal["rest"] | None,
    temperature: Any,
    series_resistance: Any,
    reversal: Any,
    rig: Rigs | None,
    spikes: bool,
    threshold: Any,
    features: Sequence[str],
    rule: Literal["trapezoidal", "exact"] | None,
    precision: Literal["double", "single"],
    threads: int | None,
    progress: bool | Callable[[float], None],
    target: Target,
    stochastic: bool | Sequence[str],
    noise: Mapping[str, Any] | None,
    seed: int | None,
) -> Simulation:
    """Simulate cells without a shape; see `loligo.engine.simulate`."""
    request, units = requested(
        cell, protocol, record=record, sampling=sampling, dt=dt, method=method,
        tolerance=tolerance, parameters=parameters, initial=initial, temperature=temperature,
        series_resistance=series_resistance, reversal=reversal, rig=rig, spikes=spikes,
        threshold=threshold, features=features, rule=rule, precision=precision, threads=threads,
        target=target, stochastic=stochastic, noise=noise, seed=seed,
    )  # fmt: skip
    with Shown(progress) as tell:
        outcome = stepper.run(replace(request, progress=tell), method, target)
    check_states(request, outcome.states)
    return simulation_of(request, outcome, units)


def requested(
    cell: Cell,
    protocol: Protocol,
    *,
    record: Sequence[str],
    sampling: Any,
    dt: Any,
    parameters: Mapping[str, Any] | None,
    initial: Mapping[str, Any] | Literal["rest"] | None,
    rig: Rigs | None,
    method: Method = "staggered",
    tolerance: float | None = None,
    temperature: Any = None,
    series_resistance: Any = None,
    reversal: Any = None,
    spikes: bool = False,
    threshold: Any = "0 mV",
    features: Sequence[str] = (),
    rule: Literal["trapezoidal", "exact"] | None = None,
    precision: Literal["double", "single"] = "double",
    threads: int | None = 1,
    target: Target = "kernel",
    stochastic: bool | Sequence[str] = False,
    noise: Mapping[str, Any] | None = None,
    seed: int | None = None,
) -> tuple[Request, dict[str, str] | None]:
    """Return what is to be run, and the units of the rig's states and outputs."""
    stepper.check(method, tolerance, rule, precision, target)
    mounted = None if rig is None else mounted_on(protocol, rig, series_resistance, method)
    wiring, units = (mounted.wiring, mounted.units) if mounted else (None, None)
    equations, values, n_cells = parameters_of(
        cell, protocol, dict(parameters or {}), temperature, series_resistance, reversal, noise,
        mounted,
    )  # fmt: skip
    told = told_states(initial)
    given, n_cells = initial_states(equations, told, n_cells, protocol.n_sweeps, units)
    options = replace(
        options_of(
            protocol, equations, values, record=record, features=features, rule=rule, wiring=wiring
        ),
        stochastic=counted_schemes(equations, stochastic),
        noise=noise is not None,
        looks_back=method == "multistep",
    )
    check_random(options, method, target, precision)
    if options.looks_back and options.holds_potential:
        raise ModelError(
            'method="multistep" looks back at a potential that is free; under an ideal voltage '
            'clamp gates take exact steps (method="staggered")'
        )
    request = Request(
        equations=equations,
        options=options,
        protocol=protocol,
        values={
            name: by_run(value, n_cells)
            for name, value in values.items()
            if name not in {COMMAND_SCALE, COMMAND_OFFSET}
        },
        n_cells=n_cells,
        command_scale=values[COMMAND_SCALE],
        command_offset=values[COMMAND_OFFSET],
        initial=given,
        dt=stepper.longest_step(method, dt),
        tolerance=1e-6 if tolerance is None else tolerance,
        sampling=positive("sampling", sampling, "ms") if record else None,
        threshold=single("threshold", threshold, "mV"),
        spikes=spikes,
        precision=precision,
        threads=thread_count(threads),
        seed=checked_seed(seed),
    )
    check_damping(request)
    request = with_numbers(request)
    if isinstance(initial, str) and not options.holds_potential:
        request = replace(request, initial={"v": resting_potential(request)})
    return request, units
