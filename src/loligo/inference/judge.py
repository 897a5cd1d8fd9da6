"""From where the optimizer ended to a `Fit`: intervals, statuses and their reasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loligo.cell.quantity import write_quantity
from loligo.inference.free import Coordinate
from loligo.inference.optimize import Descent, Problem
from loligo.inference.result import Fit, FitStatus, Fitted, normalized_rms
from loligo.inference.setup import Setup
from loligo.inference.stretch import Stretch
from loligo.inference.uncertainty import (
    MISFIT,
    Uncertainty,
    confounded,
    largest_misfit,
    spectra,
    uncertainty,
)
from loligo.units import format_quantity

Array = NDArray[np.float64]

_REACH = 1.959964
_NEAR = 1e-4
"""Share of the distance between bounds within which an estimate lies at one."""
_UNKNOWN = 1.0
"""Standard error, in sizes of a coordinate, from which on a parameter is not identified: of a
logarithm, an interval from an e-squared-th to seven times the value."""


def judged(
    setup: Setup, problem: Problem, descents: Sequence[Descent], parts: Sequence[Stretch]
) -> Fit:
    """Return the fit of the best descent."""
    best = descents[0]
    numbers, coordinates = best.numbers, problem.coordinates
    bound = [
        _at_bound(one, float(number)) for one, number in zip(coordinates, numbers, strict=True)
    ]
    inner = np.array([not one for one in bound])
    model = problem.predicted(numbers)
    missed, made = _split(parts, problem.data - model), _split(parts, model)
    found = setup.changed(problem.values(numbers))
    noise = spectra(parts, found.rigs, missed)
    columns = problem.jacobian(_moved_in(coordinates, numbers), both=True)
    sure = uncertainty(columns[:, inner], problem.weights, parts, noise)
    errors = np.full(numbers.size, np.nan)
    errors[inner] = sure.errors
    places = np.flatnonzero(inner)
    paths = [one.path for one in coordinates]
    groups = [tuple(paths[places[index]] for index in group) for group in sure.null]
    close = [tuple(paths[places[i]] for i in group) for group in confounded(sure.correlations)]
    estimates = tuple(
        _fitted(one, float(number), float(error), end, groups)
        for one, number, error, end in zip(coordinates, numbers, errors, bound, strict=True)
    )
    status, reason = _status(best, estimates, parts, missed)
    return Fit(
        estimates=estimates,
        cells=tuple(found.cell_found(number) for number in range(len(found.cells))),
        parameters=tuple(dict(one) for one in found.parameters),
        rigs=found.rigs,
        offsets=found.offsets,
        delays=found.delays,
        stretches=tuple(parts),
        model=tuple(made),
        normalized_rms=normalized_rms(problem.data, model),
        correlations=_spread(sure, places, numbers.size),
        confounded=tuple(group for group in (*groups, *close) if len(group) > 1),
        costs=tuple(one.cost for one in descents),
        status=status,
        reason=reason,
    )


def _split(parts: Sequence[Stretch], values: Array) -> list[Array]:
    sizes = np.cumsum([part.fitted(part.response).size for part in parts])
    return np.split(values, sizes[:-1])


def _at_bound(one: Coordinate, number: float) -> str:
    """Return at which bound an estimate lies, nothing where at none."""
    low, high = one.inside(one.low), one.inside(one.high)
    near = _NEAR * min(one.size, high - low)
    if number - low < near:
        return "low"
    return "high" if high - number < near else ""


def _moved_in(coordinates: Sequence[Coordinate], numbers: Array) -> Array:
    """Return numbers far enough from their bounds for differences on both sides."""
    low = np.array([one.inside(one.low) + 2e-5 * one.size for one in coordinates])
    high = np.array([one.inside(one.high) - 2e-5 * one.size for one in coordinates])
    return np.asarray(np.clip(numbers, low, high))


def _spread(sure: Uncertainty, places: NDArray[np.intp], count: int) -> Array:
    """Return the correlations of all, 0 with those at a bound."""
    found = np.eye(count)
    found[np.ix_(places, places)] = sure.correlations
    return found


def _fitted(
    one: Coordinate, number: float, error: float, end: str, groups: Sequence[tuple[str, ...]]
) -> Fitted:
    value = one.outside(number)
    if end:
        at = format_quantity(one.low if end == "low" else one.high, one.unit)
        why = f"the best value lies at its {end} bound, {at}; what lies beyond was not tried"
        return Fitted(one.path, value, None, None, one.unit, one.start, FitStatus.AT_BOUND, why)
    group = next((group for group in groups if one.path in group), ())
    if group or not error < _UNKNOWN * one.size:
        status, why = FitStatus.NOT_IDENTIFIED, _unknown(one, error, group)
        return Fitted(one.path, value, None, None, one.unit, one.start, status, why)
    low, high = (one.outside(number + side * _REACH * error) for side in (-1.0, 1.0))
    return Fitted(one.path, value, low, high, one.unit, one.start)


def _unknown(one: Coordinate, error: float, group: Sequence[str]) -> str:
    """Return why a parameter is not identified."""
    others = [path for path in group if path != one.path]
    if others:
        return f"it can be traded against {', '.join(others)} without a trace; fix one of them"
    shown = f"a factor of {np.exp(error):.3g}" if one.is_log else write_quantity(error, one.unit)
    return f"the response hardly depends on it: its standard error is {shown}"


def _status(
    best: Descent, estimates: Sequence[Fitted], parts: Sequence[Stretch], missed: Sequence[Array]
) -> tuple[FitStatus, str]:
    """Return the status of the whole and why, the worst first."""
    if not best.converged:
        return FitStatus.NOT_CONVERGED, "the optimizer was still moving; start closer, or free less"
    for status in (FitStatus.NOT_IDENTIFIED, FitStatus.AT_BOUND):
        named = [one.path for one in estimates if one.status is status]
        if named:
            return status, f"{', '.join(named)}; see the reasons of the estimates"
    worst = [largest_misfit(part, rest) for part, rest in zip(parts, missed, strict=True)]
    place = int(np.argmax([ratio for ratio, _ in worst]))
    ratio, when = worst[place]
    if ratio > MISFIT:
        return FitStatus.MISFIT, (
            f"in sweep {parts[place].sweeps[0]} from {when:.4g} ms on residuals are {ratio:.3g} "
            "times as large as usual: the model lacks something there, and intervals do not hold "
            "that"
        )
    return FitStatus.OK, ""
