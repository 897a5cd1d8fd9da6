"""Which stepper runs a request, and what may be asked of it."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any, Literal, get_args

from loligo.engine.checks import one_of, positive
from loligo.engine.request import Outcome, Request
from loligo.engine.system import Rule
from loligo.errors import ModelError

Method = Literal["staggered", "error-controlled", "multistep"]
Target = Literal["kernel", "cuda", "twin"]

_TARGETS = {
    "kernel": "loligo.engine.kernels",
    "cuda": "loligo.engine.cuda",
    "twin": "loligo.engine.twin",
}
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
        No such method, rule, precision or target.
    ModelError
        An option of staggered steps under error control; a tolerance out of range.
    """
    one_of("method", method, get_args(Method))
    one_of("target", target, get_args(Target))
    one_of("precision", precision, ("double", "single"))
    if rule is not None:
        one_of("rule", rule, get_args(Rule))
    if method != "error-controlled":
        if tolerance is not None:
            raise ModelError('a tolerance needs method="error-controlled"; other steps use dt')
        if method == "multistep":
            _check_looking_back(rule, target)
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


def _check_looking_back(rule: str | None, target: str) -> None:
    """Refuse what steps that look back do not have.

    Raises
    ------
    ModelError
        Exact gates; a graphics card.
    """
    if rule == "exact":
        raise ModelError(
            'rule = "exact" is an option of staggered steps; with method="multistep" gates look '
            "back at their last steps"
        )
    if target == "cuda":
        raise ModelError(
            'target = "cuda" takes staggered steps; leave out method="multistep" or the target'
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


def refuse_sites(at: object, synapses: object) -> None:
    """Refuse sites and synapses where the cell has no shape.

    Raises
    ------
    ModelError
    """
    if at is not None:
        raise ModelError("at: the cell has no shape, and a protocol acts on all of it")
    if synapses:
        raise ModelError(
            "synapses: the cell has no shape to place them on; make it a Neuron of one branch"
        )


def refuse_for_neurons(method: str, *, rig: bool, stochastic: bool, **given: bool) -> None:
    """Refuse options that neurons with a shape do not have.

    Raises
    ------
    SelectionError
        No such method.
    ModelError
        One of them is given.
    """
    one_of("method", method, get_args(Method))
    if method == "error-controlled":
        given = {"method": True, **given}
    if method == "multistep":
        for name in [n for n, is_given in (("rig", rig), ("stochastic", stochastic)) if is_given]:
            raise ModelError(
                f'method="multistep" has no option {name!r}: what is fast or random has no past to '
                'look back at; leave the method out ("staggered")'
            )
    for name in (name for name, is_given in given.items() if is_given):
        raise ModelError(
            f"a neuron with a shape has no option {name!r}: its compartments take steps of equal "
            'length (method="staggered" or "multistep") in double precision'
        )


def longest_step(method: str, dt: Any) -> float:
    """Return the longest step [ms]; without limit by default under error control."""
    if dt is None and method == "error-controlled":
        return math.inf
    return positive("dt", _STEP if dt is None else dt, "ms")


def run(request: Request, method: str, target: str) -> Outcome:
    """Run a request."""
    if method == "error-controlled":
        from loligo.engine.adaptive.run import run as run_adaptive

        return run_adaptive(request)
    from loligo.engine.assemble import assemble

    system = assemble(request.equations, request.options)
    outcome: Outcome = import_module(_TARGETS[target]).run(request, system)
    return outcome
