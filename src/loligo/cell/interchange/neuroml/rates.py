"""Rates, time courses and steady states of gates: NeuroML's elements to loligo's laws.

The named rates of NeuroML are loligo's shapes one to one. Any other type must be a `ComponentType`
of the document, and becomes an expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from loligo.cell.expression import Expression, Number, Symbol, to_text
from loligo.cell.expression.tree import call
from loligo.cell.interchange.neuroml.component_types import ComponentType
from loligo.cell.interchange.neuroml.dimensions import quantity
from loligo.cell.interchange.neuroml.lems import Scope
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.shape import FUNCTION_OF, Kind, RateShape
from loligo.errors import suggest

Use = Literal["rate", "variable", "time"]
Law = RateShape | Expression
"""A shape, or an expression of ``v`` [mV], ``temperature`` [degC] and ``ca`` [mM]."""

SHAPES: Mapping[str, tuple[Kind, Use]] = {
    "HHExpRate": ("exponential", "rate"),
    "HHExpLinearRate": ("linoid", "rate"),
    "HHSigmoidRate": ("sigmoid", "rate"),
    "HHExpVariable": ("exponential", "variable"),
    "HHExpLinearVariable": ("linoid", "variable"),
    "HHSigmoidVariable": ("sigmoid", "variable"),
}
"""The named shapes: what they are, and what they are for."""

_EXPOSED: Mapping[Use, str] = {"rate": "r", "variable": "x", "time": "t"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads laws of gates with the component types of a document."""

    types: Mapping[str, ComponentType]

    def law(self, element: Element, use: Use, given: Scope | None = None) -> Law:
        """Return the law of a ``forwardRate``, ``timeCourse``, ``steadyState``, ``rate``.

        Parameters
        ----------
        element : Element
        use : {"rate", "variable", "time"}
            What it must be: a rate [1/ms], a plain number, a time [ms].
        given : mapping of str to Known, optional
            Further names that a component type may require.
        """
        kind = element.get("type")
        if kind in SHAPES and SHAPES[kind][1] == use:
            return _shape(element, SHAPES[kind][0], use)
        if kind == "fixedTimeCourse" and use == "time":
            element.expect(("type", "tau"))
            return Number(quantity(element, "tau", "time"))
        if kind in self.types and self.types[kind].base.exposure == _EXPOSED[use]:
            return self.types[kind].law(element, given or {})
        known = [name for name, (_, wanted) in SHAPES.items() if wanted == use]
        known += ["fixedTimeCourse"] if use == "time" else []
        exposed = _EXPOSED[use]
        known += [name for name, kind in self.types.items() if kind.base.exposure == exposed]
        return element.refuse(f"the type {kind!r} is not read as a {use}; {suggest(kind, known)}")


def _shape(element: Element, kind: Kind, use: Use) -> RateShape:
    element.expect(("type", "rate", "midpoint", "scale"))
    dimension, unit = ("per_time", "1/ms") if use == "rate" else ("none", "")
    scale = quantity(element, "scale", "voltage")
    if scale == 0:
        element.refuse("scale is 0; the slope of a shape cannot be infinite")
    midpoint = quantity(element, "midpoint", "voltage")
    return RateShape(kind, quantity(element, "rate", dimension), midpoint, scale, unit)


def expression(law: Law) -> Expression:
    """Return a law as an expression."""
    if not isinstance(law, RateShape):
        return law
    x = (Symbol("v") - law.midpoint) / law.scale
    return law.rate * call(FUNCTION_OF[law.kind], x)


def faster(law: Law, factor: float) -> Law:
    """Return a law times a factor."""
    if isinstance(law, RateShape):
        return replace(law, rate=law.rate * factor)
    return law * factor if factor != 1.0 else law


def written(law: Law, unit: str = "") -> str:
    """Return a law as a description of loligo has it; with a unit, a number is a quantity."""
    if isinstance(law, RateShape):
        return str(law)
    if isinstance(law, Number) and unit:
        return f"{law.value!r} {unit}"
    return to_text(law)
