"""Which stepper runs a request, and what may be asked of it."""

from __future__ import annotations

import math
from typing import Any, Literal

from loligo.engine.parameters import numbers
from loligo.engine.request import Outcome, Request
from loligo.errors import ModelError, SelectionError, suggest

Method = Literal["staggered", "error-controlled"]
Target = Literal["kernel", "twin"]

_METHODS = ("staggered", "error-controlled")
_TARGETS = ("kernel", "twin")
_STEP = "0.025 ms"
FINEST, COARSEST = 1e-13, 1e-2
"""Tolerances between which the control of errors means something."""


def check(
    method: str, tolerance: float | None, rule: str | None, precision: str, target: str
) -> None:
    """Refuse a method that there is not, and options that it does not have.

    Raises
    ------
    SelectionError
        No such method or target.
    ModelError
        An option of staggered steps under error control; a tolerance out of range.
    """
    if method not in _METHODS:
        raise SelectionError(f"no method {method!r}; {suggest(method, _METHODS)}")
    if target not in _TARGETS:
        raise SelectionError(f"no target {target!r}; {suggest(target, _TARGETS)}")
    if method == "staggered":
        if tolerance is not None:
            raise ModelError('a tolerance needs method="error-controlled"; staggered steps use dt')
        return
    check_tolerance(tolerance)
    for name, given, only in (
        ("rule", rule, None),
        ("precision", precision, "double"),
        ("target", target, "kernel"),
    ):
        if given != only:
            raise ModelError(
                f"{name} = {given!r} is an option of staggered steps; leave it out with "
                'method="error-controlled"'
            )


def check_tolerance(tolerance: float | None) -> None:
    """Refuse a tolerance out of range.

    Raises
    ------
    ModelError
        Below 1e-13 or above 0.01.
    """
    if tolerance is not None and not FINEST <= tolerance <= COARSEST:
        raise ModelError(
            f"tolerance = {tolerance:g}; allowed are {FINEST:g} (rounding) to {COARSEST:g}"
        )


def refuse_for_point_neurons(**given: bool) -> None:
    """Refuse options of cells that have no meaning for point neurons.

    Raises
    ------
    ModelError
        One of them is given.
    """
    for name in (name for name, is_given in given.items() if is_given):
        raise ModelError(
            f"a point neuron has no option {name!r}; its threshold and reset are parameters, and "
            "it is always solved from spike to spike"
        )


def longest_step(method: str, dt: Any) -> float:
    """Return the longest step [ms]; without limit by default under error control."""
    if dt is None and method == "error-controlled":
        return math.inf
    return positive(_STEP if dt is None else dt, "dt")


def positive(value: Any, name: str) -> float:
    """Return a time [ms].

    Raises
    ------
    ModelError
        Not above 0.
    """
    amount = float(numbers(value, "ms", name))
    if amount <= 0.0:
        raise ModelError(f"{name} = {amount:g} ms must be above 0")
    return amount


def run(request: Request, method: str, target: str) -> Outcome:
    """Run a request."""
    if method == "error-controlled":
        from loligo.engine.adaptive.run import run as run_adaptive

        return run_adaptive(request)
    from loligo.engine.assemble import assemble

    system = assemble(request.equations, request.options)
    if target == "twin":
        from loligo.engine import twin

        outcome: Outcome = twin.run(request, system)
        return outcome
    from loligo.engine import kernels

    return kernels.run(request, system)
