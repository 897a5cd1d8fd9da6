"""The glossary: one truth for every name loligo uses, with symbol, unit and meaning.

Result tables, JSON output, NWB columns and documentation take names and units from here. A name
that is not here is not used in a result.
"""

from __future__ import annotations

from loligo.errors import SelectionError, suggest
from loligo.terms import (
    currents,
    impedance,
    membrane,
    passive,
    quality,
    recording,
    rig,
    rig_effects,
    spikes,
)
from loligo.terms.entry import Term

__all__ = ["TERMS", "Term", "term"]

_TOPICS = (membrane, passive, currents, impedance, rig, rig_effects, recording, quality, spikes)

TERMS: dict[str, Term] = {entry.name: entry for topic in _TOPICS for entry in topic.TERMS}
"""The glossary by name."""


def term(name: str) -> Term:
    """Look a term up by its name or one of its aliases.

    Raises
    ------
    SelectionError
        The name is not in the glossary.
    """
    if name in TERMS:
        return TERMS[name]
    for entry in TERMS.values():
        if name in entry.aliases:
            return entry
    raise SelectionError(f"{name!r} is not in the glossary; {suggest(name, TERMS)}")
