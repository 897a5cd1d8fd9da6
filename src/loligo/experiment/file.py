"""`Experiment`: cell, rig and protocol of one recording, as a TOML file tells them.

A file has ``kind = "experiment"``; ``cell``, a name of the catalogue or of a model cell,
``"cell.toml"`` beside it, or a table; ``rig`` and ``protocol``, files beside it or tables; and may
have ``seed``, ``dt``, a table of ``parameters`` and one of ``design``. A rig may name its
``instrument``. The cell may be a neuron: then ``at`` says where the pipette is, and ``truth`` what
is kept beside the recording, ``["v at soma", "v at tip of apical"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loligo.cell import Cell, Neuron, catalogue
from loligo.cell.files import KINDS, described, text_of, toml_of
from loligo.cell.neuron_file import NeuronFile
from loligo.errors import LoligoError, ModelError, suggest
from loligo.experiment.record import record
from loligo.protocol import Protocol
from loligo.protocol.text import KIND, from_document
from loligo.recording import Recording
from loligo.rig import Rig, instruments, model_cells
from loligo.rig.model_cells import ModelCell

_KEYS = (
    "kind", "cell", "at", "rig", "protocol", "seed", "dt", "truth", "parameters", "design",
)  # fmt: skip
_CELLS = {**KINDS, **ModelCell.kinds()}


@dataclass(frozen=True)
class Experiment:
    """What `record` is told.

    Attributes
    ----------
    cell : Cell, Neuron or ModelCell
    rig : Rig
    protocol : Protocol
    seed : int
    dt : str or None
    parameters : mapping of str to str
    at : str or None
        Where on a neuron the pipette is.
    truth : tuple of str
        What is kept beside the recording.
    design : mapping of str to object
        What `loligo.design` is told: repeats, spreads, parts, corrections.
    """

    cell: Cell | Neuron | ModelCell
    rig: Rig
    protocol: Protocol
    seed: int = 0
    dt: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    at: str | None = None
    truth: tuple[str, ...] = ("v",)
    design: Mapping[str, Any] = field(default_factory=dict)

    def record(self, seed: int | None = None) -> Recording:
        """Return the recording, with another seed where one is given."""
        told = replace(self, seed=self.seed if seed is None else seed)
        more = {} if told.dt is None else {"dt": told.dt}
        return record(
            told.cell, told.rig, told.protocol, at=told.at, seed=told.seed,
            parameters=told.parameters, truth=told.truth, **more,
        )  # fmt: skip


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
    told = toml_of(text, name)
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
    cell = _part(name, "cell", lambda: _cell(told["cell"], folder))
    return Experiment(
        cell=cell,
        rig=_part(name, "rig", lambda: _rig(told["rig"], folder, cell)),
        protocol=_part(name, "protocol", lambda: _protocol(told["protocol"], folder)),
        seed=seed,
        dt=told.get("dt"),
        parameters=told.get("parameters", {}),
        at=told.get("at"),
        truth=_truth(name, told.get("truth", ["v"])),
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


def _truth(name: str, told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise ModelError(f'{name}: truth = {told!r} must be a list of names; write ["v"]')
    return tuple(told)


def _cell(told: Any, folder: Path) -> Cell | Neuron | ModelCell:
    if not isinstance(told, str):
        found = _tabled(_table(told))
    elif told.endswith(".toml"):
        found = described(*text_of(_beside(told, folder)), _CELLS)
    else:
        found = _named(told)
    if isinstance(found, NeuronFile):
        found = found.neuron(folder)
    if not isinstance(found, Cell | Neuron | ModelCell):
        raise ModelError(f"it is a {type(found).__name__}, neither a Cell nor a Neuron")
    return found


def _tabled(table: Mapping[str, Any]) -> Any:
    kinds = {"neuron": NeuronFile, "model cell": ModelCell}
    kind: Any = kinds.get(str(table.get("kind")), Cell)
    return kind(**{key: value for key, value in table.items() if key != "kind"})


def _named(name: str) -> Any:
    """Return what is called so in the catalogue or among the model cells."""
    if name in model_cells.names():
        return model_cells.load(name)
    if name in catalogue.names():
        return catalogue.load(name)
    known = (*catalogue.names(), *model_cells.names())
    raise ModelError(
        f"{name!r} is neither in the catalogue nor a model cell; {suggest(name, known)}"
    )


def _rig(told: Any, folder: Path, cell: Cell | Neuron | ModelCell) -> Rig:
    if isinstance(told, str):
        text, name = text_of(_beside(told, folder))
        told = toml_of(text, name)
        if "instrument" not in told:
            return Rig.from_toml(text)
    table = _table(told)
    if "instrument" in table:
        return instruments.rig_of(table, cell)
    said = {key: value for key, value in table.items() if key != "kind"}
    if isinstance(cell, ModelCell):
        said.setdefault("pipette", cell.pipette().written())
    return Rig(**said)


def _protocol(told: Any, folder: Path) -> Protocol:
    if isinstance(told, str):
        return Protocol.read(_beside(told, folder))
    return from_document({"kind": KIND, **_table(told)})


def _table(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise ModelError(f"{told!r} is neither a name nor a table")
    return told
