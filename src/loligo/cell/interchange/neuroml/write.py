"""`write_neuroml`: a cell, a neuron, a channel or a point neuron as a NeuroML 2 document.

Named shapes become NeuroML's named rates; every other law becomes a `ComponentType` in the
document. What NeuroML cannot say is refused with its path.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.interchange.neuroml.component_types import CALCIUM
from loligo.cell.interchange.neuroml.inlined import Inlined
from loligo.cell.interchange.neuroml.lems_text import TypeWriter
from loligo.cell.interchange.neuroml.write_cell import CellWriter, identifier
from loligo.cell.interchange.neuroml.write_channel import write_channel
from loligo.cell.interchange.neuroml.write_neuron import neuron_elements
from loligo.cell.interchange.neuroml.write_point import write_point
from loligo.cell.neuron import Neuron
from loligo.cell.point import PointNeuron
from loligo.errors import ModelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_HEAD = {
    "xmlns": "http://www.neuroml.org/schema/neuroml2",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": (
        "http://www.neuroml.org/schema/neuroml2 https://raw.github.com/NeuroML/NeuroML2/"
        "development/Schemas/NeuroML2/NeuroML_v2.3.1.xsd"
    ),
}


def write_neuroml(description: Cell | Neuron | Channel | PointNeuron, path: str | Path) -> Path:
    """Write a description as a NeuroML 2 document.

    Parameters
    ----------
    description : Cell, Neuron, Channel or PointNeuron
        Of a channel its gating is written; NeuroML keeps conductance and reversal in cells.
    path : path-like
        Where to; a file that is there is replaced.

    Returns
    -------
    Path
        The file, which `read_neuroml` reads.

    Raises
    ------
    ModelError
        What NeuroML has no element for, by its path in the description; or the file cannot be
        written.
    """
    from xml.etree import ElementTree

    path = Path(path)
    elements = _elements(description, path)
    root = ElementTree.Element("neuroml", {**_HEAD, "id": identifier(path.name, "document")})
    root.extend(elements)
    ElementTree.indent(root, "    ")
    text = ElementTree.tostring(root, encoding="unicode")
    try:
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{path.name}: cannot be written: {error}") from None
    return path


def _elements(description: Cell | Neuron | Channel | PointNeuron, path: Path) -> list[Element]:
    if isinstance(description, Cell):
        return CellWriter(description).elements()
    if isinstance(description, Neuron):
        return neuron_elements(description)
    if isinstance(description, PointNeuron):
        return [write_point(identifier(description.name, "cell"), description)]
    if not isinstance(description, Channel):
        raise ModelError(
            f"a {type(description).__name__} cannot be written; a Cell, a Neuron, a Channel or a "
            f"point neuron"
        )
    stem = path.name.partition(".")[0]
    name = identifier(stem, "channel")
    types = TypeWriter(name, CALCIUM)
    found = write_channel(name, "", description, Inlined("x", description), types)
    return [found.element, *types.types]
