"""Least squares: the parameters of one form of model that describe the mean of identical sweeps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.bins import bins_of
from loligo.analysis.membrane_test.model import Command, cell_of
from loligo.analysis.membrane_test.parameters import (
    DELAY,
    FAST,
    LAG,
    USUAL_LAG,
    Data,
    Form,
    left_errors,
    priors,
)

_DESCRIBED = 1e-5
_MIRRORED = 0.5  # standard deviations of what is left, from which its other sign is tried too
_NORMAL = 0.6745  # median of the absolute value of a normal deviate

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Solution = tuple[NDArray[np.float64], NDArray[np.float64], bool]


def prepare(
    current: NDArray[np.float64],
    sampling_rate: float,
    command: Command,
    filter_frequency: float | None = None,
    corrected: float = 0.0,
) -> Data:
    """Average sweeps ``(sweeps, time)`` in blocks; the first sample is at the command's time 0."""
    bins = bins_of(current.shape[1], sampling_rate, command.times)
    values = bins.mean(current.mean(axis=0))
    duration = current.shape[1] / sampling_rate
    return Data(
        bins,
        values,
        sampling_rate,
        command,
        filter_frequency,
        filter_frequency,
        duration,
        corrected=corrected,
    )


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
    scale = noise_scale(data)

    known = priors(data, form)

    def distance(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        missed = data.missed(form.predict(vector, data.bins.times, data.command)) * weight
        off = [(vector[place] - value) / error for place, value, error in known]
        return np.append(missed, scale * np.array(off))

    def slopes(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        found = data.without_hum(form.slopes(vector, data.bins.times, data.command))
        return np.vstack((found * weight[:, np.newaxis], scale * prior_rows(known, vector.size)))

    def search(start: NDArray[np.float64]) -> OptimizeResult:
        return least_squares(
            distance,
            np.clip(start, low + margin, high - margin),
            slopes,
            bounds=(low, high),
            x_scale="jac",
            xtol=1e-7,
            ftol=1e-6,
            max_nfev=100,
        )

    solutions = [search(start) for start in (form.starts(data) if starts is None else starts)]
    if not solutions:
        return None
    best = min(solutions, key=lambda found: float(found.cost))
    is_left = abs(best.x[FAST]) > _MIRRORED * left_errors(data)[0]
    if starts is None and form.modes == 1 and is_left:  # two compartments take the shape of either
        other = search(_mirrored(form, best.x))
        if not other.success and other.cost < best.cost:
            other = search(other.x)
        best = min(best, other, key=lambda found: (not found.success, float(found.cost)))
    jacobian = best.jac[: weight.size] / weight[:, np.newaxis]
    return best.x, jacobian, bool(best.success)


def _mirrored(form: Form, vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a vector with the other sign of what is left of the pipette.

    Lag, filter and that charge shape the first samples together, so that each sign has a minimum.
    """
    mirrored = vector.copy()
    mirrored[FAST] *= -1
    series = cell_of(form.unpack(vector)[0]).series_resistance
    mirrored[DELAY] += 2 * mirrored[FAST] * series
    mirrored[LAG] = USUAL_LAG
    return mirrored


def noise_scale(data: Data) -> float:
    """Return the standard deviation of weighted blocks, which what is known is weighed against.

    It is that of neighbours before the first edge, and at least a share of the transient, which no
    model describes to the last digit.
    """
    before = data.bins.times < data.command.times[0]
    counts, values = data.bins.counts[before], data.values[before]
    shared = np.sqrt(1.0 / (1.0 / counts[1:] + 1.0 / counts[:-1]))
    own = float(np.median(np.abs(np.diff(values)) * shared)) / _NORMAL
    return max(own, _DESCRIBED * float(np.ptp(data.values))) + 1e-9


def prior_rows(known: tuple[tuple[int, float, float], ...], size: int) -> NDArray[np.float64]:
    """Return the derivatives of what is known beforehand, in units of its error ``(known, p)``."""
    rows = np.zeros((len(known), size))
    for row, (place, _, error) in zip(rows, known, strict=True):
        row[place] = 1.0 / error
    return rows


def criterion(data: Data, form: Form, vector: NDArray[np.float64], effective: float) -> float:
    """Return Schwarz's criterion of a fitted form, with how far off it has what is known."""
    difference = data.missed(form.predict(vector, data.bins.times, data.command))
    mean_square = float((difference**2 * data.bins.counts).sum() / data.bins.counts.sum())
    least = (_DESCRIBED * float(np.ptp(data.values))) ** 2
    score: float = effective * math.log(max(mean_square, least, 1e-300))
    score += sum(((vector[at] - value) / error) ** 2 for at, value, error in priors(data, form))
    return score + float(form.size * math.log(effective))
