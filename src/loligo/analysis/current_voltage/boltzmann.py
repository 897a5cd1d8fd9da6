"""A Boltzmann curve through conductances or currents, with the intervals of its parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import Interval, around
from loligo.errors import ArrayError

Array = NDArray[np.float64]

FEWEST = 5
"""Potentials that a curve of three parameters is fitted to at least."""
_MIDDLES, _SLOPES = 33, (2.0, 4.0, 7.0, 12.0, 25.0)
"""How many middles, and which slopes [mV], a fit may start from."""
_NARROWEST, _WIDEST = 0.05, 500.0
"""A slope beyond these is no result [mV]."""
_FAR = 20.0
_DOUBT = 0.99
"""Residuals larger than this share of what noise explains are taken for misfit."""


@dataclass(frozen=True, slots=True)
class Boltzmann:
    """A fitted curve ``maximum / (1 + exp(-(V - midpoint) / slope))``.

    Attributes
    ----------
    maximum, midpoint, slope : Interval
        With 95 % intervals; `slope` [mV] is negative where the curve falls.
    misfit : float
        Root-mean-square residual, weighted as the fit is, as a share of the maximum.
    is_scattered : bool
        Whether residuals exceed the errors given, so that the intervals are from the residuals.
    reached : tuple of float
        Lowest and highest share of the maximum at the potentials fitted.
    """

    maximum: Interval
    midpoint: Interval
    slope: Interval
    misfit: float
    is_scattered: bool
    reached: tuple[float, float]

    def __call__(self, potential: ArrayLike) -> Array:
        """Return the curve at potentials [mV]."""
        values = (self.maximum.value, self.midpoint.value, self.slope.value)
        return _curve(np.array(values), np.asarray(potential, dtype=np.float64))


def fit_boltzmann(
    potential: ArrayLike, values: ArrayLike, errors: ArrayLike | None = None, *, falls: bool = False
) -> Boltzmann | None:
    """Fit a Boltzmann curve by weighted least squares.

    Parameters
    ----------
    potential : (n,) array [mV]
        At least five different ones.
    values : (n,) array
        Conductances, or currents of a test step; of one sign, as far as noise lets.
    errors : (n,) array, optional
        Standard errors; equal and unknown by default.
    falls : bool
        Whether the curve falls with the potential, as inactivation does.

    Returns
    -------
    Boltzmann or None
        None where the fit does not settle.

    Raises
    ------
    ArrayError
        Fewer than five different potentials, arrays of different length, or numbers that are not
        finite.

    Notes
    -----
    The covariance is that of the linearized fit, with the errors given. Where the residuals are
    larger than those allow (chi-square beyond its 99 % quantile) the errors are scaled to the
    residuals, and the intervals are Student's of the remaining degrees of freedom.
    """
    from scipy.special import chdtri

    x, y, error = _checked(potential, values, errors)
    found = _solve(x, y, error, -1.0 if falls else 1.0)
    if found is None:
        return None
    solved, jacobian, residuals = found
    freedom = x.size - 3
    chi_square = float(residuals @ residuals)
    scattered = errors is None or chi_square > float(chdtri(freedom, 1 - _DOUBT))
    try:
        covariance = np.linalg.inv(jacobian.T @ jacobian)
    except np.linalg.LinAlgError:
        return None
    if scattered:
        covariance = covariance * chi_square / freedom
    width = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not (np.isfinite(width).all() and np.isfinite(solved).all()):
        return None
    told = freedom if scattered else math.inf
    maximum, midpoint, slope = (
        around(float(value), float(half), told) for value, half in zip(solved, width, strict=True)
    )
    share = _curve(solved, x) / solved[0]
    weights = error**-2
    misfit = math.sqrt(chi_square / float(weights.sum())) / abs(float(solved[0]))
    reached = (float(share.min()), float(share.max()))
    return Boltzmann(maximum, midpoint, slope, misfit, scattered, reached)


def _checked(
    potential: ArrayLike, values: ArrayLike, errors: ArrayLike | None
) -> tuple[Array, Array, Array]:
    x = np.asarray(potential, dtype=np.float64)
    y = np.asarray(values, dtype=np.float64)
    error = np.ones(x.shape) if errors is None else np.asarray(errors, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or x.shape != error.shape:
        raise ArrayError(
            f"potential, values and errors must be of one length, not of shapes {x.shape}, "
            f"{y.shape} and {error.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(error).all()):
        raise ArrayError("potentials, values and errors must be finite")
    if np.unique(x).size < FEWEST:
        raise ArrayError(
            f"{np.unique(x).size} different potentials; a Boltzmann curve needs {FEWEST}"
        )
    if (error <= 0).any():
        raise ArrayError("errors must be above 0; leave them out where they are not known")
    return x, y, error


def _curve_of(x: Array, midpoint: Any, slope: Any) -> Array:
    from scipy.special import expit

    return np.asarray(expit((x - midpoint) / slope), dtype=np.float64)


def _curve(parameters: Array, x: Array) -> Array:
    maximum, midpoint, slope = parameters
    return np.asarray(maximum * _curve_of(x, midpoint, slope), dtype=np.float64)


def _solve(x: Array, y: Array, error: Array, sign: float) -> tuple[Array, Array, Array] | None:
    """Return parameters, weighted Jacobian and weighted residuals at the least squares.

    The logarithm of the slope is solved for, so that it keeps its sign.
    """
    from scipy.optimize import least_squares

    start = _start(x, y, error, sign)
    if start is None:
        return None

    def residuals(p: Array) -> Array:
        return np.asarray((_curve(_plain(p, sign), x) - y) / error)

    def jacobian(p: Array) -> Array:
        plain = _plain(p, sign)
        return np.asarray(_jacobian(plain, x) * np.array([1.0, 1.0, plain[2]]) / error[:, None])

    scale = np.array([abs(start[0]), 10.0, 0.5])
    fit = least_squares(residuals, start, jacobian, method="lm", x_scale=scale)
    if not fit.success or not _NARROWEST < math.exp(fit.x[2]) < _WIDEST:
        return None
    solved = _plain(fit.x, sign)
    return solved, _jacobian(solved, x) / error[:, None], fit.fun


def _start(x: Array, y: Array, error: Array, sign: float) -> Array | None:
    """Return the best of a grid of middles and slopes, each with its own best maximum."""
    middles = np.linspace(x.min(), x.max(), _MIDDLES)[:, None]
    slopes = sign * np.array(_SLOPES)
    curves = _curve_of(x[:, None, None], middles, slopes) / error[:, None, None]
    values = (y / error)[:, None, None]
    maxima = (curves * values).sum(axis=0) / (curves**2).sum(axis=0)
    missed = ((maxima * curves - values) ** 2).sum(axis=0)
    row, column = np.unravel_index(int(np.argmin(missed)), missed.shape)
    if maxima[row, column] == 0.0:
        return None
    width = math.log(_SLOPES[column])
    return np.array([maxima[row, column], middles[row, 0], width])


def _plain(p: Array, sign: float) -> Array:
    """Return maximum, midpoint and slope; a logarithm out of all bounds ends at them."""
    return np.array([p[0], p[1], sign * math.exp(min(max(p[2], -_FAR), _FAR))])


def _jacobian(parameters: Array, x: Array) -> Array:
    maximum, midpoint, slope = parameters
    share = _curve(np.array([1.0, midpoint, slope]), x)
    steep = maximum * share * (1 - share) / slope
    return np.stack([share, -steep, -steep * (x - midpoint) / slope], axis=1)
