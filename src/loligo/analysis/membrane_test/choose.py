"""How many exponentials, and whether a slow current: the smallest model the noise cannot reject.

The criterion is Schwarz's (BIC), with as many samples as the noise leaves independent ones. A
larger model must lower it by at least 6, the usual bound of "strong" evidence, or halve residuals
of the transient that are clearly not noise; and what it adds must stand out of the noise, whose
slow part looks like a slow exponential.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval, correlation_time
from loligo.analysis.membrane_test.fit import TransientFit, assess, prepare, solve
from loligo.analysis.membrane_test.model import Command
from loligo.analysis.membrane_test.parameters import Data, Form

EVIDENCE = 6.0
"""The criterion must fall by this much for a larger model."""
SIGNIFICANT = 4.0
"""A second exponential and a slow current must exceed their standard error by this factor."""
UNEXPLAINED = 1.5
"""A transient's residuals above this many times the noise's variance are not noise."""
MANY_COMPARTMENTS = 4.0
"""Residuals of two exponentials above this many times the noise's variance call for a third."""
LEAST_WEIGHT_OF_THREE = 0.005
FURTHEST_CORNER = 0.4
"""A low-pass found this far (logarithm) from the stated one is fitted without the statement."""
LEAST_WEIGHT = 0.02
"""Share of the transient's charge or height that an exponential of the cell carries at least."""

FORMS = (Form(1), Form(2), Form(1, slow=True), Form(2, slow=True))


def fit_transient(
    current: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None = None,
    forms: tuple[Form, ...] = FORMS,
) -> TransientFit | None:
    """Fit the current that a command makes, with the smallest model that describes it.

    Parameters
    ----------
    current : (sweeps, time) array [pA]
        Identical sweeps; the first sample is at time 0 of the command, before its first edge.
    sampling_rate : float [kHz]
    command : Command
    filter_frequency : float, optional [kHz]
        Corner of the recording's low-pass, where it is known; fitted within about 10 % of it.
    forms : tuple of Form
        Models to choose among.

    Returns
    -------
    TransientFit or None
        ``None`` where no model of a passive cell describes the current at all.
    """
    data = prepare(current, sampling_rate, command, filter_frequency)
    chosen = _smallest(current, data, forms)
    if data.corner is None or chosen is None:
        return chosen
    if abs(math.log(chosen.corner / data.corner)) < FURTHEST_CORNER:
        return chosen
    return _smallest(current, replace(data, corner=None), forms)


def _smallest(
    current: NDArray[np.float64], data: Data, forms: tuple[Form, ...]
) -> TransientFit | None:
    """Return the smallest of the forms that describes the data."""
    best, chosen = math.inf, None
    effective = _effective(current, data)
    for form in forms:
        if form == Form(2, slow=True) and chosen is not None and chosen.form == Form(1):
            continue  # neither of its parts was called for
        found = solve(data, form)
        if found is None or not _is_real(form, found[0]):
            continue
        score = criterion(data, form, found[0], effective)
        is_better = chosen is None or score < best - EVIDENCE
        if not is_better and chosen is not None and chosen.misfit < 2 * UNEXPLAINED:
            continue
        fit = assess(current, data, form, *found)
        if not is_better and chosen is not None and fit.misfit > chosen.misfit / 2:
            continue
        unexplained = chosen is not None and chosen.misfit > UNEXPLAINED
        if len(forms) > 1 and not _stands_out(fit, unexplained):
            continue
        best, chosen = score, fit
    if chosen is None or chosen.form.modes != 2 or chosen.misfit < MANY_COMPARTMENTS:
        return chosen
    return _widened(current, data, chosen)


def _widened(current: NDArray[np.float64], data: Data, chosen: TransientFit) -> TransientFit:
    """Widen the intervals to hold those of three exponentials, where these halve the misfit."""
    form = Form(3, chosen.form.slow)
    found = solve(data, form)
    if found is None or not _is_real(form, found[0]):
        return chosen
    other = assess(current, data, form, *found)
    if other.misfit > chosen.misfit / 2:
        return chosen
    intervals = {}
    for name, own in chosen.intervals.items():
        theirs = other.intervals[name]
        low, high = min(own.low, theirs.low), max(own.high, theirs.high)
        intervals[name] = Interval(own.value, low, high)
    return replace(chosen, intervals=intervals, holds_more=True)


def _stands_out(fit: TransientFit, unexplained: bool) -> bool:
    """Tell whether a second mode and a slow current are above what slow noise looks like.

    A second mode need not be where the smaller model leaves the transient `unexplained`.
    """
    modes = fit.form.modes
    errors = np.sqrt(np.maximum(np.diag(fit.covariance), 0.0))
    if modes == 2 and not unexplained and max(errors[1], errors[3]) > 1 / SIGNIFICANT:
        return False
    return not fit.form.slow or _growth(fit) > SIGNIFICANT


def _growth(fit: TransientFit) -> float:
    """Return how much the slow current grows during the step, in standard errors."""
    conductance, time = fit.slow_current
    during = fit.data.first_stretch / time
    at = 1 + 2 * fit.form.modes
    slopes = np.array([-math.expm1(-during), conductance * during * math.exp(-during)])
    variance = float(slopes @ fit.covariance[at : at + 2, at : at + 2] @ slopes)
    return float(conductance * slopes[0]) / max(math.sqrt(max(variance, 0.0)), 1e-12)


def _effective(current: NDArray[np.float64], data: Data) -> float:
    """Return how many independent samples there are, from the noise before the first edge."""
    end = int(data.command.times[0] * data.sampling_rate)
    memory = 1.0
    if end >= 40:
        memory = float(np.median([correlation_time(row[:end]) for row in current]))
    return max(float(current.shape[1]) / memory, 10.0)


def criterion(data: Data, form: Form, vector: NDArray[np.float64], effective: float) -> float:
    """Return Schwarz's criterion of a fitted form."""
    difference = form.predict(vector, data.bins.times, data.command) - data.values
    mean_square = float((difference**2 * data.bins.counts).sum() / data.bins.counts.sum())
    score: float = effective * math.log(max(mean_square, 1e-300))
    return score + float(form.size * math.log(effective))


def _is_real(form: Form, vector: NDArray[np.float64]) -> bool:
    """Tell whether each exponential matters, is in order, and the slow current is slow."""
    parts, conductance, slow_rate = form.unpack(vector)
    if form.modes > 1:
        heights = np.array(parts.amplitudes)
        charges = heights / np.array(parts.rates)
        share = np.maximum(heights / heights.sum(), charges / charges.sum())
        ratios = np.array(parts.rates[:-1]) / np.array(parts.rates[1:])
        least = LEAST_WEIGHT if form.modes == 2 else LEAST_WEIGHT_OF_THREE
        if share.min() < least or ratios.min() < 1.5:
            return False
    if not form.slow:
        return True
    return min(parts.rates) > 2 * slow_rate and conductance > LEAST_WEIGHT * parts.steady
