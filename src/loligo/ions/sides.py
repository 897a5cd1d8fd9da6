"""What people may give as a solution: a standard one's name, a file, a list of ions, a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loligo.errors import ModelError
from loligo.ions import solutions
from loligo.ions.compounds import COMPOUNDS, strong_ion
from loligo.ions.given import amount_of
from loligo.ions.mobility import mobility
from loligo.ions.recipe import Recipe
from loligo.ions.solution import Solution


def listed(text: str) -> dict[str, str]:
    """Return names and amounts of a list, ``"K 140 mM, Cl 140 mM"``.

    Raises
    ------
    ModelError
        A name without an amount, or twice.
    """
    found: dict[str, str] = {}
    for entry in text.split(","):
        name, _, amount = entry.strip().partition(" ")
        if not name or not amount.strip():
            raise ModelError(
                f"{entry.strip()!r} in {text!r}: write names with amounts, 'K 140 mM, Cl 140 mM'"
            )
        if name in found:
            raise ModelError(f"{name!r} is twice in {text!r}")
        found[name] = amount.strip()
    return found


def recipe_of(given: Any, name: str = "solution", **changes: Any) -> Recipe:
    """Return the recipe of what is given.

    Parameters
    ----------
    given : Recipe, mapping or str
        A mapping or list of ions and compounds with their amounts; a standard solution's name; a
        file that ends in ``.toml``.
    name : str
        Which solution it is, for messages.
    **changes
        Fields of the recipe in place of its own, where not None.

    Raises
    ------
    ModelError, SelectionError, UnitError
        See `Recipe` and `loligo.ions.solutions.standard_recipe`.
    """
    known = {key: value for key, value in changes.items() if value is not None}
    if isinstance(given, str) and " " not in given.strip():
        found = solutions.standard_recipe(given.strip())
    elif isinstance(given, Recipe):
        found = given
    else:
        table = listed(given) if isinstance(given, str) else given
        if not isinstance(table, Mapping):
            raise ModelError(f"{name} = {given!r}; a solution's name, a file or a table of ions")
        amounts = {_plain(ion): amount_of(value, f"{name} {ion}") for ion, value in table.items()}
        chemical = {ion for ion in amounts if ion in COMPOUNDS}
        found = Recipe(
            name=name,
            compounds={ion: amount for ion, amount in amounts.items() if ion in chemical},
            ions={ion: amount for ion, amount in amounts.items() if ion not in chemical},
        )
    return replace(found, **known) if known else found


def solution_of(given: Any, name: str = "solution", **changes: Any) -> Solution:
    """Return the solution of what is given; arguments and errors as those of `recipe_of`."""
    return given if isinstance(given, Solution) else recipe_of(given, name, **changes).solution()


def free_ions(given: Any, name: str = "solution") -> dict[str, float]:
    """Return concentrations [mM] of free ions, of a solution or of a list that need not be whole.

    Parameters
    ----------
    given : Solution, or see `recipe_of`
    name : str
        Which side it is, for messages.
    """
    if not isinstance(given, Solution):
        found = recipe_of(given, name)
        if not found.compounds and not found.adjusted_with and not found.balanced_with:
            return dict(found.ions)
        given = found.solution()
    return {one.name: one.concentration for one in given.dissolved if one.valence}


def _plain(ion: str) -> str:
    """Return a name without a charge: ``"K"`` for ``"K+"``; others stay."""
    if ion in COMPOUNDS:
        return ion
    try:
        return mobility(ion).ion
    except LookupError:
        strong_ion(ion)
        return ion
