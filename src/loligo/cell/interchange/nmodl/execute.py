"""Statements of NMODL, executed on expressions instead of numbers.

Every variable holds an expression of potential, states, parameters and ions. A choice runs both
ways and joins them with `where`, a call runs the body of its function: so any arrangement of
assignments gives the laws it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loligo.cell.expression import Expression, Number, Symbol, symbols
from loligo.cell.expression.tree import add, divide, multiply, subtract
from loligo.cell.interchange.nmodl.bounded import BUILT_IN, Bounds, TooLarge, apply, raised
from loligo.cell.interchange.nmodl.conditions import Condition, choose, compared, decided
from loligo.cell.interchange.nmodl.names import FORBIDDEN, beginnings
from loligo.cell.interchange.nmodl.refused import RANDOM
from loligo.cell.interchange.nmodl.source import Source
from loligo.cell.interchange.nmodl.syntax import (
    Apply,
    Assign,
    Binary,
    Block,
    Conserve,
    Do,
    File,
    If,
    Literal,
    Local,
    Name,
    Node,
    React,
    Solve,
    Statement,
    Unary,
)
from loligo.errors import ModelError, suggest

MOST_STEPS = 20_000
"""Statements and operations that the execution of a file may take."""

DEEPEST_CALLS = 20
"""Functions that call each other."""

_ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide, "^": raised}
_COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!="))


class Execution:
    """The state of a file while its statements run.

    Parameters
    ----------
    file : File
    source : Source
        For messages.
    values : mapping of str to float
        The numbers of the parameters, by symbol; they decide choices.
    """

    def __init__(self, file: File, source: Source, values: Mapping[str, float]) -> None:
        self.file = file
        self.source = source
        self.values = values
        self.known = beginnings(file)
        self.local: dict[str, Expression] = {}
        self.lines: dict[str, int] = {}
        self.reactions: list[tuple[React, Expression, Expression | None]] = []
        self.conserved: list[tuple[Conserve, Expression]] = []
        self.solved: list[Solve] = []
        self.calls: list[str] = []
        self.steps = 0
        self.bounds = Bounds()

    def run(self, statements: Sequence[Statement]) -> None:
        """Execute statements one after the other.

        Raises
        ------
        ModelError
            Something unknown or refused, or laws that grow too large; with its line.
        """
        for statement in statements:
            self.step(statement.line)
            try:
                self.one(statement)
            except (TooLarge, RecursionError):
                raise self.source.error(
                    statement.line, "the law becomes too large when all is put into it"
                ) from None

    def step(self, line: int) -> None:
        """Count a step."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise self.source.error(line, f"the file takes more than {MOST_STEPS} steps")

    def one(self, statement: Statement) -> None:
        """Execute one statement."""
        if isinstance(statement, Assign):
            self.assign(statement.target, self.value(statement.value), statement.line)
        elif isinstance(statement, If):
            self.choice(statement)
        elif isinstance(statement, Do):
            self.call(statement.call)
        elif isinstance(statement, Local):
            self.local |= {name: Symbol(f"?:{name}") for name in statement.names}
        elif isinstance(statement, Solve):
            self.solve(statement)
        elif isinstance(statement, React):
            forward = self.value(statement.forward)
            backward = None if statement.backward is None else self.value(statement.backward)
            self.reactions.append((statement, forward, backward))
        else:
            self.conserved.append((statement, self.value(statement.total)))

    def assign(self, target: str, value: Expression, line: int) -> None:
        """Give a variable its value."""
        value = self.bounds.checked(value)
        state = target.removesuffix("'")
        if target in self.local:
            self.local[target] = value
            return
        if target.endswith("''") or (target.endswith("'") and state not in self.file.states):
            raise self.source.error(line, f"{target}: {state!r} is not a STATE")
        if target not in self.known and not target.endswith("'"):
            hint = suggest(target, self.known)
            raise self.source.error(line, f"{target!r} is not declared; {hint}")
        self.known[target] = value
        self.lines[target] = line

    def choice(self, statement: If) -> None:
        """Run both ways of a choice and join what they assign."""
        condition = decided(self.condition(statement.condition), self.values)
        if isinstance(condition, bool):
            self.run(statement.yes if condition else statement.no)
            return
        if any(isinstance(inner, React | Solve) for inner in (*statement.yes, *statement.no)):
            raise self.source.error(statement.line, "a reaction or SOLVE inside IF is refused")
        before = self.known, self.local
        after = []
        for way in (statement.yes, statement.no):
            self.known, self.local = dict(before[0]), dict(before[1])
            self.run(way)
            after.append((self.known, self.local))
        self.known = self.joined(condition, after[0][0], after[1][0])
        self.local = self.joined(condition, after[0][1], after[1][1])

    def joined(
        self, condition: Condition, yes: dict[str, Expression], no: dict[str, Expression]
    ) -> dict[str, Expression]:
        """Return the variables after a choice."""
        found = {}
        for name in {**yes, **no}:
            unset = Symbol(f"?:{name}")
            first, second = yes.get(name, unset), no.get(name, unset)
            same = first is second
            found[name] = first if same else self.bounds.checked(choose(condition, first, second))
        return found

    def call(self, node: Apply) -> Expression:
        """Run a procedure or function, or apply a built-in one."""
        name, given = node.function, node.arguments
        block = self.file.functions.get(name) or self.file.procedures.get(name)
        wanted = BUILT_IN.get(name) if block is None else len(block.arguments)
        if name in RANDOM and block is None:
            raise self.source.error(node.line, f"{name} draws random numbers, which is refused")
        if wanted is None:
            known = {*self.file.functions, *self.file.procedures, *BUILT_IN}
            raise self.source.error(node.line, f"unknown function {name!r}; {suggest(name, known)}")
        if len(given) != wanted:
            raise self.source.error(
                node.line, f"{name} takes {wanted} argument(s), here it has {len(given)}"
            )
        arguments = tuple(self.value(argument) for argument in given)
        if block is None:
            return self.bounds.checked(apply(name, arguments))
        return self.inlined(block, arguments, node.line)

    def inlined(self, block: Block, arguments: tuple[Expression, ...], line: int) -> Expression:
        """Run the body of a procedure or function with its arguments."""
        if len(self.calls) >= DEEPEST_CALLS or block.name in self.calls:
            ways = " -> ".join([*self.calls[-4:], block.name])
            raise self.source.error(line, f"functions that call each other in circles: {ways}")
        outer, self.local = self.local, dict(zip(block.arguments, arguments, strict=True))
        self.local[block.name] = Symbol(f"?:{block.name}")
        self.calls.append(block.name)
        self.run(block.body)
        self.calls.pop()
        result, self.local = self.local[block.name], outer
        return result

    def solve(self, statement: Solve) -> None:
        """Run the block that a SOLVE names."""
        file, name = self.file, statement.block
        block = file.derivatives.get(name) or file.kinetics.get(name) or file.procedures.get(name)
        if block is None:
            known = {*file.derivatives, *file.kinetics, *file.procedures}
            hint = suggest(name, known)
            raise self.source.error(statement.line, f"no block {name!r} to solve; {hint}")
        self.solved.append(statement)
        outer, self.local = self.local, {}
        self.run(block.body)
        self.local = outer

    def value(self, node: Node) -> Expression:
        """Return the expression that a node of the file stands for."""
        if isinstance(node, Literal):
            return Number(node.value)
        if isinstance(node, Name):
            return self.variable(node)
        self.step(node.line)
        if isinstance(node, Apply):
            if node.function in self.file.procedures:
                raise self.source.error(node.line, f"{node.function} is a PROCEDURE, no value")
            return self.call(node)
        if node.operator in _ARITHMETIC and isinstance(node, Binary):
            left, right = self.value(node.left), self.value(node.right)
            return self.bounds.checked(_ARITHMETIC[node.operator](left, right))
        if isinstance(node, Unary) and node.operator == "-":
            return -self.value(node.operand)
        condition = decided(self.condition(node), self.values)
        return choose(condition, Number(1.0), Number(0.0))

    def variable(self, node: Name) -> Expression:
        """Return what a variable holds."""
        found = self.local.get(node.name)
        if found is None:
            found = self.known.get(node.name)
        if node.name in FORBIDDEN and (found is None or found == Symbol(f"?:{node.name}")):
            raise self.source.error(node.line, f"{node.name}: {FORBIDDEN[node.name]}")
        if found is None:
            hint = suggest(node.name, {**self.known, **self.local})
            raise self.source.error(node.line, f"unknown name {node.name!r}; {hint}")
        return found

    def condition(self, node: Node) -> Condition:
        """Return a condition, which may already be decided."""
        if isinstance(node, Binary) and node.operator in _COMPARISONS:
            left, right = self.value(node.left), self.value(node.right)
            return compared(node.operator, left, right)
        if isinstance(node, Binary) and node.operator in {"&&", "||"}:
            return (node.operator, self.condition(node.left), self.condition(node.right))
        if isinstance(node, Unary) and node.operator == "!":
            return ("!", self.condition(node.operand))
        return compared("!=", self.value(node), Number(0.0))


def unset(expression: Expression) -> str | None:
    """Return a variable without a value that an expression depends on, if there is one."""
    missing = sorted(name for name in symbols(expression) if name.startswith("?:"))
    return missing[0][2:] if missing else None


def explain_unset(execution: Execution, name: str, what: str) -> ModelError:
    """Return the error that a law depends on a variable without a value."""
    file = execution.file
    declared = {**file.parameters, **file.assigned, **file.states}.get(name)
    line = execution.lines.get(name) or (declared.line if declared else 0)
    return execution.source.error(
        line,
        f"{what} depends on {name!r}, which is never assigned, or only in INITIAL from the "
        f"potential or a state; give it a value in PARAMETER, or in parameters={{{name!r}: ...}}",
    )
