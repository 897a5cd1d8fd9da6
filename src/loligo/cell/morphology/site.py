"""What a site says: a branch and a fraction of its length, ``"apical.3(0.5)"``."""

from __future__ import annotations

import re

from loligo.cell.morphology.morphology import Morphology
from loligo.errors import SelectionError

_SITE = re.compile(r"(?P<branch>.+?)(?:\((?P<position>[^()]*)\))?")


def parse_site(morphology: Morphology, site: str) -> tuple[int, float]:
    """Return the index of the branch and the fraction of its length.

    Parameters
    ----------
    morphology : Morphology
    site : str
        A branch alone means its middle.

    Raises
    ------
    SelectionError
        No such branch, or a fraction that is not from 0 to 1.
    """
    match = _SITE.fullmatch(site.strip())
    given = "0.5" if match is None or match["position"] is None else match["position"]
    name = site if match is None else match["branch"]
    index = morphology.index[morphology.branch(name).name]
    try:
        position = float(given)
    except ValueError:
        position = -1.0
    if not 0.0 <= position <= 1.0:
        raise SelectionError(
            f"{site!r}: {given!r} is no fraction of a branch; write 0 (its start) to 1, "
            f"like '{name}(0.5)'"
        )
    return index, position
