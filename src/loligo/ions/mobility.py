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


BARRY_TABLES = (
    "P. H. Barry, ionic mobility tables of JPCalc, University of New South Wales (tables 1 to 4)"
)
CONDUCTIVITY = (
    "Lange's Handbook of Chemistry, 15th edition, table 8.32: limiting equivalent conductivity "
    "over valence, relative to 73.5 of potassium"
)

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
_MORE: tuple[tuple[str, int, float], ...] = (
    ("NH4", 1, 1.001),
    ("TMA", 1, 0.611),
    ("Tl", 1, 1.02),
    ("Co", 2, 0.367),
    ("Mn", 2, 0.364),
    ("Cd", 2, 0.37),
    ("Ni", 2, 0.337),
    ("Gd", 3, 0.305),
    ("La", 3, 0.316),
    ("I", -1, 1.0456),
    ("NO3", -1, 0.972),
    ("SCN", -1, 0.901),
    ("ClO4", -1, 0.916),
    ("OH", -1, 2.69),
    ("formate", -1, 0.743),
    ("acetate", -1, 0.556),
    ("lactate", -1, 0.528),
    ("propionate", -1, 0.487),
    ("isethionate", -1, 0.52),
    ("MES", -1, 0.37),
    ("MOPS", -1, 0.35),
    ("HPO4", -2, 0.39),
    ("succinate", -2, 0.40),
    ("citrate", -3, 0.318),
    ("ATP", -4, 0.15),
)
_FROM_CONDUCTIVITY: tuple[tuple[str, int, float], ...] = (
    ("Ba", 2, 63.9),
    ("Sr", 2, 59.46),
    ("Zn", 2, 52.8),
)

MOBILITIES: dict[str, Mobility] = {row[0]: Mobility(*row) for row in _TABLE}
"""By symbol or name. HEPES, MES and MOPS are their anions, EGTA its divalent anion."""
MOBILITIES |= {row[0]: Mobility(*row, source=BARRY_TABLES) for row in _MORE}
MOBILITIES |= {
    ion: Mobility(ion, valence, conductivity / valence / 73.5, CONDUCTIVITY)
    for ion, valence, conductivity in _FROM_CONDUCTIVITY
}

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
