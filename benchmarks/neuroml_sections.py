"""Sections on which others hang, written as sections that end there: the same cell, in more pieces.

NEURON joins what hangs inside a section to the middle of a compartment, loligo to where it hangs.
Where a document is written with sections that end at such places, both do the same, and what is
left of a difference is not that of two ways to cut a cell.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Tree

_SPACE = "http://www.neuroml.org/schema/neuroml2"
_SECTION = "sao864921383"


def _named(name: str) -> str:
    return f"{{{_SPACE}}}{name}"


def split_sections(path: Path) -> int:
    """Rewrite a document so that nothing hangs inside a section; return how many were split.

    Parameters
    ----------
    path : Path
        The document, whose segments hang on the ends of others.
    """
    Tree.register_namespace("", _SPACE)
    document = Tree.parse(path)
    count = 0
    for shape in document.iter(_named("morphology")):
        above = {
            segment.get("id", ""): parent.get("segment", "")
            for segment in shape.findall(_named("segment"))
            if (parent := segment.find(_named("parent"))) is not None
        }
        groups = shape.findall(_named("segmentGroup"))
        for group in groups:
            if group.get("neuroLexId") == _SECTION:
                parts = _parts(group, above)
                count += len(parts) > 1
                _write(shape, group, parts, groups)
    if count:
        document.write(path, encoding="utf-8")
    return count


def _parts(group: Tree.Element, above: dict[str, str]) -> list[list[str]]:
    """Return the segments of a section, in pieces that end where another section hangs."""
    members = [item.get("segment", "") for item in group.findall(_named("member"))]
    inside = set(members)
    ends = {parent for child, parent in above.items() if child not in inside}
    parts: list[list[str]] = [[]]
    for member in members:
        parts[-1].append(member)
        if member in ends and member != members[-1]:
            parts.append([])
    return parts


def _write(
    shape: Tree.Element, group: Tree.Element, parts: list[list[str]], groups: list[Tree.Element]
) -> None:
    """Keep the first piece in the group, and add one for each other, wherever it is included."""
    for number, part in enumerate(parts[1:], 1):
        name = f"{group.get('id')}_part{number}"
        for item in group.findall(_named("member")):
            if item.get("segment") in part:
                group.remove(item)
        piece = Tree.Element(_named("segmentGroup"), {"id": name, "neuroLexId": _SECTION})
        for member in part:
            Tree.SubElement(piece, _named("member"), segment=member)
        shape.insert(list(shape).index(group) + number, piece)
        for other in groups:
            for item in other.findall(_named("include")):
                if item.get("segmentGroup") == group.get("id"):
                    added = Tree.Element(_named("include"), segmentGroup=name)
                    other.insert(list(other).index(item) + 1, added)
