"""A cell's `Equations` as a right-hand side for SciPy, so that descriptions are tested without
the engine: gates at a potential, rest, current clamp and voltage clamp, by LSODA to 1e-9."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import odeint
from scipy.optimize import brentq

from loligo.cell.expression import evaluate
from loligo.cell.expression.tree import Call, Compare, Number, Operation, Power, Symbol, Where

TOLERANCE = {"rtol": 1e-9, "atol": 1e-11, "mxstep": 100_000, "hmax": 1.0}
SAMPLES = 100  # per ms


def _exp(x):
    return math.exp(x) if x < 709.0 else math.inf


def _linoid(x):
    if abs(x) < 1e-4:
        return 1.0 + x / 2.0 + x * x / 12.0
    return x / -math.expm1(-x) if x > -709.0 else 0.0


FUNCTIONS = {name: getattr(math, name) for name in ("expm1", "log", "log10", "sqrt", "tanh")} | {
    "exp": _exp,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "abs": abs,
    "min": min,
    "max": max,
    "linoid": _linoid,
    "sigmoid": lambda x: 1.0 / (1.0 + _exp(-x)),
}


class Source:
    """Assignments of expressions to names, as the body of one Python function."""

    def __init__(self, values):
        self.locals, self.lines = {}, []
        self.constants = dict(values)

    def name(self, symbol):
        if symbol in self.constants:
            return repr(float(self.constants[symbol]))
        return self.locals.setdefault(symbol, f"x{len(self.locals)}")

    def text(self, node):
        if isinstance(node, Number):
            return f"({node.value!r})"
        if isinstance(node, Symbol):
            return self.name(node.name)
        if isinstance(node, Operation):
            return f"({self.text(node.left)} {node.operator} {self.text(node.right)})"
        if isinstance(node, Power):
            exponent = node.exponent
            shown = int(exponent) if exponent.is_integer() else exponent
            return f"({self.text(node.base)} ** {shown})"
        if isinstance(node, Compare):
            return f"{self.text(node.left)} {node.relation} {self.text(node.right)}"
        if isinstance(node, Where):
            yes, no = self.text(node.yes), self.text(node.no)
            return f"({yes} if {self.text(node.condition)} else {no})"
        assert isinstance(node, Call)
        return f"{node.function}({', '.join(self.text(part) for part in node.arguments)})"

    def assign(self, symbol, node):
        text = self.text(node)
        self.lines.append(f"{self.name(symbol)} = {text}")

    def function(self, arguments, results):
        arguments = ", ".join(self.name(argument) for argument in arguments)
        body = "\n ".join([*self.lines, f"return [{', '.join(results)}]"])
        scope = dict(FUNCTIONS)
        exec(f"def f({arguments}):\n {body}", scope)
        return scope["f"]


@dataclass(frozen=True)
class Solution:
    """Times [ms], potentials [mV], states by name, injected or total membrane current [pA]."""

    time: np.ndarray
    potential: np.ndarray
    states: dict
    current: np.ndarray
    slope: np.ndarray

    def spikes(self, level=0.0):
        """Times [ms] of upward crossings, by the cubic through both samples and their slopes."""
        v, dv = self.potential, self.slope
        found = []
        for i in np.flatnonzero((v[:-1] < level) & (v[1:] >= level)):
            h = self.time[i + 1] - self.time[i]
            if h == 0.0:
                continue
            c = [v[i] - level, h * dv[i]]
            c += [3 * (v[i + 1] - v[i]) - h * (2 * dv[i] + dv[i + 1])]
            c += [2 * (v[i] - v[i + 1]) + h * (dv[i] + dv[i + 1])]
            at = brentq(lambda u, c=c: c[0] + u * (c[1] + u * (c[2] + u * c[3])), 0.0, 1.0)
            found.append(self.time[i] + h * at)
        return np.array(found)


class Solver:
    """The equations of a cell with its parameters put in; `values` overrides them by path."""

    def __init__(self, equations, values=None):
        self.equations = equations
        given = {parameter.name: parameter.value for parameter in equations.parameters}
        given.setdefault("temperature", equations.temperature)
        unknown = set(values or {}) - set(given)
        assert not unknown, unknown
        self.values = given | dict(values or {})
        self.states = [item.state for item in (*equations.relaxations, *equations.flows)]
        for scheme in equations.occupancies:
            self.states += [f"{scheme.name}.{state}" for state in scheme.states]
        self._rates = self._compile(self._rate_results)
        self._settled = self._compile(self._settled_results)
        self._gates = self._compile(self._gate_results)
        self._capacitance = self._compile(lambda s: [s.text(equations.capacitance)])
        self.capacitance = self._capacitance(0.0, *[0.0] * len(self.states))[0]

    def _compile(self, results):
        source = Source(self.values)
        arguments = ["v", *self.states]
        for name in arguments:
            source.name(name)
        if results not in (self._rate_results, self._gate_results, self._settled_results):
            return source.function(arguments, results(source))
        for name, expression in self.equations.definitions:
            source.assign(name, expression)
        return source.function(arguments, results(source))

    def _rate_results(self, source):
        found = []
        for gate in self.equations.relaxations:
            x, factor = source.name(gate.state), source.text(gate.factor)
            if gate.alpha is not None:
                alpha, beta = source.text(gate.alpha), source.text(gate.beta)
                found.append(f"{factor} * ({alpha} * (1.0 - {x}) - {beta} * {x})")
            else:
                found.append(
                    f"{factor} * ({source.text(gate.inf)} - {x}) / {source.text(gate.tau)}"
                )
        found += [source.text(flow.rate) for flow in self.equations.flows]
        for scheme in self.equations.occupancies:
            change = {state: "" for state in scheme.states}
            for i, (start, end, rate) in enumerate(scheme.transitions):
                here, there = scheme.states[start], scheme.states[end]
                flux = f"f{len(source.lines)}_{i}"
                occupied = source.name(f"{scheme.name}.{here}")
                source.lines.append(f"{flux} = {source.text(rate)} * {occupied}")
                change[here] += f" - {flux}"
                change[there] += f" + {flux}"
            found += [change[state] or "0.0" for state in scheme.states]
        total = " + ".join(source.text(item.current) for item in self.equations.currents)
        return [total or "0.0", *found]

    def _gate_results(self, source):
        found = []
        for gate in self.equations.relaxations:
            factor = source.text(gate.factor)
            if gate.alpha is not None:
                alpha, beta = source.text(gate.alpha), source.text(gate.beta)
                found += [f"{alpha} / ({alpha} + {beta})", f"1.0 / ({alpha} + {beta}) / {factor}"]
            else:
                found += [source.text(gate.inf), f"{source.text(gate.tau)} / {factor}"]
        return found

    def _settled_results(self, source):
        found = [text for text in self._gate_results(source)[::2]]
        found += [source.text(flow.initial) for flow in self.equations.flows]
        for gate, at in zip(self.equations.relaxations, range(len(found)), strict=False):
            if gate.initial is not None:
                found[at] = source.text(gate.initial)
        for scheme in self.equations.occupancies:
            rates = ", ".join(
                f"({start}, {end}, {source.text(rate)})" for start, end, rate in scheme.transitions
            )
            found.append(f"(({rates},),)")
        return found

    def initial(self, potential=None):
        """Return potential [mV] and states: settled at the potential, pools at their initial."""
        v = self.equations.initial_potential if potential is None else potential
        flows = [float(evaluate(flow.initial, self.values)) for flow in self.equations.flows]
        states = [0.0] * len(self.equations.relaxations) + flows
        n = len(states)
        for scheme in self.equations.occupancies:
            states += [1.0 / len(scheme.states)] * len(scheme.states)
        for _ in range(4):  # definitions may depend on states: settle in turn
            found = list(self._settled(v, *states))
            states = found[:n]
            for scheme, (rates,) in zip(self.equations.occupancies, found[n:], strict=True):
                states += self._occupancy(scheme, rates)
        return np.array([v, *states])

    @staticmethod
    def _occupancy(scheme, rates):
        if scheme.initial is not None:
            return list(scheme.initial)
        size = len(scheme.states)
        matrix = np.zeros((size + 1, size))
        for start, end, rate in rates:
            matrix[end, start] += rate
            matrix[start, start] -= rate
        matrix[size] = 1.0
        right = np.r_[np.zeros(size), 1.0]
        return list(np.linalg.lstsq(matrix, right, rcond=None)[0])

    def gates(self, potential, **pools):
        """Return {state: (steady value, time constant [ms])} at a potential [mV]."""
        y = self.initial(potential)
        for name, value in pools.items():
            y[1 + self.states.index(name)] = value
        found = self._gates(*y)
        names = [gate.state for gate in self.equations.relaxations]
        return {name: tuple(found[2 * i : 2 * i + 2]) for i, name in enumerate(names)}

    def membrane_current(self, potential):
        """Return the total current [pA] with gates settled at a potential [mV]."""
        return self._rates(*self.initial(potential))[0]

    def rest(self, low=-100.0, high=-40.0):
        """Return the potential [mV] where the settled current is zero; pools at their initial."""
        return brentq(self.membrane_current, low, high, xtol=1e-12, rtol=1e-14)

    def solve(self, pieces, start=None):
        """Current clamp: integrate over pieces ``(duration [ms], injected current [pA])``."""
        y = self.initial() if start is None else np.array(start, dtype=float)

        def slopes(injected):
            def f(y, _):
                total, *rates = self._rates(*y)
                return [(injected - total) / self.capacitance, *rates]

            return f

        return self._run(y, [(length, slopes(level), level) for length, level in pieces])

    def clamp(self, pieces, holding):
        """Ideal voltage clamp over pieces ``(duration [ms], potential [mV])``, settled at first."""
        y = self.initial(holding)
        parts = []
        for length, level in pieces:
            parts.append((length, lambda y, _: [0.0, *self._rates(*y)[1:]], level))
        return self._run(y, parts, clamped=True)

    def _run(self, y, parts, clamped=False):
        times, ys, slopes, currents, begin = [], [], [], [], 0.0
        for length, f, level in parts:
            if clamped:
                y = np.r_[level, y[1:]]
            grid = np.linspace(0.0, length, max(2, round(length * SAMPLES) + 1))
            found = odeint(f, y, grid, **TOLERANCE)
            times.append(begin + grid)
            ys.append(found)
            slopes.append([f(row, 0.0)[0] for row in found])
            measured = [self._rates(*row)[0] for row in found] if clamped else level
            currents.append(np.broadcast_to(measured, len(grid)))
            y, begin = found[-1], begin + length
        table = np.concatenate(ys)
        states = {name: table[:, 1 + i] for i, name in enumerate(self.states)}
        time, slope = np.concatenate(times), np.concatenate(slopes)
        return Solution(time, table[:, 0], states, np.concatenate(currents), slope)
