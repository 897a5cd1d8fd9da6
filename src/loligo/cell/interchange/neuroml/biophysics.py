"""Biophysical properties of a NeuroML cell, parsed: densities, capacitance, species, potentials."""

from __future__ import annotations

from dataclasses import dataclass

from loligo.cell.interchange.neuroml.dimensions import number, quantity
from loligo.cell.interchange.neuroml.markup import Element, by_id
from loligo.cell.interchange.neuroml.nonuniform import Along, read_along

DENSITIES = (
    "channelDensity",
    "channelDensityNernst",
    "channelDensityGHK",
    "channelDensityNonUniform",
)
"""The kinds of density that are read."""

POPULATION = "channelPopulation"
"""A number of channels, which is a density once the area is known."""

_MEMBRANE = (*DENSITIES, POPULATION, "spikeThresh", "specificCapacitance", "initMembPotential")


@dataclass(frozen=True, slots=True)
class Density:
    """Channels of one kind in the membrane.

    Parameters
    ----------
    name : str
    kind : str
        One of `DENSITIES`, or `POPULATION`.
    channel : str
        The id of the channel.
    amount : float
        Conductance [mS/cm2], of ``channelDensityGHK`` permeability [cm/s], of a population the
        number of channels.
    reversal : float or None
        [mV]; ``None`` where concentrations tell it.
    ion : str
    group : str
        The group of segments it is in, or the id of a segment.
    line : int
        Where it is written.
    along : Along or None
        How it varies; then `amount` is 0.
    """

    name: str
    kind: str
    channel: str
    amount: float
    reversal: float | None
    ion: str
    group: str
    line: int
    along: Along | None = None


@dataclass(frozen=True, slots=True)
class Species:
    """A concentration inside and outside [mM], and the model by which it changes, in a group."""

    name: str
    ion: str
    model: str
    initial: float
    outside: float
    group: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Local:
    """A value in a group of segments."""

    value: float
    group: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Biophysics:
    """What a cell's membrane and inside are made of.

    Capacitances are in uF/cm2, potentials in mV, resistivities in Ohm cm.
    """

    densities: tuple[Density, ...]
    capacitances: tuple[Local, ...]
    initial_potentials: tuple[Local, ...]
    spike_thresholds: tuple[Local, ...]
    species: tuple[Species, ...] = ()
    resistivities: tuple[Local, ...] = ()


def read_biophysics(element: Element) -> Biophysics:
    """Return the biophysical properties that an element describes.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    element.expect((), ("id",), ("membraneProperties", "intracellularProperties"))
    membrane = element.only("membraneProperties")
    membrane.expect((), (), _MEMBRANE)
    inside = element.maybe("intracellularProperties")
    species: tuple[Species, ...] = ()
    resistivities: tuple[Local, ...] = ()
    if inside is not None:
        inside.expect((), (), ("species", "resistivity"))
        species = tuple(_species(item) for item in inside.every("species"))
        resistivities = tuple(
            _local(item, "resistivity", "ohm_cm") for item in inside.every("resistivity")
        )
    densities = membrane.every(*DENSITIES, POPULATION)
    by_id(densities)
    return Biophysics(
        tuple(_density(item) for item in densities),
        tuple(
            _local(item, "specificCapacitance", "uF_per_cm2")
            for item in membrane.every("specificCapacitance")
        ),
        tuple(_local(item, "voltage", "mV") for item in membrane.every("initMembPotential")),
        tuple(_local(item, "voltage", "mV") for item in membrane.every("spikeThresh")),
        species,
        resistivities,
    )


def _local(element: Element, dimension: str, unit: str) -> Local:
    element.expect(("value",), ("segmentGroup",))
    value = quantity(element, "value", dimension, unit)
    return Local(value, element.attributes.get("segmentGroup", "all"), element.line)


def _density(element: Element) -> Density:
    if element.name == "channelDensityNonUniform":
        return _varying(element)
    if element.name == POPULATION:
        return _counted(element)
    permeable = element.name == "channelDensityGHK"
    amount = "permeability" if permeable else "condDensity"
    ohmic = element.name == "channelDensity"
    element.expect(
        ("id", "ionChannel", "ion", amount, *(("erev",) if ohmic else ())),
        ("segmentGroup", "segment"),
    )
    value = (
        quantity(element, amount, "permeability", "cm_per_s")
        if permeable
        else quantity(element, amount, "conductanceDensity", "mS_per_cm2")
    )
    if value < 0:
        element.refuse(f"{amount} = {element.get(amount)!r} is negative")
    if not ohmic and element.get("ion") != "ca":
        element.refuse(f"ion = {element.get('ion')!r}: NeuroML defines it for calcium, 'ca', alone")
    group = element.attributes.get("segmentGroup", element.attributes.get("segment", "all"))
    return Density(
        element.get("id"),
        element.name,
        element.get("ionChannel"),
        value,
        quantity(element, "erev", "voltage") if ohmic else None,
        element.get("ion"),
        group,
        element.line,
    )


def _counted(element: Element) -> Density:
    element.expect(("id", "ionChannel", "number", "ion", "erev"), ("segmentGroup", "segment"))
    count = number(element, "number")
    if count < 0 or count != int(count):
        element.refuse(f"number = {element.get('number')!r}; a whole number of channels is needed")
    group = element.attributes.get("segmentGroup", element.attributes.get("segment", "all"))
    return Density(
        element.get("id"),
        POPULATION,
        element.get("ionChannel"),
        count,
        quantity(element, "erev", "voltage"),
        element.get("ion"),
        group,
        element.line,
    )


def _varying(element: Element) -> Density:
    element.expect(("id", "ionChannel", "ion", "erev"), (), ("variableParameter",))
    along, group = read_along(element)
    return Density(
        element.get("id"),
        "channelDensity",
        element.get("ionChannel"),
        0.0,
        quantity(element, "erev", "voltage"),
        element.get("ion"),
        group,
        element.line,
        along,
    )


def _species(element: Element) -> Species:
    element.expect(
        ("id", "concentrationModel", "ion", "initialConcentration", "initialExtConcentration"),
        ("segmentGroup",),
    )
    return Species(
        element.get("id"),
        element.get("ion"),
        element.get("concentrationModel"),
        quantity(element, "initialConcentration", "concentration"),
        quantity(element, "initialExtConcentration", "concentration"),
        element.attributes.get("segmentGroup", "all"),
        element.line,
    )
