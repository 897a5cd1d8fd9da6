"""`Pipette`: what lies between the amplifier's input and the cell."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from loligo.cell.description import HERE, Description
from loligo.cell.quantity import In
from loligo.errors import LoligoError, ModelError
from loligo.ions.junction import junction_between, names_solutions
from loligo.rig.linear import MEMBRANE, Sum, term

Slopes = dict[str, tuple[Sum, str]]
"""Derivative [per ms] and unit of each state."""

WALL = "wall"
"""State: the potential inside the pipette where its wall's capacitance sits [mV]."""


class Junction(In):
    """A potential, or the two solutions that have it."""

    def read(self, value: Any) -> float:
        """Return the potential [mV]."""
        if not names_solutions(value):
            return super().read(value)
        try:
            return junction_between(value)[0]
        except LoligoError as error:
            raise ModelError(f"{HERE} = {value!r}: {error}") from None


class Pipette(Description):
    """A patch pipette or sharp electrode at a cell.

    Parameters
    ----------
    series_resistance : quantity
        From the amplifier's input to the inside of the cell, ``"10 MOhm"``.
    capacitance : quantity
        Of pipette and holder to ground, at the amplifier's input, ``"5 pF"``.
    wall_capacitance : quantity
        Further capacitance through the wall of the immersed shank, which is reached through a part
        of the series resistance only.
    wall_position : float
        That part, between 0 and 1; nothing without a wall capacitance.
    seal_resistance : quantity, optional
        Of the seal between pipette and membrane; left out: no leak.
    seal_reversal : quantity
        Potential at which no current flows through the seal.
    electrode_offset : quantity
        What the amplifier measures besides the potential in the pipette, left by zeroing, drift of
        the wire and so on.
    junction_potential : quantity or str
        Liquid junction potential, of the bath relative to the pipette, that zeroing in the bath
        hid: the cell is at the measured potential minus this. Two solutions,
        ``"potassium_gluconate in acsf at 34 degC"``, give theirs.

    Notes
    -----
    The seal lies beside the membrane: its current flows into the cell.
    """

    kind: Literal["pipette"] = "pipette"
    series_resistance: Annotated[float, In("resistance", positive=True)]
    capacitance: Annotated[float, In("capacitance", positive=True)] = 5.0
    wall_capacitance: Annotated[float, In("capacitance", least=0.0)] = 0.0
    wall_position: float = Field(default=0.5, gt=0.0, lt=1.0)
    seal_resistance: Annotated[float, In("resistance", positive=True)] | None = None
    seal_reversal: Annotated[float, In("voltage")] = 0.0
    electrode_offset: Annotated[float, In("voltage")] = 0.0
    junction_potential: Annotated[float, Junction("voltage")] = 0.0

    @property
    def shift(self) -> float:
        """What is added to the measured potential on the way into the cell [mV]."""
        return -(self.electrode_offset + self.junction_potential)


def electrode(pipette: Pipette, inner: Sum) -> tuple[Slopes, Sum, Sum]:
    """Return the equations of a pipette whose wire is at a potential.

    Parameters
    ----------
    pipette : Pipette
    inner : Sum [mV]
        At the amplifier's input.

    Returns
    -------
    slopes : dict of str to (Sum, str)
        Of the states in the pipette, with their units.
    drawn : Sum [pA]
        What it draws from the wire, without its capacitance there.
    into_cell : Sum [pA]
        What flows out of its tip.
    """
    inside, membrane = inner + pipette.shift, term(MEMBRANE)
    if not pipette.wall_capacitance:
        flow = (inside - membrane) / pipette.series_resistance
        return {}, flow, flow
    wall = term(WALL)
    drawn = (inside - wall) / (pipette.wall_position * pipette.series_resistance)
    flow = (wall - membrane) / ((1.0 - pipette.wall_position) * pipette.series_resistance)
    return {WALL: ((drawn - flow) / pipette.wall_capacitance, "mV")}, drawn, flow


def sealed(pipette: Pipette, into_cell: Sum) -> Sum:
    """Return the current into the cell with what leaks through the seal."""
    if pipette.seal_resistance is None:
        return into_cell
    return into_cell + (Sum({}) + pipette.seal_reversal - term(MEMBRANE)) / pipette.seal_resistance
