"""A direct pathway striatal projection neuron of Hjorth et al. 2020, as Snudda builds it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from benchmarks.published_neurons.sections import Shape, shape_of

MECHANISMS = "mechanisms"
REST = -86.0
SOURCE = "doi:10.1073/pnas.2000671117"
HEADER = """
Direct pathway striatal projection neuron str-dspn-e150917_c6_D1-m21-6-DE-v20190503 of Hjorth et
al. 2020, doi:10.1073/pnas.2000671117, as its simulation in Snudda 3.0 has it: dendrites as
reconstructed, the axon replaced by 60 um in two cylinders of its diameters.
Types: 1 soma, 2 axon, 3 dendrites. Lengths in um. Made by benchmarks/published_neurons.
"""
MODEL = "striatum/dspn/str-dspn-e150917_c6_D1-m21-6-DE-v20190503"
CHANNELS = "naf kaf kas kdr kir cal12 cal13 can car cat32 cat33 cadyn caldyn sk bk"
USED = tuple(f"{name}_ms" for name in CHANNELS.split())
SITES = ("dendrite.36(0.5)", "dendrite.64(0.5)")
RUNS = {"subthreshold": (200.0, 50.0, 50.0), "firing": (400.0, 50.0, 400.0)}
"""Current [pA], when it begins and how long it lasts [ms]."""
CELL = """
begintemplate PublishedNeuron
public soma, dend, apic, axon, all, somatic, basal, apical, axonal
objref all, somatic, basal, apical, axonal, this
proc init() {
  all = new SectionList()
  somatic = new SectionList()
  basal = new SectionList()
  apical = new SectionList()
  axonal = new SectionList()
}
create soma[1], dend[1], apic[1], axon[1]
endtemplate PublishedNeuron
"""
"""Where NEURON's Import3d puts sections."""


def build(folder: Path) -> tuple[Any, Shape]:
    """Return the soma and the shape; the mechanisms are loaded."""
    from neuron import h

    model = folder / MODEL
    h.load_file("stdrun.hoc")
    h.load_file("import3d.hoc")
    h(CELL)
    cell = h.PublishedNeuron()
    reader = h.Import3d_SWC_read()
    (path,) = model.glob("*.swc")
    reader.input(str(path))
    h.Import3d_GUI(reader, 0).instantiate(cell)
    for section in cell.all:
        section.nseg = 1 + 2 * int(section.L / 40.0)
    _replace_axon(h, cell)
    lists = {"all": cell.all, "somatic": cell.somatic, "basal": cell.basal, "axonal": cell.axonal}
    for region, names in json.loads((model / "mechanisms.json").read_text("utf-8")).items():
        for section in lists[region]:
            for name in names:
                section.insert(name)
    h.distance(0, cell.soma[0](0.5))
    for said in json.loads((model / "parameters.json").read_text("utf-8"))[0]:
        _set(h, lists, said)
    soma = cell.soma[0]
    shape = shape_of(soma, lambda name: 2 if name.startswith("axon") else 3)
    shape.owner = cell
    return soma, shape


DISTANCES = {
    "gbar_naf_ms": lambda d: 0.1 + 0.9 / (1.0 + math.exp((d - 40.0) / 10.0)),
    "gbar_kaf_ms": lambda d: 1.0 + 0.5 / (1.0 + math.exp((120.0 - d) / 30.0)),
    "gbar_kas_ms": lambda d: 1.0 + 9.0 * math.exp(-d / 5.0),
    "pbar_cat32_ms": lambda d: 1.0 / (1.0 + math.exp((120.0 - d) / 30.0)),
    "pbar_cat33_ms": lambda d: 1.0 / (1.0 + math.exp((120.0 - d) / 30.0)),
}
"""The distributions along dendrites that ``parameters.json`` says as text; of um from the soma's
middle."""


def _set(h: Any, lists: dict[str, Any], said: dict[str, Any]) -> None:
    """Set a parameter as ``parameters.json`` says it."""
    name, value = said["param_name"], said["value"]
    if said["type"] == "global":
        setattr(h, name, value)
        return
    law = DISTANCES[name] if "dist" in said else None
    for section in lists[said["sectionlist"]]:
        if said["type"] == "section":
            setattr(section, name, value)
            continue
        for segment in section:
            setattr(segment, name, value * law(h.distance(segment)) if law else value)


def _replace_axon(h: Any, cell: Any) -> None:
    """Put two cylinders of 30 um in the place of the axon, as BluePyOpt does."""
    h.distance(0, cell.soma[0](0.5))
    sections = list(cell.axonal)
    far = [s for s in sections if h.distance(s(0.5)) > 60.0]
    diameters = [sections[0](0.5).diam, (far or sections)[0](0.5).diam]
    for section in sections:
        h.delete_section(sec=section)
    h.execute("create axon[2]", cell)
    for index, diameter in enumerate(diameters):
        section = cell.axon[index]
        section.L, section.nseg, section.diam = 30.0, 1, diameter
        cell.axonal.append(sec=section)
        cell.all.append(sec=section)
    cell.axon[0].connect(cell.soma[0](1.0))
    cell.axon[1].connect(cell.axon[0](1.0))
