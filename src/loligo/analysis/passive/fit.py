"""Fitting a charging curve by least squares that weigh by the noise's covariance.

The rates are searched for, the amplitudes follow from linear least squares. Errors follow from the
noise, widened where single steps differ by more than that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.passive.curve import Form, Grid
from loligo.analysis.passive.data import Data
from loligo.analysis.passive.known import STATED_CORNER_ERROR, known, offs, rows

LONGEST_DELAY = 0.3
"""From command to response, beside the filter [ms]."""
FASTEST_MEMBRANE = 0.5
"""Shortest time constant taken for the cell's, longest for the electrode's [ms]."""
FASTEST_ELECTRODE = 5e-4
"""Shortest time constant of an electrode [ms]."""
FASTEST_FOLLOWER, SLOWEST_FOLLOWER = 1e-5, 0.02
"""Shortest and longest time constant of an amplifier's follower [ms]."""
FASTEST_SAG = 8.0
"""Shortest time constant of a sag [ms]."""
WEAKEST_SAG, STRONGEST_SAG = 1e-3, 20.0
DOUBTFUL = 1.5
"""Residuals above this many times the noise's variance widen the intervals."""
CHANCE = 0.025
"""Steps that differ more than noise would let them once in so many times widen the intervals."""
_GRID = 14
_NOTHING_GAINED = 0.05
_SHIFT = 1e-6


@dataclass(frozen=True, eq=False)
class CurveFit:
    """A fitted charging curve.

    Attributes
    ----------
    data : Data
    form : Form
    vector : (p,) array
        Searched, then linear parameters, for a unit of current.
    converged : bool
    covariance : (p, p) array
        By the noise alone.
    scatter : float
        Factor by which the spread of the steps' values exceeds what the noise explains, 1 where
        chance could do it.
    cost : float
        Sum of the squared residuals in units of the noise.
    weights : (p, blocks) array
        By how much each parameter follows each block.
    held : int or None
        Place of the searched parameter that was held, if one was.
    """

    data: Data
    form: Form
    vector: NDArray[np.float64]
    converged: bool
    covariance: NDArray[np.float64]
    scatter: float
    cost: float
    weights: NDArray[np.float64]
    held: int | None = None

    @property
    def dispersion(self) -> float:
        """Variance of the values over what the noise explains, 1 where it explains all.

        What the curve leaves and what steps differ by count; costs are in units of it.
        """
        return self.scatter**2 * (self.misfit if self.misfit > DOUBTFUL else 1.0)

    @property
    def rates(self) -> NDArray[np.float64]:
        """Rates of all exponentials [1/ms]."""
        return np.asarray(np.exp(self.vector[: self.form.rates]))

    @property
    def theta(self) -> NDArray[np.float64]:
        """The searched parameters."""
        return self.vector[: self.form.searched]

    @property
    def linear(self) -> NDArray[np.float64]:
        """Baseline, jump and amplitudes [GOhm]."""
        return self.vector[self.form.searched :]

    @property
    def amplitudes(self) -> NDArray[np.float64]:
        """Amplitudes of the passive exponentials, slowest first [GOhm]."""
        return self.linear[2 : 2 + self.form.modes]

    @property
    def time_constant(self) -> float:
        """Slowest passive time constant [ms]."""
        return float(1 / self.rates[0])

    @property
    def misfit(self) -> float:
        """Cost per degree of freedom, near 1 where the curve describes the data."""
        return self.cost / max(self.data.values.size - self.form.size, 1)

    def predict(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the response per current at given times [GOhm]."""
        grid = self.data.steps.grid(time)
        return self.form.columns(self.theta, grid, self.linear)[:, 0]


def solve(
    data: Data, form: Form, start: NDArray[np.float64], held: int | None = None
) -> tuple[NDArray[np.float64], bool]:
    """Search the rates (and delay and corner) from a start; return the whole vector.

    One of the searched parameters can be held where it starts. The linear parameters are solved
    for at each point, and the derivatives are those of what they leave (Kaufman 1975,
    doi:10.1007/BF01932995). A search that ends without gaining anything that noise would let one
    see, as beside a bound, has converged too.
    """
    from scipy.optimize import least_squares

    low, high = bounds(data, form)
    margin = 1e-6 * np.minimum(1.0, high - low)
    at = Projected(data, form)
    theta = np.clip(start, low + margin, high - margin)
    free = np.arange(theta.size) != (-1 if held is None else held)

    def whole(some: NDArray[np.float64]) -> NDArray[np.float64]:
        full = theta.copy()
        full[free] = some
        return full

    found = least_squares(
        lambda some: at.residuals(whole(some)),
        theta[free],
        lambda some: at.derivatives(whole(some), free),
        bounds=(low[free], high[free]),
        xtol=1e-7,
        ftol=1e-7,
        gtol=1e-9,
        max_nfev=60,
    )
    best = whole(found.x)
    gained = float(np.sum(at.residuals(theta) ** 2)) - 2 * float(found.cost)
    return np.concatenate((best, at.linear(best))), bool(found.success) or gained < _NOTHING_GAINED


class Projected:
    """Whitened residuals with the linear parameters solved for, and their derivatives."""

    def __init__(self, data: Data, form: Form) -> None:
        self._data, self._form = data, form
        self._known = known(data, form)
        self._at: NDArray[np.float64] = np.empty(0)

    def _move(self, theta: NDArray[np.float64]) -> None:
        if np.array_equal(theta, self._at):
            return
        data, form = self._data, self._form
        columns = data.white @ data.columns(form, theta)
        self._target = data.white @ (data.values - data.given(form, theta))
        self._basis, scale, turned = np.linalg.svd(columns, full_matrices=False)
        inverse = np.where(scale > 1e-13 * scale[0], 1 / np.maximum(scale, 1e-300), 0.0)
        along = self._basis.T @ self._target
        self._linear = turned.T @ (inverse * along)
        self._missed = self._basis @ along - self._target
        self._at = theta.copy()

    def linear(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the best linear parameters at a point."""
        self._move(theta)
        return self._linear

    def residuals(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what they leave, and the corner's distance from the stated one."""
        self._move(theta)
        return np.append(self._missed, offs(self._known, theta))

    def derivatives(
        self, theta: NDArray[np.float64], free: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return the derivatives of the residuals by the free parameters."""
        self._move(theta)
        raw = slopes(self._data.grid, self._form, np.concatenate((theta, self._linear)), free)
        turned = self._data.white @ raw
        turned -= self._basis @ (self._basis.T @ turned)
        return np.vstack((turned, rows(self._known, theta, theta.size)[:, free]))


def slopes(
    grid: Grid, form: Form, vector: NDArray[np.float64], free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the derivatives of the curve by the free searched parameters ``(blocks, free)``."""

    def predict(point: NDArray[np.float64]) -> NDArray[np.float64]:
        return form.columns(point[: form.searched], grid, point[form.searched :])[:, 0]

    here, found = predict(vector), []
    for k in np.nonzero(free)[0]:
        moved = vector.copy()
        moved[k] += _SHIFT
        found.append((predict(moved) - here) / _SHIFT)
    return np.column_stack(found) if found else np.empty((here.size, 0))


def bounds(data: Data, form: Form) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lowest and highest search parameters."""
    rate = data.steps.sampling_rate
    low = [math.log(0.1 / data.duration)] * form.modes
    high = [math.log(1 / FASTEST_MEMBRANE)] * form.modes
    if form.electrode:
        low.append(math.log(1 / FASTEST_MEMBRANE))
        high.append(math.log((5 * rate) if form.bridge is None else 1 / FASTEST_ELECTRODE))
    if form.sag:
        low += [math.log(0.1 / data.duration), math.log(WEAKEST_SAG)]
        high += [math.log(1 / FASTEST_SAG), math.log(STRONGEST_SAG)]
    if form.bridge is not None:
        low.append(math.log(1 / SLOWEST_FOLLOWER))
        high.append(math.log(1 / FASTEST_FOLLOWER))
    if form.filtered:
        known = data.steps.filter_frequency
        reach = 5 * STATED_CORNER_ERROR
        low += [-1.5 / rate, math.log(known) - reach if known else math.log(0.2)]
        high += [LONGEST_DELAY, math.log(known) + reach if known else math.log(2 * rate)]
    return np.array(low), np.array(high)


def start_of(data: Data, form: Form) -> NDArray[np.float64] | None:
    """Return the best combination from a grid of rates, ``None`` where none is of a cell."""
    rates = np.log(np.geomspace(1 / FASTEST_MEMBRANE, 0.5 / data.duration, _GRID))
    first: list[tuple[float, ...]] = [(float(rate),) for rate in rates]
    plain = data.white @ data.columns(Form(_GRID), rates)
    slowest = plain[:, 2:]
    if form.sag:
        first = [
            (float(rate), math.log(1 / time), math.log(strength))
            for rate in rates[2::2]
            for time in np.geomspace(2 * FASTEST_SAG, data.duration / 2, 5)
            for strength in (0.15, 0.5, 1.5)
        ]
        one = Form(1, sag=True)
        slowest = data.white @ np.column_stack(
            [data.columns(one, np.array(theta))[:, 2] for theta in first]
        )
    pairs = [
        (i, k)
        for i, theta in enumerate(first)
        for k in (range(_GRID) if form.modes > 1 else [-1])
        if k < 0 or rates[k] > theta[0] + 0.4
    ]
    every = np.column_stack((plain, slowest))
    chosen = [[0, 1, plain.shape[1] + i, *([2 + k] if k >= 0 else [])] for i, k in pairs]
    best = _best_columns(every, data.white @ data.values, np.array(chosen))
    if best is None:
        return None
    i, k = pairs[best]
    return np.array([first[i][0], *([rates[k]] if k >= 0 else []), *first[i][1:]])


def _best_columns(
    every: NDArray[np.float64], target: NDArray[np.float64], chosen: NDArray[np.intp]
) -> int | None:
    """Return which choice of columns fits best with amplitudes above zero."""
    products, right = every.T @ every, every.T @ target
    told = (np.diag(products) > 0)[chosen].all(axis=1)
    if not told.any():
        return None
    chosen = chosen[told]
    normal, sums = products[chosen[:, :, None], chosen[:, None, :]], right[chosen]
    size = np.sqrt(np.einsum("nii->ni", normal))
    scaled = normal / size[:, :, None] / size[:, None, :] + 1e-12 * np.eye(chosen.shape[1])
    linear = np.linalg.solve(scaled, (sums / size)[:, :, None])[:, :, 0] / size
    gain = np.where((linear[:, 2:] > 0).all(axis=1), (linear * sums).sum(axis=1), -np.inf)
    best = int(np.argmax(gain))
    return int(np.flatnonzero(told)[best]) if np.isfinite(gain[best]) else None


def cost_of(data: Data, form: Form, vector: NDArray[np.float64]) -> float:
    """Return the sum of squared residuals in units of the noise."""
    missed = data.white @ (data.predict(form, vector) - data.values)
    off = offs(known(data, form), vector)
    return float(missed @ missed + off @ off)


def assess(
    data: Data, form: Form, vector: NDArray[np.float64], converged: bool, held: int | None = None
) -> CurveFit:
    """Turn a solution into a fit with its covariance; that of a held parameter is zero."""
    steps = data.steps
    free = np.arange(vector.size) != (-1 if held is None else held)
    raw = slopes(data.grid, form, vector, free[: form.searched])
    columns = data.columns(form, vector[: form.searched])
    white = data.white @ np.column_stack((raw, columns))
    white = np.vstack((white, rows(known(data, form), vector, vector.size)[:, free]))
    scale = np.linalg.norm(white, axis=0)
    scale[scale == 0] = 1.0
    inverse = np.zeros((vector.size, white.shape[0]))
    inverse[free] = np.linalg.pinv(white / scale, rcond=1e-10) / scale[:, None]
    covariance = inverse @ inverse.T
    weights = inverse[:, : data.values.size] @ data.white
    scatter = 1.0
    if steps.current.size > 1 and held is None:
        curve = data.predict(form, vector)
        each = data.bins.mean(steps.potential)[:, data.used] / steps.current[:, None] - curve
        shifts = each @ weights.T
        scatter = _scatter(shifts, covariance, steps.current, form)
    cost = cost_of(data, form, vector)
    return CurveFit(data, form, vector, converged, covariance, scatter, cost, weights, held)


def _scatter(
    shifts: NDArray[np.float64],
    covariance: NDArray[np.float64],
    current: NDArray[np.float64],
    form: Form,
) -> float:
    """Return by what the steps' slowest rates and amplitudes differ beyond the noise, at least 1.

    The root of chi-square per degree of freedom where chance does not explain it.
    """
    from scipy.special import chdtri

    freedom = current.size - 1
    power = float(current @ current)
    ratios = []
    for k in (0, form.searched + 2):
        variance = float(covariance[k, k]) * power
        if variance <= 0:
            continue
        mean = float(current**2 @ shifts[:, k]) / power
        square = float(((shifts[:, k] - mean) ** 2 * current**2).sum()) / variance
        if square > chdtri(freedom, CHANCE):
            ratios.append(square / freedom)
    return math.sqrt(max(ratios, default=1.0))
