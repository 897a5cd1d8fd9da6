"""Requests run by the error-controlled stepper."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

from loligo.cell.lowered import Equations
from loligo.engine.adaptive.execute import execute
from loligo.engine.adaptive.rates import rates_of
from loligo.engine.adaptive.source import FUNCTIONS, Model, compiled, source, stepper
from loligo.engine.adaptive.table import Table
from loligo.engine.features import check_features
from loligo.engine.lanes import LARGEST_POTENTIAL
from loligo.engine.request import Outcome, Request
from loligo.engine.system import Options


def run(request: Request) -> Outcome:
    """Run a request with the error-controlled stepper.

    Raises
    ------
    SelectionError
        A quantity to record, or a feature, that there is not.
    SimulationError
        A run diverged, or no step was short enough; the message names cell, sweep, time and state.
    """
    check_features(request.options.features)
    model = _compiled(_form(request.equations), request.options)
    table = Table(request, model.rates, largest=LARGEST_POTENTIAL)
    return execute(table, partial(stepper("controlled"), model.calls, model.sizes, *table.arrays))


def _form(equations: Equations) -> Equations:
    """Return equations without the values that are not written into the code."""
    return replace(
        equations,
        parameters=tuple(
            p if p.kind == "rate parameter" else replace(p, value=0.0) for p in equations.parameters
        ),
    )


@lru_cache(maxsize=64)
def _compiled(equations: Equations, options: Options) -> Model:
    rates = rates_of(equations, options)
    return compiled(rates, source(rates), f"{rates.name} error controlled", FUNCTIONS)
