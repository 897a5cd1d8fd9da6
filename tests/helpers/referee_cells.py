"""Independent solution of published cells: a right-hand side written from the paper, by LSODA.

A referee is a module with ``INITIAL``, a mapping of state to start value with ``v`` [mV] first, and
``rates(state, injected)``, a mapping of state to its rate per ms, in the paper's own formulation;
``injected`` is a current divided by the capacitance [mV/ms]. It knows nothing of our descriptions;
`Described` makes one of them look the same.
"""

import random
from typing import NamedTuple

import numpy as np
from equation_solver import Solver
from scipy.integrate import solve_ivp

from loligo.cell import catalogue, equations

RELATIVE, ABSOLUTE = 1e-9, 1e-11


class Course(NamedTuple):
    """Times [ms], potentials [mV] and the state at the end."""

    times: np.ndarray
    potentials: np.ndarray
    last: dict[str, float]

    def crossings(self, level, rising=True):
        """Times [ms] at which the potential crosses a level [mV], by interpolation."""
        above = self.potentials >= level
        step = (above[1:] & ~above[:-1]) if rising else (~above[1:] & above[:-1])
        at = np.flatnonzero(step)
        before, after = self.potentials[at], self.potentials[at + 1]
        part = (level - before) / (after - before)
        return self.times[at] + part * (self.times[at + 1] - self.times[at])


class Described:
    """A cell of the catalogue as a referee; ``aliases`` give our name for one of the referee's,
    ``values`` other values of parameters by path."""

    def __init__(self, name, aliases=None, values=None):
        self.solver = Solver(equations(catalogue.load(name)), values)
        renamed = {ours: theirs for theirs, ours in (aliases or {}).items()}
        plain = [state.rpartition(".")[2] for state in self.solver.states]
        self.names = ["v", *(renamed.get(state, state) for state in plain)]
        self.INITIAL = dict(zip(self.names, self.solver.initial().tolist(), strict=True))

    def rates(self, state, injected=0.0):
        """Return the rate of each state [1/ms]."""
        total, *rates = self.solver.rates(*(state[name] for name in self.names))
        slope = injected - total / self.solver.capacitance
        return dict(zip(self.names, [slope, *rates], strict=True))


def solve(referee, pieces, state=None, interval=0.1) -> Course:
    """Integrate over pieces ``(duration [ms], injected [mV/ms])``, sampled at an interval [ms]."""
    names = list(referee.INITIAL)
    assert names[0] == "v"
    y = np.array(list((state or referee.INITIAL).values()), dtype=float)
    times, potentials, start = [], [], 0.0
    for duration, injected in pieces:

        def slope(_, y, injected=injected):
            found = referee.rates(dict(zip(names, y.tolist(), strict=True)), injected)
            return [found[name] for name in names]

        sampled = np.linspace(0.0, duration, round(duration / interval) + 1)
        found = solve_ivp(
            slope, (0.0, duration), y, "LSODA", sampled, rtol=RELATIVE, atol=ABSOLUTE, max_step=5.0
        )
        assert found.success, found.message
        times.append(start + found.t[:-1])
        potentials.append(found.y[0, :-1])
        y, start = found.y[:, -1], start + duration
    last = dict(zip(names, y.tolist(), strict=True))
    return Course(np.concatenate(times), np.concatenate(potentials), last)


def duration(course, part):
    """Time [ms] from the fastest upstroke to the given part of repolarization, first beat."""
    v = course.potentials
    peak = int(np.argmax(v))
    start = course.times[int(np.argmax(np.diff(v[: peak + 1])))]
    level = v.max() - part * (v.max() - v[0])
    falling = course.crossings(level, rising=False)
    return falling[falling > course.times[peak]][0] - start


def largest_difference(ours, theirs, potentials, draws=200):
    """Largest relative difference of any rate, over random states about the initial one.

    The potential is drawn from a range [mV], every other state between 0.5 and 1.5 times its start
    (or about 0.1 where that is 0); of each state the difference is taken relative to its largest
    rate among the draws times 1e-6, or to the rate itself where that is larger.
    """
    assert sorted(ours.INITIAL) == sorted(theirs.INITIAL)
    draw = random.Random(1991)
    found = []
    for _ in range(draws):
        state = {n: (x or 0.1) * draw.uniform(0.5, 1.5) for n, x in theirs.INITIAL.items()}
        state["v"] = draw.uniform(*potentials)
        mine, other = ours.rates(state), theirs.rates(state)
        found.append([(mine[name], other[name]) for name in state])
    table = np.array(found)
    size = np.abs(table[:, :, 1])
    size = np.maximum(size, 1e-6 * size.max(axis=0))
    return (np.abs(table[:, :, 0] - table[:, :, 1]) / size).max()
