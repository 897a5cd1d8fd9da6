"""`Cell`: a membrane with its capacitance, channels, pools and named expressions."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.channel import Channel
from loligo.cell.description import Description, FrozenMapping
from loligo.cell.pool import Pool
from loligo.cell.quantity import In, LetLaw, OneOf, Quantity


class Cell(Description):
    """An isopotential cell.

    Parameters
    ----------
    name : str
    source, notes : str
        Where it is published (``"doi:..."``), what to know about it.
    temperature : quantity
        Temperature simulations start from.
    area : quantity, optional
        Membrane area; with it capacitance, conductances and currents are per area
        (uF/cm2, mS/cm2, uA/cm2), without it absolute (pF, nS, pA).
    capacitance : quantity
    initial_potential : quantity
        Potential at the start of a simulation.
    constants : mapping of str to quantity or float
        Named numbers that every expression can use, in internal units.
    let : mapping of str to expression or shape
        Named intermediate expressions that every expression can use, in any order.
    channel : mapping of str to Channel
    pool : mapping of str to Pool
    """

    kind: Literal["cell"] = "cell"
    name: str
    source: str = ""
    notes: str = ""
    temperature: Annotated[float, In("temperature", least=-273.15)]
    area: Annotated[float, In("area", positive=True)] | None = None
    capacitance: Annotated[Quantity, OneOf(("capacitance_density", "capacitance"))]
    initial_potential: Annotated[float, In("voltage")]
    constants: FrozenMapping[Annotated[Quantity, OneOf(bare=True)]] = Field(default=FrozenMapping())
    let: FrozenMapping[LetLaw] = Field(default=FrozenMapping())
    channel: FrozenMapping[Channel] = Field(default=FrozenMapping())
    pool: FrozenMapping[Pool] = Field(default=FrozenMapping())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        from loligo.cell.check import check_cell

        check_cell(self)
        return self
