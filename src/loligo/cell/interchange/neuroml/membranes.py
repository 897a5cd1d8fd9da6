"""Densities, calcium and capacitance of NeuroML to the fields that `Cell` and `Membrane` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.description import FrozenMapping
from loligo.cell.equations import equations
from loligo.cell.expression import symbols
from loligo.cell.interchange.neuroml.biophysics import Density, Species
from loligo.cell.interchange.neuroml.concentrations import read_pool
from loligo.cell.interchange.neuroml.gates import local_name
from loligo.cell.interchange.neuroml.ion_channel import IonChannel
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.shells import ShellType
from loligo.errors import suggest

ROOM_TEMPERATURE = 20.0
"""The temperature [degC] of a cell in which nothing depends on it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the other elements of a document offer to its cells."""

    channels: Mapping[str, IonChannel]
    concentrations: Mapping[str, Element]
    morphologies: Mapping[str, Element]
    biophysics: Mapping[str, Element]
    temperature: float | None
    initial_potential: float | None = None
    shells: Mapping[str, ShellType] = FrozenMapping()
    divisions: bool = False


@dataclass(frozen=True, slots=True)
class MembraneReader:
    """Reads the membrane of one cell or region.

    Parameters
    ----------
    element : Element
        The cell, for messages.
    parts : Parts
    area : float or None
        Of the membrane [um2]; ``None`` where it is that of many compartments.
    """

    element: Element
    parts: Parts
    area: float | None

    def fields(
        self, densities: Mapping[str, Density], species: Species | None, capacitance: float
    ) -> dict[str, Any]:
        """Return the fields ``capacitance``, ``constants``, ``channel`` and ``pool``.

        Parameters
        ----------
        densities : mapping of str to Density
            By the names that the channels are to have.
        species : Species or None
        capacitance : float [uF/cm2]

        Raises
        ------
        ModelError
            With the line of what is not understood.
        """
        pool, constants = self._pool(densities, species)
        calcium = next(iter(pool), "ca")
        return {
            "capacitance": f"{capacitance!r} uF/cm2",
            "constants": constants,
            "channel": {
                key: self._channel(item, calcium, species) for key, item in densities.items()
            },
            "pool": pool,
        }

    def _channel(self, item: Density, calcium: str, species: Species | None) -> Any:
        channel = self.parts.channels[item.channel]
        if channel.needs_calcium and species is None:
            self.element.refuse(
                f"line {item.line}: the channel depends on calcium; the cell needs a <species> "
                f"whose ion is 'ca'"
            )
        if item.kind == "channelDensity":
            return channel.channel(
                calcium=calcium,
                ion=item.ion,
                conductance=f"{item.amount!r} mS/cm2",
                reversal=f"{item.reversal!r} mV",
            )
        if species is None or species.outside <= 0:
            self.element.refuse(
                f"line {item.line}: <{item.kind}> needs a <species> of calcium with an "
                f"initialExtConcentration above 0"
            )
        outside = f"{calcium}_outside"
        if item.kind == "channelDensityGHK":
            return channel.channel(
                calcium=calcium,
                ion=item.ion,
                permeability=f"{item.amount!r} cm/s",
                valence=2,
                inside=calcium,
                outside=outside,
            )
        return channel.channel(
            calcium=calcium,
            ion=item.ion,
            conductance=f"{item.amount!r} mS/cm2",
            reversal=f"nernst(2, {outside}, {calcium})",
        )

    def _pool(
        self, densities: Mapping[str, Density], species: Species | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if species is None:
            return {}, {}
        if species.ion != "ca":
            self.element.refuse(f"the species {species.name!r} is of {species.ion!r}; 'ca' is read")
        models = self.parts.concentrations
        if species.model not in models:
            self.element.refuse(
                f"no concentration model {species.model!r}; {suggest(species.model, models)}"
            )
        name = local_name(species.name)
        fields = read_pool(models[species.model], self.area, self.parts.shells)
        filled = [key for key, item in densities.items() if item.ion == species.ion]
        pool = {**fields, "initial": f"{species.initial!r} mM", "currents": filled}
        outside = {f"{name}_outside": f"{species.outside!r} mM"} if species.outside > 0 else {}
        return {name: pool}, outside


def refuse_unknown_warmth(cell: Cell, element: Element) -> None:
    """Refuse a cell of which something depends on a temperature that nobody said."""
    found = equations(cell)
    laws = [law for _, law in found.definitions]
    laws += [law for gate in found.relaxations for law in (gate.factor, *gate.laws.values())]
    laws += [rate for scheme in found.occupancies for _, _, rate in scheme.transitions]
    laws += [current.current for current in found.currents]
    if any("temperature" in symbols(law) for law in laws):
        element.refuse(
            "its currents depend on the temperature, which a NeuroML cell does not have; add a "
            "<network type='networkWithTemperature' temperature='...'> or pass temperature="
        )
