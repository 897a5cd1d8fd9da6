"""NeuroML 2 documents: ion channels, cells, neurons and point neurons, in and out; inputs, in."""

from loligo.cell.interchange.neuroml.cells import SegmentedCell
from loligo.cell.interchange.neuroml.document import Document, read_neuroml
from loligo.cell.interchange.neuroml.ion_channel import IonChannel
from loligo.cell.interchange.neuroml.networks import Injection
from loligo.cell.interchange.neuroml.segments import Point, Segment, Segments
from loligo.cell.interchange.neuroml.write import write_neuroml

__all__ = [
    "Document",
    "Injection",
    "IonChannel",
    "Point",
    "Segment",
    "SegmentedCell",
    "Segments",
    "read_neuroml",
    "write_neuroml",
]
