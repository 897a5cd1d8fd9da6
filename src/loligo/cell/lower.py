"""From the laws of a description to expressions, collecting parameters and definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loligo.cell.expression import Expression, Number, Symbol, symbols
from loligo.cell.expression.tree import call
from loligo.cell.gate import Gate
from loligo.cell.lowered import Parameter, ParameterKind, Relaxation
from loligo.cell.scheme import Scheme
from loligo.cell.scope import read
from loligo.cell.shape import FUNCTION_OF, RateShape
from loligo.errors import ModelError

Scope = Mapping[str, str]


@dataclass
class Lowering:
    """What has been collected so far."""

    parameters: list[Parameter] = field(default_factory=list)
    definitions: dict[str, Expression] = field(default_factory=dict)

    def parameter(self, name: str, value: float, unit: str, kind: ParameterKind) -> Expression:
        """Add a parameter and return its symbol."""
        self.parameters.append(Parameter(name, float(value), unit, kind))
        return Symbol(name)

    def law(
        self,
        law: float | RateShape | str,
        scope: Scope,
        path: str,
        unit: str,
        kind: ParameterKind = "rate parameter",
    ) -> Expression:
        """Return the expression of a quantity (a parameter), a shape or a text."""
        if isinstance(law, str):
            try:
                return read(law, scope)
            except ModelError as error:
                raise ModelError(f"{path}: {error}") from None
        if isinstance(law, float):
            return self.parameter(path, law, unit, kind)
        rate = self.parameter(f"{path}.rate", law.rate, law.unit, kind)
        midpoint = self.parameter(f"{path}.midpoint", law.midpoint, "mV", kind)
        scale = self.parameter(f"{path}.scale", law.scale, "mV", kind)
        return rate * call(FUNCTION_OF[law.kind], (Symbol("v") - midpoint) / scale)

    def factor(self, gate: Gate | Scheme, path: str) -> Expression:
        """Return the factor by which warming speeds up the rates."""
        if gate.q10 is None or gate.reference_temperature is None:
            return Number(1.0)
        q10 = self.parameter(f"{path}.q10", gate.q10, "", "rate parameter")
        reference = self.parameter(
            f"{path}.reference_temperature", gate.reference_temperature, "degC", "rate parameter"
        )
        return call("exp", call("log", q10) * ((Symbol("temperature") - reference) / 10.0))

    def gate(self, gate: Gate, scope: Scope, path: str, state: str) -> Relaxation | None:
        """Return the relaxation of a gate; of one that follows at once, add its definition."""
        alpha, beta, inf, tau = (
            None
            if (law := getattr(gate, name)) is None
            else self.law(law, scope, f"{path}.{name}", unit)
            for name, unit in (("alpha", "1/ms"), ("beta", "1/ms"), ("inf", ""), ("tau", "ms"))
        )
        if inf is not None and tau is None:
            self.definitions[state] = inf
            return None
        initial = None if gate.initial is None else Number(gate.initial)
        return Relaxation(state, alpha, beta, inf, tau, self.factor(gate, path), initial)


def ordered(definitions: Mapping[str, Expression]) -> tuple[tuple[str, Expression], ...]:
    """Return definitions so that each needs only earlier ones.

    Raises
    ------
    ModelError
        Some need each other; the message shows the circle.
    """
    done: dict[str, Expression] = {}

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circle = " -> ".join([*way[way.index(name) :], name])
            raise ModelError(f"these definitions need each other: {circle}")
        if name in done:
            return
        for needed in sorted(symbols(definitions[name]) & definitions.keys()):
            visit(needed, (*way, name))
        done[name] = definitions[name]

    for name in definitions:
        visit(name, ())
    return tuple(done.items())
