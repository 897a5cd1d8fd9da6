"""Instruments by name: amplifiers with their documented controls, a TOML file each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loligo.cell.shelf import Shelf
from loligo.errors import ModelError, suggest
from loligo.rig.instruments.control import Control, Range
from loligo.rig.instruments.instrument import Headstage, Instrument
from loligo.rig.model_cells import ModelCell
from loligo.rig.rig import Rig

__all__ = ["Control", "Headstage", "Instrument", "Range", "load", "names", "rig_of", "text"]

_SHELF = Shelf(__name__, "the instruments")
_OPTIONS = ("headstage", "settings", "noise", "digitizer", "saturation")
_KEYS = ("kind", "instrument", "mode", "pipette", *_OPTIONS)


def names() -> tuple[str, ...]:
    """Return the names of all instruments."""
    return _SHELF.names()


def load(name: str) -> Instrument:
    """Return an instrument.

    Parameters
    ----------
    name : str
        ``"axopatch200b"``; see `names`.

    Raises
    ------
    SelectionError
        There is none of that name.
    """
    return Instrument.from_toml(text(name))


def text(name: str) -> str:
    """Return the TOML text of an instrument.

    Raises
    ------
    SelectionError
        There is none of that name.
    """
    return _SHELF.text(name)


def rig_of(told: Mapping[str, Any], cell: object = None) -> Rig:
    """Return the rig that a table with an instrument stands for.

    Parameters
    ----------
    told : mapping
        ``instrument``, ``mode``, ``pipette`` and what else `Instrument.rig` takes.
    cell : object, optional
        Of a model cell the electrode is the pipette, which is then left out.

    Raises
    ------
    ModelError
        An unknown or missing key, or what the instrument refuses.
    SelectionError
        No such instrument, mode, headstage or control.
    """
    for key in told:
        if key not in _KEYS:
            raise ModelError(f"unknown key {key!r}; {suggest(key, _KEYS)}")
    pipette = told.get("pipette", cell if isinstance(cell, ModelCell) else None)
    for key, value in (("mode", told.get("mode")), ("pipette", pipette)):
        if value is None:
            raise ModelError(f"{key} is missing")
    options = {key: told[key] for key in _OPTIONS if key in told}
    return load(told["instrument"]).rig(told["mode"], pipette, **options)
