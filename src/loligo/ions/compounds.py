"""What the chemicals of recipes fall apart into: ions, acids and neutral molecules."""

from __future__ import annotations

from loligo.errors import SelectionError, suggest
from loligo.ions.acids import ACIDS
from loligo.ions.mobility import MOBILITIES

NEUTRAL = ("glucose", "sucrose", "mannitol", "sorbitol", "urea")
"""Molecules that count for osmolarity only."""

STRONG = {"phosphocreatine": (-2, "EGTA")}
"""Ions that tables of mobilities lack: valence near pH 7, and whose mobility stands for theirs."""

_SALTS: dict[str, dict[str, int]] = {
    "K-gluconate": {"K": 1, "gluconate": 1},
    "Na-gluconate": {"Na": 1, "gluconate": 1},
    "Cs-gluconate": {"Cs": 1, "gluconate": 1},
    "KMeSO3": {"K": 1, "methanesulfonate": 1},
    "KMeSO4": {"K": 1, "methanesulfonate": 1},
    "CsMeSO3": {"Cs": 1, "methanesulfonate": 1},
    "CsMeSO4": {"Cs": 1, "methanesulfonate": 1},
    "K-aspartate": {"K": 1, "aspartate": 1},
    "K-glutamate": {"K": 1, "glutamate": 1},
    "K-isethionate": {"K": 1, "isethionate": 1},
    "Na-isethionate": {"Na": 1, "isethionate": 1},
    "NMDG-Cl": {"NMDG": 1, "Cl": 1},
    "choline-Cl": {"choline": 1, "Cl": 1},
    "TEA-Cl": {"TEA": 1, "Cl": 1},
    "NaHCO3": {"Na": 1, "HCO3": 1},
    "KHCO3": {"K": 1, "HCO3": 1},
    "NaH2PO4": {"Na": 1, "phosphate": 1},
    "Na2HPO4": {"Na": 2, "phosphate": 1},
    "KH2PO4": {"K": 1, "phosphate": 1},
    "K2HPO4": {"K": 2, "phosphate": 1},
    "MgATP": {"Mg": 1, "ATP": 1},
    "Na2ATP": {"Na": 2, "ATP": 1},
    "K2ATP": {"K": 2, "ATP": 1},
    "Na2GTP": {"Na": 2, "GTP": 1},
    "Na3GTP": {"Na": 3, "GTP": 1},
    "LiGTP": {"Li": 1, "GTP": 1},
    "Tris-GTP": {"Tris": 1, "GTP": 1},
    "Na2-phosphocreatine": {"Na": 2, "phosphocreatine": 1},
    "Tris2-phosphocreatine": {"Tris": 2, "phosphocreatine": 1},
    "Na-HEPES": {"Na": 1, "HEPES": 1},
    "K-HEPES": {"K": 1, "HEPES": 1},
    "K4BAPTA": {"K": 4, "BAPTA": 1},
    "Cs4BAPTA": {"Cs": 4, "BAPTA": 1},
    "K2EGTA": {"K": 2, "EGTA": 1},
    "NaOH": {"Na": 1},
    "KOH": {"K": 1},
    "CsOH": {"Cs": 1},
    "HCl": {"Cl": 1},
}
_SALTS |= {
    f"{cation}{anion}{'' if valence == 1 else valence}": {cation: 1, anion: valence}
    for cation, valence in (
        ("Na", 1), ("K", 1), ("Cs", 1), ("Rb", 1), ("Li", 1), ("NH4", 1),
        ("Ca", 2), ("Mg", 2), ("Ba", 2), ("Sr", 2), ("Mn", 2), ("Co", 2), ("Ni", 2), ("Cd", 2),
        ("Zn", 2), ("La", 3), ("Gd", 3),
    )
    for anion in ("Cl", "F", "Br", "I")
}  # fmt: skip
_SALTS |= {f"{cation}SO4": {cation: 1, "SO4": 1} for cation in ("Mg", "Ca")}
_SALTS |= {f"{cation}2SO4": {cation: 2, "SO4": 1} for cation in ("Na", "K", "Cs")}

COMPOUNDS: dict[str, dict[str, int]] = (
    _SALTS | {name: {name: 1} for name in ACIDS} | {name: {name: 1} for name in NEUTRAL}
)
"""By name: how many of each part one formula gives. Protons follow from the pH."""

_ALIASES = {"dextrose": "glucose", "D-glucose": "glucose", "KGluconate": "K-gluconate"}

TITRANTS = {"KOH": "K", "NaOH": "Na", "CsOH": "Cs", "LiOH": "Li", "NMDG": "NMDG", "HCl": "Cl",
            "CO2": "HCO3"}  # fmt: skip
"""What a pH is adjusted with, and the ion that stays. CO2 takes bicarbonate, or leaves it."""


def parts(compound: str) -> dict[str, int]:
    """Return what a compound gives to a solution, without protons.

    Raises
    ------
    SelectionError
        It is not known.

    Examples
    --------
    >>> parts("CaCl2")
    {'Ca': 1, 'Cl': 2}
    """
    name = _ALIASES.get(compound, compound)
    if name not in COMPOUNDS:
        raise SelectionError(
            f"no compound {compound!r} is known; {suggest(name, COMPOUNDS)}. Ions can be given "
            "one by one, under ions"
        )
    return dict(COMPOUNDS[name])


def strong_ion(name: str) -> tuple[int, str]:
    """Return valence of an ion that binds nothing, and under which name mobilities have it.

    Raises
    ------
    SelectionError
        It is not known.
    """
    if name in STRONG:
        return STRONG[name]
    if name not in MOBILITIES:
        raise SelectionError(f"no ion {name!r} is known; {suggest(name, [*MOBILITIES, *STRONG])}")
    return MOBILITIES[name].valence, name
