"""What a cell is checked for when it is made: units that fit, rates that are rates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from loligo.cell.cell import Cell
from loligo.cell.description import refusal
from loligo.cell.equations import equations
from loligo.cell.expression import Expression, Number, Operation, evaluate, symbols
from loligo.cell.expression.tree import children, rebuild, to_text, walk
from loligo.cell.lowered import Equations
from loligo.cell.steady import Values, steady_values
from loligo.errors import suggest

POTENTIALS = np.linspace(-200.0, 200.0, 801)
"""Where rates and currents must be finite [mV]."""


def check_cell(cell: Cell) -> None:
    """Refuse a cell that contradicts itself or physics.

    Raises
    ------
    ModelError
        Units that do not fit, unknown names, rates that are negative or not finite between -200
        and 200 mV, steady states outside 0 to 1.
    """
    problems = [*_units(cell), *_names(cell)]
    if problems:
        raise refusal(problems)
    problems = list(_values(equations(cell)))
    if problems:
        raise refusal(problems)


def _units(cell: Cell) -> Iterator[tuple[str, str]]:
    area = cell.area is not None
    why = "the cell has an area" if area else "the cell has no area"
    wanted = "uF/cm2" if area else "pF"
    if cell.capacitance.unit != wanted:
        yield "capacitance", f"is {cell.capacitance}, but {why}: write it in {wanted}"
    for key, channel in cell.channel.items():
        wanted = "mS/cm2" if area else "nS"
        if channel.conductance is not None and channel.conductance.unit != wanted:
            place = f"channel.{key}.conductance"
            yield place, f"is {channel.conductance}, but {why}: write it in {wanted}"
        if channel.permeability is not None and not area:
            yield f"channel.{key}.permeability", f"is per area, but {why}: give the cell one"
    for key, pool in cell.pool.items():
        if pool.depth is not None and not area:
            yield f"pool.{key}.depth", f"needs currents per area, but {why}: give it one"
    if cell.capacitance.value <= 0:
        yield "capacitance", f"is {cell.capacitance}; it must be above 0"


def _names(cell: Cell) -> Iterator[tuple[str, str]]:
    for key, pool in cell.pool.items():
        for name in pool.currents or ():
            if name not in cell.channel:
                hint = suggest(name, cell.channel)
                yield f"pool.{key}.currents", f"unknown channel {name!r}; {hint}"


def _values(lowered: Equations) -> Iterator[tuple[str, str]]:
    problems = list(_dependences(lowered))
    if problems:
        yield from problems
        return
    values = steady_values(lowered, POTENTIALS)
    for stage in (_definitions, _gates, _schemes, _currents):
        problems = list(stage(lowered, values))
        yield from problems
        if problems:
            return


def _dependences(lowered: Equations) -> Iterator[tuple[str, str]]:
    """Find rates of gates that depend on other gates."""
    slow = {gate.state for gate in lowered.relaxations}
    slow |= {name for scheme in lowered.occupancies for name in scheme.symbols}
    for name, expression in lowered.definitions:
        if symbols(expression) & slow:
            slow.add(name)
    laws = [(f"channel.{path}", law) for path, law in _laws(lowered)]
    for path, law in laws:
        for name in sorted(symbols(law) & slow):
            yield (
                path,
                f"depends on {name!r}, which depends on gates; rates may depend on v, "
                f"temperature, constants, pools, and lets of those",
            )


def _laws(lowered: Equations) -> Iterator[tuple[str, Expression]]:
    for gate in lowered.relaxations:
        for name in ("alpha", "beta", "inf", "tau"):
            law = getattr(gate, name)
            if law is not None:
                yield f"{gate.state.replace('.', '.gate.')}.{name}", law
    for scheme in lowered.occupancies:
        for source, target, rate in scheme.transitions:
            move = f"{scheme.states[source]} -> {scheme.states[target]}"
            yield f"{scheme.name}.scheme.transitions: {move}", rate


def _definitions(lowered: Equations, values: Values) -> Iterator[tuple[str, str]]:
    instantaneous = {name for name, _ in lowered.definitions if name.count(".") == 1}
    for name, expression in lowered.definitions:
        if name.endswith(".open"):
            continue
        if name in instantaneous:
            yield from _within(f"channel.{name.replace('.', '.gate.')}.inf", expression, values)
        else:
            yield from finite(f"let.{name}" if "." not in name else name, expression, values)


def _gates(lowered: Equations, values: Values) -> Iterator[tuple[str, str]]:
    for path, law in _laws(lowered):
        kind = path.rpartition(".")[2]
        if kind == "inf":
            yield from _within(f"channel.{path}", law, values)
        else:
            yield from _rate(f"channel.{path}", law, values, zero=kind != "tau")
    for gate in lowered.relaxations:
        if gate.alpha is not None and gate.beta is not None:
            path = f"channel.{gate.state.replace('.', '.gate.')}"
            yield from _rate(f"{path}: alpha + beta", gate.alpha + gate.beta, values, zero=False)


def _schemes(lowered: Equations, values: Values) -> Iterator[tuple[str, str]]:
    for scheme in lowered.occupancies:
        total = sum(values[name] for name in scheme.symbols)
        if not np.allclose(total, 1.0):
            yield f"channel.{scheme.name}.scheme", "has no steady state between -200 and 200 mV"


def _currents(lowered: Equations, values: Values) -> Iterator[tuple[str, str]]:
    for current in lowered.currents:
        yield from finite(f"channel.{current.name}", current.current, values)
    for flow in lowered.flows:
        yield from finite(f"pool.{flow.state}", flow.rate, values)


def _on_grid(expression: Expression, values: Values) -> NDArray[np.float64]:
    return np.broadcast_to(evaluate(expression, values), POTENTIALS.shape)


def _rate(
    path: str, law: Expression, values: Values, *, zero: bool = True
) -> Iterator[tuple[str, str]]:
    problems = list(finite(path, law, values))
    yield from problems
    value = _on_grid(law, values)
    wrong = value < 0 if zero else value <= 0
    if not problems and wrong.any():
        yield path, f"is {_where(value, wrong)}; it must be {'at least' if zero else 'above'} 0"


def _within(path: str, law: Expression, values: Values) -> Iterator[tuple[str, str]]:
    problems = list(finite(path, law, values))
    yield from problems
    value = _on_grid(law, values)
    wrong = (value < -1e-9) | (value > 1 + 1e-9)
    if not problems and wrong.any():
        yield path, f"is {_where(value, wrong)}; a steady state is between 0 and 1"


def _where(value: NDArray[np.float64], wrong: NDArray[np.bool_]) -> str:
    first = int(np.flatnonzero(wrong)[0])
    return f"{value[first]:.6g} at v = {POTENTIALS[first]:g} mV"


def finite(path: str, expression: Expression, values: Values) -> Iterator[tuple[str, str]]:
    """Find where an expression is not a finite number, a removable singularity included."""
    value = _on_grid(expression, values)
    wrong = ~np.isfinite(value)
    root = next(_unguarded_roots(expression, values), None)
    if root is None and not wrong.any():
        return
    where = _where(value, wrong) if root is None else f"not finite at v = {root:.6g} mV"
    remedy = (
        "; where it is 0/0, write x / (1 - exp(-x)) as linoid(x), or the rate as "
        "linoid(rate, midpoint, scale)"
    )
    yield path, f"{to_text(expression)!r} is {where}{'' if root is None else remedy}"


def _unguarded_roots(expression: Expression, values: Values) -> Iterator[float]:
    """Yield the potentials at which a divisor is 0 and no `where` takes care of it."""
    fixed = {name: value for name, value in values.items() if value.ndim == 0}
    for node in set(walk(expression)):
        if not isinstance(node, Operation) or node.operator != "/":
            continue
        divisor = node.right
        if "v" not in symbols(divisor) or not symbols(divisor) <= {"v", *fixed}:
            continue
        at_grid = evaluate(divisor, values)
        for place in np.flatnonzero(at_grid[:-1] * at_grid[1:] <= 0):
            root = _root(divisor, fixed, POTENTIALS[place], POTENTIALS[place + 1])
            whole = {**{name: _at(value, root) for name, value in values.items()}, "v": root}
            singular = _replaced(expression, node, Operation("/", node.left, Number(0.0)))
            if not np.isfinite(evaluate(singular, whole)):
                yield root


def _at(value: NDArray[np.float64], v: float) -> float:
    return float(value) if value.ndim == 0 else float(np.interp(v, POTENTIALS, value))


def _root(divisor: Expression, fixed: Values, low: float, high: float) -> float:
    def sign(v: float) -> float:
        return float(np.sign(evaluate(divisor, {**fixed, "v": v})))

    start = sign(low)
    if start == 0:
        return low
    for _ in range(60):
        middle = 0.5 * (low + high)
        if sign(middle) == start:
            low = middle
        else:
            high = middle
    return high


def _replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    if node == old:
        return new
    parts = children(node)
    return rebuild(node, tuple(_replaced(part, old, new) for part in parts)) if parts else node
