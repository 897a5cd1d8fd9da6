"""The ions on both sides of a membrane as states: what moves them, and the water they are in.

States are amounts, in mM of the volume at the start, so that what conserves charge and mass is
linear in them and any Runge-Kutta or Rosenbrock method keeps it to rounding. What the membrane
takes from one side it gives to the other by the same expression.
"""

from __future__ import annotations

from loligo.cell.binding import add_parameters, all_of, binding, free_of, in_equilibrium
from loligo.cell.cell import Cell
from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.parse import FARADAY_CONSTANT
from loligo.cell.lower import Lowering
from loligo.cell.lowered import Flow, Pass
from loligo.cell.shells import shelled
from loligo.cell.sides import WATER, names_of
from loligo.cell.solutions import named_ion
from loligo.cell.space import Inside, shelled_ions, slow
from loligo.cell.transporter import Transporter
from loligo.ions.mobility import MOBILITIES

_PER_CHARGE = 10.0 / FARADAY_CONSTANT
"""mM um/ms that 1 uA/cm2 of elementary charges moves."""
_WATER = 1.805e-4
"""um/ms of water that 1 cm/s takes through a membrane by 1 mM: its molar volume, 18.05 cm3/mol."""

Fluxes = dict[str, Expression]
"""What leaves of each ion through the membrane, in uA/cm2 of elementary charges."""


def net_valence(transporter: Transporter) -> int:
    """Return the charge that leaves in one cycle."""
    return sum(MOBILITIES[ion].valence * n for ion, n in transporter.moves.items())


def fluxes(cell: Cell) -> Fluxes:
    """Return what leaves of each ion, from the currents and cycles of a cell."""
    assert cell.inside is not None
    found: Fluxes = dict.fromkeys(cell.inside.ions, Number(0.0))
    for key, channel in cell.channel.items():
        ion = named_ion(channel.ion, f"channel.{key}.ion")
        found[ion] = found[ion] + (1.0 / MOBILITIES[ion].valence) * Symbol(f"I_{key}")
    for key, transporter in cell.transporter.items():
        for ion, n in transporter.moves.items():
            found[ion] = found[ion] + float(n) * Symbol(f"transporter.{key}.cycles")
    return found


def flows(cell: Cell, lowering: Lowering) -> tuple[Flow, ...]:
    """Return the rates of change of ions and water; add their parameters and definitions."""
    if cell.inside is None or cell.outside is None:
        return ()
    inner, outer = cell.inside, cell.outside
    depth = lowering.parameter("inside.depth", inner.depth, "um", "pool parameter")
    starts = {ion: _start(lowering, "inside", ion, c) for ion, c in inner.ions.items()}
    bath = {ion: _start(lowering, "outside", ion, c) for ion, c in outer.ions.items()}
    add_parameters(inner, lowering)
    starts = {ion: all_of(inner, ion, start) for ion, start in starts.items()}
    cleft = None
    if outer.depth is not None:
        cleft = lowering.parameter("outside.depth", outer.depth, "um", "pool parameter")
    time = None
    if outer.exchange is not None:
        time = lowering.parameter("outside.exchange", outer.exchange, "ms", "pool parameter")
    volumes = _volumes(cell, depth, cleft)
    found = []
    for ion, leaving in fluxes(cell).items():
        carried, in_shells = ion == inner.carrier, ion in shelled_ions(inner)
        lowering.definitions[f"inside.{ion}.leaving"] = _PER_CHARGE * leaving
        if in_shells:
            found += shelled(inner, ion, lowering, starts[ion], depth, cleft)
        else:
            amount = _balancing(cell, starts, depth) if carried else Symbol(f"inside.{ion}")
            found += _mixed(inner, ion, lowering, amount, volumes[0])
            if not carried:
                lost = Symbol(f"inside.{ion}.leaving") / depth
                found.append(_lost_to(ion, lost, starts[ion], depth, cleft))
        if cleft is None:
            continue
        lowering.definitions[f"{ion}_out"] = Symbol(f"outside.{ion}") / volumes[1]
        rate = Symbol(f"inside.{ion}.leaving") / cleft
        rest: Expression = Number(0.0)
        if time is not None:
            rest = -1.0 * ((Symbol(f"{ion}_out") - bath[ion]) / time)
        own = None if carried else rest
        found.append(Flow(f"outside.{ion}", rate + rest, bath[ion], own))
    if inner.water is not None:
        found.append(_swelling(cell, lowering, depth, volumes))
    return tuple(found)


def _lost_to(
    ion: str, lost: Expression, start: Expression, depth: Expression, cleft: Expression | None
) -> Flow:
    """Return the flow of an ion inside, all of which is passed to a cleft if there is one."""
    if cleft is None:
        return Flow(f"inside.{ion}", -1.0 * lost, start)
    passed = Pass(f"outside.{ion}", lost, depth / cleft)
    return Flow(f"inside.{ion}", -1.0 * lost, start, Number(0.0), (passed,))


def _balancing(cell: Cell, starts: Fluxes, depth: Expression) -> Expression:
    """Return how much of the carrier there is, by the charges of membrane and other ions."""
    assert cell.inside is not None
    charge = Symbol("capacitance") * (Symbol("v") - Number(cell.initial_potential))
    total: Expression = _PER_CHARGE * charge / depth
    for ion, start in starts.items():
        if ion != cell.inside.carrier:
            z = float(MOBILITIES[ion].valence)
            total = total - z * (Symbol(f"inside.{ion}") - start)
    own = MOBILITIES[cell.inside.carrier].valence
    return starts[cell.inside.carrier] + (1.0 / own) * total


def _start(lowering: Lowering, side: str, ion: str, value: float) -> Expression:
    return lowering.parameter(f"{side}.ions.{ion}", value, "mM", "concentration")


def _mixed(
    inside: Inside, ion: str, lowering: Lowering, amount: Expression, volume: Expression
) -> list[Flow]:
    """Define what is free of an ion that is the same everywhere; return what slow buffers bind."""
    bound = {name: Symbol(f"inside.bound.{name}") for name in slow(inside, ion)}
    for state in bound.values():
        amount = amount - state
    free, begin = Symbol(f"{ion}_in"), Symbol(f"inside.ions.{ion}")
    lowering.definitions[f"{ion}_in"] = free_of(inside, ion, amount / volume, volume)
    return [
        Flow(state.name, binding(name, free, state), in_equilibrium(name, begin))
        for name, state in bound.items()
    ]


def _volumes(
    cell: Cell, depth: Expression, cleft: Expression | None
) -> tuple[Expression, Expression]:
    """Return the volumes inside and outside relative to those at the start."""
    assert cell.inside is not None
    if cell.inside.water is None:
        return Number(1.0), Number(1.0)
    inside = Symbol(WATER)
    if cleft is None:
        return inside, Number(1.0)
    return inside, Number(1.0) - (inside - Number(1.0)) * depth / cleft


def _swelling(
    cell: Cell, lowering: Lowering, depth: Expression, volumes: tuple[Expression, Expression]
) -> Flow:
    """Return the flow of water, towards what is dissolved."""
    assert cell.inside is not None
    assert cell.inside.water is not None
    water = lowering.parameter("inside.water", cell.inside.water, "cm/s", "permeability")
    names = names_of(cell)
    difference: Expression = Number(0.0)
    for side, sign, volume in (("inside", 1.0, volumes[0]), ("outside", -1.0, volumes[1])):
        space = getattr(cell, side)
        path = f"{side}.impermeant"
        fixed = lowering.parameter(path, space.impermeant, "mM", "concentration") / volume
        for ion in space.ions:
            end = {"inside": "in", "outside": "out"}[side]
            fixed = fixed + Symbol(names[f"{ion}_{end}"][0])
        difference = difference + sign * fixed
    return Flow(WATER, _WATER * water / depth * difference, Number(1.0))
