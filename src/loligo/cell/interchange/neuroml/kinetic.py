"""Markov schemes: NeuroML's ``gateKS`` to loligo's `Scheme`.

NeuroML's definition of ``gateKS`` has `q10Settings` but lets no rate depend on them, so that they
are refused rather than guessed.
"""

from __future__ import annotations

from typing import Any

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.tree import call
from loligo.cell.interchange.neuroml.dimensions import number, quantity
from loligo.cell.interchange.neuroml.gates import GateParts, instances, local_name
from loligo.cell.interchange.neuroml.markup import Element, by_id
from loligo.cell.interchange.neuroml.rates import Law, Reader, expression, written
from loligo.errors import suggest

STATES = ("closedState", "openState")
TRANSITIONS = ("forwardTransition", "reverseTransition", "tauInfTransition", "vHalfTransition")
_THERMAL = 25.3
"""kT/e of ``vHalfTransition`` [mV], a constant of NeuroML's definition."""

Move = tuple[str, str, Law]


def read_scheme(element: Element, reader: Reader) -> dict[str, Any]:
    """Return the fields of the scheme that a ``gateKS`` describes.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    typed = ("type",) if element.name == "gate" else ()
    element.expect(("id", "instances", *typed), ("type",), (*STATES, *TRANSITIONS, "q10Settings"))
    for item in element.every("q10Settings"):
        item.refuse(
            "NeuroML's definition of gateKS lets no rate depend on q10Settings; write the "
            "temperature into a ComponentType of the rates"
        )
    states = by_id(element.every(*STATES))
    names = {name: local_name(name) for name in states}
    for state in states.values():
        state.expect(("id",))
    moves: dict[tuple[str, str], Law] = {}
    for transition in element.every(*TRANSITIONS):
        for source, target, law in _moves(transition, reader):
            for name in (source, target):
                if name not in names:
                    transition.refuse(f"no state {name!r}; {suggest(name, names)}")
            pair = names[source], names[target]
            moves[pair] = _sum(moves[pair], law) if pair in moves else law
    if not moves:
        element.refuse(f"needs transitions; read are {', '.join(TRANSITIONS)}")
    opened = [names[name] for name, state in states.items() if state.name == "openState"]
    return {
        "states": list(names.values()),
        "open": dict.fromkeys(opened, 1.0),
        "transitions": [
            f"{source} -> {target} : {written(law, '/ms')}"
            for (source, target), law in moves.items()
        ],
    }


def _sum(first: Law, second: Law) -> Law:
    return expression(first) + expression(second)


def _moves(element: Element, reader: Reader) -> list[Move]:
    kind = element.name
    if kind == "tauInfTransition":
        element.expect(("id", "from", "to"), (), ("timeCourse", "steadyState"))
        tau = expression(reader.law(element.only("timeCourse"), "time"))
        inf = expression(reader.law(element.only("steadyState"), "variable"))
        rates: tuple[Law, Law] = (inf / tau, (1.0 - inf) / tau)
    elif kind == "vHalfTransition":
        rates = _half(element)
    else:
        element.expect(("id", "from", "to"), (), ("rate",))
        law = reader.law(element.only("rate"), "rate")
        ends = (element.get("from"), element.get("to"))
        return [(*(ends if kind == "forwardTransition" else ends[::-1]), law)]
    source, target = element.get("from"), element.get("to")
    return [(source, target, rates[0]), (target, source, rates[1])]


def _half(element: Element) -> tuple[Expression, Expression]:
    element.expect(("id", "from", "to", "vHalf", "z", "gamma", "tau", "tauMin"))
    half, valence, gamma = (
        quantity(element, "vHalf", "voltage"),
        number(element, "z"),
        number(element, "gamma"),
    )
    tau, least = quantity(element, "tau", "time"), quantity(element, "tauMin", "time")
    x = (Symbol("v") - half) / _THERMAL
    forward = call("exp", valence * gamma * x) / tau
    backward = call("exp", -valence * (1.0 - gamma) * x) / tau
    one = Number(1.0)
    return one / (one / forward + least), one / (one / backward + least)


def as_gate(element: Element, reader: Reader) -> GateParts | None:
    """Return a scheme of one closed and one open state as a gate, ``None`` for a larger one."""
    scheme = read_scheme(element, reader)
    if len(scheme["states"]) != 2 or len(scheme["open"]) != 1 or len(scheme["transitions"]) != 2:
        return None
    rates = {}
    for sentence in scheme["transitions"]:
        ends, _, law = sentence.partition(" : ")
        opens = ends.split(" -> ")[1] in scheme["open"]
        rates["alpha" if opens else "beta"] = law
    power = instances(element)
    name = local_name(element.get("id"))
    fields = {**rates, **({} if power == 1 else {"power": power})}
    return GateParts({name: fields}, Symbol(name) ** power)
