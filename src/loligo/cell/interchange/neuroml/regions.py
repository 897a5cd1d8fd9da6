"""Which biophysics each segment of a NeuroML cell has, and the regions that this makes.

A segment has whatever is said of any group that holds it. Segments of which the same is said are a
region, which is called by the group that describes it best.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from loligo.cell.interchange.neuroml.biophysics import Biophysics, Density, Local, Species
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.segments import Segments
from loligo.errors import suggest

Said = TypeVar("Said", Density, Local, Species)

EVERYWHERE = "all"
"""The group of all segments, which need not be written."""


@dataclass(frozen=True, slots=True)
class Region:
    """Segments of equal biophysics.

    Parameters
    ----------
    name : str
    segments : tuple of int
    densities : tuple of Density
    species : Species or None
    capacitance : float [uF/cm2]
    resistivity : float [ohm cm]
    """

    name: str
    segments: tuple[int, ...]
    densities: tuple[Density, ...]
    species: Species | None
    capacitance: float
    resistivity: float


def read_regions(segments: Segments, said: Biophysics, element: Element) -> tuple[Region, ...]:
    """Return the regions of a cell.

    Parameters
    ----------
    segments : Segments
    said : Biophysics
    element : Element
        The cell, for messages.

    Raises
    ------
    ModelError
        With the line: a group that is not there; a segment of which two capacitances, resistivities
        or species are said, or none.
    """
    groups = _Groups(segments, element)
    densities = groups.covering(said.densities)
    capacitances = groups.covering(said.capacitances)
    resistivities = groups.covering(said.resistivities)
    species = groups.covering(said.species)
    alike: dict[tuple[object, ...], list[int]] = {}
    for segment in segments.segments:
        key = segment.id
        told = (
            tuple(densities[key]),
            groups.only(key, capacitances[key], "specificCapacitance"),
            groups.only(key, resistivities[key], "resistivity"),
            groups.one_species(key, species[key]),
        )
        alike.setdefault(told, []).append(key)
    used = [item.group for item in said.densities]
    used += [item.group for item in (*said.capacitances, *said.resistivities)]
    names = _names(list(alike.values()), groups.members, used, segments.sections)
    return tuple(
        Region(name, tuple(keys), told[0], told[3], told[1], told[2])  # type: ignore[arg-type]
        for name, (told, keys) in zip(names, alike.items(), strict=True)
    )


class _Groups:
    """The segments of each group, asked for by those who say something of it."""

    def __init__(self, segments: Segments, element: Element) -> None:
        self.element = element
        self.lines = {segment.id: segment.line for segment in segments.segments}
        self.members: dict[str, tuple[int, ...]] = {EVERYWHERE: tuple(self.lines)}
        self.members |= segments.groups

    def of(self, item: Density | Local | Species) -> tuple[int, ...]:
        """Return the segments that something is said of."""
        if item.group in self.members:
            return self.members[item.group]
        if not (item.group.isdecimal() and int(item.group) in self.lines):
            known = suggest(item.group, self.members)
            self.element.refuse(f"line {item.line}: no segment group {item.group!r}; {known}")
        return (int(item.group),)

    def covering(self, items: Iterable[Said]) -> dict[int, list[Said]]:
        """Return what is said of each segment."""
        found: dict[int, list[Said]] = {key: [] for key in self.lines}
        for item in items:
            for key in self.of(item):
                found[key].append(item)
        return found

    def only(self, key: int, items: list[Local], what: str) -> float:
        """Return the one value that a segment has."""
        if not items:
            self.element.refuse(f"line {self.lines[key]}: no <{what}> is said of the segment {key}")
        if len({item.value for item in items}) > 1:
            one, other = items[0], next(x for x in items if x.value != items[0].value)
            self.element.refuse(
                f"line {other.line}: <{what}> for {other.group!r} contradicts that for "
                f"{one.group!r} (line {one.line}) in the segment {key}; a segment has one"
            )
        return items[0].value

    def one_species(self, key: int, items: list[Species]) -> Species | None:
        if len(items) > 1:
            self.element.refuse(
                f"line {items[1].line}: a second <species> in the segment {key} (the first: line "
                f"{items[0].line}); calcium alone is read"
            )
        return items[0] if items else None


def _names(
    regions: list[list[int]],
    groups: Mapping[str, tuple[int, ...]],
    used: list[str],
    sections: tuple[str, ...],
) -> list[str]:
    """Return the group that fits each region best: by segments shared, then by being used."""
    held = {name: frozenset(members) for name, members in groups.items()}
    counts: dict[int, list[str]] = {}
    for name, members in groups.items():
        for key in members:
            counts.setdefault(key, []).append(name)
    found: dict[str, None] = {}
    for keys in regions:
        shared: dict[str, int] = {}
        for key in keys:
            for name in counts[key]:
                shared[name] = shared.get(name, 0) + 1
        best = max(
            shared,
            key=lambda name: (
                shared[name] / (len(held[name]) + len(keys) - shared[name]),
                name in used,
                name not in sections,
            ),
        )
        name, count = best, 1
        while name in found:
            count += 1
            name = f"{best}_{count}"
        found[name] = None
    return list(found)
