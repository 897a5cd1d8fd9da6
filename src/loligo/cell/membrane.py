"""`Membrane`: what a region of a neuron is covered with, per area."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.description import Description, FrozenMapping
from loligo.cell.pool import Pool
from loligo.cell.quantity import In, LetLaw, OneOf, Quantity

_PATCH_AREA = "100 um2"


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
    solutions : mapping, optional
        ``inside`` and ``outside``, for the reversals of channels that name their ion; see `Cell`.
    """

    kind: Literal["membrane"] = "membrane"
    capacitance: Annotated[float, In("capacitance_density", positive=True)]
    constants: FrozenMapping[Annotated[Quantity, OneOf(bare=True)]] = Field(default=FrozenMapping())
    let: FrozenMapping[LetLaw] = Field(default=FrozenMapping())
    channel: FrozenMapping[Channel] = Field(default=FrozenMapping())
    pool: FrozenMapping[Pool] = Field(default=FrozenMapping())

    @model_validator(mode="before")
    @classmethod
    def _in_solutions(cls, data: Any) -> Any:
        from loligo.cell.solutions import resolved

        return resolved(data)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self.patch("a patch", 20.0, 0.0)
        return self

    def patch(self, name: str, temperature: float, initial_potential: float) -> Cell:
        """Return a cell of this membrane alone.

        Parameters
        ----------
        name : str
        temperature : float [degC]
        initial_potential : float [mV]
        """
        where = {
            "name": name,
            "temperature": f"{temperature!r} degC",
            "area": _PATCH_AREA,
            "initial_potential": f"{initial_potential!r} mV",
        }
        said = {name: x for name, x in self.written().items() if name in Membrane.model_fields}
        return Cell(**{**said, **where})

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """Return the membrane of an isopotential cell that is described per area.

        Raises
        ------
        ModelError
            The cell has no area, so that its conductances are absolute; or ions inside and
            outside that are states, which compartments of a neuron do not have.
        """
        from loligo.errors import ModelError

        if cell.area is None:
            raise ModelError(f"{cell.name!r} has no area: its conductances are not per area")
        if cell.inside is not None:
            raise ModelError(
                f"{cell.name!r} moves its ions (inside, outside), which neurons do not have yet; "
                "give the membrane solutions, or simulate the cell alone"
            )
        said = cell.written()
        return cls(**{key: said[key] for key in cls.model_fields if key in said and key != "kind"})
