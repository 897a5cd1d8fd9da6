"""What follows a spike: fast, medium and slow afterhyperpolarization, afterdepolarization."""

from __future__ import annotations

import numpy as np

from loligo.analysis.spikes.crossings import Floats, Indices, extreme_between
from loligo.analysis.spikes.refusals import Codes, Refusal

_CLEAR = 3.0
"""A trough lies this many standard deviations deeper than the deepest of that much noise."""
_VISIBLE = 6.0


def afterpotentials(
    values: Floats,
    rate: float,
    peaks: Indices,
    bounds: Indices,
    cut: Codes,
    threshold: Floats,
    refused: Codes,
    noise: Floats,
    *,
    fast: float,
    medium: float,
    slow: float,
    adp_time: float,
    adp_prominence: float,
) -> tuple[dict[str, Floats], dict[str, Codes]]:
    """Measure the troughs and the afterdepolarization after each spike.

    Parameters
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
    fast, medium, slow, adp_time : float [ms]
    adp_prominence : float [mV]

    Returns
    -------
    values, refusals : dict
        For trough_time, trough_potential, fast_ahp, medium_ahp, slow_ahp and adp.

    Notes
    -----
    The trough is the lowest potential up to the bound. The three afterhyperpolarizations are the
    threshold less the lowest potential up to `fast`, from `fast` to `medium`, and from `medium` to
    `slow` after the peak, each only where the potential turns there: where it is clearly higher at
    both ends of that stretch. The afterdepolarization is the height above the fast trough of the
    highest potential between the fast and the medium trough.
    """
    steps = [round(time * rate) for time in (fast, medium, slow)]
    trough = _lowest(values, peaks, bounds)
    after_fast = _lowest(values, peaks, np.minimum(peaks + steps[0], bounds))
    found: dict[str, Floats] = {
        "trough_time": trough / rate,
        "trough_potential": values[trough].copy(),
    }
    lasting = values[bounds] - values[trough] <= _clear(noise, bounds - peaks)
    ends = lasting & (cut == Refusal.CUT_BY_END)
    code = np.where(ends, Refusal.CUT_BY_END, Refusal.NONE).astype(np.uint8)
    for column in found.values():
        column[ends] = np.nan
    codes: dict[str, Codes] = {"trough_time": code, "trough_potential": code}
    begin = peaks
    turns = {}
    for name, step in zip(("fast_ahp", "medium_ahp", "slow_ahp"), steps, strict=True):
        end = np.minimum(peaks + step, bounds)
        start = np.minimum(begin, end)
        low = extreme_between(values, start, end + 1, np.minimum)
        clear = _clear(noise, end - start)
        turned = (values[start] - low > clear) & (values[end] - low > clear)
        short = bounds < peaks + step
        why = np.where(short, cut, Refusal.ABSENT)
        why = np.where(turned, Refusal.NONE, why)
        codes[name] = np.where(refused != 0, refused, why).astype(np.uint8)
        found[name] = np.where(codes[name] == 0, threshold - low, np.nan)
        turns[name] = turned
        begin = peaks + step
    adp, why_not = _afterdepolarization(
        values,
        after_fast,
        _upper(values, rate, peaks, bounds, turns["medium_ahp"], after_fast, steps, adp_time),
        np.maximum(adp_prominence, _VISIBLE * noise),
    )
    no_fast = ~turns["fast_ahp"]
    open_end = why_not & (cut == Refusal.CUT_BY_END) & (bounds < after_fast + adp_time * rate)
    codes["adp"] = np.select(
        [no_fast & (codes["fast_ahp"] != 0), no_fast, open_end, why_not],
        [codes["fast_ahp"], Refusal.ABSENT, Refusal.CUT_BY_END, Refusal.ABSENT],
        Refusal.NONE,
    ).astype(np.uint8)
    found["adp"] = np.where(codes["adp"] == 0, adp, np.nan)
    return found, codes


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
    turned: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
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
) -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Return the height above the fast trough, and where there is none."""
    high = extreme_between(values, fast, end + 1, np.maximum)
    height = high - values[fast]
    absent = (height < least) | (high - values[end] < least)
    return height, absent
