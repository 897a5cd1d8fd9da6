"""`Experiment`: cell, rig and protocol of one recording, as a TOML file tells them.

A file has ``kind = "experiment"``; ``cell``, a name of the catalogue, ``"cell.toml"`` beside it, or
a table; ``rig`` and ``protocol``, files beside it or tables; and may have ``seed``, ``dt``, a
table of ``parameters`` and one of ``design``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loligo.cell import Cell, catalogue
from loligo.cell.files import described, text_of
from loligo.errors import LoligoError, ModelError, suggest
from loligo.experiment.record import record
from loligo.protocol import Protocol
from loligo.protocol.text import KIND, from_document
from loligo.recording import Recording
from loligo.rig import Rig

_KEYS = ("kind", "cell", "rig", "protocol", "seed", "dt", "parameters", "design")


@dataclass(frozen=True)
class Experiment:
    """What `record` is told.

    Attributes
    ----------
    cell : Cell
    rig : Rig
    protocol : Protocol
    seed : int
    dt : str or None
    parameters : mapping of str to str
    design : mapping of str to object
        What `loligo.design` is told: repeats, spreads, parts, corrections.
    """

    cell: Cell
    rig: Rig
    protocol: Protocol
    seed: int = 0
    dt: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    design: Mapping[str, Any] = field(default_factory=dict)

    def record(self, seed: int | None = None) -> Recording:
        """Return the recording, with another seed where one is given."""
        told = replace(self, seed=self.seed if seed is None else seed)
        more = {} if told.dt is None else {"dt": told.dt}
        return record(
            told.cell, told.rig, told.protocol, seed=told.seed, parameters=told.parameters, **more
        )


def read_experiment(path: str | Path) -> Experiment:
    """Return the experiment in a TOML file.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    ModelError
        It cannot be read, lacks a part, or a part is refused; the message names it.
    """
    text, name = text_of(path)
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{name} is not TOML: {error}") from None
    folder = Path(path).parent
    if told.get("kind") != "experiment":
        raise ModelError(f"{name}: kind = {told.get('kind')!r}; an experiment has 'experiment'")
    for key in told:
        if key not in _KEYS:
            raise ModelError(f"{name}: unknown key {key!r}; {suggest(key, _KEYS)}")
    for key in ("cell", "rig", "protocol"):
        if key not in told:
            raise ModelError(f"{name}: {key} is missing")
    seed = told.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ModelError(f"{name}: seed = {seed!r} must be a whole number from 0 on")
    return Experiment(
        cell=_part(name, "cell", lambda: _cell(told["cell"], folder)),
        rig=_part(name, "rig", lambda: _rig(told["rig"], folder)),
        protocol=_part(name, "protocol", lambda: _protocol(told["protocol"], folder)),
        seed=seed,
        dt=told.get("dt"),
        parameters=told.get("parameters", {}),
        design=told.get("design", {}),
    )


def _part(name: str, key: str, made: Callable[[], Any]) -> Any:
    try:
        return made()
    except LoligoError as error:
        raise ModelError(f"{name}: {key}: {error}") from None


def _beside(name: str, folder: Path) -> Path:
    """Return a file in the same folder; a plain name, so that a file names no other place."""
    if Path(name).name != name or "\\" in name:
        raise ModelError(f"{name!r} must be the plain name of a file beside this one")
    return folder / name


def _cell(told: Any, folder: Path) -> Cell:
    if isinstance(told, str):
        found = (
            described(*text_of(_beside(told, folder)))
            if told.endswith(".toml")
            else catalogue.load(told)
        )
    else:
        found = Cell(**{key: value for key, value in _table(told).items() if key != "kind"})
    if not isinstance(found, Cell):
        raise ModelError(f"it is a {type(found).__name__}, not a Cell")
    return found


def _rig(told: Any, folder: Path) -> Rig:
    if isinstance(told, str):
        return Rig.from_toml(_beside(told, folder))
    return Rig(**{key: value for key, value in _table(told).items() if key != "kind"})


def _protocol(told: Any, folder: Path) -> Protocol:
    if isinstance(told, str):
        return Protocol.read(_beside(told, folder))
    return from_document({"kind": KIND, **_table(told)})


def _table(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise ModelError(f"{told!r} is neither a name nor a table")
    return told
