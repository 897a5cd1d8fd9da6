"""`IonChannel`: a channel of a NeuroML document, which becomes a `Channel` with a strength.

In NeuroML a channel is how it gates; how much of it there is, and where its current reverses, the
cell says. loligo's `Channel` has both, so that a channel read from its document waits for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loligo.cell.channel import Channel
from loligo.cell.description import FrozenMapping
from loligo.cell.expression import Expression, Number, Symbol, parse, substitute, symbols, to_text
from loligo.cell.interchange.neuroml.component_types import CALCIUM
from loligo.cell.interchange.neuroml.dimensions import quantity
from loligo.cell.interchange.neuroml.gates import (
    KINDS,
    GateParts,
    instances,
    kind_of,
    read_gate,
    read_warming,
)
from loligo.cell.interchange.neuroml.kinetic import as_gate, read_scheme
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.rates import Reader
from loligo.cell.shape import read_shape

ELEMENTS = ("ionChannel", "ionChannelHH", "ionChannelPassive", "ionChannelKS")
"""The elements that are channels."""

_SCALING = "q10ConductanceScaling"


@dataclass(frozen=True)
class IonChannel:
    """How a channel gates, without a density and a reversal potential.

    Parameters
    ----------
    name : str
        Its ``id``.
    species : str
        The ion that permeates, as the document says; empty where it does not.
    gating : mapping of str to object
        The fields ``gate`` and ``gating``, or ``scheme``, of a `Channel`.
    single_channel_conductance : float or None
        Of one open channel [nS]; ``None`` where the document does not say.
    """

    name: str
    species: str = ""
    gating: Mapping[str, Any] = field(default_factory=FrozenMapping, hash=False)
    single_channel_conductance: float | None = None

    @property
    def needs_calcium(self) -> bool:
        """Whether a law depends on the concentration of calcium, the pool ``ca``."""
        return any(CALCIUM in symbols(parse(text)) for text in _texts(self.gating))

    def channel(self, *, calcium: str = CALCIUM, **strength: Any) -> Channel:
        """Return the channel with a strength.

        Parameters
        ----------
        calcium : str
            The pool of the cell that is the calcium concentration.
        **strength
            ``conductance`` and ``reversal``, or ``permeability``, ``valence``, ``inside`` and
            ``outside``, and whatever else a `Channel` takes: ``ion``, ``notes``.

        Raises
        ------
        ModelError
            What the channel refuses.
        """
        fields = self.gating if calcium == CALCIUM else _renamed(self.gating, calcium)
        if "permeability" in strength and "scheme" in fields:
            single = {"single_channel_conductance"}
            scheme = {key: x for key, x in fields["scheme"].items() if key not in single}
            fields = {**fields, "scheme": scheme}
        return Channel(**{"name": self.name, "ion": self.species, **fields, **strength})


def _texts(fields: Any) -> list[str]:
    """Return every expression in the fields of a channel."""
    if isinstance(fields, dict):
        return [text for key, part in fields.items() if key != "states" for text in _texts(part)]
    if isinstance(fields, list):
        return [text for part in fields for text in _texts(part.partition(" : ")[2])]
    plain = isinstance(fields, str) and not read_shape(fields, None)
    return [fields] if plain and not fields.endswith((" /ms", " ms", " degC", " nS")) else []


def _renamed(fields: Any, calcium: str) -> Any:
    """Return the fields of a channel with another name for calcium in every expression."""
    if isinstance(fields, dict):
        return {key: _renamed(part, calcium) for key, part in fields.items()}
    if isinstance(fields, list):
        halves = [part.partition(" : ") for part in fields]
        return [
            f"{head}{colon}{_renamed(law, calcium)}" if colon else head
            for head, colon, law in halves
        ]
    if not _texts(fields):
        return fields
    return to_text(substitute(parse(fields), {CALCIUM: Symbol(calcium)}))


def read_ion_channel(element: Element, reader: Reader) -> IonChannel:
    """Return the channel that an element describes.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    passive = "ionChannelPassive" in {element.name, element.attributes.get("type")}
    kinds = () if passive else ("gate", *KINDS, _SCALING)
    element.expect(("id",), ("type", "conductance", "species"), kinds)
    declared = element.attributes.get("type", element.name)
    if declared not in ELEMENTS:
        element.refuse(f"the type {declared!r} is not read; allowed: {', '.join(ELEMENTS)}")
    name, species = element.get("id"), element.attributes.get("species", "")
    gates = element.every("gate", *KINDS)
    scaling = _scaling(element)
    single = None
    if "conductance" in element.attributes:
        single = quantity(element, "conductance", "conductance")
    schemes = [gate for gate in gates if kind_of(gate) == "gateKS"]
    if len(gates) == 1 and schemes and instances(gates[0]) == 1 and scaling is None:
        scheme = read_scheme(gates[0], reader)
        if single is not None and single > 0:
            scheme["single_channel_conductance"] = f"{single!r} nS"
        return IonChannel(name, species, FrozenMapping({"scheme": scheme}), single)
    return IonChannel(name, species, FrozenMapping(_gating(gates, reader, scaling)), single)


def _gating(
    gates: tuple[Element, ...], reader: Reader, scaling: Expression | None
) -> dict[str, Any]:
    """Return the gates of a channel, and their ``gating`` where it is no product of powers."""
    found: dict[str, dict[str, Any]] = {}
    opening: Expression = Number(1.0) if scaling is None else scaling
    product = scaling is None
    for element in gates:
        parts: GateParts | None
        if kind_of(element) == "gateKS":
            parts = as_gate(element, reader)
            if parts is None:
                element.refuse(
                    "a scheme of more than two states beside other gates, with instances or with "
                    "a scaled conductance cannot be expressed; write it as the only gate"
                )
        else:
            parts = read_gate(element, reader)
        assert parts.opening is not None
        for name, fields in parts.gates.items():
            if name in found:
                element.refuse(f"a second gate {name!r}")
            found[name] = fields
        product = product and kind_of(element) != "gateFractional"
        opening = opening * parts.opening
    if not found and scaling is None:
        return {}
    if product:
        return {"gate": found}
    bare = {
        name: {key: part for key, part in fields.items() if key != "power"}
        for name, fields in found.items()
    }
    return {"gate": bare, "gating": to_text(opening)}


def _scaling(element: Element) -> Expression | None:
    """Return the factor of temperature on the conductance."""
    total: Expression | None = None
    for item in element.every(_SCALING):
        item.expect(("q10Factor", "experimentalTemp"))
        as_settings = Element(
            item.name,
            {},
            item.line,
            item.file,
            (
                Element(
                    "q10Settings", {"type": "q10ExpTemp", **item.attributes}, item.line, item.file
                ),
            ),
        )
        scale = read_warming(as_settings).scale
        total = scale if total is None else total * scale
    return total
