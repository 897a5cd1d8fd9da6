"""What does not change during a run is computed once per cell, before it.

Every largest part of an expression that depends on parameters alone becomes a constant with a row
of its own, one number per cell.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from loligo.cell.expression import Compare, Expression, Symbol, symbols
from loligo.cell.expression.tree import children, rebuild


@dataclass
class Constants:
    """Constants found so far.

    Attributes
    ----------
    known : collection of str
        Names that do not change during a run: parameters and definitions made of them.
    names : dict of Expression to str
        The name given to each constant expression.
    """

    known: Collection[str]
    names: dict[Expression, str] = field(default_factory=dict)

    def is_constant(self, node: Expression) -> bool:
        """Tell whether an expression depends on constant names alone, and on at least one."""
        used = symbols(node)
        return bool(used) and used <= set(self.known)

    def hoist(self, node: Expression, hint: str) -> Expression:
        """Replace the largest constant parts of an expression by names.

        Parameters
        ----------
        node : Expression
        hint : str
            What the expression is; it names constants that have no name of their own.
        """
        if self.is_constant(node) and not isinstance(node, Compare):
            return Symbol(self.name(node, hint))
        parts = children(node)
        if not parts:
            return node
        return rebuild(node, tuple(self.hoist(part, hint) for part in parts))

    def name(self, node: Expression, hint: str) -> str:
        """Return the name of a constant expression, a new one where it has none."""
        if node not in self.names:
            if isinstance(node, Symbol):
                self.names[node] = node.name
                return node.name
            taken = set(self.names.values())
            wanted = name = f"fixed.{hint}"
            count = 2
            while name in taken:
                name, count = f"{wanted}.{count}", count + 1
            self.names[node] = name
        return self.names[node]
