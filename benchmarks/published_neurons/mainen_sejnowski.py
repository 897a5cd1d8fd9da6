"""The layer 5 pyramidal cell of Mainen & Sejnowski 1996, as their ``demofig1.hoc`` builds it."""

from __future__ import annotations

import math
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from benchmarks.published_neurons.sections import Shape, shape_of

MECHANISMS = "."
REST = -70.0
SOURCE = "doi:10.1038/382363a0"
HEADER = """
Layer 5 pyramidal cell j4 of Mainen & Sejnowski 1996, doi:10.1038/382363a0, as their simulation
(ModelDB 2488) has it after all its steps: the reconstruction in j4a.hoc, cut into compartments no
longer than 50 um, then elongated and thickened for spines (0.83 um2 for each um), an axon added.
Their code gives every compartment one diameter, and scales the first and the last of a branch
twice, a single one three times; so it is here.
Types: 1 soma, 2 initial segment, 3 basal and 4 apical dendrites, 5 hillock, 6 myelin, 7 nodes.
Lengths in um. Made by benchmarks/published_neurons.
"""
TYPES = {"soma": 1, "iseg": 2, "hill": 5, "myelin": 6, "node": 7, "dend11": 4, "apic": 4}
SITES = ("apical.22(0.5)", "apical.58(0.5)", "dendrite.2(0.5)", "custom_7.4(0.5)")
RUNS = {"subthreshold": (100.0, 5.0, 60.0), "firing": (200.0, 5.0, 900.0)}
"""Current [pA], when it begins and how long it lasts [ms]."""


def build(folder: Path) -> tuple[Any, Shape]:
    """Return the soma and the shape; the mechanisms are loaded."""
    from neuron import h

    h.load_file("stdrun.hoc")
    (path,) = folder.glob("*.hoc")
    h.xopen(str(path))
    soma = next(s for s in h.allsec() if s.name().startswith("soma"))
    soma.pt3dclear()
    soma.nseg, soma.L, soma.diam = 1, 35.0, 25.0
    dendrites = [s for s in h.allsec() if s != soma]
    for section in dendrites:
        section.nseg = int(section.L / 50.0) + 1
    axon = _axon(h, soma)
    _passive(soma, dendrites, axon)
    _active(soma, dendrites, axon)
    _environment(h)
    for section in dendrites:
        _spines(section)
    return soma, shape_of(soma, _type)


def _passive(soma: Any, dendrites: list[Any], axon: dict[str, list[Any]]) -> None:
    for section in [soma, *dendrites, *chain.from_iterable(axon.values())]:
        section.Ra, section.cm = 150.0, 0.75
        section.insert("pas")
        section.g_pas, section.e_pas = 1.0 / 30000.0, REST
    for section in axon["myelin"]:
        section.cm = 0.04
    for section in axon["node"]:
        section.g_pas = 0.02


def _active(soma: Any, dendrites: list[Any], axon: dict[str, list[Any]]) -> None:
    """Insert channels; densities in pS/um2."""
    every = [soma, *dendrites, *chain.from_iterable(axon.values())]
    dense = [*axon["hill"], *axon["iseg"], *axon["node"]]
    for section in every:
        section.insert("na")
        section.gbar_na = 30000.0 if section in dense else 20.0
    for section, density in ((axon["hill"][0], 2000.0), (axon["iseg"][0], 2000.0), (soma, 200.0)):
        section.insert("kv")
        section.gbar_kv = density
    for section in [soma, *dendrites]:
        for name, density in (("km", 0.1), ("kca", 3.0), ("ca", 0.3)):
            section.insert(name)
            setattr(section, f"gbar_{name}", density)
        section.insert("cad")


def _environment(h: Any) -> None:
    """Set temperature and reversal potentials; rates are computed, not taken from tables."""
    h.celsius, h.vshift_na, h.vshift_ca = 37.0, -5.0, 0.0
    for name in ("na", "kv", "km", "ca"):
        setattr(h, f"usetable_{name}", 0)
    for section in h.allsec():
        section.ena = 60.0
        if h.ismembrane("k_ion", sec=section):
            section.ek = -90.0
        if h.ismembrane("ca_ion", sec=section):
            section.eca = 140.0
            h.ion_style("ca_ion", 0, 1, 0, 0, 0, sec=section)


def _type(name: str) -> int:
    return TYPES.get(name.partition("[")[0], 3)


def _axon(h: Any, soma: Any) -> dict[str, list[Any]]:
    """Add hillock, initial segment, and five internodes with their nodes."""
    thickness = math.sqrt(soma(0.5).area() / (4.0 * math.pi)) / 10.0
    axon: dict[str, list[Any]] = {
        name: [h.Section(name=f"{name}[{i}]") for i in range(count)]
        for name, count in (("hill", 1), ("iseg", 1), ("myelin", 5), ("node", 5))
    }
    sizes = {"hill": (10.0, 5, 1.0), "iseg": (15.0, 5, 1.0), "myelin": (100.0, 5, 1.0)}
    for name, (length, count, share) in {**sizes, "node": (1.0, 1, 0.75)}.items():
        for section in axon[name]:
            section.L, section.nseg, section.diam = length, count, share * thickness
    for segment in axon["hill"][0]:
        segment.diam = thickness * (4.0 - 3.0 * segment.x)
    row = [*axon["hill"], *axon["iseg"]]
    row += chain.from_iterable(zip(axon["myelin"], axon["node"], strict=True))
    row[0].connect(soma(0.5))
    for before, section in pairwise(row):
        section.connect(before(1))
    return axon


def _spines(section: Any) -> None:
    """Make room for spines; as in hoc the ends stand for their compartments, which scale again."""
    area = sum(segment.area() for segment in section)
    factor = (0.83 * section.L + area) / area
    section.L = section.L * factor ** (2.0 / 3.0)
    for segment in section.allseg():
        segment.diam = segment.diam * factor ** (1.0 / 3.0)
