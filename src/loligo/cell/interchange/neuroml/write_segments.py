"""The branches of a `Morphology` as NeuroML's segments and groups.

A cone is a segment. A branch is a group that is called a section, a region is a group of these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from loligo.cell.interchange.neuroml.lems_text import numeral
from loligo.cell.interchange.neuroml.write_cell import identifier
from loligo.cell.morphology import Branch, Morphology

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SECTION = "sao864921383"
"""What NeuroML calls an unbranched run of segments."""

Place = tuple[float, float, float]


def group_names(morphology: Morphology) -> tuple[dict[str, str], dict[str, str]]:
    """Return the ids of the groups of branches, and of those of regions, by their names.

    They differ also where a region has one branch, which NeuroML's simulators need.
    """
    taken: set[str] = {"all"}
    regions = {region: _free(identifier(region, "region"), taken) for region in morphology.regions}
    branches = {
        branch.name: _free(identifier(branch.name, "branch"), taken, "_section")
        for branch in morphology.branches
    }
    return branches, regions


def _free(wanted: str, taken: set[str], more: str = "_region") -> str:
    name, count = wanted, 1
    while name in taken:
        name, count = f"{wanted}{more}{'' if count == 1 else f'_{count}'}", count + 1
    taken.add(name)
    return name


def segments_of(
    morphology: Morphology,
    counts: Mapping[str, int],
    names: tuple[Mapping[str, str], Mapping[str, str]],
) -> list[Element]:
    """Return all segments, then all groups.

    Parameters
    ----------
    morphology : Morphology
    counts : mapping of str to int
        How many compartments each branch has, for the simulators that take it.
    names : tuple of mapping of str to str
        From `group_names`.
    """
    from xml.etree.ElementTree import Element, SubElement

    branches, regions = names
    where = _places(morphology)
    written: list[Element] = []
    groups: list[Element] = []
    first: dict[str, int] = {}
    for branch in morphology.branches:
        above = None if branch.parent is None else morphology.branch(branch.parent)
        group = Element("segmentGroup", id=branches[branch.name], neuroLexId=SECTION)
        finely = {"tag": "numberInternalDivisions", "value": str(counts[branch.name])}
        SubElement(group, "property", finely)
        groups.append(group)
        first[branch.name] = len(written)
        cones = _cones(branch)
        for number, cone in enumerate(cones):
            key = len(written)
            label = branch.name if number == 0 else f"{branch.name}.{number}"
            segment = Element("segment", id=str(key), name=label)
            SubElement(group, "member", segment=str(key))
            if number:
                SubElement(segment, "parent", segment=str(key - 1))
            elif above is not None:
                on, fraction = _hangs_on(above, branch.at)
                parent = {"segment": str(first[above.name] + on)}
                share = {} if fraction == 1.0 else {"fractionAlong": numeral(fraction)}
                SubElement(segment, "parent", {**parent, **share})
            ends = [_point(where[branch.name][i], branch.diameters[i]) for i in (cone, cone + 1)]
            if number == 0 or cones[number - 1] + 1 != cone:
                SubElement(segment, "proximal", ends[0])
            SubElement(segment, "distal", ends[1])
            written.append(segment)
    for region, name in regions.items():
        inside = [branches[b.name] for b in morphology.branches if b.region == region]
        group = Element("segmentGroup", id=name)
        for member in inside:
            SubElement(group, "include", segmentGroup=member)
        groups.append(group)
    return [*written, *groups]


def _cones(branch: Branch) -> list[int]:
    """Return the points at which cones begin that have a length."""
    path = branch.path
    return [i for i in range(len(path) - 1) if path[i + 1] > path[i]]


def _hangs_on(above: Branch, at: float) -> tuple[int, float]:
    """Return the cone of a branch that holds a place, and the fraction along it."""
    cones = _cones(above)
    if at == 1.0:
        return len(cones) - 1, 1.0
    place = at * above.length
    number = max((n for n, i in enumerate(cones) if above.path[i] <= place), default=0)
    begin, end = above.path[cones[number]], above.path[cones[number] + 1]
    return number, min((place - begin) / (end - begin), 1.0)


def _point(place: Place, diameter: float) -> dict[str, str]:
    values = {"x": place[0], "y": place[1], "z": place[2], "diameter": diameter}
    return {name: numeral(value) for name, value in values.items()}


def _places(morphology: Morphology) -> dict[str, tuple[Place, ...]]:
    """Return where the points of each branch lie; fanned out where that is not known."""
    found: dict[str, tuple[Place, ...]] = {}
    angles: dict[str, float] = {}
    for branch in morphology.branches:
        siblings = [b.name for b in morphology.branches if b.parent == branch.parent]
        spread = 0.6 * (siblings.index(branch.name) - 0.5 * (len(siblings) - 1))
        angle = angles[branch.name] = angles.get(branch.parent or "", 0.0) + spread
        if branch.points and _as_long(branch):
            found[branch.name] = branch.points
            continue
        x, y, z = 0.0, 0.0, 0.0
        if branch.parent is not None:
            above = morphology.branch(branch.parent)
            cone, fraction = _hangs_on(above, branch.at)
            ends = found[branch.parent]
            begin = ends[_cones(above)[cone]]
            end = ends[_cones(above)[cone] + 1]
            x, y, z = (a + fraction * (b - a) for a, b in zip(begin, end, strict=True))
        across, along = math.sin(angle), math.cos(angle)
        found[branch.name] = tuple((x + p * along, y + p * across, z) for p in branch.path)
    return found


def _as_long(branch: Branch) -> bool:
    """Tell whether the points of a branch are as far apart as its path says."""
    return all(
        math.isclose(
            math.dist(branch.points[i], branch.points[i + 1]),
            branch.path[i + 1] - branch.path[i],
            rel_tol=1e-9,
            abs_tol=1e-9,
        )
        for i in range(len(branch.path) - 1)
    )
