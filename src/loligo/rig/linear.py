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
    outputs : tuple of str
        Names of the rows of `output`: what can be seen beside the states.
    output : Rows
    units : mapping of str to str
        Of each state and output, and of `COMMAND`.
    """

    states: tuple[str, ...]
    slopes: Rows
    current: Rows
    outputs: tuple[str, ...]
    output: Rows
    units: Mapping[str, str]

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)

    def steady_current(self, command: float) -> tuple[float, float]:
        """Return what lastingly flows into a cell under a lasting command, ``current - leak v``.

        Parameters
        ----------
        command : float [mV or pA]

        Returns
        -------
        current, leak : float [pA, nS]
        """
        at_0, at_1 = (
            float(self.current.value(self.steady_states(command, v), command, v)[0])
            for v in (0.0, 1.0)
        )
        return at_0, at_0 - at_1

    def steady_states(self, command: float, membrane: float) -> Array:
        """Return the states under a lasting command beside a membrane at a potential [mV]."""
        still = self.slopes.command * command + self.slopes.membrane * membrane + self.slopes.one
        return np.linalg.solve(-self.slopes.states, still).astype(float)

    def transfer_around(
        self, name: str, frequencies: Array, admittance: NDArray[np.complex128]
    ) -> NDArray[np.complex128]:
        """Return an output over the command around a membrane, for small signals.

        Parameters
        ----------
        name : str
            Of an output or state, or `MEMBRANE`.
        frequencies : ndarray [kHz]
        admittance : ndarray [nS]
            Of the membrane at each.
        """
        n, into, f = self.size, self.current, np.asarray(frequencies, dtype=np.float64)
        whole = np.zeros((f.size, n + 1, n + 1), dtype=np.complex128)
        whole[:, :n, :n] = 2j * np.pi * f[:, None, None] * np.eye(n) - self.slopes.states
        whole[:, :n, n] = -self.slopes.membrane
        whole[:, n, :n], whole[:, n, n] = -into.states[0], admittance - into.membrane[0]
        driven = np.append(self.slopes.command, into.command)[None, :, None].astype(complex)
        found = np.linalg.solve(whole, np.broadcast_to(driven, (f.size, n + 1, 1)))[..., 0]
        if name == MEMBRANE:
            return np.asarray(found[:, n])
        row = self.seen(name)
        weights = np.append(row.states[0], row.membrane[0])
        return np.asarray(found @ weights + row.command[0])

    def seen(self, name: str) -> Rows:
        """Return the one row of an output, or of a state as it is.

        Raises
        ------
        SelectionError
            There is neither of that name.
        """
        if name in self.states:
            return _rows(self.states, [term(name)])
        if name not in self.outputs:
            known = (*self.outputs, *self.states)
            raise SelectionError(f"no output {name!r}; {suggest(name, known)}")
        at = slice(self.outputs.index(name), self.outputs.index(name) + 1)
        rows = self.output
        return Rows(rows.states[at], rows.command[at], rows.membrane[at], rows.one[at])


def linear_system(
    command: str,
    slopes: Mapping[str, tuple[Sum, str]],
    current: Sum,
    outputs: Mapping[str, tuple[Sum, str]],
) -> LinearSystem:
    """Return the system of written equations.

    Parameters
    ----------
    command : str
        Unit of the command.
    slopes : mapping of str to (Sum, str)
        Derivative [per ms] and unit of each state.
    current : Sum
        Into the cell.
    outputs : mapping of str to (Sum, str)
        Value and unit of what can be seen beside the states.
    """
    states = tuple(slopes)
    written = {**slopes, **outputs}
    return LinearSystem(
        states=states,
        slopes=_rows(states, [made for made, _ in slopes.values()]),
        current=_rows(states, [current]),
        outputs=tuple(outputs),
        output=_rows(states, [made for made, _ in outputs.values()]),
        units={COMMAND: command, **{name: unit for name, (_, unit) in written.items()}},
    )


def filtered(
    system: LinearSystem, matrices: tuple[Array, Array, Array, float], output: str = "response"
) -> LinearSystem:
    """Return a system whose output went through a filter that does not act back on it.

    Parameters
    ----------
    system : LinearSystem
    matrices : tuple of ndarray
        A, shape (state, state), and B, shape (state,) [1/ms]; C, shape (state,); D of the filter.
    output : str
        What is filtered, under its own name; as it was it is seen as ``"unfiltered"``.
    """
    a, b, c, d = matrices
    count, size = len(b), system.size
    names = tuple(f"filter{number}" for number in range(count))
    seen, old = system.seen(output), system.slopes
    states = np.zeros((size + count, size + count))
    states[:size, :size], states[size:, size:] = old.states, a
    states[size:, :size] = np.outer(b, seen.states[0])
    slopes = Rows(
        states,
        np.concatenate([old.command, b * seen.command[0]]),
        np.concatenate([old.membrane, b * seen.membrane[0]]),
        np.concatenate([old.one, b * seen.one[0]]),
    )
    through = Rows(
        np.append(d * seen.states[0], c)[None], d * seen.command, d * seen.membrane, d * seen.one
    )
    kept = [name for name in system.outputs if name != output]
    rows = [through, _padded(seen, count), *(_padded(system.seen(name), count) for name in kept)]
    unit = system.units[output]
    return LinearSystem(
        states=(*system.states, *names),
        slopes=slopes,
        current=_padded(system.current, count),
        outputs=(output, "unfiltered", *kept),
        output=_stacked(rows),
        units={**system.units, "unfiltered": unit, **dict.fromkeys(names, unit)},
    )


def _padded(rows: Rows, count: int) -> Rows:
    """Return sums of the states that there were, among more."""
    return Rows(np.pad(rows.states, ((0, 0), (0, count))), rows.command, rows.membrane, rows.one)


def _stacked(rows: list[Rows]) -> Rows:
    return Rows(
        np.concatenate([row.states for row in rows]),
        np.concatenate([row.command for row in rows]),
        np.concatenate([row.membrane for row in rows]),
        np.concatenate([row.one for row in rows]),
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
