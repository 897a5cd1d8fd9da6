"""The component types (LEMS) of a document: rates, time courses and steady states by expression.

A type extends one of NeuroML's base types, or another type of the document, and computes what that
base exposes from parameters, constants and derived variables. State variables, events, links and
selections are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from loligo.cell.expression import Compare, Expression, Number, Symbol
from loligo.cell.interchange.neuroml.dimensions import DIMENSIONS, Dimension, quantity
from loligo.cell.interchange.neuroml.lems import (
    Condition,
    Known,
    Scope,
    read_condition,
    read_expression,
)
from loligo.cell.interchange.neuroml.limits import without_gap, without_gaps
from loligo.cell.interchange.neuroml.markup import Element
from loligo.errors import ExpressionError, suggest

CALCIUM = "ca"
"""The symbol of the calcium concentration inside [mM] in the laws of a channel."""

KELVIN = Symbol("temperature") + 273.15
_V = Known(Symbol("v"), DIMENSIONS["voltage"])
_TEMPERATURE = Known(KELVIN, DIMENSIONS["temperature"])
_CALCIUM = Known(Symbol(CALCIUM), DIMENSIONS["concentration"])


@dataclass(frozen=True, slots=True)
class Base:
    """A base type of NeuroML: what it exposes, and which parameters it has."""

    exposure: str
    dimension: str
    parameters: Mapping[str, str] = field(default_factory=dict)


_SHAPE = {"midpoint": "voltage", "scale": "voltage"}
BASES: Mapping[str, Base] = {
    "baseVoltageDepRate": Base("r", "per_time"),
    "baseVoltageConcDepRate": Base("r", "per_time"),
    "baseHHRate": Base("r", "per_time", {"rate": "per_time", **_SHAPE}),
    "baseVoltageDepVariable": Base("x", "none"),
    "baseVoltageConcDepVariable": Base("x", "none"),
    "baseHHVariable": Base("x", "none", {"rate": "none", **_SHAPE}),
    "baseVoltageDepTime": Base("t", "time"),
    "baseVoltageConcDepTime": Base("t", "time"),
}
"""The base types that are read."""

_REQUIRED: Mapping[str, Known] = {"v": _V, "temperature": _TEMPERATURE, "caConc": _CALCIUM}
_DECLARED = ("Exposure", "Requirement", "Parameter", "Constant", "Dynamics")


@dataclass(frozen=True, slots=True)
class ComponentType:
    """A type of a document, with what it inherits, outermost first."""

    element: Element
    base: Base
    chain: tuple[Element, ...]

    def law(self, component: Element, given: Scope) -> Expression:
        """Return what a component of this type exposes, in mV, ms, mM.

        Parameters
        ----------
        component : Element
            It has the values of the parameters.
        given : mapping of str to Known
            What the gate offers: ``alpha``, ``beta``, ``rateScale``.

        Raises
        ------
        ModelError
            With the line of what is not understood.
        """
        scope: dict[str, Known] = {"v": _V}
        offered = {**_REQUIRED, **given}
        parameters = dict(self.base.parameters)
        for element in self.chain:
            for item in element.every("Parameter"):
                item.expect(("name", "dimension"))
                parameters[item.get("name")] = dimension_name(item)
            for item in element.every("Requirement"):
                item.expect(("name", "dimension"))
                _required(item, offered, scope)
            if "Conc" in element.attributes.get("extends", ""):
                scope["caConc"] = _CALCIUM
        component.expect((*(parameters), "type"), ("id",))
        for name, dimension in parameters.items():
            scope[name] = constant(component, name, dimension)
        for element in self.chain:
            for item in element.every("Constant"):
                item.expect(("name", "dimension", "value"))
                scope[item.get("name")] = constant(item, "value", dimension_name(item))
        return without_gaps(self._computed(scope))

    def _computed(self, scope: dict[str, Known]) -> Expression:
        variables: dict[str, Element] = {}
        for element in self.chain:
            for dynamics in element.every("Dynamics"):
                dynamics.expect(children=("DerivedVariable", "ConditionalDerivedVariable"))
                for item in dynamics.children:
                    variables[item.get("name")] = item
        exposed = [
            name
            for name, item in variables.items()
            if item.attributes.get("exposure") == self.base.exposure
        ]
        if len(exposed) != 1:
            self.element.refuse(f"needs one variable whose exposure is {self.base.exposure!r}")
        _Variables(variables, scope).resolve(exposed[0])
        found = scope[exposed[0]]
        if found.dimension != DIMENSIONS[self.base.dimension]:
            variables[exposed[0]].refuse(
                f"its dimension must be {self.base.dimension}, that of what the type extends"
            )
        return found.value


@dataclass(slots=True)
class _Variables:
    """Derived variables, resolved in the order they are needed."""

    elements: Mapping[str, Element]
    scope: dict[str, Known]
    done: set[str] = field(default_factory=set)

    def resolve(self, name: str, way: tuple[str, ...] = ()) -> None:
        element = self.elements[name]
        if name in way or len(way) > 100:
            element.refuse(f"needs itself: {' -> '.join([*way, name])}"[:300])
        if name in self.done:
            return
        used = _words(element)
        for needed in self.elements:
            if needed in used and needed != name:
                self.resolve(needed, (*way, name))
        if name in used and name not in self.scope:
            element.refuse("needs itself")
        dimension = DIMENSIONS[dimension_name(element)]
        try:
            value = (
                self._plain(element, dimension)
                if element.name == "DerivedVariable"
                else self._chosen(element, dimension)
            )
        except ExpressionError as error:
            element.refuse(str(error))
        self.scope[name] = Known(value, dimension)
        self.done.add(name)

    def _plain(self, element: Element, dimension: Dimension) -> Expression:
        for name in ("select", "reduce"):
            if name in element.attributes:
                element.refuse(f"{name!r} refers to other components, which is not read")
        element.expect(("name", "value"), ("exposure", "dimension"))
        return read_expression(element.get("value"), self.scope, dimension)

    def _chosen(self, element: Element, dimension: Dimension) -> Expression:
        element.expect(("name",), ("exposure", "dimension"), ("Case",))
        cases = element.children
        if not cases:
            element.refuse("needs a <Case>")
        for case in cases:
            case.expect(("value",), ("condition",))
        values = [read_expression(case.get("value"), self.scope, dimension) for case in cases]
        conditions = [
            read_condition(text, self.scope) if (text := case.attributes.get("condition")) else None
            for case in cases
        ]
        if None in conditions[:-1]:
            element.refuse("a case without a condition must be the last")
        if conditions[-1] is not None and not _exhaust(conditions):
            element.refuse("may have no case that holds: let the last be without a condition")
        result = values[-1]
        for condition, value in zip(conditions[-2::-1], values[-2::-1], strict=True):
            assert condition is not None
            result = condition.choose(value, result)
        return without_gap(result)


_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def _exhaust(conditions: list[Condition | None]) -> bool:
    """Tell whether the last condition holds wherever no other does.

    That is so for two that are opposites, and for below, at and above the same.
    """
    last = [single for one in conditions[-3:] if one and (single := _single(one))]
    if len(last) < min(len(conditions), 3) or len(last) < 2:
        return False
    if len({(one.left, one.right) for one in last[-2:]}) == 1:
        if last[-1].relation == _OPPOSITE[last[-2].relation]:
            return True
        if len({(one.left, one.right) for one in last}) == 1:
            return {one.relation for one in last} == {"<", "==", ">"}
    return False


def _single(condition: Condition) -> Compare | None:
    """Return the comparison that a condition is, ``None`` where it joins several."""
    part: Condition | Compare = condition
    while isinstance(part, Condition):
        if len(part.parts) != 1:
            return None
        part = part.parts[0]
    return part


def _words(element: Element) -> set[str]:
    texts = [element.attributes.get("value", "")]
    texts += [text for case in element.children for text in case.attributes.values()]
    return {word for text in texts for word in re.findall(r"[A-Za-z_]\w*", text)}


def resolve(elements: Mapping[str, Element], scope: dict[str, Known]) -> None:
    """Add derived variables to the names that are known.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    variables = _Variables(elements, scope)
    for name in elements:
        variables.resolve(name)


def dimension_name(element: Element) -> str:
    """Return the dimension that an element gives a name."""
    name = element.attributes.get("dimension", "none")
    if name not in DIMENSIONS:
        element.refuse(f"the dimension {name!r} is unknown; {suggest(name, DIMENSIONS)}")
    return name


def constant(element: Element, attribute: str, dimension: str) -> Known:
    """Return the number that an attribute gives, with its dimension."""
    unit = "K" if dimension == "temperature" else None
    value = quantity(element, attribute, dimension, unit)
    return Known(Number(value), DIMENSIONS[dimension])


def _required(item: Element, offered: Scope, scope: dict[str, Known]) -> None:
    name = item.get("name")
    if name not in offered:
        item.refuse(f"nothing gives {name!r}; {suggest(name, offered)}")
    if offered[name].dimension != DIMENSIONS[dimension_name(item)]:
        item.refuse(f"{name!r} has another dimension")
    scope[name] = offered[name]


def read_types(elements: tuple[Element, ...]) -> dict[str, ComponentType]:
    """Return the component types of a document by name.

    Raises
    ------
    ModelError
        One that extends what is not read, or itself, or declares what is not understood.
    """
    named: dict[str, Element] = {}
    for element in elements:
        element.expect(("name", "extends"), (), _DECLARED)
        for item in element.every("Exposure"):
            item.expect(("name", "dimension"))
        if element.get("name") in named:
            element.refuse("is defined twice")
        named[element.get("name")] = element
    return {name: _typed(element, named) for name, element in named.items()}


def _typed(element: Element, named: Mapping[str, Element]) -> ComponentType:
    chain = [element]
    while (parent := chain[0].get("extends")) not in BASES:
        if parent not in named:
            chain[0].refuse(f"extends {parent!r}, which is not read; {suggest(parent, BASES)}")
        if named[parent] in chain or len(chain) > 20:
            chain[0].refuse(f"extends {parent!r} in a circle")
        chain.insert(0, named[parent])
    return ComponentType(element, BASES[parent], tuple(chain))
