"""`Channel`: what carries a current through the membrane, and what opens it.

Three kinds of current: ohmic (conductance and reversal), Goldman-Hodgkin-Katz (permeability and
concentrations), or an expression (pumps, exchangers, rectifiers). Three kinds of gating: the
product of gates, an expression of gates, or a Markov scheme.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description, FrozenMapping
from loligo.cell.gate import Gate
from loligo.cell.quantity import Concentration, Formula, In, OneOf, Potential, Quantity
from loligo.cell.scheme import Scheme
from loligo.errors import ModelError

CONDUCTANCES = ("conductance_density", "conductance")

_KINDS = {
    "ohmic": ("conductance", "reversal"),
    "ghk": ("permeability", "valence", "inside", "outside"),
    "expression": ("current",),
}


class Channel(Description):
    """A current through the membrane.

    Parameters
    ----------
    name : str
        What it is.
    source : str
        Where it is published, ``"doi:..."``.
    notes : str
        What to know about it.
    conductance : quantity
        Largest conductance: a density (``"120 mS/cm2"``) in a cell with an area, else absolute
        (``"10 nS"``).
    reversal : quantity or expression
        Potential at which the current reverses [mV].
    permeability : quantity
        ``"1e-5 cm/s"``; for the Goldman-Hodgkin-Katz current instead of conductance and reversal.
    valence : int
        Of the ion that permeates.
    inside, outside : quantity or expression
        Its concentrations [mM]: a quantity, a constant, a pool.
    current : expression
        Instead of the above: the current, outward positive, in uA/cm2 in a cell with an area,
        else in pA. Of ``v``, gates, constants, lets, pools.
    ion : str
        Which ion carries it.
    gate : mapping of str to Gate
        Its gates; the open fraction is the product of their powers.
    gating : expression
        Open fraction as an expression of the gates, instead of the product.
    scheme : Scheme
        Instead of gates.

    Notes
    -----
    Ohmic: ``I = conductance * open * (v - reversal)``. Goldman-Hodgkin-Katz:
    ``I = permeability * open * z F u (inside - outside exp(-u)) / (1 - exp(-u))`` with
    ``u = z v F / RT``.

    References
    ----------
    Hodgkin & Katz 1949, https://doi.org/10.1113/jphysiol.1949.sp004310
    """

    kind: Literal["channel"] = "channel"
    name: str = ""
    source: str = ""
    notes: str = ""
    conductance: Annotated[Quantity, OneOf(CONDUCTANCES, least=0.0)] | None = None
    reversal: Potential | None = None
    permeability: Annotated[float, In("permeability", least=0.0)] | None = None
    valence: int | None = None
    inside: Concentration | None = None
    outside: Concentration | None = None
    current: Formula | None = None
    ion: str = ""
    gate: FrozenMapping[Gate] = Field(default=FrozenMapping())
    gating: Formula | None = None
    scheme: Scheme | None = None

    @property
    def law(self) -> Literal["ohmic", "ghk", "expression"]:
        """How the current follows from the potential."""
        if self.current is not None:
            return "expression"
        return "ohmic" if self.conductance is not None else "ghk"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        every = [name for names in _KINDS.values() for name in names]
        given = tuple(name for name in every if getattr(self, name) is not None)
        if given not in _KINDS.values():
            raise ModelError(
                f"a channel needs conductance and reversal; or permeability, valence, inside and "
                f"outside; or current; it has {', '.join(given) or 'none of them'}"
            )
        if self.valence == 0:
            raise ModelError("valence = 0; an ion has a charge")
        if self.scheme is not None and (self.gate or self.gating is not None):
            raise ModelError("a channel has gates or a scheme, not both")
        if self.gating is not None and any(gate.power != 1 for gate in self.gate.values()):
            raise ModelError("with gating, write the powers there: 'm**3 * h'")
        if self.gating is not None and self.law == "expression":
            raise ModelError("with current, write the gates there instead of in gating")
        if self.law == "expression" and any(gate.power != 1 for gate in self.gate.values()):
            raise ModelError("with current, write the powers of gates there: 'm**3 * h'")
        single = self.scheme and self.scheme.single_channel_conductance
        if single is not None and self.law != "ohmic":
            raise ModelError("single_channel_conductance needs conductance and reversal")
        return self
