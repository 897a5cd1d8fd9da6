"""NMODL files: density mechanisms of NEURON, in and out."""

from loligo.cell.interchange.nmodl.mechanism import Mechanism, assemble_cell
from loligo.cell.interchange.nmodl.pools import IonPool
from loligo.cell.interchange.nmodl.read import read_nmodl
from loligo.cell.interchange.nmodl.write import write_neuron, write_nmodl

__all__ = [
    "IonPool",
    "Mechanism",
    "assemble_cell",
    "read_nmodl",
    "write_neuron",
    "write_nmodl",
]
