"""Places in space for branches that have none, by one rule.

A branch without points is laid straight into the plane z = 0 of where it hangs. The root goes up;
what hangs on an end shares the angle of its parent's fan, each by the number of tips beyond it,
and what hangs between the ends leaves at right angles, to either side in turn. Branches that have
points keep them.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from loligo.cell.morphology.morphology import Branch, Morphology

FAN = 0.9 * math.pi
"""Angle that the whole tree shares."""

Place = tuple[float, float, float]


def with_points(morphology: Morphology) -> Morphology:
    """Return the morphology with a place for every point.

    Notes
    -----
    Lengths and diameters stay as they are. Branches may cross where a tree is large.
    """
    if all(branch.points for branch in morphology.branches):
        return morphology
    tips = _tips(morphology)
    fans: dict[str, tuple[float, float]] = {}
    made: dict[str, Branch] = {}
    for branch in morphology.branches:
        if branch.parent is None:
            fans[branch.name] = (0.5 * (math.pi - FAN), 0.5 * (math.pi + FAN))
        low, high = fans[branch.name]
        angle = 0.5 * (low + high)
        start = _start(branch, made)
        made[branch.name] = branch if branch.points else _straight(branch, start, angle)
        _share(morphology, branch.name, (low, high), tips, fans)
    return replace(morphology, branches=tuple(made.values()))


def _tips(morphology: Morphology) -> dict[str, int]:
    """Return how many tips there are beyond each branch."""
    tips = dict.fromkeys(morphology.index, 0)
    for branch in reversed(morphology.branches):
        tips[branch.name] = max(1, tips[branch.name])
        if branch.parent is not None:
            tips[branch.parent] += tips[branch.name]
    return tips


def _share(
    morphology: Morphology,
    name: str,
    fan: tuple[float, float],
    tips: dict[str, int],
    fans: dict[str, tuple[float, float]],
) -> None:
    """Give each branch that hangs on another its part of the fan."""
    children = morphology.children[name]
    ahead = [child for child in children if child.at == 1.0]
    low, high = fan
    total = sum(tips[child.name] for child in ahead)
    for child in ahead:
        part = (high - low) * tips[child.name] / total
        fans[child.name] = (low, low + part)
        low += part
    middle, half = 0.5 * (fan[0] + fan[1]), 0.15 * math.pi
    for number, child in enumerate(child for child in children if child.at < 1.0):
        turn = math.pi if child.at == 0.0 else 0.5 * math.pi * (1 if number % 2 else -1)
        lean = 0.5 * (number // 2) if child.at == 0.0 else 0.0
        fans[child.name] = (middle + turn + lean - half, middle + turn + lean + half)


def _start(branch: Branch, made: dict[str, Branch]) -> Place:
    if branch.parent is None:
        return (0.0, 0.0, 0.0)
    return place_at(made[branch.parent], branch.at)


def place_at(branch: Branch, at: float) -> Place:
    """Return the place at a fraction of a branch that has points."""
    if at in {0.0, 1.0}:
        return branch.points[-1 if at else 0]
    places = np.array(branch.points)
    x, y, z = (float(np.interp(at * branch.length, branch.path, column)) for column in places.T)
    return (x, y, z)


def _straight(branch: Branch, start: Place, angle: float) -> Branch:
    x, y = math.cos(angle), math.sin(angle)
    points = tuple((start[0] + s * x, start[1] + s * y, start[2]) for s in branch.path)
    return replace(branch, points=points)
