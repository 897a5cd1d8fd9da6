"""`Morphology`: a tree of unbranched branches, each a row of truncated cones in one region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError, SelectionError, suggest
from loligo.units import quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Branch:
    """An unbranched run of membrane.

    Attributes
    ----------
    name : str
    region : str
        What it belongs to, such as ``"soma"``, ``"axon"``, ``"dendrite"``, ``"apical"``.
    path : tuple of float [um]
        Distance of each point along the branch, from 0 on.
    diameters : tuple of float [um]
        At each point, straight between them.
    parent : str or None
        The branch it hangs on; ``None`` for the root.
    at : float
        Where on the parent, as a fraction of its length.
    points : tuple of (float, float, float) [um]
        Where the points lie, if that is known.
    """

    name: str
    region: str
    path: tuple[float, ...]
    diameters: tuple[float, ...]
    parent: str | None = None
    at: float = 1.0
    points: tuple[tuple[float, float, float], ...] = ()

    def __post_init__(self) -> None:
        told = f"branch {self.name!r}"
        if len(self.path) < 2 or len(self.path) != len(self.diameters):
            raise ModelError(
                f"{told} has {len(self.path)} points and {len(self.diameters)} diameters; it "
                "needs two points at least, and a diameter at each"
            )
        path, diameters = np.array(self.path), np.array(self.diameters)
        if not (np.isfinite(path).all() and path[0] == 0.0 and (np.diff(path) >= 0.0).all()):
            raise ModelError(f"{told}: its points must lie one after another, from 0 um on")
        if path[-1] <= 0.0:
            raise ModelError(f"{told} has no length")
        if not (np.isfinite(diameters).all() and (diameters > 0.0).all()):
            raise ModelError(f"{told} has the diameter {diameters.min():g} um; all must be above 0")
        if not 0.0 <= self.at <= 1.0:
            raise ModelError(f"{told} hangs at {self.at:g} of its parent; allowed is 0 to 1")
        if self.points and len(self.points) != len(self.path):
            raise ModelError(f"{told} has {len(self.points)} places for {len(self.path)} points")

    @property
    def length(self) -> float:
        """Length [um]."""
        return self.path[-1]

    @property
    def area(self) -> float:
        """Membrane area without the ends [um2]."""
        path, d = np.array(self.path), np.array(self.diameters)
        slant = np.hypot(np.diff(path), np.diff(d) / 2.0)
        return float((np.pi * (d[1:] + d[:-1]) / 2.0 * slant).sum())


@dataclass(frozen=True)
class Morphology:
    """The shape of a cell.

    Attributes
    ----------
    branches : tuple of Branch
        Each after its parent; the first is the root, and the only one without a parent.
    notes : str
        What to know about it, such as how its soma was read.
    """

    branches: tuple[Branch, ...]
    notes: str = ""

    def __post_init__(self) -> None:
        if not self.branches:
            raise ModelError("a morphology needs one branch at least")
        seen: set[str] = set()
        for index, branch in enumerate(self.branches):
            if branch.name in seen:
                raise ModelError(f"two branches are called {branch.name!r}")
            if (branch.parent is None) != (index == 0):
                raise ModelError(
                    f"branch {branch.name!r} "
                    + (
                        "is a second root"
                        if branch.parent is None
                        else "comes first but has a parent"
                    )
                    + "; the first branch is the root, and the only one without a parent"
                )
            if branch.parent is not None and branch.parent not in seen:
                raise ModelError(
                    f"branch {branch.name!r} hangs on {branch.parent!r}, which is none of those "
                    f"before it; {suggest(branch.parent, seen)}"
                )
            seen.add(branch.name)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The number of each branch by its name."""
        return {branch.name: index for index, branch in enumerate(self.branches)}

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions, in the order in which they first occur."""
        return tuple(dict.fromkeys(branch.region for branch in self.branches))

    @property
    def length(self) -> float:
        """Length of all branches [um]."""
        return sum(branch.length for branch in self.branches)

    @property
    def area(self) -> float:
        """Membrane area of all branches [um2]."""
        return sum(branch.area for branch in self.branches)

    def branch(self, name: str) -> Branch:
        """Return a branch by its name.

        Raises
        ------
        SelectionError
            There is none of that name.
        """
        if name not in self.index:
            raise SelectionError(f"no branch {name!r}; {suggest(name, self.index)}")
        return self.branches[self.index[name]]

    @cached_property
    def children(self) -> Mapping[str, tuple[Branch, ...]]:
        """The branches that hang on each branch, by its name."""
        found: dict[str, list[Branch]] = {branch.name: [] for branch in self.branches}
        for branch in self.branches:
            if branch.parent is not None:
                found[branch.parent].append(branch)
        return {name: tuple(branches) for name, branches in found.items()}

    @cached_property
    def starts(self) -> Array:
        """Path distance of each branch's start from the root's start [um], shape (branch,)."""
        found = np.zeros(len(self.branches))
        for index, branch in enumerate(self.branches):
            if branch.parent is not None:
                parent = self.index[branch.parent]
                found[index] = found[parent] + branch.at * self.branches[parent].length
        return found

    def with_region(
        self,
        region: str,
        *,
        names: str | Iterable[str] | None = None,
        beyond: str | None = None,
        farther: str | None = None,
    ) -> Morphology:
        """Return the morphology with some branches in another region.

        Parameters
        ----------
        region : str
        names : str or sequence of str, optional
            Names of branches, or patterns such as ``"apical.*"``.
        beyond : str, optional
            A branch: it and all that hang on it, directly or not.
        farther : quantity, optional
            Branches that start at this path distance from the root or farther, ``"100 um"``.

        Raises
        ------
        SelectionError
            Nothing is chosen, or a name fits no branch.
        """
        chosen = np.ones(len(self.branches), dtype=bool)
        if names is not None:
            patterns = [names] if isinstance(names, str) else list(names)
            for pattern in patterns:
                if not any(fnmatchcase(branch.name, pattern) for branch in self.branches):
                    raise SelectionError(f"no branch {pattern!r}; {suggest(pattern, self.index)}")
            chosen &= [any(fnmatchcase(b.name, p) for p in patterns) for b in self.branches]
        if beyond is not None:
            inside = {self.branch(beyond).name}
            for branch in self.branches:
                if branch.parent in inside:
                    inside.add(branch.name)
            chosen &= [branch.name in inside for branch in self.branches]
        if farther is not None:
            chosen &= self.starts >= quantity(farther, "length", name="farther")
        if not chosen.any() or (names is None and beyond is None and farther is None):
            raise SelectionError(f"no branch is chosen for the region {region!r}")
        return replace(
            self,
            branches=tuple(
                replace(branch, region=region) if yes else branch
                for branch, yes in zip(self.branches, chosen, strict=True)
            ),
        )

    def __repr__(self) -> str:
        lines = [
            f"Morphology: {len(self.branches)} branches, {self.length:.6g} um, {self.area:.6g} um2"
        ]
        width = max(len(region) for region in self.regions)
        for region in self.regions:
            mine = [branch for branch in self.branches if branch.region == region]
            thin = min(min(branch.diameters) for branch in mine)
            thick = max(max(branch.diameters) for branch in mine)
            length, area = sum(b.length for b in mine), sum(b.area for b in mine)
            lines.append(
                f"  {region:<{width}}  {len(mine):>5} branches  {length:>9.6g} um  {area:>9.6g} um2"
                f"  diameter {thin:.3g} to {thick:.3g} um"
            )
        return "\n".join([*lines, *([self.notes] if self.notes else [])])
