"""NeuroML cells of many segments to loligo's `Neuron`."""

from __future__ import annotations

from typing import Any

from loligo.cell.interchange.neuroml.biophysics import Biophysics
from loligo.cell.interchange.neuroml.branches import (
    Tree,
    path_lengths,
    read_branches,
    segment_areas,
)
from loligo.cell.interchange.neuroml.divisions import divided
from loligo.cell.interchange.neuroml.gates import local_name
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.membranes import (
    ROOM_TEMPERATURE,
    MembraneReader,
    Parts,
    refuse_unknown_warmth,
)
from loligo.cell.interchange.neuroml.nonuniform import Parameter, read_parameters
from loligo.cell.interchange.neuroml.populations import with_densities
from loligo.cell.interchange.neuroml.regions import Region, read_regions
from loligo.cell.interchange.neuroml.segments import Segments
from loligo.cell.membrane import Membrane
from loligo.cell.neuron import Neuron


def read_neuron(
    element: Element, form: Element, segments: Segments, said: Biophysics, parts: Parts
) -> tuple[Neuron, Tree]:
    """Return the neuron that a cell of many segments is, and where its segments are on it.

    Parameters
    ----------
    element, form : Element
        The cell and its morphology, for messages.
    segments : Segments
    said : Biophysics
    parts : Parts

    Raises
    ------
    ModelError
        With the line of what is not understood, or what the descriptions refuse.
    """
    areas = segment_areas(segments, form)
    said = with_densities(said, parts.channels, segments.groups, areas, element)
    regions = read_regions(segments, said, element)
    reader = MembraneReader(element, parts, None)
    membranes = {
        region.name: Membrane(**reader.fields(_named(region), region.species, region.capacitance))
        for region in regions
    }
    where = {key: region.name for region in regions for key in region.segments}
    resistivity: dict[str, Any] = {r.name: f"{r.resistivity!r} ohm cm" for r in regions}
    start = _start(said, parts, element)
    temperature = ROOM_TEMPERATURE if parts.temperature is None else parts.temperature
    variables = read_parameters(
        form.every("segmentGroup"), segments.groups, path_lengths(segments, form)
    )
    tree = read_branches(segments, where, form)
    neuron = Neuron(
        element.get("id"),
        tree.morphology,
        membranes,
        profile={region.name: _profile(region, variables, element) for region in regions},
        axial_resistivity=resistivity,
        temperature=f"{temperature!r} degC",
        initial_potential=f"{start!r} mV",
    )
    if parts.temperature is None:
        for region in membranes:
            refuse_unknown_warmth(neuron.patch(region), element)
    if parts.divisions:
        neuron = divided(neuron, segments, tree, form)
    return neuron, tree


def _profile(region: Region, variables: dict[str, Parameter], element: Element) -> dict[str, str]:
    return {
        f"channel.{key}.conductance": item.along.profile(variables, element)
        for key, item in _named(region).items()
        if item.along is not None
    }


def _named(region: Region) -> dict[str, Any]:
    """Return densities by name: their ids, without the group where they end in it."""
    short = {
        item.name: local_name(item.name.removesuffix(f"_{item.group}")) for item in region.densities
    }
    twice = len(set(short.values())) < len(short)
    return {local_name(item.name) if twice else short[item.name]: item for item in region.densities}


def _start(said: Biophysics, parts: Parts, element: Element) -> float:
    if parts.initial_potential is not None:
        return parts.initial_potential
    found = {item.value: item for item in said.initial_potentials}
    if not found:
        element.refuse("has no <initMembPotential>; pass initial_potential=")
    if len(found) > 1:
        lines = ", ".join(str(item.line) for item in found.values())
        element.refuse(
            f"lines {lines}: different <initMembPotential>; a neuron starts at one, pass "
            f"initial_potential="
        )
    return next(iter(found))
