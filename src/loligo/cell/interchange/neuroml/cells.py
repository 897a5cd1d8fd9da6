"""NeuroML cells: of one segment to loligo's `Cell`, of more to `Neuron`.

A cell without biophysics is returned parsed, as a `SegmentedCell`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.interchange.neuroml.biophysics import Biophysics, Local, Species, read_biophysics
from loligo.cell.interchange.neuroml.branches import Tree
from loligo.cell.interchange.neuroml.gates import local_name
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.membranes import (
    ROOM_TEMPERATURE,
    MembraneReader,
    Parts,
    refuse_unknown_warmth,
)
from loligo.cell.interchange.neuroml.neurons import read_neuron
from loligo.cell.interchange.neuroml.populations import with_densities
from loligo.cell.interchange.neuroml.segments import Segments, area, read_segments
from loligo.cell.neuron import Neuron
from loligo.errors import LoligoError, suggest


@dataclass(frozen=True)
class SegmentedCell:
    """A cell without ``<biophysicalProperties>``: segments alone.

    Parameters
    ----------
    name : str
    segments : Segments
    """

    name: str
    segments: Segments


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell, its segments, and where they are on it if it is a `Neuron`."""

    cell: Cell | Neuron | SegmentedCell
    segments: Segments
    tree: Tree | None = None


def read_cell_element(element: Element, parts: Parts) -> ReadCell:
    """Return the cell that an element describes.

    Raises
    ------
    ModelError
        With the line of what is not understood, or what `Cell` refuses.
    """
    children = ("morphology", "biophysicalProperties")
    element.expect(("id",), children, children)
    form = _part(element, "morphology", parts.morphologies)
    inside = _part(element, "biophysicalProperties", parts.biophysics)
    if form is None:
        element.refuse("needs a <morphology>")
    segments = read_segments(form)
    name = element.get("id")
    found = None if inside is None else read_biophysics(inside)
    for item in found.densities if found else ():
        if item.channel not in parts.channels:
            element.refuse(
                f"line {item.line}: no ionChannel {item.channel!r}; "
                f"{suggest(item.channel, parts.channels)}"
            )
    for item in found.densities if found else ():
        if item.along is not None and len(segments.segments) == 1:
            element.refuse(f"line {item.line}: one segment cannot have a density that varies")
    if found is None:
        return ReadCell(SegmentedCell(name, segments), segments)
    try:
        if len(segments.segments) > 1:
            neuron, tree = read_neuron(element, form, segments, found, parts)
            return ReadCell(neuron, segments, tree)
        size = area(segments, form)
        areas = {segments.segments[0].id: size}
        found = with_densities(found, parts.channels, segments.groups, areas, element)
        return ReadCell(_Builder(element, segments, size, found, parts).cell(name), segments)
    except LoligoError as error:
        if str(error).startswith(element.file):
            raise
        element.refuse(str(error))


def _part(element: Element, kind: str, shared: Mapping[str, Element]) -> Element | None:
    """Return the element inside, or the one of the document that an attribute names."""
    inside = element.maybe(kind)
    reference = element.attributes.get(kind)
    if reference is None:
        return inside
    if inside is not None:
        element.refuse(f"has a <{kind}> and the attribute {kind!r}; one is allowed")
    if reference not in shared:
        element.refuse(f"no {kind} {reference!r}; {suggest(reference, shared)}")
    return shared[reference]


@dataclass(frozen=True, slots=True)
class _Builder:
    element: Element
    segments: Segments
    area: float
    biophysics: Biophysics
    parts: Parts

    def cell(self, name: str) -> Cell:
        for item in self.biophysics.densities:
            if not self._covers(item.group):
                self.element.refuse(f"line {item.line}: {item.group!r} holds no segment")
        densities = {local_name(item.name): item for item in self.biophysics.densities}
        if len(densities) < len(self.biophysics.densities):
            self.element.refuse("two densities have the same name")
        given = self.parts.temperature
        capacitance = self._one(self.biophysics.capacitances, "specificCapacitance")
        start = self.parts.initial_potential
        if start is None:
            start = self._one(self.biophysics.initial_potentials, "initMembPotential")
        reader = MembraneReader(self.element, self.parts, self.area)
        fields: dict[str, Any] = {
            "temperature": f"{ROOM_TEMPERATURE if given is None else given!r} degC",
            "area": f"{self.area!r} um2",
            "initial_potential": f"{start!r} mV",
            **reader.fields(densities, self._species(), capacitance),
        }
        cell = Cell(name=name, **fields)
        if given is None:
            refuse_unknown_warmth(cell, self.element)
        return cell

    def _covers(self, group: str) -> bool:
        (segment,) = self.segments.segments
        return group in {"all", str(segment.id), *segment.groups}

    def _one(self, values: tuple[Local, ...], what: str) -> float:
        for item in values:
            if not self._covers(item.group):
                self.element.refuse(f"{what} is for {item.group!r}, where no segment is")
        if len(values) != 1:
            self.element.refuse(f"needs one <{what}>; it has {len(values)}")
        return values[0].value

    def _species(self) -> Species | None:
        if len(self.biophysics.species) > 1:
            self.element.refuse("more than one <species> is not read; calcium alone is")
        for item in self.biophysics.species:
            if item.ion != "ca":
                self.element.refuse(f"the species {item.name!r} is of {item.ion!r}; 'ca' is read")
            if not self._covers(item.group):
                self.element.refuse(f"the species {item.name!r} is for {item.group!r}")
            return item
        return None
