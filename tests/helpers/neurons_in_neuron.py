"""Neurons of loligo in NEURON: its NMODL files and branches as sections, set up by a script."""

import json
import re
from itertools import pairwise

import numpy as np

from loligo.cell.interchange.nmodl import write_neuron
from loligo.cell.profile import values_of

_PARAMETER = re.compile(r"^ {4}(\w+) = \S+ : (\S+)", re.MULTILINE)
_DENSITIES = (".conductance", ".permeability")

SCRIPT = """
import json
from neuron import h
said = json.load(open("neuron.json"))
h.load_file("stdrun.hoc")
sections = {}
for branch in said["branches"]:
    section = sections[branch["name"]] = h.Section(name=branch["name"])
    for x, d in zip(branch["path"], branch["diameters"]):
        h.pt3dadd(x, 0, 0, d, sec=section)
    section.nseg, section.Ra, section.cm = branch["count"], branch["resistivity"], branch["cm"]
    if branch["parent"]:
        section.connect(sections[branch["parent"]](branch["at"]))
    for name in branch["mechanisms"]:
        section.insert(name)
    for name, values in branch["values"].items():
        for segment, value in zip(section, values):
            setattr(segment, name, value)
h.celsius = said["temperature"]
site = lambda text: sections[text.partition("(")[0]](float(text.partition("(")[2][:-1] or 0.5))
soma = sections[said["branches"][0]["name"]](0.5)
clamp = h.IClamp(soma)
clamp.delay, clamp.dur, clamp.amp = said["start"], 1e9, 1e-3 * said["current"]
solver = h.CVode()
solver.active(1)
solver.atol(1e-7)
solver.rtol(1e-7)
counter = h.NetCon(soma._ref_v, None, sec=soma.sec)
counter.threshold = 0
spikes = h.Vector()
counter.record(spikes)
times = h.Vector([float(i) for i in range(int(said["stop"]))])
traces = {text: h.Vector().record(site(text)._ref_v, times) for text in said["sites"]}
h.finitialize(said["initial_potential"])
solver.solve(said["stop"])
found = {"spikes": list(spikes), "v": {text: list(trace) for text, trace in traces.items()}}
json.dump(found, open("found.json", "w"))
"""


def write(neuron, folder, *, current, start, stop, sites):
    """Write mechanisms, what to do with them, and the script into a folder."""
    mechanisms = _mechanisms(neuron, folder)
    cut = neuron.compartments
    resistivity, membranes = dict(neuron.axial_resistivity), dict(neuron.membrane)
    paths = {
        p for region in mechanisms.values() for table in region.values() for p in table.values()
    }
    densities = {path: values_of(neuron, path) for path in paths}
    branches, ends = [], {}
    for index, branch in enumerate(neuron.morphology.branches):
        mine = np.flatnonzero(cut.branch == index)
        names = mechanisms[branch.region]
        parent, at = ends.get(branch.parent, branch.parent), branch.at
        for piece, (first, last) in enumerate(_smooth(branch)):
            path = np.array(branch.path[first:last])
            edges = np.array([path[0], path[-1]]) / branch.length * mine.size
            inside = mine[slice(*np.rint(edges).astype(int))]
            ends[branch.name] = name = f"{branch.name}{'+' * piece}"
            branches.append(
                {
                    "name": name,
                    "path": (path - path[0]).tolist(),
                    "diameters": branch.diameters[first:last],
                    "parent": parent,
                    "at": at,
                    "count": inside.size,
                    "resistivity": resistivity[branch.region],
                    "cm": membranes[branch.region].capacitance,
                    "mechanisms": list(names),
                    "values": {
                        parameter: densities[path][inside].tolist()
                        for table in names.values()
                        for parameter, path in table.items()
                    },
                }
            )
            parent, at = name, 1.0
    said = {
        "branches": branches,
        "temperature": neuron.temperature,
        "initial_potential": neuron.initial_potential,
        "current": current,
        "start": start,
        "stop": stop,
        "sites": sites,
    }
    (folder / "neuron.json").write_text(json.dumps(said), encoding="utf-8")
    (folder / "run.py").write_text(SCRIPT, encoding="utf-8")


def _smooth(branch):
    """Return where a branch has no steps in diameter: NEURON gives the face of a step an area."""
    path = np.array(branch.path)
    steps = [0, *(np.flatnonzero(np.diff(path) == 0.0) + 1), path.size]
    return [(a, b) for a, b in pairwise(steps) if b - a > 1]


def _mechanisms(neuron, folder):
    """Write one file for regions that differ in density alone; return densities by region."""
    known, found = {}, {}
    for region in neuron.morphology.regions:
        found[region] = {}
        for path in write_neuron(neuron.patch(region), folder / "parts"):
            if path.suffix != ".mod":
                continue
            text = path.read_text(encoding="utf-8").partition("\n")[2]
            parameters = dict(_PARAMETER.findall(text))
            densities = {n: p for n, p in parameters.items() if p.endswith(_DENSITIES)}
            alike = text
            for name in densities:
                alike = re.sub(rf"^    {name} = .*$", "", alike, flags=re.MULTILINE)
            if alike not in known:
                known[alike] = f"{path.stem}{len(known)}"
                text = re.sub(r"SUFFIX \w+", f"SUFFIX {known[alike]}", text)
                (folder / f"{known[alike]}.mod").write_text(text, encoding="utf-8")
            suffix = known[alike]
            found[region][suffix] = {f"{n}_{suffix}": p for n, p in densities.items()}
    return found
