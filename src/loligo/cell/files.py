"""Descriptions in TOML files and text, both ways."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.description import Description
from loligo.cell.membrane import Membrane
from loligo.cell.neuron import Neuron
from loligo.cell.neuron_file import NeuronFile
from loligo.cell.point import PointNeuron
from loligo.cell.point_models import (
    AdaptiveExponentialIntegrateAndFire,
    ExponentialIntegrateAndFire,
    Izhikevich,
    LeakyIntegrateAndFire,
    QuadraticIntegrateAndFire,
)
from loligo.errors import ModelError, suggest

Described = Cell | Channel | Membrane | PointNeuron | Neuron
_CLASSES: tuple[type[Description], ...] = (
    Cell,
    Channel,
    Membrane,
    NeuronFile,
    LeakyIntegrateAndFire,
    ExponentialIntegrateAndFire,
    AdaptiveExponentialIntegrateAndFire,
    QuadraticIntegrateAndFire,
    Izhikevich,
)
KINDS = {get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in _CLASSES}
"""The description that each ``kind`` of a file is."""


def read_text(text: str, name: str = "", folder: Path | Traversable | None = None) -> Described:
    """Return what TOML text describes; its ``kind`` says what it is.

    Parameters
    ----------
    text : str
    name : str
        The file it is from, for messages.
    folder : path, optional
        The folder of that file, where a neuron's morphology may be.

    Raises
    ------
    ModelError
        Not TOML, an unknown kind, or what the description refuses.
    """
    try:
        found = _description(text, name)
        made = found.neuron(folder) if isinstance(found, NeuronFile) else found
    except ModelError as error:
        raise ModelError(f"{name}: {error}" if name else str(error), error.problems) from None
    assert isinstance(made, Described)
    return made


def _description(text: str, name: str) -> Description:
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{name or 'the text'} is not TOML: {error}") from None
    except RecursionError:
        raise ModelError(f"{name or 'the text'} is nested too deeply") from None
    kind = data.get("kind")
    if kind not in KINDS:
        raise ModelError(f"kind = {kind!r}; {suggest(str(kind), KINDS)}")
    return KINDS[kind](**data)


def read_cell(path: str | Path) -> Described:
    """Return the cell, channel, membrane, neuron or point neuron in a TOML file.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    ModelError
        There is no such file, or see `read_text`.
    """
    path = Path(path)
    return read_text(_contents(path), path.name, path.parent)


def described(source: str | Path) -> Description | Neuron:
    """Return what a TOML file or text holds.

    Parameters
    ----------
    source : path-like or str
        A `Path`, a name that ends in ``.toml``, or the text itself.

    Raises
    ------
    ModelError
        See `read_cell`.
    """
    if isinstance(source, Path) or source.endswith(".toml"):
        return read_cell(source)
    return read_text(source)


def _contents(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path.name}: cannot be read: {error}") from None
