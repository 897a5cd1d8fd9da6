"""Intervals of a charging curve's quantities: what its rates and other curves leave open.

A second exponential's rate and the slowest one's amplitude trade off along a curved valley, where
one parabola would mislead. So the rate of the fastest exponential is held at values around the
best, all else is fitted, and the interval is what any of these fits holds within the likelihood's
drop of 95 % (1.92). Of the fast part other curves count alike, after Akaike's price of their
parameters (1974, doi:10.1109/TAC.1974.1100705): the simplest is taken for the value, but dendrites
and an electrode are always there, whether they show or not. Other curves of the slow part, with a
sag and without, count after the price by which curves are chosen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval, t_quantile
from loligo.analysis.passive.behind import ladder_behind
from loligo.analysis.passive.choose import PRICE, is_real
from loligo.analysis.passive.curve import Form
from loligo.analysis.passive.fit import LONGEST_DELAY, CurveFit, assess, bounds, solve

Z = 1.959964
_DROP = Z**2
OF_MEMBRANE = ("membrane_time_constant", "membrane_resistance", "capacitance")
SEEN_SAG = 0.05
"""A sag is seen where the potential comes back by this share of its peak."""
AKAIKE = 2.0
"""Of a parameter, in the sum of squares in units of the noise."""
_WINDOW = 1.5  # neighbouring frequencies that Hann's window makes one
_SPACING = 0.7
_LONGEST_STEP = 0.35
_MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Held:
    """What one fit says of a quantity: value, standard error, and how much worse it fits."""

    value: float
    error: float
    excess: float

    def end(self, side: float, reach: float) -> float:
        """Return the interval's end, infinite where the fit is excluded."""
        if self.excess >= reach**2:
            return -side * math.inf
        return self.value + side * self.error * math.sqrt(reach**2 - self.excess)


def quantities(form: Form, vector: NDArray[np.float64]) -> dict[str, float]:
    """Return the values of a vector, all but the bridge error as logarithms.

    Behind a stated bridge they are those of the cell behind its electrode, see `circuit`.
    """
    found = apparent(form, vector)
    if form.bridge is None:
        return found
    ladder = ladder_behind(form, vector)
    if ladder is None:
        return found
    found |= {
        "membrane_time_constant": math.log(float(ladder.times[0])),
        "membrane_resistance": math.log(ladder.resistance),
        "capacitance": math.log(float(ladder.times[0] / ladder.amplitudes[0])),
        "bridge_error": ladder.series_resistance - form.bridge,
    }
    if form.modes > 1:
        found["second_time_constant"] = math.log(float(ladder.times[1]))
    return found


def apparent(form: Form, vector: NDArray[np.float64]) -> dict[str, float]:
    """Return what the exponentials alone say, as if the electrode were not there."""
    amplitudes = vector[form.searched + 2 :]
    passive = amplitudes[: form.modes]
    found = {
        "membrane_time_constant": -float(vector[0]),
        "membrane_resistance": math.log(float(passive.sum())),
        "capacitance": -float(vector[0]) - math.log(float(passive[0])),
        "bridge_error": float(vector[form.searched + 1]),
    }
    if form.modes > 1:
        found["second_time_constant"] = -float(vector[1])
    if form.electrode:
        found["electrode_time_constant"] = -float(vector[form.rates - 1])
    return found


def intervals(
    fit: CurveFit,
    rivals: Sequence[CurveFit] = (),
    membrane: Sequence[CurveFit] = (),
    *,
    is_fast: bool,
) -> dict[str, Interval]:
    """Return each quantity's interval, in internal units.

    The `rivals` are fits to the same samples; those of the `membrane`, the chosen one first, are to
    the samples away from edges, and what they say of the membrane counts.
    """
    said: dict[str, list[Held]] = {}
    for other in (fit, *rivals):
        if not is_open(other, fit):
            continue
        for one in valley(other, fit.dispersion):
            worse = excess_of(one, fit)
            for name, (value, error) in values(one).items():
                entry = Held(value, error * math.sqrt(fit.dispersion), worse)
                said.setdefault(name, []).append(entry)
    own, seen = quantities(fit.form, fit.vector), apparent(fit.form, fit.vector)
    for other, excess in open_curves(membrane):
        for name, (value, error) in values(other).items():
            if name in OF_MEMBRANE:
                behind = value + own[name] - seen[name]
                entry = Held(behind, error * math.sqrt(other.dispersion), excess)
                said[name].append(entry)
    freedom = freedoms(fit)
    late = 0.0 if is_fast else _lateness(fit) / fit.time_constant
    found = {}
    for name, value in own.items():
        reach = t_quantile(freedom[name])
        low = min(entry.end(-1.0, reach) for entry in said[name])
        high = max(entry.end(1.0, reach) for entry in said[name])
        more = late if name in {"membrane_resistance", "capacitance"} else 0.0
        if name == "bridge_error" and not fit.form.filtered:
            more = _unseen(fit)
        low, high = value - math.hypot(value - low, more), value + math.hypot(high - value, more)
        if name == "bridge_error":
            found[name] = Interval(value, low, high)
        else:
            ends = (math.exp(min(max(v, -700.0), 700.0)) for v in (low, high))
            found[name] = Interval(math.exp(value), *ends)
    return found


def excess_of(other: CurveFit, fit: CurveFit) -> float:
    """Return how much worse another fit to the same samples counts."""
    more = AKAIKE * (other.form.size - fit.form.size)
    return max((other.cost - fit.cost) / fit.dispersion + more, 0.0)


def is_open(other: CurveFit, fit: CurveFit) -> bool:
    """Tell whether another fit to the same samples is not excluded."""
    return excess_of(other, fit) < _DROP


def open_curves(membrane: Sequence[CurveFit]) -> list[tuple[CurveFit, float]]:
    """Return the curves beside the first that are not excluded, and how much worse they fit.

    Where the first has a sag that hardly shows, the best without it is as good: what looks like a
    sag may be another current, or a cell that changes from step to step.
    """
    found = []
    is_faint = bool(membrane) and membrane[0].form.sag and overshoot(membrane[0]) < SEEN_SAG
    for other in membrane[1:]:
        first = membrane[0]
        price = PRICE * (other.form.size - first.form.size)
        excess = max((other.cost - first.cost) / first.dispersion + price, 0.0)
        if is_faint and not other.form.sag:
            excess, is_faint = 0.0, False
        if excess < _DROP:
            found.append((other, excess))
    return found


def overshoot(fit: CurveFit) -> float:
    """Return by how much of its peak a fitted curve comes back by the end of the step."""
    steps = fit.data.steps
    rate = steps.sampling_rate
    last = steps.edges[1] if steps.edges.size > 1 else steps.potential.shape[1] / rate
    times = np.linspace(steps.edges[0] + 1 / rate, last - 1 / rate, 500)
    curve = fit.predict(times) - fit.linear[0]
    return 1 - float(curve[-1] / curve.max())


def valley(fit: CurveFit, dispersion: float) -> list[CurveFit]:
    """Return a fit and others of its form with the fastest rate held at values around its own."""
    form = fit.form
    if form.rates == 1:
        return [fit]
    at = form.rates - 1
    low, high = (float(ends[at]) for ends in bounds(fit.data, form))
    error = math.sqrt(max(float(fit.covariance[at, at]) * dispersion, 0.0))
    width = min(max(_SPACING * error, 1e-4), _LONGEST_STEP)
    found = [fit]
    for side in (-1.0, 1.0):
        theta = fit.theta
        for _ in range(_MOST_STEPS):
            theta = theta.copy()
            theta[at] += side * width
            if not low < theta[at] < high:
                break
            vector, converged = solve(fit.data, form, theta, held=at)
            if not is_real(form, vector):
                break
            one = assess(fit.data, form, vector, converged, held=at)
            if (one.cost - fit.cost) / dispersion > _DROP:
                break
            found.append(one)
            theta = one.theta
    return found


def values(fit: CurveFit) -> dict[str, tuple[float, float]]:
    """Return value and standard error by the noise alone of each quantity."""
    along = gradients(fit)
    found = quantities(fit.form, fit.vector)
    return {
        name: (value, math.sqrt(max(float(along[name] @ fit.covariance @ along[name]), 0.0)))
        for name, value in found.items()
    }


def gradients(fit: CurveFit) -> dict[str, NDArray[np.float64]]:
    """Return the derivatives of each quantity by the parameters."""
    form, vector = fit.form, fit.vector
    rows: dict[str, list[float]] = {name: [] for name in quantities(form, vector)}
    for k in range(vector.size):
        step = 1e-5 if k < form.searched else 1e-5 * max(abs(float(vector[k])), 1e-9)
        up, down = vector.copy(), vector.copy()
        up[k] += step
        down[k] -= step
        high, low = quantities(form, up), quantities(form, down)
        for name, row in rows.items():
            row.append((high[name] - low[name]) / (2 * step))
    return {name: np.array(row) for name, row in rows.items()}


def freedoms(fit: CurveFit) -> dict[str, float]:
    """Return how many degrees of freedom the noise is known with that enters each quantity.

    Each frequency of each sweep tells the noise with two, less what the window costs; they add up
    by how much of the quantity's variance comes from each (Satterthwaite 1946,
    doi:10.2307/3002019).
    """
    data = fit.data
    found = {}
    names, rows = zip(*gradients(fit).items(), strict=True)
    weights = np.zeros((len(names), data.used.size))
    weights[:, data.used] = np.array(rows) @ fit.weights
    spread = data.bins.spread(weights)
    power = np.abs(np.fft.rfft(spread, axis=1)[:, 1:]) ** 2
    frequency = np.arange(1, power.shape[1] + 1) * data.steps.sampling_rate / spread.shape[1]
    share = power * data.noise.power(frequency) if data.noise is not None else power
    for name, row in zip(names, share, strict=True):
        among = float(row.sum()) ** 2 / max(float(row @ row), 1e-300)
        found[name] = max(2 * among * data.noise_sweeps / _WINDOW, 1.0)
    return found


def _lateness(fit: CurveFit) -> float:
    """Return by how much the response may be late where the edges are not fitted [ms]."""
    known = fit.data.steps.filter_frequency
    return LONGEST_DELAY if known is None else min(0.4 / known, 1.0) + 0.05


def _unseen(fit: CurveFit) -> float:
    """Return what the potential moves between two samples, which hides as much of the jump."""
    slope = float(np.sum(fit.amplitudes * fit.rates[: fit.form.modes]))
    return slope / fit.data.steps.sampling_rate
