"""Expressions as the texts of a description: shapes, quantities, formulas, and names that fit."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from loligo.cell.description import RESERVED
from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols, to_text
from loligo.cell.expression.parse import LONGEST
from loligo.cell.interchange.nmodl.names import bare, kind
from loligo.cell.interchange.nmodl.tidy import shape
from loligo.errors import ModelError

_UNITS_OF_TIME = {"s", "ms", "us", "min", "h"}


def safe(name: str, taken: frozenset[str] = frozenset()) -> str:
    """Return a name as a description may have it."""
    found = name.lstrip("_") or "x"
    while found in RESERVED or keyword.iskeyword(found) or found in taken:
        found += "_"
    return found


def renamed(node: Expression, reversals: Mapping[str, float]) -> Expression:
    """Return an expression with the names of a description instead of those of `names`."""
    new: dict[str, Expression | float] = {}
    for symbol in symbols(node):
        name = bare(symbol)
        if kind(symbol) == "i" and name in reversals:
            new[symbol] = reversals[name]
        elif kind(symbol) in "is":
            new[symbol] = Symbol(safe(name))
    return substitute(node, new) if new else node


def formula(node: Expression, what: str) -> str:
    """Return the text of an expression.

    Raises
    ------
    ModelError
        It is longer than loligo reads.
    """
    text = to_text(node)
    if len(text) > LONGEST:
        raise ModelError(f"{what}: the law has {len(text)} characters; at most {LONGEST}")
    return text


def law(node: Expression, unit: str, what: str) -> str:
    """Return a law as a shape, a quantity or a formula.

    Parameters
    ----------
    node : Expression
    unit : str
        ``"/ms"``, ``"ms"`` or nothing.
    what : str
        For messages.
    """
    spaced = f" {unit}" if unit else ""
    if isinstance(node, Number):
        return f"{node.value!r}{spaced}"
    return shape(node, spaced) or formula(node, what)
