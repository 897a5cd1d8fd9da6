"""Segments of NeuroML to the branches of a `Morphology`.

A branch is an unbranched chain of segments of one region and one section. A segment without a
``<proximal>`` begins where it hangs on its parent. One whose ends are the same point is a sphere by
NeuroML's convention; it becomes the cylinder that is as long as wide, which has its area, and what
hangs on it does so along that cylinder. Where a segment begins away from its parent, the gap is no
membrane, and no resistance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.segments import Point, Segment, Segments
from loligo.cell.interchange.neuroml.write_cell import identifier
from loligo.cell.morphology import Branch, Morphology


@dataclass(frozen=True, slots=True)
class _Piece:
    """A segment with both ends, its length [um] and where it hangs."""

    segment: Segment
    start: Point
    length: float
    sphere: bool
    parent: int | None
    fraction: float


@dataclass(slots=True)
class _Chain:
    """The segments of a branch in the making."""

    pieces: list[_Piece]
    parent: int | None = None
    at: float = 1.0
    starts: list[float] = field(default_factory=list)
    length: float = 0.0

    def add(self, piece: _Piece) -> None:
        self.starts.append(self.length)
        self.length += piece.length


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment is: on which branch, where along it, and how long [um]."""

    branch: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Tree:
    """A morphology, and the place of each segment on it by its id."""

    morphology: Morphology
    places: Mapping[int, Place]

    def site(self, segment: int, fraction: float) -> str:
        """Return the site at a fraction of a segment, as `loligo.cell.morphology.locate` reads."""
        place = self.places[segment]
        whole = self.morphology.branch(place.branch).length
        share = min((place.start + fraction * place.length) / whole, 1.0)
        return f"{place.branch}({share!r})"


def read_branches(segments: Segments, regions: Mapping[int, str], element: Element) -> Tree:
    """Return the morphology that segments make.

    Parameters
    ----------
    segments : Segments
    regions : mapping of int to str
        The region of each segment, by its id.
    element : Element
        The ``<morphology>``, for messages.

    Raises
    ------
    ModelError
        With the line: a second root, a diameter of 0, a segment in two sections, a segment of no
        length whose ends differ in diameter.
    """
    pieces = _pieces(segments, element)
    sections = _sections(segments, element)
    chains = _chains(pieces, {key: (regions[key], sections.get(key, "")) for key in pieces})
    names = _names(chains, sections)
    where = {
        piece.segment.id: (index, start)
        for index, chain in enumerate(chains)
        for piece, start in zip(chain.pieces, chain.starts, strict=True)
    }
    branches = []
    for name, chain in zip(names, chains, strict=True):
        parent, at = None, 1.0
        if chain.parent is not None:
            index, start = where[chain.parent]
            above, part = chains[index], pieces[chain.parent].length * chain.at
            parent = names[index]
            last = above.pieces[-1].segment.id == chain.parent and chain.at == 1.0
            at = 1.0 if last else min((start + part) / above.length, 1.0)
        region = regions[chain.pieces[0].segment.id]
        branches.append(_branch(name, region, chain, parent, at))
    notes = "a sphere is a cylinder of its diameter and length, which has its area"
    spheres = any(piece.sphere for piece in pieces.values())
    places = {
        key: Place(names[index], start, pieces[key].length) for key, (index, start) in where.items()
    }
    return Tree(Morphology(tuple(branches), notes if spheres else ""), places)


def segment_areas(segments: Segments, element: Element) -> dict[int, float]:
    """Return the membrane area of each segment without its ends [um2]; of a sphere, all of it."""
    found: dict[int, float] = {}
    for key, piece in _pieces(segments, element).items():
        first, last = piece.start.diameter, piece.segment.distal.diameter
        slant = math.hypot(piece.length, 0.5 * (last - first))
        found[key] = 0.5 * math.pi * (first + last) * slant
    return found


def _pieces(segments: Segments, element: Element) -> dict[int, _Piece]:
    """Return all segments with both ends, each after its parent, as written where that is so."""
    below: dict[int | None, list[Segment]] = {}
    for segment in segments.segments:
        below.setdefault(segment.parent, []).append(segment)
    if len(below[None]) > 1:
        other = below[None][1]
        element.refuse(
            f"line {other.line}: segment {other.id} has no parent and {below[None][0].id} has none "
            f"either; a cell is one tree"
        )
    found: dict[int, _Piece] = {}
    for segment in _ordered(segments.segments, below):
        found[segment.id] = _piece(segment, found, element)
    return found


def _ordered(
    segments: tuple[Segment, ...], below: Mapping[int | None, list[Segment]]
) -> Iterable[Segment]:
    """Return segments each after its parent: as they are written, or else along the tree."""
    seen: set[int | None] = {None}
    for segment in segments:
        if segment.parent not in seen:
            break
        seen.add(segment.id)
    else:
        return segments
    found: list[Segment] = []
    waiting = list(below[None])
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(below.get(found[-1].id, []))
    return found


def path_lengths(segments: Segments, element: Element) -> dict[int, tuple[float, float]]:
    """Return how far each segment begins and ends from the start of the root [um]."""
    pieces = _pieces(segments, element)
    found: dict[int, tuple[float, float]] = {}
    for key, piece in pieces.items():
        above = piece.parent
        start = 0.0
        if above is not None:
            start = found[above][0] + piece.fraction * pieces[above].length
        found[key] = start, start + piece.length
    return found


def _piece(segment: Segment, found: Mapping[int, _Piece], element: Element) -> _Piece:
    start, end = segment.proximal, segment.distal
    parent, fraction = segment.parent, segment.fraction_along
    if start is None:
        assert parent is not None
        start = _along(found[parent], fraction)
    while parent is not None and fraction == 0.0 and (above := found[parent]).parent is not None:
        parent, fraction = above.parent, above.fraction
    for point in (start, end):
        if point.diameter == 0.0:
            element.refuse(
                f"line {segment.line}: segment {segment.id} has the diameter 0 at an end; write "
                f"one above 0"
            )
    length = math.dist((start.x, start.y, start.z), (end.x, end.y, end.z))
    sphere = length == 0.0
    if sphere and start.diameter != end.diameter:
        element.refuse(
            f"line {segment.line}: segment {segment.id} has no length but the diameters "
            f"{start.diameter:g} and {end.diameter:g} um; a sphere has one"
        )
    if not math.isfinite(length) or not math.isfinite(start.diameter + end.diameter):
        element.refuse(f"line {segment.line}: segment {segment.id} is not finite")
    return _Piece(segment, start, end.diameter if sphere else length, sphere, parent, fraction)


def _along(piece: _Piece, fraction: float) -> Point:
    """Return the point at a fraction of a segment."""
    start, end = piece.start, piece.segment.distal
    if fraction == 1.0:
        return end
    return Point(
        *(
            getattr(start, name) + fraction * (getattr(end, name) - getattr(start, name))
            for name in ("x", "y", "z", "diameter")
        )
    )


def _sections(segments: Segments, element: Element) -> dict[int, str]:
    found: dict[int, str] = {}
    lines = {segment.id: segment.line for segment in segments.segments}
    for name in segments.sections:
        for member in segments.groups[name]:
            if member in found:
                element.refuse(
                    f"line {lines[member]}: segment {member} is in two unbranched sections, "
                    f"{found[member]!r} and {name!r}"
                )
            found[member] = name
    return found


def _chains(pieces: Mapping[int, _Piece], kinds: Mapping[int, tuple[str, str]]) -> list[_Chain]:
    """Return the branches, each after the one it hangs on."""
    ends: dict[int, list[int]] = {key: [] for key in pieces}
    for key, piece in pieces.items():
        if piece.parent is not None and piece.fraction == 1.0:
            ends[piece.parent].append(key)
    found: list[_Chain] = []
    mine: dict[int, _Chain] = {}
    for key, piece in pieces.items():
        above = piece.parent
        if (
            above is not None
            and ends[above] == [key]
            and piece.fraction == 1.0
            and kinds[above] == kinds[key]
            and not (piece.sphere or pieces[above].sphere)
        ):
            chain = mine[above]
            chain.pieces.append(piece)
        else:
            chain = _Chain([piece], above, piece.fraction)
            found.append(chain)
        chain.add(piece)
        mine[key] = chain
    return found


def _names(chains: list[_Chain], sections: Mapping[int, str]) -> list[str]:
    """Return a name for each branch: of its section, else of its first segment."""
    found: dict[str, None] = {}
    for chain in chains:
        first = chain.pieces[0].segment
        section = sections.get(first.id, "")
        plain = first.name.strip()
        wanted = plain or f"segment_{first.id}"
        short = section.removesuffix("_section")
        if section and not (plain and identifier(plain, "branch") in {section, short}):
            wanted = section
        if set("()") & set(wanted) or " at " in wanted:
            wanted = f"segment_{first.id}"
        name, count = wanted, 1
        while name in found:
            count += 1
            name = f"{wanted}.{count}"
        found[name] = None
    return list(found)


def _branch(name: str, region: str, chain: _Chain, parent: str | None, at: float) -> Branch:
    path: list[float] = []
    points: list[Point] = []
    here = 0.0
    for piece in chain.pieces:
        end = piece.segment.distal
        if not points or points[-1] != piece.start:
            path.append(here)
            points.append(piece.start)
        here += piece.length
        path.append(here)
        points.append(Point(end.x, end.y + (piece.length if piece.sphere else 0.0), end.z,
                            end.diameter))  # fmt: skip
    return Branch(
        name,
        region,
        tuple(path),
        tuple(point.diameter for point in points),
        parent,
        at,
        tuple((point.x, point.y, point.z) for point in points),
    )
