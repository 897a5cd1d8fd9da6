"""`Transporter`: pumps, exchangers and cotransporters, which move several ions in one cycle."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from loligo.cell.description import Description, FrozenMapping
from loligo.cell.quantity import Formula, LetLaw, OneOf, Quantity
from loligo.errors import ModelError

STRENGTHS = ("current_density", "conductance_density")


class Transporter(Description):
    """Something that moves ions through the membrane in fixed proportion.

    Parameters
    ----------
    name : str
        What it is.
    source : str
        Where it is published, ``"doi:..."``.
    notes : str
        What to know about it.
    moves : mapping of str to int
        Ions that leave in one cycle, those that enter negative: ``{"Na": 3, "K": -2}``.
    strength : quantity
        ``"1.5 uA/cm2"`` for a rate without a unit, ``"0.02 mS/cm2"`` for one in mV; 0 blocks it.
    rate : expression
        Cycles, forward positive, which times `strength` are counted in uA/cm2 of elementary
        charges: a cycle a charge. Of ``v``, ``K_in``, ``K_out``, constants, lets, pools.
    constants : mapping of str to quantity or float
        Named numbers of its own, which only its expressions know.
    let : mapping of str to expression or shape
        Named expressions of its own.

    Notes
    -----
    The current is what the moves carry, ``I = strength rate sum(z n)``: of the 3 Na : 2 K pump
    ``strength rate``, of an electroneutral cotransporter none. Each ion's own is
    ``strength rate z n``.
    """

    kind: Literal["transporter"] = "transporter"
    name: str = ""
    source: str = ""
    notes: str = ""
    moves: FrozenMapping[int]
    strength: Annotated[Quantity, OneOf(STRENGTHS, least=0.0)]
    rate: Formula
    constants: FrozenMapping[Annotated[Quantity, OneOf(bare=True)]] = FrozenMapping()
    let: FrozenMapping[LetLaw] = FrozenMapping()

    @model_validator(mode="after")
    def _moves_something(self) -> Self:
        if not self.moves or 0 in self.moves.values():
            raise ModelError(f"moves = {dict(self.moves)}; name the ions that a cycle moves, not 0")
        return self
