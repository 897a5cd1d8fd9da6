"""A `Neuron` as a NeuroML cell of many segments, with its channels.

Channels that are the same in several regions are written once; densities are those of a region's
group, and those with a profile are ``channelDensityNonUniform``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from loligo.cell.expression import Expression, Number, Symbol, parse, substitute, symbols
from loligo.cell.interchange.neuroml.inlined import Inlined
from loligo.cell.interchange.neuroml.lems_text import TypeWriter, numeral
from loligo.cell.interchange.neuroml.nonuniform import expression_text
from loligo.cell.interchange.neuroml.write_cell import CellWriter, identifier
from loligo.cell.interchange.neuroml.write_channel import Written, write_channel
from loligo.cell.interchange.neuroml.write_segments import group_names, segments_of
from loligo.cell.neuron import Neuron
from loligo.errors import ModelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ORDER = (
    "channelDensity",
    "channelDensityNernst",
    "channelDensityGHK",
    "channelDensityNonUniform",
)


def neuron_elements(neuron: Neuron) -> list[Element]:
    """Return the channels, the cell and their types, in the order of NeuroML's schema.

    Raises
    ------
    ModelError
        What NeuroML has no element for, by its region and path.
    """
    return _NeuronWriter(neuron).elements()


@dataclass(slots=True)
class _NeuronWriter:
    neuron: Neuron
    name: str = field(init=False)
    channels: dict[str, tuple[Written, list[Element]]] = field(default_factory=dict)
    models: list[Element] = field(default_factory=list)
    densities: list[Element] = field(default_factory=list)
    species: list[Element] = field(default_factory=list)
    parameters: dict[str, Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = identifier(self.neuron.name, "cell")

    def elements(self) -> list[Element]:
        from xml.etree.ElementTree import Element, SubElement

        names = group_names(self.neuron.morphology)
        for region in self.neuron.morphology.regions:
            try:
                self._region(region, names[1][region])
            except ModelError as error:
                raise ModelError(f"region {region!r}: {error}") from None
        network = Element(
            "network",
            id=f"{self.name}_network",
            type="networkWithTemperature",
            temperature=f"{numeral(self.neuron.temperature)} degC",
        )
        SubElement(
            network, "population", id=f"{self.name}_population", component=self.name, size="1"
        )
        channels = sorted((x.element for x, _ in self.channels.values()), key=lambda x: x.tag)
        types = [item for _, found in self.channels.values() for item in found]
        return [*channels, *self.models, self._cell(names), network, *types]

    def _region(self, region: str, group: str) -> None:
        """Add what a region is covered with."""
        writer = CellWriter(self.neuron.patch(region))
        writer.name = f"{self.name}_{group}"
        profiles = dict(dict(self.neuron.profile).get(region, ()))
        for key, channel in writer.cell.channel.items():
            name, found = self._channel(writer, key, group)
            laws = Inlined(key, channel, writer.cell)
            density = writer.density_of(key, name, channel, laws, found)
            density.set("id", f"{key}_{group}")
            density.set("segmentGroup", group)
            text = profiles.pop(f"channel.{key}.conductance", None)
            if text is not None:
                density = self._along(density, region, group, text, found.factor)
            self.densities.append(density)
        for path in profiles:
            raise ModelError(f"profile.{region}.{path}: NeuroML has profiles of conductances alone")
        self.models += writer.model()
        for item in writer.species():
            item.set("segmentGroup", group)
            self.species.append(item)

    def _channel(self, writer: CellWriter, key: str, group: str) -> tuple[str, Written]:
        """Return a channel's id and element, those of an equal one where there is one."""
        from xml.etree.ElementTree import tostring

        channel = writer.cell.channel[key]
        for name in (f"{self.name}_{key}", f"{self.name}_{group}_{key}"):
            types = TypeWriter(name, writer.pool_name)
            laws = Inlined(key, channel, writer.cell)
            found = write_channel(name, key, channel, laws, types)
            if name not in self.channels:
                self.channels[name] = found, types.types
                return name, found
            known, others = self.channels[name]
            same = [tostring(x) for x in (found.element, *types.types)]
            if same == [tostring(x) for x in (known.element, *others)]:
                return name, found
        raise ModelError(f"channel.{key}: two channels would have the id {name!r}")

    def _along(
        self, density: Element, region: str, group: str, text: str, factor: float
    ) -> Element:
        """Return a density that is an expression of the distance."""
        from xml.etree.ElementTree import Element, SubElement

        if density.tag != "channelDensity":
            raise ModelError(f"{density.get('id')}: NeuroML has no profile of a <{density.tag}>")
        constants = dict(self.neuron.membrane)[region].constants
        inserted: dict[str, Expression] = {k: Number(x.value) for k, x in constants.items()}
        law = substitute(parse(text), {**inserted, "distance": Symbol("p")})
        if "diameter" in symbols(law):
            raise ModelError(
                f"profile.{region}: {text!r} depends on the diameter; NeuroML has the distance"
            )
        parameter = f"{group}_distance"
        metric = {"variable": "p", "metric": "Path Length from root"}
        self.parameters[group] = Element("inhomogeneousParameter", {"id": parameter, **metric})
        kept = {k: x for k, x in density.attrib.items() if k not in {"condDensity", "segmentGroup"}}
        found = Element("channelDensityNonUniform", kept)
        where = {"parameter": "condDensity", "segmentGroup": group}
        inside = SubElement(found, "variableParameter", where)
        siemens = Number(10.0 * factor) * law  # mS/cm2 are 10 S/m2
        value = expression_text(siemens, f"profile.{region}")
        SubElement(inside, "inhomogeneousValue", inhomogeneousParameter=parameter, value=value)
        return found

    def _cell(self, names: tuple[dict[str, str], dict[str, str]]) -> Element:
        from xml.etree.ElementTree import Element, SubElement

        neuron = self.neuron
        element = Element("cell", id=self.name)
        text = " ".join(f"{neuron.name} {neuron.source} {neuron.notes}".split())
        SubElement(element, "notes").text = text
        morphology = SubElement(element, "morphology", id=f"{self.name}_morphology")
        branches = neuron.morphology.branches
        cut = np.bincount(neuron.compartments.branch, minlength=len(branches))
        counts = {branch.name: int(n) for branch, n in zip(branches, cut, strict=True)}
        morphology.extend(segments_of(neuron.morphology, counts, names))
        for item in morphology.findall("segmentGroup"):
            if item.get("id") in self.parameters:
                item.append(self.parameters[item.get("id") or ""])
        biophysics = SubElement(element, "biophysicalProperties", id=f"{self.name}_biophysics")
        membrane = SubElement(biophysics, "membraneProperties")
        membrane.extend(sorted(self.densities, key=lambda item: _ORDER.index(item.tag)))
        SubElement(membrane, "spikeThresh", value="0 mV")
        for region, skin in neuron.membrane:
            value = f"{numeral(skin.capacitance)} uF_per_cm2"
            group = names[1][region]
            SubElement(membrane, "specificCapacitance", value=value, segmentGroup=group)
        SubElement(membrane, "initMembPotential", value=f"{numeral(neuron.initial_potential)} mV")
        inside = SubElement(biophysics, "intracellularProperties")
        inside.extend(self.species)
        for region, resistivity in neuron.axial_resistivity:
            value = f"{numeral(resistivity)} ohm_cm"
            SubElement(inside, "resistivity", value=value, segmentGroup=names[1][region])
        return element
