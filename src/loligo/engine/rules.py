"""One step of each kind of state, as assignments.

The bounded trapezoidal rule: a linear rate ``dx/dt = (a - s x) / d`` goes a step ``h`` by

    x + h (a - s x) / max(d + h s / 2, h s)

which is the trapezoidal (Crank-Nicolson) rule where ``h s < 2 d`` and the steady state ``a / s``
beyond. It is of second order, never leaves the interval between the old value and the steady
state, and damps a fast state at once (it is L-stable), where the plain rule would ring.
"""

from __future__ import annotations

from dataclasses import dataclass

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.tree import call
from loligo.engine.fraction import LinearRate
from loligo.engine.rewrite import ONE, exponential
from loligo.engine.scope import Statements
from loligo.engine.two_stage import AHEAD, GAMMA


def bounded(statements: Statements, name: str, d: Expression, p: Expression) -> Expression:
    """Return ``1 / max(d + p / 2, p)``; not a number where `d` or `p` is not."""
    below = statements.assign(f"{name}.below", call("max", p, d + 0.5 * p))
    return ONE / below


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step of the bounded trapezoidal rule but for its division: ``x + change / below``.

    With ``h s = p / d``, ``below`` is ``max(d + p / 2, p)``.
    """

    state: str
    x: Expression
    change: Expression
    below: Expression
    d: Expression

    def closed(self, statements: Statements, inverse: Expression) -> str:
        """Add the end of the step, with one over `below`; return the name of the new value."""
        return statements.store(f"{self.state}.next", self.x + self.change * inverse)


def open_step(
    statements: Statements,
    state: str,
    x: Expression,
    rate: LinearRate,
    h: Expression,
    *,
    at: Expression | None = None,
) -> OpenStep:
    """Add a step of the bounded trapezoidal rule up to its division.

    The rate at the old value is taken at `x`, or at another value, where one is given.
    """
    a = statements.assign(f"{state}.a", rate.a)
    s = statements.assign(f"{state}.s", rate.s)
    d = statements.assign(f"{state}.d", rate.d)
    step = statements.assign(f"{state}.h", rate.factor * h)
    p = statements.assign(f"{state}.p", step * s)
    below = statements.assign(f"{state}.below", call("max", p, d + 0.5 * p))
    return OpenStep(state, x, step * (a - s * (x if at is None else at)), below, d)


def trapezoidal(
    statements: Statements, state: str, x: Expression, rate: LinearRate, h: Expression
) -> str:
    """Add a step of the bounded trapezoidal rule and return the name of the new value."""
    step = open_step(statements, state, x, rate, h)
    return step.closed(statements, ONE / step.below)


def exact(
    statements: Statements, state: str, x: Expression, rate: LinearRate, h: Expression
) -> str:
    """Add the exact step at constant rates, ``x_inf + (x - x_inf) exp(-h s / d)``."""
    a = statements.assign(f"{state}.a", rate.a)
    s = statements.assign(f"{state}.s", rate.s)
    step = statements.assign(f"{state}.h", rate.factor * h)
    steady = statements.assign(f"{state}.inf", a / s)
    decay = statements.assign(f"{state}.decay", exponential(-(step * s / rate.d)))
    return statements.store(f"{state}.next", steady + (x - steady) * decay)


def flow(
    statements: Statements,
    state: str,
    x: Expression,
    rate: Expression,
    slope: Expression,
    h: Expression,
) -> str:
    """Add a step of ``dx/dt = rate``, linear in `x` around its value with the given slope."""
    change = h * rate
    if slope != Number(0.0):
        p = statements.assign(f"{state}.p", -slope * h)
        change = change * bounded(statements, state, ONE, p)
    return statements.store(f"{state}.next", x + change)


@dataclass(frozen=True, slots=True)
class SchemeStep:
    """One step of a Markov scheme.

    Attributes
    ----------
    name : str
        Of the scheme.
    new : list of str
        Names of the new occupancies.
    embedded : list of Expression
        The solution of first order that comes with them, ``x + h f(first stage)``.
    """

    name: str
    new: list[str]
    embedded: list[Expression]


def scheme(
    statements: Statements,
    name: str,
    states: tuple[str, ...],
    transitions: list[tuple[int, int, Expression]],
    h: Expression,
) -> SchemeStep:
    """Add a step of a Markov scheme and return it.

    Notes
    -----
    The two-stage, L-stable, stiffly accurate diagonally implicit Runge-Kutta method of second
    order (Alexander 1977, doi:10.1137/0714068) with ``gamma = 1 - 1 / sqrt(2)``. Both stages solve
    with the same matrix ``1 - gamma h Q``, which is diagonally dominant in its columns, so that
    elimination needs no pivots and the occupancies keep their sum to rounding.
    """
    size = len(states)
    scaled = statements.assign(f"{name}.gh", GAMMA * h)
    moved = [
        (i, j, statements.assign(f"{name}.{i}.{j}.q", scaled * rate)) for i, j, rate in transitions
    ]
    matrix: dict[tuple[int, int], Expression] = {(i, i): ONE for i in range(size)}
    for i, j, q in moved:
        matrix[i, i] = matrix[i, i] + q
        matrix[j, i] = matrix.get((j, i), Number(0.0)) - q
    for place, entry in matrix.items():
        matrix[place] = statements.assign(f"{name}.m.{place[0]}.{place[1]}", entry)
    inverse = eliminate(statements, name, size, matrix)
    old: list[Expression] = [Symbol(state) for state in states]
    first = solve(statements, f"{name}.first", size, matrix, inverse, old)
    weight = AHEAD
    middle = [
        statements.assign(f"{name}.middle.{i}", x + weight * (y - x))
        for i, (x, y) in enumerate(zip(old, first, strict=True))
    ]
    last = solve(statements, f"{name}.last", size, matrix, inverse, middle)
    new = [statements.store(f"{state}.next", x) for state, x in zip(states, last, strict=True)]
    embedded = [x + (1.0 / GAMMA) * (y - x) for x, y in zip(old, first, strict=True)]
    return SchemeStep(name, new, embedded)


def eliminate(
    statements: Statements, name: str, size: int, matrix: dict[tuple[int, int], Expression]
) -> list[Expression]:
    """Factorize a sparse matrix in place; return the inverses of its pivots."""
    inverse: list[Expression] = []
    for k in range(size):
        inverse.append(statements.assign(f"{name}.pivot.{k}", ONE / matrix[k, k]))
        for i in range(k + 1, size):
            if (i, k) not in matrix:
                continue
            factor = statements.assign(f"{name}.l.{i}.{k}", matrix[i, k] * inverse[k])
            matrix[i, k] = factor
            for j in range(k + 1, size):
                if (k, j) in matrix:
                    entry = matrix.get((i, j), Number(0.0)) - factor * matrix[k, j]
                    matrix[i, j] = statements.assign(f"{name}.u.{i}.{j}", entry)
    return inverse


def solve(
    statements: Statements,
    name: str,
    size: int,
    matrix: dict[tuple[int, int], Expression],
    inverse: list[Expression],
    right: list[Expression],
) -> list[Expression]:
    """Return the solution for a right side, by what `eliminate` left."""
    forward: list[Expression] = []
    for i in range(size):
        value = right[i]
        for j in range(i):
            if (i, j) in matrix:
                value = value - matrix[i, j] * forward[j]
        forward.append(statements.assign(f"{name}.f.{i}", value))
    solution: dict[int, Expression] = {}
    for i in reversed(range(size)):
        value = forward[i]
        for j in range(i + 1, size):
            if (i, j) in matrix:
                value = value - matrix[i, j] * solution[j]
        solution[i] = statements.assign(f"{name}.x.{i}", value * inverse[i])
    return [solution[i] for i in range(size)]
