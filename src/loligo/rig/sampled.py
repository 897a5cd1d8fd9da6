"""A linear system under a sampled command, exactly: a staircase, whole or parts of a sample late.

The command of a recording is known at samples and holds between them. What a rig and a passive cell
make of it is a linear recursion; it is summed by doubling, without a loop over samples and without
eigenvectors, so that poles may coincide and commands may change at every sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from loligo.rig.closed import Closed

Array = NDArray[np.float64]

_FEW = 20
"""From this many samples from change to change on, the way between them is taken at once."""

_GONE = 1e-18
"""A power of the recursion whose entries are all smaller than this adds nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Sampled:
    """From sample to sample: ``z_next = P z + q u_now + r u_before``.

    Attributes
    ----------
    closed : Closed
    step : ndarray, shape (state, state)
        P, which takes states over one interval.
    now, before : ndarray, shape (state,)
        What the command of this interval adds, and that of the one before, which acts for the part
        of the interval by which the command is late.
    late : int
        Whole intervals by which the command is late besides.
    """

    closed: Closed
    step: Array
    now: Array
    before: Array
    late: int

    def states(self, command: Array) -> Array:
        """Return states and potential at the samples, shape (time, state).

        Parameters
        ----------
        command : ndarray, shape (time,)
            At the start of each interval; the first has been there for ever.

        Raises
        ------
        ModelError
            The system is unstable, so that there is no steady state to start from.
        """
        first = float(command[0])
        moved = shifted(command - first, self.late)
        driven = np.zeros((self.now.size, command.size))
        driven[:, 1:] = np.outer(self.now, moved[:-1])
        driven[:, 2:] += np.outer(self.before, moved[:-2])
        return np.asarray(accumulated(self.step, driven).T + self.closed.steady_state(first))

    def output(self, name: str, command: Array) -> Array:
        """Return an output at the samples, shape (time,).

        Raises
        ------
        ModelError
            See `states`.
        """
        start = self.closed.steady_state(float(command[0]))
        at_wire = shifted(command, self.late + int(self.before.any()))
        row = self.closed.system.seen(name)
        weights = np.append(row.states[0], row.membrane[0])
        moved = shifted(command - command[0], self.late)
        ends = np.flatnonzero(np.diff(moved)) + 1
        ends = np.union1d(np.append(ends, ends + 1), [0, moved.size])
        ends = ends[ends <= moved.size]
        if ends.size > moved.size // _FEW:
            return self.closed.output(name, self.states(command), at_wire)
        found = self._between(weights, moved, ends)
        return np.asarray(found + weights @ start + row.command[0] * at_wire + row.one[0])

    def _between(self, weights: Array, moved: Array, ends: NDArray[np.intp]) -> Array:
        """Return a weighted sum of the states where the command stays for long.

        From one change to the next all that moves is what the change left of the steady state.
        """
        seen = observed(weights, self.step, int(np.diff(ends).max()))
        found = np.empty(moved.size)
        state = np.zeros(weights.size)
        rest = np.eye(weights.size) - self.step
        for start, stop in pairwise(ends):
            driven = self.now * moved[start] + self.before * moved[max(start - 1, 0)]
            steady = np.linalg.solve(rest, driven)
            left = state - steady
            found[start:stop] = seen[: stop - start] @ left + weights @ steady
            state = steady + np.linalg.matrix_power(self.step, int(stop - start)) @ left
        return found


def sampled(closed: Closed, interval: float, delay: float = 0.0) -> Sampled:
    """Return a linear system as a recursion from sample to sample.

    Parameters
    ----------
    closed : Closed
    interval : float [ms]
    delay : float [ms]
        By which the command is late against the samples; negative where it is early.
    """
    from scipy.linalg import expm

    whole = math.floor(delay / interval + 1e-9)
    part = max(delay / interval - whole, 0.0)
    size = closed.command.size
    forced = np.zeros((size + 1, size + 1))
    forced[:size, :size], forced[:size, size] = closed.matrix, closed.command
    rest = expm(forced * ((1.0 - part) * interval))
    if part < 1e-9:
        return Sampled(closed, rest[:size, :size], rest[:size, size], np.zeros(size), whole)
    begun = expm(forced * (part * interval))
    step = rest[:size, :size] @ begun[:size, :size]
    return Sampled(closed, step, rest[:size, size], rest[:size, :size] @ begun[:size, size], whole)


def observed(weights: Array, step: Array, count: int) -> Array:
    """Return ``w P^k`` for k from 0, shape (count, state), by doubling."""
    found, power = weights[None], step
    while found.shape[0] < count:
        found = np.concatenate([found, found @ power])
        power = power @ power
    return found[:count]


def accumulated(step: Array, driven: Array) -> Array:
    """Return ``z`` of ``z_k = P z_(k-1) + d_k`` from 0, shape (state, time), by doubling."""
    found = driven.copy()
    power, reach = step, 1
    while reach < found.shape[1] and float(np.abs(power).max()) > _GONE:
        found[:, reach:] += power @ found[:, :-reach]
        power, reach = power @ power, 2 * reach
    return found


def shifted(values: Array, count: int) -> Array:
    """Return samples late by a whole number of them; the first (or, early, the last) is held."""
    places = np.clip(np.arange(values.size) - count, 0, values.size - 1)
    return np.asarray(values[places])
