"""`LinearSystem`: electrode and amplifier as linear differential equations around one membrane.

Equations are written as sums of named terms, as on paper, and become matrices here. What the
system knows of the cell is the potential at the electrode; what it gives the cell is a current.
Whoever solves the membrane (the engine, or `loligo.rig.closed` for a passive one) joins the two.
Where an amplifier saturates, a `Bound` keeps the slope of one state between two further sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
class Bound:
    """A state whose slope stays between two sums: the median of lowest, free and highest.

    What is taken from the free slope, or added to it, is the pull e on every slope that has a share
    of it, ``x' = A x + b u + c v + d + e k``. Whatever is linear then answers linearly to the pull.

    Attributes
    ----------
    state : str
    over, under : Rows
        One row each: the free slope less its highest, and less its lowest value.
    shares : ndarray, shape (state,)
        k: how much of the slope is in the slope of each state; 1 in its own.
    """

    state: str
    over: Rows
    under: Rows
    shares: Array


@dataclass(frozen=True)
class Between:
    """What is written of a `Bound`.

    Attributes
    ----------
    state : str
    low, high : Sum
        Between which its slope stays.
    also : mapping of str to float
        How much of the slope is in those of other states.
    """

    state: str
    low: Sum
    high: Sum
    also: Mapping[str, float]


def pull(over: Array, under: Array, over_by: Array, under_by: Array) -> Array:
    """Return the pull that brings a slope back between its bounds.

    Parameters
    ----------
    over, under : ndarray
        The free slope less its highest and its lowest value, where nothing pulls.
    over_by, under_by : ndarray
        What a pull of 1 adds to both through all that answers to it; 1 more is above 0, and the
        solution the only one, where equations with and without bounds grow more slowly than a step
        resolves.

    Notes
    -----
    A pull that is not 0 puts the slope on a bound: ``over + e over_by = -e`` on the highest.
    """
    down = np.maximum(over, 0.0) / (1.0 + over_by)
    return np.asarray(-(down + np.minimum(under, 0.0) / (1.0 + under_by)))


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
    bound : Bound, optional
        Of what saturates. Current and outputs feel it through the states alone.
    """

    states: tuple[str, ...]
    slopes: Rows
    current: Rows
    outputs: tuple[str, ...]
    output: Rows
    units: Mapping[str, str]
    bound: Bound | None = None

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)

    @property
    def free(self) -> LinearSystem:
        """The system in which nothing saturates."""
        return self if self.bound is None else replace(self, bound=None)

    def steady_current(self, command: float) -> tuple[float, float]:
        """Return what lastingly flows into a cell under a lasting command, ``current - leak v``.

        That is as long as nothing saturates.

        Parameters
        ----------
        command : float [mV or pA]

        Returns
        -------
        current, leak : float [pA, nS]
        """
        at_0, at_1 = (
            float(self.current.value(self.free.steady_states(command, v), command, v)[0])
            for v in (0.0, 1.0)
        )
        return at_0, at_0 - at_1

    def steadily_into(self, command: float, membrane: Array) -> Array:
        """Return what lastingly flows into a cell at potentials [mV], whatever saturates [pA]."""
        states = [self.steady_states(command, float(v)) for v in membrane.ravel()]
        found = self.current.value(np.array(states), command, membrane.ravel())
        return np.asarray(found[..., 0].reshape(membrane.shape))

    def steady_states(self, command: float, membrane: float) -> Array:
        """Return the states under a lasting command beside a membrane at a potential [mV]."""
        still = self.slopes.command * command + self.slopes.membrane * membrane + self.slopes.one
        found: Array = np.linalg.solve(-self.slopes.states, still).astype(float)
        if (bound := self.bound) is None:
            return found
        by = np.linalg.solve(-self.slopes.states, bound.shares).astype(float)
        over, under = (rows.value(found, command, membrane) for rows in (bound.over, bound.under))
        moved = pull(over, under, bound.over.states @ by, bound.under.states @ by)
        return np.asarray(found + moved * by)

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
    between: Between | None = None,
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
    between : Between, optional
        What keeps the slope of a state.
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
        bound=None if between is None else _bound(states, slopes, between),
    )


def _bound(
    states: tuple[str, ...], slopes: Mapping[str, tuple[Sum, str]], between: Between
) -> Bound:
    free, _ = slopes[between.state]
    shares = {**between.also, between.state: 1.0}
    return Bound(
        state=between.state,
        over=_rows(states, [free - between.high]),
        under=_rows(states, [free - between.low]),
        shares=np.array([shares.get(name, 0.0) for name in states]),
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
    unit, bound = system.units[output], system.bound
    if bound is not None:
        shares = np.pad(bound.shares, (0, count))
        over, under = _padded(bound.over, count), _padded(bound.under, count)
        bound = Bound(bound.state, over, under, shares)
    return LinearSystem(
        states=(*system.states, *names),
        slopes=slopes,
        current=_padded(system.current, count),
        outputs=(output, "unfiltered", *kept),
        output=_stacked(rows),
        units={**system.units, "unfiltered": unit, **dict.fromkeys(names, unit)},
        bound=bound,
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
