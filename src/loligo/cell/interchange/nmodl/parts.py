"""`Part`: those equations of a cell that go into one NMODL file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loligo.cell.expression import Expression, Number, substitute, symbols
from loligo.cell.lowered import Current, Equations, Flow, Occupancy, Parameter, Relaxation


@dataclass(frozen=True)
class Part:
    """Some channels of a cell, with all that their equations need.

    Attributes
    ----------
    keys : tuple of str
        The channels.
    parameters, definitions, relaxations, flows, occupancies
        As in `Equations`.
    currents : tuple of Current
        [uA/cm2]
    """

    keys: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    definitions: tuple[tuple[str, Expression], ...]
    relaxations: tuple[Relaxation, ...]
    flows: tuple[Flow, ...]
    occupancies: tuple[Occupancy, ...]
    currents: tuple[Current, ...]


def part(lowered: Equations, keys: Sequence[str], per_area: float) -> Part:
    """Return what some channels need, with the pools they depend on or fill.

    Parameters
    ----------
    lowered : Equations
    keys : sequence of str
    per_area : float
        Makes the currents of the equations uA/cm2.
    """
    currents = tuple(
        Current(current.name, per_area * substitute(current.current, {"area": Number(100.0)}))
        for current in lowered.currents
        if current.name in keys
    )
    mine = [gate for gate in lowered.relaxations if gate.state.partition(".")[0] in keys]
    schemes = [scheme for scheme in lowered.occupancies if scheme.name in keys]
    roots: list[Expression] = [current.current for current in currents]
    for gate in mine:
        roots += [*gate.laws.values(), gate.factor]
    roots += [rate for scheme in schemes for _, _, rate in scheme.transitions]
    known, flows = _closure(lowered, roots)
    return Part(
        tuple(keys),
        tuple(p for p in lowered.parameters if p.name in known and p.name != "temperature"),
        tuple((name, value) for name, value in lowered.definitions if name in known),
        tuple(mine),
        flows,
        tuple(schemes),
        currents,
    )


def _closure(lowered: Equations, roots: Iterable[Expression]) -> tuple[set[str], tuple[Flow, ...]]:
    definitions = dict(lowered.definitions)
    rates = {flow.state: flow for flow in lowered.flows}
    known: set[str] = set()
    more = {name for root in roots for name in symbols(root)}
    while more:
        name = more.pop()
        known.add(name)
        found: set[str] = set()
        if name in definitions:
            found = set(symbols(definitions[name]))
        elif name in rates:
            found = set(symbols(rates[name].rate) | symbols(rates[name].initial))
        more |= found - known
    return known, tuple(flow for flow in lowered.flows if flow.state in known)


def groups(lowered: Equations) -> list[list[str]]:
    """Return the channels that need a file together: those that pools tie to each other."""
    names = [current.name for current in lowered.currents]
    tied = set()
    for key in names:
        alone = part(lowered, [key], 1.0)
        if alone.flows:
            tied.add(key)
    for flow in lowered.flows:
        needed, _ = _closure(lowered, [flow.rate])
        tied |= {key for key in names if f"I_{key}" in needed}
        tied |= {name.partition(".")[0] for name in needed if name.partition(".")[0] in names}
    together = [key for key in names if key in tied]
    return [[key] for key in names if key not in tied] + ([together] if together else [])
