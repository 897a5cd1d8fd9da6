"""Jaxley on JAX, on the CPU, traced and compiled ahead of the first run.

Variants: ``f64`` and ``f32``, the type of every number. Ten thousand cells are one cell mapped
over currents and conductances.
"""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Any

import jax
import jaxley
import numpy as np
from jax import numpy as jnp
from jaxley.channels import HH

from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared, Skipped

RADIUS, LENGTH = 5.0, 10.0
"""Of a cell [um]; current densities are scaled to its area."""
TO_NANOAMPERE = 2.0 * np.pi * RADIUS * LENGTH * 1e-5


def version() -> str:
    """Return the installed versions."""
    return f"{installed('jaxley')} (jax {installed('jax')})"


def _cell() -> Any:
    cell = jaxley.Cell([jaxley.Branch(jaxley.Compartment(), ncomp=1)], parents=[-1])
    cell.insert(HH())
    settings = {
        "radius": RADIUS,
        "length": LENGTH,
        "capacitance": w.CAPACITANCE,
        "v": w.REST,
        "HH_gNa": w.SODIUM * 1e-3,
        "HH_gK": w.POTASSIUM * 1e-3,
        "HH_gLeak": w.LEAK * 1e-3,
        "HH_eNa": w.SODIUM_REVERSAL,
        "HH_eK": w.POTASSIUM_REVERSAL,
        "HH_eLeak": w.LEAK_REVERSAL,
    }
    for name, value in settings.items():
        cell.set(name, value)
    cell.init_states()
    cell.record("v", verbose=False)
    return cell


def _compiled(function: Any, *arguments: Any) -> Any:
    return jax.jit(function).lower(*arguments).compile()


def _one_cell(case: Case, kind: Any) -> Any:
    cell = _cell()
    middle = cell.branch(0).loc(0.5)
    steps = round(w.ONE_CELL_DURATION / case.step)
    times = np.arange(steps + 1) * case.step

    def simulate(current: Any) -> Any:
        stimulus = middle.data_stimulate(current, None)
        return jaxley.integrate(
            cell, delta_t=case.step, t_max=w.ONE_CELL_DURATION, data_stimuli=stimulus
        )[0]

    current = jnp.full(steps + 1, w.ONE_CELL_CURRENT * TO_NANOAMPERE, dtype=kind)
    compiled = _compiled(simulate, current)
    thinned = slice(None, None, max(1, round(w.GRID / case.step)))

    def run() -> Any:
        voltage = np.asarray(compiled(current))
        return times[thinned], voltage[: steps + 1][thinned]

    return run


def _many_cells(case: Case, kind: Any) -> Any:
    cell = _cell()
    middle = cell.branch(0).loc(0.5)
    steps = round(w.POPULATION_DURATION / case.step)

    def simulate(current: Any, sodium: Any) -> Any:
        stimulus = middle.data_stimulate(jnp.full(steps + 1, current, dtype=kind), None)
        changed = cell.data_set("HH_gNa", sodium, None)
        voltage = jaxley.integrate(
            cell,
            delta_t=case.step,
            t_max=w.POPULATION_DURATION,
            data_stimuli=stimulus,
            param_state=changed,
        )[0]
        return jnp.sum((voltage[:-1] < 0.0) & (voltage[1:] >= 0.0))

    currents, sodium = w.population()
    arguments = (
        jnp.asarray(currents * TO_NANOAMPERE, dtype=kind),
        jnp.asarray(sodium * 1e-3, dtype=kind),
    )
    compiled = _compiled(jax.vmap(simulate), *arguments)
    return lambda: np.asarray(compiled(*arguments))


def prepare(case: Case) -> Prepared:
    """Build, trace and compile the workload.

    Raises
    ------
    Skipped
        For the clamp family.
    """
    if case.workload == "W6":
        raise Skipped("its voltage clamp is ideal: no series resistance")
    double = case.variant == "f64"
    jax.config.update("jax_platform_name", "cpu")
    jax.config.update("jax_enable_x64", double)
    kind = jnp.float64 if double else jnp.float32
    run = {"W1": _one_cell, "W2": _many_cells}[case.workload](case, kind)
    return Prepared(run, f"backward Euler, exponential gates, exact rates, {case.variant}")
