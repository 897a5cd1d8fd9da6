"""Which sweeps show best how a cell fires: at rheobase, and at its fastest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loligo.analysis.spikes.cell import Evoked, families
from loligo.analysis.spikes.stimuli import Stimulus
from loligo.analysis.spikes.sweep import SweepSpikes
from loligo.analysis.spikes.table import SpikeTable

_MARGIN = 0.15
_LONGEST = 2000.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of a sweep to look at.

    Attributes
    ----------
    sweep : SweepSpikes
    stimulus : Stimulus or None
    start, stop : float [ms]
        What to show, after the sweep's start.
    first, count : int
        First spike that the stimulus evokes, and how many; of the stretch where there is none.
    words : str
        What it is.
    """

    sweep: SweepSpikes
    stimulus: Stimulus | None
    start: float
    stop: float
    first: int
    count: int
    words: str


def shown_spikes(table: SpikeTable) -> tuple[Shown, ...]:
    """Return the sweep with the smallest current that fires, and that which fires fastest.

    Without steps of different current, the stretch in which it fires first, and most; at most two,
    none where nothing fires.
    """
    groups = [g for g in families(table.sweeps).values() if any(e.train.spike_count for e in g)]
    if groups:
        return _of_family(_clearest(groups, table))
    fired = [entry for entry in table.sweeps if entry.times is not None and len(entry.times)]
    if not fired:
        return ()
    return _apart(_whole(fired[0]), _whole(max(fired, key=lambda e: e.peak_time.size)))


def _clearest(groups: list[tuple[Evoked, ...]], table: SpikeTable) -> tuple[Evoked, ...]:
    """Return the first family whose rheobase is known, or else the first."""
    known = {e.epoch for e in table.estimates if e.name == "rheobase" and e.is_ok}
    return next((g for g in groups if g[0].stimulus.epoch in known), groups[0])


def _of_family(group: tuple[Evoked, ...]) -> tuple[Shown, ...]:
    firing = [entry for entry in group if entry.train.spike_count]
    least = min(firing, key=lambda entry: entry.stimulus.level or 0.0)
    most = max(firing, key=lambda entry: entry.train.mean_frequency)
    return _apart(_in_stimulus(least), _in_stimulus(most))


def _apart(a: Shown, b: Shown) -> tuple[Shown, ...]:
    return (a,) if a.sweep.sweep == b.sweep.sweep else (a, b)


def _in_stimulus(entry: Evoked) -> Shown:
    stimulus, found = entry.stimulus, entry.found
    margin = _MARGIN * (stimulus.stop - stimulus.start)
    count = entry.train.spike_count
    level = f"{stimulus.level:.4g} pA: " if stimulus.level is not None else ""
    return Shown(
        sweep=found,
        stimulus=stimulus,
        start=max(stimulus.start - margin, found.start),
        stop=min(stimulus.stop + margin, found.start + found.duration),
        first=entry.first,
        count=count,
        words=f"sweep {found.sweep}, {level}{_spikes(count)}",
    )


def _whole(found: SweepSpikes) -> Shown:
    """Return the sweep, or of a long one the stretch around its first stimulus or spike."""
    stimulus = next((s for s, evoked in found.stimuli if evoked.spike_count), None)
    start, stop = found.start, found.start + found.duration
    if stimulus is not None:
        margin = _MARGIN * (stimulus.stop - stimulus.start)
        start, stop = max(start, stimulus.start - margin), min(stop, stimulus.stop + margin)
    elif found.duration > _LONGEST:
        start = max(start, float(found.peak_time[0]) - _LONGEST / 4)
        stop = min(stop, start + _LONGEST)
    peaks = found.peak_time
    first = int(np.searchsorted(peaks, start if stimulus is None else max(start, stimulus.start)))
    count = int(np.sum(peaks[first:] < stop))
    return Shown(
        found, stimulus, start, stop, first, count, f"sweep {found.sweep}, {_spikes(peaks.size)}"
    )


def _spikes(count: int) -> str:
    return f"{count} spike" + ("s" if count != 1 else "")
