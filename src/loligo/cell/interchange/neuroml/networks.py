"""Networks of cells that do not speak to each other: populations, and what is injected into them.

A network tells which cells there are and which inputs they get. Where its cells stand is checked
and not kept; connections are refused, as loligo simulates cells and not networks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loligo.cell.interchange.neuroml.cells import ReadCell
from loligo.cell.interchange.neuroml.dimensions import number, quantity
from loligo.cell.interchange.neuroml.markup import Element, by_id
from loligo.cell.point import PointNeuron
from loligo.errors import suggest
from loligo.protocol import Protocol

_TARGET = re.compile(r"(?:\.\./)?(\w+)(?:\[(\d{1,9})\]|/(\d{1,9})(?:/(\w+))?)")
_TYPES = ("network", "networkWithTemperature")
CHILDREN = ("population", "explicitInput", "inputList")
"""What is read of a network."""


@dataclass(frozen=True, slots=True)
class Injection:
    """An input of a document into one of its cells.

    Parameters
    ----------
    input : str
        The id of the input.
    cell : str
        The id of the cell.
    population : str
    index : int
        Which of the population.
    site : str
        Where on a `Neuron`, ``"soma(0.5)"``; empty of a cell without places.
    """

    input: str
    cell: str
    population: str
    index: int
    site: str = ""


def read_temperature(networks: tuple[Element, ...]) -> float | None:
    """Return the temperature [degC] of the networks of a document, if any says one."""
    found = {
        quantity(element, "temperature", "temperature")
        for element in networks
        if "temperature" in element.attributes
    }
    if len(found) > 1:
        networks[0].refuse("networks of different temperatures; read one at a time")
    return next(iter(found), None)


def read_network(
    element: Element,
    cells: Mapping[str, ReadCell | PointNeuron],
    inputs: Mapping[str, Protocol],
) -> tuple[Injection, ...]:
    """Return what a network injects into its cells.

    Parameters
    ----------
    element : Element
    cells : mapping of str to ReadCell or PointNeuron
        Those of the document, by id.
    inputs : mapping of str to Protocol

    Raises
    ------
    ModelError
        With the line: what is not understood, a cell, population, input or segment that is not
        there.
    """
    warm = element.attributes.get("type") == "networkWithTemperature"
    element.expect(("id", *(("temperature",) if warm else ())), ("type",), CHILDREN)
    if element.attributes.get("type", _TYPES[0]) not in _TYPES:
        element.refuse(f"the type {element.get('type')!r} is not read")
    sizes: dict[str, int] = {}
    populations = by_id(element.every("population"))
    for name, item in populations.items():
        sizes[name] = _size(item)
        _known(item, "component", cells, "cell")
    network = _Network({key: x.get("component") for key, x in populations.items()}, sizes, cells)
    found: list[Injection] = []
    for item in element.every("explicitInput"):
        item.expect(("target", "input"), ("destination",))
        _known(item, "input", inputs, "input")
        found.append(network.injection(item, item.get("input")))
    for group in element.every("inputList"):
        group.expect(("id", "component", "population"), (), ("input",))
        _known(group, "component", inputs, "input")
        _known(group, "population", populations, "population")
        for item in group.every("input"):
            more = ("segmentId", "fractionAlong")
            item.expect(("id", "target", "destination"), more)
            one = network.injection(item, group.get("component"))
            if one.population != group.get("population"):
                item.refuse(f"{item.get('target')!r} is not in {group.get('population')!r}")
            found.append(one)
    return tuple(found)


def _known(element: Element, attribute: str, table: Mapping[str, object], what: str) -> None:
    name = element.get(attribute)
    if name not in table:
        element.refuse(f"no {what} {name!r}; {suggest(name, table)}")


def _size(element: Element) -> int:
    """Return how many cells a population has, counted where they are listed."""
    element.expect(("id", "component"), ("size", "type"), ("instance",))
    kind = element.attributes.get("type", "population")
    if kind not in {"population", "populationList"}:
        element.refuse(f"the type {kind!r} is not read")
    listed = element.every("instance")
    for item in listed:
        item.expect(("id",), (), ("location",))
        where = item.maybe("location")
        if where is not None:
            where.expect(("x", "y", "z"))
            for axis in ("x", "y", "z"):
                number(where, axis)
    by_id(listed)
    if "size" not in element.attributes:
        if not listed:
            element.refuse("needs a size, or its instances")
        return len(listed)
    size = number(element, "size")
    if size != int(size) or size < 0 or (listed and size != len(listed)):
        inside = f" of {len(listed)} instances" if listed else ""
        element.refuse(f"size = {size:g}{inside}; it is the whole number of its cells")
    return int(size)


@dataclass(frozen=True, slots=True)
class _Network:
    """The cell and the size of each population, and the cells."""

    components: Mapping[str, str]
    sizes: Mapping[str, int]
    cells: Mapping[str, ReadCell | PointNeuron]

    def injection(self, element: Element, name: str) -> Injection:
        """Return where an element injects an input."""
        destination = element.attributes.get("destination", "synapses")
        if destination != "synapses":
            element.refuse(f"destination = {destination!r}; allowed: 'synapses'")
        target = element.get("target")
        match = _TARGET.fullmatch(target)
        if match is None:
            element.refuse(
                f"target = {target[:60]!r} is not read; write 'population[0]' or "
                f"'../population/0/cell'"
            )
        population, index = match[1], int(match[2] or match[3])
        if population not in self.sizes:
            element.refuse(f"no population {population!r}; {suggest(population, self.sizes)}")
        if index >= self.sizes[population]:
            element.refuse(
                f"target = {target!r}, but {population!r} has {self.sizes[population]} cells, "
                f"counted from 0"
            )
        cell = self.components[population]
        if match[4] is not None and match[4] != cell:
            element.refuse(f"target = {target!r}, but {population!r} is of {cell!r}")
        return Injection(name, cell, population, index, self._site(element, cell))

    def _site(self, element: Element, name: str) -> str:
        segment, fraction = 0, 0.5
        if "segmentId" in element.attributes:
            value = number(element, "segmentId")
            segment = int(value) if value == int(value) else -1
        if "fractionAlong" in element.attributes:
            fraction = number(element, "fractionAlong")
        if not 0.0 <= fraction <= 1.0:
            element.refuse(f"fractionAlong = {fraction:g}; allowed: 0 to 1")
        read = self.cells[name]
        if isinstance(read, PointNeuron):
            if segment != 0:
                element.refuse(f"segmentId = {segment}, but {name!r} is a point")
            return ""
        if segment not in {item.id for item in read.segments.segments}:
            element.refuse(f"no segment {segment} in the cell {name!r}")
        return "" if read.tree is None else read.tree.site(segment, fraction)
