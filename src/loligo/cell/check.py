"""What a cell is checked for when it is made: units that fit, rates that are rates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from loligo.cell.cell import Cell
from loligo.cell.description import refusal
from loligo.cell.equations import equations
from loligo.cell.expression import Expression, symbols
from loligo.cell.finite import POTENTIALS, at_potential, finite, on_grid
from loligo.cell.lowered import Equations
from loligo.cell.sides import misfits
from loligo.cell.steady import Values, steady_values
from loligo.errors import suggest


def check_cell(cell: Cell) -> None:
    """Refuse a cell that contradicts itself or physics.

    Raises
    ------
    ModelError
        Units that do not fit, unknown names, rates that are negative or not finite between -200
        and 200 mV, steady states outside 0 to 1.
    """
    problems = [*_units(cell), *_names(cell), *misfits(cell)]
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
    started = {
        name: share
        for scheme in lowered.occupancies
        for name, share in zip(scheme.symbols, scheme.initial or (), strict=False)
    }
    values = steady_values(lowered, POTENTIALS, started)
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
        for name, law in gate.laws.items():
            yield f"{gate.state.replace('.', '.gate.')}.{name}", law
    for scheme in lowered.occupancies:
        for source, target, rate in scheme.transitions:
            move = f"{scheme.states[source]} -> {scheme.states[target]}"
            yield f"{scheme.name}.scheme.transitions: {move}", rate


def _definitions(lowered: Equations, values: Values) -> Iterator[tuple[str, str]]:
    instantaneous = {
        name
        for name, _ in lowered.definitions
        if name.count(".") == 1 and not name.startswith("inside.")
    }
    elsewhere = {f"I_{current.name}" for current in lowered.currents}
    elsewhere |= {f"{scheme.name}.open" for scheme in lowered.occupancies}
    for name, expression in lowered.definitions:
        if name in elsewhere:
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


def _rate(
    path: str, law: Expression, values: Values, *, zero: bool = True
) -> Iterator[tuple[str, str]]:
    problems = list(finite(path, law, values))
    yield from problems
    value = on_grid(law, values)
    wrong = value < 0 if zero else value <= 0
    if not problems and wrong.any():
        yield (
            path,
            f"is {at_potential(value, wrong)}; it must be {'at least' if zero else 'above'} 0",
        )


def _within(path: str, law: Expression, values: Values) -> Iterator[tuple[str, str]]:
    problems = list(finite(path, law, values))
    yield from problems
    value = on_grid(law, values)
    wrong = (value < -1e-9) | (value > 1 + 1e-9)
    if not problems and wrong.any():
        yield path, f"is {at_potential(value, wrong)}; a steady state is between 0 and 1"
