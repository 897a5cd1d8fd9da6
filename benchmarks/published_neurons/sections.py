"""From NEURON's sections to the branches of an SWC file.

Sections are visited from the soma outwards; a run of sections of one kind without side branches is
one branch. Branches are called by kind and number, as `loligo.cell.morphology.read_swc` calls
them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Place = tuple[float, float, float]
NAMES = {1: "soma", 2: "axon", 3: "dendrite", 4: "apical"}


@dataclass
class Shape:
    """What an SWC file says, and which sections its branches are.

    Attributes
    ----------
    lines : list of tuple
        Number, type, place, radius [um] and parent of each point.
    branches : dict of str to list of section
        From the soma outwards.
    owner : object, optional
        What keeps the sections in being.
    """

    lines: list[tuple[int, int, Place, float, int]] = field(default_factory=list)
    branches: dict[str, list[Any]] = field(default_factory=dict)
    owner: Any = None

    def add(self, kind: int, place: Place, diameter: float, parent: int) -> int:
        """Add a point; return its number."""
        self.lines.append((len(self.lines) + 1, kind, place, 0.5 * diameter, parent))
        return len(self.lines)

    def text(self, header: str) -> str:
        """Return the file, with a header of comments."""
        comments = [f"# {line}".rstrip() for line in header.strip().splitlines()]
        points = [
            f"{number} {kind} {' '.join(map(_number, place))} {radius:.7g} {parent}"
            for number, kind, place, radius, parent in self.lines
        ]
        return "\n".join([*comments, *points, ""])

    def counts(self) -> dict[str, int]:
        """Return how many compartments each branch has."""
        return {name: sum(s.nseg for s in run) for name, run in self.branches.items()}

    def segment(self, site: str) -> Any:
        """Return the segment at a site, ``"apical.3(0.5)"``, of a branch that is one section."""
        name, _, position = site.rstrip(")").partition("(")
        (section,) = self.branches[name]
        return section(float(position or 0.5))


def _number(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".") if abs(value) > 5e-6 else "0"


def shape_of(soma: Any, kind_of: Callable[[str], int]) -> Shape:
    """Return the shape of a cell whose soma is a cylinder along x with neurites on its middle.

    Parameters
    ----------
    soma : section
        With one segment; what hangs on its end stays there.
    kind_of : callable
        SWC type of a section by its name.
    """
    shape = Shape()
    shape.branches["soma"] = [soma]
    points = _points(soma)
    start = points[0][0] if soma.n3d() else (0.0, 0.0, 0.0)
    here, places = -1, {}
    for share in (0.0, 0.5, 1.0):
        places[share] = (start[0] + share * soma.L, start[1], start[2])
        here = shape.add(1, places[share], soma.diam, here)
    children = sorted(soma.children(), key=lambda s: (s.parentseg().x, *_order(s, kind_of)))
    for child in children:
        share = child.parentseg().x
        place = None if child.n3d() else places[share]
        _visit(shape, child, 2 if share == 0.5 else 3, place, kind_of, [])
    return shape


def _order(section: Any, kind_of: Callable[[str], int]) -> tuple[int, str, int]:
    kind = kind_of(_name(section))
    name, _, number = _name(section).rstrip("]").partition("[")
    family, digits = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
    return ((kind - 5) % 8, f"{family}{int(digits or 0):04d}", int(number or 0))


def _name(section: Any) -> str:
    return section.name().rpartition(".")[2]


def _visit(
    shape: Shape,
    section: Any,
    parent: int,
    place: Place | None,
    kind_of: Callable[[str], int],
    run: list[Any],
) -> None:
    """Add a section and all that hang on its end; `run` is what it goes on from."""
    kind = kind_of(_name(section))
    if not run:
        region = NAMES.get(kind, f"custom_{kind}")
        count = sum(name.startswith(f"{region}.") for name in shape.branches)
        run = shape.branches[f"{region}.{count}"] = []
    run.append(section)
    points = _points(section)
    origin = points[0][0]
    shift = tuple(a - b for a, b in zip(place or origin, origin, strict=True))
    here = parent
    for index, ((x, y, z), diameter) in enumerate(points):
        begins = index == 0 and shape.lines[parent - 1][1] != 1
        if begins and math.isclose(2.0 * shape.lines[parent - 1][3], diameter, rel_tol=1e-7):
            continue
        end = (x + shift[0], y + shift[1], z + shift[2])
        here = shape.add(kind, end, diameter, here)
    children = sorted(section.children(), key=lambda s: _order(s, kind_of))
    alone = len(children) == 1 and kind_of(_name(children[0])) == kind
    for child in children:
        _visit(shape, child, here, end, kind_of, run if alone else [])


def _points(section: Any) -> list[tuple[Place, float]]:
    """Return places and diameters: the section's own, else steps of cylinders along x."""
    n = section.n3d()
    if n:
        at = [(section.x3d(i), section.y3d(i), section.z3d(i)) for i in range(n)]
        arc = [section.arc3d(i) for i in range(n)]
        places = [at[0]]
        for (a, b), (s, t) in zip(pairwise(at), pairwise(arc), strict=True):
            run = math.dist(a, b)
            share = (t - s) / run if run else 0.0  # places are in single precision
            before = places[-1]
            places.append(tuple(p + share * (q - o) for p, q, o in zip(before, b, a, strict=True)))
        return [(place, section.diam3d(i)) for i, place in enumerate(places)]
    found: list[tuple[Place, float]] = []
    for index, segment in enumerate(section):
        for end in (index, index + 1):
            point = ((end * section.L / section.nseg, 0.0, 0.0), segment.diam)
            if not found or found[-1] != point:
                found.append(point)
    return found
