"""Laws made regular: ``x / (1 - exp(-x))`` becomes `linoid`, ``1 / (1 + exp(-x))`` `sigmoid`.

Files step around the 0/0 of the first in their own ways, with ``vtrap`` functions and choices near
the singular point; once the law is regular, such a choice is dropped where both its ways agree.
"""

from __future__ import annotations

import numpy as np

from loligo.cell.expression import (
    Call,
    Expression,
    Number,
    Operation,
    Symbol,
    Where,
    derivative,
    evaluate,
    symbols,
)
from loligo.cell.expression.tree import call, children, rebuild
from loligo.cell.interchange.nmodl.algebra import (
    Factors,
    affine,
    exponential,
    factors,
    product,
    same,
    sample,
    terms,
)
from loligo.cell.interchange.nmodl.conditions import folded

_NEAR = 0.1
_AGREES = 1e-4
_SHAPES = {"exp": "exponential", "linoid": "linoid", "sigmoid": "sigmoid"}


def tidy(node: Expression, known: dict[Expression, Expression] | None = None) -> Expression:
    """Return an expression without removable singularities, otherwise the same function."""
    known = {} if known is None else known
    if node in known:
        return known[node]
    parts = children(node)
    result = node
    if isinstance(node, Where) and (decision := folded(node.condition)) is not None:
        result = tidy(node.yes if decision else node.no, known)
    elif parts:
        result = rebuild(node, tuple(tidy(part, known) for part in parts))
        if isinstance(result, Operation) and result.operator in "*/":
            result = _regular(result)
        elif isinstance(result, Where):
            result = _without_detour(result)
        elif isinstance(result, Call) and result.function in _SHAPES:
            result = call(result.function, _straight(result.arguments[0]))
    known[node] = result
    return result


def _regular(node: Operation) -> Expression:
    """Return a quotient with its linoids and sigmoids."""
    number, parts = factors(node)
    changed = False
    for place, (base, exponent) in enumerate(parts):
        if exponent != -1 or (form := _one_and_exponential(base)) is None:
            continue
        a, b, argument = form
        if a == b:
            number, changed = number / a, True
            parts[place] = (call("sigmoid", _straight(-argument)), 1.0)
        elif a == -b and (found := _linoid(argument, parts, place)) is not None:
            factor, parts = found
            number, changed = number / a, True
            parts.append((factor, 1.0))
    if not changed:
        return node
    more, rest = factors(product(1.0, parts))
    return product(number * more, rest)


def _one_and_exponential(node: Expression) -> tuple[float, float, Expression] | None:
    """Return a, b, w of ``a + b * exp(w)``."""
    parts = terms(node)
    if len(parts) != 2:
        return None
    parts.sort(key=lambda part: part[1] != Number(1.0))
    (a, one), (b, other) = parts
    argument = exponential(other)
    if one != Number(1.0) or argument is None or a == 0:
        return None
    return a, b, argument


def _linoid(
    argument: Expression, parts: Factors, skipped: int
) -> tuple[Expression, Factors] | None:
    """Find the factor k w over ``1 - exp(w)``; return ``-k linoid(-w)`` and what is left."""
    slope = derivative(argument, "v")
    for place, (base, exponent) in enumerate(parts):
        if place == skipped or exponent < 1 or "v" not in symbols(base):
            continue
        factor = derivative(base, "v") / slope
        if "v" in symbols(factor) or not same(base, factor * argument):
            continue
        rest = [part for index, part in enumerate(parts) if index not in {place, skipped}]
        if exponent > 1:
            rest.append((base, exponent - 1))
        return -factor * call("linoid", _straight(-argument)), rest
    return None


def _straight(node: Expression) -> Expression:
    """Return a straight line in v as ``(v - midpoint) / scale``."""
    line = affine(node)
    if line is None or not np.isfinite(line[1] / line[0]):
        return node
    midpoint, scale = _round(-line[1] / line[0]), _round(1.0 / line[0])
    v = Symbol("v")
    return (v + -midpoint if midpoint < 0 else v - midpoint) / scale


def _without_detour(node: Where) -> Expression:
    """Drop a choice near a point at which both ways agree, as those of ``vtrap`` do."""
    condition = node.condition
    left, right = condition.left, condition.right
    less = condition.relation in {"<", "<="}
    if isinstance(left, Number):
        left, right, less = right, left, not less
    if not (isinstance(left, Call) and left.function == "abs" and isinstance(right, Number)):
        return node
    near, far = (node.yes, node.no) if less else (node.no, node.yes)
    inner = left.arguments[0]
    if not 0 < right.value <= _NEAR or "v" not in symbols(inner):
        return node
    return far if _agree(inner, right.value, near, far) else node


def _agree(inner: Expression, width: float, near: Expression, far: Expression) -> bool:
    names = symbols(inner) | symbols(near) | symbols(far)
    values = sample(names)
    at_zero, at_one = (evaluate(inner, {**values, "v": v}) for v in (0.0, 1.0))
    slope = at_one - at_zero
    if not np.all(np.isfinite(slope)) or np.any(slope == 0):
        return False
    start = -at_zero / slope
    reach = width / np.abs(slope)
    for shift in (-0.9, -0.3, 0.0, 0.3, 0.9):
        here = {**values, "v": start + shift * reach}
        if not np.allclose(evaluate(inner, here), shift * width * np.sign(slope), atol=1e-9):
            return False
        one, other = evaluate(near, here), evaluate(far, here)
        size = np.maximum(np.abs(one), np.abs(other))
        if not np.all(np.abs(one - other) <= _AGREES * size + min(width, 1e-5)):
            return False
    return True


def shape(node: Expression, unit: str) -> str | None:
    """Return a law as a named shape, ``None`` where it is none.

    Parameters
    ----------
    node : Expression
        Of ``v``.
    unit : str
        Of the rate.
    """
    rate, parts = factors(node)
    if len(parts) != 1 or parts[0][1] != 1:
        return None
    base = parts[0][0]
    if not isinstance(base, Call) or base.function not in _SHAPES:
        return None
    line = affine(base.arguments[0])
    if line is None or not np.isfinite(line[1] / line[0]):
        return None
    midpoint, scale = _round(-line[1] / line[0]), _round(1.0 / line[0])
    rate = _round(rate)
    return f"{_SHAPES[base.function]}({rate!r}{unit}, {midpoint!r} mV, {scale!r} mV)"


def _round(value: float) -> float:
    """Return the shortest number within the rounding of a few operations."""
    for digits in range(1, 15):
        short = float(f"{value:.{digits}g}")
        if abs(short - value) <= 4e-16 * abs(value):
            return short
    return value
