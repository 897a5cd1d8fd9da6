"""The step of the potential together with an electrode and amplifier around it.

With gates in the middle of the step and currents linear around the old potential, potential and
amplifier obey one linear system ``M y' = b - G y``. It goes a step by the two-stage, L-stable,
stiffly accurate method of second order of Alexander (1977), https://doi.org/10.1137/0714068 (see
`loligo.engine.tree.assemble`), so that poles of microseconds set no limit to the step.

What saturates keeps a slope between bounds (`loligo.rig.linear.Bound`) by a pull, in each stage the
one with which the stage's own end is on a bound. The matrix is the same: what a pull of 1 does is
known once a step, and the end of a stage is the free one with as much of it as is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.tree import call
from loligo.engine.potential import Membrane, injected
from loligo.engine.scope import Scope, Statements
from loligo.engine.sparse import Entries, Factored, factored
from loligo.engine.two_stage import AHEAD, GAMMA
from loligo.engine.wiring import Bounded, Row, Wiring
from loligo.rig.linear import COMMAND, MEMBRANE, ONE, pull

Array = NDArray[np.float64]

_V = "v"


def coupled_step(scope: Scope, membrane: Membrane, wiring: Wiring) -> dict[str, str]:
    """Add the step of the potential and of a rig's states; return their new names."""
    statements = scope.statements
    v = Symbol(scope.names.get(_V, _V))
    total, slope = membrane.totals
    total = statements.assign("i.total", total)
    g = statements.assign("g.total", slope)
    h = statements.assign("rig.h", GAMMA * Symbol("h"))
    old: dict[str, Expression] = {_V: v, **{name: Symbol(name) for name in wiring.states}}
    solve = factored(statements, tuple(old), entries_of(wiring, membrane, g, h), _V)
    kept = _Kept.of(statements, wiring.bounded, solve, h)
    free = statements.assign("v.free", g * v - total)

    def stage(start: dict[str, Expression], wave: Expression, hint: str) -> dict[str, Expression]:
        command = statements.assign(f"rig.command.{hint}", injected(wave))
        right = {row.name: start[row.name] + h * driven(row, command) for row in wiring.slopes}
        right[_V] = membrane.capacitance * start[_V] + h * (free + driven(wiring.current, command))
        found = solve.solved(statements, right, hint)
        return found if kept is None else kept.pulled(found, command, hint)

    now, then = Symbol("wave"), Symbol("wave_next")
    first = stage(old, now + GAMMA * (then - now), "first")
    ahead = {
        name: statements.assign(f"{name}.ahead", x + AHEAD * (first[name] - x))
        for name, x in old.items()
    }
    second = stage(ahead, then, "second")
    return {name: statements.store(f"{name}.next", value) for name, value in second.items()}


@dataclass(frozen=True, eq=False)
class _Kept:
    """A slope that is kept between bounds, in both stages of a step.

    Attributes
    ----------
    statements : Statements
    bounded : Bounded
    by : dict of str to Expression
        What a pull of 1 adds to each state and the potential.
    over, under : Expression
        What of it is left in how far the slope is beyond its bounds, a pull of 1 included.
    """

    statements: Statements
    bounded: Bounded
    by: dict[str, Expression]
    over: Expression
    under: Expression

    @classmethod
    def of(
        cls, statements: Statements, bounded: Bounded | None, solve: Factored, h: Expression
    ) -> _Kept | None:
        if bounded is None:
            return None
        right = {name: h * bounded.shares.weight(name) for name in solve.order}
        by = solve.solved(statements, right, "by")
        left = (
            statements.assign(f"{row.name}.by", 1.0 + _summed(row, by))
            for row in (bounded.over, bounded.under)
        )
        return cls(statements, bounded, by, *left)

    def pulled(
        self, found: Mapping[str, Expression], command: Expression, hint: str
    ) -> dict[str, Expression]:
        """Add the pull of a stage that ended freely; return where it ends."""
        beyond = (
            _summed(row, found) + driven(row, command)
            for row in (self.bounded.over, self.bounded.under)
        )
        over, under = beyond
        down = call("max", over, 0.0) / self.over
        pulled = self.statements.assign(
            f"rig.pull.{hint}", down + call("min", under, 0.0) / self.under
        )
        return {
            name: self.statements.assign(f"{name}.{hint}", value - pulled * self.by[name])
            for name, value in found.items()
        }


def _summed(row: Row, values: Mapping[str, Expression]) -> Expression:
    """Return what of a sum the states and the potential make."""
    total: Expression = Number(0.0)
    for name, value in values.items():
        total = total + row.weight(MEMBRANE if name == _V else name) * value
    return total


def entries_of(wiring: Wiring, membrane: Membrane, g: Expression, h: Expression) -> Entries:
    """Return the entries of ``M + h G`` that are not zero."""
    entries: Entries = {}
    for row in wiring.slopes:
        for name in wiring.states:
            if name in row.terms:
                entries[row.name, name] = -1.0 * (h * row.weight(name))
        entries[row.name, row.name] = 1.0 + entries.get((row.name, row.name), Number(0.0))
        if MEMBRANE in row.terms:
            entries[row.name, _V] = -1.0 * (h * row.weight(MEMBRANE))
    for name in wiring.states:
        if name in wiring.current.terms:
            entries[_V, name] = -1.0 * (h * wiring.current.weight(name))
    entries[_V, _V] = membrane.capacitance + h * (g - wiring.current.weight(MEMBRANE))
    return entries


def driven(row: Row, command: Expression) -> Expression:
    """Return what of a sum the command and the constant make."""
    return row.weight(COMMAND) * command + row.weight(ONE)


def value(row: Row, scope: Scope, wave: Expression) -> Expression:
    """Return a sum at the names of a scope, as it is sampled."""
    total: Expression = Number(0.0)
    for name in row.terms:
        if row.terms == (row.name,):
            return Symbol(scope.names.get(name, name))
        factor: Expression = Symbol(scope.names.get(name, name))
        if name == MEMBRANE:
            factor = Symbol(scope.names.get(_V, _V))
        if name == COMMAND:
            factor = injected(wave)
        total = total + (row.weight(name) if name == ONE else row.weight(name) * factor)
    return total


@dataclass(frozen=True, eq=False)
class Dense:
    """The equations of rigs as arrays: ``x' = A x + c v + b u + d``, and a current into the cell.

    Attributes
    ----------
    slopes : ndarray, shape (run, state, state + 3)
        A, and as columns c, b and d.
    current : ndarray, shape (run, state + 3)
        The weights of states, potential, command and 1 in the current [pA].
    """

    slopes: Array
    current: Array


def dense(wiring: Wiring, weights: dict[str, Array], runs: int) -> Dense:
    """Return the equations of rigs as arrays; weights of shape () or (run,)."""
    rows = np.stack([columns(wiring, row, weights, runs) for row in wiring.slopes], axis=1)
    return Dense(rows, columns(wiring, wiring.current, weights, runs))


def columns(wiring: Wiring, row: Row, weights: dict[str, Array], runs: int) -> Array:
    """Return the weights of states, potential, command and 1 in a sum, shape (run, state + 3)."""
    names = (*wiring.states, MEMBRANE, COMMAND, ONE)
    found = np.zeros((runs, len(names)))
    for term in row.terms:
        found[:, names.index(term)] = weights[f"{row.name}.of.{term}"]
    return found


def seen_columns(wiring: Wiring, name: str, weights: dict[str, Array], runs: int) -> Array | None:
    """Return the weights of an output, or of a state as it is; None where there is neither."""
    if name in wiring.states:
        found = np.zeros((runs, len(wiring.states) + 3))
        found[:, wiring.states.index(name)] = 1.0
        return found
    row = wiring.output(name)
    return None if row is None else columns(wiring, row, weights, runs)


def steady_rig(
    wiring: Wiring, weights: dict[str, Array], v: Array, command: Array
) -> dict[str, Array]:
    """Return a rig's states in steady state at given potentials and commands.

    Parameters
    ----------
    wiring : Wiring
    weights : dict of str to ndarray, shape () or (run,)
    v : ndarray, shape (run,) or (potential, 1) [mV]
    command : ndarray, shape (run,) [mV or pA]

    Returns
    -------
    dict of str to ndarray, shape (run,) or (potential, run)
    """
    n = len(wiring.states)
    slopes = dense(wiring, weights, command.size).slopes
    still = slopes[:, :, n + 1] * command[:, None] + slopes[:, :, n + 2]
    known = [still, slopes[:, :, n]]
    if wiring.bounded is not None:
        known.append(columns(wiring, wiring.bounded.shares, weights, command.size)[:, :n])
    found: Array = np.linalg.solve(-slopes[:, :, :n], np.stack(known, axis=-1)).astype(float)
    states = [found[:, i, 0] + found[:, i, 1] * v for i in range(n)]
    if wiring.bounded is not None:
        moved = _steady_pull(wiring, wiring.bounded, weights, states, found[:, :, 2], v, command)
        states = [state + moved * found[:, i, 2] for i, state in enumerate(states)]
    return dict(zip(wiring.states, states, strict=True))


def _steady_pull(
    wiring: Wiring, bounded: Bounded, weights: dict[str, Array], states: list[Array], by: Array,
    v: Array, command: Array,
) -> Array:  # fmt: skip
    """Return the pull in steady state, of the shape of the states; `by` is what 1 adds to them."""
    n = len(wiring.states)
    beyond, answers = [], []
    for row in (bounded.over, bounded.under):
        own = columns(wiring, row, weights, command.size)
        total = own[:, n] * v + own[:, n + 1] * command + own[:, n + 2]
        beyond.append(sum((own[:, i] * state for i, state in enumerate(states)), total))
        answers.append((own[:, :n] * by).sum(axis=1))
    return pull(*beyond, *answers)


def entering(
    wiring: Wiring, weights: dict[str, Array], states: dict[str, Array], v: Array, command: Array
) -> Array:
    """Return the current into each cell [pA], of the shape of the states."""
    terms = {**states, MEMBRANE: v, COMMAND: command, ONE: np.ones(())}
    row, total = wiring.current, np.zeros(())
    for term in row.terms:
        total = total + weights[f"{row.name}.of.{term}"] * terms[term]
    return total
