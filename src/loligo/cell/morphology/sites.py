"""`locate`: where on a shape a few words mean, the one way in which sites are read everywhere.

A site is a branch and a fraction of its length (``"dendrite.3(0.5)"``, or the branch alone for its
middle), a region at a path distance (``"apical at 500 um"``), the farthest end of a region
(``"tip of apical"``), or the name of an electrode. Words that fit several places are refused, and
the places listed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from loligo.cell.morphology.morphology import Morphology
from loligo.errors import ModelError, SelectionError, suggest
from loligo.units import quantity

_BRANCH = re.compile(r"(?P<branch>.+?)(?:\((?P<position>[^()]*)\))?")
_TIP = re.compile(r"tip\s+of\s+(?P<what>.+)")
_DISTANCE = re.compile(r"(?P<what>.+?)\s+at\s+(?P<distance>.+)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LISTED = 8
_LONGEST = 300


def locate(
    morphology: Morphology, site: str, electrodes: Mapping[str, str] | None = None
) -> tuple[str, float]:
    """Return the branch at a site, and where on it.

    Parameters
    ----------
    morphology : Morphology
    site : str
        ``"soma"``, ``"dendrite.3(0.5)"``, ``"apical at 500 um"`` (path distance from the root's
        start), ``"tip of apical"``, or an electrode.
    electrodes : mapping of str to str, optional
        The site of each.

    Returns
    -------
    branch : str
    position : float
        As a fraction of the branch.

    Raises
    ------
    SelectionError
        Nothing of that name, a fraction that is not from 0 to 1, a distance that no branch of the
        region passes, or several places that the words fit.

    Examples
    --------
    >>> from loligo.cell.morphology import ball_and_stick
    >>> locate(ball_and_stick("20 um", "500 um", "2 um"), "dendrite at 120 um")
    ('dendrite', 0.2)
    """
    text = site.strip()
    if len(text) > _LONGEST:
        raise SelectionError(f"the site {text[:40]!r}... has {len(text)} characters")
    if electrodes and text in electrodes:
        return locate(morphology, electrodes[text])
    match = _BRANCH.fullmatch(text)
    if match is not None and match["branch"].strip() in morphology.index:
        return match["branch"].strip(), _fraction(text, match["branch"], match["position"])
    if tip := _TIP.fullmatch(text):
        return _tip(morphology, text, tip["what"])
    if at := _DISTANCE.fullmatch(text):
        distance = quantity(at["distance"], "length", name=repr(text))
        return _at_distance(morphology, text, at["what"], distance)
    name = text if match is None else match["branch"].strip()
    if name in morphology.regions:
        raise SelectionError(
            f"no branch {name!r}, which is a region; write one of its branches, "
            f"'{name} at 100 um' or 'tip of {name}'"
        )
    known = [*morphology.index, *(electrodes or ())]
    raise SelectionError(f"no branch {name!r}; {suggest(name, known)}")


def _fraction(site: str, branch: str, given: str | None) -> float:
    try:
        position = 0.5 if given is None else float(given)
    except ValueError:
        position = -1.0
    if not 0.0 <= position <= 1.0:
        raise SelectionError(
            f"{site!r}: {given!r} is no fraction of a branch; write 0 (its start) to 1, "
            f"like '{branch}(0.5)'"
        )
    return position


def _those(morphology: Morphology, site: str, what: str) -> list[int]:
    """Return the branches that a region's or a branch's name means."""
    if what in morphology.regions:
        return [i for i, branch in enumerate(morphology.branches) if branch.region == what]
    if what in morphology.index:
        return [morphology.index[what]]
    known = {*morphology.regions, *morphology.index}
    raise SelectionError(f"{site!r}: no region or branch {what!r}; {suggest(what, known)}")


def _tip(morphology: Morphology, site: str, what: str) -> tuple[str, float]:
    mine = _those(morphology, site, what)
    ends = {i: morphology.starts[i] + morphology.branches[i].length for i in mine}
    farthest = max(ends.values())
    found = [i for i, end in ends.items() if math.isclose(end, farthest, rel_tol=1e-9)]
    return _only(site, [(morphology.branches[i].name, 1.0) for i in found])


def _at_distance(
    morphology: Morphology, site: str, what: str, distance: float
) -> tuple[str, float]:
    """Return the place of a region that is so far from the root's start.

    The end of a branch counts as its own, its start only where the region begins there.
    """
    mine = _those(morphology, site, what)
    names = {morphology.branches[i].name for i in mine}
    found = []
    for i in mine:
        branch, start = morphology.branches[i], float(morphology.starts[i])
        begins = branch.parent not in names and distance == start
        if begins or start < distance <= start + branch.length:
            found.append((branch.name, (distance - start) / branch.length))
    if not found:
        first = min(morphology.starts[i] for i in mine)
        last = max(morphology.starts[i] + morphology.branches[i].length for i in mine)
        raise SelectionError(
            f"{site!r}: nothing of {what!r} is {distance:g} um from the root's start; it goes "
            f"from {first:g} to {last:g} um"
        )
    return _only(site, found)


def _only(site: str, found: Sequence[tuple[str, float]]) -> tuple[str, float]:
    if len(found) > 1:
        told = ", ".join(f"{name}({position:.4g})" for name, position in found[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise SelectionError(
            f"{site!r} may be any of {len(found)} places; write one of them: {told}{more}"
        )
    return found[0]


def check_electrodes(morphology: Morphology, electrodes: Mapping[str, str]) -> None:
    """Refuse electrodes that are nowhere, or called like what is there already.

    Raises
    ------
    ModelError
    """
    for name, site in electrodes.items():
        if not _NAME.fullmatch(name):
            raise ModelError(f"electrode {name!r}: a name is a letter, then letters, digits and _")
        if name in morphology.index or name in morphology.regions:
            raise ModelError(f"electrode.{name}: there is a branch or region of that name")
        if not isinstance(site, str):
            raise ModelError(f"electrode.{name} = {site!r} must be a site such as 'soma(0.5)'")
        try:
            locate(morphology, site)
        except (SelectionError, ValueError) as error:
            raise ModelError(f"electrode.{name}: {error}") from None
