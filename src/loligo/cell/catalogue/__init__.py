"""The catalogue of published cells, neurons, channels, pumps: a TOML file each, called by paper."""

from __future__ import annotations

from importlib.resources import files

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.files import read_text
from loligo.cell.membrane import Membrane
from loligo.cell.neuron import Neuron
from loligo.cell.point import PointNeuron
from loligo.cell.shelf import Shelf
from loligo.cell.transporter import Transporter

_SHELF = Shelf(__name__, "the catalogue")


def names() -> tuple[str, ...]:
    """Return the names of all descriptions in the catalogue."""
    return _SHELF.names()


def load(name: str) -> Cell | Channel | Transporter | Neuron | PointNeuron:
    """Return a description of the catalogue.

    Parameters
    ----------
    name : str
        ``"hodgkin_huxley1952"``; see `names`.

    Raises
    ------
    SelectionError
        There is none of that name.
    """
    found = read_text(text(name), name, files(__name__))
    assert not isinstance(found, Membrane)
    return found


def text(name: str) -> str:
    """Return the TOML text of a description of the catalogue.

    Raises
    ------
    SelectionError
        There is none of that name.
    """
    return _SHELF.text(name)
