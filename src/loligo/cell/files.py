"""Descriptions in TOML files and text, both ways."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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
from loligo.cell.transporter import Transporter
from loligo.errors import ModelError, suggest

Described = Cell | Channel | Transporter | Membrane | PointNeuron | Neuron
_CLASSES: tuple[type[Description], ...] = (
    Cell,
    Channel,
    Transporter,
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


def described(
    text: str, name: str = "", kinds: Mapping[str, type[Description]] = KINDS
) -> Description:
    """Return the description that TOML text holds; its ``kind`` says of what.

    Parameters
    ----------
    text : str
    name : str
        The file it is from, for messages.
    kinds : mapping of str to type
        The descriptions that it may be.

    Raises
    ------
    ModelError
        Not TOML, an unknown kind, or what the description refuses.
    """
    told = f"{name}: " if name else ""
    data = toml_of(text, name)
    kind = str(data.get("kind"))
    if kind not in kinds:
        raise ModelError(f"{told}kind = {data.get('kind')!r}; {suggest(kind, kinds)}")
    try:
        return kinds[kind](**data)
    except ModelError as error:
        raise ModelError(f"{told}{error}", error.problems) from None


def toml_of(text: str, name: str = "") -> dict[str, Any]:
    """Return what TOML text says.

    Parameters
    ----------
    text : str
    name : str
        The file it is from, for messages.

    Raises
    ------
    ModelError
        It is not TOML, or nested too deeply.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{name or 'the text'} is not TOML: {error}") from None
    except RecursionError:
        raise ModelError(f"{name or 'the text'} is nested too deeply") from None


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
        See `described`; a neuron whose parts do not fit.
    """
    found = described(text, name)
    if not isinstance(found, NeuronFile):
        assert isinstance(found, Described)
        return found
    try:
        return found.neuron(folder)
    except ModelError as error:
        raise ModelError(f"{name}: {error}" if name else str(error), error.problems) from None


def text_of(path: str | Path) -> tuple[str, str]:
    """Return the text of a file and the file's name.

    Raises
    ------
    ModelError
        It cannot be read.
    """
    path = Path(path)
    try:
        return path.read_text(encoding="utf-8"), path.name
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path.name}: cannot be read: {error}") from None


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
    return read_text(*text_of(path), Path(path).parent)
