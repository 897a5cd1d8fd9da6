"""A fast capacitance beside the cell: what is left of the pipette's where it is not cancelled.

It charges without series resistance, so that its current is the filter's answer to an impulse. A
small one looks like an earlier response of a cell with a smaller series resistance: to first order
the two are one, and only a fit down to the noise can part them.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval
from loligo.analysis.membrane_test.assess import assess
from loligo.analysis.membrane_test.fit import TransientFit
from loligo.analysis.membrane_test.model import cell_of
from loligo.analysis.membrane_test.parameters import DELAY, FAST, LAG, LAG_ERROR, USUAL_LAG, Form
from loligo.analysis.membrane_test.solve import Solution, criterion, solve

EVIDENCE = 12.0
"""The criterion must fall by this much for a fast capacitance that is not cancelled as people do;
by less the intervals hold both. Residuals that are not noise ask for as many times more."""
CALLED_FOR = 2.0
"""One that lowers the criterion by less than this is not called for."""
SLOWEST = USUAL_LAG + 2.0 * LAG_ERROR
"""A lag above this is no clamp's [ms]."""
SIGN = 6.0
"""A fit with the other sign is excluded where its criterion is higher by more than this."""
SIGNIFICANT = 4.0
"""It must exceed its standard error by this factor."""
BAD_FIT = 4.0
"""Residuals above this many times the noise's variance tell nothing of so small a thing."""
FURTHEST_CORNER = 0.2
"""How far (logarithm) from the stated low-pass the fit may be with a fast capacitance."""
LOOSEST = 10.0
LARGEST = 10.0
"""A pipette and its holder have no more than this [pF]."""

_TRIALS = (2.0, -2.0)  # pF


def with_fast(current: NDArray[np.float64], chosen: TransientFit, effective: float) -> TransientFit:
    """Return the fit with a fast capacitance where the data show one.

    Where they neither show nor exclude it, the intervals are widened to hold its effect.

    Parameters
    ----------
    current : (sweeps, time) array [pA]
    chosen : TransientFit
        The smallest model without a fast capacitance.
    effective : float
        Number of independent samples.
    """
    data, own = chosen.data, chosen.form
    best, lowest = chosen, criterion(data, own, chosen.vector, effective)
    rivals: list[tuple[float, TransientFit]] = []
    price = max(chosen.misfit, 1.0)
    highest = lowest - CALLED_FOR * price
    for modes in range(1, own.modes + 1):
        form = replace(own, modes=modes, fast=True)
        found = _solutions(current, chosen, form, effective, highest)
        if not found:
            continue
        score, fit = found[0]
        if score < lowest - EVIDENCE * price and _stands_out(fit):
            best, lowest, rivals = fit, score, found[1:]
        elif not best.form.fast:
            rivals += found
    for score, other in rivals:
        if score < (lowest + SIGN if best.form.fast else highest):
            held = max(best.holds_fast, abs(other.modes.fast))
            best = replace(best, intervals=joined(best, other), holds_fast=held)
    return best


def _solutions(
    current: NDArray[np.float64],
    chosen: TransientFit,
    form: Form,
    effective: float,
    highest: float,
) -> list[tuple[float, TransientFit]]:
    """Return the sound fits of a form with a fast capacitance, each sign on its own, best first."""
    data = chosen.data
    starts = form.starts(data)
    plain = replace(form, fast=False)
    without = (chosen.vector,) if plain == chosen.form else solve(data, plain)
    if without is not None:
        starts += [_start(plain, without[0], trial) for trial in _TRIALS]
    found: dict[bool, tuple[float, Solution]] = {}
    for start in starts:
        solution = solve(data, form, [start])
        if solution is None or not form.is_real(solution[0]) or _is_slow(solution[0]):
            continue
        score = criterion(data, form, solution[0], effective)
        sign = bool(solution[0][FAST] > 0)
        if score < (found[sign][0] if sign in found else highest):
            found[sign] = (score, solution)
    fits = [(score, assess(current, data, form, *rest)) for score, rest in found.values()]
    return sorted((pair for pair in fits if _is_sound(pair[1])), key=lambda pair: pair[0])


def _start(form: Form, plain: NDArray[np.float64], fast: float) -> NDArray[np.float64]:
    """Return a vector with a fast capacitance added, and the delay that goes with it."""
    vector = plain.copy()
    vector[FAST] = fast
    vector[DELAY] += fast * cell_of(form.unpack(plain)[0]).series_resistance
    return vector


def _is_sound(fit: TransientFit) -> bool:
    """Tell whether a fit with a fast capacitance describes the current and is determined."""
    stated = fit.data.corner
    ends = fit.intervals["series_resistance"]
    return (
        fit.converged
        and fit.misfit < BAD_FIT
        and abs(fit.modes.fast) < LARGEST
        and 0 < ends.high < LOOSEST * ends.low
        and (stated is None or abs(math.log(fit.corner / stated)) < FURTHEST_CORNER)
    )


def _is_slow(vector: NDArray[np.float64]) -> bool:
    """Tell whether it is charged more slowly than a clamp follows: then it is a soma's."""
    return bool(vector[LAG] > SLOWEST)


def _stands_out(fit: TransientFit) -> bool:
    errors = fit.errors
    if fit.form.modes > 1 and max(errors[1], errors[3]) > 1 / SIGNIFICANT:
        return False
    return abs(fit.modes.fast) > SIGNIFICANT * float(errors[FAST])


def joined(fit: TransientFit, other: TransientFit) -> dict[str, Interval]:
    """Return the intervals of a fit, widened to hold those of another."""
    return {
        name: Interval(
            own.value,
            min(own.low, other.intervals[name].low),
            max(own.high, other.intervals[name].high),
        )
        for name, own in fit.intervals.items()
    }
