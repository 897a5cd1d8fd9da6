"""NEURON, through ``pc.psolve``, which is faster than the usual ``continuerun``.

Variants: ``fixed``, backward Euler with gates staggered and ``hh``'s rate tables, as delivered;
``notable``, the same with exact rates; ``cn``, second order (``secondorder = 2``) with exact
rates; ``cvode``, variable step, exact rates; ``core``, CoreNEURON as in the wheel. The clamp
family is one run of 31 cells, with CVODE too: several times faster than one after another or
than steps of its own for each. Of the 10,000 cells CVODE runs every 20th, each with steps of its
own, and the time is multiplied.
"""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Any

import numpy as np
from neuron import h

from benchmarks.simulators import accuracy, cables
from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared, Skipped

METHODS = {
    "fixed": "backward Euler, staggered exponential gates, rate tables",
    "notable": "backward Euler, staggered exponential gates, exact rates",
    "cn": "Crank-Nicolson, staggered exponential gates, exact rates",
    "cvode": "CVODE, exact rates",
    "core": "CoreNEURON: backward Euler, staggered exponential gates, rate tables",
}
DIAMETER = 10.0
"""Diameter and length [um] of a cell; current densities are scaled to its area."""


def version() -> str:
    """Return the installed version."""
    return installed("neuron")


def _cell(size: float, sodium: float = w.SODIUM) -> Any:
    section = h.Section()
    section.L = section.diam = size
    section.nseg, section.cm = 1, w.CAPACITANCE
    section.insert("hh")
    membrane = section(0.5).hh
    membrane.gnabar, membrane.gkbar = sodium * 1e-3, w.POTASSIUM * 1e-3
    membrane.gl, membrane.el = w.LEAK * 1e-3, w.LEAK_REVERSAL
    section.ena, section.ek = w.SODIUM_REVERSAL, w.POTASSIUM_REVERSAL
    return section


def _inject(section: Any, density: float) -> Any:
    clamp = h.IClamp(section(0.5))
    clamp.delay, clamp.dur = 0.0, 1e9
    clamp.amp = density * section(0.5).area() * 1e-5
    return clamp


def _detector(parallel: Any, number: int, section: Any) -> Any:
    parallel.set_gid2node(number, parallel.id())
    connection = h.NetCon(section(0.5)._ref_v, None, sec=section)
    connection.threshold = 0.0
    parallel.cell(number, connection)
    return connection


def _settle(case: Case, parallel: Any) -> None:
    h.celsius = w.CELSIUS
    h.usetable_hh = int(case.variant in {"fixed", "core"})
    h.secondorder = 2 if case.variant == "cn" else 0
    if case.step:
        h.dt = case.step
    if case.variant == "cvode":
        solver = h.CVode()
        solver.active(True)
        solver.use_local_dt(case.workload == "W2")
        solver.rtol(case.tolerance)
        solver.atol(case.tolerance)
    if case.variant == "core":
        from neuron import coreneuron

        h.CVode().cache_efficient(True)
        coreneuron.enable = True
        coreneuron.verbose = 0
    parallel.nthread(case.threads)
    parallel.set_maxstep(10)


def _one_cell(case: Case, parallel: Any) -> Any:
    section = _cell(DIAMETER)
    keep = section, _inject(section, w.ONE_CELL_CURRENT), _detector(parallel, 0, section)
    every = max(w.GRID, case.step or 0.0)
    # CoreNEURON records every step only.
    core = case.variant == "core"
    voltage = h.Vector().record(section(0.5)._ref_v, *([] if core else [every]))
    thinned = slice(None, None, round(every / case.step) if core else 1)
    _settle(case, parallel)

    def run(_: Any = keep) -> Any:
        h.finitialize(w.REST)
        parallel.psolve(w.ONE_CELL_DURATION)
        found = voltage.as_numpy()[thinned].copy()
        return np.arange(found.size) * every, found

    return run


def _many_cells(case: Case, parallel: Any, every: int) -> Any:
    keep = []
    currents, conductances = w.population()
    for number in range(0, w.POPULATION, every):
        section = _cell(DIAMETER, conductances[number])
        stimulus = _inject(section, currents[number])
        keep.append((section, stimulus, _detector(parallel, number, section)))
    times, numbers = h.Vector(), h.Vector()
    parallel.spike_record(-1, times, numbers)
    _settle(case, parallel)

    def run(_: Any = keep) -> Any:
        times.resize(0)
        numbers.resize(0)
        h.finitialize(w.REST)
        parallel.psolve(w.POPULATION_DURATION)
        return np.bincount(numbers.as_numpy().astype(int), minlength=w.POPULATION)

    return run


def _clamp_family(case: Case, parallel: Any) -> Any:
    size = float(np.sqrt(w.CLAMP_AREA * 1e8 / np.pi))
    every = max(w.CLAMP_GRID, case.step or 0.0)
    keep, currents = [], []
    for level in w.CLAMP_LEVELS:
        section = _cell(size)
        clamp = h.SEClamp(section(0.5))
        clamp.rs = w.CLAMP_RESISTANCE
        clamp.dur1 = w.CLAMP_STARTS
        clamp.dur2 = w.CLAMP_ENDS - w.CLAMP_STARTS
        clamp.dur3 = w.CLAMP_DURATION - w.CLAMP_ENDS
        clamp.amp1, clamp.amp2, clamp.amp3 = w.REST, level, w.REST
        keep.append((section, clamp))
        currents.append(h.Vector().record(clamp, clamp._ref_i, every))
    _settle(case, parallel)

    def run(_: Any = keep) -> Any:
        h.finitialize(w.REST)
        parallel.psolve(w.CLAMP_DURATION)
        times = np.arange(currents[0].size()) * every
        found = zip(currents, w.CLAMP_LEVELS, strict=True)
        return [accuracy.peak_inward(times, i.as_numpy(), level) for i, level in found]

    return run


def _passive_or_firing(section: Any, workload: str) -> None:
    section.cm, section.Ra = w.CAPACITANCE, cables.RESISTIVITY
    if workload != "W3":
        section.insert("pas")
        section.g_pas, section.e_pas = cables.LEAK * 1e-3, cables.LEAK_REVERSAL
        return
    section.insert("hh")
    section.gnabar_hh, section.gkbar_hh = w.SODIUM * 1e-3, w.POTASSIUM * 1e-3
    section.gl_hh, section.el_hh = cables.LEAK * 1e-3, cables.LEAK_REVERSAL
    section.ena, section.ek = w.SODIUM_REVERSAL, w.POTASSIUM_REVERSAL


def _shape(case: Case, parallel: Any) -> Any:
    if case.workload == "W5":
        sections = []
        for up, length, diameter in zip(*cables.tree(), strict=True):
            section = h.Section()
            section.L, section.diam, section.nseg = length, diameter, 1
            if up >= 0:
                section.connect(sections[up](1.0), 0.0)
            sections.append(section)
        ends = sections[0](0.5), sections[-1](0.5)
    else:
        sections = [h.Section()]
        sections[0].L, sections[0].diam = cables.LENGTH, cables.DIAMETER
        sections[0].nseg = cables.VOLUMES
        ends = sections[0](0.5 / cables.VOLUMES), sections[0](1.0 - 0.5 / cables.VOLUMES)
    for section in sections:
        _passive_or_firing(section, case.workload)
    clamp = h.IClamp(ends[0])
    clamp.delay, clamp.dur, clamp.amp = 0.0, 1e9, cables.CURRENT
    every = max(cables.GRID, case.step or 0.0)
    vectors = [h.Vector().record(end._ref_v, every) for end in ends]
    keep = sections, clamp, _detector(parallel, 0, sections[0])
    _settle(case, parallel)

    def run(_: Any = keep) -> Any:
        h.finitialize(w.REST)
        parallel.psolve(cables.DURATION)
        near, far = (vector.as_numpy().copy() for vector in vectors)
        return np.arange(near.size) * every, near, far

    return run


def prepare(case: Case) -> Prepared:
    """Build the workload.

    Raises
    ------
    Skipped
        For the clamp family under CoreNEURON.
    """
    if case.workload == "W6" and case.variant == "core":
        raise Skipped("CoreNEURON records no clamp current")
    parallel = h.ParallelContext()
    method = METHODS[case.variant]
    if case.workload == "W2":
        every = w.CHECKED if case.variant == "cvode" else 1
        return Prepared(_many_cells(case, parallel, every), method, 1.0 / every)
    make = {"W1": _one_cell, "W6": _clamp_family}.get(case.workload, _shape)
    return Prepared(make(case, parallel), method)
