"""`Cell`: a membrane with its capacitance, channels, pools and named expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from loligo.cell.channel import Channel
from loligo.cell.description import Description, FrozenMapping
from loligo.cell.expression import evaluate
from loligo.cell.pool import Pool
from loligo.cell.quantity import In, LetLaw, OneOf, Quantity
from loligo.cell.show import cell_text
from loligo.cell.space import Inside, Outside, with_laws
from loligo.cell.transporter import Transporter
from loligo.units import quantity

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from loligo.cell.lowered import Equations


class Cell(Description):
    """An isopotential cell.

    Parameters
    ----------
    name : str
        What it is.
    source : str
        Where it is published, ``"doi:..."``.
    notes : str
        What to know about it.
    temperature : quantity
        Temperature simulations start from.
    area : quantity, optional
        Membrane area; with it capacitance, conductances and currents are per area
        (uF/cm2, mS/cm2, uA/cm2), without it absolute (pF, nS, pA).
    capacitance : quantity
        A density (``"1 uF/cm2"``) in a cell with an area, else absolute (``"20 pF"``).
    initial_potential : quantity
        Potential at the start of a simulation.
    constants : mapping of str to quantity or float
        Named numbers that every expression can use, in internal units.
    let : mapping of str to expression or shape
        Named intermediate expressions that every expression can use, in any order.
    channel : mapping of str to Channel
        What carries current through the membrane.
    pool : mapping of str to Pool
        Concentrations and other states that currents and rates depend on.
    transporter : mapping of str to Transporter
        Pumps, exchangers and cotransporters, which move the ions that are inside and outside.
    inside, outside : Inside and Outside, optional
        The ions on both sides of the membrane as states that channels and transporters move; see
        `loligo.cell.balance`.
    solutions : mapping, optional
        ``inside`` and ``outside``: standard solutions, files or tables of ions. Channels that name
        their ``ion`` then have no reversal (GHK channels no valence and concentrations) of their
        own; what the solutions give is kept as constants, ``K_in`` and ``K_out``.
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
    transporter: FrozenMapping[Transporter] = Field(default=FrozenMapping())
    inside: Inside | None = None
    outside: Outside | None = None

    @model_validator(mode="before")
    @classmethod
    def _in_solutions(cls, data: Any) -> Any:
        from loligo.cell.solutions import resolved

        return resolved(with_laws(data))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        from loligo.cell.check import check_cell

        check_cell(self)
        return self

    def in_solutions(self, *, inside: Any, outside: Any) -> Self:
        """Return the cell with reversals that follow from two solutions.

        Parameters
        ----------
        inside, outside : str, Solution or mapping of str to quantity
            A standard solution's name, a file, a list of ions, a solution or a table of ions.

        Returns
        -------
        Cell
            Channels that name their ``ion`` and have a number for a reversal, or numbers for
            concentrations, reverse at its Nernst potential. The concentrations are constants
            (``constants.K_out``); channels with laws of their own keep them.

        Raises
        ------
        ModelError
            No channel is like that; a side does not have its ion.
        SelectionError
            An unknown solution or ion.

        Examples
        --------
        >>> from loligo.cell import catalogue
        >>> squid = catalogue.load("hodgkin_huxley1952")
        >>> bathed = squid.in_solutions(inside="squid_axoplasm", outside="sea_water")
        >>> bathed.channel["k"].reversal
        'nernst(1, K_out, K_in)'
        """
        from loligo.cell.solutions import dissolved

        return type(self)(**dissolved(self.written(), inside, outside, replace=True))

    def steady_state(
        self, v: ArrayLike | str, given: Mapping[str, ArrayLike] | None = None
    ) -> dict[str, NDArray[np.float64]]:
        """Return all gates and occupancies in steady state at given potentials.

        Parameters
        ----------
        v : array_like or quantity
            Potentials [mV].
        given : mapping of str to array_like, optional
            Other values, in internal units, of parameters (by path), pools or gates.

        Returns
        -------
        dict of str to ndarray
            ``"na.m"``, ...; pools at their initial value.
        """
        lowered, values = self._steady(v, given)
        return {name: np.broadcast_to(values[name], values["v"].shape) for name in lowered.states}

    def currents_at(
        self, v: ArrayLike | str, given: Mapping[str, ArrayLike] | None = None
    ) -> dict[str, NDArray[np.float64]]:
        """Return the current of each channel in steady state at given potentials.

        Parameters
        ----------
        v : array_like or quantity
            Potentials [mV].
        given : mapping of str to array_like, optional
            Other values, in internal units, of parameters (by path), pools or gates.

        Returns
        -------
        dict of str to ndarray
            [pA], outward positive.
        """
        lowered, values = self._steady(v, given)
        return {
            current.name: np.broadcast_to(evaluate(current.current, values), values["v"].shape)
            for current in lowered.currents
        }

    def _steady(
        self, v: ArrayLike | str, given: Mapping[str, ArrayLike] | None
    ) -> tuple[Equations, dict[str, NDArray[np.float64]]]:
        from loligo.cell.equations import equations
        from loligo.cell.steady import steady_values

        lowered = equations(self)
        potentials = quantity(v, "voltage", name="v") if isinstance(v, str) else v
        return lowered, steady_values(lowered, potentials, given)

    def equations_latex(self) -> str:
        """Return all equations as LaTeX, an ``aligned`` block."""
        from loligo.cell.equations import equations
        from loligo.cell.mathematics import equations_latex

        return equations_latex(equations(self))

    def _repr_latex_(self) -> str:
        return f"$$\n{self.equations_latex()}\n$$"

    def __repr__(self) -> str:
        return cell_text(self)

    __str__ = __repr__
