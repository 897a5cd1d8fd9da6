"""What a transient looks like before any model is fitted: size, flat tops, ringing, level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval, interval_of_mean, location, minus
from loligo.analysis.membrane_test.model import Command

STANDS_OUT = 5.0
"""The transient's peak must exceed the noise of the mean sweep by this factor."""
UNDERSHOOT = 0.1
"""A swing back beyond the level after it by this share of the peak is ringing."""

_FLAT = 3
_FAR = 0.2
_ABOVE_NOISE = 10.0
_EARLY = 2.0  # ms


def flat_top(sweeps: NDArray[np.float64]) -> bool:
    """Tell whether in most sweeps a peak is cut off: one extreme value several samples in a row."""
    cut = sum(_is_cut(sweep) or _is_cut(-sweep) for sweep in sweeps)
    return 2 * cut > int(sweeps.shape[0])


def _is_cut(sweep: NDArray[np.float64]) -> bool:
    """Tell whether the largest value is far from the rest and held for several samples."""
    top = float(sweep.max())
    away = top - float(np.median(sweep))
    noise = float(np.median(np.abs(np.diff(sweep))))
    if away <= _FAR * float(np.ptp(sweep)) or away <= _ABOVE_NOISE * noise:
        return False
    at_top = (sweep == top).astype(int)
    runs = np.convolve(at_top, np.ones(_FLAT, dtype=int), "valid")
    return bool((runs == _FLAT).any())


def first_look(sweeps: NDArray[np.float64], sampling_rate: float, command: Command) -> str:
    """Say that nothing follows the command's first edge, ``""`` where something does."""
    mean = sweeps.mean(axis=0)
    at = int(command.times[0] * sampling_rate)
    before = mean[:at]
    after = np.abs(mean[at:] - before.mean())
    noise = float(before.std())
    if float(np.ptp(sweeps)) == 0:
        return "the current is the same number throughout"
    if float(after.max()) <= STANDS_OUT * noise:
        return (
            f"the current after the command's edge ({after.max():.3g} pA) does not stand out of "
            f"the noise before it ({noise:.3g} pA rms)"
        )
    return ""


def ringing(sweeps: NDArray[np.float64], sampling_rate: float, command: Command) -> str:
    """Say that the transient swings back beyond where it settles, ``""`` where it does not.

    Only the first edge is looked at, and only where it is a jump.
    """
    jump = float(command.jumps[0])
    if jump == 0:
        return ""
    mean = sweeps.mean(axis=0) * np.sign(jump)
    at = int(command.times[0] * sampling_rate)
    noise = float(mean[:at].std())
    reach = max(int(_EARLY * sampling_rate), 6)
    early = mean[at : at + reach]
    later = mean[at + reach : at + 3 * reach]
    if early.size < reach or later.size < reach:
        return ""
    peak = int(np.argmax(early))
    level = float(np.median(later))
    height = float(early[peak]) - level
    dip = level - float(early[peak:].min())
    if dip > max(UNDERSHOOT * height, STANDS_OUT * noise):
        return (
            f"the transient rings: it swings {dip / height:.0%} of its height beyond where it "
            "settles, as with too much series resistance compensation"
        )
    return ""


def steady_ratio(
    sweeps: NDArray[np.float64], sampling_rate: float, command: Command
) -> Interval | None:
    """Return the conductance of the first step from its last fifth; ``None`` for ramps [nS]."""
    jump = float(command.jumps[0])
    if jump == 0:
        return None
    start = int(command.times[0] * sampling_rate)
    later = command.times[command.times > command.times[0]]
    stop = int(later[0] * sampling_rate) if later.size else sweeps.shape[1]
    steady = slice(stop - max((stop - start) // 5, 1), stop)
    if sweeps.shape[0] >= 3:
        change = sweeps[:, steady].mean(axis=1) - sweeps[:, :start].mean(axis=1)
        found = interval_of_mean(change)
    else:
        mean = sweeps.mean(axis=0)
        found = minus(location(mean[steady]), location(mean[:start])).interval
    ends = sorted((found.low / jump, found.high / jump))
    return Interval(found.value / jump, ends[0], ends[1])
