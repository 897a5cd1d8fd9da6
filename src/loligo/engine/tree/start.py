"""Where the compartments of a tree start: in steady state, or as they are told, or as others ended.

States that are told are arrays to broadcast to shape (run, compartment), NaN where nothing is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.steady import steady_values
from loligo.engine.checks import pool_units
from loligo.engine.features import start_values
from loligo.engine.parameters import numbers
from loligo.engine.start import constants_of, described_starts
from loligo.engine.tree.assemble import TreeSystem
from loligo.engine.tree.block import Filled
from loligo.engine.tree.counted import counted_starts
from loligo.engine.tree.request import Patch, TreeRequest
from loligo.engine.tree.spreading import middle
from loligo.errors import ModelError, SelectionError, suggest

Array = NDArray[np.float64]


def initial_of(
    given: Mapping[str, Any],
    patches: tuple[Patch, ...],
    n_sweeps: int,
    rig_units: Mapping[str, str],
) -> tuple[dict[str, Array], int]:
    """Return told states, shape (run or 1, compartment), and for how many cells they are.

    Parameters
    ----------
    given : mapping of str to quantities or arrays
        Shape (), (compartment,), (cell, compartment) or (cell, sweep, compartment) as in
        `Simulation.final`; arrays of floats are in internal units, NaN where nothing is told.
    patches : tuple of Patch
    n_sweeps : int
    rig_units : mapping of str to str
        Of the states of rigs.

    Raises
    ------
    SelectionError
        A state that no compartment has.
    ModelError
        A shape that does not fit, occupancies that do not add up to 1.
    """
    n_compartments = sum(patch.compartments.size for patch in patches)
    units = {"v": "mV", **rig_units}
    for patch in patches:
        units |= dict.fromkeys(patch.equations.states, "") | pool_units(patch.equations)
    found: dict[str, Array] = {}
    cells = {1}
    for name, value in given.items():
        if name not in units:
            raise SelectionError(f"initial: no state {name!r}; {suggest(name, units)}")
        is_plain = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        array = value if is_plain else numbers(value, units[name], f"initial {name}")
        if array.ndim == 3 and array.shape[1] in {1, n_sweeps}:
            cells.add(array.shape[0])
            array = np.repeat(array, n_sweeps // array.shape[1], axis=1)
            array = array.reshape(-1, array.shape[2])
        elif array.ndim == 2:
            cells.add(array.shape[0])
            array = np.repeat(array, n_sweeps, axis=0)
        if array.ndim > 2 or array.shape[-1:] not in {(), (1,), (n_compartments,)}:
            raise ModelError(
                f"initial {name} has shape {np.shape(value)}; allowed are one value, one for each "
                f"of {n_compartments} compartments, also for each cell, or each cell and sweep"
            )
        found[name] = np.broadcast_to(
            np.atleast_2d(array), (max(1, np.atleast_2d(array).shape[0]), n_compartments)
        )
    if len(cells - {1}) > 1:
        raise ModelError(f"initial states are for {', '.join(map(str, sorted(cells)))} cells")
    return found, max(cells)


def filled(request: TreeRequest, systems: tuple[TreeSystem, ...]) -> Filled:
    """Return where each state starts and the constants, by kind of membrane.

    Raises
    ------
    ModelError
        Told occupancies of a scheme that do not add up to 1.
    """
    states, constants = [], []
    for patch, tree in zip(request.patches, systems, strict=True):
        states.append(_states(request, patch))
        constants.append(constants_of(tree.system.constants, patch.equations, patch.values))
    return Filled(tuple(states), tuple(constants))


def start_potential(request: TreeRequest) -> Array:
    """Return the potential before each run, shape (run or 1, compartment)."""
    described = np.full((1, request.n_compartments), request.potential)
    return _unless_told(request.initial.get("v"), described)


def _states(request: TreeRequest, patch: Patch) -> dict[str, Array]:
    told = {
        name: values[:, patch.compartments]
        for name, values in request.initial.items()
        if name in patch.equations.states
    }
    v = start_potential(request)[:, patch.compartments]
    if is_one(v):
        v = v[:1, :1]
    said = {name: request.per_run(values) for name, values in patch.described.items()}
    said |= {name: values for name, values in told.items() if not np.isnan(values).any()}
    values = steady_values(patch.equations, v, said)
    values |= described_starts(patch.equations, values, told)
    found = {"v": v}
    for name in patch.equations.states:
        found[name] = _unless_told(told.get(name), values[name])
    for scheme in patch.equations.occupancies:
        if told.keys() & set(scheme.symbols):
            total = sum((found[name] for name in scheme.symbols), np.zeros(()))
            if np.abs(total - 1.0).max() > 1e-6:
                raise ModelError(
                    f"the initial occupancies of {scheme.name} add up to {float(total.flat[0]):g}; "
                    "give all of them, and they must add up to 1"
                )
    found |= counted_starts(request, patch, found)
    found |= {middle(name): found[name] for name in request.spreads}
    rows = start_values(patch.options.features)
    return found | {row: np.full((1, 1), value) for row, value in rows.items()}


def _unless_told(told: Array | None, otherwise: Array) -> Array:
    if told is None:
        return otherwise
    return np.where(np.isnan(told), otherwise, told)


def is_one(values: Array) -> bool:
    """Tell whether all values are the same."""
    return bool((values == values.flat[0]).all())
