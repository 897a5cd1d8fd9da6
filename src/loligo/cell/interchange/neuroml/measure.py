"""The dimension of an expression, so that a sum of volts and seconds is refused."""

from __future__ import annotations

from collections.abc import Mapping

from loligo.cell.expression import (
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
    to_text,
)
from loligo.cell.interchange.neuroml.dimensions import DIMENSIONS, NONE, Dimension
from loligo.errors import LoligoError

_KEEPS = frozenset({"abs", "min", "max"})


class DimensionError(LoligoError, ValueError):
    """Dimensions that do not fit."""


def name_of(dimension: Dimension) -> str:
    """Return the name of a dimension, or its exponents."""
    for name, known in DIMENSIONS.items():
        if known == dimension:
            return name
    bases = zip("mltikn", dimension, strict=True)
    return " ".join(f"{base}^{power:g}" for base, power in bases if power)


def measure(
    node: Expression, known: Mapping[str, Dimension], wanted: Dimension | None = None
) -> Dimension | None:
    """Return the dimension of an expression; ``None`` for the number 0, which fits any.

    Raises
    ------
    DimensionError
        A sum, comparison or choice of unlike dimensions, a function of a dimension, or another
        result than the one wanted.
    """
    found = _of(node, known)
    if wanted is not None and found is not None and not _same(found, wanted):
        raise DimensionError(
            f"it is of dimension {name_of(found)}; {name_of(wanted)} is needed (divide by a "
            f"constant of 1 unit, or multiply by one)"
        )
    return found


def _same(first: Dimension, second: Dimension) -> bool:
    return all(abs(a - b) < 1e-9 for a, b in zip(first, second, strict=True))


def _of(node: Expression, known: Mapping[str, Dimension]) -> Dimension | None:  # noqa: PLR0911
    if isinstance(node, Number):
        return NONE if node.value else None
    if isinstance(node, Symbol):
        return known[node.name]
    if isinstance(node, Power):
        base = _of(node.base, known)
        return None if base is None else _scaled(base, node.exponent)
    if isinstance(node, Operation):
        return _operation(node, known)
    if isinstance(node, Where):
        _of(node.condition, known)
        return _alike(node.yes, node.no, node, known)
    if isinstance(node, Compare):
        _alike(node.left, node.right, node, known)
        return NONE
    assert isinstance(node, Call)
    parts = [_of(part, known) for part in node.arguments]
    if node.function in _KEEPS:
        return parts[0]
    if node.function == "sqrt":
        return None if parts[0] is None else _scaled(parts[0], 0.5)
    for part in parts:
        if part is not None and not _same(part, NONE):
            raise DimensionError(
                f"{node.function}() of a {name_of(part)} in {to_text(node)!r}; its argument must "
                f"be a plain number"
            )
    return NONE


def _operation(node: Operation, known: Mapping[str, Dimension]) -> Dimension | None:
    if node.operator in {"+", "-"}:
        return _alike(node.left, node.right, node, known)
    left, right = _of(node.left, known), _of(node.right, known)
    if node.operator == "*":
        return None if left is None or right is None else _plus(left, right, 1)
    return None if left is None else _plus(left, right or NONE, -1)


def _alike(
    left: Expression, right: Expression, node: Expression, known: Mapping[str, Dimension]
) -> Dimension | None:
    first, second = _of(left, known), _of(right, known)
    if first is None or second is None:
        return second if first is None else first
    if not _same(first, second):
        raise DimensionError(
            f"a {name_of(first)} and a {name_of(second)} do not go together in {to_text(node)!r}"
        )
    return first


def _plus(left: Dimension, right: Dimension, sign: int) -> Dimension:
    a, b, c, d, e, f = (x + sign * y for x, y in zip(left, right, strict=True))
    return (a, b, c, d, e, f)


def _scaled(dimension: Dimension, factor: float) -> Dimension:
    a, b, c, d, e, f = (factor * x for x in dimension)
    return (a, b, c, d, e, f)
