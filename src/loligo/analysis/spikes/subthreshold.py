"""Fast features of many downward steps at once: baseline, steady state, sag, time constant.

Plain numbers for screening thousands of sweeps beside their spikes. They carry no interval and are
given no second thought: for a cell's passive properties use the analyses that fit and judge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.spikes.crossings import Floats
from loligo.errors import ArrayError

BASELINE_FRACTION = 0.1
"""The baseline is the last tenth of the time before the step."""
STEADY_FRACTION = 0.1
"""The steady state is the last tenth of the step."""
_LONGEST_FIT = 0.9
_BLOCK = 1.0
_CLEAR = 3.0
_LEAST = 6.0
_FEWEST_SAMPLES = 5


@dataclass(frozen=True, eq=False, slots=True)
class StepFeatures:
    """One number a sweep for each quantity; NaN where the sweep does not show it.

    Attributes
    ----------
    baseline : ndarray, shape (sweep,) [mV]
        Mean of the last tenth before the step.
    steady : ndarray, shape (sweep,) [mV]
        Mean of the last tenth of the step.
    lowest : ndarray, shape (sweep,) [mV]
        Lowest mean over 1 ms in the step; NaN where the step does not go down.
    sag : ndarray, shape (sweep,) [mV]
        Steady state less lowest; NaN where that may be the lowest of noise.
    sag_ratio : ndarray, shape (sweep,)
        Sag by baseline less lowest: 0 without sag, 1 where the potential returns to the baseline.
    time_constant : ndarray, shape (sweep,) [ms]
        Of the one exponential nearest to the fall from the baseline to 90 % of the lowest.
    """

    baseline: Floats
    steady: Floats
    lowest: Floats
    sag: Floats
    sag_ratio: Floats
    time_constant: Floats


def step_features(
    voltages: ArrayLike, sampling_rate: float, start: float, stop: float
) -> StepFeatures:
    """Measure what a step of current does to the potential, sweep by sweep.

    Parameters
    ----------
    voltages : array_like, shape (sweep, time) [mV]
    sampling_rate : float [kHz]
    start, stop : float [ms]
        Of the step, after the first sample.

    Returns
    -------
    StepFeatures

    Raises
    ------
    ArrayError
        Not an array of sweeps, a step that is not within it, or without 10 samples before it.

    Notes
    -----
    A step goes down where its steady state is below the baseline by more than six standard errors
    of the noise. The lowest potential is that of means over 1 ms, since the lowest sample of noise
    lies deeper the longer the step; sag counts where it is three standard errors more than noise
    alone would give. The time constant comes without iteration from the integral equation of an
    exponential, ``V(t) = a - (1 / tau) S(t) + c t`` with ``S`` the integral of ``V``, by linear
    least squares (Jacquelin 2009, Régressions et équations intégrales). It is exact for one
    exponential; a cell with sag or dendrites has none, and then it is the nearest.
    """
    values = np.asarray(voltages, dtype=np.float64)
    rate = float(sampling_rate)
    if values.ndim != 2:
        raise ArrayError(f"voltages have shape {values.shape}; pass an array (sweep, time)")
    if not (math.isfinite(rate) and rate > 0):
        raise ArrayError(f"sampling_rate = {rate} kHz must be a finite number above 0")
    first, last = round(start * rate), round(stop * rate)
    before = first - max(round(BASELINE_FRACTION * first), 10)
    if not (0 <= before < first < last <= values.shape[1]) or last - first < 10:
        raise ArrayError(
            f"a step from {start:g} to {stop:g} ms with 10 samples before and in it does not fit "
            f"into {values.shape[1] / rate:g} ms at {rate:g} kHz"
        )
    rest = values[:, before:first]
    baseline, noise = rest.mean(axis=1), rest.std(axis=1)
    tail = max(round(STEADY_FRACTION * (last - first)), 1)
    steady = values[:, last - tail : last].mean(axis=1)
    error = noise * math.sqrt(1 / (first - before) + 1 / tail)
    down = np.flatnonzero(baseline - steady > _LEAST * error)
    lowest = np.full(baseline.shape, math.nan)
    step = values[down, first:last]
    block = max(round(_BLOCK * rate), 1)
    count = step.shape[1] // block
    means = step[:, : count * block].reshape(down.size, count, block).mean(axis=2)
    lowest[down] = means.min(axis=1)
    sag = steady - lowest
    clear = (math.sqrt(2 * math.log(max(count, 2))) + _CLEAR) * noise / math.sqrt(block)
    sag[~(sag > clear)] = math.nan
    constants = np.full(baseline.shape, math.nan)
    level = baseline[down] + _LONGEST_FIT * (lowest[down] - baseline[down])
    constants[down] = _time_constants(step, rate, level)
    return StepFeatures(baseline, steady, lowest, sag, sag / (baseline - lowest), constants)


def _time_constants(step: Floats, rate: float, level: Floats) -> Floats:
    """Return the time constant of each fall, up to where it first goes below a level."""
    found = np.full(level.shape, math.nan)
    counts = (step < level[:, None]).argmax(axis=1)
    for place, count in enumerate(counts.tolist()):
        if count < _FEWEST_SAMPLES:
            continue
        values = step[place, :count]
        time = np.arange(count) / rate
        area = np.concatenate([[0.0], np.cumsum(values[1:] + values[:-1])]) / (2 * rate)
        design = np.column_stack([np.ones(count), area, time])
        slope = float(np.linalg.lstsq(design, values, rcond=None)[0][1])
        if slope < 0:
            found[place] = -1 / slope
    return found
