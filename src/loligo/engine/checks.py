"""What `simulate` refuses before anything is computed, and what it makes of single values."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Symbol
from loligo.cell.lowered import Equations
from loligo.engine.parameters import numbers
from loligo.errors import ModelError, SelectionError, suggest
from loligo.protocol import Protocol

Array = NDArray[np.float64]

_ROUNDING = 1e-4
"""By how much occupancies in single precision may miss a sum of 1."""


def of_kind(name: str, value: Any, kind: type) -> None:
    """Refuse a value of another kind.

    Raises
    ------
    ModelError
    """
    if not isinstance(value, kind):
        raise ModelError(f"{name} = {value!r} is a {type(value).__name__}; give a {kind.__name__}")


def one_of(name: str, value: str, allowed: Collection[str]) -> None:
    """Refuse an option that is none of those allowed.

    Raises
    ------
    SelectionError
    """
    if value not in allowed:
        raise SelectionError(f"{name} = {value!r}; {suggest(str(value), allowed)}")


def listed(name: str, value: Sequence[str]) -> tuple[str, ...]:
    """Return names in order, each once.

    Raises
    ------
    SelectionError
        A text alone, whose letters would be taken for names.
    """
    if isinstance(value, str):
        raise SelectionError(f"{name} = {value!r} must be a list of names; write [{value!r}]")
    return tuple(dict.fromkeys(value))


def single(name: str, value: Any, unit: str) -> float:
    """Return the one number of a quantity that all cells share.

    Raises
    ------
    ModelError, UnitError
        Several values, or no quantity of that unit.
    """
    array = numbers(value, unit, name)
    if array.ndim:
        raise ModelError(f"{name} has {array.size} values; give one, all cells share it")
    return float(array)


def positive(name: str, value: Any, unit: str) -> float:
    """Return the one number of a quantity that must be above 0.

    Raises
    ------
    ModelError, UnitError
        It is not, or see `single`.
    """
    amount = single(name, value, unit)
    if amount <= 0.0:
        raise ModelError(f"{name} = {amount:g} {unit} must be above 0")
    return amount


def thread_count(threads: int | None) -> int:
    """Return how many threads are meant, ``None`` for as many as there are processors.

    Raises
    ------
    ModelError
    """
    if threads is None:
        return os.cpu_count() or 1
    if not isinstance(threads, int) or threads < 1:
        raise ModelError(f"threads = {threads!r} must be a whole number from 1 on, or None for all")
    return threads


def one_protocol(protocol: Protocol | Mapping[str, Protocol]) -> Protocol:
    """Return the protocol of a cell that has no sites.

    Raises
    ------
    ModelError
        Several protocols, or none.
    """
    if isinstance(protocol, Mapping):
        raise ModelError("the cell has no shape, so that one protocol acts on all of it; give that")
    of_kind("protocol", protocol, Protocol)
    return protocol


AT_REST = "rest"
"""What `simulate` is told as `initial`."""


def states_alone(initial: Mapping[str, Any] | str | None) -> Mapping[str, Any] | None:
    """Return given states, where only states can be given.

    Raises
    ------
    ModelError
        ``"rest"`` or another word.
    """
    if isinstance(initial, str):
        raise ModelError(f"initial = {initial!r}: a point neuron starts from states; give those")
    return initial


def told_states(initial: Mapping[str, Any] | str | None) -> Mapping[str, Any]:
    """Return given states; none of those that are to start at rest.

    Raises
    ------
    ModelError
        A word other than ``"rest"``.
    """
    if isinstance(initial, str):
        if initial != AT_REST:
            raise ModelError(f"initial = {initial!r}; allowed are states by name, and 'rest'")
        return {}
    return initial or {}


def initial_states(
    equations: Equations,
    given: Mapping[str, Any],
    n_cells: int,
    n_sweeps: int,
    units: Mapping[str, str] | None = None,
) -> tuple[dict[str, Array], int]:
    """Return where given states start, shape (), (cell,) or (run,), and the number of cells.

    Parameters
    ----------
    equations : Equations
    given : mapping of str to quantities or arrays
        Arrays of floats are in internal units, as in `Simulation.final`; shape (), (cell,) or
        (cell, sweep).
    n_cells : int
        As far as other parameters tell; 1 where they are all single.
    n_sweeps : int
    units : mapping of str to str, optional
        Of states, where they are not those of potential, gates and pools.

    Raises
    ------
    ModelError
        Shapes that do not fit, or part of a scheme's occupancies, or such as do not add up to 1.
    UnitError
        A unit that does not fit, or a number that is not finite.
    """
    known = {"v": "mV", **pool_units(equations), **(units or {})}
    found = {}
    for name, value in given.items():
        unit = known.get(name, "")
        is_plain = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        array = numbers((value, unit) if is_plain and unit else value, unit, f"initial {name}")
        found[name] = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    sizes = {n_cells, *(array.shape[0] for array in found.values() if array.ndim)} - {1}
    n_cells = max(sizes, default=1)
    for name, array in found.items():
        if len(sizes) > 1 or array.shape[1:] not in {(), (n_sweeps,)}:
            raise ModelError(
                f"initial {name} has shape {array.shape}; allowed: one value, one per cell, or one "
                f"per cell and sweep ({n_sweeps} sweeps), for one number of cells; there are "
                f"{', '.join(map(str, sorted(sizes)))} cells"
            )
        if array.ndim == 2:
            found[name] = np.broadcast_to(array, (n_cells, n_sweeps)).ravel()
        elif array.ndim == 1:
            found[name] = np.broadcast_to(array, (n_cells,))
    _check_occupancies(equations, found)
    return found, n_cells


def pool_units(equations: Equations) -> dict[str, str]:
    """Return the unit of each pool."""
    units = {p.name: p.unit for p in equations.parameters}
    starts = {flow.state: flow.initial for flow in equations.flows}
    found = {name: unit for name, unit in equations.units if name in starts}
    for state, start in starts.items():
        if isinstance(start, Symbol) and start.name in units:
            found[state] = units[start.name]
    return found


def _check_occupancies(equations: Equations, given: Mapping[str, Array]) -> None:
    for scheme in equations.occupancies:
        missing = [name for name in scheme.symbols if name not in given]
        if not missing:
            total = sum(given[name] for name in scheme.symbols)
            if np.abs(total - 1.0).max() > _ROUNDING:
                raise ModelError(
                    f"the initial occupancies of {scheme.name} add up to "
                    f"{float(np.ravel(total)[np.abs(np.ravel(total) - 1.0).argmax()]):g}; they "
                    "must add up to 1"
                )
        elif len(missing) < len(scheme.symbols):
            raise ModelError(
                f"initial gives only some occupancies of {scheme.name}; give "
                f"{', '.join(missing)} too, 0 where a state is empty"
            )
