"""Least squares: the parameters of one form of model that describe the mean of identical sweeps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.bins import bins_of
from loligo.analysis.membrane_test.model import Command
from loligo.analysis.membrane_test.parameters import STATED_CORNER_ERROR, Data, Form

Solution = tuple[NDArray[np.float64], NDArray[np.float64], bool]


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


def solve(
    data: Data, form: Form, starts: list[NDArray[np.float64]] | None = None
) -> Solution | None:
    """Fit one form to the data.

    Parameters
    ----------
    data : Data
    form : Form
    starts : list of (p,) arrays, optional
        Where to start, in place of the form's own.

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
    weight = data.weight
    scale = float(np.median(np.abs(np.diff(data.values)))) + 1e-9

    def distance(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        missed = data.missed(form.predict(vector, data.bins.times, data.command)) * weight
        if data.corner is None:
            return missed
        off = (vector[-1] - math.log(data.corner)) / STATED_CORNER_ERROR
        return np.append(missed, scale * off)

    def slopes(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        found = data.without_hum(form.slopes(vector, data.bins.times, data.command))
        found = found * weight[:, np.newaxis]
        if data.corner is None:
            return found
        row = np.zeros((1, vector.size))
        row[0, -1] = scale / STATED_CORNER_ERROR
        return np.vstack((found, row))

    solutions = [
        least_squares(
            distance,
            np.clip(start, low + margin, high - margin),
            slopes,
            bounds=(low, high),
            x_scale="jac",
            xtol=1e-9,
            ftol=1e-9,
            max_nfev=100,
        )
        for start in (form.starts(data) if starts is None else starts)
    ]
    if not solutions:
        return None
    best = min(solutions, key=lambda found: float(found.cost))
    jacobian = best.jac[: weight.size] / weight[:, np.newaxis]
    return best.x, jacobian, bool(best.success)


def criterion(data: Data, form: Form, vector: NDArray[np.float64], effective: float) -> float:
    """Return Schwarz's criterion of a fitted form."""
    difference = data.missed(form.predict(vector, data.bins.times, data.command))
    mean_square = float((difference**2 * data.bins.counts).sum() / data.bins.counts.sum())
    score: float = effective * math.log(max(mean_square, 1e-300))
    return score + float(form.size * math.log(effective))
