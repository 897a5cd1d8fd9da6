"""Frozen descriptions of membranes and cells, and the catalogue of published ones."""

from loligo.cell import catalogue
from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.counted import scheme_of_gates, with_schemes
from loligo.cell.equations import Equations, Parameter, equations
from loligo.cell.files import read_cell
from loligo.cell.gate import Gate
from loligo.cell.membrane import Membrane
from loligo.cell.neuron import Neuron
from loligo.cell.point import PointEquations, PointNeuron, point_equations
from loligo.cell.point_models import (
    AdaptiveExponentialIntegrateAndFire,
    ExponentialIntegrateAndFire,
    Izhikevich,
    LeakyIntegrateAndFire,
    QuadraticIntegrateAndFire,
)
from loligo.cell.pool import Pool
from loligo.cell.quantity import Quantity
from loligo.cell.scheme import Scheme, Transition
from loligo.cell.segment import InsideSegment
from loligo.cell.shape import RateShape
from loligo.cell.space import Buffer, Inside, Outside, Shells
from loligo.cell.synapse import Synapse
from loligo.cell.transporter import Transporter

__all__ = [
    "AdaptiveExponentialIntegrateAndFire",
    "Buffer",
    "Cell",
    "Channel",
    "Equations",
    "ExponentialIntegrateAndFire",
    "Gate",
    "Inside",
    "InsideSegment",
    "Izhikevich",
    "LeakyIntegrateAndFire",
    "Membrane",
    "Neuron",
    "Outside",
    "Parameter",
    "PointEquations",
    "PointNeuron",
    "Pool",
    "QuadraticIntegrateAndFire",
    "Quantity",
    "RateShape",
    "Scheme",
    "Shells",
    "Synapse",
    "Transition",
    "Transporter",
    "catalogue",
    "equations",
    "point_equations",
    "read_cell",
    "scheme_of_gates",
    "with_schemes",
]
