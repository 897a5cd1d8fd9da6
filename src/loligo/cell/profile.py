"""Parameters that differ along a region: expressions of distance and diameter, and their values.

A profile gives a parameter of a region's membrane, by its path, an expression in the parameter's
internal unit. It may use ``distance`` [um], the path from the root's start to the centre of the
compartment, ``diameter`` [um] there, and the membrane's constants. Every value must be one that
the membrane itself could have.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.cell.cell import Cell
from loligo.cell.equations import equations as equations_of
from loligo.cell.expression import Expression, evaluate, parse, symbols
from loligo.cell.lowered import Parameter
from loligo.errors import ExpressionError, ModelError, suggest

if TYPE_CHECKING:
    from loligo.cell.neuron import Neuron

Array = NDArray[np.float64]
PLACES = ("distance", "diameter")
"""What an expression may use of a compartment."""

_ONE_FOR_ALL = ("area", "temperature")
DEPTH = "inside.depth"
"""The parameter that geometry tells where ions fill the whole of compartments."""


def check_profiles(neuron: Neuron) -> None:
    """Refuse profiles of what a neuron does not have, or that give values it may not have.

    Raises
    ------
    ModelError
        The message names region, parameter, distance and value.
    """
    for region, table in neuron.profile:
        if region not in neuron.morphology.regions:
            known = neuron.morphology.regions
            raise ModelError(f"profile: no region {region!r}; {suggest(region, known)}")
        cell = neuron.patch(region)
        parameters = {parameter.name: parameter for parameter in equations_of(cell).parameters}
        for path, text in table:
            place = f"profile.{region}.{path}"
            if not isinstance(text, str):
                raise ModelError(f"{place} = {text!r} must be an expression, as text")
            if path in _ONE_FOR_ALL:
                raise ModelError(f"{place}: the {path} is not given by an expression")
            if path == DEPTH and dict(neuron.membrane)[region].fills:
                raise ModelError(f"{place}: geometry tells it, since the depth is 'whole'")
            if path not in parameters:
                allowed = suggest(path, parameters.keys() - set(_ONE_FOR_ALL))
                raise ModelError(f"{place}: no parameter {path!r}; {allowed}")
            profiled = {name for name, _ in table}
            _check_names(cell, place, text, profiled)
        inside = np.flatnonzero(neuron.compartments.regions == region)
        for path, values in along(neuron, region, inside).items():
            check_values(neuron, region, parameters[path], values, inside)


def _check_names(cell: Cell, place: str, text: str, profiled: set[str]) -> None:
    """Refuse what is no expression of a place and constants that are the same everywhere."""
    for name in PLACES:
        if name in cell.constants:
            raise ModelError(f"{place}: {name!r} is the name of a constant of the membrane too")
    used = symbols(_parsed(text, place))
    known = {*PLACES, *cell.constants}
    for name in sorted(used - known):
        raise ModelError(f"{place}: in {text!r}: unknown name {name!r}; {suggest(name, known)}")
    for name in sorted(used):
        if f"constants.{name}" in profiled:
            raise ModelError(f"{place}: in {text!r}: the constant {name!r} has a profile itself")


@lru_cache(maxsize=1024)
def _parsed(text: str, place: str) -> Expression:
    try:
        return parse(text)
    except ExpressionError as error:
        raise ModelError(f"{place}: {error}") from None


def along(
    neuron: Neuron,
    region: str,
    compartments: NDArray[np.int64],
    given: Mapping[str, Array] | None = None,
) -> dict[str, Array]:
    """Return the values of a region's profiles in some compartments.

    Parameters
    ----------
    neuron : Neuron
    region : str
    compartments : ndarray of int
    given : mapping of str to ndarray, optional
        Values of parameters, to broadcast with compartments, instead of the membrane's; profiles
        of these are left out.

    Returns
    -------
    dict of str to ndarray
        By path; they broadcast to shape (cell, compartment).
    """
    table = dict(neuron.profile).get(region, ())
    given = given or {}
    if not table:
        return {}
    cut = neuron.compartments
    constants = dict(neuron.membrane)[region].constants
    values: dict[str, Array] = {name: np.asarray(x.value) for name, x in constants.items()}
    values |= {name: given[f"constants.{name}"] for name in values if f"constants.{name}" in given}
    values |= {"distance": cut.distance[compartments], "diameter": cut.diameter[compartments]}
    return {
        path: evaluate(_parsed(text, f"profile.{region}.{path}"), values)
        for path, text in table
        if path not in given
    }


def profiles(
    neuron: Neuron,
    region: str,
    compartments: NDArray[np.int64],
    at_home: NDArray[np.bool_],
    given: Mapping[str, Array],
) -> dict[str, Array]:
    """Return `along`, checked in those compartments that are of the region.

    Parameters
    ----------
    neuron : Neuron
    region : str
    compartments : ndarray of int
    at_home : ndarray of bool, shape (compartment,)
    given : mapping of str to ndarray
        What the caller says of parameters, to broadcast to shape (cell, compartment).

    Raises
    ------
    ModelError
        What is given makes a value that is not allowed.
    """
    found = along(neuron, region, compartments, given)
    if found and any(name.startswith("constants.") for name in given):
        parameters = {p.name: p for p in equations_of(neuron.patch(region)).parameters}
        for path, values in found.items():
            spread = np.broadcast_to(values, (*values.shape[:-1], compartments.size))
            mine = compartments[at_home]
            check_values(neuron, region, parameters[path], spread[..., at_home], mine)
    return found


def check_values(
    neuron: Neuron,
    region: str,
    parameter: Parameter,
    values: Array,
    compartments: NDArray[np.int64],
) -> None:
    """Refuse values that a parameter may not have.

    The smallest, the largest and the one nearest to 0 must be what the membrane may have.

    Raises
    ------
    ModelError
    """
    spread = np.broadcast_to(values, np.broadcast_shapes(values.shape, compartments.shape))
    flat = spread.reshape(-1, compartments.size)
    distance = neuron.compartments.distance[compartments]
    cell = neuron.patch(region)
    sizes = np.abs(flat)
    picks = (~np.isfinite(flat), flat == flat.min(), flat == flat.max(), sizes == sizes.min())
    places = [np.argwhere(pick)[:1] for pick in picks]
    for where in np.unique(np.concatenate(places), axis=0):
        value = float(flat[tuple(where)])
        said = f"{value:.6g} {parameter.unit}".strip()
        told = (
            f"profile.{region}.{parameter.name} = {said} at {distance[where[1]]:.6g} um in "
            f"{region!r}"
        )
        if not np.isfinite(value):
            raise ModelError(f"{told} is not finite")
        text = f"{value!r} {parameter.unit}" if parameter.unit else value
        try:
            cell.with_(**{parameter.name: text})
        except ModelError as error:
            raise ModelError(f"{told} is refused: {error}") from None


def values_of(neuron: Neuron, path: str) -> Array:
    """Return a parameter in each compartment in its internal unit, NaN where there is none.

    Raises
    ------
    ModelError
        No membrane has it.
    """
    cut = neuron.compartments
    if path == "area":
        return cut.area.copy()
    found = np.full(cut.n_compartments, np.nan)
    known: set[str] = set()
    for region, membrane in neuron.membrane:
        table = (
            {path: membrane.capacitance}
            if path == "capacitance"
            else equations_of(neuron.patch(region)).defaults
        )
        known |= table.keys()
        if path in table:
            inside = np.flatnonzero(cut.regions == region)
            if path == DEPTH and membrane.fills:
                found[inside] = cut.depth[inside]
                continue
            found[inside] = along(neuron, region, inside).get(path, np.asarray(table[path]))
    if path not in known:
        raise ModelError(f"the neuron has no parameter {path!r}; {suggest(path, known)}")
    return found
