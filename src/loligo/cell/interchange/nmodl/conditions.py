"""Conditions of IF on expressions: decided where parameters decide them, else made into `where`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from loligo.cell.expression import Compare, Expression, Number, evaluate, symbols
from loligo.cell.expression.tree import Relation, where

Condition = bool | Compare | tuple["str | Condition", ...]
"""Decided, a comparison, or ``("&&", a, b)``, ``("||", a, b)``, ``("!", a)``."""


def compared(relation: str, left: Expression, right: Expression) -> Condition:
    """Return a comparison; equality with the potential holds at a single point, so never.

    ``IF (v == -40)`` is how files step around 0/0, which loligo's laws do not have.
    """
    if relation in {"==", "!="} and "v" in symbols(left) | symbols(right):
        return relation == "!="
    return Compare(cast(Relation, relation), left, right)


def decided(  # noqa: PLR0911
    condition: Condition, values: Mapping[str, float]
) -> Condition:
    """Decide what parameters and numbers decide."""
    if isinstance(condition, bool):
        return condition
    if isinstance(condition, Compare):
        if symbols(condition) <= values.keys():
            return bool(evaluate(condition, values))
        return condition
    sign, *parts = condition
    inner = [decided(cast(Condition, part), values) for part in parts]
    if sign == "!":
        return not inner[0] if isinstance(inner[0], bool) else ("!", inner[0])
    decisive = sign == "||"
    if any(part is decisive for part in inner):
        return decisive
    left = [part for part in inner if not isinstance(part, bool)]
    if not left:
        return not decisive
    return left[0] if len(left) == 1 else (str(sign), *left)


def choose(condition: Condition, yes: Expression, no: Expression) -> Expression:
    """Return `yes` where a condition holds, else `no`."""
    if isinstance(condition, bool):
        return yes if condition else no
    if isinstance(condition, Compare):
        return where(condition, yes, no)
    sign, *parts = condition
    first = cast(Condition, parts[0])
    if sign == "!":
        return choose(first, no, yes)
    second = cast(Condition, parts[1])
    if sign == "&&":
        return choose(first, choose(second, yes, no), no)
    return choose(first, yes, choose(second, yes, no))


def folded(condition: Compare) -> bool | None:
    """Return whether a comparison of numbers holds; ``None`` of anything else."""
    if isinstance(condition.left, Number) and isinstance(condition.right, Number):
        return bool(evaluate(condition, {}))
    return None
