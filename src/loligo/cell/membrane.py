"""`Membrane`: what a region of a neuron is covered with, per area."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.description import Description, FrozenMapping
from loligo.cell.pool import Pool
from loligo.cell.quantity import In, LetLaw, OneOf, Quantity
from loligo.cell.segment import WHOLE, InsideSegment
from loligo.cell.space import Outside, with_laws
from loligo.cell.transporter import Transporter

_PATCH_AREA, _PATCH_DEPTH = "100 um2", 1.0


class Membrane(Description):
    """Capacitance, channels and pools of a region, all per area.

    Parameters
    ----------
    capacitance : quantity
        ``"1 uF/cm2"``.
    constants : mapping of str to quantity or float
        Named numbers that every expression can use, in internal units.
    let : mapping of str to expression or shape
        Named intermediate expressions that every expression can use, in any order.
    channel : mapping of str to Channel
        What carries current through the membrane.
    pool : mapping of str to Pool
        Concentrations and other states that currents and rates depend on.
    transporter : mapping of str to Transporter
        What moves the ions inside and outside.
    inside, outside : InsideSegment and Outside, optional
        The ions on both sides as states of each compartment.
    solutions : mapping, optional
        ``inside`` and ``outside``, for the reversals of channels that name their ion; see `Cell`.
    """

    kind: Literal["membrane"] = "membrane"
    capacitance: Annotated[float, In("capacitance_density", positive=True)]
    constants: FrozenMapping[Annotated[Quantity, OneOf(bare=True)]] = Field(default=FrozenMapping())
    let: FrozenMapping[LetLaw] = Field(default=FrozenMapping())
    channel: FrozenMapping[Channel] = Field(default=FrozenMapping())
    pool: FrozenMapping[Pool] = Field(default=FrozenMapping())
    transporter: FrozenMapping[Transporter] = Field(default=FrozenMapping())
    inside: InsideSegment | None = None
    outside: Outside | None = None

    @model_validator(mode="before")
    @classmethod
    def _in_solutions(cls, data: Any) -> Any:
        from loligo.cell.solutions import resolved

        return resolved(with_laws(data))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self.patch("a patch", 20.0, 0.0)
        return self

    @property
    def fills(self) -> bool:
        """Whether ions that are states fill all of each compartment."""
        return self.inside is not None and self.inside.depth == WHOLE

    def patch(
        self,
        name: str,
        temperature: float,
        initial_potential: float,
        depth: float = _PATCH_DEPTH,
    ) -> Cell:
        """Return a cell of this membrane alone.

        Parameters
        ----------
        name : str
        temperature : float [degC]
        initial_potential : float [mV]
        depth : float [um]
            Volume over area, of ions that fill the whole.
        """
        where = {
            "name": name,
            "temperature": f"{temperature!r} degC",
            "area": _PATCH_AREA,
            "initial_potential": f"{initial_potential!r} mV",
        }
        said = {name: x for name, x in self.written().items() if name in Membrane.model_fields}
        if self.fills:
            said["inside"] = {**said["inside"], "depth": f"{depth!r} um"}
        return Cell(**{**said, **where})

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """Return the membrane of an isopotential cell that is described per area.

        Raises
        ------
        ModelError
            The cell has no area, so that its conductances are absolute.
        """
        from loligo.errors import ModelError

        if cell.area is None:
            raise ModelError(f"{cell.name!r} has no area: its conductances are not per area")
        said = cell.written()
        return cls(**{key: said[key] for key in cls.model_fields if key in said and key != "kind"})
