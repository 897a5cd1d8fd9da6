"""Arbor, multicore, the wheel's vectorized kernels.

Variant ``grouped``: all cells of a thread in one group, so that vector instructions run across
cells; Arbor's own partition, a group a cell, takes about five times longer for 10,000 cells.
"""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Any

import arbor
import numpy as np
from arbor import units

from benchmarks.simulators import cables
from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared, Skipped

DIAMETER = 10.0
"""Diameter and length [um] of a cell; current densities are scaled to its area."""
MIDDLE = "(location 0 0.5)"


def version() -> str:
    """Return the installed version."""
    return installed("arbor")


def _cell(density: float, sodium: float, *, detect: bool) -> Any:
    radius = DIAMETER / 2.0
    tree = arbor.segment_tree()
    ends = (arbor.mpoint(x, 0.0, 0.0, radius) for x in (0.0, DIAMETER))
    tree.append(arbor.mnpos, *ends, tag=1)
    membrane = {
        "gnabar": sodium * 1e-3,
        "gkbar": w.POTASSIUM * 1e-3,
        "gl": w.LEAK * 1e-3,
        "el": w.LEAK_REVERSAL,
    }
    current = density * np.pi * DIAMETER**2 * 1e-5
    decor = (
        arbor.decor()
        .set_property(
            Vm=w.REST * units.mV,
            cm=w.CAPACITANCE * 0.01 * units.F / units.m2,
            tempK=(w.CELSIUS + 273.15) * units.Kelvin,
        )
        .set_ion("na", rev_pot=w.SODIUM_REVERSAL * units.mV)
        .set_ion("k", rev_pot=w.POTASSIUM_REVERSAL * units.mV)
        .paint("(all)", arbor.density("hh", membrane))
        .place(MIDDLE, arbor.i_clamp(current * units.nA))
    )
    if detect:
        decor = decor.place(MIDDLE, arbor.threshold_detector(0.0 * units.mV), "spikes")
    return arbor.cable_cell(tree, decor, discretization=arbor.cv_policy_single())


class Cells(arbor.recipe):
    """Unconnected cells.

    Parameters
    ----------
    currents, sodium : (cell,) float64 [uA/cm2], [mS/cm2]
        What differs among them.
    detect : bool
        Whether spikes are detected; otherwise the voltage is probed.
    """

    def __init__(self, currents: Any, sodium: Any, *, detect: bool) -> None:
        arbor.recipe.__init__(self)
        self.currents, self.sodium, self.detect = currents, sodium, detect
        self.properties = arbor.neuron_cable_properties()
        self.properties.catalogue = arbor.default_catalogue()

    def num_cells(self) -> int:
        """Return how many cells there are."""
        return len(self.currents)

    def cell_kind(self, _: int) -> Any:
        """Return the kind of all cells."""
        return arbor.cell_kind.cable

    def cell_description(self, gid: int) -> Any:
        """Return one cell."""
        return _cell(self.currents[gid], self.sodium[gid], detect=self.detect)

    def probes(self, _: int) -> list[Any]:
        """Return what is probed in a cell."""
        return [] if self.detect else [arbor.cable_probe_membrane_voltage(MIDDLE, "voltage")]

    def global_properties(self, _: Any) -> Any:
        """Return the catalogue of mechanisms."""
        return self.properties


def _simulation(cells: Cells, threads: int) -> Any:
    context = arbor.context(threads=threads)
    size = -(-cells.num_cells() // threads)
    hint = {arbor.cell_kind.cable: arbor.partition_hint(cpu_group_size=size)}
    return arbor.simulation(cells, context, arbor.partition_load_balance(cells, context, hint))


def _one_cell(case: Case) -> Any:
    cells = Cells([w.ONE_CELL_CURRENT], [w.SODIUM], detect=False)
    simulation = _simulation(cells, case.threads)
    duration, step = w.ONE_CELL_DURATION * units.ms, case.step * units.ms
    every = max(w.GRID, case.step) * units.ms
    schedule = arbor.regular_schedule(0.0 * units.ms, every, duration)
    handle = simulation.sample((0, "voltage"), schedule)

    def run() -> Any:
        simulation.reset()
        simulation.run(tfinal=duration, dt=step)
        return simulation.samples(handle)[0][0].T

    return run


def _many_cells(case: Case) -> Any:
    simulation = _simulation(Cells(*w.population(), detect=True), case.threads)
    simulation.record(arbor.spike_recording.local)  # `all` drops spikes that nothing reads
    duration, step = w.POPULATION_DURATION * units.ms, case.step * units.ms

    def run() -> Any:
        simulation.reset()
        simulation.run(tfinal=duration, dt=step)
        cells = simulation.spikes()["source"]["gid"].astype(int)
        return np.bincount(cells, minlength=w.POPULATION)

    return run


class Shape(arbor.recipe):
    """One cell with a shape, probed at both ends."""

    def __init__(self, cell: Any, ends: tuple[str, str]) -> None:
        arbor.recipe.__init__(self)
        self.cell, self.ends = cell, ends
        self.properties = arbor.neuron_cable_properties()
        self.properties.catalogue = arbor.default_catalogue()

    def num_cells(self) -> int:
        """Return 1."""
        return 1

    def cell_kind(self, _: int) -> Any:
        """Return the kind of the cell."""
        return arbor.cell_kind.cable

    def cell_description(self, _: int) -> Any:
        """Return the cell."""
        return self.cell

    def probes(self, _: int) -> list[Any]:
        """Return what is probed."""
        return [
            arbor.cable_probe_membrane_voltage(end, name)
            for end, name in zip(self.ends, ("near", "far"), strict=True)
        ]

    def global_properties(self, _: Any) -> Any:
        """Return the catalogue of mechanisms."""
        return self.properties


def _shape(case: Case) -> Any:
    tree = arbor.segment_tree()
    if case.workload == "W5":
        ends_at: list[float] = []
        for up, length, diameter in zip(*cables.tree(), strict=True):
            start = ends_at[up] if up >= 0 else 0.0
            points = (arbor.mpoint(x, 0.0, 0.0, diameter / 2) for x in (start, start + length))
            tree.append(arbor.mnpos if up < 0 else int(up), *points, tag=1)
            ends_at.append(start + length)
        shape = arbor.morphology(tree)
        ends = MIDDLE, f"(location {shape.num_branches - 1} 0.5)"
        volumes = 1
    else:
        points = (arbor.mpoint(x, 0.0, 0.0, cables.DIAMETER / 2) for x in (0.0, cables.LENGTH))
        tree.append(arbor.mnpos, *points, tag=1)
        shape, volumes = arbor.morphology(tree), cables.VOLUMES
        ends = f"(location 0 {0.5 / volumes})", f"(location 0 {1.0 - 0.5 / volumes})"
    membrane = arbor.density(f"pas/e={cables.LEAK_REVERSAL}", {"g": cables.LEAK * 1e-3})
    if case.workload == "W3":
        values = {
            "gnabar": w.SODIUM * 1e-3,
            "gkbar": w.POTASSIUM * 1e-3,
            "gl": cables.LEAK * 1e-3,
            "el": cables.LEAK_REVERSAL,
        }
        membrane = arbor.density("hh", values)
    decor = (
        arbor.decor()
        .set_property(
            Vm=w.REST * units.mV,
            cm=w.CAPACITANCE * 0.01 * units.F / units.m2,
            rL=cables.RESISTIVITY * units.Ohm * units.cm,
            tempK=(w.CELSIUS + 273.15) * units.Kelvin,
        )
        .set_ion("na", rev_pot=w.SODIUM_REVERSAL * units.mV)
        .set_ion("k", rev_pot=w.POTASSIUM_REVERSAL * units.mV)
        .paint("(all)", membrane)
        .place(ends[0], arbor.i_clamp(cables.CURRENT * units.nA))
    )
    policy = arbor.cv_policy_fixed_per_branch(volumes)
    recipe = Shape(arbor.cable_cell(shape, decor, discretization=policy), ends)
    simulation = arbor.simulation(recipe, arbor.context(threads=case.threads))
    duration, step = cables.DURATION * units.ms, case.step * units.ms
    every = max(cables.GRID, case.step) * units.ms
    schedule = arbor.regular_schedule(0.0 * units.ms, every, duration)
    handles = [simulation.sample((0, name), schedule) for name in ("near", "far")]

    def run() -> Any:
        simulation.reset()
        simulation.run(tfinal=duration, dt=step)
        near, far = (simulation.samples(handle)[0][0] for handle in handles)
        return near[:, 0], near[:, 1], far[:, 1]

    return run


def prepare(case: Case) -> Prepared:
    """Build the workload.

    Raises
    ------
    Skipped
        For the clamp family.
    """
    if case.workload == "W6":
        raise Skipped("its voltage clamp is ideal: no series resistance")
    run = {"W1": _one_cell, "W2": _many_cells}.get(case.workload, _shape)(case)
    vectors = arbor.config()["arch"]
    return Prepared(run, f"backward Euler, exponential gates, exact rates; built for {vectors}")
