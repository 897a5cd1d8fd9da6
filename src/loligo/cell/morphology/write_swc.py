"""`write_swc`: a morphology as an SWC file that `read_swc` reads back as the same one.

Types hold regions, points hold places and diameters. What the format has no place for, the names
of branches and of other regions, stands in comments that `read_swc` knows and others pass over.
Before anything is written the text is read back and compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from loligo.cell.morphology.layout import place_at, with_points
from loligo.cell.morphology.morphology import Branch, Morphology
from loligo.cell.morphology.swc import morphology_of
from loligo.cell.morphology.swc_points import BRANCH_MARK, REGION_MARK, REGIONS
from loligo.errors import LoligoError, ModelError

_CLOSE = 1e-9


def write_swc(morphology: Morphology, path: str | Path) -> None:
    """Write a morphology as an SWC file.

    Parameters
    ----------
    morphology : Morphology
    path : path-like
        Written anew if it exists.

    Raises
    ------
    ModelError
        The morphology has something that an SWC file cannot hold, or the file cannot be written.

    Notes
    -----
    Branches without points are laid straight into a plane, in a fan (`layout`). A branch that
    hangs on the start of another hangs, in the file, on what that one hangs on: the same place. A
    soma gets a point where a branch hangs between two. `notes` become comments.
    """
    prepared = _prepared(morphology)
    text = _Writer(prepared).text()
    try:
        back = morphology_of(text)
    except LoligoError as error:
        raise ModelError(f"an SWC file cannot hold this morphology: {error}") from None
    _compare(prepared, back)
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{Path(path).name}: cannot be written: {error.strerror}") from None


def _prepared(morphology: Morphology) -> Morphology:
    """Return the same shape as a file has it: with places, and nothing on the start of a branch.

    Raises
    ------
    ModelError
        Something that the format has no place for.
    """
    somata = [branch.name for branch in morphology.branches if branch.region == "soma"]
    first = morphology.branches[0]
    if len(somata) > 1 or (somata and first.name != somata[0]):
        raise ModelError(
            f"the soma is {', '.join(somata[:3])}; in an SWC file it is one branch, the root"
        )
    made: dict[str, Branch] = {}
    for branch in with_points(morphology).branches:
        parent, at = branch.parent, branch.at
        while parent is not None and at == 0.0:
            up = made[parent]
            if up.parent is None:
                break
            parent, at = up.parent, up.at
        if 0.0 < at < 1.0 and parent not in somata:
            raise ModelError(
                f"branch {branch.name!r} hangs at {at:g} of {parent!r}; in an SWC file branches "
                "hang on ends (or anywhere on a soma): cut the parent in two there"
            )
        made[branch.name] = replace(branch, parent=parent, at=at)
    if somata and not _is_ball(first, hanging := _hanging(made, first.name)):
        made[first.name] = _with_cuts(made[first.name], hanging)
    return Morphology(tuple(made.values()), morphology.notes)


def _hanging(made: dict[str, Branch], name: str) -> list[Branch]:
    return [branch for branch in made.values() if branch.parent == name]


def _is_ball(soma: Branch, hanging: Sequence[Branch]) -> bool:
    """Tell whether a soma is a sphere's cylinder with all on its middle: one point in a file."""
    size = soma.length
    alike = soma.path == (0.0, size) and set(soma.diameters) == {size}
    return soma.region == "soma" and alike and all(child.at == 0.5 for child in hanging)


def _with_cuts(soma: Branch, hanging: list[Branch]) -> Branch:
    """Return a soma with a point wherever a branch hangs."""
    for child in hanging:
        at = child.at * soma.length
        if min(abs(at - np.array(soma.path))) <= _CLOSE * soma.length:
            continue
        place = int(np.searchsorted(soma.path, at))
        diameter = float(np.interp(at, soma.path, soma.diameters))
        soma = replace(
            soma,
            path=(*soma.path[:place], at, *soma.path[place:]),
            diameters=(*soma.diameters[:place], diameter, *soma.diameters[place:]),
            points=(*soma.points[:place], place_at(soma, child.at), *soma.points[place:]),
        )
    return soma


class _Writer:
    """The lines written so far, and the numbers of the points at branches' ends."""

    def __init__(self, morphology: Morphology) -> None:
        self.morphology = morphology
        self.kinds = _kinds(morphology)
        self.rows: list[str] = []
        self.marks: list[str] = []
        self.numbers: dict[str, list[int]] = {}

    def text(self) -> str:
        for branch in self.morphology.branches:
            self._branch(branch)
        regions = [
            REGION_MARK.format(kind, region)
            for region, kind in self.kinds.items()
            if REGIONS.get(kind, f"custom_{kind}") != region
        ]
        notes = [f"# {line}" for line in self.morphology.notes.splitlines()]
        head = [*notes, "# number type x y z radius parent, in um", *regions, *self.marks]
        return "\n".join([*head, *self.rows]) + "\n"

    def _branch(self, branch: Branch) -> None:
        kind = self.kinds[branch.region]
        if _is_ball(branch, self.morphology.children[branch.name]):
            last = self._point(kind, place_at(branch, 0.5), 0.5 * branch.length, -1)
            self.numbers[branch.name] = [last]
            self.marks.append(BRANCH_MARK.format(last, branch.name))
            return
        hangs, shared = self._hangs_on(branch)
        mine = [hangs] if shared else []
        last = hangs
        for place, diameter in list(zip(branch.points, branch.diameters, strict=True))[shared:]:
            last = self._point(kind, place, 0.5 * diameter, last)
            mine.append(last)
        self.numbers[branch.name] = mine
        self.marks.append(BRANCH_MARK.format(last, branch.name))

    def _point(self, kind: int, place: tuple[float, float, float], radius: float, up: int) -> int:
        number = len(self.rows) + 1
        x, y, z = (float(value) for value in place)
        self.rows.append(f"{number} {kind} {x!r} {y!r} {z!r} {float(radius)!r} {up}")
        return number

    def _hangs_on(self, branch: Branch) -> tuple[int, bool]:
        """Return the point that a branch hangs on, and whether that is its own first point.

        Raises
        ------
        ModelError
            There is a gap.
        """
        if branch.parent is None:
            return -1, False
        up = self.morphology.branch(branch.parent)
        numbers = self.numbers[up.name]
        if up.region == "soma":  # a neurite on it has its own first point, which may lie apart
            share = np.array(up.path) / up.length
            nearest = int(np.abs(share - branch.at).argmin()) if len(numbers) > 1 else 0
            return numbers[nearest], False
        end = -1 if branch.at == 1.0 else 0
        gap = math.dist(up.points[end], branch.points[0])
        if gap > _CLOSE * (1.0 + up.length + branch.length):
            raise ModelError(
                f"branch {branch.name!r} starts {gap:.6g} um from where it hangs on {up.name!r}; "
                "an SWC file would put a cone between: move its first point there"
            )
        same = up.points[end] == branch.points[0] and up.diameters[end] == branch.diameters[0]
        return numbers[end], same and branch.path[1] > 0.0


def _kinds(morphology: Morphology) -> dict[str, int]:
    """Return the type of each region: its own, else the first free one from 5 on."""
    known = {name: kind for kind, name in REGIONS.items()}
    found: dict[str, int] = {}
    for region in morphology.regions:
        number = region.removeprefix("custom_")
        if region in known:
            found[region] = known[region]
        elif number != region and number.isascii() and number.isdigit() and len(number) < 10:
            found[region] = int(number)
    free = 5
    for region in morphology.regions:
        if region not in found:
            while free in found.values():
                free += 1
            found[region] = free
    return {region: found[region] for region in morphology.regions}


def _compare(wanted: Morphology, found: Morphology) -> None:
    """Refuse a morphology that would not come back.

    Raises
    ------
    ModelError
        With what would differ.
    """
    for branch in wanted.branches:
        back = found.branches[found.index[branch.name]] if branch.name in found.index else None
        differs = None if back is not None else "would not come back under its name"
        if back is not None:
            differs = _difference(branch, back)
        if differs:
            raise ModelError(
                f"an SWC file cannot hold this morphology: branch {branch.name!r} {differs}"
            )
    if len(found.branches) != len(wanted.branches):
        raise ModelError("an SWC file cannot hold this morphology: it would have other branches")


def _difference(branch: Branch, back: Branch) -> str | None:
    if (branch.region, branch.parent) != (back.region, back.parent):
        return f"would be in {back.region!r} on {back.parent!r}"
    if branch.parent is not None and not math.isclose(branch.at, back.at, abs_tol=1e-9):
        return f"would hang at {back.at:g} instead of {branch.at:g}"
    if len(branch.path) != len(back.path):
        return f"would have {len(back.path)} points instead of {len(branch.path)}"
    scale = 1.0 + float(np.abs(np.array(branch.points)).max())
    if not np.allclose(branch.path, back.path, rtol=_CLOSE, atol=_CLOSE * scale):
        return "has other lengths along it than its points have between them"
    if branch.diameters != back.diameters:
        return "would have other diameters"
    return None
