"""Largest deflection, sag and rebound of one step.

The peak is that of the potential smoothed over a fifth of the time constant (1 to 5 ms). Noise
moves the extreme of anything away from zero: how far, and how uncertain, is found by drawing noise
of the recording's spectrum onto the fitted curve, and taken off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.layout import STEADY_FRACTION
from loligo.analysis.passive.fit import CurveFit
from loligo.analysis.passive.noise import PotentialNoise

QUANTITIES = ("peak", "steady", "sag", "ratio", "rebound")
REBOUND = 200.0
"""A rebound is looked for so long after the step [ms]."""
_DRAWS = 200
_FINE = 0.5  # ms
_SEED = 20090


@dataclass(frozen=True, slots=True)
class Deflection:
    """What a step did to the potential; each with its standard error.

    Attributes
    ----------
    peak, steady : (float, float) [mV]
        Change from baseline.
    sag : (float, float) [mV]
        Peak to steady state, positive where the potential comes back.
    ratio : (float, float)
        Sag over peak.
    rebound : (float, float) or None [mV]
        Above baseline, ``None`` where nothing after the step could be used.
    peak_time : float [ms]
        After the step's begin.
    """

    peak: tuple[float, float]
    steady: tuple[float, float]
    sag: tuple[float, float]
    ratio: tuple[float, float]
    rebound: tuple[float, float] | None
    peak_time: float


@dataclass(frozen=True, slots=True)
class _Windows:
    """Places of samples, in blocks; `width` of the smoothing."""

    baseline: slice
    during: slice
    steady: slice
    after: slice
    width: int
    sign: float


def deflection(
    potential: NDArray[np.float64],
    sampling_rate: float,
    fit: CurveFit,
    current: float,
    edges: tuple[float, float],
    baseline: tuple[float, float],
) -> Deflection | None:
    """Measure one step.

    Parameters
    ----------
    potential : (time,) array [mV]
    sampling_rate : float [kHz]
    fit : CurveFit
        Of this step.
    current : float [pA]
    edges : (float, float) [ms]
        Begin and end of the step; the end is infinite where the samples end first.
    baseline : (float, float) [ms]
        Window to measure from.

    Returns
    -------
    Deflection or None
        ``None`` where the samples are too few.
    """
    block = max(1, int(_FINE * sampling_rate))
    count = potential.size // block
    rate = sampling_rate / block
    coarse = potential[: count * block].reshape(count, block).mean(axis=1)
    times = np.asarray((np.arange(count) + (1 - 1 / block) / 2) / rate, dtype=np.float64)
    curve = current * fit.predict(times)
    windows = _windows(edges, rate, count, fit.time_constant, current, baseline)
    if windows is None:
        return None
    if math.isfinite(edges[1]) and fit.data.steps.edges.size == 1:
        curve = _after_as_seen(curve, coarse, times, edges[1], fit.time_constant)
    left = coarse - curve
    noise = PotentialNoise((left - left.mean())[None, :], rate, absorbed=2)
    drawn = curve + noise.draw(np.random.default_rng(_SEED), (_DRAWS, count))
    seen, place = _measure(coarse[None, :], windows)
    simulated = _measure(drawn, windows)[0]
    truth = _exact(curve, windows)
    value = seen[0] - (simulated.mean(axis=0) - truth)
    error = simulated.std(axis=0, ddof=1)
    value[3] = value[2] / abs(value[0]) if value[0] else math.nan
    pairs = [(float(v), float(e)) for v, e in zip(value, error, strict=True)]
    has_after = windows.after.stop > windows.after.start
    start = windows.during.start
    return Deflection(
        pairs[0],
        pairs[1],
        pairs[2],
        pairs[3],
        pairs[4] if has_after else None,
        (start + float(place[0])) / rate - edges[0],
    )


def _after_as_seen(
    curve: NDArray[np.float64],
    coarse: NDArray[np.float64],
    times: NDArray[np.float64],
    off: float,
    tau: float,
) -> NDArray[np.float64]:
    """Return a curve whose part after the step, which was not fitted, is the smoothed potential."""
    step = float(times[1] - times[0])
    later = np.nonzero(times > off)[0]
    width = max(3, int(min(tau, 20.0) / step)) | 1
    if later.size <= width:
        return curve
    padded = np.pad(coarse[later], width // 2, mode="edge")
    result = curve.copy()
    result[later] = _smooth(padded[None, :], width)[0]
    return result


def _windows(
    edges: tuple[float, float],
    rate: float,
    count: int,
    tau: float,
    current: float,
    baseline: tuple[float, float],
) -> _Windows | None:
    on = math.ceil(edges[0] * rate)
    has_end = math.isfinite(edges[1])
    off = int(edges[1] * rate) if has_end else count
    width = max(1, round(min(max(tau / 5, 1.0), 5.0) * rate))
    begin = slice(max(int(baseline[0] * rate), 0), max(int(baseline[1] * rate), 1))
    steady = slice(off - max(int((off - on) * STEADY_FRACTION), 1), off)
    later = min(off + 2 + int(REBOUND * rate), count) if has_end else off
    if off - on < 3 * width or begin.stop - begin.start < 5:
        return None
    after = slice(off + 2, later) if later - off > 4 * width else slice(off, off)
    return _Windows(begin, slice(on, off), steady, after, width, math.copysign(1.0, current))


def _measure(
    rows: NDArray[np.float64], windows: _Windows
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return `QUANTITIES` ``(rows, 5)`` and where the peak is."""
    base = rows[:, windows.baseline].mean(axis=1)
    during = windows.sign * _smooth(rows[:, windows.during], windows.width)
    place = during.argmax(axis=1)
    peak = windows.sign * during.max(axis=1) - base
    steady = rows[:, windows.steady].mean(axis=1) - base
    sag = windows.sign * (peak - steady)
    rebound = np.zeros_like(base)
    if windows.after.stop > windows.after.start:
        after = windows.sign * _smooth(rows[:, windows.after], windows.width)
        rebound = -(after.min(axis=1) - windows.sign * base)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = windows.sign * sag / peak
    return np.column_stack((peak, steady, sag, ratio, rebound)), place


def _exact(curve: NDArray[np.float64], windows: _Windows) -> NDArray[np.float64]:
    """Return the same of a curve without noise, without smoothing."""
    plain = _Windows(
        windows.baseline, windows.during, windows.steady, windows.after, 1, windows.sign
    )
    return np.asarray(_measure(curve[None, :], plain)[0][0])


def _smooth(rows: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return running means of a number of samples."""
    if width == 1:
        return rows
    sums = np.cumsum(np.pad(rows, ((0, 0), (1, 0))), axis=1)
    return np.asarray((sums[:, width:] - sums[:, :-width]) / width)
