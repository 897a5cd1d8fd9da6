"""Which curve: how many exponentials, whether a sag, and what of the fast part can be told.

First the membrane's part is chosen on samples away from the edges; then all samples are fitted with
the smallest fast part that describes what follows the edges. A larger curve must lower the sum of
squares in units of the noise by 6 for each parameter more (Schwarz 1978,
doi:10.1214/aos/1176344136)
and what it adds must stand out.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.passive.behind import expected_charging, with_own_charging
from loligo.analysis.passive.curve import Form
from loligo.analysis.passive.data import Data, Steps, blocks
from loligo.analysis.passive.fit import (
    FASTEST_SAG,
    CurveFit,
    Projected,
    assess,
    slopes,
    solve,
    start_of,
)
from loligo.analysis.passive.known import FOLLOWER
from loligo.analysis.passive.noise import PotentialNoise, periodogram

PRICE = 6.0
"""Of a parameter, in the sum of squares in units of the noise: the logarithm of some 400 blocks."""
SIGNIFICANT = 3.0
"""What a larger model adds must exceed its standard error by this factor."""
LEAST_SHARE = 0.01
"""Share of the response that an exponential carries at least."""
LEAST_RESISTANCE = 1e-6
"""An exponential of a smaller amplitude than this is no membrane's [GOhm]."""
SLOWER = 1.5
"""Each exponential is at least this much slower than the next."""
LEAST_SAG = 1.1 * FASTEST_SAG
ENOUGH_SWEEPS = 3
"""From this many sweeps on, the noise is what differs between them."""
ABSORBED = 4
"""Lowest frequencies that flexible curves take up; a fitted curve takes up `FITTED`."""
FITTED = 2
_AFTER_EDGES = 3.0  # ms
_COARSE = 1.0  # ms
_DRAWS, _ROUNDS, _SEED = 40, 2, 1975
_RATES = 6
_FASTEST = 1.0  # ms
_PASSES, _SAME = 3, 0.02

FORMS = (Form(1), Form(2), Form(1, sag=True), Form(2, sag=True))


def noise_of(steps: Steps) -> PotentialNoise:
    """Return the noise's spectrum: what differs between equal steps, or what no curve takes up."""
    count, rate = steps.current.size, steps.sampling_rate
    if is_from_differences(steps):
        left = steps.potential - np.outer(steps.current, steps.joined)
        return PotentialNoise(left, rate, lost=1 / count, corner=steps.filter_frequency)
    rows = [_without_curve(steps.only(row)) for row in range(count)]
    corner = steps.filter_frequency
    return PotentialNoise(np.array(rows), rate, absorbed=ABSORBED, corner=corner)


def is_from_differences(steps: Steps) -> bool:
    """Tell whether there are equal steps enough for the noise to be what differs between them."""
    is_equal = float(np.ptp(steps.current)) < 0.01 * abs(float(steps.current[0]))
    return steps.current.size >= ENOUGH_SWEEPS and is_equal


def noise_left(steps: Steps, fit: CurveFit) -> PotentialNoise:
    """Return the noise's spectrum from what a curve leaves that describes the steps.

    How much of the noise the curve took up is found by drawing noise of the spectrum, in coarse
    samples as slow noise is what a curve takes up, and fitting the curve to it.
    """
    rate, count = steps.sampling_rate, steps.potential.shape[1]
    times = np.arange(count) / rate
    left = steps.potential - np.outer(steps.current, fit.predict(times))
    _bridge_edges(steps, left)
    corner = steps.filter_frequency
    noise = PotentialNoise(left, rate, absorbed=FITTED, corner=corner)
    block = max(1, int(_COARSE * rate))
    coarse = (np.arange(count // block) + 0.5) * block / rate
    grid, free = steps.grid(coarse), np.ones(fit.form.searched, dtype=bool)
    slope = slopes(grid, fit.form, fit.vector, free)
    curve = np.column_stack((slope, fit.form.columns(fit.theta, grid)))
    share = steps.current / (steps.current @ steps.current)
    rng = np.random.default_rng(_SEED)
    for _ in range(_ROUNDS):
        drawn = noise.draw(rng, (_DRAWS * share.size, coarse.size), block)
        drawn = drawn.reshape(_DRAWS, share.size, coarse.size)
        joined = np.einsum("r,drt->dt", share, drawn)
        seen = np.array([np.interp(fit.data.times, coarse, row) for row in joined])
        taken = drawn - (seen @ fit.weights.T @ curve.T)[:, None, :] * steps.current[:, None]
        kept = periodogram(taken).mean(axis=(0, 1)) / periodogram(drawn).mean(axis=(0, 1))
        kept = kept[: kept.size // 2]
        noise = PotentialNoise(left, rate, absorbed=FITTED, kept=kept, corner=corner)
    return noise


def _bridge_edges(steps: Steps, left: NDArray[np.float64]) -> None:
    """Put a straight line for the noise right after edges, where the curve does not hold."""
    rate, count = steps.sampling_rate, left.shape[1]
    for place in (int(edge * rate) for edge in steps.edges):
        begin, end = max(place - 2, 0), min(place + round(_AFTER_EDGES * rate), count - 1)
        share = np.linspace(0.0, 1.0, end - begin)
        left[:, begin:end] = np.outer(left[:, begin], 1 - share) + np.outer(left[:, end], share)


def _without_curve(steps: Steps) -> NDArray[np.float64]:
    """Return what flexible curves leave of one sweep, one after each edge.

    Right after an edge, where the curves do not hold, a straight line is put for the noise.
    """
    rate, count = steps.sampling_rate, steps.potential.shape[1]
    places = [int(edge * rate) for edge in steps.edges]
    left = np.empty(count)
    ends = [*places[1:], count]
    for k, (place, end) in enumerate(zip(places, ends, strict=True)):
        first = 0 if k == 0 else (places[k - 1] + place) // 2
        part = replace(
            steps,
            potential=steps.potential[:, first:end],
            current=steps.current * steps.jumps[k],
            edges=steps.edges[k : k + 1] - first / rate,
            jumps=np.ones(1),
        )
        keep = 0 if k == 0 else place - first
        left[first + keep : end] = _residual(part)[keep:]
    _bridge_edges(steps, left[None, :])
    return left


def _residual(part: Steps) -> NDArray[np.float64]:
    """Return what exponentials of fixed rates and any amplitude leave of one sweep."""
    data = blocks(part, None, with_edges=False)
    count = part.potential.shape[1]
    form = Form(_RATES)
    theta = np.log(np.geomspace(1 / _FASTEST, 2 / data.duration, _RATES))
    columns = data.white @ data.columns(form, theta)
    found = np.linalg.lstsq(columns, data.white @ data.values, rcond=1e-9)[0]
    linear = np.asarray(found, dtype=np.float64)
    times = np.arange(count) / part.sampling_rate
    curve = form.columns(theta, part.grid(times), linear)[:, 0]
    return np.asarray(part.potential[0] - part.current[0] * curve)


def fit_membrane(
    steps: Steps,
    noise: PotentialNoise,
    forms: tuple[Form, ...] = FORMS,
    near: CurveFit | None = None,
    share: float = 1.0,
) -> tuple[CurveFit, ...]:
    """Fit the smallest curve that describes the samples away from the edges.

    A fit of the same form, `near`, is where the search starts. With only a `share` of the steps'
    weight, the curve is the one that as little would ask for.

    Returns
    -------
    tuple of CurveFit
        The chosen one, then the others; none where no curve of a passive cell describes them.
    """
    data = blocks(steps, noise, with_edges=False)
    fits: list[CurveFit] = []
    for form in forms:
        if form == Form(2, sag=True) and fits and fits[0].form == Form(1):
            continue  # neither of its parts was called for
        start = start_of(data, form) if near is None or near.form != form else near.theta
        if start is None:
            continue
        vector, converged = solve(data, form, start)
        if not is_real(form, vector):
            continue
        fit = assess(data, form, vector, converged)
        is_better = not fits or fit.cost < fits[0].cost - _needed(form, fits[0]) / share
        if not fits or (is_better and _stands_out(fit, share)):
            fits.insert(0, fit)
        else:
            fits.append(fit)
    return tuple(fits)


def _needed(form: Form, chosen: CurveFit) -> float:
    """Return by how much a curve must lower the sum of squares to be taken instead."""
    return max(PRICE * (form.size - chosen.form.size), 0.0) * chosen.scatter**2


def fit_fast(steps: Steps, noise: PotentialNoise, membrane: CurveFit) -> tuple[CurveFit, ...]:
    """Fit all samples: the membrane's curve with the smallest fast part that describes them.

    Returns
    -------
    tuple of CurveFit
        The chosen one, then the others.
    """
    data = blocks(steps, noise, with_edges=True)
    fits: list[CurveFit] = []
    tail = np.empty(0)
    for one, starts in _fast_forms(steps, membrane):
        form = replace(one, charging=fits[0].form.charging) if fits else one
        whole = [np.append(start, tail) if form.filtered else start for start in starts]
        at = Projected(data, form)
        costs = [float(np.sum(at.residuals(start) ** 2)) for start in whole]
        form, vector, converged = _with_electrode(data, form, whole[int(np.argmin(costs))])
        if not tail.size:
            tail = vector[form.searched - 2 : form.searched]
        if not is_real(form, vector):
            continue
        fit = assess(data, form, vector, converged)
        if not fits or fit.cost < fits[0].cost - _needed(form, fits[0]):
            fits.insert(0, fit)
        else:
            fits.append(fit)
    return tuple(fits)


def _with_electrode(
    data: Data, form: Form, start: NDArray[np.float64]
) -> tuple[Form, NDArray[np.float64], bool]:
    """Fit a form; behind a bridge again with what was found of the pipette, until that stays."""
    vector, converged = solve(data, form, start)
    for _ in range(_PASSES if form.bridge is not None else 0):
        other = with_own_charging(form, vector)
        is_same = abs(other.charging - form.charging) <= _SAME * other.charging
        if is_same and converged:
            break
        form = other
        vector, converged = solve(data, form, vector[: form.searched])
    return form, vector, converged


def _fast_forms(steps: Steps, membrane: CurveFit) -> list[tuple[Form, list[NDArray[np.float64]]]]:
    """Return forms with starts of what is fast: a filter, nothing, a dendrite, an electrode.

    The starts of the latter two lack delay and corner, to be taken from the first.
    """
    base, theta = membrane.form, membrane.theta
    known, rate = steps.filter_frequency, steps.sampling_rate
    usual = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
    corners = [known] if known else [c for c in usual if c < rate] or [rate / 4]
    tails = [[delay, math.log(c)] for c in corners for delay in (0.0, 0.05)]
    if steps.bridge is not None:
        return _behind_bridge(base, theta, tails, steps.bridge, steps.neutralized)
    plain = replace(base, filtered=True)
    found = [(plain, [np.append(theta, tail) for tail in tails])]
    if not known:
        found.append((base, [theta]))
    if base.modes == 1:
        starts = [np.insert(theta, 1, math.log(r)) for r in _faster(theta)]
        found.append((replace(plain, modes=2), starts))
    starts = [np.insert(theta, base.modes, math.log(r)) for r in (2.5, 4.0, 8.0, 15.0)]
    return [*found, (replace(plain, electrode=True), starts)]


def _faster(theta: NDArray[np.float64]) -> list[float]:
    """Return rates of a second exponential to start from [1/ms]."""
    slowest = float(np.exp(theta[0]))
    return [r for r in (0.1, 0.2, 0.4, 0.7, 1.2) if r > 2 * slowest] or [1.2]


def _behind_bridge(
    base: Form,
    theta: NDArray[np.float64],
    tails: list[list[float]],
    bridge: float,
    neutralized: float,
) -> list[tuple[Form, list[NDArray[np.float64]]]]:
    """Return forms with starts behind a stated bridge: an electrode, and a dendrite beside it."""
    plain = replace(
        base,
        filtered=True,
        electrode=True,
        bridge=bridge,
        neutralized=neutralized,
        charging=expected_charging(bridge, neutralized),
    )
    follows = -math.log(FOLLOWER)
    at = [
        np.append(np.insert(theta, base.modes, math.log(rate)), follows)
        for rate in (8.0, 30.0, 100.0)
    ]
    found = [(plain, [np.append(start, tail) for start in at for tail in tails])]
    if base.modes == 1:
        starts = [np.insert(start, 1, math.log(r)) for start in at[1:] for r in _faster(theta)]
        found.append((replace(plain, modes=2), starts))
    return found


def is_real(form: Form, vector: NDArray[np.float64]) -> bool:
    """Tell whether amplitudes have their signs, matter, and the rates are in order."""
    rates = np.exp(vector[: form.rates])
    passive = vector[form.searched + 2 :][: form.modes]
    if (passive <= LEAST_RESISTANCE).any() or passive.min() < LEAST_SHARE * passive.sum():
        return False
    if (rates[1 : form.modes] < SLOWER * rates[: form.modes - 1]).any():
        return False
    if not form.sag:
        return True
    is_slow = math.exp(-vector[form.rates]) > LEAST_SAG and vector[form.rates] < vector[0]
    return is_slow and math.exp(vector[form.rates + 1]) > LEAST_SHARE


def _stands_out(fit: CurveFit, share: float) -> bool:
    """Tell whether further exponentials and a sag exceed their standard errors."""
    form = fit.form
    errors = fit.scatter * np.sqrt(np.maximum(np.diag(fit.covariance), 0.0) / share)
    at = form.searched + 2
    added = range(1, form.free)
    if form.sag and errors[form.rates + 1] * SIGNIFICANT > 1:
        return False
    return all(errors[at + k] * SIGNIFICANT < abs(fit.vector[at + k]) for k in added)
