"""`read_swc`: shapes from SWC files, with every rule of how a soma is read written down.

A file has a line for each point: number, type, x, y, z [um], radius [um], number of the point it
hangs on (-1 for the root). Types 1 to 4 are soma, axon, dendrite and apical dendrite; others are
regions ``custom_5`` and so on.

The soma is one branch, whatever points it is drawn with:

- one point: a cylinder whose length and diameter are that of the sphere, which has its area;
- three points, two of them on the first, a radius away on either side: the same cylinder (the
  convention of NeuroMorpho.Org);
- a chain of points that goes round, a contour: cones along its longest axis (`contour`);
- any other chain of points: the truncated cones between them;
- points that branch, or a ring that may be either of the last two: refused.

What hangs on a soma of one or three points or on a contour hangs on its middle, else on the soma's
point. The first cone of a neurite on a soma begins at the neurite's own first point, not at the
soma's centre. Elsewhere the cone from the branch point to a branch's first point belongs to the
branch, unless that point lies in the same place: then the diameter makes a step there.
"""

from __future__ import annotations

import gzip
import math
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np

from loligo.cell.morphology import contour
from loligo.cell.morphology.morphology import Branch, Morphology
from loligo.cell.morphology.swc_points import File, Point, check_radii, parse
from loligo.errors import LoligoError, ModelError

_LARGEST = 200_000_000


def read_swc(path: str | Path) -> Morphology:
    """Return the morphology in an SWC file.

    Parameters
    ----------
    path : path-like
        Compressed where its name ends in ``.gz``.

    Returns
    -------
    Morphology
        Branches are called by their region and number, ``"apical.3"``, or as `write_swc` noted in
        the file; `notes` say how the soma was read.

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
        return morphology_of(text)
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


def morphology_of(text: str) -> Morphology:
    """Return the morphology that the lines of an SWC file say; see `read_swc`."""
    file = parse(text)
    root = file.root
    soma = next((p for p in file.points.values() if p.kind == 1), None)
    if soma is not None and root.kind != 1:
        raise ModelError(
            f"line {root.line}: the root is of type {root.kind}, but there is a soma (line "
            f"{soma.line}); let the soma be the root"
        )
    builder = _Builder(file)
    if root.kind == 1:
        notes = builder.soma(root)
    else:
        notes = "no soma in the file"
        if len(file.points) == 1:
            raise ModelError(f"line {root.line}: one point of a neurite has no length")
        builder.neurites(root, None)
    return Morphology(builder.ordered(), notes)


class _Builder:
    """Branches found so far."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.points = file.points
        self.branches: list[Branch] = []
        self.counts: dict[str, int] = {}

    def ordered(self) -> tuple[Branch, ...]:
        """Return the branches in the order in which the file names them, if it names all."""
        order = {name: place for place, name in enumerate(self.file.ends.values())}
        if any(branch.name not in order for branch in self.branches):
            return tuple(self.branches)
        return tuple(sorted(self.branches, key=lambda branch: order[branch.name]))

    def soma(self, root: Point) -> str:
        """Add the soma and all that hangs on it; return how the soma was read."""
        soma = self._soma_points(root)
        name = self.file.ends.get(soma[-1].number, "soma")
        region = self.file.region(1)
        sides = [p for p in soma[1:] if p.parent == root.number]
        if len(soma) == 1 or (len(soma) == 3 and len(sides) == 2):
            check_radii(soma)
            size = 2.0 * root.radius
            self.branches.append(_ball(name, region, root))
            for point in soma:
                self._hang(point, name, 0.5)
            told = "one point" if len(soma) == 1 else "three points"
            return f"soma of {told}: a cylinder of {size:.6g} um in length and diameter"
        for point in soma:
            inner = [p for p in point.children if self.points[p].kind == 1]
            if len(inner) > 1:
                raise ModelError(
                    f"line {point.line}: the soma branches at point {point.number}; a soma is one "
                    "point, three points (NeuroMorpho), a chain of points, or a contour"
                )
        drawn = _contour(soma, name, region)
        if drawn is not None:
            self.branches.append(drawn)
            for point in soma:
                self._hang(point, name, 0.5)
            return (
                f"soma of a contour of {len(soma)} points: {contour.SLICES} cones along its "
                f"longest axis, {drawn.length:.6g} um long, {drawn.area:.6g} um2"
            )
        check_radii(soma)
        self.branches.append(_branch(name, region, soma, None, 1.0))
        at = np.array(self.branches[0].path) / self.branches[0].length
        for point, share in zip(soma, at, strict=True):
            self._hang(point, name, float(share))
        return f"soma of {len(soma)} points: the cones between them"

    def _soma_points(self, root: Point) -> list[Point]:
        found, waiting = [], [root.number]
        while waiting:
            point = self.points[waiting.pop(0)]
            found.append(point)
            waiting += [n for n in point.children if self.points[n].kind == 1]
        return found

    def _hang(self, point: Point, parent: str, at: float) -> None:
        """Add what hangs on a point of the soma."""
        for number in point.children:
            first = self.points[number]
            if first.kind != 1:
                if not first.children:
                    raise ModelError(
                        f"line {first.line}: a neurite of one point on the soma has no length"
                    )
                self.neurites(first, (parent, at))

    def neurites(self, first: Point, parent: tuple[str, float] | None) -> None:
        """Add the branch that begins at a point, and all beyond it."""
        waiting: list[tuple[list[Point], tuple[str, float] | None]] = [([first], parent)]
        while waiting:
            run, hangs = waiting.pop()
            while len(run[-1].children) == 1 and self._goes_on(run):
                run.append(self.points[run[-1].children[0]])
            end = run[-1]
            if len(run) == 1:  # the first point of a neurite is a branch point itself
                waiting += [([end, self.points[n]], hangs) for n in reversed(end.children)]
                continue
            region = self.file.region(end.kind)
            count = self.counts.get(region, 0)
            self.counts[region] = count + 1
            name = self.file.ends.get(end.number, f"{region}.{count}")
            if hangs is None and self.branches:
                hangs = (self.branches[0].name, 0.0)
            if len(run) > 2 and run[0].place == run[1].place:
                run = run[1:]
            self.branches.append(
                _branch(name, region, run, hangs and hangs[0], 1.0 if hangs is None else hangs[1])
            )
            for n in reversed(end.children):
                child = self.points[n]
                waiting.append(([end, child], (name, 1.0)))

    def _goes_on(self, run: list[Point]) -> bool:
        """Tell whether the next point is of the same branch: of its region, and no end before."""
        if len(run) == 1:
            return True
        following = self.points[run[-1].children[0]]
        return following.kind == run[-1].kind and run[-1].number not in self.file.ends


def _ball(name: str, region: str, center: Point) -> Branch:
    """Return the cylinder of a sphere, along y as NeuroMorpho.Org lays it."""
    (x, y, z), r = center.place, center.radius
    return Branch(name, region, (0.0, 2 * r), (2 * r, 2 * r), points=((x, y - r, z), (x, y + r, z)))


def _contour(soma: list[Point], name: str, region: str) -> Branch | None:
    """Return the soma that a chain of points draws as a contour, or None if it is none.

    Raises
    ------
    ModelError
        The points go round, but whether they are an outline or cones cannot be told.
    """
    found = contour.ring(np.array([point.place for point in soma]))
    if found is None:
        return None
    ring, closed = found
    told = f"line {soma[0].line}: the soma is a ring of {len(soma)} points, "
    advice = "; replace it by one point with the radius of a sphere of the soma's area"
    if contour.roundness(ring) < contour.LEAST_ROUND:
        if not closed:
            return None
        raise ModelError(f"{told}too flat for the contour of a body{advice}")
    places, diameters = contour.cones(ring)
    widest = 2.0 * max(point.radius for point in soma)
    if widest > 0.5 * diameters.max():
        raise ModelError(
            f"{told}with diameters up to {widest:.6g} um, while the ring itself is "
            f"{diameters.max():.6g} um wide: whether it is an outline or a row of cones cannot be "
            f"told{advice}"
        )
    points = tuple((float(x), float(y), float(z)) for x, y, z in places)
    return Branch(name, region, _path(points), tuple(diameters.tolist()), points=points)


def _branch(name: str, region: str, points: list[Point], parent: str | None, at: float) -> Branch:
    places = tuple(point.place for point in points)
    path = _path(places)
    if path[-1] <= 0.0:
        raise ModelError(
            f"line {points[0].line}: the points from {points[0].number} to {points[-1].number} lie "
            "in one place, so that their branch has no length"
        )
    diameters = tuple(2.0 * point.radius for point in points)
    return Branch(name, region, path, diameters, parent, at, places)


def _path(places: tuple[tuple[float, float, float], ...]) -> tuple[float, ...]:
    """Return the distance of each place along the row of them [um]."""
    steps = [math.dist(a, b) for a, b in pairwise(places)]
    return (0.0, *np.cumsum(steps).tolist())
