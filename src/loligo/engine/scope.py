"""Names resolved at one moment of a step: which value of a state, which definitions are computed.

During a step states change one after another. A scope knows the current name of each state, and
computes a definition when it is first needed, once for as long as what it depends on stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loligo.cell.expression import Expression, Number, Symbol, derivative, substitute, symbols


@dataclass
class Definitions:
    """Definitions by name, and their derivatives as further definitions where asked for."""

    expressions: dict[str, Expression]
    reach: dict[str, frozenset[str]] = field(default_factory=dict)

    def depends_on(self, name: str) -> frozenset[str]:
        """Return all names below a definition, other definitions among them; else the name."""
        if name not in self.expressions:
            return frozenset({name})
        if name not in self.reach:
            direct = symbols(self.expressions[name])
            below = frozenset().union(*(self.depends_on(n) for n in direct)) | {name}
            self.reach[name] = below
        return self.reach[name]

    def varies_with(self, node: Expression, name: str) -> bool:
        """Tell whether an expression changes with a name, through definitions or directly."""
        return any(name in self.depends_on(used) for used in symbols(node))

    def total_derivative(self, node: Expression, name: str) -> Expression:
        """Return the derivative of an expression, through its definitions."""
        total: Expression = Number(0.0)
        for used in sorted(symbols(node)):
            if used == name:
                total = total + derivative(node, name)
            elif used in self.expressions and name in self.depends_on(used):
                inner = f"{used}.by.{name}"
                if inner not in self.expressions:
                    self.expressions[inner] = self.total_derivative(self.expressions[used], name)
                slope = self.expressions[inner]
                through = slope if isinstance(slope, Number) else Symbol(inner)
                total = total + derivative(node, used) * through
        return total


@dataclass
class Statements:
    """Assignments in order; every name is assigned once."""

    lines: list[tuple[str, Expression]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def assign(self, wanted: str, expression: Expression) -> Expression:
        """Add an assignment and return its symbol; plain symbols and numbers pass through."""
        if isinstance(expression, Symbol | Number):
            return expression
        return Symbol(self.store(wanted, expression))

    def store(self, wanted: str, expression: Expression) -> str:
        """Add an assignment, whatever the expression, and return its name."""
        name, count = wanted, 2
        while name in self.taken:
            name, count = f"{wanted}.{count}", count + 1
        self.taken.add(name)
        self.lines.append((name, expression))
        return name


@dataclass
class Scope:
    """The current names of states and definitions."""

    definitions: Definitions
    statements: Statements
    names: dict[str, str] = field(default_factory=dict)
    computed: dict[str, Expression] = field(default_factory=dict)

    def resolve(self, node: Expression) -> Expression:
        """Return an expression in current names, after the definitions it needs."""
        values: dict[str, Expression] = {}
        for name in sorted(symbols(node)):
            if name in self.definitions.expressions:
                if name not in self.computed:
                    inner = self.resolve(self.definitions.expressions[name])
                    self.computed[name] = self.statements.assign(name, inner)
                values[name] = self.computed[name]
            elif name in self.names:
                values[name] = Symbol(self.names[name])
        return substitute(node, values)

    def after(self, changed: Mapping[str, str]) -> Scope:
        """Return the scope after some states got new names."""
        stale = {
            name for name in self.computed if self.definitions.depends_on(name) & changed.keys()
        }
        kept = {name: value for name, value in self.computed.items() if name not in stale}
        return Scope(self.definitions, self.statements, {**self.names, **changed}, kept)
