"""What was played in one column of epochs, as epochs of a protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from loligo.errors import ModelError
from loligo.protocol import Epoch, Hold, Pulses, Ramp, Series, Sine, Step, Wave, Waveform
from loligo.recording.protocol_columns import Column
from loligo.recording.sweep import EpochKind, Trace

LEVELLED = {EpochKind.HOLD, EpochKind.STEP}
MOST_TRIANGLES = 200
"""More triangles are given as samples."""


@dataclass(frozen=True, slots=True)
class Context:
    """What all columns share: the command's dimension, its traces, where sweeps begin."""

    dimension: str
    traces: tuple[Trace, ...]
    holding: Series

    def levels(self, values: Sequence[float]) -> Series:
        """Return levels, one of each sweep, as a series."""
        return series_of(values, self.dimension)

    def unless_holding(self, values: Sequence[float]) -> Series | None:
        """Return levels as a series, ``None`` where all are the holding level."""
        held = [self.holding.at(sweep) for sweep in range(len(self.traces))]
        return None if list(values) == held else self.levels(values)


def series_of(values: Sequence[float], dimension: str) -> Series:
    """Return one value of each sweep as a series: written once where all are the same."""
    numbers = tuple(float(value) + 0.0 for value in values)
    return Series(numbers if len(set(numbers)) > 1 else numbers[:1], dimension)


def played(column: Column, context: Context) -> list[Epoch]:
    """Return the epochs that play a column.

    Levels in some sweeps and a ramp or train in others are a ramp or train of no height there.
    What has no rule, or a different one in some sweeps, is given as samples.
    """
    moving = column.kinds - LEVELLED
    known = all(epoch.level is not None for epoch in column.known)
    make = _RULES.get(moving.pop() if moving else EpochKind.STEP) if len(moving) < 2 else None
    made = make(column, context) if make is not None and known else []
    return made or [_wave(column, context)]


def _step(column: Column, context: Context) -> list[Epoch]:
    levels = [epoch.level or 0.0 for epoch in column.filled]
    duration = series_of(column.durations(), "time")
    if column.kinds == {EpochKind.HOLD}:
        found = any(epoch.source == "detected" for epoch in column.known)
        if found or context.unless_holding(levels) is None:  # found: equal but for its noise
            return [Hold(duration, column.label)]
    return [Step(context.levels(levels), duration, column.label)]


def _ends(column: Column) -> tuple[list[float], list[float]]:
    """Return base and level of each sweep."""
    begins = [level or 0.0 for level in column.begins()]
    return begins, [epoch.level or 0.0 for epoch in column.filled]


def _ramp(column: Column, context: Context) -> list[Epoch]:
    begins, ends = _ends(column)
    duration = series_of(column.durations(), "time")
    return [Ramp(context.levels(ends), duration, column.label, start=context.levels(begins))]


def _train(column: Column) -> tuple[Series, Series]:
    """Return period and width of a train; sweeps without pulses take those of one with."""
    whole = next(e for e in column.known if e.pulse_period is not None)
    periods = [e.pulse_period or whole.pulse_period or 0.0 for e in column.filled]
    widths = [
        (e.pulse_width if e.pulse_period else whole.pulse_width) or 0.0 for e in column.filled
    ]
    return series_of(periods, "time"), series_of(widths, "time")


def _pulses(column: Column, context: Context) -> list[Epoch]:
    base, level = _ends(column)
    period, width = _train(column)
    duration = series_of(column.durations(), "time")
    if not any(width.values):
        return [Step(context.levels(base), duration, column.label)]
    if not all(width.values) or any(
        0 < length < width.at(sweep) for sweep, length in enumerate(column.durations())
    ):
        return []
    return [
        Pulses(
            context.levels(level),
            width,
            period,
            duration,
            column.label,
            base=context.unless_holding(base),
            biphasic=EpochKind.BIPHASIC in column.kinds,
        )
    ]


def _whole(column: Column, period: Series) -> list[int]:
    """Return how many whole periods fit in each sweep."""
    lengths = enumerate(column.durations())
    return [int(np.floor(length / period.at(sweep) + 1e-9)) for sweep, length in lengths]


def _rest(column: Column, context: Context, period: Series) -> list[Epoch]:
    """Return what is left after the last whole period, at the base."""
    counts = _whole(column, period)
    left = [
        max(round(length - count * period.at(sweep), 9), 0.0)
        for sweep, (length, count) in enumerate(zip(column.durations(), counts, strict=True))
    ]
    base, _ = _ends(column)
    return [Step(context.levels(base), series_of(left, "time"))] if any(left) else []


def _triangles(column: Column, context: Context) -> list[Epoch]:
    base, level = _ends(column)
    period, width = _train(column)
    counts = _whole(column, period)
    sweeps = range(len(counts))
    if max(counts) > MOST_TRIANGLES:
        return []
    made: list[Epoch] = []
    for place in range(max(counts)):
        there = [1.0 if place < count else 0.0 for count in counts]
        up = [there[s] * width.at(s) for s in sweeps]
        down = [there[s] * round(period.at(s) - width.at(s), 9) for s in sweeps]
        for word, ends, begins, times in (("up", level, base, up), ("down", base, level, down)):
            if any(times):
                label = f"{column.label} {word} {place + 1}"
                start, stop = context.levels(begins), context.levels(ends)
                made.append(Ramp(stop, series_of(times, "time"), label, start=start))
    return made + _rest(column, context, period)


def _cosine(column: Column, context: Context) -> list[Epoch]:
    base, level = _ends(column)
    period, _ = _train(column)
    pairs = list(zip(base, level, strict=True))
    times = [count * period.at(sweep) for sweep, count in enumerate(_whole(column, period))]
    if not any(times):
        return []
    frequencies = [1 / period.at(sweep) for sweep in range(len(times))]
    first = Sine(
        context.levels([(high - low) / 2 for low, high in pairs]),
        series_of(frequencies, "frequency"),
        series_of(times, "time"),
        column.label,
        phase=-0.25,
        about=context.levels([(high + low) / 2 for low, high in pairs]),
    )
    return [first, *_rest(column, context, period)]


def _wave(column: Column, context: Context) -> Epoch:
    """Return the samples of the command."""
    rates = {trace.sampling_rate for trace in context.traces}
    if len(rates) > 1 or None in column.entries:
        raise ModelError(
            f"epoch {column.label!r} follows samples, but not in all sweeps at one rate; take "
            "sweeps of one kind with recording.select"
        )
    rows = []
    for epoch, trace in zip(column.known, context.traces, strict=True):
        values = trace.window(epoch.start, epoch.stop)
        if values.size == 0 or not np.isfinite(values).all():
            raise ModelError(f"the samples of epoch {column.label!r} are lacking or not finite")
        rows.append((values + 0.0).tobytes())
    samples = tuple(rows) if len(set(rows)) > 1 else tuple(rows[:1])
    interval = Series((1 / rates.pop(),), "time")
    return Wave(Waveform(samples, context.dimension), interval, column.label)


_RULES: dict[EpochKind, Callable[[Column, Context], list[Epoch]]] = {
    EpochKind.STEP: _step,
    EpochKind.RAMP: _ramp,
    EpochKind.PULSES: _pulses,
    EpochKind.BIPHASIC: _pulses,
    EpochKind.TRIANGLES: _triangles,
    EpochKind.COSINE: _cosine,
}
