"""Expressions rewritten for compiling: no function is left but ``exp``, ``log``, ``sqrt``, ``abs``.

Everything becomes branch-free arithmetic that a vector unit can do for many cells at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from loligo.cell.expression import (
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
)
from loligo.cell.expression.tree import call, children, rebuild, where

SERIES = 1e-3
"""Below this size of its argument a removable singularity is computed by its series."""

ONE = Number(1.0)


def exponential(x: Expression) -> Expression:
    """Return ``exp(x)``."""
    return call("exp", x)


def is_small(x: Expression, limit: float = SERIES) -> Compare:
    """Return the condition that the size of `x` is below a limit."""
    return Compare("<", call("abs", x), Number(limit))


def _expm1(x: Expression) -> Expression:
    series: Expression = ONE
    for k in range(9, 1, -1):
        series = ONE + x * Number(1.0 / k) * series
    return where(is_small(x, 0.1), x * series, exponential(x) - ONE)


def _linoid(x: Expression) -> Expression:
    series = ONE + x * (0.5 + x * Number(1.0 / 12.0))
    return where(is_small(x), series, x / (ONE - exponential(-x)))


def _linoid_slope(x: Expression) -> Expression:
    square = x * x
    series = 0.5 + x * (1.0 / 6.0 - square * (1.0 / 180.0 - square * (1.0 / 5040.0)))
    decay = exponential(-x)
    rest = ONE - decay
    return where(is_small(x, 0.03), series, (ONE - x * decay / rest) / rest)


def _tanh(x: Expression) -> Expression:
    square = x * x
    series = x * (ONE - square * (1.0 / 3.0 - square * (2.0 / 15.0 - square * (17.0 / 315.0))))
    return where(is_small(x, 0.01), series, ONE - 2.0 / (exponential(2.0 * x) + ONE))


def _sinh(x: Expression) -> Expression:
    square = x * x
    series = x * (ONE + square * (1.0 / 6.0 + square * (1.0 / 120.0 + square * (1.0 / 5040.0))))
    return where(is_small(x, 0.05), series, 0.5 * (exponential(x) - exponential(-x)))


_EXPANSIONS: dict[str, Callable[[Expression], Expression]] = {
    "expm1": _expm1,
    "linoid": _linoid,
    "linoid_slope": _linoid_slope,
    "sigmoid": lambda x: ONE / (ONE + exponential(-x)),
    "tanh": _tanh,
    "sinh": _sinh,
    "cosh": lambda x: 0.5 * (exponential(x) + exponential(-x)),
    "log10": lambda x: Number(1.0 / math.log(10.0)) * call("log", x),
}


def expand(node: Expression) -> Expression:
    """Replace functions by arithmetic on ``exp``, ``log``, ``sqrt``, ``abs``, ``min``, ``max``."""
    parts = tuple(expand(part) for part in children(node))
    if isinstance(node, Call) and node.function in _EXPANSIONS:
        return _EXPANSIONS[node.function](parts[0])
    if isinstance(node, Power):
        return _power(parts[0], node.exponent)
    if isinstance(node, Operation) and node.operator == "/":
        divisor = parts[1]
        if isinstance(divisor, Number) and divisor.value != 0.0:
            return parts[0] * Number(1.0 / divisor.value)
    return rebuild(node, parts) if parts else node


def _power(base: Expression, exponent: float) -> Expression:
    if exponent == math.floor(exponent) and abs(exponent) <= 64:
        positive = _repeated(base, int(abs(exponent)))
        return positive if exponent > 0 else ONE / positive
    if exponent == 0.5:
        return call("sqrt", base)
    return exponential(exponent * call("log", base))


def _repeated(base: Expression, count: int) -> Expression:
    """Return a power by squaring; small ones from left to right, as written in papers."""
    if count == 1:
        return base
    half = _repeated(base, count // 2)
    square = Operation("*", half, half)
    return Operation("*", square, base) if count % 2 else square


@dataclass(frozen=True, slots=True)
class Linear:
    """``slope * symbol + offset`` with numbers for slope and offset."""

    symbol: str
    slope: float
    offset: float

    @property
    def expression(self) -> Expression:
        """The expression in its shortest form."""
        return Symbol(self.symbol) * self.slope + self.offset


def linear(node: Expression) -> Linear | None:  # noqa: PLR0911
    """Return an expression as a straight line in one symbol, ``None`` where it is not one."""
    if isinstance(node, Symbol):
        return Linear(node.name, 1.0, 0.0)
    if not isinstance(node, Operation):
        return None
    left, right = node.left, node.right
    if isinstance(right, Number):
        line, value = linear(left), right.value
        if line is None or (node.operator == "/" and value == 0.0):
            return None
        if node.operator in "+-":
            shift = value if node.operator == "+" else -value
            return Linear(line.symbol, line.slope, line.offset + shift)
        factor = value if node.operator == "*" else 1.0 / value
        return Linear(line.symbol, line.slope * factor, line.offset * factor)
    if isinstance(left, Number) and node.operator != "/":
        line, value = linear(right), left.value
        if line is None:
            return None
        if node.operator == "*":
            return Linear(line.symbol, line.slope * value, line.offset * value)
        sign = 1.0 if node.operator == "+" else -1.0
        return Linear(line.symbol, sign * line.slope, sign * line.offset + value)
    return None


def straighten(node: Expression) -> Expression:
    """Write every straight line in one symbol as ``slope * symbol + offset``."""
    line = linear(node)
    if line is not None:
        return node if isinstance(node, Symbol) else line.expression
    parts = children(node)
    return rebuild(node, tuple(straighten(part) for part in parts)) if parts else node


def is_positive(node: Expression) -> bool:
    """Tell whether an expression is above 0 for certain, whatever its symbols are."""
    if isinstance(node, Number):
        return node.value > 0.0
    if isinstance(node, Call):
        return node.function in {"exp", "sigmoid", "linoid", "cosh"}
    if isinstance(node, Operation) and node.operator in "+*/":
        return is_positive(node.left) and is_positive(node.right)
    if isinstance(node, Where):
        return is_positive(node.yes) and is_positive(node.no)
    if isinstance(node, Power):
        return is_positive(node.base)
    return False
