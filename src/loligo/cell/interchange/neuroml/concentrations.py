"""NeuroML's models of the calcium concentration to loligo's `Pool`.

``fixedFactorConcentrationModel`` gives the concentration per charge per area, which is a shell's
1 / (z F depth). ``decayingPoolConcentrationModel`` is the shell of a sphere of the membrane's area;
its volume over that area is the depth, and NeuroML's rounded constants are kept. Models that a
document defines are in `shells`. What loligo cannot say is that a concentration stops at 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from loligo.cell.expression.parse import FARADAY_CONSTANT
from loligo.cell.interchange.neuroml.dimensions import quantity
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.shells import ShellType
from loligo.errors import suggest

MODELS = {
    "decayingPoolConcentrationModel": "shellThickness",
    "fixedFactorConcentrationModel": "rho",
}
"""The models that are read, and the attribute that is theirs alone."""

ELEMENTS = (*MODELS, "concentrationModel")
_FARADAY = 96485.3
_PI = 3.14159
_VALENCE = 2
_NO_TYPES: Mapping[str, ShellType] = {}


def read_pool(
    element: Element, area: float | None, types: Mapping[str, ShellType] = _NO_TYPES
) -> dict[str, Any]:
    """Return the fields of the pool that a model describes, without its start and currents.

    Parameters
    ----------
    element : Element
    area : float or None
        Of the membrane [um2]; ``None`` where it is not that of one segment.
    types : mapping of str to ShellType
        Those that the document defines.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    kind = check_model(element, types)
    if kind in types:
        return types[kind].pool(element)
    rest = quantity(element, "restingConc", "concentration")
    decay = quantity(element, "decayConstant", "time")
    depth = _thickness(element, area) if kind.startswith("decaying") else _factor(element)
    if decay <= 0 or rest < 0:
        element.refuse("decayConstant must be above 0 and restingConc not below")
    return {
        "valence": _VALENCE,
        "depth": f"{depth!r} um",
        "decay": f"{decay!r} ms",
        "rest": f"{rest!r} mM",
    }


def check_model(element: Element, types: Mapping[str, ShellType] = _NO_TYPES) -> str:
    """Return the kind of a model; refuse one that is not understood."""
    kind = element.get("type") if element.name == "concentrationModel" else element.name
    if element.attributes.get("ion", "ca") != "ca":
        element.refuse(f"ion = {element.get('ion')!r}; NeuroML lets calcium alone, 'ca', fill it")
    if kind in types:
        types[kind].pool(element)
        return kind
    if kind not in MODELS:
        element.refuse(f"the type {kind!r} is not read; {suggest(kind, {**MODELS, **types})}")
    element.expect(("id", "restingConc", "decayConstant", MODELS[kind]), ("ion", "type"))
    return kind


def _factor(element: Element) -> float:
    rho = quantity(element, "rho", "rho_factor", "mol_per_m_per_A_per_s")
    if rho <= 0:
        element.refuse("rho must be above 0")
    return depth_of(rho)


def depth_of(rho: float) -> float:
    """Return the depth of a shell [um] of a factor [mol / (m A s)]; also the other way round."""
    return 1e6 / (_VALENCE * FARADAY_CONSTANT * rho)


def _thickness(element: Element, area: float | None) -> float:
    if area is None:
        element.refuse(
            "its shell is that of a sphere of the membrane's area; in a cell of many segments it "
            "would depend on how finely they are cut; use a fixedFactorConcentrationModel"
        )
    thickness = quantity(element, "shellThickness", "length")
    radius = math.sqrt(area / (4.0 * _PI))
    if not 0 < thickness <= radius:
        element.refuse(
            f"shellThickness = {thickness:g} um; it must be above 0 and at most {radius:g} um, the "
            f"radius of a sphere of the membrane's area"
        )
    share = thickness / radius
    return thickness * (1.0 - share + share * share / 3.0) * _FARADAY / FARADAY_CONSTANT
