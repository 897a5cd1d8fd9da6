"""Requests of point neurons, run by their own stepper."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from loligo.cell.expression import Expression, evaluate, symbols
from loligo.cell.point import PointEquations
from loligo.engine.adaptive.execute import execute
from loligo.engine.adaptive.source import (
    FUNCTIONS,
    Model,
    compiled,
    function_text,
    places_of,
    source,
    stepper,
)
from loligo.engine.adaptive.table import Table
from loligo.engine.features import check_features
from loligo.engine.point.rates import FREE, Neuron
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.system import LEVEL, SCALE
from loligo.errors import ModelError

_LARGEST = 1e9
"""Nothing but a number that is not finite counts as diverged: peaks may be high."""


def run(request: Request, equations: PointEquations) -> Outcome:
    """Run a request of a point neuron.

    Parameters
    ----------
    request : Request
        Its equations hold the parameters and the states.
    equations : PointEquations
        Whose parameters' values do not matter.

    Raises
    ------
    SelectionError
        A quantity to record, or a feature, that there is not.
    ModelError
        A reset that is not below the threshold.
    SimulationError
        No step was short enough; the message names cell, sweep, time and state.
    """
    check_features(request.options.features)
    options = request.options
    model = _compiled(equations, options.record, conductance=options.clamp == "conductance")
    table = Table(request, model.rates, largest=_LARGEST, closed=model.closed)
    rules = rule_rows(request, equations)
    kernel = stepper("firing")
    return execute(table, partial(kernel, model.calls, model.sizes, rules, *table.arrays))


@lru_cache(maxsize=64)
def _compiled(equations: PointEquations, record: tuple[str, ...], *, conductance: bool) -> Model:
    """Return the compiled functions of a point neuron."""
    neuron = Neuron(equations, record, conductance=conductance)
    rates = neuron.rates
    text = source(rates) + function_text(
        "reset",
        "y, c, new",
        "Set the states after a spike.",
        neuron.reset,
        places_of(rates, rates.moving),
        [f"new[{i}]" for i in range(len(rates.moving))],
    )
    names = [*FUNCTIONS, "reset"]
    if neuron.motion is not None:
        text += function_text(
            "motion",
            "y, c, p, level, scale, wave",
            "Set rate, slope and half the bend of the motion.",
            neuron.motion,
            places_of(rates, rates.moving) | {LEVEL: "level", SCALE: "scale", "wave": "wave"},
            [f"p[{i}]" for i in range(3)],
        )
        names.append("motion")
    closed = neuron.motion is not None
    return compiled(rates, text, f"{rates.name} point neuron", tuple(names), closed=closed)


def rule_rows(request: Request, equations: PointEquations) -> Array:
    """Return threshold [mV] and refractory time [ms] of each run, shape (run, 2).

    Raises
    ------
    ModelError
        A cell resets to its threshold or above: it would never stop firing.
    """
    values = {**request.values, FREE: np.ones(())}

    def per_cell(expression: Expression) -> Array:
        return np.broadcast_to(evaluate(expression, values), (request.n_cells,))

    rules = np.stack(
        [per_cell(equations.reset.threshold), per_cell(equations.reset.refractory)], axis=1
    )
    reset = dict(equations.reset.assignments)["v"]
    if symbols(reset) <= values.keys():
        start = per_cell(reset)
        if (start >= rules[:, 0]).any():
            cell = int(np.flatnonzero(start >= rules[:, 0])[0])
            raise ModelError(
                f"{equations.name!r}, cell {cell}: it resets to {start[cell]:g} mV, which must be "
                f"below its threshold of {rules[cell, 0]:g} mV"
            )
    if (rules[:, 1] < 0.0).any():
        raise ModelError(f"{equations.name!r}: refractory = {rules[:, 1].min():g} ms; at least 0")
    return np.repeat(rules, request.n_sweeps, axis=0)
