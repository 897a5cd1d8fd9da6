"""Fitting the transient: least squares, with the covariance that the noise's correlation gives.

The fit is to the mean of identical sweeps. Its errors come from the spread between sweeps where
there are enough of them, else from the noise's spectrum; where the model does not describe the
transient down to the noise, that misfit widens them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval, around, interval_of_mean
from loligo.analysis.membrane_test.bins import bins_of
from loligo.analysis.membrane_test.lowpass import bessel_filter
from loligo.analysis.membrane_test.model import (
    Cell,
    Command,
    Modes,
    cell_of,
    clamp_time_constant,
)
from loligo.analysis.membrane_test.noise import NoiseSpectrum
from loligo.analysis.membrane_test.parameters import STATED_CORNER_ERROR, Data, Form

ENOUGH_SWEEPS = 5
"""From this many sweeps on, intervals come from the spread between them."""
MISFIT = 2.0
"""Residuals of the transient above this many times the noise's variance widen the intervals."""

ABSORBED = 4
"""A single sweep's residuals lack this many of their lowest frequencies, taken up by the fit."""

QUANTITIES = (
    "series_resistance",
    "membrane_resistance",
    "capacitance",
    "clamp_time_constant",
    "total_resistance",
    "holding_current",
)
"""Glossary names of what a fit gives, in the order of `TransientFit.quantities`."""


@dataclass(frozen=True, eq=False)
class TransientFit:
    """A fitted transient.

    Attributes
    ----------
    form : Form
    vector : (p,) array
    converged : bool
    residuals : (k,) array [pA]
        Model minus mean of the sweeps, in blocks.
    data : Data
    covariance : (p, p) array
        Of the parameters, from the spread of the sweeps or the noise's spectrum.
    intervals : dict of str to Interval
        By glossary name, in internal units.
    sweeps : (n, 6) array
        Each sweep's values in the order of `QUANTITIES`, linearized about the pooled fit.
    sweep_errors : (6,) array
        Standard error of one sweep's values, relative but for the holding current.
    misfit : float
        Variance of the transient's mean residual over what noise alone would give.
    noise : NoiseSpectrum
    holds_more : bool
        Whether the intervals also hold those of a model of one more exponential.
    """

    form: Form
    vector: NDArray[np.float64]
    converged: bool
    residuals: NDArray[np.float64]
    data: Data
    covariance: NDArray[np.float64]
    intervals: dict[str, Interval]
    sweeps: NDArray[np.float64]
    sweep_errors: NDArray[np.float64]
    misfit: float
    noise: NoiseSpectrum
    holds_more: bool = False

    @property
    def modes(self) -> Modes:
        """The passive modes of the transient."""
        return self.form.unpack(self.vector)[0]

    @property
    def cell(self) -> Cell:
        """The passive cell that has these modes."""
        return cell_of(self.modes)

    @property
    def corner(self) -> float:
        """The low-pass of the recording, -3 dB [kHz]."""
        return math.exp(self.vector[-1])

    def of_sweep(self, row: NDArray[np.float64], index: int) -> tuple[float, float, float]:
        """Return low end, value and high end of one of `QUANTITIES` in one row of `sweeps`."""
        value, reach = float(row[index]), 1.96 * float(self.sweep_errors[index])
        if QUANTITIES[index] == "holding_current":
            return value - reach, value, value + reach
        factor = math.exp(min(reach, 700.0))
        return value / factor, value, value * factor

    @property
    def shape_error(self) -> float:
        """Root mean square of a transient's residuals as a share of the transient's own."""
        near = near_edges(self.data, self.form, self.vector)
        heights = self.data.values[near]
        size = float(np.sqrt(np.mean((heights - np.median(heights)) ** 2)))
        return float(np.sqrt(np.mean(self.residuals[near] ** 2))) / max(size, 1e-12)

    @property
    def slow_current(self) -> tuple[float, float]:
        """Conductance [nS] and time constant [ms] of a current that grows during the step."""
        _, conductance, rate = self.form.unpack(self.vector)
        return conductance, 1 / rate


def solve(data: Data, form: Form) -> tuple[NDArray[np.float64], NDArray[np.float64], bool] | None:
    """Fit one form to the data.

    Returns
    -------
    vector : (p,) array
    jacobian : (k, p) array
        Of the prediction, without weights.
    converged : bool
        ``None`` in place of all where no start could be found.
    """
    from scipy.optimize import least_squares

    low, high = form.bounds(data)
    margin = 1e-6 * np.minimum(1.0, high - low)
    weight = np.sqrt(data.bins.counts)
    scale = float(np.median(np.abs(np.diff(data.values)))) + 1e-9

    def distance(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        missed = (form.predict(vector, data.bins.times, data.command) - data.values) * weight
        if data.corner is None:
            return missed
        off = (vector[-1] - math.log(data.corner)) / STATED_CORNER_ERROR
        return np.append(missed, scale * off)

    solutions = [
        least_squares(
            distance,
            np.clip(start, low + margin, high - margin),
            bounds=(low, high),
            x_scale="jac",
            xtol=1e-9,
            ftol=1e-9,
            max_nfev=100,
        )
        for start in form.starts(data)
    ]
    if not solutions:
        return None
    best = min(solutions, key=lambda found: float(found.cost))
    jacobian = best.jac[: weight.size] / weight[:, np.newaxis]
    return best.x, jacobian, bool(best.success)


def quantities(form: Form, vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the `QUANTITIES` of a vector: logarithms, but the holding current itself."""
    parts = form.unpack(vector)[0]
    cell = cell_of(parts)
    positive = (
        cell.series_resistance,
        cell.membrane_resistance,
        cell.capacitance,
        clamp_time_constant(parts),
        1 / parts.steady,
    )
    return np.array([*(math.log(value) for value in positive), vector[-3]])


def _gradient(form: Form, vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the derivative of the quantities by the parameters, by central differences."""
    step = 1e-5
    rows = []
    for k in range(vector.size):
        shift = np.zeros_like(vector)
        shift[k] = step
        rows.append(
            (quantities(form, vector + shift) - quantities(form, vector - shift)) / (2 * step)
        )
    return np.array(rows).T


def prepare(
    current: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None = None,
) -> Data:
    """Average sweeps ``(sweeps, time)`` in blocks; the first sample is at the command's time 0."""
    bins = bins_of(current.shape[1], sampling_rate, command.times)
    values = bins.mean(current.mean(axis=0))
    duration = current.shape[1] / sampling_rate
    return Data(bins, values, sampling_rate, command, filter_frequency, filter_frequency, duration)


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
    counts = data.bins.counts
    inverse = _pseudo_inverse(data, jacobian)
    influence = _gradient(form, vector) @ inverse
    each = data.bins.mean(current)
    predicted = form.predict(vector, data.bins.times, data.command)
    shifts = (each - predicted) @ influence.T
    pooled = quantities(form, vector)
    own = _residual_noise(current, data, form, vector)
    both = np.vstack((influence, inverse))
    within = own.covariance(data.bins.spread(both)) / count
    covariance = within[len(QUANTITIES) :, len(QUANTITIES) :]
    if count >= ENOUGH_SWEEPS:
        covariance = np.cov((each - predicted) @ inverse.T, rowvar=False) / count
    residuals = predicted - data.values
    near = near_edges(data, form, vector)
    expected = own.variance / count / counts[near]
    misfit = float(np.mean(residuals[near] ** 2 / np.maximum(expected, 1e-12)))
    extra = np.zeros(len(QUANTITIES))
    if misfit > MISFIT:
        extra = _misfit_variance(influence, residuals, near, data, math.exp(vector[-1]))
    intervals = {}
    for k, name in enumerate(QUANTITIES):
        if count >= ENOUGH_SWEEPS:
            spread = interval_of_mean(shifts[:, k])
            reach = spread.high - spread.value
        else:
            reach = around(0.0, math.sqrt(max(within[k, k], 0.0)), math.inf).high
        reach = math.hypot(reach, 1.96 * math.sqrt(extra[k]))
        middle = float(pooled[k])
        if name == "holding_current":
            intervals[name] = Interval(middle, middle - reach, middle + reach)
        else:
            ends = (middle, middle - reach, middle + reach)
            intervals[name] = Interval(*(math.exp(min(max(v, -700.0), 700.0)) for v in ends))
    sweeps = pooled + shifts
    alone = np.sqrt(np.maximum(np.diag(within)[: len(QUANTITIES)] * count, 0.0))
    with np.errstate(over="ignore"):
        sweeps[:, :-1] = np.exp(sweeps[:, :-1])
    return TransientFit(
        form, vector, converged, residuals, data, covariance, intervals, sweeps, alone, misfit, own
    )


def _pseudo_inverse(data: Data, jacobian: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a change of each block's mean does to each parameter."""
    weight = np.sqrt(data.bins.counts)
    return np.asarray(np.linalg.pinv(jacobian * weight[:, None], rcond=1e-12) * weight)


def _residual_noise(
    current: NDArray[np.float64], data: Data, form: Form, vector: NDArray[np.float64]
) -> NoiseSpectrum:
    low_pass = bessel_filter(math.exp(vector[-1]))
    count = current.shape[0]
    if count > 1:
        left, lost = current - current.mean(axis=0), 1 / count
    else:
        times = np.arange(current.shape[1]) / data.sampling_rate
        left, lost = current - form.predict(vector, times, data.command), 0.0
    absorbed = 0 if count > 1 else ABSORBED
    return NoiseSpectrum(left, data.sampling_rate, low_pass, lost, absorbed)


def near_edges(data: Data, form: Form, vector: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which blocks lie in a transient: two filter and three slowest time constants long."""
    parts = form.unpack(vector)[0]
    reach = 2 / math.exp(vector[-1]) + 3 / min(parts.rates)
    times = data.bins.times[:, None] - data.command.times[None, :]
    return np.asarray(((times > 0) & (times < reach)).any(axis=1))


def _misfit_variance(
    influence: NDArray[np.float64],
    residuals: NDArray[np.float64],
    near: NDArray[np.bool_],
    data: Data,
    corner: float,
) -> NDArray[np.float64]:
    """Return the variance that residuals of a transient, correlated in time, stand for."""
    scores = influence * np.where(near, residuals, 0.0)
    lag = max(1, round(data.sampling_rate / corner))
    total = (scores**2).sum(axis=1)
    for k in range(1, lag + 1):
        weight = 1 - k / (lag + 1)
        total = total + 2 * weight * (scores[:, k:] * scores[:, :-k]).sum(axis=1)
    return np.asarray(np.maximum(total, (scores**2).sum(axis=1)))
