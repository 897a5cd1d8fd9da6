"""How a file tells a morphology: an SWC file beside it, one of the builders, or its branches.

The classes here are the tables ``[morphology]``, ``[[morphology.branch]]`` and ``[[paint]]`` of a
neuron's file, see `loligo.cell.neuron_file`; each makes what it tells.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description
from loligo.cell.morphology import (
    Branch,
    Morphology,
    ball_and_stick,
    cable,
    myelinated,
    rall_tree,
    read_swc,
)
from loligo.cell.quantity import In
from loligo.cell.tables import Several
from loligo.errors import LoligoError, ModelError, suggest

Length = Annotated[float, In("length", positive=True)]
Lengths = Annotated[tuple[float, ...], Several("length")]
BUILDERS: dict[str, Callable[..., Morphology]] = {
    make.__name__: make for make in (cable, rall_tree, myelinated, ball_and_stick)
}
"""What ``shape`` may be."""

MOST_NODES = 100_000
"""More nodes of an axon are refused in a file, which may be a stranger's."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]*\.swc(\.gz)?", re.IGNORECASE)
_SAID = ("file", "shape", "branch", "notes")


class BranchTable(Description):
    """An unbranched run of membrane.

    Parameters
    ----------
    name : str
        What it is called by.
    region : str
        What it belongs to; its name where nothing is said.
    length : quantity
        Of a cylinder, or of a cone with two `diameters`.
    diameter : quantity
        Of a cylinder.
    diameters : quantities
        At each point, ``"2, 1.5, 1 um"``, straight between them.
    path : quantities
        Distance of each point along the branch, from 0 on, ``"0, 20, 50 um"``.
    parent : str
        The branch it hangs on; not said of the root, the first branch.
    at : float
        Where on the parent, as a fraction of its length.
    x, y, z : quantities
        Where the points lie, if that is known.
    """

    name: str
    region: str = ""
    length: Length | None = None
    diameter: Length | None = None
    diameters: Lengths | None = None
    path: Lengths | None = None
    parent: str | None = None
    at: float = 1.0
    x: Lengths | None = None
    y: Lengths | None = None
    z: Lengths | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        said = tuple(
            name
            for name in ("length", "diameter", "diameters", "path")
            if getattr(self, name) is not None
        )
        if said not in {("length", "diameter"), ("length", "diameters"), ("diameters", "path")}:
            raise ModelError(
                "a branch needs length and diameter, length and two diameters, or path and "
                f"diameters; it has {', '.join(said) or 'none of them'}"
            )
        if said == ("length", "diameters") and self.diameters and len(self.diameters) != 2:
            raise ModelError(
                f"a length goes with two diameters, not {len(self.diameters)}; else give the path"
            )
        places = [axis is None for axis in (self.x, self.y, self.z)]
        if any(places) and not all(places):
            raise ModelError("x, y and z go together")
        self.branch()
        return self

    def branch(self) -> Branch:
        """Return the branch."""
        path = self.path if self.path is not None else (0.0, self.length or 0.0)
        diameters = self.diameters or (self.diameter or 0.0,) * 2
        points: tuple[tuple[float, float, float], ...] = ()
        if self.x is not None and self.y is not None and self.z is not None:
            if not len(self.x) == len(self.y) == len(self.z):
                raise ModelError("x, y and z must have the same number of points")
            points = tuple(zip(self.x, self.y, self.z, strict=True))
        region = self.region or self.name
        return Branch(self.name, region, path, diameters, self.parent, self.at, points)

    @classmethod
    def of(cls, branch: Branch) -> Self:
        """Return what a file says of a branch."""
        lengths, one = Several("length"), In("length")
        said: dict[str, Any] = {"name": branch.name, "region": branch.region}
        said["at"] = float(branch.at)
        if len(branch.path) == 2:
            said["length"] = one.write(branch.length)
        else:
            said["path"] = lengths.write(branch.path)
        if len(branch.path) == 2 and branch.diameters[0] == branch.diameters[1]:
            said["diameter"] = one.write(branch.diameters[0])
        else:
            said["diameters"] = lengths.write(branch.diameters)
        if branch.parent is not None:
            said["parent"] = branch.parent
        for axis, values in zip("xyz", zip(*branch.points, strict=True), strict=False):
            said[axis] = lengths.write(values)
        return cls(**said)


class MorphologyTable(Description):
    """The shape of a neuron, told in one of three ways.

    Parameters
    ----------
    file : str
        Name of an SWC file in the folder of the file that says it, ``"cell1.swc"``; it may be
        compressed, ``"cell1.swc.gz"``.
    shape : str
        ``"cable"``, ``"rall_tree"``, ``"myelinated"`` or ``"ball_and_stick"``, with its arguments.
    branch : list of BranchTable
        Each after its parent.
    notes : str
        What to know about it.
    length, diameter, end_diameter, soma_diameter : quantity
        Arguments of shapes.
    node_length, node_diameter, internode_length, internode_diameter : quantity
        Arguments of ``"myelinated"``.
    levels, nodes : int
        Arguments of ``"rall_tree"`` and ``"myelinated"``.
    region : str
        Argument of shapes.
    """

    file: str | None = None
    shape: str | None = None
    branch: tuple[BranchTable, ...] = ()
    notes: str = ""
    length: Length | None = None
    diameter: Length | None = None
    end_diameter: Length | None = None
    soma_diameter: Length | None = None
    node_length: Length | None = None
    node_diameter: Length | None = None
    internode_length: Length | None = None
    internode_diameter: Length | None = None
    levels: Annotated[int, Field(ge=1)] | None = None
    nodes: Annotated[int, Field(ge=2, le=MOST_NODES)] | None = None
    region: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in _SAID[:3] if getattr(self, name)]
        if len(ways) != 1:
            raise ModelError(
                f"needs one of file, shape or branch; it has {', '.join(ways) or 'none of them'}"
            )
        arguments = [
            name
            for name in type(self).model_fields
            if name not in _SAID and getattr(self, name) is not None
        ]
        if self.shape is None:
            if arguments:
                raise ModelError(f"{arguments[0]} goes with a shape, not with {ways[0]}")
        else:
            self._check_arguments(self.shape, arguments)
        if self.file is not None and not _PLAIN.fullmatch(self.file):
            raise ModelError(
                f"file = {self.file!r} must be the plain name of an SWC file in the same folder, "
                "like 'cell1.swc' or 'cell1.swc.gz'"
            )
        return self

    def _check_arguments(self, shape: str, given: list[str]) -> None:
        if shape not in BUILDERS:
            raise ModelError(f"shape = {shape!r}; {suggest(shape, BUILDERS)}")
        known = inspect.signature(BUILDERS[shape]).parameters
        for name in given:
            if name not in known:
                raise ModelError(f"{shape} has no {name}; {suggest(name, known)}")
        for name, parameter in known.items():
            if parameter.default is parameter.empty and name not in given:
                raise ModelError(f"{shape} needs {name}")

    def morphology(self, folder: Path | Traversable | None) -> Morphology:
        """Return the morphology.

        Parameters
        ----------
        folder : path or None
            Where the SWC file is; ``None`` for text that is in no folder.
        """
        if self.file is not None:
            return _beside(self.file, folder)
        if self.shape is not None:
            return BUILDERS[self.shape](**self.written_arguments())
        return Morphology(tuple(table.branch() for table in self.branch), self.notes)

    def written_arguments(self) -> dict[str, Any]:
        """Return the arguments of the shape."""
        return {name: value for name, value in self.written().items() if name not in _SAID}

    @classmethod
    def of(cls, morphology: Morphology) -> Self:
        """Return what a file says of a morphology, in branches."""
        tables = tuple(BranchTable.of(branch) for branch in morphology.branches)
        return cls(branch=tables, notes=morphology.notes)


def _beside(name: str, folder: Path | Traversable | None) -> Morphology:
    if folder is None:
        raise ModelError(
            f"file = {name!r}: a text is in no folder; write it to a file beside {name} and use "
            "read_cell"
        )
    item = folder.joinpath(name)
    if not item.is_file():
        raise ModelError(f"file = {name!r}: there is no such file in the folder")
    if isinstance(folder, Path) and folder.joinpath(name).resolve().parent != folder.resolve():
        raise ModelError(f"file = {name!r} is a link out of the folder, which is not followed")
    with as_file(item) as path:
        return read_swc(path)


class PaintTable(Description):
    """Branches that are put into another region; of several conditions all must hold.

    Parameters
    ----------
    region : str
        The region they are in from then on.
    names : str or list of str
        Names of branches, or patterns such as ``"apical.*"``.
    beyond : str
        A branch: it and all that hang on it, directly or not.
    farther : quantity
        Branches that start at this path distance from the root or farther.
    """

    region: str
    names: str | tuple[str, ...] | None = None
    beyond: str | None = None
    farther: Annotated[float, In("length", least=0.0)] | None = None

    def on(self, morphology: Morphology) -> Morphology:
        """Return the morphology with these branches in this region."""
        farther = None if self.farther is None else f"{self.farther!r} um"
        return morphology.with_region(
            self.region, names=self.names, beyond=self.beyond, farther=farther
        )


def located(path: str, make: Callable[[], Any]) -> Any:
    """Return what is made; an error of ours then names the place in the file.

    Raises
    ------
    ModelError
    """
    try:
        return make()
    except LoligoError as error:
        problems = error.problems if isinstance(error, ModelError) else ()
        if problems:
            raise ModelError(
                "\n".join(f"{path}.{place}: {text}" for place, text in problems),
                [(f"{path}.{place}", text) for place, text in problems],
            ) from None
        raise ModelError(f"{path}: {error}", [(path, str(error))]) from None
