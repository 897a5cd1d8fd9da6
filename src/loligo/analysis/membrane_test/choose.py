"""How many exponentials, and whether a slow current: the smallest model the noise cannot reject.

The criterion is Schwarz's (BIC), with as many blocks as the noise leaves independent ones. A
larger model must lower it by at least 6, the usual bound of "strong" evidence, or halve residuals
of the transient that are clearly not noise; and what it adds must stand out of the noise, whose
slow part looks like a slow exponential.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import correlation_time
from loligo.analysis.membrane_test.assess import assess
from loligo.analysis.membrane_test.fast import joined, with_fast
from loligo.analysis.membrane_test.fit import TransientFit
from loligo.analysis.membrane_test.hum import hum_lines, with_hum, without_lines
from loligo.analysis.membrane_test.model import Command
from loligo.analysis.membrane_test.parameters import Data, Form
from loligo.analysis.membrane_test.solve import criterion, prepare, solve

EVIDENCE = 6.0
"""The criterion must fall by this much for a larger model."""
SIGNIFICANT = 4.0
"""A second exponential and a slow current must exceed their standard error by this factor."""
UNEXPLAINED = 1.5
"""A transient's residuals above this many times the noise's variance are not noise."""
MANY_COMPARTMENTS = 4.0
"""Residuals of two exponentials above this many times the noise's variance call for a third."""
FURTHEST_CORNER = 0.4
"""A low-pass found this far (logarithm) from the stated one is fitted without the statement."""

FORMS = (Form(1), Form(2), Form(1, slow=True), Form(2, slow=True))


def fit_transient(
    current: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None = None,
    forms: tuple[Form, ...] = FORMS,
    corrected: float = 0.0,
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
    corrected : float [GOhm]
        Resistance whose voltage drop the amplifier adds to the command.

    Returns
    -------
    TransientFit or None
        ``None`` where no model of a passive cell describes the current at all.
    """
    data = prepare(current, sampling_rate, command, filter_frequency, corrected)
    chosen = _with_corner(current, data, forms, current)
    if chosen is None:
        return None
    left = _left(current, chosen)
    lines = hum_lines(left, sampling_rate)
    if not lines:
        return chosen
    quiet = without_lines(left, sampling_rate, lines)
    return _with_corner(current, with_hum(data, lines), forms, quiet)


def _left(current: NDArray[np.float64], fit: TransientFit) -> NDArray[np.float64]:
    """Return what a fit leaves of each sweep."""
    times = np.arange(current.shape[1]) / fit.data.sampling_rate
    return np.asarray(current - fit.form.predict(fit.vector, times, fit.data.command))


def _with_corner(
    current: NDArray[np.float64],
    data: Data,
    forms: tuple[Form, ...],
    quiet: NDArray[np.float64],
) -> TransientFit | None:
    """Fit with the stated corner of the low-pass unless the data contradict it."""
    chosen = _smallest(current, data, forms, quiet)
    if data.corner is None or chosen is None:
        return chosen
    if abs(math.log(chosen.corner / data.corner)) < FURTHEST_CORNER:
        return chosen
    return _smallest(current, replace(data, corner=None), forms, quiet)


def _smallest(
    current: NDArray[np.float64],
    data: Data,
    forms: tuple[Form, ...],
    quiet: NDArray[np.float64],
) -> TransientFit | None:
    """Return the smallest of the forms that describes the data.

    `quiet` is as the current is before the first edge, without hum.
    """
    best, chosen, doubtful = math.inf, None, None
    effective = _effective(quiet, data)
    for form in forms:
        if form == Form(2, slow=True) and chosen is not None and chosen.form == Form(1):
            continue  # neither of its parts was called for
        found = solve(data, form)
        if found is None or not form.is_real(found[0]):
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
            doubtful = fit if not form.slow else doubtful
            continue
        best, chosen = score, fit
    if chosen is None:
        return None
    if doubtful is not None and chosen.form.modes == 1:
        chosen = replace(chosen, intervals=joined(chosen, doubtful), holds_more=True)
    if len(forms) > 1 and data.command.jumps.any():
        chosen = with_fast(current, chosen, effective)
    if chosen.misfit < MANY_COMPARTMENTS or chosen.form.modes != 2:
        return chosen
    return _widened(current, data, chosen)


def _widened(current: NDArray[np.float64], data: Data, chosen: TransientFit) -> TransientFit:
    """Widen the intervals to hold those of three exponentials, where these halve the misfit."""
    form = Form(3, chosen.form.slow)
    found = solve(data, form)
    if found is None or not form.is_real(found[0]):
        return chosen
    other = assess(current, data, form, *found)
    if other.misfit > chosen.misfit / 2:
        return chosen
    return replace(chosen, intervals=joined(chosen, other), holds_more=True)


def _stands_out(fit: TransientFit, unexplained: bool) -> bool:
    """Tell whether a second mode and a slow current are above what slow noise looks like.

    A second mode need not be where the smaller model leaves the transient `unexplained`.
    """
    modes = fit.form.modes
    errors = fit.errors
    if modes == 2 and not unexplained and max(errors[1], errors[3]) > 1 / SIGNIFICANT:
        return False
    return not fit.form.slow or _growth(fit) > SIGNIFICANT


def _growth(fit: TransientFit) -> float:
    """Return how much the slow current grows during the step, in standard errors."""
    conductance, time = fit.slow_current
    during = fit.data.first_stretch / time
    at = 1 + 2 * fit.form.modes
    slopes = np.array([-math.expm1(-during), conductance * during * math.exp(-during)])
    part = slice(at, at + 2)
    variance = max(float(slopes @ found[part, part] @ slopes) for found in fit.covariances)
    return float(conductance * slopes[0]) / max(math.sqrt(max(variance, 0.0)), 1e-12)


def _effective(current: NDArray[np.float64], data: Data) -> float:
    """Return how many independent blocks there are, from the noise before the first edge."""
    end = int(data.command.times[0] * data.sampling_rate)
    memory = 1.0
    if end >= 40:
        memory = float(np.median([correlation_time(row[:end]) for row in current]))
    return max(float(np.minimum(data.bins.counts / memory, 1.0).sum()), 10.0)
