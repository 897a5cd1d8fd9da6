"""`Inside` and `Outside`: the water on both sides of a membrane, and the ions in it.

What is dissolved is a state of the cell, which channels and transporters move. Outside without a
depth is a bath, too large to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import model_validator

from loligo.cell.description import Description, FrozenMapping
from loligo.cell.quantity import In
from loligo.errors import ModelError

Amounts = FrozenMapping[Annotated[float, In("concentration", positive=True)]]


class Buffer(Description):
    """What binds an ion inside, and lets it go at once.

    Parameters
    ----------
    total : quantity
        Sites at the start, ``"0.1 mM"``. They cannot leave.
    dissociation : quantity
        Concentration of free ions at which half of them are taken, ``"0.5 uM"``.

    Notes
    -----
    Free and bound ions are always in equilibrium, ``bound = total c / (dissociation + c)``.
    They move as their sum, which keeps mass; of a small change of it
    ``1 / (1 + total dissociation / (dissociation + c)^2)`` is free.
    """

    total: Annotated[float, In("concentration", least=0.0)]
    dissociation: Annotated[float, In("concentration", positive=True)]


class Inside(Description):
    """What is inside a cell.

    Parameters
    ----------
    depth : quantity
        Volume over membrane area, ``"2.5 um"``: a third of the radius of a sphere, half that of a
        cylinder.
    ions : mapping of str to quantity
        Concentrations at the start, by symbol: ``{"K": "123 mM"}``. In expressions ``K_in``.
    impermeant : quantity, optional
        What else is dissolved and cannot leave; its charge is what the ions leave.
    water : quantity, optional
        Osmotic permeability of the membrane to water, ``"0.01 cm/s"``; without it the volume
        stays. The area of the membrane stays, whatever the volume.
    buffer : mapping of str to Buffer
        What binds an ion, by the ion's symbol; `ions` are what is free.
    carrier : str
        The ion that any injected current carries, that of a clamp included: what is inside of it
        follows from the charges of the membrane and of all other ions. Without one all ions are
        states, and an injected current carries charge that no ion brings.
    """

    depth: Annotated[float, In("length", positive=True)]
    ions: Amounts
    impermeant: Annotated[float, In("concentration", least=0.0)] | None = None
    water: Annotated[float, In("permeability", least=0.0)] | None = None
    buffer: FrozenMapping[Buffer] = FrozenMapping()
    carrier: str = ""


class Outside(Description):
    """What is around a cell: a bath, or a cleft that its currents fill.

    Parameters
    ----------
    ions : mapping of str to quantity
        Concentrations in the bath, and in the cleft at the start: ``K_out`` in expressions.
    impermeant : quantity, optional
        What else is dissolved and cannot enter.
    depth : quantity, optional
        Of the cleft, its volume over membrane area, ``"0.02 um"``. Without it the ions outside
        stay as they are.
    exchange : quantity, optional
        Time constant with which the cleft takes the concentrations of the bath; without it nothing
        leaves the cleft but through the membrane.
    """

    ions: Amounts
    impermeant: Annotated[float, In("concentration", least=0.0)] | None = None
    depth: Annotated[float, In("length", positive=True)] | None = None
    exchange: Annotated[float, In("time", positive=True)] | None = None

    @model_validator(mode="after")
    def _cleft(self) -> Self:
        if self.exchange is not None and self.depth is None:
            raise ModelError("exchange needs the depth of a cleft; without it this is the bath")
        return self


def with_laws(data: Any) -> Any:
    """Return what a cell is made from, with the reversals that its ions inside and outside give.

    Channels that name their ``ion`` and have no reversal (GHK channels: neither valence nor
    concentrations) get laws of ``K_in`` and ``K_out``; the others keep what they have.

    Raises
    ------
    ModelError
        Solutions are given too.
    SelectionError
        The ion of such a channel is not known.
    """
    from loligo.cell.solutions import completed

    if not isinstance(data, Mapping) or not ("inside" in data and "channel" in data):
        return data
    if "solutions" in data:
        told = "inside and outside hold the ions already; leave out the solutions"
        raise ModelError(told, [("solutions", told)])
    if not isinstance(data["channel"], Mapping):
        return data
    return {**data, "channel": {key: completed(key, x) for key, x in data["channel"].items()}}
