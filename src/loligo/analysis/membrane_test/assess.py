"""What a solution is worth: quantities with intervals, and each sweep's own values.

Errors come from the spread between sweeps where there are enough of them, else from the noise's
spectrum; residuals that are not noise, of the transient or of the steady levels, widen them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval, around, interval_of_mean
from loligo.analysis.membrane_test.correction import LATE_ERROR, MEASURED_LATE
from loligo.analysis.membrane_test.fit import ENOUGH_SWEEPS, QUANTITIES, TransientFit
from loligo.analysis.membrane_test.hum import without_lines
from loligo.analysis.membrane_test.lowpass import bessel_filter
from loligo.analysis.membrane_test.misfit import (
    MISFIT,
    near_edges,
    steady_scores,
    steady_windows,
    transient_variance,
)
from loligo.analysis.membrane_test.model import cell_of, clamp_time_constant
from loligo.analysis.membrane_test.noise import NoiseSpectrum
from loligo.analysis.membrane_test.parameters import CORNER, HOLDING, Data, Form, cell_modes, priors
from loligo.analysis.membrane_test.solve import noise_scale, prior_rows

ABSORBED = 4
"""A single sweep's residuals lack this many of their lowest frequencies, taken up by the fit."""


def assess(
    current: NDArray[np.float64],
    data: Data,
    form: Form,
    vector: NDArray[np.float64],
    jacobian: NDArray[np.float64],
    converged: bool,
) -> TransientFit:
    """Turn a solution into quantities with intervals.

    Parameters
    ----------
    current : (sweeps, time) array [pA]
    data, form, vector, jacobian, converged
        As given to and by `solve`.
    """
    count = current.shape[0]
    inverse, presumed = _inverses(data, form, jacobian)
    gradient = _gradient(form, vector, data.corrected)
    influence = gradient @ inverse
    predicted = form.predict(vector, data.bins.times, data.command)
    missed = data.bins.mean(current) - predicted
    noise = _residual_noise(current, data, form, vector)
    within = noise.covariance(data.bins.spread(np.vstack((influence, inverse)))) / count
    covariances = [within[len(QUANTITIES) :, len(QUANTITIES) :]]
    if count >= ENOUGH_SWEEPS:
        covariances.append(np.cov(missed @ inverse.T, rowvar=False) / count)
    residuals = data.missed(predicted)
    near = near_edges(data, form, vector)
    expected = noise.variance / count / data.bins.counts[near]
    misfit = float(np.mean(residuals[near] ** 2 / np.maximum(expected, 1e-12)))
    extra, is_unsteady = _unsteady(influence, residuals, missed, near, data, noise)
    extra += ((gradient @ presumed) ** 2).sum(axis=1)
    if data.corrected:
        later, own = (
            quantities(form, vector, data.corrected, MEASURED_LATE + more)
            for more in (LATE_ERROR, 0.0)
        )
        extra += (later - own) ** 2
    if misfit > MISFIT:
        extra += transient_variance(influence, residuals, near, data, math.exp(vector[CORNER]))
    pooled, shifts = quantities(form, vector, data.corrected), missed @ influence.T
    errors = np.sqrt(np.maximum(np.diag(within)[: len(QUANTITIES)], 0.0))
    sweeps = pooled + shifts
    with np.errstate(over="ignore"):
        sweeps[:, :-1] = np.exp(sweeps[:, :-1])
    return TransientFit(
        form,
        vector,
        converged,
        residuals,
        data,
        tuple(covariances),
        _intervals(pooled, shifts, errors, extra),
        sweeps,
        errors * math.sqrt(count),
        misfit,
        is_unsteady,
    )


def _intervals(
    pooled: NDArray[np.float64],
    shifts: NDArray[np.float64],
    errors: NDArray[np.float64],
    extra: NDArray[np.float64],
) -> dict[str, Interval]:
    """Return the interval of each quantity, from the spread of enough sweeps or from `errors`."""
    found = {}
    for k, name in enumerate(QUANTITIES):
        own = around(0.0, float(errors[k]), math.inf)
        if len(shifts) >= ENOUGH_SWEEPS:
            own = interval_of_mean(shifts[:, k])
        reach = math.hypot(own.high - own.value, 1.96 * math.sqrt(extra[k]))
        middle = float(pooled[k])
        ends: tuple[float, ...] = (middle, middle - reach, middle + reach)
        if name != "holding_current":
            ends = tuple(math.exp(min(max(v, -700.0), 700.0)) for v in ends)
        found[name] = Interval(*ends)
    return found


def quantities(
    form: Form, vector: NDArray[np.float64], corrected: float = 0.0, late: float = MEASURED_LATE
) -> NDArray[np.float64]:
    """Return the `QUANTITIES` of a vector: logarithms, but the holding current itself."""
    parts = cell_modes(form, vector, corrected, late)[0]
    cell = cell_of(parts)
    positive = (
        cell.series_resistance,
        cell.membrane_resistance,
        cell.capacitance,
        clamp_time_constant(parts),
        1 / parts.steady,
    )
    return np.array([*(math.log(value) for value in positive), vector[HOLDING]])


def _gradient(form: Form, vector: NDArray[np.float64], corrected: float) -> NDArray[np.float64]:
    """Return the derivative of the quantities by the parameters, by central differences."""
    step = 1e-5
    rows = []
    for k in range(vector.size):
        shift = np.zeros_like(vector)
        shift[k] = step
        up, down = (quantities(form, vector + s, corrected) for s in (shift, -shift))
        rows.append((up - down) / (2 * step))
    return np.array(rows).T


def _unsteady(
    influence: NDArray[np.float64],
    residuals: NDArray[np.float64],
    missed: NDArray[np.float64],
    near: NDArray[np.bool_],
    data: Data,
    noise: NoiseSpectrum,
) -> tuple[NDArray[np.float64], bool]:
    """Return the variance that differences between steady windows add, beyond the noise's own."""
    windows = steady_windows(data, near)
    total = (steady_scores(influence, residuals, windows) ** 2).sum(axis=1)
    count = missed.shape[0]
    if count >= ENOUGH_SWEEPS:
        scores = steady_scores(influence, data.without_hum(missed.T).T, windows)
        expected = scores.var(axis=0, ddof=1).sum(axis=1) / count
    else:
        rows = data.bins.spread((influence[:, np.newaxis] * windows).reshape(-1, near.size))
        shape = (influence.shape[0], windows.shape[0])
        expected = noise.variances(rows).reshape(shape).sum(axis=1) / count
    excess = np.where(total > MISFIT * expected, total - expected, 0.0)
    return excess, bool(excess[QUANTITIES.index("total_resistance")] > 0)


def _inverses(
    data: Data, form: Form, jacobian: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a change of each block's mean does to each parameter, and what priors do.

    The latter of one standard deviation each.
    """
    weight, scale = data.weight, noise_scale(data)
    known = scale * prior_rows(priors(data, form), jacobian.shape[1])
    whole = np.vstack((jacobian * weight[:, None], known))
    size = np.linalg.norm(whole, axis=0)
    size[size == 0] = 1.0
    inverse = np.linalg.pinv(whole / size, rcond=1e-12) / size[:, None]
    return inverse[:, : weight.size] * weight, inverse[:, weight.size :] * scale


def _residual_noise(
    current: NDArray[np.float64], data: Data, form: Form, vector: NDArray[np.float64]
) -> NoiseSpectrum:
    low_pass = bessel_filter(math.exp(vector[CORNER]))
    count = current.shape[0]
    if count > 1:
        left, lost = current - current.mean(axis=0), 1 / count
    else:
        times = np.arange(current.shape[1]) / data.sampling_rate
        left, lost = current - form.predict(vector, times, data.command), 0.0
    left = without_lines(left, data.sampling_rate, data.mains)
    absorbed = 0 if count > 1 else ABSORBED
    enough = count >= ENOUGH_SWEEPS
    return NoiseSpectrum(left, data.sampling_rate, low_pass, lost, absorbed, enough)
