"""A cell's `Equations` solved by SciPy, so that descriptions are tested without the engine: gates
at a potential, rest, current clamp and voltage clamp, by LSODA to 1e-11.

``Solver(equations(cell)).solve([(50.0, 0.0), (400.0, 750.0)]).spikes()`` are times in ms of pieces
of a duration [ms] and an injected current [pA].
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from equation_source import Source
from scipy.integrate import odeint
from scipy.optimize import brentq

TOLERANCE = {"rtol": 1e-11, "atol": 1e-13, "mxstep": 100_000, "hmax": 1.0}
SAMPLES = 50  # per ms


@dataclass(frozen=True)
class Solution:
    """Times [ms], states by name (``v`` [mV] first), and ``after(i, h)``, the potential a time h
    after sample i."""

    time: np.ndarray
    states: dict
    after: Callable

    @property
    def potential(self):
        return self.states["v"]

    def spikes(self, level=0.0):
        """Times [ms] of upward crossings of a level [mV]."""
        below = self.potential < level
        found = []
        for i in np.flatnonzero(below[:-1] & ~below[1:]):
            step = self.time[i + 1] - self.time[i]
            early = brentq(lambda h, i=i: self.after(i, h) - level, 0.0, step, xtol=1e-9)
            found.append(self.time[i] + early)
        return np.array(found)


class Solver:
    """The equations of a cell with its parameters put in; `values` overrides them by path."""

    def __init__(self, equations, values=None):
        self.equations = equations
        given = {parameter.name: parameter.value for parameter in equations.parameters}
        unknown = set(values or {}) - set(given)
        assert not unknown, unknown
        self.values = given | dict(values or {})
        self.states = equations.states
        numbers = Source(self.values)
        initial = [numbers.text(flow.initial) for flow in equations.flows]
        *self.pools, self.capacitance = numbers.function(
            [], [*initial, numbers.text(equations.capacitance)]
        )()
        self.rates = self._compile(self._rates)
        self._gates = self._compile(self._gate_values)
        self._settled = self._compile(self._settled_values)

    def _compile(self, results):
        source, arguments = Source(self.values), ["v", *self.states]
        for name in arguments:
            source.name(name)
        for name, expression in self.equations.definitions:
            source.assign(name, expression)
        return source.function(arguments, results(source))

    def _rates(self, source):
        """Total current [pA], then the rates of all states but the potential."""
        found = [" + ".join(source.text(item.current) for item in self.equations.currents)]
        for gate in self.equations.relaxations:
            x, factor = source.name(gate.state), source.text(gate.factor)
            if gate.tau is None:
                alpha, beta = source.text(gate.alpha), source.text(gate.beta)
                found.append(f"{factor} * ({alpha} * (1.0 - {x}) - {beta} * {x})")
            else:
                inf, tau = source.text(gate.inf), source.text(gate.tau)
                found.append(f"{factor} * ({inf} - {x}) / {tau}")
        found += [source.text(flow.rate) for flow in self.equations.flows]
        for scheme in self.equations.occupancies:
            change = dict.fromkeys(scheme.symbols, "0.0")
            for start, end, rate in scheme.transitions:
                here, there = scheme.symbols[start], scheme.symbols[end]
                flux = f"flux{len(source.lines)}"
                source.lines.append(f"{flux} = {source.text(rate)} * {source.name(here)}")
                change[here] += f" - {flux}"
                change[there] += f" + {flux}"
            found += change.values()
        return found

    def _gate_values(self, source):
        """Steady value and time constant [ms] of each gate."""
        found = []
        for gate in self.equations.relaxations:
            factor = source.text(gate.factor)
            if gate.tau is None:
                alpha, beta = source.text(gate.alpha), source.text(gate.beta)
                found += [f"{alpha} / ({alpha} + {beta})", f"1.0 / ({alpha} + {beta}) / {factor}"]
            else:
                found += [source.text(gate.inf), f"{source.text(gate.tau)} / {factor}"]
        return found

    def _settled_values(self, source):
        """Steady gates, then the transitions of each scheme."""
        found = self._gate_values(source)[::2]
        for at, gate in enumerate(self.equations.relaxations):
            if gate.initial is not None:
                found[at] = source.text(gate.initial)
        for scheme in self.equations.occupancies:
            moves = ((start, end, source.text(rate)) for start, end, rate in scheme.transitions)
            found.append(f"[{', '.join(f'({a}, {b}, {rate})' for a, b, rate in moves)}]")
        return found

    def initial(self, potential=None, pools=None):
        """Potential [mV], then states: gates and schemes settled, pools at their initial value or
        as given by name."""
        v = self.equations.initial_potential if potential is None else potential
        gates, flows = self.equations.relaxations, self.equations.flows
        named = zip(flows, self.pools, strict=True)
        pools = [(pools or {}).get(flow.state, initial) for flow, initial in named]
        rest = len(self.states) - len(gates) - len(flows)
        found = self._settled(v, *[0.0] * len(gates), *pools, *[0.0] * rest)
        schemes = zip(self.equations.occupancies, found[len(gates) :], strict=True)
        occupied = [x for scheme, moves in schemes for x in occupancy(scheme, moves)]
        return np.array([v, *found[: len(gates)], *pools, *occupied])

    def gates(self, potential, pools=None):
        """``{state: (steady value, time constant [ms])}`` at a potential [mV]."""
        found = self._gates(*self.initial(potential, pools))
        names = (gate.state for gate in self.equations.relaxations)
        return dict(zip(names, zip(found[::2], found[1::2], strict=True), strict=True))

    def defined(self, potential):
        """The value of each definition, gates settled at a potential [mV]."""
        names = [name for name, _ in self.equations.definitions]
        found = self._compile(lambda source: [source.name(name) for name in names])
        return dict(zip(names, found(*self.initial(potential)), strict=True))

    def rest(self):
        """Lowest potential [mV] at which the settled current is zero."""

        def current(v):
            return self.rates(*self.initial(v))[0]

        v = -100.0
        while current(v + 1.0) < 0.0:
            v += 1.0
        return brentq(current, v, v + 1.0, xtol=1e-12, rtol=1e-14)

    def solve(self, pieces, start=None):
        """Current clamp over pieces ``(duration [ms], injected current [pA])`` from a potential
        [mV], settled."""

        def slopes(y, _, injected):
            total, *rates = self.rates(*y)
            return [(injected - total) / self.capacitance, *rates]

        return self._run(self.initial(start), pieces, slopes)

    def clamp(self, pieces, holding):
        """Ideal voltage clamp over pieces ``(duration [ms], potential [mV])``, settled at first.

        Returns the solution and the current [pA] of each sample.
        """
        y = self.initial(holding)
        found = self._run(
            y, pieces, lambda y, *_: [0.0, *self.rates(*y)[1:]], lambda y, level: [level, *y[1:]]
        )
        table = np.column_stack(list(found.states.values()))
        return found, np.array([self.rates(*row)[0] for row in table])

    def _run(self, y, pieces, slopes, enter=lambda y, _: y):
        times, tables, levels, begin = [], [], [], 0.0
        for length, level in pieces:
            grid = np.linspace(0.0, length, max(2, round(length * SAMPLES) + 1))
            tables.append(odeint(slopes, enter(y, level), grid, args=(level,), **TOLERANCE))
            times.append(begin + grid)
            levels += [level] * len(grid)
            y, begin = tables[-1][-1], begin + length
        table = np.concatenate(tables)

        def after(i, h):
            start, level = table[i], levels[i]
            return odeint(slopes, start, [0.0, h], args=(level,), **TOLERANCE)[-1, 0]

        states = dict(zip(["v", *self.states], table.T, strict=True))
        return Solution(np.concatenate(times), states, after)


def occupancy(scheme, moves):
    """Initial or steady occupancies of a scheme with moves ``(from, to, rate)``."""
    if scheme.initial is not None:
        return scheme.initial
    size = len(scheme.states)
    matrix = np.zeros((size + 1, size))
    for start, end, rate in moves:
        matrix[end, start] += rate
        matrix[start, start] -= rate
    matrix[size] = 1.0
    return np.linalg.lstsq(matrix, np.r_[np.zeros(size), 1.0], rcond=None)[0]
