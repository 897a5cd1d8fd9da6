"""The lines of an SWC file as points that hang on one another; what is malformed, by its line.

Two kinds of comments are read besides, those that `write_swc` writes: the name of a region that
has no type of its own, and the name of the branch that ends at a point.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from loligo.errors import ModelError

REGIONS = {1: "soma", 2: "axon", 3: "dendrite", 4: "apical"}
"""What types 1 to 4 are."""
REGION_MARK = "# loligo: type {} is {}"
BRANCH_MARK = "# loligo: at point {} ends {}"
_REGION = re.compile(r"# loligo: type (\d{1,9}) is (\S.*)")
_BRANCH = re.compile(r"# loligo: at point (\d{1,12}) ends (\S.*)")
_FIELDS = "number, type, x, y, z, radius, parent"


@dataclass(slots=True)
class Point:
    """A line of the file, and the numbers of the points that hang on it."""

    line: int
    number: int
    kind: int
    place: tuple[float, float, float]
    radius: float
    parent: int
    children: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """What the lines say.

    Attributes
    ----------
    points : dict of int to Point
        By number, in the order of the file.
    root : Point
    regions : dict of int to str
        Names of types that the file gives.
    ends : dict of int to str
        Names of branches by the point that they end at.
    """

    points: dict[int, Point]
    root: Point
    regions: dict[int, str]
    ends: dict[int, str]

    def region(self, kind: int) -> str:
        """Return the region of a type."""
        return self.regions.get(kind) or REGIONS.get(kind, f"custom_{kind}")


def parse(text: str) -> File:
    """Return what the lines of an SWC file say.

    Raises
    ------
    ModelError
        A line is malformed, or the points are no tree; the message names the line.
    """
    points: dict[int, Point] = {}
    regions: dict[int, str] = {}
    ends: dict[int, str] = {}
    for line, row in enumerate(text.splitlines(), start=1):
        if found := _REGION.fullmatch(row.strip()):
            regions[int(found[1])] = found[2]
        elif found := _BRANCH.fullmatch(row.strip()):
            ends[int(found[1])] = found[2]
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
    root = _tree(points)
    return File(points, root, regions, ends)


def _tree(points: dict[int, Point]) -> Point:
    """Tell each point its children, and return the root."""
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
    return roots[0]


def _point(line: int, said: list[str], row: str) -> Point:
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
    if radius < 0.0 or (radius == 0.0 and kind != 1):
        raise _no_radius(line, number, radius)
    if max(map(abs, (x, y, z, radius))) > 1e9:
        raise ModelError(f"line {line}: {row.strip()[:80]!r} lies beyond a kilometre")
    return Point(line, number, kind, (x, y, z), radius, parent)


def _no_radius(line: int, number: int, radius: float) -> ModelError:
    return ModelError(
        f"line {line}: point {number} has the radius {radius:g} um; it must be above 0"
    )


def check_radii(points: list[Point]) -> None:
    """Refuse points without a radius; only those of a contour may have none.

    Raises
    ------
    ModelError
        With the line.
    """
    for point in points:
        if point.radius <= 0.0:
            raise _no_radius(point.line, point.number, point.radius)
