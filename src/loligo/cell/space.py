"""`Inside` and `Outside`: the water on both sides of a membrane, and the ions in it.

What is dissolved is a state of the cell, which channels and transporters move. Outside without a
depth is a bath, too large to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description, FrozenMapping
from loligo.cell.quantity import In
from loligo.errors import ModelError

Amounts = FrozenMapping[Annotated[float, In("concentration", positive=True)]]


class Buffer(Description):
    """What binds an ion inside, and lets it go.

    Parameters
    ----------
    ion : str
        What it binds; where left out, the ion after which it is named.
    total : quantity
        Sites at the start, ``"0.1 mM"``. They cannot leave.
    dissociation : quantity
        Concentration of free ions at which half of them are taken, ``"0.5 uM"``.
    off_rate : quantity, optional
        With which bound ions are let go, ``"10 /s"``; free ones are bound by ``off_rate /
        dissociation``. Without it binding is at once; only one buffer of an ion may be so.
    diffusion : quantity
        Coefficient of free and taken sites alike, between the shells of the ion.

    Notes
    -----
    At once: free and bound ions are always in equilibrium, ``bound = total c / (dissociation +
    c)``; of a small change of their sum ``1 / (1 + total dissociation / (dissociation + c)^2)`` is
    free. Else ``d bound / dt = off_rate ((total - bound) c / dissociation - bound)``, from
    equilibrium at the start. What moves is the sum of all, which keeps mass.
    """

    ion: str = ""
    total: Annotated[float, In("concentration", least=0.0)]
    dissociation: Annotated[float, In("concentration", positive=True)]
    off_rate: Annotated[float, In("rate", positive=True)] | None = None
    diffusion: Annotated[float, In("diffusion", least=0.0)] = 0.0


class Shells(Description):
    """Shells of equal thickness beneath the membrane, between which ions diffuse.

    Parameters
    ----------
    shape : {"sphere", "cylinder", "slab"}
        Its radius is three times the depth inside, two times or once.
    count : int
        Of shells, 2 to 200; the last one holds the centre.
    diffusion : mapping of str to quantity
        Coefficient of each ion that is not the same in the whole volume: ``{"Ca": "0.22 um2/ms"}``.
    """

    shape: Literal["sphere", "cylinder", "slab"]
    count: int = Field(ge=2, le=200)
    diffusion: FrozenMapping[Annotated[float, In("diffusion", least=0.0)]]


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
        What binds an ion; `ions` are what is free.
    shells : Shells, optional
        For ions that differ from the membrane inwards; channels see what is in the outermost shell.
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
    shells: Shells | None = None
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


def ion_of(inside: Inside, name: str) -> str:
    """Return the ion that a buffer binds."""
    return inside.buffer[name].ion or name


def instant(inside: Inside, ion: str) -> str | None:
    """Return the name of the buffer of an ion that binds at once."""
    names = (name for name, buffer in inside.buffer.items() if buffer.off_rate is None)
    return next((name for name in names if ion_of(inside, name) == ion), None)


def slow(inside: Inside, ion: str) -> tuple[str, ...]:
    """Return the names of the buffers of an ion that take their time."""
    named = ((name, buffer) for name, buffer in inside.buffer.items() if buffer.off_rate)
    return tuple(name for name, _ in named if ion_of(inside, name) == ion)


def level_name(ion: str, number: int) -> str:
    """Return what the free concentration in a shell is called; shells count from the membrane."""
    return f"{ion}_in" if number == 1 else f"{ion}_in_{number}"


def shelled_ions(inside: Inside) -> tuple[str, ...]:
    """Return the ions that are in shells."""
    return () if inside.shells is None else tuple(inside.shells.diffusion)


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
