"""Assignments made cheap: functions expanded, exponentials shared, common parts named once."""

from __future__ import annotations

from collections import Counter

from loligo.cell.expression import Call, Compare, Expression, Number, Operation, Symbol, Where
from loligo.cell.expression.tree import children, rebuild
from loligo.engine.exponentials import replace, share
from loligo.engine.rewrite import expand, linear, straighten
from loligo.engine.system import Assignment

Lines = list[Assignment]


def simplified(lines: Lines, prefix: str) -> tuple[Lines, dict[str, Expression]]:
    """Return assignments in the form that targets print.

    Parameters
    ----------
    lines : list of (name, Expression)
    prefix : str
        Of the names given to parts that occur more than once.

    Returns
    -------
    lines : list of (name, Expression)
    aliases : dict of str to Expression
        Names that turned out to be another name or a number, and are gone.
    """
    ready = [(name, straighten(expand(expression))) for name, expression in lines]
    shared = share(expression for _, expression in ready)
    ready = [(name, replace(expression, shared)) for name, expression in ready]
    return _Naming(prefix).name_all(ready)


class _Naming:
    """Common parts of expressions, and the branches of conditions, assigned to names."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.counts: Counter[Expression] = Counter()
        self.names: dict[Expression, Expression] = {}
        self.lines: Lines = []
        self.aliases: dict[str, Expression] = {}

    def name_all(self, lines: Lines) -> tuple[Lines, dict[str, Expression]]:
        for _, expression in lines:
            self.count(expression)
        for name, expression in lines:
            reduced = self.reduce(expression, top=True)
            if isinstance(reduced, Symbol | Number):
                self.aliases[name] = reduced
                self.names[Symbol(name)] = reduced
                continue
            if _worth(expression) and self.counts[expression] > 1:
                self.names[expression] = Symbol(name)
            self.lines.append((name, reduced))
        return self.lines, self.aliases

    def count(self, node: Expression) -> None:
        """Count each part once per place it is used in; what is inside a repeated part, once."""
        if not _worth(node) and not isinstance(node, Compare):
            return
        self.counts[node] += 1
        if linear(node) is None and (self.counts[node] == 1 or isinstance(node, Compare)):
            for part in children(node):
                self.count(part)

    def reduce(self, node: Expression, *, top: bool = False) -> Expression:
        """Return a node in terms of names; repeated parts and branches of conditions get one."""
        if node in self.names:
            return self.names[node]
        parts = children(node)
        if not parts:
            return node
        reduced = tuple(
            self.branch(part)
            if isinstance(node, Where) and not isinstance(part, Compare)
            else self.reduce(part)
            for part in parts
        )
        new = _same(node, reduced)
        if top or not _worth(node):
            return new
        is_exponential = isinstance(node, Call) and node.function == "exp"
        if self.counts[node] > 1 or is_exponential or isinstance(node, Where):
            return self.assign(node, new)
        return new

    def branch(self, part: Expression) -> Expression:
        """Return a branch of a condition as a name, so that both are computed and one chosen."""
        reduced = self.reduce(part)
        if isinstance(reduced, Symbol | Number):
            return reduced
        return self.assign(part, reduced)

    def assign(self, node: Expression, new: Expression) -> Expression:
        is_exponential = isinstance(node, Call) and node.function == "exp"
        name = f"{'exp' if is_exponential else 'part'}.{self.prefix}{len(self.lines)}"
        self.names[node] = Symbol(name)
        self.lines.append((name, new))
        return self.names[node]


def _worth(node: Expression) -> bool:
    return not isinstance(node, Number | Symbol | Compare)


def _same(node: Expression, parts: tuple[Expression, ...]) -> Expression:
    """Return the node on other parts, keeping a product's order as it is."""
    if isinstance(node, Operation):
        return Operation(node.operator, *parts)
    return rebuild(node, parts)
