"""Steady states of gates and schemes at given potentials, in plain NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.cell.expression import evaluate, symbols
from loligo.cell.lowered import Equations, Occupancy, Relaxation
from loligo.errors import ModelError, suggest

Values = dict[str, NDArray[np.float64]]

_NEAR = 0.01
"""Half the step over which slopes are taken [mV]."""


def steady_values(
    equations: Equations, v: ArrayLike, given: Mapping[str, ArrayLike] | None = None
) -> Values:
    """Return the value of every symbol with gates and schemes in steady state.

    Parameters
    ----------
    equations : Equations
    v : array_like
        Potentials [mV].
    given : mapping of str to array_like, optional
        Other values than the described ones for parameters, pools or gates.

    Returns
    -------
    dict of str to ndarray
        Parameters, ``v``, definitions and states; pools are at their initial value.

    Raises
    ------
    ModelError
        An unknown name, or a scheme without a unique steady state.
    """
    given = given or {}
    values: Values = {
        name: np.asarray(value, dtype=np.float64)
        for name, value in {**equations.defaults, **given, "v": v}.items()
    }
    known = {*equations.defaults, *equations.states, "v"}
    for name in given:
        if name not in known:
            raise ModelError(f"unknown name {name!r}; {suggest(name, known)}")
    for flow in equations.flows:
        if flow.state not in given:
            values[flow.state] = evaluate(flow.initial, values)
    _define(equations, values)
    for gate in equations.relaxations:
        if gate.state not in given:
            values[gate.state] = gate_steady_state(gate, values)
    for scheme in equations.occupancies:
        if given.keys() >= set(scheme.symbols):
            continue
        values |= dict(zip(scheme.symbols, occupancy_steady_state(scheme, values), strict=True))
    _define(equations, values)
    return values


def standing_conductance(
    equations: Equations, given: Mapping[str, ArrayLike], v: ArrayLike
) -> NDArray[np.float64]:
    """Return the slope of a membrane's current while its gates stand still [nS].

    Gates and schemes are those of the steady state at the potential.

    Parameters
    ----------
    equations : Equations
    given : mapping of str to array_like
        As for `steady_values`.
    v : array_like [mV]
    """
    middle = np.asarray(v, dtype=np.float64)
    at_rest = steady_values(equations, middle, given)
    totals = []
    for moved in (middle - _NEAR, middle + _NEAR):
        known: Values = {**at_rest, "v": moved}
        for name, expression in equations.definitions:
            if symbols(expression) <= known.keys():
                known[name] = evaluate(expression, known)
        parts = (evaluate(current.current, known) for current in equations.currents)
        totals.append(sum(parts, np.zeros(middle.shape)))
    return np.asarray((totals[1] - totals[0]) / (2.0 * _NEAR))


def _define(equations: Equations, values: Values) -> None:
    """Add the definitions that what is known suffices for."""
    for name, expression in equations.definitions:
        if name not in values and symbols(expression) <= values.keys():
            values[name] = evaluate(expression, values)


def gate_steady_state(gate: Relaxation, values: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Return ``alpha / (alpha + beta)`` or ``inf``."""
    if gate.inf is not None:
        return evaluate(gate.inf, values)
    assert gate.alpha is not None
    assert gate.beta is not None
    return evaluate(gate.alpha / (gate.alpha + gate.beta), values)


def gate_time_constant(gate: Relaxation, values: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Return the time constant of a gate [ms]."""
    if gate.tau is not None:
        return evaluate(gate.tau / gate.factor, values)
    assert gate.alpha is not None
    assert gate.beta is not None
    return evaluate(1.0 / (gate.factor * (gate.alpha + gate.beta)), values)


def occupancy_steady_state(
    scheme: Occupancy, values: Mapping[str, ArrayLike]
) -> list[NDArray[np.float64]]:
    """Return the occupancy of each state of a scheme at rest.

    Raises
    ------
    ModelError
        Where it depends on the start: some states cannot be reached from some others.

    Notes
    -----
    The states are eliminated one by one without a subtraction, so that small occupancies are as
    accurate as large ones.

    References
    ----------
    Grassmann, Taksar & Heyman 1985, https://doi.org/10.1287/opre.33.5.1107
    """
    n = len(scheme.states)
    rates = [evaluate(rate, values) for _, _, rate in scheme.transitions]
    shape = np.broadcast_shapes(*(rate.shape for rate in rates))
    moves = np.zeros((n, n, *shape))
    for (source, target, _), rate in zip(scheme.transitions, rates, strict=True):
        moves[source, target] += rate
    order = _from_a_sink(scheme, np.all(moves.reshape(n, n, -1) > 0, axis=2))
    moves = moves[np.ix_(order, order)]
    for last in range(n - 1, 0, -1):
        leaving = moves[last, :last].sum(axis=0)
        moves[:last, last] /= leaving
        moves[:last, :last] += moves[:last, last][:, None] * moves[last, :last][None]
    occupancy = np.zeros((n, *shape))
    occupancy[0] = 1.0
    for place in range(1, n):
        occupancy[place] = (occupancy[:place] * moves[:place, place]).sum(axis=0)
    occupancy /= occupancy.sum(axis=0)
    return [occupancy[order.index(state)] for state in range(n)]


def _from_a_sink(scheme: Occupancy, connected: ArrayLike) -> list[int]:
    """Return the states in an order that starts with one that all others lead to."""
    n = len(scheme.states)
    reach = np.asarray(connected) | np.eye(n, dtype=bool)
    for _ in range(n):
        reach = reach @ reach
    sinks = np.flatnonzero(reach.all(axis=0))
    if sinks.size == 0:
        raise ModelError(
            f"channel.{scheme.name}.scheme: its steady state depends on where it starts, since no "
            f"state can be reached from all others; give initial = {{{scheme.states[0]} = 1.0}}"
        )
    first = int(sinks[0])
    return [first, *(state for state in range(n) if state != first)]
