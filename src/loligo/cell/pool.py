"""`Pool`: a concentration, or any further state variable, that currents and rates depend on."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description
from loligo.cell.quantity import Formula, In, OneOf, Quantity
from loligo.errors import ModelError

_SHELL = ("currents", "valence", "depth", "decay", "rest")


class Pool(Description):
    """A state variable of the cell beside its gates.

    Parameters
    ----------
    initial : quantity or float
        Value at the start; its unit is the unit of the pool.
    derivative : expression
        Rate of change, in the unit of the pool per ms, of ``v``, constants, lets, pools, gates
        (``ca.m``) and currents (``I_ca``: uA/cm2 in a cell with an area, else pA).
    currents : tuple of str
        Instead of a derivative, a shell beneath the membrane: the channels that fill it.
    valence : int
        Of the ion.
    depth : quantity
        Thickness of the shell, ``"0.1 um"``.
    decay : quantity
        Time constant of removal.
    rest : quantity
        Concentration without current.
    fraction : float
        Part of the ions that stays free.

    Notes
    -----
    ``dc/dt = -fraction I / (z F depth) - (c - rest) / decay``.
    """

    initial: Annotated[Quantity, OneOf(bare=True)]
    derivative: Formula | None = None
    currents: tuple[str, ...] | None = None
    valence: int | None = None
    depth: Annotated[float, In("length", positive=True)] | None = None
    decay: Annotated[float, In("time", positive=True)] | None = None
    rest: Annotated[float, In("concentration", least=0.0)] | None = None
    fraction: float = Field(default=1.0, gt=0.0, le=1.0)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [name for name in _SHELL if getattr(self, name) is not None]
        if (self.derivative is None) != (given == list(_SHELL)) or (self.derivative and given):
            raise ModelError(
                f"a pool needs derivative, or {', '.join(_SHELL)}; it has "
                f"{', '.join([*(['derivative'] if self.derivative else []), *given]) or 'neither'}"
            )
        if self.derivative is None and (self.initial.unit != "mM" or not self.valence):
            raise ModelError("a shell needs an initial concentration in mM and a valence not 0")
        return self
