"""How sure a fit is: covariance under correlated noise, what cannot be told apart, misfit.

Least squares weighs all samples alike, whatever their noise; what correlation between neighbours
(the output filter's, hum, drift) does to the estimates is in their covariance: near the minimum an
estimate is a weighted sum of samples, whose variance follows from the noise's spectrum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.lowpass import bessel_filter
from loligo.analysis.membrane_test.noise import NoiseSpectrum
from loligo.inference.stretch import Stretch
from loligo.rig import Rig

Array = NDArray[np.float64]

NULL = 1e-6
"""Singular value, of columns of length 1, below which a direction changes nothing."""
_PART = 0.1
"""Weight of a parameter in such a direction, from which on it belongs to it."""
CONFOUNDED = 0.98
"""Correlation of two estimates from which on they are hardly told apart."""
_ABSORBED = 3
"""Lowest frequencies that a fit to one sweep takes the power of."""
_ENOUGH = 5
_BINS = 40
_FEWEST = 20
MISFIT = 3.0
"""A stretch of residuals this many times larger than is usual is no noise."""
_FLOOR = 1e-4
"""Share of the response's standard deviation that is no misfit, whatever the noise."""


@dataclass(frozen=True, eq=False, slots=True)
class Uncertainty:
    """What the data say of the optimizer's numbers.

    Attributes
    ----------
    covariance : ndarray, shape (parameter, parameter)
        Infinite on the diagonal where nothing bounds a parameter.
    null : tuple of tuple of int
        Groups of parameters that can change together without changing the response.
    """

    covariance: Array
    null: tuple[tuple[int, ...], ...]

    @property
    def errors(self) -> Array:
        """Standard errors, shape (parameter,)."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    @property
    def correlations(self) -> Array:
        """Correlations, 0 with what nothing bounds."""
        errors = self.errors
        known = np.isfinite(errors) & (errors > 0.0)
        found = np.eye(errors.size)
        at = np.ix_(known, known)
        found[at] = self.covariance[at] / np.outer(errors[known], errors[known])
        return found


def spectra(
    stretches: Sequence[Stretch], rigs: Sequence[Rig], missed: Sequence[Array]
) -> dict[int, NoiseSpectrum]:
    """Return the spectrum of the noise of one sweep of each recording.

    Parameters
    ----------
    stretches : sequence of Stretch
    rigs : sequence of Rig
        Their filters shape the noise.
    missed : sequence of ndarray
        What the model misses in the windows of each stretch.
    """
    found = {}
    for number in dict.fromkeys(stretch.recording for stretch in stretches):
        pairs = [(s, m) for s, m in zip(stretches, missed, strict=True) if s.recording == number]
        rows = [_longest(stretch, values) for stretch, values in pairs]
        size = min(row.size for row in rows)
        low_pass = rigs[number].filter
        rate = pairs[0][0].rate
        through = bessel_filter(rate / 2.0) if low_pass is None else low_pass.low_pass
        absorbed = _ABSORBED if len(rows) == 1 and size > 20 * _ABSORBED else 0
        found[number] = NoiseSpectrum(
            np.array([row[:size] for row in rows]), rate, through, 0.0, absorbed,
            len(rows) >= _ENOUGH,
        )  # fmt: skip
    return found


def _longest(stretch: Stretch, values: Array) -> Array:
    """Return the noise of one sweep in the longest window."""
    start = 0
    best = values[:0]
    for window in stretch.windows:
        size = window.stop - window.start
        if size > best.size:
            best = values[start : start + size]
        start += size
    return np.asarray(best * np.sqrt(len(stretch.sweeps)))


def uncertainty(
    jacobian: Array,
    weights: Array,
    stretches: Sequence[Stretch],
    noise: dict[int, NoiseSpectrum],
) -> Uncertainty:
    """Return the covariance of estimates at a minimum.

    Parameters
    ----------
    jacobian : ndarray, shape (sample, parameter)
        Of the weighted residuals.
    weights : ndarray, shape (sample,)
    stretches : sequence of Stretch
    noise : dict of int to NoiseSpectrum
        Of one sweep of each recording.

    Notes
    -----
    ``(J'J)^-1 J'S J (J'J)^-1`` with S the covariance of the noise, window by window; directions in
    which the response does not change are left out, and bound nothing.
    """
    count = jacobian.shape[1]
    lengths = np.linalg.norm(jacobian, axis=0)
    dead = lengths <= 1e-12 * max(float(lengths.max(initial=0.0)), 1e-300)
    scale = np.where(dead, 1.0, lengths)
    left, sizes, right = np.linalg.svd(jacobian / scale, full_matrices=False)
    kept = sizes > NULL * max(float(sizes.max(initial=0.0)), 1e-300)
    inverse = (right[kept].T / sizes[kept]) @ left[:, kept].T / scale[:, None]
    rows = inverse * weights
    covariance = np.zeros((count, count))
    start = 0
    for stretch in stretches:
        for window in stretch.windows:
            stop = start + window.stop - window.start
            one = noise[stretch.recording].covariance(rows[:, start:stop])
            covariance += one / len(stretch.sweeps)
            start = stop
    groups = _groups(np.abs(right[~kept]) > _PART, dead)
    for member in {index for group in groups for index in group}:
        covariance[member, member] = np.inf
    return Uncertainty(covariance, groups)


def _groups(parts: NDArray[np.bool_], dead: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """Return which parameters change together, directions that share one joined."""
    groups: list[set[int]] = [{int(index)} for index in np.flatnonzero(dead)]
    for row in parts:
        new = {int(index) for index in np.flatnonzero(row)}
        touched = [group for group in groups if group & new]
        groups = [group for group in groups if not group & new]
        groups.append(new.union(*touched))
    return tuple(tuple(sorted(group)) for group in groups if group)


def confounded(correlations: Array) -> tuple[tuple[int, ...], ...]:
    """Return groups whose estimates move together too closely to be told apart."""
    close = np.abs(np.triu(correlations, 1)) > CONFOUNDED
    marks = np.zeros((int(close.sum()), len(correlations)), dtype=bool)
    for row, pair in zip(marks, np.argwhere(close), strict=True):
        row[pair] = True
    return _groups(marks, np.zeros(len(correlations), dtype=bool))


def largest_misfit(stretch: Stretch, missed: Array) -> tuple[float, float]:
    """Return how much larger residuals are at their worst than usual, and when [ms].

    Parameters
    ----------
    stretch : Stretch
    missed : ndarray, shape (sample,)
        In its windows.
    """
    size = max(missed.size // _BINS, _FEWEST)
    count = missed.size // size
    if count < 3:
        return 1.0, 0.0
    local = np.sqrt(np.mean(missed[: count * size].reshape(count, size) ** 2, axis=1))
    floor = _FLOOR * float(stretch.fitted(stretch.response).std())
    worst = int(local.argmax())
    usual = max(float(np.median(local)), floor, 1e-300)
    return float(local[worst]) / usual, float(stretch.fitted(stretch.times)[worst * size])
