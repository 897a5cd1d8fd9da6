"""Where the membrane was not at the command: current times the series resistance that is left.

Right after an edge of the command the whole step is missing, at any rig, until the clamp has
settled; that is what the bandwidth tells. Errors are looked for when it has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.recording import Channel, Recording, Trace
from loligo.recording.limits import at_limit

EDGE = 1.0
"""A jump of the command by this much from one sample to the next is an edge [mV]."""
SETTLES = 5.0
"""Time constants of the clamp after which an edge has settled to 1 %."""
SMOOTHED = 0.1
"""Currents are means over this time [ms]."""
IMPULSE = 0.1325
"""Standard deviation of a Gaussian filter's impulse response times its corner."""
Z = 1.96

_CHUNK = 1_000_000

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Excursion:
    """The current of the largest voltage error of a sweep.

    Attributes
    ----------
    sweep : int
    time : float [ms]
        After the sweep's start.
    current : float [pA]
        Mean over 0.1 ms.
    low, high : float [pA]
        Ends of its 95 % interval. That of several noisy values the largest was taken is in it.
    is_cut : bool
        Whether it is at the digitizer's limit, so that the current was larger.
    """

    sweep: int
    time: float
    current: float
    low: float
    high: float
    is_cut: bool = False


def settled(command: Array, sampling_rate: float, dead: float) -> NDArray[np.bool_]:
    """Tell for each sample of a command whether its last edge is over.

    Parameters
    ----------
    command : (time,) array [mV]
    sampling_rate : float [kHz]
    dead : float [ms]
        After each edge.
    """
    edges = np.flatnonzero(np.abs(np.diff(command)) >= EDGE) + 1
    last = np.full(command.size, -math.inf)
    last[edges] = edges
    since = np.arange(command.size) - np.maximum.accumulate(last)
    away = since >= dead * sampling_rate
    away[edges - 1] = False  # half a sample of jitter between command and response
    return np.asarray(away)


def largest_excursion(
    current: Array, usable: NDArray[np.bool_], sampling_rate: float, blur: float = 0.0
) -> tuple[int, float, float, float] | None:
    """Return where the current is largest, and its value with its 95 % interval [pA].

    Parameters
    ----------
    current : (time,) array [pA]
    usable : (time,) array of bool
    sampling_rate : float [kHz]
    blur : float [ms]
        Width (standard deviation) of the recording's impulse response.

    Returns
    -------
    tuple or None
        Index of the middle, value, low and high; ``None`` where no stretch of 0.1 ms is usable.

    Notes
    -----
    Means over 0.1 ms; the noise is that of single samples, from their differences. Of n values
    with noise the largest is too large by up to ``sqrt(2 ln n)`` of its standard deviation, which
    the interval's end towards zero gives way by. A peak comes out too small by half its curvature
    times the variance of mean and `blur`; the end away from zero holds what that takes off.
    """
    width = max(1, round(SMOOTHED * sampling_rate))
    if current.size < width:
        return None
    good = usable & np.isfinite(current)
    filled = np.where(good, current, 0.0)
    sums = np.concatenate(([0.0], np.cumsum(filled)))
    counts = np.concatenate(([0], np.cumsum(good)))
    whole = counts[width:] - counts[:-width] == width
    if not whole.any():
        return None
    means = np.where(whole, (sums[width:] - sums[:-width]) / width, 0.0)
    at = int(np.argmax(np.abs(means)))
    value = float(means[at])
    noise = float(np.median(np.abs(np.diff(current[good])))) / 0.9539 if good.sum() > 2 else 0.0
    selection = math.sqrt(2.0 * math.log(max(float(whole.sum()) / width, 1.0)))
    inner = max(abs(value) - (selection + Z) * noise, 0.0)
    outer = abs(value) + Z * noise + _rounded_off(means, whole, at, width, blur * sampling_rate)
    low, high = (inner, outer) if value >= 0 else (-outer, -inner)
    return at + width // 2, value, low, high


def _rounded_off(means: Array, whole: NDArray[np.bool_], at: int, width: int, blur: float) -> float:
    """Return what means over `width` samples behind a `blur` (in samples) take off a peak."""
    if at < width or at + width >= means.size or not (whole[at - width] and whole[at + width]):
        return 0.0
    bend = abs(float(means[at - width] - 2.0 * means[at] + means[at + width])) / width**2
    return 0.5 * bend * (blur**2 + width**2 / 12.0)


def excursions(
    recording: Recording, response: Channel, command: Channel, dead: float, corner: float | None
) -> Iterator[Excursion]:
    """Yield the largest settled current of each sweep that has a response and its command.

    Parameters
    ----------
    recording : Recording
    response, command : Channel
    dead : float [ms]
        After each edge of the command.
    corner : float or None [kHz]
        Of the recording's low-pass, where it is known.
    """
    blur = 0.0 if corner is None else IMPULSE / corner
    for index in recording.sweeps_with(response, command):
        trace = recording.trace(index, response)
        told = recording.trace(index, command)
        best: Excursion | None = None
        overlap = math.ceil(dead * trace.sampling_rate) + 1
        for start in range(0, len(trace), _CHUNK):
            first, stop = max(start - overlap, 0), min(start + _CHUNK, len(trace))
            current = trace.values(first, stop)
            away = settled(_at(told, trace, first, stop), trace.sampling_rate, dead)
            found = largest_excursion(
                current[start - first :], away[start - first :], trace.sampling_rate, blur
            )
            if found is None:
                continue
            at, value, low, high = found
            if best is None or abs(value) > abs(best.current):
                place = start + at
                time = trace.start + place / trace.sampling_rate
                near = current[max(start - first + at - 2, 0) : start - first + at + 3]
                cut = trace.resolution > 0 and bool(at_limit(trace, near).any())
                best = Excursion(index, time, value, low, high, cut)
        if best is not None:
            yield best


def _at(command: Trace, response: Trace, first: int, stop: int) -> Array:
    """Return the command at samples of the response, each held until the next."""
    same = command.sampling_rate == response.sampling_rate and command.start == response.start
    if same and len(command) == len(response):
        return command.values(first, stop)
    times = response.start + np.arange(first, stop) / response.sampling_rate
    places = np.floor(np.round((times - command.start) * command.sampling_rate, 6)).astype(np.intp)
    values = command.values()
    return np.asarray(values[np.clip(places, 0, values.size - 1)])
