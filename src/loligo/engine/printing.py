"""Expressions as source text.

Products that are added are fused into one rounding by naming ``fma``: compilers then have no choice
of their own to make, and a cell gives the same numbers in any lane, alone or among a million.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping

from loligo.cell.expression import (
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Symbol,
    Where,
)

_FUNCTIONS = {
    "exp": "exp_",
    "log": "log_",
    "sqrt": "sqrt_",
    "abs": "abs",
    "max": "max_",
    "min": "min_",
}


def identifiers(names: list[str]) -> dict[str, str]:
    """Return a Python identifier for each name, all different."""
    taken: set[str] = set()
    result: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name)
        if not plain[0].isalpha() or keyword.iskeyword(plain):
            plain = f"x_{plain}"
        wanted, count = plain, 2
        while plain in taken:
            plain, count = f"{wanted}_{count}", count + 1
        taken.add(plain)
        result[name] = plain
    return result


class Printer:
    """Prints expressions in a dialect.

    Parameters
    ----------
    names : mapping of str to str
        The text of each symbol.
    literal : callable
        The text of a number.
    """

    def __init__(self, names: Mapping[str, str], literal: Callable[[float], str] = repr) -> None:
        self.names = names
        self.literal = literal

    def __call__(self, node: Expression) -> str:
        """Return the text of a node."""
        return self.text(node, 0)

    def text(self, node: Expression, outer: int) -> str:
        """Return the text of a node, in parentheses where `outer` binds more strongly."""
        if isinstance(node, Number):
            text = self.literal(node.value)
            return f"({text})" if text.startswith("-") and outer else text
        if isinstance(node, Symbol):
            return self.names[node.name]
        if isinstance(node, Operation):
            return self.operation(node, outer)
        if isinstance(node, Compare):
            return f"{self.text(node.left, 1)} {node.relation} {self.text(node.right, 1)}"
        if isinstance(node, Where):
            return self.where(node)
        assert isinstance(node, Call)
        arguments = ", ".join(self(argument) for argument in node.arguments)
        return f"{_FUNCTIONS[node.function]}({arguments})"

    def where(self, node: Where) -> str:
        """Return the text of a choice between two named values."""
        return f"{self(node.yes)} if {self(node.condition)} else {self(node.no)}"

    def operation(self, node: Operation, outer: int) -> str:
        """Return the text of a sum, difference, product or quotient."""
        if node.operator in "+-" and (text := self.fused(node)):
            return text
        binds = 1 if node.operator in "+-" else 2
        text = f"{self.text(node.left, binds)} {node.operator} {self.text(node.right, binds + 1)}"
        return f"({text})" if binds < outer else text

    def fused(self, node: Operation) -> str:
        """Return a sum with a product in one rounding, nothing where there is none."""
        left, right = node.left, node.right
        if isinstance(right, Operation) and right.operator == "*":
            first = self.negated(right.left) if node.operator == "-" else self(right.left)
            return f"fma({first}, {self(right.right)}, {self(left)})"
        if isinstance(left, Operation) and left.operator == "*":
            last = self.negated(right) if node.operator == "-" else self(right)
            return f"fma({self(left.left)}, {self(left.right)}, {last})"
        return ""

    def negated(self, node: Expression) -> str:
        """Return the text of minus a node."""
        if isinstance(node, Number):
            return self.literal(-node.value)
        return f"-{self.text(node, 3)}"
