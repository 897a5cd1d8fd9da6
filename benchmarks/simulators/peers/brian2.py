"""Brian2 as a C++ program of its own (``cpp_standalone``), compiled before the first run.

Variant ``cpp``. A run starts the program and reads its results. The clamp family is 31 cells in
one group.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import version as installed
from typing import Any

import brian2
import numpy as np
from brian2 import cm, ms, mV, uA, ufarad
from brian2.units import msiemens

from benchmarks.simulators import accuracy
from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared, Skipped

MEMBRANE = """
dv/dt = (injected - sodium*m**3*h*(v - ena) - gk*n**4*(v - ek) - gl*(v - el))/c : volt
dm/dt = alpham*(1 - m) - betam*m : 1
dh/dt = alphah*(1 - h) - betah*h : 1
dn/dt = alphan*(1 - n) - betan*n : 1
alpham = 1/exprel(-(v/mV + 40)/10)/ms : Hz
betam = 4*exp(-(v/mV + 65)/18)/ms : Hz
alphah = 0.07*exp(-(v/mV + 65)/20)/ms : Hz
betah = 1/(1 + exp(-(v/mV + 35)/10))/ms : Hz
alphan = 0.1/exprel(-(v/mV + 55)/10)/ms : Hz
betan = 0.125*exp(-(v/mV + 65)/80)/ms : Hz
sodium : siemens/meter**2 (constant)
"""
INJECTED = "injected : amp/meter**2 (constant)\n"
CLAMPED = """
level : volt (constant)
command = held + (level - held)*int(t >= starts - dt/2)*int(t < ends - dt/2) : volt
injected = (command - v)/resistance/area : amp/meter**2
"""
CONSTANTS = {
    "c": w.CAPACITANCE * ufarad / cm**2,
    "gk": w.POTASSIUM * msiemens / cm**2,
    "gl": w.LEAK * msiemens / cm**2,
    "ena": w.SODIUM_REVERSAL * mV,
    "ek": w.POTASSIUM_REVERSAL * mV,
    "el": w.LEAK_REVERSAL * mV,
    "held": w.REST * mV,
    "starts": w.CLAMP_STARTS * ms,
    "ends": w.CLAMP_ENDS * ms,
    "resistance": w.CLAMP_RESISTANCE * 1e6 * brian2.ohm,
    "area": w.CLAMP_AREA * cm**2,
}


def version() -> str:
    """Return the installed version."""
    return installed("brian2")


def _group(cells: int, extra: str, sodium: Any) -> Any:
    group = brian2.NeuronGroup(
        cells,
        MEMBRANE + extra,
        method="exponential_euler",
        threshold="v > 0*mV",
        refractory="v > 0*mV",
        namespace=CONSTANTS,
    )
    group.v = w.REST * mV
    group.m, group.h, group.n = w.steady_gates()
    group.sodium = sodium * msiemens / cm**2
    return group


def _program(objects: list[Any], duration: float, results: Callable[[], Any]) -> Any:
    device, folder = brian2.get_device(), tempfile.mkdtemp(prefix="brian2-")
    brian2.Network(*objects).run(duration * ms)
    device.build(directory=folder, compile=True, run=False, debug=False)

    def run() -> Any:
        device.run(folder, "results", False, [])
        return results()

    return run


def _one_cell(case: Case) -> Any:
    group = _group(1, INJECTED, w.SODIUM)
    group.injected = w.ONE_CELL_CURRENT * uA / cm**2
    every = max(w.GRID, case.step) * ms
    monitor = brian2.StateMonitor(group, "v", record=True, dt=every)
    return _program(
        [group, monitor],
        w.ONE_CELL_DURATION,
        lambda: (np.asarray(monitor.t / ms), np.asarray(monitor.v[0] / mV)),
    )


def _many_cells(_: Case) -> Any:
    currents, sodium = w.population()
    group = _group(w.POPULATION, INJECTED, sodium)
    group.injected = currents * uA / cm**2
    monitor = brian2.SpikeMonitor(group, record=False)
    return _program(
        [group, monitor], w.POPULATION_DURATION, lambda: np.asarray(monitor.count).copy()
    )


def _clamp_family(case: Case) -> Any:
    levels = w.CLAMP_LEVELS
    group = _group(levels.size, CLAMPED, w.SODIUM)
    group.level = levels * mV
    monitor = brian2.StateMonitor(group, "v", record=True, dt=max(w.CLAMP_GRID, case.step) * ms)

    def peaks() -> Any:
        times, voltage = np.asarray(monitor.t / ms), np.asarray(monitor.v / mV)
        current = (levels[:, None] - voltage) / w.CLAMP_RESISTANCE
        found = zip(current, levels, strict=True)
        return [accuracy.peak_inward(times, i, level) for i, level in found]

    return _program([group, monitor], w.CLAMP_DURATION, peaks)


def prepare(case: Case) -> Prepared:
    """Build and compile the program.

    Raises
    ------
    Skipped
        Where there is no C++ compiler.
    """
    if shutil.which("g++") is None:
        raise Skipped("no C++ compiler (g++)")
    brian2.set_device("cpp_standalone", build_on_run=False)
    brian2.prefs.devices.cpp_standalone.openmp_threads = case.threads if case.threads > 1 else 0
    brian2.defaultclock.dt = case.step * ms
    makers = {"W1": _one_cell, "W2": _many_cells, "W6": _clamp_family}
    run = makers[case.workload](case)
    return Prepared(run, "exponential Euler for voltage and gates, exact rates")
