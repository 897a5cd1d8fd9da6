"""Myokit: CVODES on a model that it turns into C and compiles.

Variant ``cvode``. It simulates one cell at a time: of the 10,000 only every 20th is run, and the
time is multiplied.
"""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Any

import myokit
import numpy as np

from benchmarks.simulators import accuracy, rigged
from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared, Skipped

MODEL = f"""
[[model]]
membrane.V = {w.REST}

[engine]
time = 0 bind time
pace = 0 bind pace

[input]
clamped = 0
density = 0
pipette = (engine.pace - membrane.V) / {w.CLAMP_RESISTANCE}
injected = if(clamped > 0.5, pipette * 1e-3 / {w.CLAMP_AREA}, density)

[membrane]
dot(V) = (input.injected - sodium.i - potassium.i - leak.i) / {w.CAPACITANCE}

[sodium]
use membrane.V
g = {w.SODIUM}
i = g * m^3 * h * (V - {w.SODIUM_REVERSAL})
x = (V + 40) / 10
opening = if(abs(x) < 1e-6, 1 + x / 2, x / (1 - exp(-x)))
dot(m) = opening * (1 - m) - 4 * exp(-(V + 65) / 18) * m
dot(h) = 0.07 * exp(-(V + 65) / 20) * (1 - h) - h / (1 + exp(-(V + 35) / 10))

[potassium]
use membrane.V
i = {w.POTASSIUM} * n^4 * (V - {w.POTASSIUM_REVERSAL})
x = (V + 55) / 10
opening = 0.1 * if(abs(x) < 1e-6, 1 + x / 2, x / (1 - exp(-x)))
dot(n) = opening * (1 - n) - 0.125 * exp(-(V + 65) / 80) * n

[leak]
i = {w.LEAK} * (membrane.V - {w.LEAK_REVERSAL})
"""
RIG = f"""
[rig]
into_cell = (pipette - membrane.V) / {rigged.RESISTANCE}
dot(pipette) = (clamp - pipette) / {rigged.CLAMP}
dot(estimate) = (engine.pace - estimate) / tau
tau = {(1.0 - rigged.SHARE) * rigged.RESISTANCE * rigged.CAPACITANCE}
charging = {rigged.CAPACITANCE} * dot(estimate)
predicted = {rigged.SHARE * rigged.RESISTANCE} * (measured + charging)
dot(clamp) = (engine.pace + predicted - clamp) / {rigged.SUMMING}
capacitive = {rigged.PIPETTE_CAPACITANCE} * (dot(pipette) - dot(clamp))
dot(measured) = (into_cell + capacitive - charging - measured) / {rigged.RESPONSE}
"""
VOLTAGE, TIME, MEASURED = "membrane.V", "engine.time", "rig.measured"


def version() -> str:
    """Return the installed version."""
    return installed("myokit")


def _simulation(tolerance: float, *, clamped: bool) -> Any:
    m, h, n = w.steady_gates()
    gates = {"sodium.m": m, "sodium.h": h, "potassium.n": n}
    start = "".join(f"{name} = {value!r}\n" for name, value in gates.items())
    model = myokit.parse_model(MODEL.replace("\n\n[engine]", f"\n{start}\n[engine]"))
    model.set_value("input.clamped", int(clamped))
    simulation = _compiled(model)
    simulation.set_tolerance(abs_tol=tolerance, rel_tol=tolerance)
    return simulation


def _rigged(tolerance: float) -> Any:
    """Return the simulation of the cell behind the whole amplifier."""
    names = (VOLTAGE, "sodium.m", "sodium.h", "potassium.n")
    names += ("rig.pipette", "rig.clamp", "rig.estimate", MEASURED)
    start = "".join(f"{n} = {v!r}\n" for n, v in zip(names, rigged.start().tolist(), strict=True))
    text = MODEL.replace(f"{VOLTAGE} = {w.REST}\n", start)
    density = f"rig.into_cell * 1e-6 / {rigged.AREA}"
    text = text.replace(
        "if(clamped > 0.5, pipette * 1e-3 / " + f"{w.CLAMP_AREA}, density)", density
    )
    simulation = _compiled(myokit.parse_model(text + RIG))
    simulation.set_tolerance(abs_tol=tolerance, rel_tol=tolerance)
    return simulation


def _compiled(model: Any) -> Any:
    try:
        return myokit.Simulation(model)
    except myokit.CompilationError as error:
        raise Skipped(f"no C compiler or no SUNDIALS: {str(error).splitlines()[-1]}") from error


def _rigged_family(case: Case) -> Any:
    simulation = _rigged(case.tolerance)
    times = np.arange(round(rigged.DURATION / rigged.GRID)) * rigged.GRID

    def run() -> Any:
        found = []
        for level in rigged.LEVELS:
            protocol = myokit.Protocol()
            protocol.add_step(rigged.HOLDING, rigged.STARTS)
            protocol.add_step(level, rigged.ENDS - rigged.STARTS)
            protocol.add_step(rigged.HOLDING, 2.0 * (rigged.DURATION - rigged.ENDS))
            simulation.reset()
            simulation.set_protocol(protocol)
            log = simulation.run(rigged.DURATION, log=[MEASURED], log_times=times)
            found.append(np.asarray(log[MEASURED]))
        return np.array(found)

    return run


def _one_cell(case: Case) -> Any:
    simulation = _simulation(case.tolerance, clamped=False)
    simulation.set_constant("input.density", w.ONE_CELL_CURRENT)

    def run() -> Any:
        simulation.reset()
        log = simulation.run(w.ONE_CELL_DURATION, log=[TIME, VOLTAGE], log_interval=w.GRID)
        return np.asarray(log[TIME]), np.asarray(log[VOLTAGE])

    return run


def _some_cells(case: Case) -> Any:
    simulation = _simulation(case.tolerance, clamped=False)
    currents, sodium = w.population()

    def run() -> Any:
        counts = np.zeros(w.POPULATION, dtype=int)
        for cell in range(0, w.POPULATION, w.CHECKED):
            simulation.reset()
            simulation.set_constant("input.density", currents[cell])
            simulation.set_constant("sodium.g", sodium[cell])
            log = simulation.run(w.POPULATION_DURATION, log=[VOLTAGE], log_interval=0.1)
            voltage = np.asarray(log[VOLTAGE])
            counts[cell] = np.sum((voltage[:-1] < 0.0) & (voltage[1:] >= 0.0))
        return counts

    return run


def _clamp_family(case: Case) -> Any:
    simulation = _simulation(case.tolerance, clamped=True)

    def run() -> Any:
        peaks = []
        for level in w.CLAMP_LEVELS:
            protocol = myokit.Protocol()
            protocol.add_step(w.REST, w.CLAMP_STARTS)
            protocol.add_step(level, w.CLAMP_ENDS - w.CLAMP_STARTS)
            protocol.add_step(w.REST, 2.0 * (w.CLAMP_DURATION - w.CLAMP_ENDS))
            simulation.reset()
            simulation.set_protocol(protocol)
            log = simulation.run(
                w.CLAMP_DURATION, log=[TIME, "input.pipette"], log_interval=w.CLAMP_GRID
            )
            peaks.append(accuracy.peak_inward(log[TIME], log["input.pipette"], level))
        return peaks

    return run


def prepare(case: Case) -> Prepared:
    """Build and compile the workload.

    Raises
    ------
    Skipped
        Where there is no C compiler or no SUNDIALS.
    """
    makers = {"W1": _one_cell, "W2": _some_cells, "W6": _clamp_family}
    makers["W8"] = _rigged_family
    share = 1.0 / w.CHECKED if case.workload == "W2" else 1.0
    return Prepared(makers[case.workload](case), "CVODES", share)
