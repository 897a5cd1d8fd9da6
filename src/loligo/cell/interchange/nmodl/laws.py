"""`laws`: what a file computes, after its statements have run on expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols
from loligo.cell.interchange.nmodl.execute import Execution, explain_unset, unset
from loligo.cell.interchange.nmodl.names import beginnings, kind
from loligo.cell.interchange.nmodl.source import Source
from loligo.cell.interchange.nmodl.syntax import File, React
from loligo.cell.interchange.nmodl.tidy import tidy
from loligo.errors import ModelError


@dataclass
class Laws:
    """The laws of a file on the symbols of `names`.

    Attributes
    ----------
    source, file : Source, File
    values : mapping of str to float
        The parameters, by symbol.
    known : dict of str to Expression
        What each variable holds at the end of a step; derivatives by ``m'``.
    lines : dict of str to int
        Where each variable was assigned last.
    initial : dict of str to Expression
        What INITIAL assigns to states.
    steady : bool
        INITIAL solves the scheme for its steady state.
    reactions : list of (React, Expression, Expression or None)
    """

    source: Source
    file: File
    values: Mapping[str, float]
    known: dict[str, Expression]
    lines: dict[str, int]
    initial: dict[str, Expression]
    steady: bool
    reactions: list[tuple[React, Expression, Expression | None]]
    execution: Execution
    _tidied: dict[Expression, Expression] = field(default_factory=dict)

    def settled(self, node: Expression) -> Expression:
        """Return an expression with numbers for parameters, and without removable singularities."""
        return tidy(substitute(node, self.values), self._tidied)

    def set_everywhere(self, node: Expression, what: str) -> Expression:
        """Return the settled expression.

        Raises
        ------
        ModelError
            It depends on a variable that has no value.
        """
        node = self.settled(node)
        missing = unset(node)
        if missing is not None:
            raise explain_unset(self.execution, missing, what)
        return node

    def error(self, name: str, problem: str) -> ModelError:
        """Return an error about the line that assigns or declares a variable."""
        file = self.file
        line = self.lines.get(name, 0)
        declared = {**file.parameters, **file.assigned, **file.states}.get(name.removesuffix("'"))
        if not line and declared is not None:
            line = declared.line
        return self.source.error(line or file.nonspecific.get(name, 0) or _ion_line(file), problem)


def _ion_line(file: File) -> int:
    return file.ions[0].line if file.ions else 1


def laws(file: File, source: Source, values: Mapping[str, float]) -> Laws:
    """Execute INITIAL, then BREAKPOINT until it repeats itself.

    Raises
    ------
    ModelError
        See `Execution`; or a step that depends on the step before.
    """
    execution = Execution(file, source, values)
    initial, steady = _initial(execution)
    body = file.breakpoint.body if file.breakpoint is not None else ()
    before: dict[str, Expression] = {}
    for _ in range(3):
        before = dict(execution.known)
        execution.reactions, execution.conserved, execution.solved = [], [], []
        execution.local = {}
        execution.run(body)
    found = Laws(
        source,
        file,
        values,
        execution.known,
        execution.lines,
        initial,
        steady,
        execution.reactions,
        execution,
    )
    _check(found, before)
    return found


def _initial(execution: Execution) -> tuple[dict[str, Expression], bool]:
    file = execution.file
    begun = beginnings(file)
    if file.initial is not None:
        for state in file.states:
            start = file.parameters.get(f"{state}0")
            value = 0.0 if start is None or start.value is None else start.value
            execution.known[state] = Number(value)
        execution.run(file.initial.body)
    steady = any(solve.steady for solve in execution.solved)
    initial = {s: execution.known[s] for s in file.states if s in execution.lines}
    kept: dict[str, Expression] = {}
    for name, held in execution.known.items():
        constant = all(kind(s) == "p" or s == "temperature" for s in symbols(held))
        if name in file.states or name.endswith("'"):
            continue
        kept[name] = held if constant or held == begun.get(name) else Symbol(f"?:{name}")
    execution.known = {**begun, **kept, "v": begun["v"]}
    return initial, steady


def _check(found: Laws, before: Mapping[str, Expression]) -> None:
    file, known = found.file, found.known
    if found.settled(known["v"]) != Symbol("v"):
        raise found.error("v", "the potential is assigned; it belongs to the cell")
    for name, value in known.items():
        if value != before.get(name) and not _stepping(name, file):
            raise found.error(name, f"{name} depends on its own value at the step before")
    reacting = {s for reaction, _, _ in found.reactions for s in (reaction.source, reaction.target)}
    for name in sorted(reacting - file.states.keys()):
        line = next(r.line for r, _, _ in found.reactions if name in (r.source, r.target))
        raise found.source.error(line, f"{name!r} in a reaction is no STATE")
    for state, variable in file.states.items():
        moves = f"{state}'" in known or state in reacting
        fixed = known[state] != Symbol(f"s:{state}")
        if not moves and not fixed:
            raise found.source.error(
                variable.line,
                f"the state {state!r} has no equation that BREAKPOINT solves: {state}' = ..., "
                f"or a reaction",
            )
        if moves and fixed:
            raise found.error(state, f"the state {state!r} has an equation and is assigned too")


def _stepping(name: str, file: File) -> bool:
    """Tell whether a variable is one that no law has to know."""
    return name not in file.states and name not in file.assigned and not name.endswith("'")
