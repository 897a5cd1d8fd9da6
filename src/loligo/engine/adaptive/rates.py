"""From the equations of a cell to its rates of change and their Jacobian, as assignments.

Under an ideal voltage clamp the potential is no state but a definition, the command, so that the
chain rule carries the command's rate of change into every gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols
from loligo.cell.lowered import Equations
from loligo.engine import rules
from loligo.engine.assemble import Assembly
from loligo.engine.fraction import linear_rate
from loligo.engine.potential import Membrane, injected
from loligo.engine.scope import Definitions, Scope, Statements
from loligo.engine.simplify import simplified
from loligo.engine.system import LEVEL, SCALARS, SCALE, Assignment, Options

WAVE = Symbol("wave")
Matrix = dict[tuple[int, int], Expression]


@dataclass(frozen=True, slots=True)
class Block:
    """Assignments, and names or numbers for what they are made for."""

    lines: tuple[Assignment, ...]
    results: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """The differential equations of a cell, ready to be printed.

    Attributes
    ----------
    name : str
        Of the cell.
    states : tuple of str
        ``v`` first.
    moving : tuple of str
        Those that are integrated; ``v`` is not under an ideal voltage clamp.
    constants : tuple of (name, Expression)
        What does not change during a run, from parameters.
    rates : Block
        The rate of change of each moving state.
    linear : Block
        The same, then the entries of the Jacobian, then the slope of each rate in the command's
        shape.
    places : tuple of (int, int)
        Row and column of each entry of the Jacobian.
    order : tuple of int
        The order in which states are eliminated.
    sample : Block
        What is recorded.
    """

    name: str
    states: tuple[str, ...]
    moving: tuple[str, ...]
    constants: tuple[Assignment, ...]
    rates: Block
    linear: Block
    places: tuple[tuple[int, int], ...]
    order: tuple[int, ...]
    sample: Block


def rates_of(equations: Equations, options: Options) -> Rates:
    """Return the differential equations of a cell under given options.

    Raises
    ------
    SelectionError
        A quantity to record that the cell does not have.
    """
    return _Rates(equations, options).rates()


class _Rates(Assembly):
    def __init__(self, equations: Equations, options: Options) -> None:
        super().__init__(equations, options)
        # the command of a piece is no constant of a run
        self.constants.known = set(self.constants.known) - {LEVEL, SCALE}
        self.of_sample = self.definitions
        self.definitions = Definitions(dict(self.of_sample.expressions))
        if options.holds_potential:
            self.definitions.expressions["v"] = injected(WAVE)

    def rates(self) -> Rates:
        states = ("v", *self.equations.states)
        moving = states[1:] if self.options.holds_potential else states
        changes = self.changes()
        formulas = [changes[state] for state in moving]
        jacobian = self.jacobian(formulas, moving)
        drifts = [self.definitions.total_derivative(f, WAVE.name) for f in formulas]
        rates = self.block(formulas, "f")
        linear = self.block([*formulas, *jacobian.values(), *drifts], "j")
        sample = self.recorded()
        used = {
            name
            for block in (rates, linear, sample)
            for expression in (*(e for _, e in block.lines), *block.results)
            for name in symbols(expression)
        }
        return Rates(
            name=self.source.name,
            states=states,
            moving=moving,
            constants=tuple((n, e) for e, n in self.constants.names.items() if n in used),
            rates=rates,
            linear=linear,
            places=tuple(jacobian),
            order=elimination_order(len(moving), jacobian),
            sample=sample,
        )

    def changes(self) -> dict[str, Expression]:
        """Return the rate of change of each state."""
        named = self.definitions.expressions
        found: dict[str, Expression] = {"v": self.potential()}
        for gate in self.equations.relaxations:
            rate = linear_rate(gate)
            for letter in "asd":
                named[f"{letter}.{gate.state}"] = getattr(rate, letter)
            a, s, d = (Symbol(f"{letter}.{gate.state}") for letter in "asd")
            found[gate.state] = rate.factor * (a - s * Symbol(gate.state)) / d
        for flow in self.equations.flows:
            found[flow.state] = flow.rate
        for occupancy in self.equations.occupancies:
            found |= dict.fromkeys(occupancy.symbols, Number(0.0))
            for i, j, transition in occupancy.transitions:
                flux = f"flux.{occupancy.name}.{i}.{j}"
                named[flux] = transition * Symbol(occupancy.symbols[i])
                source, target = occupancy.symbols[i], occupancy.symbols[j]
                found[source] = found[source] - Symbol(flux)
                found[target] = found[target] + Symbol(flux)
        return found

    def potential(self) -> Expression:
        """Return the rate of change of a free potential."""
        if self.options.holds_potential:
            return Number(0.0)
        total: Expression = Number(0.0)
        for current in self.equations.currents:
            name = f"i.{current.name}"
            self.definitions.expressions[name] = current.current
            total = total + Symbol(name)
        clamp = Membrane(
            self.equations.capacitance, (), self.options.clamp, self.options.through_resistance
        )
        drive = clamp.injected(WAVE, Symbol("v"))
        return (drive - total) * (1.0 / self.equations.capacitance)

    def jacobian(self, formulas: list[Expression], moving: tuple[str, ...]) -> Matrix:
        """Return the derivatives that are not 0."""
        found: Matrix = {}
        for i, formula in enumerate(formulas):
            for j, state in enumerate(moving):
                entry = self.definitions.total_derivative(formula, state)
                if entry != Number(0.0):
                    found[i, j] = entry
        return found

    def block(self, formulas: list[Expression], prefix: str) -> Block:
        """Return the assignments that formulas need, with constant parts named."""
        statements = Statements(taken={*self.constants.known, *self.equations.states, "v"})
        scope = Scope(self.definitions, statements)
        names = [statements.store(f"of.{i}", scope.resolve(f)) for i, f in enumerate(formulas)]
        lines, aliases = simplified(self.hoisted(statements.lines), prefix)
        return block_of(lines, [aliases.get(name, Symbol(name)) for name in names])

    def recorded(self) -> Block:
        """Return the assignments of a sample; the potential is given, whatever the clamp."""
        self.definitions = self.of_sample
        taken = {"v", *self.equations.states, *SCALARS, *self.constants.known}
        scope = Scope(self.definitions, Statements(taken=taken))
        formulas = [self.sampled(name, scope) for name in self.options.record]
        lines, aliases = simplified(self.hoisted(scope.statements.lines), "r")
        named = self.hoisted([(f"r.{i}", formula) for i, formula in enumerate(formulas)])
        return block_of(lines, [substitute(formula, aliases) for _, formula in named])


def block_of(lines: list[Assignment], results: list[Expression]) -> Block:
    """Return the block without assignments that no result needs."""
    needed = {name for result in results for name in symbols(result)}
    kept = []
    for name, expression in reversed(lines):
        if name in needed:
            kept.append((name, expression))
            needed |= symbols(expression)
    return Block(tuple(reversed(kept)), tuple(results))


def elimination_order(size: int, places: Mapping[tuple[int, int], Expression]) -> tuple[int, ...]:
    """Return the order of pivots on the diagonal that fills a sparse matrix the least.

    Each time the pivot whose row and column hold the fewest further entries [1]_. What everything
    depends on, the potential first of all, comes last.

    References
    ----------
    .. [1] Markowitz 1957, https://doi.org/10.1287/mnsc.3.3.255
    """
    rows = [{j for j in range(size) if (i, j) in places} - {i} for i in range(size)]
    columns = [{i for i in range(size) if (i, j) in places} - {j} for j in range(size)]
    left, order = set(range(size)), []
    while left:
        pivot = min(left, key=lambda k: (len(rows[k]) * len(columns[k]), -k))
        order.append(pivot)
        left.remove(pivot)
        for i in columns[pivot]:
            rows[i] = (rows[i] | rows[pivot]) - {i, pivot}
        for j in rows[pivot]:
            columns[j] = (columns[j] | columns[pivot]) - {j, pivot}
    return tuple(order)


def factorization(rates: Rates) -> tuple[Block, dict[tuple[int, int], int], list[int]]:
    """Return the elimination of ``diagonal - Jacobian``, and where its entries are kept.

    Returns
    -------
    block : Block
        From ``jacobian.0``, ``jacobian.1``, ... and ``diagonal``; its results are the entries.
    places : dict of (int, int) to int
        Of the entries off the diagonal, rows and columns in the order of elimination.
    pivots : list of int
        Of the inverse pivots.
    """
    size = len(rates.moving)
    rank = {state: place for place, state in enumerate(rates.order)}
    statements = Statements()
    matrix: Matrix = {(i, i): Symbol("diagonal") for i in range(size)}
    for index, (i, j) in enumerate(rates.places):
        place = rank[i], rank[j]
        matrix[place] = matrix.get(place, Number(0.0)) - Symbol(f"jacobian.{index}")
    for (i, j), entry in matrix.items():
        matrix[i, j] = statements.assign(f"m.{i}.{j}", entry)
    inverse = rules.eliminate(statements, "lu", size, matrix)
    off = [place for place in matrix if place[0] != place[1]]
    results = [*(matrix[place] for place in off), *inverse]
    block = Block(tuple(statements.lines), tuple(results))
    pivots = list(range(len(off), len(results)))
    return block, {place: index for index, place in enumerate(off)}, pivots


def substitution(rates: Rates) -> Block:
    """Return the solution of the factorized equations for a right side.

    From ``lu.0``, ``lu.1``, ..., and ``b.0``, ``b.1``, ... in the order of the states.
    """
    size = len(rates.moving)
    _, places, pivots = factorization(rates)
    matrix: Matrix = {place: Symbol(f"lu.{index}") for place, index in places.items()}
    inverse: list[Expression] = [Symbol(f"lu.{index}") for index in pivots]
    right: list[Expression] = [Symbol(f"b.{state}") for state in rates.order]
    statements = Statements()
    solved = rules.solve(statements, "x", size, matrix, inverse, right)
    rank = {state: place for place, state in enumerate(rates.order)}
    return Block(tuple(statements.lines), tuple(solved[rank[state]] for state in range(size)))
