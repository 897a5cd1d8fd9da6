"""How sure the numbers of one train are: of the criteria for a spike, and of when it peaks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loligo.analysis.interval import CONFIDENCE, Interval, t_quantile
from loligo.analysis.spikes.crossings import Floats
from loligo.analysis.spikes.detect import SpikeTimes
from loligo.analysis.spikes.options import DetectionOptions
from loligo.analysis.spikes.trains import Train

SLOW_SPIKE = 50.0
"""Spikes that rise by less than this are rare [mV/ms]."""

TRAIN_QUANTITIES = (
    "spike_count",
    "first_spike_latency",
    "mean_frequency",
    "mean_interspike_interval",
    "adaptation_index",
    "burst_count",
)
"""What a train has an estimate of, under glossary names."""


def time_error(times: SpikeTimes, rate: float) -> float:
    """Return the standard error of when a spike peaks [ms].

    Noise of standard deviation s moves the highest point of a peak of height A and width w by
    about ``w sqrt(s / 2A)``, as far as the peak lies within s of its top; the sampling adds at
    most a sample over the square root of 12.
    """
    sampling = 1 / rate / math.sqrt(12)
    if not len(times):
        return sampling
    height = np.minimum(times.rise, times.fall)
    flat = float(np.median(times.width * np.sqrt(times.noise / (2 * height))))
    return math.hypot(sampling, flat)


def caution(times: SpikeTimes, options: DetectionOptions) -> str:
    """Say that noise hides spikes, ``""`` where it does not.

    The criterion of the upstroke grows with the noise; above `SLOW_SPIKE` it passes over spikes
    that are not rare.
    """
    least = options.noise_factor * math.sqrt(2) * times.noise / options.span
    if least <= SLOW_SPIKE:
        return ""
    return (
        f"noise of {times.noise:.2g} mV: spikes that rise by less than {least:.3g} mV/ms are not "
        "told from it; filter the recording, or if it is full of spikes lower noise_factor"
    )


def quantities(train: Train) -> dict[str, float]:
    """Return each of `TRAIN_QUANTITIES`, NaN where the train has too few spikes."""
    return {
        "spike_count": float(train.spike_count),
        "first_spike_latency": train.first_spike_latency,
        "mean_frequency": train.mean_frequency,
        "mean_interspike_interval": train.mean_interval,
        "adaptation_index": train.adaptation_index,
        "burst_count": float(train.burst_count),
    }


def train_intervals(train: Train, others: Sequence[Train], error: float) -> dict[str, Interval]:
    """Return each quantity of a train with its interval.

    Parameters
    ----------
    train : Train
    others : sequence of Train
        The same stretch with the spikes that other criteria find.
    error : float [ms]
        Standard error of a spike's time.

    Returns
    -------
    dict of name to Interval
        The interval runs over what the other criteria give, and as far beyond as the error of the
        times reaches; it is unbounded where with other criteria the quantity is not defined. A
        count or frequency on which all criteria agree is exact.
    """
    errors = _errors(train, error)
    reach = t_quantile(math.inf)
    found = {}
    for name, value in quantities(train).items():
        alike = [value, *(quantities(other)[name] for other in others)]
        half = reach * errors.get(name, 0.0)
        low, high = min(alike) - half, max(alike) + half
        if any(math.isnan(entry) for entry in alike):
            low, high = -math.inf, math.inf
        found[name] = Interval(value, low, high)
    return found


def _errors(train: Train, error: float) -> dict[str, float]:
    """Return the standard error that of the spike times leaves in each quantity."""
    gaps: Floats = train.intervals
    if gaps.size < 2:
        return {
            "first_spike_latency": error,
            "mean_interspike_interval": math.sqrt(2) * error,
        }
    this, following = gaps[:-1], gaps[1:]
    scale = (this + following) ** 2 * (gaps.size - 1)
    by_gap = np.zeros(gaps.size)
    by_gap[:-1] -= 2 * following / scale
    by_gap[1:] += 2 * this / scale
    by_time = np.diff(by_gap, prepend=0.0, append=0.0)
    return {
        "first_spike_latency": error,
        "mean_interspike_interval": math.sqrt(2) * error / gaps.size,
        "adaptation_index": error * float(np.linalg.norm(by_time)),
    }


DOUBT = (
    "interval over criteria a quarter stricter and laxer, and "
    f"{CONFIDENCE:.0%} of the error of the spikes' times"
)
"""What an interval of a train is, in words."""
