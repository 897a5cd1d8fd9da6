"""`equations`: the equations of a cell as expressions, which the engine compiles."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from loligo.cell import balance
from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.expression import Expression, Number, Symbol, symbols
from loligo.cell.expression.parse import FARADAY_CONSTANT, ghk
from loligo.cell.lower import Lowering, Scope, ordered
from loligo.cell.lowered import (
    Current,
    Equations,
    Flow,
    Occupancy,
    Parameter,
    Relaxation,
)
from loligo.cell.pool import Pool
from loligo.cell.scheme import Scheme
from loligo.cell.scope import cell_scope, channel_scope, transporter_scope
from loligo.cell.sides import units_of
from loligo.cell.transporter import Transporter

__all__ = [
    "Current",
    "Equations",
    "Flow",
    "Occupancy",
    "Parameter",
    "Relaxation",
    "equations",
]

_PER_AREA = 0.01
"""pA = 0.01 (uA/cm2) um2, nS = 0.01 (mS/cm2) um2, pF = 0.01 (uF/cm2) um2."""


@lru_cache(maxsize=128)
def equations(cell: Cell) -> Equations:
    """Return the equations of a cell; the same ones when asked again.

    Parameters
    ----------
    cell : Cell

    Returns
    -------
    Equations

    Raises
    ------
    ModelError
        An unknown name, or definitions that need each other.
    """
    return _Lowered(cell).equations()


class _Lowered(Lowering):
    """The lowering of one cell."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell
        self.scope = cell_scope(cell)
        self.relaxations: list[Relaxation] = []
        self.occupancies: list[Occupancy] = []

    def equations(self) -> Equations:
        cell = self.cell
        self.parameter("temperature", cell.temperature, "degC", "temperature")
        scale: Expression = Number(1.0)
        if cell.area is not None:
            scale = _PER_AREA * self.parameter("area", cell.area, "um2", "area")
        capacitance = scale * self.parameter(
            "capacitance", cell.capacitance.value, cell.capacitance.unit, "capacitance"
        )
        for name, constant in cell.constants.items():
            self.parameter(f"constants.{name}", constant.value, constant.unit, "constant")
        for name, law in cell.let.items():
            self.definitions[name] = self.law(law, self.scope, f"let.{name}", "")
        currents = []
        for key, channel in cell.channel.items():
            strength, rest = self.channel(key, channel, scale)
            currents.append(Current(key, scale * strength * rest))
            self.definitions[f"I_{key}"] = strength * rest
        for key, transporter in cell.transporter.items():
            valence = balance.net_valence(transporter)
            self.definitions[f"I_{key}"] = valence * self.cycles(key, transporter)
            if valence:
                currents.append(Current(key, scale * self.definitions[f"I_{key}"]))
        flows = tuple(self.pool(name, pool) for name, pool in cell.pool.items())
        flows += balance.flows(cell, self)
        roots = [*(flow.rate for flow in flows), *(current.current for current in currents)]
        roots += [law for gate in self.relaxations for law in gate.laws.values()]
        roots += [rate for scheme in self.occupancies for _, _, rate in scheme.transitions]
        definitions = used(ordered(self.definitions), roots)
        return Equations(
            name=cell.name,
            parameters=tuple(self.parameters),
            definitions=definitions,
            relaxations=tuple(self.relaxations),
            flows=flows,
            occupancies=tuple(self.occupancies),
            currents=tuple(currents),
            capacitance=capacitance,
            temperature=cell.temperature,
            initial_potential=cell.initial_potential,
            units=units_of(cell),
        )

    def channel(
        self, key: str, channel: Channel, scale: Expression
    ) -> tuple[Expression, Expression]:
        """Return the current of a channel per area, as its constant part and the rest."""
        scope = channel_scope(self.scope, key, channel)
        opening = self.opening(key, channel, scope)
        if channel.law == "ohmic":
            strength, drive = self.ohmic(key, channel, scope)
        elif channel.law == "ghk":
            strength, drive = self.ghk(key, channel, scope)
        else:
            assert channel.current is not None
            strength, opening = Number(1.0), Number(1.0)
            drive = self.law(channel.current, scope, f"channel.{key}.current", "")
        if channel.scheme is not None:
            self.scheme(key, channel.scheme, scope, scale * strength)
        return strength, opening * drive

    def ohmic(self, key: str, channel: Channel, scope: Scope) -> tuple[Expression, Expression]:
        """Return conductance and driving force."""
        path, size = f"channel.{key}", channel.conductance
        assert size is not None
        assert channel.reversal is not None
        strength = self.parameter(f"{path}.conductance", size.value, size.unit, "conductance")
        reversal = self.law(channel.reversal, scope, f"{path}.reversal", "mV", "reversal")
        if isinstance(channel.reversal, str):
            self.definitions[f"{path}.reversal"] = reversal
        return strength, Symbol("v") - Symbol(f"{path}.reversal")

    def ghk(self, key: str, channel: Channel, scope: Scope) -> tuple[Expression, Expression]:
        """Return permeability and the Goldman-Hodgkin-Katz current per permeability."""
        path = f"channel.{key}"
        assert channel.permeability is not None
        assert channel.valence is not None
        inside, outside = (
            self.law(getattr(channel, side), scope, f"{path}.{side}", "mM", "concentration")
            for side in ("inside", "outside")
        )
        strength = self.parameter(
            f"{path}.permeability", channel.permeability, "cm/s", "permeability"
        )
        return strength, ghk(Symbol("v"), Number(float(channel.valence)), inside, outside)

    def opening(self, key: str, channel: Channel, scope: Scope) -> Expression:
        """Return the open fraction of a channel, after its gates have been lowered."""
        path = f"channel.{key}"
        for name, gate in channel.gate.items():
            relaxation = self.gate(gate, scope, f"{path}.gate.{name}", f"{key}.{name}")
            if relaxation is not None:
                self.relaxations.append(relaxation)
        if channel.scheme is not None:
            return Symbol(f"{key}.open")
        if channel.gating is not None:
            return self.law(channel.gating, scope, f"{path}.gating", "")
        product: Expression = Number(1.0)
        for name, gate in channel.gate.items():
            product = product * Symbol(f"{key}.{name}") ** gate.power
        return product

    def scheme(self, key: str, scheme: Scheme, scope: Scope, conductance: Expression) -> None:
        """Add the occupancies of a Markov scheme and its open fraction."""
        path = f"channel.{key}.scheme"
        factor = self.factor(scheme, path)
        for name, shape in scheme.let.items():
            where = f"{path}.let.{name}"
            self.definitions[where] = self.law(shape, scope, where, "")
        place = {state: index for index, state in enumerate(scheme.states)}
        transitions = []
        for transition in scheme.transitions:
            for source, target, law in transition.moves():
                where = f"{path}.transitions.{source}.{target}"
                rate = factor * self.law(law, scope, where, "1/ms")
                transitions.append((place[source], place[target], rate))
        count = None
        if scheme.single_channel_conductance is not None:
            count = conductance / self.parameter(
                f"{path}.single_channel_conductance",
                scheme.single_channel_conductance,
                "nS",
                "conductance",
            )
        weights = tuple(scheme.open.get(state, 0.0) for state in scheme.states)
        starts = scheme.initial
        initial = None if starts is None else tuple(starts.get(s, 0.0) for s in scheme.states)
        occupancy = Occupancy(key, scheme.states, tuple(transitions), weights, initial, count)
        self.occupancies.append(occupancy)
        fraction: Expression = Number(0.0)
        for symbol, weight in zip(occupancy.symbols, weights, strict=True):
            fraction = fraction + weight * Symbol(symbol)
        self.definitions[f"{key}.open"] = fraction

    def cycles(self, key: str, transporter: Transporter) -> Expression:
        """Return the cycles of a transporter [uA/cm2 of elementary charges]."""
        path, size = f"transporter.{key}", transporter.strength
        scope = transporter_scope(self.scope, key, transporter)
        strength = self.parameter(f"{path}.strength", size.value, size.unit, "conductance")
        for name, constant in transporter.constants.items():
            where = f"{path}.constants.{name}"
            self.parameter(where, constant.value, constant.unit, "constant")
        for name, law in transporter.let.items():
            self.definitions[f"{path}.let.{name}"] = self.law(law, scope, f"{path}.let.{name}", "")
        rate = self.law(transporter.rate, scope, f"{path}.rate", "")
        self.definitions[f"{path}.cycles"] = strength * rate
        return Symbol(f"{path}.cycles")

    def pool(self, name: str, pool: Pool) -> Flow:
        """Return the rate of change of a pool."""
        path = f"pool.{name}"
        unit = pool.initial.unit
        initial = self.parameter(f"{path}.initial", pool.initial.value, unit, "initial")
        if pool.derivative is not None:
            rate = self.law(pool.derivative, self.scope, f"{path}.derivative", "")
            return Flow(name, rate, initial)
        assert pool.currents is not None
        assert pool.valence is not None
        depth, decay, rest, fraction = (
            self.parameter(f"{path}.{key}", getattr(pool, key), unit, "pool parameter")
            for key, unit in (("depth", "um"), ("decay", "ms"), ("rest", "mM"), ("fraction", ""))
        )
        total: Expression = Number(0.0)
        for channel in pool.currents:
            total = total + Symbol(f"I_{channel}")
        # uA/cm2 into um of depth: 10 mM/ms per (C/mol)
        inflow = Number(-10.0 / (pool.valence * FARADAY_CONSTANT)) * fraction / depth * total
        return Flow(name, inflow - (Symbol(name) - rest) / decay, initial)


def used(
    definitions: tuple[tuple[str, Expression], ...], roots: Iterable[Expression]
) -> tuple[tuple[str, Expression], ...]:
    """Drop the currents (``I_na``) that nothing refers to."""
    needed = {name for root in roots for name in symbols(root)}
    kept = []
    for name, expression in reversed(definitions):
        if name in needed or not name.startswith("I_"):
            kept.append((name, expression))
            needed |= symbols(expression)
    return tuple(reversed(kept))
