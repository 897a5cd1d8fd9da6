"""`Segments`: the morphology of a NeuroML cell as it is written, frozen; also its area.

A segment is a frustum between two points, hung on a place along its parent. Groups are resolved to
the segments they hold. One segment, a sphere or a cylinder, is the membrane of an isopotential
cell; what many become is in `branches`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loligo.cell.description import FrozenMapping
from loligo.cell.interchange.neuroml.dimensions import number
from loligo.cell.interchange.neuroml.markup import Element

_PARTS = ("member", "include", "path", "subTree")
_VARIABLE = "inhomogeneousParameter"
DIVISIONS = "numberInternalDivisions"
"""The tag of the property that tells how many compartments a section is cut into."""

MOST_DIVISIONS = 100_000
"""A section of more compartments is refused."""

_SECTION = "sao864921383"
"""The term of NeuroLex for groups that are one unbranched cable each."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a morphology and the diameter there [um]."""

    x: float
    y: float
    z: float
    diameter: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of membrane between two points.

    Parameters
    ----------
    id : int
    name : str
    parent : int or None
        The segment it hangs on, ``None`` for the root.
    fraction_along : float
        Where on the parent, 0 to 1.
    proximal : Point or None
        Where it begins; ``None``: at its place on the parent.
    distal : Point
        Where it ends.
    groups : tuple of str
        The groups that hold it.
    line : int
        Where it is written.
    """

    id: int
    name: str
    parent: int | None
    fraction_along: float
    proximal: Point | None
    distal: Point
    groups: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Segments:
    """A morphology: its segments, the ids of those in each group, and which groups are sections.

    A section is a group that its ``neuroLexId`` calls one unbranched cable. `divisions` is how many
    compartments the document cuts a group into, by its property ``numberInternalDivisions``.
    """

    name: str
    segments: tuple[Segment, ...]
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=FrozenMapping)
    sections: tuple[str, ...] = ()
    divisions: Mapping[str, int] = field(default_factory=FrozenMapping)


def read_segments(element: Element) -> Segments:
    """Return the morphology that an element describes.

    Raises
    ------
    ModelError
        With the line: a parent or group that is not there, segments or groups in a circle, ids
        that are no whole number or not unique, diameters that are negative.
    """
    element.expect((), ("id",), ("segment", "segmentGroup"))
    segments: dict[int, Segment] = {}
    places: dict[int, Element] = {}
    for item in element.every("segment"):
        segment = _segment(item)
        if segment.id in segments:
            item.refuse(f"the id {segment.id} is taken")
        segments[segment.id], places[segment.id] = segment, item
    if not segments:
        element.refuse("needs a <segment>")
    _check_tree(segments, places)
    groups = _Groups(segments, {item.get("id"): item for item in element.every("segmentGroup")})
    resolved = {name: tuple(sorted(groups.members(name))) for name in groups.elements}
    named: dict[int, list[str]] = {key: [] for key in segments}
    for name, members in resolved.items():
        for member in members:
            named[member].append(name)
    return Segments(
        element.attributes.get("id", ""),
        tuple(replace(x, groups=tuple(named[x.id])) for x in segments.values()),
        FrozenMapping(resolved),
        tuple(
            name
            for name, item in groups.elements.items()
            if item.attributes.get("neuroLexId") == _SECTION
        ),
        FrozenMapping(
            {name: _divisions(x) for name, item in groups.elements.items() for x in _cut(item)}
        ),
    )


def _cut(group: Element) -> tuple[Element, ...]:
    """Return the property of a group that tells how finely it is cut, if it has one."""
    found = tuple(x for x in group.properties if x.attributes.get("tag") == DIVISIONS)
    if len(found) > 1:
        found[1].refuse(f"a second {DIVISIONS} of the group; one is allowed")
    return found


def _divisions(element: Element) -> int:
    count = _whole(element, "value")
    if not 1 <= count <= MOST_DIVISIONS:
        element.refuse(f"{DIVISIONS} = {count:g}; a section has 1 to {MOST_DIVISIONS} compartments")
    return count


def area(segments: Segments, element: Element) -> float:
    """Return the membrane area [um2] of the one segment, a sphere or a cylinder.

    Raises
    ------
    ModelError
        More than one segment, no proximal point, two diameters, no area.
    """
    (segment,) = segments.segments
    start, end = segment.proximal, segment.distal
    if start is None:
        element.refuse("the only segment needs a <proximal> point")
    if start.diameter != end.diameter:
        element.refuse("one segment with two diameters is neither a sphere nor a cylinder")
    length = math.dist((start.x, start.y, start.z), (end.x, end.y, end.z))
    found = math.pi * end.diameter * (length if length > 0 else end.diameter)
    if not 0 < found < math.inf:
        element.refuse(f"the area of its membrane is {found:g} um2; it must be above 0")
    return found


def _segment(element: Element) -> Segment:
    element.expect(("id",), ("name",), ("parent", "proximal", "distal"))
    parent, fraction = None, 1.0
    if (above := element.maybe("parent")) is not None:
        above.expect(("segment",), ("fractionAlong",))
        parent = _whole(above, "segment")
        if "fractionAlong" in above.attributes:
            fraction = number(above, "fractionAlong")
        if not 0 <= fraction <= 1:
            above.refuse(f"fractionAlong = {fraction:g}; allowed: 0 to 1")
    start = element.maybe("proximal")
    if start is None and parent is None:
        element.refuse("a segment without a parent needs a <proximal> point")
    return Segment(
        _whole(element, "id"),
        element.attributes.get("name", ""),
        parent,
        fraction,
        None if start is None else _point(start),
        _point(element.only("distal")),
        line=element.line,
    )


def _point(element: Element) -> Point:
    element.expect(("x", "y", "z", "diameter"))
    x, y, z, diameter = (number(element, name) for name in ("x", "y", "z", "diameter"))
    if diameter < 0:
        element.refuse(f"diameter = {diameter:g} um; it cannot be negative")
    return Point(x, y, z, diameter)


def _whole(element: Element, attribute: str) -> int:
    value = number(element, attribute)
    if value != int(value) or value < 0:
        element.refuse(f"{attribute} = {value:g}; a whole number is needed")
    return int(value)


def _check_tree(segments: Mapping[int, Segment], places: Mapping[int, Element]) -> None:
    rooted: set[int] = set()
    for key in segments:
        way: list[int] = []
        seen: set[int] = set()
        here: int | None = key
        while here is not None and here not in rooted:
            if here in seen:
                places[key].refuse("its parents go in a circle")
            way.append(here)
            seen.add(here)
            parent = segments[here].parent
            if parent is not None and parent not in segments:
                places[here].refuse(f"no segment {parent} to be its parent")
            here = parent
        rooted.update(way)


@dataclass(slots=True)
class _Groups:
    """Groups of segments, resolved from members, other groups, paths and subtrees."""

    segments: Mapping[int, Segment]
    elements: Mapping[str, Element]
    known: dict[str, frozenset[int]] = field(default_factory=dict)

    def members(self, name: str, way: tuple[str, ...] = ()) -> frozenset[int]:
        if name in self.known:
            return self.known[name]
        element = self.elements[name]
        if name in way or len(way) > 100:
            element.refuse("groups include each other in a circle")
        element.expect(("id",), (), (*_PARTS, _VARIABLE))
        found: set[int] = set()
        for item in element.every(*_PARTS):
            if item.name == "include":
                item.expect(("segmentGroup",))
                other = item.get("segmentGroup")
                if other not in self.elements:
                    item.refuse(f"no group {other!r}")
                found |= self.members(other, (*way, name))
            elif item.name == "member":
                item.expect(("segment",))
                found.add(self._known(item))
            else:
                found |= self._branch(item)
        self.known[name] = frozenset(found)
        return self.known[name]

    def _known(self, item: Element) -> int:
        key = _whole(item, "segment")
        if key not in self.segments:
            item.refuse(f"no segment {key}")
        return key

    def _branch(self, item: Element) -> set[int]:
        """Return a path between two segments, or a segment with all that hang on it."""
        item.expect((), (), ("from", "to") if item.name == "path" else ("from",))
        start = self._known(item.only("from"))
        if item.name == "subTree":
            below = {start}
            children: dict[int | None, list[int]] = {}
            for segment in self.segments.values():
                children.setdefault(segment.parent, []).append(segment.id)
            waiting = [start]
            while waiting:
                found = children.get(waiting.pop(), [])
                below.update(found)
                waiting += found
            return below
        path, here = set(), self._known(item.only("to"))
        while here != start:
            path.add(here)
            parent = self.segments[here].parent
            if parent is None:
                item.refuse("its ends are not on one branch")
            here = parent
        return path | {start}
