"""NeuroML cells to loligo's `Cell`: one segment, its channels, and its calcium.

A cell of more segments is returned parsed, as a `SegmentedCell`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.description import FrozenMapping
from loligo.cell.equations import equations
from loligo.cell.expression import symbols
from loligo.cell.interchange.neuroml.biophysics import (
    Biophysics,
    Density,
    Local,
    Species,
    read_biophysics,
)
from loligo.cell.interchange.neuroml.concentrations import read_pool
from loligo.cell.interchange.neuroml.gates import local_name
from loligo.cell.interchange.neuroml.ion_channel import IonChannel
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.segments import Segments, area, read_segments
from loligo.errors import LoligoError, suggest

ROOM_TEMPERATURE = 20.0
"""The temperature [degC] of a cell in which nothing depends on it."""


@dataclass(frozen=True)
class SegmentedCell:
    """A cell of several segments, parsed: what a later step makes a morphology of.

    Parameters
    ----------
    name : str
    morphology : Segments
    biophysics : Biophysics or None
        What is in which group of segments.
    channels : mapping of str to IonChannel
        The channels the densities name.
    """

    name: str
    morphology: Segments
    biophysics: Biophysics | None = None
    channels: Mapping[str, IonChannel] = field(default_factory=FrozenMapping, hash=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the other elements of a document offer to its cells."""

    channels: Mapping[str, IonChannel]
    concentrations: Mapping[str, Element]
    morphologies: Mapping[str, Element]
    biophysics: Mapping[str, Element]
    temperature: float | None


def read_cell_element(element: Element, parts: Parts) -> Cell | SegmentedCell:
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
    used = {item.channel for item in found.densities} if found else set()
    for item in found.densities if found else ():
        if item.channel not in parts.channels:
            element.refuse(
                f"line {item.line}: no ionChannel {item.channel!r}; "
                f"{suggest(item.channel, parts.channels)}"
            )
    if len(segments.segments) > 1 or found is None:
        channels = {key: parts.channels[key] for key in sorted(used)}
        return SegmentedCell(name, segments, found, FrozenMapping(channels))
    try:
        return _Builder(element, segments, area(segments, form), found, parts).cell(name)
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
        species = self._species()
        pool, constants = self._pool(species)
        calcium = next(iter(pool), "ca")
        channels = {
            local_name(item.name): self._channel(item, calcium, species)
            for item in self.biophysics.densities
        }
        if len(channels) < len(self.biophysics.densities):
            self.element.refuse("two densities have the same name")
        given = self.parts.temperature
        capacitance = self._one(self.biophysics.capacitances, "specificCapacitance")
        start = self._one(self.biophysics.initial_potentials, "initMembPotential")
        fields: dict[str, Any] = {
            "temperature": f"{ROOM_TEMPERATURE if given is None else given!r} degC",
            "area": f"{self.area!r} um2",
            "capacitance": f"{capacitance!r} uF/cm2",
            "initial_potential": f"{start!r} mV",
            "constants": constants,
            "channel": channels,
            "pool": pool,
        }
        cell = Cell(name=name, **fields)
        if given is None and _warms(cell):
            self.element.refuse(
                "its currents depend on the temperature, which a NeuroML cell does not have; add a "
                "<network type='networkWithTemperature' temperature='...'> or pass temperature="
            )
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

    def _channel(self, item: Density, calcium: str, species: Species | None) -> Any:
        if not self._covers(item.group):
            self.element.refuse(f"line {item.line}: {item.group!r} holds no segment")
        channel = self.parts.channels[item.channel]
        if channel.needs_calcium and species is None:
            self.element.refuse(
                f"line {item.line}: the channel depends on calcium; the cell needs a <species> "
                f"whose ion is 'ca'"
            )
        if item.kind == "channelDensity":
            return channel.channel(
                calcium=calcium,
                ion=item.ion,
                conductance=f"{item.amount!r} mS/cm2",
                reversal=f"{item.reversal!r} mV",
            )
        if species is None or species.outside <= 0:
            self.element.refuse(
                f"line {item.line}: <{item.kind}> needs a <species> of calcium with an "
                f"initialExtConcentration above 0"
            )
        outside = f"{calcium}_outside"
        if item.kind == "channelDensityGHK":
            return channel.channel(
                calcium=calcium,
                ion=item.ion,
                permeability=f"{item.amount!r} cm/s",
                valence=2,
                inside=calcium,
                outside=outside,
            )
        return channel.channel(
            calcium=calcium,
            ion=item.ion,
            conductance=f"{item.amount!r} mS/cm2",
            reversal=f"nernst(2, {outside}, {calcium})",
        )

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

    def _pool(self, species: Species | None) -> tuple[dict[str, Any], dict[str, Any]]:
        if species is None:
            return {}, {}
        models = self.parts.concentrations
        if species.model not in models:
            self.element.refuse(
                f"no concentration model {species.model!r}; {suggest(species.model, models)}"
            )
        name = local_name(species.name)
        fields = read_pool(models[species.model], self.area)
        filled = [local_name(x.name) for x in self.biophysics.densities if x.ion == species.ion]
        pool = {**fields, "initial": f"{species.initial!r} mM", "currents": filled}
        outside = {f"{name}_outside": f"{species.outside!r} mM"} if species.outside > 0 else {}
        return {name: pool}, outside


def _warms(cell: Cell) -> bool:
    """Tell whether anything of a cell depends on its temperature."""
    found = equations(cell)
    laws = [law for _, law in found.definitions]
    laws += [law for gate in found.relaxations for law in (gate.factor, *gate.laws.values())]
    laws += [rate for scheme in found.occupancies for _, _, rate in scheme.transitions]
    laws += [current.current for current in found.currents]
    return any("temperature" in symbols(law) for law in laws)
