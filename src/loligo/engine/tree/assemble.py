"""One step of a patch of membrane that is coupled to its neighbours.

Before the potentials are solved for, gates and pools step as in an isopotential cell (see
`loligo.engine.assemble`); what the membrane leaves for the solve is a conductance and a current.
After it, pools step the other half at the new potential, and running features are updated.

With gates held in the middle of the step, potentials obey ``C dv/dt = b - G v``. They go a step by
the two-stage, L-stable, stiffly accurate method of second order of Alexander (1977),
https://doi.org/10.1137/0714068: with ``gamma = 1 - 1 / sqrt(2)``, both stages solve

    (C / (gamma h) + G) x = C y / (gamma h) + b

first from ``y = v``, then from ``y = v + (1 - gamma) / gamma (x - v)``, with the same matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols
from loligo.cell.lowered import Equations
from loligo.engine.assemble import Assembly, resolved_rate
from loligo.engine.features import feature_lines
from loligo.engine.fraction import linear_rate
from loligo.engine.rules import open_step
from loligo.engine.scope import Scope, Statements
from loligo.engine.simplify import simplified
from loligo.engine.system import SCALARS, Assignment, Options, System
from loligo.engine.tree.divisions import digits, inverses

CAPACITANCE, COVERED, AXIAL_SUM, DIAGONAL, RIGHT, NEW = (
    "axial.capacitance",
    "axial.covered",
    "axial.sum",
    "solve.diagonal",
    "solve.right",
    "solve.x",
)
"""Rows between membrane and solve: the capacitance, 1 where there is membrane and 0 in branch
points, the conductances to all neighbours, the matrix's diagonal and right side, and the potential
found."""

INVERSE = "inverse_h"
"""``1 / (gamma h)``, a number that all compartments share."""

NUMBERS = (*SCALARS, INVERSE)

CHARGE = Symbol(CAPACITANCE) * Symbol(INVERSE)
"""Capacitance over the step of a stage [nS]."""


@dataclass(frozen=True, eq=False)
class TreeSystem:
    """One step of membrane, in two parts, and one sample of it.

    Attributes
    ----------
    system : System
        The part before the solve as its step, samples, states and constants.
    right : dict of str to Expression
        What goes into the rows `DIAGONAL` and `RIGHT`.
    after : tuple of (name, Expression)
    after_updates : dict of str to Expression
        Assignments after the solve, and what then holds each state.
    """

    system: System
    right: dict[str, Expression]
    after: tuple[Assignment, ...]
    after_updates: dict[str, Expression]

    @property
    def is_linear(self) -> bool:
        """Whether the matrix of the solve does not change with the states."""
        lines = dict(self.system.step)
        reached, waiting = set(), set(symbols(self.right[DIAGONAL]))
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= symbols(lines[name]) - reached if name in lines else set()
        return not reached & set(self.system.states)


@lru_cache(maxsize=64)
def assemble_tree(equations: Equations, options: Options, *, branches: bool) -> TreeSystem:
    """Return the system of membrane under given options; the same one when asked again.

    Parameters
    ----------
    equations : Equations
    options : Options
    branches : bool
        Whether there are branch points among the nodes.

    Raises
    ------
    SelectionError
        A quantity to record, or a feature, that the membrane does not have.
    """
    return _TreeAssembly(equations, options, branches=branches).tree_system()


class _TreeAssembly(Assembly):
    """The assignments of membrane on a tree."""

    def __init__(self, equations: Equations, options: Options, *, branches: bool) -> None:
        super().__init__(equations, options)
        self.covered: Expression = Symbol(COVERED) if branches else Number(1.0)

    def tree_system(self) -> TreeSystem:
        states = ("v", *self.equations.states)
        statements = Statements(taken=self.taken(states))
        start = Scope(self.definitions, statements)
        changed, _ = self.gates(start, Symbol("h_gate"), self.options.rule)
        scope = self.flows(start.after(changed), forward=True)
        right = self.right(scope)
        updates: dict[str, Expression] = {
            state: Symbol(scope.names[state]) for state in states if state in scope.names
        }
        before, aliases = simplified(self.hoisted(statements.lines), "s")
        updates = {state: substitute(value, aliases) for state, value in updates.items()}
        right = {row: substitute(self.constants.hoist(e, row), aliases) for row, e in right.items()}
        after, after_updates, more = self.after_solve(states)
        sample, recorded = self.sample()
        sample, aliases = simplified(self.hoisted(sample), "r")
        recorded = [(name, substitute(e, aliases)) for name, e in self.hoisted(recorded)]
        random = self.chances(states)
        ends = [*updates.values(), *right.values(), *after_updates.values(), *random.rows.values()]
        lines = (*before, *after, *sample, *recorded, *random.lines)
        used = {n for e in (*(e for _, e in lines), *ends) for n in symbols(e)}
        system = System(
            equations=self.source,
            options=self.options,
            states=(*states, *more),
            constants=tuple(
                (name, expression)
                for expression, name in self.constants.names.items()
                if name in used
            ),
            step=tuple(before),
            updates=updates,
            sample=tuple(sample),
            recorded=tuple(recorded),
            chances=random,
        )
        return TreeSystem(system, right, tuple(after), after_updates)

    def relaxed(self, scope: Scope, h: Expression, rule: str) -> dict[str, str]:
        """Add a step of every gate, with divisions in common; return the new names."""
        gates, statements = self.equations.relaxations, scope.statements
        steps = [
            open_step(statements, gate.state, Symbol(gate.state), resolved_rate(scope, gate), h)
            for gate in gates
        ]
        sizes = [digits(linear_rate(gate), self.definitions) for gate in gates]
        found = inverses(statements, [step.below for step in steps], sizes)
        return {
            step.state: step.closed(statements, inverse)
            for step, inverse in zip(steps, found, strict=True)
        }

    def taken(self, states: tuple[str, ...]) -> set[str]:
        """Return names that no assignment may have."""
        return {*states, *NUMBERS, *self.constants.known, CAPACITANCE, COVERED, AXIAL_SUM, NEW}

    def right(self, scope: Scope) -> dict[str, Expression]:
        """Add the membrane's share of the solve; return what goes into which row."""
        statements = scope.statements
        membrane = self.membrane(scope)
        v = Symbol("v")
        total, slope = membrane.totals
        g = statements.assign("g.total", slope)
        total = statements.assign("i.total", total)
        own = statements.assign("row.own", CHARGE + g)
        diagonal = statements.assign("row.diagonal", self.covered * own + Symbol(AXIAL_SUM))
        right = statements.assign("row.right", self.covered * (own * v - total))
        return {DIAGONAL: diagonal, RIGHT: right}

    def after_solve(
        self, states: tuple[str, ...]
    ) -> tuple[list[Assignment], dict[str, Expression], dict[str, str]]:
        """Return the assignments after the solve, what holds each state, and features' rows."""
        statements = Statements(taken=self.taken(states))
        scope = Scope(self.definitions, statements).after({"v": NEW})
        scope = self.flows(scope, forward=False)
        features, more = feature_lines(self.options.features, NEW)
        lines, aliases = simplified(self.hoisted([*statements.lines, *features]), "a")
        names = {state: scope.names[state] for state in states if state in scope.names} | more
        return lines, {s: aliases.get(n, Symbol(n)) for s, n in names.items()}, more
