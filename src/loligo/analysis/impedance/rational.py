"""A smooth transfer function through all excited frequencies: a ratio of polynomials.

A passive compartment is one pole, a slow current that works against the change of potential (Ih)
a second, which lets the impedance resonate; dendrites add more. The response is computed in time,
from the command's first sample on, so that nothing leaks; a straight drift is fitted with it.
Orders 1 to 3 are fitted and weighed by Schwarz's criterion, so that what the order leaves open is
in the intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.impedance.local import FEWEST_BINS, FrequencyResponse
from loligo.analysis.impedance.spectra import Spectra
from loligo.analysis.interval import t_quantile

HIGHEST_ORDER = 3

_STEP = 1e-4
_MOST = 30
_CLOSE = 1e-6
_STARTS = (0.4, 2.5)


@dataclass(frozen=True)
class RationalFit:
    """A transfer function ``B(s) / A(s)`` with the covariance of its parameters.

    Attributes
    ----------
    order : int
        Number of poles.
    poles : (order,) array
        Parameters of A: logarithms, see `denominator`.
    numerator : (order + 1,) array
        Coefficients of B, of rising powers of ``s / reference``.
    covariance : (2 order + 1, 2 order + 1) array
        Of poles, then numerator.
    reference : float [rad/ms]
        Scale of s.
    misfit : float
        Mean squared residual over the noise's variance, 1 where the order suffices.
    criterion : float
        Schwarz's.
    """

    order: int
    poles: NDArray[np.float64]
    numerator: NDArray[np.float64]
    covariance: NDArray[np.float64]
    reference: float
    misfit: float
    criterion: float

    def response(self, frequency: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return the transfer function at frequencies [kHz]."""
        return _evaluate(self.poles, self.numerator, frequency, self.reference)

    def drawn(
        self, frequency: NDArray[np.float64], number: int, seed: int = 0
    ) -> NDArray[np.complex128]:
        """Return transfer functions ``(number, frequency)`` drawn from the error distribution.

        They are linear in the parameters' errors, so that a parameter the data do not determine
        is harmless where the curve is determined.
        """
        rng = np.random.default_rng(seed)
        values, vectors = np.linalg.eigh(self.covariance)
        normal = rng.standard_normal((number, values.size))
        errors = normal * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
        drawn: NDArray[np.complex128] = self.response(frequency) + errors @ self._slopes(frequency)
        return drawn

    def _slopes(self, frequency: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return the change of the transfer function with each parameter."""
        rows = []
        for place in range(self.order):
            ends = []
            for sign in (1, -1):
                moved = self.poles.copy()
                moved[place] += sign * _STEP
                ends.append(_evaluate(moved, self.numerator, frequency, self.reference))
            rows.append((ends[0] - ends[1]) / (2 * _STEP))
        rows += [
            _evaluate(self.poles, unit, frequency, self.reference)
            for unit in np.eye(self.numerator.size)
        ]
        return np.array(rows)


def leakage(fit: RationalFit, found: Spectra) -> NDArray[np.complex128]:
    """Return what a fit says the transforms hold beside transfer function times command."""
    made = found.responded(fit.response(found.padded_frequency))
    return made - fit.response(found.frequency) * found.command


def denominator(
    poles: NDArray[np.float64], s: NDArray[np.complexfloating]
) -> NDArray[np.complex128]:
    """Return A(s): factors ``1 + 2 zeta s / w + s^2 / w^2``, then ``1 + s / w`` for odd orders.

    The parameters are ``log w`` and ``log zeta`` of each pair, and ``log w`` of the single pole.
    """
    product = np.ones_like(s)
    for place in range(0, poles.size - 1, 2):
        scaled = s * np.exp(-poles[place])
        product = product * (1 + 2 * np.exp(poles[place + 1]) * scaled + scaled**2)
    if poles.size % 2:
        product = product * (1 + s * np.exp(-poles[-1]))
    return product


def _evaluate(
    poles: NDArray[np.float64],
    numerator: NDArray[np.float64],
    frequency: NDArray[np.float64],
    reference: float,
) -> NDArray[np.complex128]:
    s = 2j * np.pi * frequency / reference
    return np.polynomial.polynomial.polyval(s, numerator) / denominator(poles, s)


def fit_rational(found: Spectra, local: FrequencyResponse) -> tuple[RationalFit, ...]:
    """Fit transfer functions of order 1 to 3 to the excited bins; the best comes first.

    Parameters
    ----------
    found : Spectra
    local : FrequencyResponse
        Its noise weighs the bins.
    """
    noise = np.exp(np.interp(np.log(found.frequency), np.log(local.frequency), _smooth(local)))
    weights = np.sqrt(found.counts)[:, np.newaxis] / np.sqrt(noise)
    reference = 2 * np.pi * float(np.sqrt(local.frequency[0] * local.frequency[-1]))
    fits: list[RationalFit] = []
    for order in range(1, HIGHEST_ORDER + 1):
        fits.append(_fit(found, weights, order, reference, fits[-1] if fits else None))
    return tuple(sorted(fits, key=lambda fit: fit.criterion))


def weights_of(fits: tuple[RationalFit, ...]) -> NDArray[np.float64]:
    """Return how much each fit is to be believed, from their criteria; they sum to 1."""
    criteria = np.array([fit.criterion for fit in fits])
    found: NDArray[np.float64] = np.exp(-(criteria - criteria.min()) / 2)
    total = float(found.sum())
    return found / total


def _smooth(local: FrequencyResponse) -> NDArray[np.float64]:
    """Return the logarithm of the noise, averaged over neighbouring frequencies."""
    kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    padded = np.pad(local.noise, 2, mode="edge")
    smoothed = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    found: NDArray[np.float64] = np.log(np.maximum(smoothed, 1e-300))
    return found


def _design(
    poles: NDArray[np.float64], found: Spectra, weights: NDArray[np.float64], reference: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weighted columns of the numerator, and target, with the drift projected out."""
    s = 2j * np.pi * found.padded_frequency / reference
    inverse = 1 / denominator(poles, s)
    made = np.array([found.responded(s**power * inverse) for power in range(poles.size + 1)])
    columns, targets = [], []
    for group, weight in enumerate(weights):
        drift = _real((found.ramp * weight)[:, np.newaxis])
        drift /= np.linalg.norm(drift)
        parts = _real((made[:, group] * weight).T)
        target = _real((found.response[group] * weight)[:, np.newaxis])
        columns.append(parts - drift @ (drift.T @ parts))
        targets.append((target - drift @ (drift.T @ target))[:, 0])
    return np.vstack(columns), np.concatenate(targets)


def _real(values: NDArray[np.complexfloating]) -> NDArray[np.float64]:
    return np.vstack((values.real, values.imag))


def _residuals(
    poles: NDArray[np.float64], found: Spectra, weights: NDArray[np.float64], reference: float
) -> NDArray[np.float64]:
    columns, target = _design(poles, found, weights, reference)
    residuals: NDArray[np.float64] = (
        target - columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
    )
    return residuals


def _fit(
    found: Spectra,
    weights: NDArray[np.float64],
    order: int,
    reference: float,
    smaller: RationalFit | None,
) -> RationalFit:
    from scipy.optimize import least_squares

    of = partial(_residuals, found=found, weights=weights, reference=reference)
    s = 2 * np.pi * found.frequency[[found.first, -1]] / reference
    low, high = np.log(s[0]), np.log(s[1] * 30)
    bounds = [(low, high), (np.log(0.05), np.log(30.0))] * (order // 2) + [(low, high)] * (
        order % 2
    )
    lower, upper = np.array(bounds).T
    results = [
        least_squares(
            of,
            np.clip(start, lower + 1e-3, upper - 1e-3),
            bounds=(lower, upper),
            ftol=_CLOSE,
            xtol=_CLOSE,
            max_nfev=_MOST,
        )
        for start in _starts(order, smaller)
    ]
    best = min(results, key=lambda result: result.cost)
    poles = np.asarray(best.x, dtype=np.float64)
    columns, target = _design(poles, found, weights, reference)
    numerator = np.asarray(np.linalg.lstsq(columns, target, rcond=None)[0], dtype=np.float64)
    freedom = target.size - len(weights) - 2 * order - 1
    # each real component holds half a bin's variance
    misfit = 2 * 2 * best.cost / freedom
    covariance = _covariance(poles, numerator, found, weights, reference) / 2
    # the noise itself is known from one window's bins at the lowest frequencies
    wider = t_quantile(2 * FEWEST_BINS) / t_quantile(np.inf)
    criterion = 4 * best.cost + np.log(target.size) * (2 * order + 1 + len(weights))
    return RationalFit(
        order,
        poles,
        numerator,
        covariance * max(misfit, 1.0) * wider**2,
        reference,
        misfit,
        criterion,
    )


def _starts(order: int, smaller: RationalFit | None) -> list[NDArray[np.float64]]:
    """Return where to start looking for the poles."""
    logs = np.log(_STARTS)
    if order == 1 or smaller is None:
        return [np.array([log]) for log in logs]
    if order == 2:
        return [np.array([log, zeta]) for log in logs for zeta in (-0.5, 0.7)]
    return [np.append(smaller.poles, log) for log in logs]


def _covariance(
    poles: NDArray[np.float64],
    numerator: NDArray[np.float64],
    found: Spectra,
    weights: NDArray[np.float64],
    reference: float,
) -> NDArray[np.float64]:
    """Return the inverse of the information on poles and numerator, for unit noise."""
    gradient = []
    for place in range(poles.size):
        shifted = []
        for sign in (1, -1):
            moved = poles.copy()
            moved[place] += sign * _STEP
            columns, target = _design(moved, found, weights, reference)
            shifted.append(columns @ numerator - target)
        gradient.append((shifted[0] - shifted[1]) / (2 * _STEP))
    columns, _ = _design(poles, found, weights, reference)
    jacobian = np.column_stack((*gradient, columns))
    scale = np.sqrt((jacobian**2).sum(axis=0))
    inverse = np.linalg.pinv((jacobian / scale).T @ (jacobian / scale), rcond=1e-12)
    covariance: NDArray[np.float64] = inverse / np.outer(scale, scale)
    return covariance
