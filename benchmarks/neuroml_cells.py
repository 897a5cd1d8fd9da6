"""NeuroML cells of a folder beside NEURON: ``python -m benchmarks.neuroml_cells FOLDER --jar JAR``.

Every document below the folder that has a ``<cell>`` is read. What becomes a cell or a neuron is
translated for NEURON by jNeuroML, whose jar the package pyNeuroML carries, and both run a step of
current into the middle of the root, cut equally finely and, by `neuroml_sections`, in the same
sections. ``--python`` is a Python that has NEURON.
What is printed is a table: document, what became of it, how far the potentials are apart, and how
far each moves when its steps are made coarser, which tells what of the difference is error.

jNeuroML's mechanisms compute their currents with the gates of the call before, which costs NEURON's
adaptive method most of its accuracy: its tolerance must be as small as 1e-10. loligo's runs, of a
step and of half of it, are extrapolated to none.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.neuroml_sections import split_sections
from loligo import Protocol, simulate
from loligo.cell import Cell, Neuron
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
    if told["longest"]:
        section.nseg = max(1, -int(-(section.L / told["longest"] - 1e-9) // 1))
root = next(s for s in sections if s.parentseg() is None)
clamp = h.IClamp(root(0.5 * told["root"] / root.L if told["root"] else 0.5))
clamp.delay, clamp.dur, clamp.amp = told["start"], 1e9, told["current"]
h.celsius = told["temperature"]
solver = h.CVode()
solver.active(1)
times = h.Vector(told["times"])
v = h.Vector().record(clamp.get_segment()._ref_v, times)
found = []
for tolerance in told["tolerances"]:
    solver.atol(tolerance)
    solver.rtol(tolerance)
    h.finitialize(told["initial"])
    h.fcurrent()
    solver.re_init()
    solver.solve(told["times"][-1] + 1e-6)
    found.append(list(v))
json.dump({"v": found, "nodes": sum(s.nseg for s in sections)}, open("trace.json", "w"))
"""


def neuron_trace(
    document: Path, folder: Path, cell: str, told: dict[str, Any], jar: Path, python: str
) -> dict[str, Any]:
    """Return the potentials [mV] of a cell that jNeuroML translates for NEURON, by tolerance.

    Parameters
    ----------
    document, folder : Path
        The document, and the folder that holds it and what it includes.
    cell : str
    told : dict
        ``longest`` compartment [um], 0 to leave them as translated, ``root`` [um], ``current``
        [nA], ``temperature`` [degC], ``initial`` [mV], ``start`` and ``times`` [ms],
        ``tolerances``.
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
        split = split_sections(here / document.name)
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
        return found | {"split": split}


def our_trace(cell: Cell | Neuron, current: float, times: Sequence[float], step: float) -> Any:
    """Return the potential [mV] in the middle of the root under a step of current [nA]."""
    protocol = Protocol(
        "step",
        [f"hold for {START:g} ms", f"step {1e3 * current:g} pA for {DURATION - START:g} ms"],
        holding="0 pA",
    )
    where = {}
    if isinstance(cell, Neuron):
        where["at"] = f"{cell.morphology.branches[0].name}(0.5)"
    found = simulate(cell, protocol, dt=f"{step} ms", sampling=f"{INTERVAL} ms", **where)
    return found["v"][0, 0, : len(times)]


def compared(
    path: Path, folder: Path, name: str, cell: Cell | Neuron, options: argparse.Namespace
) -> str:
    """Return a row of the table for one cell."""
    root = 0.0
    if isinstance(cell, Neuron):
        cell = cell if options.divisions else cell.with_(longest=f"{options.longest} um")
        root = cell.morphology.branches[0].length
    times = [INTERVAL * i for i in range(int(DURATION / INTERVAL))]
    told = {
        "longest": 0.0 if options.divisions or root == 0.0 else options.longest,
        "root": root,
        "current": options.current,
        "temperature": cell.temperature,
        "initial": cell.initial_potential,
        "start": START,
        "times": times,
        "tolerances": [10.0 * options.tolerance, options.tolerance],
    }
    runs = [our_trace(cell, options.current, times, options.step * 2.0**i) for i in (2, 1, 0)]
    coarse, ours = (b + (b - a) / 3.0 for a, b in itertools.pairwise(runs))
    count = cell.compartments.n_compartments if isinstance(cell, Neuron) else 1
    try:
        found = neuron_trace(path, folder, name, told, options.jar, options.python)
    except RuntimeError as error:
        return f"read, {count} compartments | {error}"
    loose, tight = (np.array(v) for v in found["v"])
    crossings = int(((ours[1:] > 0) & (ours[:-1] <= 0)).sum())
    away, moved, by_step = (
        f"{np.abs(a - b).max():.2g}" for a, b in ((tight, ours), (tight, loose), (ours, coarse))
    )
    return (
        f"read, {count} compartments (NEURON {found['nodes']}), {crossings} spikes, "
        f"{found['split']} sections split | {away} mV; NEURON moves by {moved} mV, loligo by "
        f"{by_step} mV"
    )


def _read(path: Path, folder: Path, options: argparse.Namespace) -> Document:
    """Return a document; where its cells say no potential to start at, with the one given."""
    told: dict[str, Any] = {
        "folder": folder,
        "temperature": options.temperature,
        "skip": options.skip,
        "divisions": options.divisions,
    }
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
            if isinstance(cell, Cell | Neuron):
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
    parser.add_argument("--divisions", action="store_true", help="cut as the documents say")
    parser.add_argument("--step", type=float, default=0.00125, help="[ms]")
    parser.add_argument("--tolerance", type=float, default=1e-10, help="of NEURON")
    parser.add_argument("--current", type=float, default=0.3, help="[nA]")
    parser.add_argument("--temperature", default="34 degC")
    parser.add_argument(
        "--initial", help="where those start that say nothing of it, such as '-70 mV'"
    )
    parser.add_argument("--skip", nargs="*", default=_NETWORK, help="elements to pass over")
    parser.add_argument("--whole", action="store_true", help="documents include others above them")
    options = parser.parse_args()
    for row in rows(options.folder.resolve(), options):
        print(row, flush=True)


if __name__ == "__main__":
    main()
