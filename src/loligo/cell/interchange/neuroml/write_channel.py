"""Channels of loligo as NeuroML's ``ionChannelHH`` and ``ionChannelKS``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loligo.cell.channel import Channel
from loligo.cell.expression import Expression, Number, Operation, Power, Symbol
from loligo.cell.expression.tree import call
from loligo.cell.gate import Gate
from loligo.cell.interchange.neuroml.inlined import Inlined
from loligo.cell.interchange.neuroml.lems_text import TypeWriter, numeral
from loligo.cell.interchange.neuroml.rates import SHAPES, Use
from loligo.cell.scheme import Scheme
from loligo.cell.shape import RateShape
from loligo.errors import ModelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NEVER = RateShape("exponential", 0.0, 0.0, 1.0)
"""The way back of a transition that has none; NeuroML's schema wants both."""

_TYPE_OF = {what: name for name, what in SHAPES.items()}


@dataclass(frozen=True, slots=True)
class Written:
    """A channel as an element, and what its conductance must be multiplied by."""

    element: Element
    factor: float = 1.0


def write_channel(
    name: str, key: str, channel: Channel, laws: Inlined, types: TypeWriter
) -> Written:
    """Return a channel as an element; the types of its laws are added to `types`.

    Parameters
    ----------
    name : str
        Its id in the document.
    key : str
        Its name in the cell, for messages.
    channel : Channel
    laws : Inlined
    types : TypeWriter

    Raises
    ------
    ModelError
        A current by expression, a gating that is no product of powers, a start that is given,
        states that conduct unequally, laws of anything but v, temperature and calcium.
    """
    from xml.etree.ElementTree import Element

    path = f"channel.{key}" if key else "the channel"
    if channel.law == "expression":
        raise ModelError(f"{path}.current: NeuroML has no current by expression")
    scheme = channel.scheme
    attributes = {"id": name, "conductance": "10 pS"}
    if scheme is not None:
        single = scheme.single_channel_conductance or 0.0
        attributes["conductance"] = f"{numeral(single)} nS"
    if channel.ion:
        attributes["species"] = channel.ion
    element = Element("ionChannelHH" if scheme is None else "ionChannelKS", attributes)
    _notes(element, channel)
    if scheme is not None:
        return Written(element, _scheme(element, scheme, _Laws(path, name, laws, types)))
    factor, powers = _powers(channel, laws, path)
    for gate_name, gate in channel.gate.items():
        power = powers.get(gate_name, 0)
        if power:
            where = _Laws(f"{path}.gate.{gate_name}", f"{name}_{gate_name}", laws, types)
            _gate(element, gate_name, gate, power, where)
    return Written(element, factor)


def _notes(element: Element, channel: Channel) -> None:
    from xml.etree.ElementTree import SubElement

    text = " ".join(part for part in (channel.name, channel.source, channel.notes) if part)
    if text:
        SubElement(element, "notes").text = " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Laws:
    """Adds the laws of one gate or scheme to its elements."""

    path: str
    name: str
    inlined: Inlined
    types: TypeWriter

    def add(
        self, parent: Element, tag: str, law: float | RateShape | str | Expression, use: Use,
        name: str,
    ) -> None:  # fmt: skip
        from xml.etree.ElementTree import SubElement

        SubElement(parent, tag, self.attributes(law, use, name, kinetic=tag == "rate"))

    def attributes(
        self, law: float | RateShape | str | Expression, use: Use, name: str, kinetic: bool
    ) -> dict[str, str]:
        if isinstance(law, RateShape) and (law.kind, use) in _TYPE_OF:
            unit = " per_ms" if use == "rate" else ""
            return {
                "type": _TYPE_OF[law.kind, use],
                "rate": f"{numeral(law.rate)}{unit}",
                "midpoint": f"{numeral(law.midpoint)} mV",
                "scale": f"{numeral(law.scale)} mV",
            }
        where = f"{self.path}.{name}"
        found = law if isinstance(law, Expression) else self.inlined.expression(law, where)
        if use == "time" and isinstance(found, Number):
            return {"type": "fixedTimeCourse", "tau": f"{numeral(found.value)} ms"}
        return self.types.add(f"{self.name}_{name}", use, found, where, kinetic)


def _gate(parent: Element, name: str, gate: Gate, power: int, laws: _Laws) -> None:
    from xml.etree.ElementTree import SubElement

    if gate.initial is not None:
        raise ModelError(f"{laws.path}.initial: NeuroML starts every gate in its steady state")
    parts: list[tuple[str, float | RateShape | str | None, Use, str]]
    if gate.alpha is not None:
        kind = "gateHHrates"
        parts = [
            ("forwardRate", gate.alpha, "rate", "alpha"),
            ("reverseRate", gate.beta, "rate", "beta"),
        ]
    else:
        kind = "gateHHInstantaneous" if gate.tau is None else "gateHHtauInf"
        parts = [
            ("timeCourse", gate.tau, "time", "tau"),
            ("steadyState", gate.inf, "variable", "inf"),
        ]
    element = SubElement(parent, "gate", id=name, type=kind, instances=str(power))
    if gate.q10 is not None and gate.reference_temperature is not None:
        SubElement(
            element,
            "q10Settings",
            type="q10ExpTemp",
            q10Factor=numeral(gate.q10),
            experimentalTemp=f"{numeral(gate.reference_temperature)} degC",
        )
    for tag, law, use, part in parts:
        if law is not None:
            laws.add(element, tag, law, use, part)


def _powers(channel: Channel, laws: Inlined, path: str) -> tuple[float, dict[str, int]]:
    """Return the constant factor of the open fraction, and the power of each gate."""
    if channel.gating is None:
        return 1.0, {name: gate.power for name, gate in channel.gate.items()}
    opening = laws.expression(channel.gating, f"{path}.gating")
    names = {laws.scope[name]: name for name in channel.gate}
    found: dict[str, float] = {}
    factor = _factor(opening, names, found, 1.0)
    whole = all(power == int(power) and power >= 1 for power in found.values())
    if factor is None or not whole or factor < 0:
        raise ModelError(
            f"{path}.gating: NeuroML's open fraction is a product of powers of gates; "
            f"{channel.gating!r} is not"
        )
    return factor, {name: int(power) for name, power in found.items()}


def _factor(
    node: Expression, names: dict[str, str], found: dict[str, float], power: float
) -> float | None:
    """Collect the powers of a product, and return its number; ``None`` where it is none."""
    if isinstance(node, Number):
        return float(node.value**power)
    if isinstance(node, Symbol) and node.name in names:
        gate = names[node.name]
        found[gate] = found.get(gate, 0.0) + power
        return 1.0
    if isinstance(node, Power):
        return _factor(node.base, names, found, power * node.exponent)
    if isinstance(node, Operation) and node.operator in {"*", "/"}:
        left = _factor(node.left, names, found, power)
        right = _factor(node.right, names, found, power if node.operator == "*" else -power)
        return None if left is None or right is None else left * right
    return None


def _scheme(parent: Element, scheme: Scheme, laws: _Laws) -> float:
    """Add a scheme to its channel, and return the relative conductance of its open states."""
    from xml.etree.ElementTree import SubElement

    path = f"{laws.path}.scheme"
    if scheme.initial is not None:
        raise ModelError(f"{path}.initial: NeuroML has no occupancies at the start")
    weights = {state: weight for state, weight in scheme.open.items() if weight}
    if len(set(weights.values())) != 1:
        raise ModelError(f"{path}.open: NeuroML's open states conduct all the same")
    element = SubElement(parent, "gateKS", id="scheme", instances="1")
    for state in (name for name in scheme.states if name not in weights):
        SubElement(element, "closedState", id=state)
    for state in (name for name in scheme.states if name in weights):
        SubElement(element, "openState", id=state)
    warming = _warming(scheme)
    for index, transition in enumerate(scheme.transitions):
        ends = {"from": transition.source, "to": transition.target}
        for tag, law in (("forward", transition.forward), ("reverse", transition.backward)):
            name = f"{tag}_{index}"
            found: float | RateShape | str | Expression = _NEVER if law is None else law
            if warming is not None and law is not None:
                found = warming * laws.inlined.expression(law, f"{path}.transitions.{index}")
            child = SubElement(element, f"{tag}Transition", {"id": name, **ends})
            laws.add(child, "rate", found, "rate", name)
    return next(iter(weights.values()))


def _warming(scheme: Scheme) -> Expression | None:
    """Return the factor of temperature on the rates of a scheme, which NeuroML has no place for."""
    if scheme.q10 is None or scheme.reference_temperature is None:
        return None
    exponent = (Symbol("temperature") - scheme.reference_temperature) / 10.0
    return call("exp", exponent * call("log", scheme.q10))
