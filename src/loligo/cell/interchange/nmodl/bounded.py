"""Expressions that may not grow without bound, built from NMODL's operators and functions."""

from __future__ import annotations

import math

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.parse import nernst
from loligo.cell.expression.tree import call, children, power

LARGEST = 3000
"""Nodes of one expression."""

DEEPEST = 150
"""Levels of one expression."""

PLAIN = {
    "exp": "exp",
    "log": "log",
    "log10": "log10",
    "sqrt": "sqrt",
    "fabs": "abs",
    "abs": "abs",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
}
"""Functions of one argument that NMODL and loligo both have."""

BUILT_IN = {**dict.fromkeys(PLAIN, 1), "pow": 2, "nernst": 3}
"""The functions of NMODL that are read, with their number of arguments."""


class TooLarge(Exception):  # noqa: N818
    """An expression has grown over the bounds; whoever knows the line tells it."""


class Bounds:
    """Sizes and depths of the expressions seen so far."""

    def __init__(self) -> None:
        self.known: dict[Expression, tuple[int, int]] = {}

    def checked(self, node: Expression) -> Expression:
        """Return an expression that is within the bounds.

        Raises
        ------
        TooLarge
            It is not.
        """
        size, depth = self.measure(node, 0)
        if size > LARGEST or depth > DEEPEST:
            raise TooLarge
        return node

    def measure(self, node: Expression, level: int) -> tuple[int, int]:
        """Return how many nodes and levels an expression has."""
        if isinstance(node, Number | Symbol):
            return 1, 1
        if level > 2 * DEEPEST:
            raise TooLarge
        found = self.known.get(node)
        if found is None:
            below = [self.measure(part, level + 1) for part in children(node)]
            found = (1 + sum(size for size, _ in below), 1 + max(depth for _, depth in below))
            self.known[node] = found
        return found


def raised(base: Expression, exponent: Expression) -> Expression:
    """Return ``base ^ exponent``; loligo's own powers are constants."""
    if isinstance(exponent, Number):
        return power(base, exponent.value)
    if isinstance(base, Number) and base.value > 0:
        return call("exp", math.log(base.value) * exponent)
    return call("exp", exponent * call("log", base))


def apply(function: str, arguments: tuple[Expression, ...]) -> Expression:
    """Return a built-in function of its arguments."""
    if function == "pow":
        return raised(*arguments)
    if function == "nernst":
        inside, outside, valence = arguments
        return nernst(valence, outside, inside)
    return call(PLAIN[function], *arguments)
