"""The step of the membrane potential: currents, their slopes, and what the clamp injects.

The slope of an ohmic current is its conductance; of any other it is derived. With ``i`` the sum of
currents and ``g`` of slopes at the old potential, the bounded trapezoidal rule (see `rules`) reads
``v + h (i_injected - i) / max(c + h g / 2, h g)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from loligo.cell.expression import Expression, Number, Operation, Symbol
from loligo.engine import rules
from loligo.engine.chances import NOISE
from loligo.engine.scope import Definitions, Scope
from loligo.engine.system import LEVEL, SCALE, Clamp

V = Symbol("v")
Term = tuple[Expression, Expression]
"""A current and its slope."""


def injected(wave: Expression) -> Expression:
    """Return the command, ``level + scale * wave``."""
    return Symbol(LEVEL) + Symbol(SCALE) * wave


@dataclass(frozen=True, slots=True)
class Membrane:
    """Currents with their slopes in current names, and the clamp around them."""

    capacitance: Expression
    terms: tuple[Term, ...]
    clamp: Clamp
    through_resistance: bool
    noise: bool = False

    def injected(self, wave: Expression, v: Expression) -> Expression:
        """Return the current that the clamp drives into the cell, with what fluctuates."""
        command = injected(wave)
        if self.noise:
            command = command + Symbol(NOISE)
        if self.clamp == "voltage":
            return (command - v) * (1.0 / Symbol("series_resistance"))
        if self.clamp == "conductance":
            return command * (Symbol("drive.reversal") - v)
        return command

    @property
    def totals(self) -> Term:
        """The sums of all currents and of all slopes."""
        total: Expression = Number(0.0)
        slope: Expression = Number(0.0)
        for current, g in reversed(self.terms):
            total = total + current if total == Number(0.0) else current + total
            slope = slope + g if slope == Number(0.0) else g + slope
        return total, slope

    def injected_slope(self, wave: Expression) -> Expression:
        """Return by how much less is injected per potential."""
        if self.clamp == "voltage":
            return 1.0 / Symbol("series_resistance")
        if self.clamp == "conductance":
            return injected(wave)
        return Number(0.0)


def factors(node: Expression) -> list[Expression]:
    """Return the factors of a product, in order."""
    if isinstance(node, Operation) and node.operator == "*":
        return [*factors(node.left), *factors(node.right)]
    return [node]


def terms(current: Expression, definitions: Definitions, scope: Scope, name: str) -> list[Term]:
    """Return a current and its slope as resolved expressions.

    ``g * (v - e)`` with `g` and `e` free of the potential keeps its form; anything else is
    differentiated.
    """
    v = Symbol(scope.names.get("v", "v"))
    parts = factors(current)
    moving = [part for part in parts if definitions.varies_with(part, "v")]
    if len(moving) == 1 and isinstance(moving[0], Operation):
        drive = moving[0]
        is_drive = drive.operator == "-" and drive.left == V
        if is_drive and not definitions.varies_with(drive.right, "v"):
            conductance: Expression = Number(1.0)
            for part in parts:
                if part is not drive:
                    conductance = conductance * part
            g = scope.statements.assign(f"g.{name}", scope.resolve(conductance))
            return [(g * (v - scope.resolve(drive.right)), g)]
    if not moving:
        return [(scope.resolve(current), Number(0.0))]
    slope = scope.resolve(definitions.total_derivative(current, "v"))
    value = scope.statements.assign(f"i.{name}", scope.resolve(current))
    return [(value, scope.statements.assign(f"g.{name}", slope))]


def potential_step(scope: Scope, membrane: Membrane) -> str:
    """Add the step of the potential and return the name of the new value."""
    statements = scope.statements
    v = Symbol(scope.names.get("v", "v"))
    wave = Symbol("wave")
    total, slope = membrane.totals
    slope = slope + membrane.injected_slope(wave)
    total = statements.assign("i.total", total)
    g = statements.assign("g.total", slope)
    h = Symbol("h")
    p = statements.assign("v.p", h * g)
    inverse = rules.bounded(statements, "v", membrane.capacitance, p)
    rest = statements.assign("v.rest", membrane.injected(wave, v) - total)
    return statements.store("v.next", v + h * rest * inverse)
