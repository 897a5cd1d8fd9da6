"""Gates of ion channels: NeuroML's kinds of gate to loligo's gates, and `q10Settings`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from loligo.cell.description import RESERVED
from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.tree import call
from loligo.cell.interchange.neuroml.component_types import KELVIN
from loligo.cell.interchange.neuroml.dimensions import DIMENSIONS, number, quantity
from loligo.cell.interchange.neuroml.lems import Known
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.rates import Law, Reader, expression, faster, written
from loligo.errors import suggest

_PARTS = {
    "gateHHrates": ("forwardRate", "reverseRate"),
    "gateHHtauInf": ("timeCourse", "steadyState"),
    "gateHHratesTau": ("forwardRate", "reverseRate", "timeCourse"),
    "gateHHratesInf": ("forwardRate", "reverseRate", "steadyState"),
    "gateHHratesTauInf": ("forwardRate", "reverseRate", "timeCourse", "steadyState"),
    "gateHHInstantaneous": ("steadyState",),
}
KINDS = (*_PARTS, "gateFractional", "gateKS")
"""The kinds of gate that are read."""

MOST_INSTANCES = 100


@dataclass(frozen=True, slots=True)
class GateParts:
    """What one gate of a channel becomes: loligo's gates, and their part of the open fraction."""

    gates: dict[str, dict[str, Any]] = field(default_factory=dict)
    opening: Expression | None = None


def local_name(name: str) -> str:
    """Return an id as a name of loligo: a letter first, and no word that is taken."""
    plain = name.lstrip("_") or "x"
    return f"{plain}_" if plain in RESERVED else plain


def kind_of(element: Element) -> str:
    """Return the kind of a gate, ``<gate type="gateHHrates">`` or ``<gateHHrates>``."""
    kind = element.get("type") if element.name == "gate" else element.name
    if kind not in KINDS:
        element.refuse(f"the gate type {kind!r} is not read; {suggest(kind, KINDS)}")
    return kind


def instances(element: Element) -> int:
    """Return how many gates of a kind a channel has."""
    count = number(element, "instances")
    if count != int(count) or not 1 <= count <= MOST_INSTANCES:
        element.refuse(
            f"instances = {count:g}; a whole number from 1 to {MOST_INSTANCES} is needed"
        )
    return int(count)


@dataclass(frozen=True, slots=True)
class Warming:
    """How temperature speeds a gate up: a fixed factor, and a Q10 with its reference."""

    factor: float = 1.0
    q10: float | None = None
    reference: float = 0.0

    @property
    def scale(self) -> Expression:
        """The factor on rates as an expression."""
        if self.q10 is None:
            return Number(self.factor)
        exponent = (KELVIN - (self.reference + 273.15)) / 10.0
        return self.factor * call("exp", exponent * call("log", self.q10))

    @property
    def settings(self) -> dict[str, Any]:
        """The fields of a gate of loligo."""
        if self.q10 is None:
            return {}
        return {"q10": self.q10, "reference_temperature": f"{self.reference!r} degC"}


def read_warming(element: Element) -> Warming:
    """Return what the ``q10Settings`` of a gate say together."""
    factor, q10, reference = 1.0, None, 0.0
    for item in element.every("q10Settings"):
        kind = item.get("type")
        if kind == "q10Fixed":
            item.expect(("type", "fixedQ10"))
            factor *= number(item, "fixedQ10")
        elif kind == "q10ExpTemp":
            item.expect(("type", "q10Factor", "experimentalTemp"))
            if q10 is not None:
                item.refuse("a second q10ExpTemp of the same gate is not read; give one")
            q10 = number(item, "q10Factor")
            reference = quantity(item, "experimentalTemp", "temperature")
        else:
            known = ("q10Fixed", "q10ExpTemp")
            item.refuse(f"the type {kind!r} is not read; {suggest(kind, known)}")
    if factor <= 0 or (q10 is not None and q10 <= 0):
        element.refuse("a Q10 must be above 0")
    return Warming(factor, q10, reference)


def read_gate(element: Element, reader: Reader) -> GateParts:
    """Return what a gate becomes; Markov schemes (``gateKS``) are read in `kinetic`.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    kind = kind_of(element)
    if kind == "gateFractional":
        return _fractional(element, reader)
    parts = _PARTS[kind]
    also = () if kind == "gateHHInstantaneous" else ("q10Settings",)
    _expected(element, (*parts, *also))
    power = instances(element)
    warming = read_warming(element)
    fields = _laws(element, parts, reader, warming)
    fields |= {} if power == 1 else {"power": power}
    name = local_name(element.get("id"))
    return GateParts({name: fields}, Symbol(name) ** power)


def _expected(element: Element, children: tuple[str, ...]) -> None:
    typed = ("type",) if element.name == "gate" else ()
    element.expect(("id", "instances", *typed), ("type",), children)
    for child in children:
        if child not in {"q10Settings", "subGate"}:
            element.only(child)


def _laws(
    element: Element, parts: tuple[str, ...], reader: Reader, warming: Warming
) -> dict[str, Any]:
    """Return the fields ``alpha`` and ``beta``, or ``inf`` and ``tau``, of a gate."""
    given = {"rateScale": Known(warming.scale, DIMENSIONS["none"])}
    laws: dict[str, Law] = {}
    if "forwardRate" in parts:
        for name, part in (("alpha", "forwardRate"), ("beta", "reverseRate")):
            laws[name] = reader.law(element.only(part), "rate", given)
        if len(parts) == 2:
            unit = "/ms"
            return warming.settings | {
                name: written(faster(law, warming.factor), unit) for name, law in laws.items()
            }
        rate = DIMENSIONS["per_time"]
        given |= {name: Known(expression(law), rate) for name, law in laws.items()}
        total = expression(laws["alpha"]) + expression(laws["beta"])
        laws["inf"] = expression(laws["alpha"]) / total
        laws["tau"] = 1.0 / total
    if "steadyState" in parts:
        laws["inf"] = reader.law(element.only("steadyState"), "variable", given)
    if "timeCourse" in parts:
        laws["tau"] = reader.law(element.only("timeCourse"), "time", given)
    fields = {"inf": written(laws["inf"])}
    if "tau" in laws:
        fields["tau"] = written(faster(laws["tau"], 1.0 / warming.factor), "ms")
        fields |= warming.settings
    return fields


def _fractional(element: Element, reader: Reader) -> GateParts:
    """Return the gates of a ``gateFractional``, one for each part of the conductance."""
    _expected(element, ("q10Settings", "subGate"))
    warming = read_warming(element)
    gates: dict[str, dict[str, Any]] = {}
    total: Expression = Number(0.0)
    for sub in element.every("subGate"):
        parts = ("timeCourse", "steadyState")
        sub.expect(("id", "fractionalConductance"), (), parts)
        name = local_name(f"{element.get('id')}_{sub.get('id')}")
        if name in gates:
            sub.refuse("the id is that of another subGate")
        gates[name] = _laws(sub, parts, reader, warming)
        total = total + number(sub, "fractionalConductance") * Symbol(name)
    if not gates:
        element.refuse("needs a <subGate>")
    return GateParts(gates, total ** instances(element))
