"""`LinearSystem`: electrode and amplifier as linear differential equations around one membrane.

Equations are written as sums of named terms, as on paper, and become matrices here. What the
system knows of the cell is the potential at the electrode; what it gives the cell is a current.
Whoever solves the membrane (the engine, or `loligo.rig.closed` for a passive one) joins the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError, suggest

Array = NDArray[np.float64]

COMMAND, MEMBRANE, ONE = "command", "membrane", "one"
"""Terms that are no states: the command, the potential of the membrane, and 1."""


@dataclass(frozen=True)
class Sum:
    """A weighted sum of named terms, such as ``(clamp - pipette) / 0.8``.

    Attributes
    ----------
    weights : mapping of str to float
    """

    weights: Mapping[str, float]

    def __add__(self, other: Sum | float) -> Sum:
        found = dict(self.weights)
        for name, weight in _sum(other).weights.items():
            found[name] = found.get(name, 0.0) + weight
        return Sum(found)

    def __sub__(self, other: Sum | float) -> Sum:
        return self + -1.0 * _sum(other)

    def __neg__(self) -> Sum:
        return -1.0 * self

    def __mul__(self, factor: float) -> Sum:
        return Sum({name: factor * weight for name, weight in self.weights.items()})

    def __truediv__(self, divisor: float) -> Sum:
        return Sum({name: weight / divisor for name, weight in self.weights.items()})

    __radd__ = __add__
    __rmul__ = __mul__


def _sum(value: Sum | float) -> Sum:
    return value if isinstance(value, Sum) else Sum({ONE: float(value)})


def term(name: str) -> Sum:
    """Return a term alone."""
    return Sum({name: 1.0})


@dataclass(frozen=True, eq=False)
class Rows:
    """Sums of a system's terms as arrays, one row a sum.

    Attributes
    ----------
    states : ndarray, shape (row, state)
    command, membrane, one : ndarray, shape (row,)
    """

    states: Array
    command: Array
    membrane: Array
    one: Array

    def value(self, states: Array, command: Array | float, membrane: Array | float) -> Array:
        """Return the sums, shape (..., row), of states of shape (..., state)."""
        u, v = np.asarray(command, float)[..., None], np.asarray(membrane, float)[..., None]
        found: Array = states @ self.states.T + u * self.command + v * self.membrane + self.one
        return found


@dataclass(frozen=True, eq=False)
class LinearSystem:
    """Electrode and amplifier: ``x' = A x + b u + c v + d``, a current into the cell, and outputs.

    Attributes
    ----------
    states : tuple of str
        Names of the states x [mV or pA].
    slopes : Rows
        One row a state [per ms].
    current : Rows
        One row: what flows into the cell at the electrode [pA], its seal included.
    outputs : mapping of str to int
        Row of each output.
    output : Rows
    """

    states: tuple[str, ...]
    slopes: Rows
    current: Rows
    outputs: Mapping[str, int]
    output: Rows

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)

    def row(self, output: str) -> int:
        """Return the row of an output by its name.

        Raises
        ------
        SelectionError
            There is none of that name.
        """
        if output not in self.outputs:
            raise SelectionError(f"no output {output!r}; {suggest(output, self.outputs)}")
        return self.outputs[output]


def linear_system(
    slopes: Mapping[str, Sum], current: Sum, outputs: Mapping[str, Sum]
) -> LinearSystem:
    """Return the system of written equations.

    Parameters
    ----------
    slopes : mapping of str to Sum
        Derivative of each state.
    current : Sum
        Into the cell.
    outputs : mapping of str to Sum
    """
    states = tuple(slopes)
    return LinearSystem(
        states=states,
        slopes=_rows(states, list(slopes.values())),
        current=_rows(states, [current]),
        outputs={name: row for row, name in enumerate(outputs)},
        output=_rows(states, list(outputs.values())),
    )


def _rows(states: tuple[str, ...], sums: list[Sum]) -> Rows:
    known = {*states, COMMAND, MEMBRANE, ONE}
    for made in sums:
        stray = set(made.weights) - known
        if stray:
            raise SelectionError(f"no state {min(stray)!r}; {suggest(min(stray), states)}")

    def column(name: str) -> Array:
        return np.array([made.weights.get(name, 0.0) for made in sums])

    matrix = np.zeros((len(sums), len(states)))
    for index, name in enumerate(states):
        matrix[:, index] = column(name)
    return Rows(matrix, column(COMMAND), column(MEMBRANE), column(ONE))
