"""`read_neuroml`: a NeuroML 2 document and the files it includes, as channels and cells.

Everything that is not understood is refused with its element and line: what is returned is all
that the document says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from loligo.cell.cell import Cell
from loligo.cell.description import FrozenMapping
from loligo.cell.interchange.neuroml import concentrations, ion_channel, unread
from loligo.cell.interchange.neuroml.biophysics import read_biophysics
from loligo.cell.interchange.neuroml.cells import ReadCell, SegmentedCell, read_cell_element
from loligo.cell.interchange.neuroml.component_types import read_types
from loligo.cell.interchange.neuroml.inputs import INPUTS, read_input
from loligo.cell.interchange.neuroml.ion_channel import IonChannel, read_ion_channel
from loligo.cell.interchange.neuroml.markup import Element, by_id, read_file
from loligo.cell.interchange.neuroml.membranes import Parts
from loligo.cell.interchange.neuroml.networks import Injection, read_network, read_temperature
from loligo.cell.interchange.neuroml.points import POINTS, read_point
from loligo.cell.interchange.neuroml.rates import Reader
from loligo.cell.interchange.neuroml.segments import Segments, read_segments
from loligo.cell.interchange.neuroml.shells import BASE, read_shell_type
from loligo.cell.neuron import Neuron
from loligo.cell.point import PointNeuron
from loligo.errors import LoligoError, ModelError
from loligo.protocol import Protocol
from loligo.units import quantity as read_quantity

MOST_FILES = 200
"""A document that includes more files is refused."""

_READ = (
    "include",
    "ComponentType",
    *ion_channel.ELEMENTS,
    *concentrations.ELEMENTS,
    "morphology",
    "biophysicalProperties",
    "cell",
    *POINTS,
    *INPUTS,
    "network",
)


@dataclass(frozen=True)
class Document:
    """What a NeuroML document holds, by id.

    Parameters
    ----------
    name : str
        The id of the document.
    channels : mapping of str to IonChannel
    cells : mapping of str to Cell, Neuron, PointNeuron or SegmentedCell
    morphologies : mapping of str to Segments
        Those that stand outside a cell.
    inputs : mapping of str to Protocol
        Currents in time, to be injected; each ends where the input does.
    injections : tuple of Injection
        Which input the networks inject into which cell, and where.
    temperature : float or None
        [degC]; ``None`` where neither the document nor the caller says.
    skipped : tuple of str
        The places of the elements that were passed over because the caller asked for it.
    """

    name: str
    channels: Mapping[str, IonChannel] = field(default_factory=FrozenMapping)
    cells: Mapping[str, Cell | Neuron | PointNeuron | SegmentedCell] = field(
        default_factory=FrozenMapping
    )
    morphologies: Mapping[str, Segments] = field(default_factory=FrozenMapping)
    inputs: Mapping[str, Protocol] = field(default_factory=FrozenMapping)
    injections: tuple[Injection, ...] = ()
    temperature: float | None = None
    skipped: tuple[str, ...] = ()

    @property
    def cell(self) -> Cell | Neuron | PointNeuron | SegmentedCell:
        """The one cell of the document."""
        if len(self.cells) != 1:
            raise ModelError(f"{self.name}: it has {len(self.cells)} cells; take one of .cells")
        return next(iter(self.cells.values()))

    @property
    def channel(self) -> IonChannel:
        """The one channel of the document."""
        if len(self.channels) != 1:
            count = len(self.channels)
            raise ModelError(f"{self.name}: it has {count} channels; take one of .channels")
        return next(iter(self.channels.values()))


def read_neuroml(
    path: str | Path,
    *,
    temperature: Any = None,
    initial_potential: Any = None,
    skip: Collection[str] = (),
    divisions: bool = False,
    folder: str | Path | None = None,
) -> Document:
    """Return the channels and cells of a NeuroML 2 document.

    Parameters
    ----------
    path : path-like
        ``.nml``, ``.channel.nml``, ``.cell.nml``. Files it includes must lie in its folder or
        below.
    temperature : quantity, optional
        Of the cells, ``"6.3 degC"``, where the document has no ``networkWithTemperature``.
    initial_potential : quantity, optional
        Where the cells start, instead of their ``initMembPotential``.
    skip : collection of str
        Names of elements directly inside ``<neuroml>`` or a ``<network>`` to pass over, such as
        ``"projection"``; `Document.skipped` tells which were.
    divisions : bool
        Cut each section of a `Neuron` into as many compartments as the document says by the
        property ``numberInternalDivisions``, into one where it does not say, as NEURON does; by
        default the d-lambda rule holds, whatever the document says.
    folder : path-like, optional
        Where included files may lie, or below; that of the document where it is not given.

    Returns
    -------
    Document

    Raises
    ------
    ModelError
        What is not understood, by element and line; XML with a DOCTYPE; includes that leave the
        folder or go in a circle; whatever the descriptions refuse.
    UnitError
        A temperature that is none.
    """
    warmth, start = (
        None if said is None else read_quantity(said, dimension, name=name)
        for said, dimension, name in (
            (temperature, "temperature", "temperature"),
            (initial_potential, "voltage", "initial_potential"),
        )
    )
    path = Path(path)
    try:
        inside = path.resolve().parent if folder is None else Path(folder).resolve()
        files = _Files(inside, frozenset(skip))
        files.add(path.resolve())
        with np.errstate(all="ignore"):  # what is not finite is refused by the descriptions
            found = _document(files.root_id, files.elements, warmth, start, divisions)
        return replace(found, skipped=tuple(files.skipped))
    except RecursionError:
        raise ModelError(f"{path.name}: its expressions are nested too deeply") from None
    except ValueError as error:
        if isinstance(error, LoligoError):
            raise
        raise ModelError(f"{path}: cannot be read: {error}") from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error}") from None


@dataclass(slots=True)
class _Files:
    """The elements of a file and of those it includes."""

    folder: Path
    skip: frozenset[str]
    skipped: list[str] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    done: set[Path] = field(default_factory=set)
    root_id: str = ""

    def add(self, path: Path, way: tuple[Path, ...] = ()) -> None:
        root = self._without(read_file(path))
        if root.name != "neuroml":
            lems = "; this is a simulation in LEMS: read the documents it includes"
            root.refuse(f"the outermost element must be <neuroml>{lems * (root.name == 'Lems')}")
        unread.check(root, self.skip)
        root.expect((), ("id",), _READ)
        self.done.add(path)
        self.root_id = self.root_id or root.attributes.get("id", path.stem)
        for child in root.children:
            if child.name == "include":
                self._include(child, path, (*way, path))
            elif child.name == "network":
                self.elements.append(self._without(child))
            else:
                self.elements.append(child)

    def _without(self, element: Element) -> Element:
        """Return an element without the children to be passed over, which are noted."""
        passed = [child for child in element.children if child.name in self.skip]
        self.skipped += [child.place for child in passed]
        kept = tuple(child for child in element.children if child.name not in self.skip)
        return replace(element, children=kept) if passed else element

    def _include(self, element: Element, path: Path, way: tuple[Path, ...]) -> None:
        element.expect(("href",))
        href = element.get("href")
        if ":" in href or "\\" in href or "\0" in href or Path(href).is_absolute():
            element.refuse(f"href = {href[:80]!r}: only files beside this one are included")
        target = (path.parent / href).resolve()
        if not target.is_relative_to(self.folder):
            element.refuse(f"href = {href[:80]!r} leaves the folder of the document")
        if target in way:
            element.refuse(f"{href[:80]!r} includes this file again: a circle")
        if target in self.done:
            return
        if len(self.done) >= MOST_FILES:
            element.refuse(f"more than {MOST_FILES} files are included")
        if not target.is_file():
            element.refuse(f"there is no file {href[:80]!r}")
        self.add(target, way)


def _document(
    name: str, elements: list[Element], given: float | None, start: float | None, divisions: bool
) -> Document:
    def of(*names: str) -> tuple[Element, ...]:
        return tuple(element for element in elements if element.name in names)

    types = of("ComponentType")
    shells = {
        x.get("name"): read_shell_type(x) for x in types if x.attributes.get("extends") == BASE
    }
    reader = Reader(read_types(tuple(x for x in types if x.attributes.get("name") not in shells)))
    written = read_temperature(of("network"))
    temperature = written if given is None else given
    morphologies = by_id(of("morphology"))
    parts = Parts(
        FrozenMapping(_channels(of(*ion_channel.ELEMENTS), reader)),
        by_id(of(*concentrations.ELEMENTS)),
        morphologies,
        by_id(of("biophysicalProperties")),
        temperature,
        start,
        FrozenMapping(shells),
        divisions,
    )
    read: dict[str, ReadCell | PointNeuron] = {}
    for key, element in by_id(of("cell", *POINTS)).items():
        read[key] = (
            read_cell_element(element, parts) if element.name == "cell" else read_point(element)
        )
    inputs = {key: read_input(element) for key, element in by_id(of(*INPUTS)).items()}
    injections = tuple(x for network in of("network") for x in read_network(network, read, inputs))
    _check_unused(parts)
    return Document(
        name,
        parts.channels,
        FrozenMapping({k: x.cell if isinstance(x, ReadCell) else x for k, x in read.items()}),
        FrozenMapping({key: read_segments(element) for key, element in morphologies.items()}),
        FrozenMapping(inputs),
        injections,
        temperature,
    )


def _channels(elements: tuple[Element, ...], reader: Reader) -> dict[str, IonChannel]:
    found = {}
    for key, element in by_id(elements).items():
        try:
            found[key] = read_ion_channel(element, reader)
        except ModelError as error:
            if str(error).startswith(element.file):
                raise
            element.refuse(str(error))
    return found


def _check_unused(parts: Parts) -> None:
    """Refuse what cannot be understood also where no cell refers to it."""
    for element in parts.biophysics.values():
        read_biophysics(element)
    for element in parts.concentrations.values():
        concentrations.check_model(element, parts.shells)
