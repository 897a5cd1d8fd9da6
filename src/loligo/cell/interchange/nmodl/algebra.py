"""Algebra on expressions: factors, terms, linear forms, identity."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import (
    Call,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
    evaluate,
    symbols,
)
from loligo.cell.expression.tree import where

Factors = list[tuple[Expression, float]]


class NotLinear(Exception):  # noqa: N818
    """An expression is no linear form of a name."""


def linear(node: Expression, name: str) -> tuple[Expression, Expression]:
    """Return ``a`` and ``b`` of an expression ``a * name + b``.

    Raises
    ------
    NotLinear
        It has no such form.
    """
    if name not in symbols(node):
        return Number(0.0), node
    if isinstance(node, Symbol):
        return Number(1.0), Number(0.0)
    if isinstance(node, Operation):
        return _linear_operation(node, name)
    if isinstance(node, Where) and name not in symbols(node.condition):
        (a, b), (c, d) = linear(node.yes, name), linear(node.no, name)
        return where(node.condition, a, c), where(node.condition, b, d)
    raise NotLinear


def _linear_operation(node: Operation, name: str) -> tuple[Expression, Expression]:
    (a, b), (c, d) = linear(node.left, name), linear(node.right, name)
    if node.operator == "+":
        return a + c, b + d
    if node.operator == "-":
        return a - c, b - d
    if name in symbols(node.right):
        if node.operator == "/" or name in symbols(node.left):
            raise NotLinear
        return node.left * c, node.left * d
    if node.operator == "*":
        return a * node.right, b * node.right
    return a / node.right, b / node.right


def affine(node: Expression) -> tuple[float, float] | None:
    """Return slope and intercept of a straight line in v with numbers; ``None`` of all else."""
    try:
        slope, intercept = linear(node, "v")
    except NotLinear:
        return None
    if isinstance(slope, Number) and isinstance(intercept, Number) and slope.value != 0:
        return slope.value, intercept.value
    return None


def factors(node: Expression) -> tuple[float, Factors]:
    """Return a product as its number and its other factors, each with its exponent."""
    if isinstance(node, Number):
        return node.value, []
    if isinstance(node, Power):
        number, inner = factors(node.base)
        whole = float(node.exponent).is_integer()
        if number > 0 or (number != 0 and whole):
            return number**node.exponent, [(base, e * node.exponent) for base, e in inner]
        return 1.0, [(node, 1.0)]
    if isinstance(node, Operation) and node.operator in "*/":
        left, first = factors(node.left)
        right, second = factors(node.right)
        if node.operator == "*":
            return left * right, first + second
        if right != 0:
            return left / right, first + [(base, -exponent) for base, exponent in second]
    return 1.0, [(node, 1.0)]


def cancelled(parts: Iterable[tuple[Expression, float]]) -> Factors:
    """Return factors with those of the same base put together."""
    found: dict[Expression, float] = {}
    for base, exponent in parts:
        found[base] = found.get(base, 0.0) + exponent
    return [(base, exponent) for base, exponent in found.items() if exponent != 0]


def product(number: float, parts: Iterable[tuple[Expression, float]]) -> Expression:
    """Return the product of a number and factors, with a division where exponents are negative."""
    over: Expression = Number(number)
    under: Expression = Number(1.0)
    for base, exponent in parts:
        if exponent > 0:
            over = over * base**exponent
        else:
            under = under * base**-exponent
    return over / under


def quotient(over: Expression, under: Expression) -> Expression:
    """Return a quotient in which equal factors are cancelled."""
    (a, first), (b, second) = factors(over), factors(under)
    if b == 0:
        return over / under
    rest = cancelled([*first, *((base, -exponent) for base, exponent in second)])
    return product(a / b, rest)


def terms(node: Expression) -> list[tuple[float, Expression]]:
    """Return a sum as its terms, each with its number."""
    if isinstance(node, Operation) and node.operator in "+-":
        sign = 1.0 if node.operator == "+" else -1.0
        return terms(node.left) + [(sign * n, part) for n, part in terms(node.right)]
    if isinstance(node, Operation) and node.operator == "*" and isinstance(node.left, Number):
        return [(node.left.value * n, part) for n, part in terms(node.right)]
    if isinstance(node, Number):
        return [(node.value, Number(1.0))]
    number, rest = factors(node)
    if rest == [(node, 1.0)]:
        return [(1.0, node)]
    return [(number, product(1.0, rest))]


def total(parts: Iterable[tuple[float, Expression]]) -> Expression:
    """Return the sum of terms, equal ones put together."""
    found: dict[Expression, float] = {}
    for number, part in parts:
        found[part] = found.get(part, 0.0) + number
    result: Expression = Number(0.0)
    for part, number in found.items():
        result = result - (-number) * part if number < 0 else result + number * part
    return result


def sample(names: Iterable[str]) -> dict[str, NDArray[np.float64]]:
    """Return values that names might have, irrational so that nothing cancels by accident."""
    ranges = {"v": (-90.0, 40.0), "temperature": (5.0, 38.0)}
    found = {}
    for name in sorted(set(names)):
        low, high = ranges.get(name, (0.02, 0.9))
        seed = sum(ord(letter) * (place + 1) for place, letter in enumerate(name))
        place = np.modf((np.arange(1, 13) + seed) * (math.sqrt(5) - 1) / 2)[0]
        found[name] = low + (high - low) * place
    return found


def same(first: Expression, second: Expression, tolerance: float = 1e-9) -> bool:
    """Tell whether two expressions are one function, by their values at some points."""
    if first == second:
        return True
    values = sample(symbols(first) | symbols(second))
    one, other = np.broadcast_arrays(evaluate(first, values), evaluate(second, values))
    finite = np.isfinite(one) & np.isfinite(other)
    return bool(
        finite.sum() >= finite.size / 2
        and np.allclose(one[finite], other[finite], rtol=tolerance, atol=1e-300)
    )


def exponential(node: Expression) -> Expression | None:
    """Return the argument of an ``exp``; ``None`` of all else."""
    if isinstance(node, Call) and node.function == "exp":
        return node.arguments[0]
    return None
