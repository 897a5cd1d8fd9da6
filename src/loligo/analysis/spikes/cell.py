"""What the spikes of all sweeps say of the cell: f-I curve, first spike at rheobase, adaptation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval, interval_of_mean, location
from loligo.analysis.layout import Layout, same_level
from loligo.analysis.spikes.curve import frequency_current
from loligo.analysis.spikes.doubt import time_error
from loligo.analysis.spikes.first_spike import SHAPE, shape_intervals
from loligo.analysis.spikes.refusals import Refusal
from loligo.analysis.spikes.stimuli import Stimulus, edges_of
from loligo.analysis.spikes.sweep import SpikeOptions, SweepSpikes
from loligo.analysis.spikes.trains import Train, train

LATENCY = "first_spike_latency"


@dataclass(frozen=True, slots=True)
class Evoked:
    """What one stimulus evoked in one sweep."""

    found: SweepSpikes
    stimulus: Stimulus
    train: Train

    @property
    def first(self) -> int:
        """Index of the first spike in the stimulus, among those of the sweep."""
        return int(np.searchsorted(self.found.peak_time, self.stimulus.start))


def families(sweeps: Sequence[SweepSpikes]) -> dict[str, tuple[Evoked, ...]]:
    """Return the steps of current whose level varies between sweeps, by epoch."""
    groups: dict[str, list[Evoked]] = {}
    for entry in sweeps:
        for stimulus, evoked in entry.stimuli:
            if stimulus.is_step and stimulus.level is not None:
                groups.setdefault(stimulus.epoch, []).append(Evoked(entry, stimulus, evoked))
    return {label: tuple(group) for label, group in groups.items() if _varies(group)}


def _varies(group: Sequence[Evoked]) -> bool:
    levels = [_level(entry) for entry in group]
    return not all(same_level(level, levels[0]) for level in levels)


def _level(entry: Evoked) -> float:
    level = entry.stimulus.level
    return math.nan if level is None else level


def cell_estimates(
    layout: Layout, sweeps: Sequence[SweepSpikes], options: SpikeOptions
) -> Iterator[Estimate]:
    """Yield the estimates of the recording; see `loligo.analysis.spikes.estimates`."""
    groups = families(sweeps)
    fires_at_rest = False
    for label, group in groups.items():
        where = {"channel": layout.response.name, "epoch": label}
        for estimate in _of_family(layout, group, options):
            fires_at_rest |= estimate.status is Status.SPIKING
            yield replace(estimate, **where)  # type: ignore[arg-type]
    if not groups or fires_at_rest:
        for estimate in _typical(sweeps, is_outside=fires_at_rest):
            yield replace(estimate, channel=layout.response.name)


def _of_family(
    layout: Layout, group: tuple[Evoked, ...], options: SpikeOptions
) -> Iterator[Estimate]:
    levels = [_level(entry) for entry in group]
    rates = [entry.train.mean_frequency for entry in group]
    slope, rheobase = frequency_current(levels, rates)
    yield slope
    yield rheobase
    yield _fastest(group, options)
    yield _adaptation(group)
    yield from _first_spikes(layout, group, rheobase, options)


def _fastest(group: tuple[Evoked, ...], options: SpikeOptions) -> Estimate:
    """Return the highest mean frequency, with the range that other criteria give."""
    name = "maximum_frequency"
    best = max(group, key=lambda entry: entry.train.mean_frequency)
    if not best.train.spike_count:
        highest = max(_level(entry) for entry in group)
        return _refused(name, Status.NO_SPIKES, f"no spike up to {highest:.4g} pA")
    values = [best.train.mean_frequency]
    for place in range(len(best.found.doubted)):
        otherwise = [
            train(e.found.doubted[place], e.stimulus.start, e.stimulus.stop, options.bursts)
            for e in group
        ]
        values.append(max(other.mean_frequency for other in otherwise))
    words = (
        f"highest mean frequency of {len(group)} steps, at {_level(best):.4g} pA; interval over "
        "criteria a quarter stricter and laxer"
    )
    return Estimate(name, values[0], min(values), max(values), Status.OK, definition=words)


def _adaptation(group: tuple[Evoked, ...]) -> Estimate:
    name = "adaptation_index"
    values = [e.train.adaptation_index for e in group if e.train.spike_count >= 3]
    if not values:
        return _refused(name, Status.NO_SPIKES, "no step evokes three spikes")
    words = (
        f"mean over the {len(values)} steps with three spikes or more of the mean of "
        "(next - this) / (next + this) over intervals; interval from the spread between steps"
    )
    return _found(name, interval_of_mean(values), words)


def _first_spikes(
    layout: Layout, group: tuple[Evoked, ...], rheobase: Estimate, options: SpikeOptions
) -> Iterator[Estimate]:
    """Yield latency and shape of the first spike at the smallest current that fires."""
    names = (LATENCY, *(f"spike_{name}" for name in SHAPE))
    firing = [entry for entry in group if entry.train.spike_count]
    if not firing or rheobase.status is Status.SPIKING:
        for name in names:
            yield _refused(name, rheobase.status, rheobase.reason)
        return
    least = min(_level(entry) for entry in firing)
    chosen = [entry for entry in firing if same_level(_level(entry), least)]
    note = "" if rheobase.is_ok else f"{rheobase.reason}; rheobase may be well below"
    where = f"of the first spike at {least:.4g} pA, the smallest current that fires"
    measured = [_shape(layout, entry, options) for entry in chosen]
    for name in names:
        yield (
            replace(_of_first(name, measured, where), reason=note)
            if _any(name, measured)
            else (_of_first(name, measured, where))
        )


def _any(name: str, measured: Sequence[dict[str, Interval | Refusal]]) -> bool:
    return any(isinstance(entry[name], Interval) for entry in measured)


def _shape(layout: Layout, entry: Evoked, options: SpikeOptions) -> dict[str, Interval | Refusal]:
    """Return latency and shape of one first spike, under glossary names."""
    found = entry.found
    assert found.times is not None
    trace = layout.recording.trace(found.sweep, layout.response)
    begins, ends = ([t - trace.start for t in times] for times in edges_of(layout, found.sweep))
    shape = shape_intervals(
        trace.values(),
        trace.sampling_rate,
        found,
        entry.first,
        options,
        begins,
        begins + ends,
        trace.resolution,
    )
    latency = entry.train.first_spike_latency
    error = 1.96 * time_error(found.times, trace.sampling_rate)
    return {
        LATENCY: Interval(latency, latency - error, latency + error),
        **{f"spike_{name}": value for name, value in shape.items()},
    }


def _of_first(name: str, measured: Sequence[dict[str, Interval | Refusal]], where: str) -> Estimate:
    entries = [entry[name] for entry in measured]
    known = [entry for entry in entries if isinstance(entry, Interval)]
    if not known:
        code = next(entry for entry in entries if isinstance(entry, Refusal))
        return _refused(name, Status.UNRESOLVED, f"{where}: {code.sentence}")
    if len(known) == 1:
        words = f"{where} (1 spike); interval from the noise of the recording"
        return _found(name, known[0], words)
    interval = interval_of_mean([entry.value for entry in known])
    words = f"mean {where} ({len(known)} spikes); interval from the spread between them"
    return _found(name, interval, words)


def _typical(sweeps: Sequence[SweepSpikes], *, is_outside: bool) -> Iterator[Estimate]:
    """Yield the median shape of all spikes, or of those outside every stimulus."""
    which = "spikes outside every stimulus" if is_outside else "spikes of the recording"
    for name in SHAPE:
        columns = [
            entry.features[name][~entry.is_inside] if is_outside else entry.features[name]
            for entry in sweeps
            if entry.features is not None
        ]
        values = np.concatenate([np.empty(0), *columns])
        known = values[np.isfinite(values)]
        if 2 * known.size <= values.size:  # those that show it may not be like the others
            status = Status.UNRESOLVED if values.size else Status.NO_SPIKES
            why = f"{known.size} of the {values.size} {which} show it; more than half are needed"
            why = why if values.size else "no spike"
            yield _refused(f"spike_{name}", status, why)
            continue
        words = (
            f"median of {known.size} of the {values.size} {which}; interval from their spread in "
            "the order of time, unbounded for fewer than 10"
        )
        yield _found(f"spike_{name}", location(known, np.median).interval, words)


def _found(name: str, interval: Interval, words: str) -> Estimate:
    return Estimate(name, interval.value, interval.low, interval.high, Status.OK, definition=words)


def _refused(name: str, status: Status, why: str) -> Estimate:
    return Estimate(name, None, None, None, status, why)
