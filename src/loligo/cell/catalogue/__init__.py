"""The catalogue of published cells and channels: one TOML file each, named after its paper."""

from __future__ import annotations

from importlib.resources import files

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.files import read_text
from loligo.cell.membrane import Membrane
from loligo.cell.point import PointNeuron
from loligo.errors import SelectionError, suggest


def names() -> tuple[str, ...]:
    """Return the names of all descriptions in the catalogue."""
    found = (item.name for item in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load(name: str) -> Cell | Channel | PointNeuron:
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
    if name not in names():
        raise SelectionError(f"{name!r} is not in the catalogue; {suggest(name, names())}")
    text = files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    found = read_text(text, name)
    assert not isinstance(found, Membrane)
    return found
