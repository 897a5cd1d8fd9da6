"""Whether the stimulus reached the cell: responses that show nothing, monitors that disagree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.analysis.interval import Interval, interval_of_mean, location, minus
from loligo.analysis.layout import Layout, Step, load
from loligo.analysis.steady import measure, seen_change
from loligo.recording import Channel, ClampMode

LEAST_STEP = {"mV": 2.0, "pA": 10.0}
"""Smaller steps of command are not judged."""
LARGEST_RESISTANCE = 20.0
"""A steady current smaller than through this is none [GOhm]."""
LEAST_RESISTANCE = 0.005
"""A steady potential smaller than over this is none [GOhm]."""
LEAST_CHARGE = 1.0
"""A transient smaller than of this capacitance is none [pF]."""

_TRANSIENT = 5.0
_BLOCK = 1.0
_CERTAIN = 5.0
_SEARCHED = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the response to a step was to be seen.

    Attributes
    ----------
    step : Step
    is_answered : bool or None
        None where noise would hide the smallest response a cell gives.
    bound : float
        Largest steady change the noise allows [unit of the response].
    """

    step: Step
    is_answered: bool | None
    bound: float


def transient_peak(
    before: ArrayLike, after: ArrayLike, sampling_rate: float
) -> tuple[float, float]:
    """Return the largest 1 ms mean after an edge beyond the mean before it, and its noise.

    Parameters
    ----------
    before, after : (n,) and (m,) arrays
    sampling_rate : float [kHz]

    Returns
    -------
    peak, noise : float
        The noise is the standard deviation of 1 ms means before the edge; infinite where there
        are fewer than 5 of them.
    """
    size = max(round(_BLOCK * sampling_rate), 1)
    blocks = _means(np.asarray(before, dtype=np.float64), size)
    later = _means(np.asarray(after, dtype=np.float64), size)
    if blocks.size < 5 or not later.size:
        return 0.0, float("inf")
    return float(np.abs(later - blocks.mean()).max()), float(blocks.std(ddof=1))


def _means(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    count = values.size // size
    found: NDArray[np.float64] = values[: count * size].reshape(count, size).mean(axis=1)
    return found


def answers(layout: Layout, groups: Iterable[tuple[Step, ...]]) -> tuple[Answer, ...]:
    """Tell for each step of command whether the response shows it.

    Unanswered is a step after which neither a transient nor a steady change is to be seen, though
    the noise would let through those of 1 pF and 20 GOhm (in current clamp, of 5 MOhm).
    """
    found = []
    command = layout.command
    least = LEAST_STEP.get(command.unit, 0.0) if command is not None else 0.0
    for group in groups:
        told = [step for step in group if abs(step.level - step.before) >= least]
        measured, _ = measure(layout, told)
        for entry in measured:
            if entry.problem in {"saturated", "missing values", "fewer than 3 samples in a window"}:
                continue
            change = entry.response_change.interval
            answered = True if entry.problem else _judge(layout, entry.step, change)
            bound = max(abs(change.low), abs(change.high))
            found.append(Answer(entry.step, answered, bound))
    return tuple(found)


def _judge(layout: Layout, step: Step, change: Interval) -> bool | None:
    size = abs(step.level - step.before)
    trace = layout.recording.trace(step.sweep, layout.response)
    stop = min(step.whole.start + _TRANSIENT, step.whole.stop)
    after = trace.window(step.whole.start, stop)
    peak, noise = transient_peak(load(trace, step.baseline), after, trace.sampling_rate)
    voltage_clamp = layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP
    smallest = size / LARGEST_RESISTANCE if voltage_clamp else size * LEAST_RESISTANCE
    if peak > _CERTAIN * noise or (change.excludes_zero and abs(change.value) > smallest):
        return True
    would_show = not voltage_clamp or _CERTAIN * noise < size * LEAST_CHARGE / _BLOCK
    is_flat = max(abs(change.low), abs(change.high)) < smallest
    return False if is_flat and would_show else None


@dataclass(frozen=True, slots=True)
class Monitored:
    """What a channel that measured the command saw of it.

    Attributes
    ----------
    monitor : str
    error : Interval or None
        Largest difference of a step it saw from the protocol's, by the protocol's largest.
    delay : Interval or None
        From the protocol's step to the measured one [ms].
    step : Step or None
        Of the largest difference.
    seen, told : float
        Its size as measured and by the protocol [unit of the command].
    """

    monitor: str
    error: Interval | None
    delay: Interval | None
    step: Step | None = None
    seen: float = 0.0
    told: float = 0.0


def monitored(layout: Layout, groups: Iterable[tuple[Step, ...]]) -> Monitored | None:
    """Compare the command as measured with the protocol's; nothing where no channel measured it."""
    monitor = layout.monitor
    if monitor is None:
        return None
    every = [step for group in groups for step in group]
    pairs = [(step, seen_change(layout, monitor, step)) for step in every]
    known = [(step, seen, step.level - step.before) for step, seen in pairs if seen is not None]
    largest = max((abs(told) for *_, told in known), default=0.0)
    if largest == 0.0:
        return Monitored(monitor.name, None, None)
    worst = max(known, key=lambda entry: abs(entry[1] - entry[2]))
    error = abs(worst[1] - worst[2]) / largest
    delays = [
        found
        for step, seen, told in known
        if abs(told) > largest / 2
        and abs(seen - told) < abs(told) / 2
        and (found := _delay(layout, monitor, step)) is not None
    ]
    delay = _mean_delay(delays, layout.recording.trace(worst[0].sweep, monitor).sampling_rate)
    spread = _noise_of_change(layout, monitor, worst[0]) / largest
    interval = Interval(error, max(error - spread, 0.0), error + spread)
    return Monitored(monitor.name, interval, delay, *worst)


def _mean_delay(delays: list[float], sampling_rate: float) -> Interval | None:
    """Return the mean; a step may lie anywhere within a sample."""
    if not delays:
        return None
    found, sample = interval_of_mean(delays), 1 / sampling_rate
    return Interval(found.value, found.low - sample, found.high + sample)


def _noise_of_change(layout: Layout, monitor: Channel, step: Step) -> float:
    """Return the reach of the 95 % interval of the measured change."""
    trace = layout.recording.trace(step.sweep, monitor)
    windows = [
        location(load(trace, w), resolution=trace.resolution) for w in (step.steady, step.baseline)
    ]
    found = minus(*windows).interval
    return (found.high - found.low) / 2


def _delay(layout: Layout, monitor: Channel, step: Step) -> float | None:
    """Return how long after the protocol's step the monitor is halfway [ms]."""
    trace = layout.recording.trace(step.sweep, monitor)
    before = float(np.median(load(trace, step.baseline)))
    after = float(np.median(load(trace, step.steady)))
    start = max(step.whole.start - _SEARCHED, step.baseline.start)
    values = trace.window(start, min(step.whole.start + _SEARCHED, step.whole.stop))
    share = (values - before) / (after - before)
    crossed = np.nonzero((share[1:] >= 0.5) & (share[:-1] < 0.5))[0]
    if not crossed.size:
        return None
    place = int(crossed[-1])
    part = (0.5 - share[place]) / (share[place + 1] - share[place])
    first = trace.start + trace.index(start) / trace.sampling_rate
    at = first + (place + float(part)) / trace.sampling_rate
    return at - step.whole.start
