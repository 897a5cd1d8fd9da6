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

from dataclasses import dataclass, field
from functools import lru_cache

from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols
from loligo.cell.lowered import Equations
from loligo.engine import multistep
from loligo.engine.assemble import Assembly, resolved_rate
from loligo.engine.features import feature_lines
from loligo.engine.fraction import linear_rate
from loligo.engine.rules import open_step
from loligo.engine.scope import Scope, Statements
from loligo.engine.simplify import simplified
from loligo.engine.system import SCALARS, Assignment, Options, System
from loligo.engine.tree import spreading
from loligo.engine.tree.divisions import digits, inverses
from loligo.engine.tree.spreading import SpreadLines

CAPACITANCE, COVERED, AXIAL_SUM, DIAGONAL, RIGHT, NEW, END = (
    "axial.capacitance",
    "axial.covered",
    "axial.sum",
    "solve.diagonal",
    "solve.right",
    "solve.x",
    "solve.end",
)
"""Rows between membrane and solve: the capacitance, 1 where there is membrane and 0 in branch
points, the conductances to all neighbours, the matrix's diagonal and right side, the potential
found, and, of steps that look back, the new potential."""

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
    past : tuple of str
        Rows of the gates' differences, of steps that look back.
    spreads : tuple of str
        Amounts of ions that spread along the tree, see `spreading`.
    spread : SpreadLines
    """

    system: System
    right: dict[str, Expression]
    after: tuple[Assignment, ...]
    after_updates: dict[str, Expression]
    past: tuple[str, ...] = ()
    spreads: tuple[str, ...] = ()
    spread: SpreadLines = field(default_factory=SpreadLines)

    @property
    def is_linear(self) -> bool:
        """Whether the matrix of the solve does not change with the states."""
        if self.spreads:
            return False
        lines = dict(self.system.step)
        reached, waiting = set(), set(symbols(self.right[DIAGONAL]))
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= symbols(lines[name]) - reached if name in lines else set()
        return not reached & set(self.system.states)


@lru_cache(maxsize=64)
def assemble_tree(
    equations: Equations,
    options: Options,
    *,
    branches: bool,
    looks_back: bool = False,
    spreads: tuple[str, ...] = (),
) -> TreeSystem:
    """Return the system of membrane under given options; the same one when asked again.

    Parameters
    ----------
    equations : Equations
    options : Options
    branches : bool
        Whether there are branch points among the nodes.
    looks_back : bool
        Whether steps are corrected by those before, see `multistep`.
    spreads : tuple of str
        Amounts of ions that spread along the tree, see `spreading`.

    Raises
    ------
    SelectionError
        A quantity to record, or a feature, that the membrane does not have.
    """
    assembly = _TreeAssembly(
        equations, options, branches=branches, looks_back=looks_back, spreads=spreads
    )
    return assembly.tree_system()


class _TreeAssembly(Assembly):
    """The assignments of membrane on a tree."""

    def __init__(
        self,
        equations: Equations,
        options: Options,
        *,
        branches: bool,
        looks_back: bool,
        spreads: tuple[str, ...],
    ) -> None:
        super().__init__(equations, options)
        self.covered: Expression = Symbol(COVERED) if branches else Number(1.0)
        self.looks_back = looks_back
        self.spreads = spreads
        self.end = END if looks_back else NEW

    def tree_system(self) -> TreeSystem:
        states = ("v", *self.equations.states)
        statements = Statements(taken=self.taken(states))
        start = Scope(self.definitions, statements)
        changed, _ = self.gates(start, Symbol("h_gate"), self.options.rule)
        scope = self.flows(start.after(changed), forward=True)
        spread = spreading.before(self.spreads, self.definitions, scope)
        right = {} if self.spreads else self.right(scope)
        updates: dict[str, Expression] = {
            state: Symbol(scope.names[state]) for state in states if state in scope.names
        }
        past = {row: name for row, name in changed.items() if row not in states}
        updates |= {row: Symbol(name) for row, name in past.items()}
        before, aliases = simplified(self.hoisted(statements.lines), "s")
        updates = {state: substitute(value, aliases) for state, value in updates.items()}
        updates |= self.put(spread, aliases)
        right = self.put(right, aliases)
        spread_lines = SpreadLines()
        if self.spreads:
            spread_lines, right = self.after_spreading(states)
        after, after_updates, more = self.after_solve(states)
        sample, recorded = self.sample()
        sample, aliases = simplified(self.hoisted(sample), "r")
        recorded = [(name, substitute(e, aliases)) for name, e in self.hoisted(recorded)]
        random = self.chances(states)
        ends = [*updates.values(), *right.values(), *after_updates.values(), *random.rows.values()]
        ends += spread_lines.between_rows.values()
        lines = (*before, *after, *sample, *recorded, *random.lines)
        lines += (*spread_lines.between, *spread_lines.solve)
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
        return TreeSystem(
            system, right, tuple(after), after_updates, tuple(past), self.spreads, spread_lines
        )

    def put(
        self, ends: dict[str, Expression], aliases: dict[str, Expression]
    ) -> dict[str, Expression]:
        """Return what goes into which row, with constant parts named, after `simplified`."""
        return {row: substitute(self.constants.hoist(e, row), aliases) for row, e in ends.items()}

    def after_spreading(self, states: tuple[str, ...]) -> tuple[SpreadLines, dict[str, Expression]]:
        """Return the assignments after each stage of spreading, and the membrane's share then."""
        statements = Statements(taken=self.taken(states))
        ends = spreading.between(self.spreads, self.definitions, statements)
        between, aliases = simplified(self.hoisted(statements.lines), "b")
        between_rows = self.put(ends, aliases)
        statements = Statements(taken=self.taken(states))
        middles = {state: spreading.middle(state) for state in self.spreads}
        right = self.right(Scope(self.definitions, statements, middles))
        solve, aliases = simplified(self.hoisted(statements.lines), "d")
        return SpreadLines(tuple(between), between_rows, tuple(solve)), self.put(right, aliases)

    def relaxed(self, scope: Scope, h: Expression, rule: str) -> dict[str, str]:
        """Add a step of every gate, with divisions in common; return the new names."""
        gates, statements = self.equations.relaxations, scope.statements
        looks_back = self.looks_back and h == Symbol("h_gate")
        steps = []
        for gate in gates:
            rate = resolved_rate(scope, gate)
            if looks_back:
                steps.append(multistep.opened(statements, gate.state, rate, h))
            else:
                steps.append(open_step(statements, gate.state, Symbol(gate.state), rate, h))
        sizes = [digits(linear_rate(gate), self.definitions) for gate in gates]
        found = inverses(statements, [step.below for step in steps], sizes)
        changed: dict[str, str] = {}
        for step, inverse in zip(steps, found, strict=True):
            if looks_back:
                changed |= multistep.closed(statements, step, inverse)
            else:
                changed[step.state] = step.closed(statements, inverse)
        return changed

    def taken(self, states: tuple[str, ...]) -> set[str]:
        """Return names that no assignment may have."""
        rows = {CAPACITANCE, COVERED, AXIAL_SUM, NEW, END}
        past = {n for s in states for n in multistep.rows(s)} if self.looks_back else set()
        rows |= set(spreading.all_rows(self.spreads))
        return {*states, *NUMBERS, *self.constants.known, *multistep.NUMBERS, *rows, *past}

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
        drive = own * v - total
        if self.looks_back:
            drive = drive + CHARGE * ((multistep.LEAD - 1.0) * multistep.summed("v"))
        right = statements.assign("row.right", self.covered * drive)
        return {DIAGONAL: diagonal, RIGHT: right}

    def after_solve(
        self, states: tuple[str, ...]
    ) -> tuple[list[Assignment], dict[str, Expression], dict[str, str]]:
        """Return the assignments after the solve, what holds each state, and features' rows."""
        statements = Statements(taken=self.taken(states))
        scope = Scope(self.definitions, statements).after({"v": self.end})
        scope = self.flows(scope, forward=False)
        features, more = feature_lines(self.options.features, self.end)
        lines, aliases = simplified(self.hoisted([*statements.lines, *features]), "a")
        names = {state: scope.names[state] for state in states if state in scope.names} | more
        return lines, {s: aliases.get(n, Symbol(n)) for s, n in names.items()}, more
