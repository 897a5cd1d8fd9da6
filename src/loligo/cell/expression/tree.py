"""The nodes of an expression, how they are built, and how they are walked.

Nodes are frozen, hashable values. The operators of `Expression` build them with the simplifications
that never change a value: constants are folded, neutral elements dropped.
"""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Operator = Literal["+", "-", "*", "/"]
Relation = Literal["<", "<=", ">", ">=", "==", "!="]

_ARITHMETIC: dict[Operator, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}

FUNCTIONS: dict[str, int] = {
    "exp": 1,
    "expm1": 1,
    "log": 1,
    "log10": 1,
    "sqrt": 1,
    "abs": 1,
    "sinh": 1,
    "cosh": 1,
    "tanh": 1,
    "min": 2,
    "max": 2,
    "linoid": 1,
    "linoid_slope": 1,
    "sigmoid": 1,
}
"""Functions an expression may call, with their number of arguments.

``linoid(x) = x / (1 - exp(-x))`` with its limit 1 at 0, ``linoid_slope`` its derivative (1/2 at 0),
``sigmoid(x) = 1 / (1 + exp(-x))``.
"""


class Expression:
    """A node; arithmetic with other nodes and numbers builds larger ones."""

    __slots__ = ()

    def __add__(self, other: Expression | float) -> Expression:
        return add(self, number(other))

    def __radd__(self, other: float) -> Expression:
        return add(number(other), self)

    def __sub__(self, other: Expression | float) -> Expression:
        return subtract(self, number(other))

    def __rsub__(self, other: float) -> Expression:
        return subtract(number(other), self)

    def __mul__(self, other: Expression | float) -> Expression:
        return multiply(self, number(other))

    def __rmul__(self, other: float) -> Expression:
        return multiply(number(other), self)

    def __truediv__(self, other: Expression | float) -> Expression:
        return divide(self, number(other))

    def __rtruediv__(self, other: float) -> Expression:
        return divide(number(other), self)

    def __neg__(self) -> Expression:
        return multiply(Number(-1.0), self)

    def __pow__(self, exponent: float) -> Expression:
        return power(self, exponent)


@dataclass(frozen=True, repr=False)
class _Node(Expression):
    def __repr__(self) -> str:
        return f"<{to_text(self)}>"

    @cached_property
    def _hash(self) -> int:
        values = (getattr(self, name) for name in self.__dataclass_fields__)
        return hash((type(self).__name__, *values))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, repr=False, eq=True)
class Number(_Node):
    """A constant."""

    value: float
    __hash__ = _Node.__hash__


@dataclass(frozen=True, repr=False, eq=True)
class Symbol(_Node):
    """A name: a state, a parameter, an intermediate value or the membrane potential ``v``."""

    name: str
    __hash__ = _Node.__hash__


@dataclass(frozen=True, repr=False, eq=True)
class Operation(_Node):
    """One of ``+ - * /`` of two expressions."""

    operator: Operator
    left: Expression
    right: Expression
    __hash__ = _Node.__hash__


@dataclass(frozen=True, repr=False, eq=True)
class Power(_Node):
    """An expression raised to a constant."""

    base: Expression
    exponent: float
    __hash__ = _Node.__hash__


@dataclass(frozen=True, repr=False, eq=True)
class Call(_Node):
    """One of `FUNCTIONS` applied to its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    __hash__ = _Node.__hash__


@dataclass(frozen=True, repr=False, eq=True)
class Compare(_Node):
    """A comparison, the condition of a `Where`."""

    relation: Relation
    left: Expression
    right: Expression
    __hash__ = _Node.__hash__


@dataclass(frozen=True, repr=False, eq=True)
class Where(_Node):
    """``yes`` where the condition holds, else ``no``; both are computed."""

    condition: Compare
    yes: Expression
    no: Expression
    __hash__ = _Node.__hash__


def number(value: Expression | float) -> Expression:
    """Return a node for a plain number; nodes pass through."""
    return value if isinstance(value, Expression) else Number(float(value))


def _constants(*nodes: Expression) -> tuple[float, ...] | None:
    values = tuple(node.value for node in nodes if isinstance(node, Number))
    return values if len(values) == len(nodes) else None


def _is(node: Expression, value: float) -> bool:
    return isinstance(node, Number) and node.value == value


def _folded(name: Operator, left: Expression, right: Expression) -> Number | None:
    """Return the value of an operation on constants, where it is finite."""
    values = _constants(left, right)
    if values is None or (name == "/" and values[1] == 0.0):
        return None
    value = _ARITHMETIC[name](*values)
    return Number(value) if math.isfinite(value) else None


def add(left: Expression, right: Expression) -> Expression:
    """Return ``left + right``."""
    if folded := _folded("+", left, right):
        return folded
    if _is(left, 0.0):
        return right
    if _is(right, 0.0):
        return left
    return Operation("+", left, right)


def subtract(left: Expression, right: Expression) -> Expression:
    """Return ``left - right``."""
    if folded := _folded("-", left, right):
        return folded
    if _is(right, 0.0):
        return left
    if _is(left, 0.0):
        return multiply(Number(-1.0), right)
    return Operation("-", left, right)


def multiply(left: Expression, right: Expression) -> Expression:
    """Return ``left * right``; a constant is kept on the left."""
    if folded := _folded("*", left, right):
        return folded
    if isinstance(right, Number):
        left, right = right, left
    if _is(left, 0.0):
        return Number(0.0)
    if _is(left, 1.0):
        return right
    if isinstance(left, Number) and isinstance(right, Operation) and right.operator == "*":
        product = _folded("*", left, right.left)
        if product is not None:
            return multiply(product, right.right)
    return Operation("*", left, right)


def divide(left: Expression, right: Expression) -> Expression:
    """Return ``left / right``; a division by the constant 0 is left as it stands."""
    if folded := _folded("/", left, right):
        return folded
    if _is(left, 0.0):
        return left
    if _is(right, 1.0):
        return left
    return Operation("/", left, right)


def power(base: Expression, exponent: float) -> Expression:
    """Return ``base ** exponent``."""
    if exponent == 1.0:
        return base
    if exponent == 0.0:
        return Number(1.0)
    whole = exponent == math.floor(exponent)
    if isinstance(base, Number) and (base.value > 0 or (whole and base.value != 0.0)):
        with contextlib.suppress(OverflowError):
            return Number(base.value**exponent)
    return Power(base, float(exponent))


def call(function: str, *arguments: Expression | float) -> Expression:
    """Return a call of one of `FUNCTIONS`; of constants its value, where that is finite."""
    nodes = tuple(number(argument) for argument in arguments)
    if _constants(*nodes):
        from loligo.cell.expression.evaluate import evaluate

        value = float(evaluate(Call(function, nodes), {}))
        if math.isfinite(value):
            return Number(value)
    return Call(function, nodes)


def where(condition: Compare, yes: Expression, no: Expression) -> Expression:
    """Return `yes` where the condition holds, else `no`."""
    return yes if yes == no else Where(condition, yes, no)


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the nodes directly below."""
    if isinstance(node, Operation | Compare):
        return (node.left, node.right)
    if isinstance(node, Power):
        return (node.base,)
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Where):
        return (node.condition, node.yes, node.no)
    return ()


def rebuild(node: Expression, parts: tuple[Expression, ...]) -> Expression:
    """Return the node with other nodes below it, simplified anew."""
    if isinstance(node, Operation):
        build = {"+": add, "-": subtract, "*": multiply, "/": divide}[node.operator]
        return build(*parts)
    if isinstance(node, Power):
        return power(parts[0], node.exponent)
    if isinstance(node, Call):
        return call(node.function, *parts)
    if isinstance(node, Compare):
        return Compare(node.relation, *parts)
    if isinstance(node, Where):
        condition, yes, no = parts
        assert isinstance(condition, Compare)
        return where(condition, yes, no)
    return node


def walk(node: Expression) -> Iterator[Expression]:
    """Yield the node and all below it."""
    yield node
    for part in children(node):
        yield from walk(part)


def symbols(node: Expression) -> frozenset[str]:
    """Return the names an expression depends on."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Symbol))


def substitute(node: Expression, values: Mapping[str, Expression | float]) -> Expression:
    """Replace names by expressions."""
    if isinstance(node, Symbol):
        return number(values[node.name]) if node.name in values else node
    parts = children(node)
    if not parts:
        return node
    return rebuild(node, tuple(substitute(part, values) for part in parts))


_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}


def to_text(node: Expression) -> str:
    """Write an expression as `parse` reads it."""
    return _text(node, 0)


def _text(node: Expression, outer: int) -> str:  # noqa: PLR0911
    if isinstance(node, Number):
        text = repr(node.value)
        text = text.removesuffix(".0")
        return f"({text})" if node.value < 0 and outer > 0 else text
    if isinstance(node, Symbol):
        return node.name
    if isinstance(node, Operation):
        binds = _BINDS[node.operator]
        right = binds + (node.operator in "-/" or isinstance(node.right, Operation))
        text = f"{_text(node.left, binds)} {node.operator} {_text(node.right, right)}"
        return f"({text})" if binds < outer else text
    if isinstance(node, Power):
        base = _text(node.base, 4)
        base = f"({base})" if isinstance(node.base, Power) else base
        return f"{base}**{_text(Number(node.exponent), 4)}"
    if isinstance(node, Compare):
        return f"{_text(node.left, 1)} {node.relation} {_text(node.right, 1)}"
    if isinstance(node, Where):
        inner = ", ".join(_text(part, 0) for part in children(node))
        return f"where({inner})"
    assert isinstance(node, Call)
    return f"{node.function}({', '.join(_text(part, 0) for part in node.arguments)})"
