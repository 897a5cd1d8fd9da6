"""What follows a spike: fast, medium and slow afterhyperpolarization, afterdepolarization."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.spikes.crossings import Floats, Indices, extreme_between
from loligo.analysis.spikes.options import FeatureOptions
from loligo.analysis.spikes.refusals import Codes, Refusal

_CLEAR = 3.0
"""A trough lies this many standard deviations deeper than the deepest of that much noise."""
_VISIBLE = 6.0


@dataclass(frozen=True, eq=False, slots=True)
class After:
    """Spikes, and how far what follows each of them can be seen.

    Attributes
    ----------
    values : ndarray, shape (time,) [mV]
    rate : float [kHz]
    peaks, bounds : ndarray of int, shape (spike,)
        Peak, and last sample before the next threshold, the stimulus' or the trace's end.
    cut, refused : ndarray of uint8, shape (spike,)
        What ends the spike at its bound; why it has no threshold.
    threshold : ndarray, shape (spike,) [mV]
    noise : ndarray, shape (spike,) [mV]
        Standard deviation.
    """

    values: Floats
    rate: float
    peaks: Indices
    bounds: Indices
    cut: Codes
    threshold: Floats
    refused: Codes
    noise: Floats


def trough(spikes: After, *, is_timed: bool) -> tuple[dict[str, Floats], dict[str, Codes]]:
    """Measure the lowest potential up to each spike's bound.

    Parameters
    ----------
    spikes : After
    is_timed : bool
        Whether to look where it is, which takes longer.

    Returns
    -------
    values, refusals : dict
        For trough_potential [mV], and trough_time [ms] where timed.
    """
    values, peaks, bounds = spikes.values, spikes.peaks, spikes.bounds
    found: dict[str, Floats] = {}
    if is_timed:
        place = _lowest(values, peaks, bounds)
        found["trough_time"] = place / spikes.rate
        found["trough_potential"] = values[place].copy()
    else:
        found["trough_potential"] = extreme_between(values, peaks, bounds + 1, np.minimum)
    above = values[bounds] - found["trough_potential"]
    lasting = above <= _clear(spikes.noise, bounds - peaks)
    ends = lasting & (spikes.cut == Refusal.CUT_BY_END)
    code = np.where(ends, Refusal.CUT_BY_END, Refusal.NONE).astype(np.uint8)
    for column in found.values():
        column[ends] = np.nan
    return found, {"trough_time": code, "trough_potential": code}


def afterpotentials(
    spikes: After, options: FeatureOptions, wanted: Set[str]
) -> tuple[dict[str, Floats], dict[str, Codes]]:
    """Measure the afterhyperpolarizations and the afterdepolarization after each spike.

    Parameters
    ----------
    spikes : After
    options : FeatureOptions
    wanted : set of str
        The afterdepolarization is measured only where it is among these.

    Returns
    -------
    values, refusals : dict
        For fast_ahp, medium_ahp, slow_ahp and adp [mV].

    Notes
    -----
    The three afterhyperpolarizations are the threshold less the lowest potential up to `fast`,
    from `fast` to `medium`, and from `medium` to `slow` after the peak, each only where the
    potential turns there: where it is clearly higher at both ends of that stretch. The
    afterdepolarization is the height above the fast trough of the highest potential between the
    fast and the medium trough.
    """
    values, peaks, bounds, refused = spikes.values, spikes.peaks, spikes.bounds, spikes.refused
    times = (options.fast, options.medium, options.slow)
    steps = [round(time * spikes.rate) for time in times]
    found: dict[str, Floats] = {}
    codes: dict[str, Codes] = {}
    begin = peaks
    turns = {}
    for name, step in zip(("fast_ahp", "medium_ahp", "slow_ahp"), steps, strict=True):
        end = np.minimum(peaks + step, bounds)
        start = np.minimum(begin, end)
        low = extreme_between(values, start, end + 1, np.minimum)
        clear = _clear(spikes.noise, end - start)
        turned = (values[start] - low > clear) & (values[end] - low > clear)
        short = bounds < peaks + step
        why = np.where(short, spikes.cut, Refusal.ABSENT)
        why = np.where(turned, Refusal.NONE, why)
        codes[name] = np.where(refused != 0, refused, why).astype(np.uint8)
        found[name] = np.where(codes[name] == 0, spikes.threshold - low, np.nan)
        turns[name] = turned
        begin = peaks + step
    if "adp" in wanted:
        codes["adp"], found["adp"] = _adp(spikes, options, steps, turns, codes["fast_ahp"])
    return found, codes


def _adp(
    spikes: After,
    options: FeatureOptions,
    steps: list[int],
    turns: dict[str, NDArray[np.bool_]],
    no_trough: Codes,
) -> tuple[Codes, Floats]:
    """Return the afterdepolarization and its refusals."""
    values, rate, peaks, bounds = spikes.values, spikes.rate, spikes.peaks, spikes.bounds
    fast = _lowest(values, peaks, np.minimum(peaks + steps[0], bounds))
    end = _upper(values, rate, peaks, bounds, turns["medium_ahp"], fast, steps, options.adp_time)
    least = np.maximum(options.adp_prominence, _VISIBLE * spikes.noise)
    adp, why_not = _afterdepolarization(values, fast, end, least)
    no_fast = ~turns["fast_ahp"]
    is_open = (spikes.cut == Refusal.CUT_BY_END) & (bounds < fast + options.adp_time * rate)
    codes = np.select(
        [no_fast & (no_trough != 0), no_fast, why_not & is_open, why_not],
        [no_trough, Refusal.ABSENT, Refusal.CUT_BY_END, Refusal.ABSENT],
        Refusal.NONE,
    ).astype(np.uint8)
    return codes, np.where(codes == 0, adp, np.nan)


def _clear(noise: Floats, samples: Indices) -> Floats:
    """Return how much deeper than a sample a trough must be, not to be the deepest of noise."""
    deepest: Floats = np.sqrt(2 * np.log(np.maximum(samples, 2)))
    clear: Floats = noise * (deepest + _CLEAR)
    return clear


def _lowest(values: Floats, start: Indices, end: Indices) -> Indices:
    """Return the index of the lowest sample from `start` to `end`, both included."""
    pairs = zip(start.tolist(), end.tolist(), strict=True)
    return np.array([a + int(values[a : b + 1].argmin()) for a, b in pairs], dtype=np.intp)


def _upper(
    values: Floats,
    rate: float,
    peaks: Indices,
    bounds: Indices,
    turned: NDArray[np.bool_],
    fast: Indices,
    steps: list[int],
    adp_time: float,
) -> Indices:
    """Return up to where an afterdepolarization is looked for: the medium trough, or `adp_time`."""
    end = np.minimum(fast + round(adp_time * rate), bounds)
    which = np.flatnonzero(turned)
    if which.size:
        stop = np.minimum(peaks[which] + steps[1], bounds[which])
        start = np.minimum(peaks[which] + steps[0], stop)
        end[which] = _lowest(values, start, stop)
    return np.maximum(end, fast)


def _afterdepolarization(
    values: Floats, fast: Indices, end: Indices, least: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the height above the fast trough, and where there is none."""
    high = extreme_between(values, fast, end + 1, np.maximum)
    height = high - values[fast]
    absent = (height < least) | (high - values[end] < least)
    return height, absent
