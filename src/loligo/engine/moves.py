"""What pools and ions do in half a step, one move after another.

A move changes one state, or takes from one state what it gives to another: an ion that goes through
the membrane, out of the cell and into the cleft. What both hold together is then kept to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

from loligo.cell.expression import Expression, Number
from loligo.cell.lowered import Flow

_NONE = Number(0.0)


@dataclass(frozen=True, slots=True)
class Move:
    """A move: ``dx/dt = rate``.

    Attributes
    ----------
    state : str
    rate : Expression
    gains : str
        The state that gains what this one loses, times `ratio`; "" for none.
    ratio : Expression
    """

    state: str
    rate: Expression
    gains: str = ""
    ratio: Expression = _NONE


def moves_of(flows: tuple[Flow, ...]) -> list[Move]:
    """Return the moves that flows are made of, in their order."""
    found = []
    for flow in flows:
        if flow.own is None:
            found.append(Move(flow.state, flow.rate))
            continue
        if flow.own != _NONE:
            found.append(Move(flow.state, flow.own))
        found += [Move(flow.state, -1.0 * p.rate, p.state, p.ratio) for p in flow.passes]
    return found
