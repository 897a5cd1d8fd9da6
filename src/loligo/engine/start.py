"""Where each run starts: gates and schemes in steady state at the potential before the sweep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Expression, evaluate, symbols
from loligo.cell.lowered import Equations
from loligo.cell.steady import steady_values
from loligo.engine.chances import NOISE
from loligo.engine.counts import random_starts
from loligo.engine.features import start_values
from loligo.engine.guard import GUARD
from loligo.engine.request import Request
from loligo.engine.rigged import steady_rig
from loligo.engine.system import Assignment
from loligo.errors import ModelError, suggest

Array = NDArray[np.float64]


def start_potential(request: Request) -> Array:
    """Return the potential before each run [mV], shape (run,).

    Under an ideal voltage clamp the level between sweeps; else what the cell describes.
    """
    if "v" in request.initial:
        return request.per_run(request.initial["v"])
    if request.options.holds_potential:
        return command_at_rest(request)
    return np.full(request.n_runs, request.equations.initial_potential)


def _column(values: Array) -> Array:
    return np.reshape(values, (-1, 1))


def start_states(request: Request) -> dict[str, Array]:
    """Return the value of each state before each run, shape (run,).

    Raises
    ------
    ModelError
        A state that the cell does not have, or one that does not start at a finite number.
    """
    equations = request.equations
    wiring = request.options.wiring
    known = {"v", *equations.states, *((NOISE,) if request.options.noise else ())}
    known |= set(wiring.states) if wiring else set()
    for name in request.initial:
        if name not in known:
            raise ModelError(f"the cell has no state {name!r}; {suggest(name, known)}")
    v = start_potential(request)
    needed, described = _needed(equations), equations.defaults.keys()
    parameters = {
        name: request.per_run(value) if value.ndim else value
        for name, value in request.values.items()
        if name in described and (value.ndim == 0 or name in needed)
    }
    given = {n: request.per_run(x) for n, x in request.initial.items() if n not in {"v", NOISE}}
    rig = _rig_at_rest(request, v)
    rig |= {name: given.pop(name) for name in rig if name in given}
    said = {**parameters, **given}
    if all(np.ndim(x) == 0 for x in said.values()) and v.size and (v == v[0]).all():
        numbers = tuple((name, float(x)) for name, x in said.items())
        values = dict(_steady_once(equations, float(v[0]), numbers))
    else:
        values = steady_values(equations, v, said)
    states = {"v": v}
    values |= described_starts(equations, values, given)
    for name in equations.states:
        states[name] = np.array(np.broadcast_to(values[name], v.shape), dtype=np.float64)
        if not np.isfinite(states[name]).all():
            run = int(np.flatnonzero(~np.isfinite(states[name]))[0])
            raise ModelError(
                f"{equations.name}: {name} does not start at a finite number (run {run}, "
                f"{v[run]:g} mV); give it in `initial`"
            )
    for row, value in start_values(request.options.features).items():
        states[row] = np.full(v.shape, value)
    states |= {row: np.zeros(v.shape) for row in request.options.past(equations)}
    return states | rig | random_starts(request, states) | {GUARD: np.zeros(v.shape)}


def command_at_rest(request: Request) -> Array:
    """Return the command between sweeps, shape (run,)."""
    rests = np.array([request.protocol.rest(i) for i in range(request.n_sweeps)])
    scale, offset = _column(request.command_scale), _column(request.command_offset)
    return np.broadcast_to(offset + scale * rests, (request.n_cells, request.n_sweeps)).ravel()


def _rig_at_rest(request: Request, v: Array) -> dict[str, Array]:
    """Return the states of a rig that has been at the potential and the resting command."""
    wiring = request.options.wiring
    if wiring is None:
        return {}
    given = {name: request.values[name] for name in wiring.weights}
    weights = {name: request.per_run(x) if x.ndim else x for name, x in given.items()}
    return steady_rig(wiring, weights, v, command_at_rest(request))


def described_starts(
    equations: Equations, values: Mapping[str, Array], told: Collection[str]
) -> dict[str, Array]:
    """Return the states that the cell itself says the start of, but for those told otherwise."""
    found: dict[str, Array] = {}
    for gate in equations.relaxations:
        if gate.initial is not None and gate.state not in told:
            found[gate.state] = evaluate(gate.initial, values)
    for occupancy in equations.occupancies:
        if occupancy.initial is not None and not set(occupancy.symbols) & set(told):
            found |= dict(zip(occupancy.symbols, map(np.asarray, occupancy.initial), strict=True))
    return found


@lru_cache(maxsize=64)
def _steady_once(
    equations: Equations, v: float, given: tuple[tuple[str, float], ...]
) -> dict[str, Array]:
    """Return the steady state that all runs start from; not computed twice in a row."""
    return steady_values(equations, v, dict(given))


@lru_cache(maxsize=64)
def _needed(equations: Equations) -> frozenset[str]:
    """Return the names that where states start depends on."""
    roots: list[Expression | None] = [flow.initial for flow in equations.flows]
    for gate in equations.relaxations:
        roots += [gate.alpha, gate.beta, gate.inf, gate.initial]
    roots += [rate for o in equations.occupancies for _, _, rate in o.transitions]
    needed = frozenset(name for root in roots if root is not None for name in symbols(root))
    for name, expression in reversed(equations.definitions):
        if name in needed:
            needed |= symbols(expression)
    return needed


def constant_values(constants: tuple[Assignment, ...], request: Request) -> dict[str, Array]:
    """Return the value of each constant, shape () or (cell,), or (run,) where any differs so."""
    return constants_of(constants, request.equations, request.by_cell_or_run())


def constants_of(
    constants: tuple[Assignment, ...], equations: Equations, given: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the value of each constant from the values of parameters, of which shape ever."""
    values: dict[str, Array] = dict(given)
    for name, expression in equations.definitions:
        if symbols(expression) <= values.keys():
            values[name] = evaluate(expression, values)
    return {name: evaluate(expression, values) for name, expression in constants}
