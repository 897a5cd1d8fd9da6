"""Ions that spread along a tree, between the membrane's part of a step and that of the potential.

What is free of an ion, ``c(n)`` of its amount ``n``, diffuses between neighbours: ``V dn/dt = -L
c`` with the volumes ``V`` and the matrix ``L`` of ``D A / l`` between nodes, which is built like
that of axial conductances. It goes a whole step after the first half step of pools and ions, and
before the potential, which sees the mean of both ends; so that a step is symmetric and of second
order.

The step is the Rosenbrock method ROS2 of Verwer, Spee, Blom and Hundsdorfer 1999, of which the
matrix is that of the potential's two stages, ``V / (gamma h c') + L``:
https://doi.org/10.1137/S1064827597326651. Each stage gives to one node what it takes from its
neighbour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Expression, Symbol
from loligo.engine.scope import Definitions, Scope, Statements
from loligo.engine.system import Assignment

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Spread:
    """Ions that spread along a neuron, and how easily.

    Attributes
    ----------
    ions : tuple of str
    links : ndarray, shape (ion, node) [um3/ms]
        To each node's parent.
    volume : ndarray, shape (node,) [um3]
        0 of branch points.
    parent, order : ndarray of int, shape (node,)
        Parents come before their children in the order.
    """

    ions: tuple[str, ...]
    links: Array
    volume: Array
    parent: Ints
    order: Ints

    @property
    def states(self) -> tuple[str, ...]:
        """The amounts."""
        return tuple(f"inside.{ion}" for ion in self.ions)


@dataclass(frozen=True, eq=False)
class SpreadLines:
    """What the membrane computes for ions that spread.

    Attributes
    ----------
    between : tuple of (name, Expression)
        Assignments after the first stage.
    between_rows : dict of str to Expression
    solve : tuple of (name, Expression)
        Assignments after the second, for the potential.
    """

    between: tuple[Assignment, ...] = ()
    between_rows: dict[str, Expression] = field(default_factory=dict)
    solve: tuple[Assignment, ...] = ()


def rows(state: str) -> tuple[str, str, str, str, str]:
    """Return the rows of an ion: amount, what is free, its slope, first stage, mean of the step."""
    return (state, f"{state}.free", f"{state}.free.slope", f"{state}.change", middle(state))


def middle(state: str) -> str:
    """Return the row of an amount in the middle of a step."""
    return f"{state}.middle"


def all_rows(states: Iterable[str]) -> list[str]:
    """Return the rows of all ions, in their order."""
    return [row for state in states for row in rows(state)]


def before(states: Iterable[str], definitions: Definitions, scope: Scope) -> dict[str, Expression]:
    """Add what is free of each ion and its slope; return what goes into which row."""
    found = {}
    for state in states:
        free = Symbol(f"{state.removeprefix('inside.')}_in")
        _, level, slope, _, _ = rows(state)
        found[level] = scope.statements.assign(level, scope.resolve(free))
        through = definitions.total_derivative(free, state)
        found[slope] = scope.statements.assign(slope, scope.resolve(through))
    return found


def between(
    states: Iterable[str], definitions: Definitions, statements: Statements
) -> dict[str, Expression]:
    """Add what is free of each ion after the first stage; return what goes into which row."""
    found = {}
    names = {}
    for state in states:
        ahead = Symbol(state) + Symbol(rows(state)[3])
        names[state] = statements.store(f"{state}.ahead", ahead)
    scope = Scope(definitions, statements, names)
    for state in states:
        level = rows(state)[1]
        found[level] = scope.resolve(Symbol(f"{state.removeprefix('inside.')}_in"))
    return found
