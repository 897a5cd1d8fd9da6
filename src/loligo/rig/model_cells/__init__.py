"""Electrical model cells: boxes of resistors and capacitors that are plugged into a headstage."""

from __future__ import annotations

from loligo.cell.shelf import Shelf
from loligo.rig.model_cells.model_cell import ModelCell

__all__ = ["ModelCell", "load", "names", "text"]

_SHELF = Shelf(__name__, "the model cells")


def names() -> tuple[str, ...]:
    """Return the names of all model cells, a name a position of the switch."""
    return _SHELF.names()


def load(name: str) -> ModelCell:
    """Return a model cell.

    Parameters
    ----------
    name : str
        ``"patch1u_cell"``; see `names`.

    Raises
    ------
    SelectionError
        There is none of that name.
    """
    return ModelCell.from_toml(text(name))


def text(name: str) -> str:
    """Return the TOML text of a model cell.

    Raises
    ------
    SelectionError
        There is none of that name.
    """
    return _SHELF.text(name)
