"""Mobilities of ions in water relative to that of potassium, with valence and source."""

from __future__ import annotations

from dataclasses import dataclass

from loligo.errors import SelectionError, suggest

NG_BARRY = "Ng, Barry 1995 J Neurosci Methods 56:37, https://doi.org/10.1016/0165-0270(94)00087-W"


@dataclass(frozen=True, slots=True)
class Mobility:
    """An ion's mobility.

    Attributes
    ----------
    ion : str
        Symbol, or name of an organic ion.
    valence : int
    relative : float
        Electrical mobility per charge relative to that of potassium.
    source : str
    """

    ion: str
    valence: int
    relative: float
    source: str = NG_BARRY


_TABLE: tuple[tuple[str, int, float], ...] = (
    ("K", 1, 1.0),
    ("Na", 1, 0.682),
    ("Li", 1, 0.525),
    ("Rb", 1, 1.059),
    ("Cs", 1, 1.05),
    ("H", 1, 4.76),
    ("TEA", 1, 0.444),
    ("choline", 1, 0.51),
    ("NMDG", 1, 0.33),
    ("Tris", 1, 0.40),
    ("Mg", 2, 0.361),
    ("Ca", 2, 0.4048),
    ("Cl", -1, 1.0382),
    ("F", -1, 0.753),
    ("Br", -1, 1.063),
    ("HCO3", -1, 0.605),
    ("H2PO4", -1, 0.45),
    ("gluconate", -1, 0.33),
    ("aspartate", -1, 0.30),
    ("glutamate", -1, 0.26),
    ("HEPES", -1, 0.30),
    ("methanesulfonate", -1, 0.664),
    ("SO4", -2, 0.544),
    ("EGTA", -2, 0.24),
)

MOBILITIES: dict[str, Mobility] = {row[0]: Mobility(*row) for row in _TABLE}
"""By symbol or name. HEPES is its anion, EGTA its divalent anion."""

_ALIASES = {"methylsulfate": "methanesulfonate", "MeSO4": "methanesulfonate"}


def mobility(ion: str) -> Mobility:
    """Return an ion's mobility, by symbol or name; charges may be written (``"Na+"``, ``"Ca2+"``).

    Raises
    ------
    SelectionError
        There is none for it; the message says which are nearest.
    """
    plain = ion.strip()
    for entry in (plain, _without_charge(plain)):
        known = _ALIASES.get(entry, entry)
        for name, found in MOBILITIES.items():
            if known == name or (len(name) > 3 and known.lower() == name.lower()):
                return found
    raise SelectionError(
        f"no mobility of {ion!r} is known; {suggest(plain, MOBILITIES)}. Pass others as "
        "mobilities={'name': Mobility('name', valence, relative)}"
    )


def _without_charge(text: str) -> str:
    """Return ``"Ca"`` for ``"Ca2+"`` and ``"SO4"`` for ``"SO4 2-"``."""
    if not text.endswith(("+", "-")):
        return text
    body = text[:-1]
    if body and body[-1].isdigit() and body.rstrip("0123456789") + body[-1] not in MOBILITIES:
        body = body[:-1]
    return body.strip()
