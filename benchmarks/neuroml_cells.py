"""NeuroML cells of a folder beside NEURON: ``python -m benchmarks.neuroml_cells FOLDER --jar JAR``.

Every document below the folder that has a ``<cell>`` is read. One that becomes a neuron is
translated for NEURON by jNeuroML, whose jar the package pyNeuroML carries, and both run a step of
current into the middle of the root, cut equally finely. ``--python`` is a Python that has NEURON.
What is printed is a table: document, what became of it, and how far the potentials are apart.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from loligo import Protocol, simulate
from loligo.cell import Neuron
from loligo.cell.interchange.neuroml import Document, read_neuroml
from loligo.errors import LoligoError

START, DURATION = 5.0, 60.0
"""When the current begins, and how long it and the simulation last [ms]."""

INTERVAL = 0.5
_NETWORK = ("pulseGenerator", "explicitInput", "inputList", "network")
_LEMS = """<Lems><Target component="sim"/><Include file="Cells.xml"/><Include file="Networks.xml"/>
<Include file="Simulation.xml"/><Include file="{document}"/>
<network id="run" type="networkWithTemperature" temperature="{temperature} degC">
<population id="pop" component="{cell}" size="1"/></network>
<Simulation id="sim" length="1 ms" step="0.01 ms" target="run"><OutputFile id="out"
fileName="out.dat"><OutputColumn id="v" quantity="pop[0]/v"/></OutputFile></Simulation></Lems>"""
_RUN = """
import json
from neuron import h
from LEMS_run_nrn import NeuronSimulation
told = json.load(open("told.json"))
run = NeuronSimulation(tstop=1.0, dt=0.01)
sections = [s for s in h.allsec()]
for section in sections:
    section.nseg = max(1, -int(-(section.L / told["longest"] - 1e-9) // 1))
root = next(s for s in sections if s.parentseg() is None)
clamp = h.IClamp(root(0.5 * told["root"] / root.L))
clamp.delay, clamp.dur, clamp.amp = told["start"], 1e9, told["current"]
h.celsius = told["temperature"]
solver = h.CVode()
solver.active(1)
solver.atol(1e-8)
solver.rtol(1e-8)
times = h.Vector(told["times"])
v = h.Vector().record(clamp.get_segment()._ref_v, times)
h.finitialize(told["initial"])
h.fcurrent()
solver.re_init()
solver.solve(told["times"][-1] + 1e-6)
json.dump({"v": list(v), "nodes": sum(s.nseg for s in sections)}, open("trace.json", "w"))
"""


def neuron_trace(
    document: Path, folder: Path, cell: str, told: dict[str, Any], jar: Path, python: str
) -> dict[str, Any]:
    """Return the potential [mV] of a cell that jNeuroML translates for NEURON.

    Parameters
    ----------
    document, folder : Path
        The document, and the folder that holds it and what it includes.
    cell : str
    told : dict
        ``longest`` compartment [um], ``root`` [um], ``current`` [nA], ``temperature`` [degC],
        ``initial`` [mV], ``start`` and ``times`` [ms].
    jar : Path
    python : str

    Raises
    ------
    RuntimeError
        A program failed; with the end of what it said.
    """
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "copy"
        shutil.copytree(folder, work)
        here = work / document.relative_to(folder).parent
        text = _LEMS.format(document=document.name, cell=cell, temperature=told["temperature"])
        (here / "LEMS_run.xml").write_text(text, encoding="utf-8")
        (here / "told.json").write_text(json.dumps(told), encoding="utf-8")
        (here / "run_cell.py").write_text(_RUN, encoding="utf-8")
        java = ["java", "-Xmx1000M", "-jar", str(jar), "LEMS_run.xml", "-neuron", "-nogui"]
        for command in (
            java,
            [str(Path(python).with_name("nrnivmodl")), "."],
            [python, "run_cell.py"],
        ):
            path = f"{Path(python).parent}{os.pathsep}{os.environ.get('PATH', '')}"
            done = subprocess.run(
                command,
                cwd=here,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
            if command is java and not (here / "LEMS_run_nrn.py").exists():
                text = done.stdout + done.stderr
                said = [x for x in text.splitlines() if "Exception" in x]
                raise RuntimeError(f"jNeuroML does not translate it: {' '.join(said[:1])[:200]}")
            if done.returncode and command is not java:
                raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr)[-300:]}")
        found: dict[str, Any] = json.loads((here / "trace.json").read_text(encoding="utf-8"))
        return found


def our_trace(neuron: Neuron, current: float, times: Sequence[float], step: float) -> Any:
    """Return the potential [mV] in the middle of the root under a step of current [nA]."""
    protocol = Protocol(
        "step",
        [f"hold for {START:g} ms", f"step {1e3 * current:g} pA for {DURATION - START:g} ms"],
        holding="0 pA",
    )
    root = neuron.morphology.branches[0].name
    found = simulate(
        neuron, protocol, at=f"{root}(0.5)", dt=f"{step} ms", sampling=f"{INTERVAL} ms"
    )
    return found["v"][0, 0, : len(times)]


def compared(
    path: Path, folder: Path, name: str, neuron: Neuron, options: argparse.Namespace
) -> str:
    """Return a row of the table for one neuron."""
    fine = neuron.with_(longest=f"{options.longest} um")
    times = [INTERVAL * i for i in range(int(DURATION / INTERVAL))]
    told = {
        "longest": options.longest,
        "root": neuron.morphology.branches[0].length,
        "current": options.current,
        "temperature": neuron.temperature,
        "initial": neuron.initial_potential,
        "start": START,
        "times": times,
    }
    ours = our_trace(fine, options.current, times, options.step)
    coarse = our_trace(fine, options.current, times, 2.0 * options.step)
    ours = ours + (ours - coarse) / 3.0
    try:
        found = neuron_trace(path, folder, name, told, options.jar, options.python)
    except RuntimeError as error:
        return f"read, {fine.compartments.n_compartments} compartments | {error}"
    away = np.abs(np.array(found["v"]) - ours).max()
    crossings = int(((ours[1:] > 0) & (ours[:-1] <= 0)).sum())
    return (
        f"read, {fine.compartments.n_compartments} compartments (NEURON {found['nodes']}), "
        f"{crossings} spikes | {'NEURON is not finite' if math.isnan(away) else f'{away:.2g} mV'}"
    )


def _read(path: Path, folder: Path, options: argparse.Namespace) -> Document:
    """Return a document; where its cells say no potential to start at, with the one given."""
    told: dict[str, Any] = {"folder": folder, "temperature": options.temperature, "skip": _NETWORK}
    try:
        return read_neuroml(path, **told)
    except LoligoError as error:
        if options.initial is None or "initMembPotential" not in str(error):
            raise
    return read_neuroml(path, initial_potential=options.initial, **told)


def rows(folder: Path, options: argparse.Namespace) -> Any:
    """Yield a row for each cell of each document."""
    for path in sorted(folder.rglob("*.nml")):
        if "<cell " not in path.read_text(encoding="utf-8", errors="ignore"):
            continue
        place = path.relative_to(folder)
        try:
            document = _read(path, folder, options)
        except LoligoError as error:
            yield f"{place} | refused | {error}"
            continue
        for name, cell in document.cells.items():
            if isinstance(cell, Neuron):
                base = folder if options.whole else path.parent
                yield f"{place} {name} | {compared(path, base, name, cell, options)}"
            else:
                yield f"{place} {name} | read as a {type(cell).__name__} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--python", default="python")
    parser.add_argument("--longest", type=float, default=10.0, help="compartment [um]")
    parser.add_argument("--step", type=float, default=0.0025, help="[ms]")
    parser.add_argument("--current", type=float, default=0.3, help="[nA]")
    parser.add_argument("--temperature", default="34 degC")
    parser.add_argument(
        "--initial", help="where those start that say nothing of it, such as '-70 mV'"
    )
    parser.add_argument("--whole", action="store_true", help="documents include others above them")
    options = parser.parse_args()
    for row in rows(options.folder.resolve(), options):
        print(row, flush=True)


if __name__ == "__main__":
    main()
