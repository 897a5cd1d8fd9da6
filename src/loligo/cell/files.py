"""Descriptions in TOML files and text, both ways."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.description import Description
from loligo.errors import ModelError, suggest

_KINDS: dict[str, Callable[..., Any]] = {"cell": Cell, "channel": Channel}


def read_text(text: str, name: str = "the text") -> Any:
    """Return the description that TOML text holds; its ``kind`` says of what.

    Parameters
    ----------
    text : str
    name : str
        Where it is from, for messages.

    Raises
    ------
    ModelError
        Not TOML, an unknown kind, or what the description refuses.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{name} is not TOML: {error}") from None
    kind = data.get("kind")
    if kind not in _KINDS:
        raise ModelError(f"{name}: kind = {kind!r}; {suggest(str(kind), _KINDS)}")
    try:
        return _KINDS[kind](**data)
    except ModelError as error:
        raise ModelError(f"{name}:\n{error}", error.problems) from None


def read_cell(path: str | Path) -> Any:
    """Return the description in a TOML file.

    Raises
    ------
    ModelError
        See `read_text`.
    """
    return read_text(Path(path).read_text(encoding="utf-8"), Path(path).name)


def to_toml(description: Description) -> str:
    """Return the TOML text that reads back as the same description."""
    import tomli_w

    data = {"kind": getattr(description, "kind"), **description.written()}  # noqa: B009
    return tomli_w.dumps(data, multiline_strings=True)
