"""`read_swc`: shapes from SWC files, with every rule of how a soma is read written down.

A file has a line for each point: number, type, x, y, z [um], radius [um], number of the point it
hangs on (-1 for the root). Types 1 to 4 are soma, axon, dendrite and apical dendrite; others are
regions ``custom_5`` and so on.

The soma is one branch, whatever points it is drawn with:

- one point: a cylinder whose length and diameter are that of the sphere, which has its area;
- three points, two of them on the first, a radius away on either side: the same cylinder (the
  convention of NeuroMorpho.Org);
- any other chain of points: the truncated cones between them;
- points that branch or close a ring, a contour: refused, since its area is not in the file.

What hangs on a soma of one or three points hangs on its middle, else on the soma's nearest point.
The first cone of a neurite on a soma begins at the neurite's own first point, not at the soma's
centre. Elsewhere the cone from the branch point to a branch's first point belongs to the branch.
"""

from __future__ import annotations

import gzip
import math
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from loligo.cell.morphology.morphology import Branch, Morphology
from loligo.errors import LoligoError, ModelError

_REGIONS = {1: "soma", 2: "axon", 3: "dendrite", 4: "apical"}
_LARGEST = 200_000_000
_FIELDS = "number, type, x, y, z, radius, parent"


@dataclass(slots=True)
class _Point:
    line: int
    number: int
    kind: int
    place: tuple[float, float, float]
    radius: float
    parent: int
    children: list[int] = field(default_factory=list)


def read_swc(path: str | Path) -> Morphology:
    """Return the morphology in an SWC file.

    Parameters
    ----------
    path : path-like
        Compressed where its name ends in ``.gz``.

    Returns
    -------
    Morphology
        Branches are called by their region and number, ``"apical.3"``; `notes` say how the soma
        was read.

    Raises
    ------
    ModelError
        The file cannot be read, or is malformed; the message names the line.

    References
    ----------
    Cannon et al. 1998 J Neurosci Methods 84:49, https://doi.org/10.1016/S0165-0270(98)00091-0
    """
    path = Path(path)
    try:
        text = _contents(path)
    except OSError as error:
        raise ModelError(f"{path.name}: cannot be read: {error.strerror or error}") from None
    try:
        return _morphology(_points(text))
    except LoligoError as error:
        raise ModelError(f"{path.name}: {error}") from None


def _contents(path: Path) -> str:
    """Return the text of a file, or of what a compressed file holds."""
    if path.suffix.lower() == ".gz":
        try:
            with gzip.open(path) as stream:
                found = stream.read(_LARGEST + 1)
        except (EOFError, zlib.error) as error:
            raise ModelError(f"{path.name}: cannot be decompressed: {error}") from None
    else:
        with path.open("rb") as stream:
            found = stream.read(_LARGEST + 1)
    if len(found) > _LARGEST:
        raise ModelError(f"{path.name} is larger than {_LARGEST // 1_000_000} MB")
    return found.decode("utf-8", errors="replace")


def _points(text: str) -> dict[int, _Point]:
    """Return the points by number, in order, each with its children."""
    points: dict[int, _Point] = {}
    for line, row in enumerate(text.splitlines(), start=1):
        said = row.partition("#")[0].split()
        if not said:
            continue
        point = _point(line, said, row)
        if point.number in points:
            raise ModelError(
                f"line {line}: point {point.number} is there already, in line "
                f"{points[point.number].line}"
            )
        points[point.number] = point
    if not points:
        raise ModelError("it holds no points")
    roots = [point for point in points.values() if point.parent == -1]
    for point in points.values():
        if point.parent == -1:
            continue
        if point.parent not in points:
            raise ModelError(
                f"line {point.line}: point {point.number} hangs on {point.parent}, not a point"
            )
        points[point.parent].children.append(point.number)
    if not roots:
        raise ModelError("no point is the root (parent -1): the points go round in a circle")
    if len(roots) > 1:
        told = ", ".join(f"{p.number} (line {p.line})" for p in roots[:5])
        raise ModelError(f"it holds {len(roots)} trees, with the roots {told}; give one a file")
    reached, waiting = 0, [roots[0].number]
    while waiting:
        reached += 1
        waiting += points[waiting.pop()].children
    if reached < len(points):
        raise ModelError(
            f"{len(points) - reached} points do not hang on the root; they go round in a circle"
        )
    return points


def _point(line: int, said: list[str], row: str) -> _Point:
    if len(said) < 7:
        raise ModelError(
            f"line {line}: {row.strip()[:80]!r} has {len(said)} of 7 fields ({_FIELDS})"
        )
    try:
        number, kind, parent = (int(float(said[i])) for i in (0, 1, 6))
        x, y, z, radius = (float(text) for text in said[2:6])
    except (ValueError, OverflowError):
        raise ModelError(
            f"line {line}: {row.strip()[:80]!r} must be seven numbers ({_FIELDS})"
        ) from None
    if not all(map(math.isfinite, (x, y, z, radius))):
        raise ModelError(f"line {line}: {row.strip()[:80]!r} holds a number that is not finite")
    if radius <= 0.0:
        raise ModelError(
            f"line {line}: point {number} has the radius {radius:g} um; it must be above 0"
        )
    if max(map(abs, (x, y, z, radius))) > 1e9:
        raise ModelError(f"line {line}: {row.strip()[:80]!r} lies beyond a kilometre")
    return _Point(line, number, kind, (x, y, z), radius, parent)


def _morphology(points: dict[int, _Point]) -> Morphology:
    root = next(point for point in points.values() if point.parent == -1)
    if any(p.kind == 1 for p in points.values()) and root.kind != 1:
        soma = next(p for p in points.values() if p.kind == 1)
        raise ModelError(
            f"line {root.line}: the root is of type {root.kind}, but there is a soma (line "
            f"{soma.line}); let the soma be the root"
        )
    builder = _Builder(points)
    if root.kind == 1:
        notes = builder.soma(root)
    else:
        notes = "no soma in the file"
        if len(points) == 1:
            raise ModelError(f"line {root.line}: one point of a neurite has no length")
        builder.neurites(root, None)
    return Morphology(tuple(builder.branches), notes)


class _Builder:
    """Branches found so far."""

    def __init__(self, points: dict[int, _Point]) -> None:
        self.points = points
        self.branches: list[Branch] = []
        self.counts: dict[str, int] = {}

    def soma(self, root: _Point) -> str:
        """Add the soma and all that hangs on it; return how the soma was read."""
        soma = self._soma_points(root)
        sides = [p for p in soma[1:] if p.parent == root.number]
        if len(soma) == 1 or (len(soma) == 3 and len(sides) == 2):
            size = 2.0 * root.radius
            self.branches.append(Branch("soma", "soma", (0.0, size), (size, size)))
            for point in soma:
                self._hang(point, "soma", 0.5)
            told = "one point" if len(soma) == 1 else "three points"
            return f"soma of {told}: a cylinder of {size:.6g} um in length and diameter"
        for point in soma:
            inner = [p for p in point.children if self.points[p].kind == 1]
            if len(inner) > 1:
                raise ModelError(
                    f"line {point.line}: the soma branches at point {point.number}; a soma is one "
                    "point, three points (NeuroMorpho), or a chain of points"
                )
        if math.dist(soma[0].place, soma[-1].place) < 1e-3 * _length(soma):
            raise ModelError(
                f"line {soma[0].line}: the soma is a closed contour, whose area is not in the file"
                "; replace it by one point with the radius of a sphere of the soma's area"
            )
        self.branches.append(_branch("soma", "soma", soma, None, 1.0))
        at = np.array(self.branches[0].path) / self.branches[0].length
        for point, share in zip(soma, at, strict=True):
            self._hang(point, "soma", float(share))
        return f"soma of {len(soma)} points: the cones between them"

    def _soma_points(self, root: _Point) -> list[_Point]:
        found, waiting = [], [root.number]
        while waiting:
            point = self.points[waiting.pop(0)]
            found.append(point)
            waiting += [n for n in point.children if self.points[n].kind == 1]
        return found

    def _hang(self, point: _Point, parent: str, at: float) -> None:
        """Add what hangs on a point of the soma."""
        for number in point.children:
            first = self.points[number]
            if first.kind != 1:
                if not first.children:
                    raise ModelError(
                        f"line {first.line}: a neurite of one point on the soma has no length"
                    )
                self.neurites(first, (parent, at))

    def neurites(self, first: _Point, parent: tuple[str, float] | None) -> None:
        """Add the branch that begins at a point, and all beyond it."""
        waiting: list[tuple[list[_Point], tuple[str, float] | None]] = [([first], parent)]
        while waiting:
            run, hangs = waiting.pop()
            while len(run[-1].children) == 1 and self._alike(run):
                run.append(self.points[run[-1].children[0]])
            end = run[-1]
            if len(run) == 1:  # the first point of a neurite is a branch point itself
                waiting += [([end, self.points[n]], hangs) for n in reversed(end.children)]
                continue
            region = _REGIONS.get(run[-1].kind, f"custom_{run[-1].kind}")
            count = self.counts.get(region, 0)
            self.counts[region] = count + 1
            name = f"{region}.{count}"
            if hangs is None and self.branches:
                hangs = (self.branches[0].name, 0.0)
            self.branches.append(
                _branch(name, region, run, hangs and hangs[0], 1.0 if hangs is None else hangs[1])
            )
            for n in reversed(end.children):
                child = self.points[n]
                waiting.append(([end, child], (name, 1.0)))

    def _alike(self, run: list[_Point]) -> bool:
        """Tell whether the next point is of the region of the run so far."""
        following = self.points[run[-1].children[0]]
        return len(run) == 1 or following.kind == run[-1].kind


def _length(points: list[_Point]) -> float:
    return sum(math.dist(a.place, b.place) for a, b in pairwise(points))


def _branch(name: str, region: str, points: list[_Point], parent: str | None, at: float) -> Branch:
    steps = [math.dist(a.place, b.place) for a, b in pairwise(points)]
    if sum(steps) <= 0.0:
        raise ModelError(
            f"line {points[0].line}: the points from {points[0].number} to {points[-1].number} lie "
            "in one place, so that their branch has no length"
        )
    path = np.concatenate([[0.0], np.cumsum(steps)])
    return Branch(
        name=name,
        region=region,
        path=tuple(path.tolist()),
        diameters=tuple(2.0 * point.radius for point in points),
        parent=parent,
        at=at,
        points=tuple(point.place for point in points),
    )
