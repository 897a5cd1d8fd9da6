"""loligo, through its public interface: a run is one call of ``simulate``.

Variants: ``default``; ``exact``, gates exact at constant rates instead of the bounded trapezoidal
rule; ``single``, numbers of single precision; ``adaptive``, steps chosen by error control. What a
call does before the first step (equations, layout, looking up the compiled kernel) is part of the
run.
"""

from __future__ import annotations

from typing import Any

import loligo
from benchmarks.simulators import accuracy, cables, rigged
from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared
from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import cable, rall_tree
from loligo.engine import simulate
from loligo.protocol import Protocol
from loligo.rig import Pipette, VoltageClamp

METHODS = {
    "default": "second order, staggered, bounded trapezoidal gates",
    "exact": "second order, staggered, exponential gates",
    "single": "second order, staggered, bounded trapezoidal gates, single precision",
    "adaptive": "error-controlled",
    "multistep": "third order, staggered, looking back at the steps before",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "exact": {"rule": "exact"},
    "single": {"precision": "single"},
    "adaptive": {"method": "error-controlled"},
    "multistep": {"method": "multistep"},
}


def version() -> str:
    """Return the version."""
    return loligo.__version__


def _options(case: Case, every: float) -> dict[str, Any]:
    size = {"dt": f"{case.step!r} ms"} if case.step else {"tolerance": case.tolerance}
    return {
        "sampling": f"{max(every, case.step or 0.0)!r} ms",
        "threads": case.threads,
        **size,
        **OPTIONS[case.variant],
    }


def _one_cell(case: Case, axon: Any) -> Any:
    level, duration = f"{w.ONE_CELL_CURRENT} uA/cm2", f"{w.ONE_CELL_DURATION} ms"
    protocol = Protocol("one cell", [f"hold for {duration}"], holding=level)

    def run() -> Any:
        done = simulate(axon, protocol, **_options(case, w.GRID))
        return done.times, done["v"][0, 0]

    return run


def _many_cells(case: Case, axon: Any) -> Any:
    held = [f"hold for {w.POPULATION_DURATION} ms"]
    protocol = Protocol("many cells", held, holding="0 uA/cm2")
    currents, sodium = w.population()
    varied = {
        "channel.na.conductance": (sodium, "mS/cm2"),
        "command.offset": (currents, "uA/cm2"),
    }
    kept = {"record": (), "features": ("spike_count",), "parameters": varied}

    def run() -> Any:
        done = simulate(axon, protocol, **kept, **_options(case, w.GRID))
        return done["spike_count"][:, 0]

    return run


def _clamp_family(case: Case, axon: Any) -> Any:
    levels = w.CLAMP_LEVELS
    patch = axon.with_(area=f"{w.CLAMP_AREA * 1e8!r} um2")
    epochs = [
        f"hold for {w.CLAMP_STARTS} ms",
        f"step {levels[0]}..{levels[-1]} mV by {levels[1] - levels[0]} mV "
        f"for {w.CLAMP_ENDS - w.CLAMP_STARTS} ms as test",
        f"hold for {w.CLAMP_DURATION - w.CLAMP_ENDS} ms",
    ]
    protocol = Protocol("clamp family", epochs, holding=f"{w.REST} mV")
    clamp = {"record": ("i.injected",), "series_resistance": f"{w.CLAMP_RESISTANCE} MOhm"}

    def run() -> Any:
        done = simulate(patch, protocol, **clamp, **_options(case, w.CLAMP_GRID))
        found = zip(done["i.injected"][0] * 1e-3, levels, strict=True)
        return [accuracy.peak_inward(done.times, i, level) for i, level in found]

    return run


def _rigged_family(case: Case, axon: Any) -> Any:
    pipette = Pipette(
        series_resistance=f"{rigged.RESISTANCE!r} GOhm",
        capacitance=f"{rigged.PIPETTE_CAPACITANCE!r} pF",
    )
    amplifier = VoltageClamp(
        capacitance_fast=f"{rigged.PIPETTE_CAPACITANCE!r} pF",
        whole_cell_capacitance_compensation=f"{rigged.CAPACITANCE!r} pF",
        whole_cell_series_resistance_compensation=f"{rigged.RESISTANCE!r} GOhm",
        series_resistance_correction=rigged.SHARE,
        series_resistance_prediction=rigged.SHARE,
    )
    patch = axon.with_(
        area=f"{rigged.AREA * 1e8!r} um2", initial_potential=f"{rigged.HOLDING!r} mV"
    )
    levels = rigged.LEVELS
    epochs = [
        f"hold for {rigged.STARTS} ms",
        f"step {levels[0]}..{levels[-1]} mV by {levels[1] - levels[0]} mV "
        f"for {rigged.ENDS - rigged.STARTS} ms",
        f"hold for {rigged.DURATION - rigged.ENDS} ms",
    ]
    protocol = Protocol("rigged family", epochs, holding=f"{rigged.HOLDING} mV")
    v, m, h, n, *_ = rigged.start()
    initial = {"v": f"{v} mV", "na.m": m, "na.h": h, "k.n": n, "rig.measured": "0 pA"}
    initial |= {f"rig.{name}": f"{v} mV" for name in ("pipette", "clamp", "estimate")}
    system = amplifier.system(pipette)

    def run() -> Any:
        done = simulate(
            patch, protocol, rig=system, record=["rig.response"], initial=initial,
            **_options(case, rigged.GRID),
        )  # fmt: skip
        return done["rig.response"][0]

    return run


def _shape(case: Case, axon: Any) -> Any:
    membrane = Membrane(
        capacitance=f"{w.CAPACITANCE} uF/cm2",
        channel={
            "leak": {
                "conductance": f"{cables.LEAK} mS/cm2",
                "reversal": f"{cables.LEAK_REVERSAL} mV",
            }
        },
    )
    if case.workload == "W3":
        leak = {
            "channel.leak.conductance": f"{cables.LEAK} mS/cm2",
            "channel.leak.reversal": f"{cables.LEAK_REVERSAL} mV",
        }
        membrane = Membrane.of(axon.with_(**leak))
    if case.workload == "W5":
        shape = rall_tree(cables.LEVELS, f"{cables.STEM_LENGTH} um", f"{cables.STEM_DIAMETER} um")
        near, far = shape.branches[0].name, shape.branches[-1].name
    else:
        shape = cable(f"{cables.LENGTH} um", f"{cables.DIAMETER} um")
        near, far = "axon(0)", "axon(1)"
    neuron = Neuron(
        "Rallpack",
        shape,
        membrane,
        axial_resistivity=f"{cables.RESISTIVITY} ohm cm",
        temperature=f"{w.CELSIUS} degC",
        initial_potential=f"{w.REST} mV",
        counts=1 if case.workload == "W5" else cables.VOLUMES,
    )
    held = [f"hold for {cables.DURATION} ms"]
    protocol = Protocol("Rallpack", held, holding=f"{cables.CURRENT} nA")
    record = [f"v at {near}", f"v at {far}"]
    options = _options(case, cables.GRID)

    def run() -> Any:
        done = simulate(neuron, protocol, at=near, record=record, **options)
        return done.times, done[record[0]][0, 0], done[record[1]][0, 0]

    return run


def prepare(case: Case) -> Prepared:
    """Describe the cell and the protocol; compilation falls into the first run."""
    makers = {"W1": _one_cell, "W2": _many_cells, "W6": _clamp_family}
    makers["W8"] = _rigged_family
    makers |= dict.fromkeys(("W3", "W4", "W5"), _shape)
    run = makers[case.workload](case, catalogue.load("hodgkin_huxley1952"))
    return Prepared(run, METHODS[case.variant])
