"""What the spikes say of the cell and of each sweep, as estimates with intervals or refusals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.layout import Layout
from loligo.analysis.spikes.cell import cell_estimates
from loligo.analysis.spikes.doubt import DOUBT, caution, time_error, train_intervals
from loligo.analysis.spikes.stimuli import Stimulus
from loligo.analysis.spikes.sweep import MARGIN, SpikeOptions, SweepSpikes
from loligo.analysis.spikes.trains import Train, train
from loligo.analysis.wording import sweeps_in_words

_FEWEST = {
    "first_spike_latency": (1, "there is no spike"),
    "mean_interspike_interval": (2, "an interval needs two spikes"),
    "adaptation_index": (3, "it compares neighbouring intervals, so it needs three spikes"),
}
_DEFINITIONS = {
    "spike_count": "spikes that peak within the stimulus",
    "first_spike_latency": "from the start of the stimulus to the peak of its first spike",
    "mean_frequency": "spikes in the stimulus by its length",
    "mean_interspike_interval": "mean time between peaks of neighbouring spikes in the stimulus",
    "adaptation_index": "mean of (next - this) / (next + this) over intervals in the stimulus",
    "burst_count": "groups of spikes at short intervals, set apart from the others",
}
_NOT_CONSTANT = (
    "the current is not constant in the stimulus, and the intervals follow it; adaptation is how "
    "they change while it stays"
)
COUNT_DEFINITION = (
    "spikes of {what}; the interval runs from the count with criteria of prominence, upstroke and "
    f"noise {MARGIN:g} times as large to that with criteria as much smaller"
)
"""What a count is of, and its interval."""


def spike_estimates(
    layout: Layout, sweeps: Sequence[SweepSpikes], options: SpikeOptions
) -> tuple[Estimate, ...]:
    """Return the estimates of a current-clamp response.

    Parameters
    ----------
    layout : Layout
    sweeps : sequence of SweepSpikes
    options : SpikeOptions

    Returns
    -------
    tuple of Estimate
        Of the recording: `spike_count`; of each step whose current varies `fi_slope`, `rheobase`,
        `maximum_frequency`, `adaptation_index`, and latency and shape of the first spike at
        rheobase; where there is no such step the median shape of all spikes, and where the cell
        fires without current that of the spikes outside every stimulus. Then of each sweep
        `spike_count`, and of each of its stimuli `spike_count`, `first_spike_latency`,
        `mean_frequency`, `mean_interspike_interval`, `adaptation_index` and `burst_count`.
    """
    channel = layout.response.name
    single: list[Estimate] = []
    for entry in sweeps:
        single.append(_count_of_sweep(entry, channel, options))
        for stimulus, evoked in entry.stimuli:
            single += _of_stimulus(layout, entry, stimulus, evoked, options)
    total = _total(sweeps, single, channel)
    return (total, *cell_estimates(layout, sweeps, options), *single)


def count_interval(count: int, others: Sequence[int]) -> Interval:
    """Return a count with the range that other criteria give."""
    return Interval(float(count), float(min(count, *others)), float(max(count, *others)))


def _count_of_sweep(entry: SweepSpikes, channel: str, options: SpikeOptions) -> Estimate:
    if entry.times is None:
        return Estimate(
            "spike_count", None, None, None, entry.status, entry.reason, channel, entry.sweep
        )
    found = count_interval(len(entry.times), [other.size for other in entry.doubted])
    return Estimate(
        "spike_count",
        found.value,
        found.low,
        found.high,
        Status.OK,
        caution(entry.times, options.detection),
        channel=channel,
        sweep=entry.sweep,
        definition=COUNT_DEFINITION.format(what="the whole sweep"),
    )


def _total(sweeps: Sequence[SweepSpikes], single: list[Estimate], channel: str) -> Estimate:
    counts = [e for e in single if e.name == "spike_count" and not e.epoch and e.is_ok]
    lost = [entry for entry in sweeps if entry.times is None]
    if not counts:
        status, why = (
            (lost[0].status, lost[0].reason) if lost else (Status.UNRESOLVED, "there is no sweep")
        )
        return Estimate("spike_count", None, None, None, status, why, channel)
    notes = []
    if lost:
        which = sweeps_in_words(entry.sweep for entry in lost)
        notes.append(f"left out: {which} ({lost[0].reason})")
    noisy = [e for e in counts if e.reason]
    if noisy:
        which = sweeps_in_words(e.sweep for e in noisy if e.sweep is not None)
        notes.append(f"{which}: {noisy[0].reason}")
    note = "; ".join(notes)
    value, low, high = (
        math.fsum(getattr(e, end) or 0.0 for e in counts) for end in ("value", "low", "high")
    )
    words = COUNT_DEFINITION.format(what=f"all {len(counts)} sweeps")
    return Estimate("spike_count", value, low, high, Status.OK, note, channel, definition=words)


def _of_stimulus(
    layout: Layout, entry: SweepSpikes, stimulus: Stimulus, evoked: Train, options: SpikeOptions
) -> Iterator[Estimate]:
    if entry.times is None:
        return
    rate = layout.recording.trace(entry.sweep, layout.response).sampling_rate
    others = [train(at, stimulus.start, stimulus.stop, options.bursts) for at in entry.doubted]
    found = train_intervals(evoked, others, time_error(entry.times, rate))
    where = {"channel": layout.response.name, "sweep": entry.sweep, "epoch": stimulus.epoch}
    for name, interval in found.items():
        least, why = _FEWEST.get(name, (0, ""))
        if evoked.spike_count < least:
            seen = "no spike" if not evoked.spike_count else f"{evoked.spike_count} spike(s)"
            words = why if least == 1 else f"{seen}; {why}"
            yield Estimate(name, None, None, None, Status.NO_SPIKES, words, **where)  # type: ignore[arg-type]
            continue
        if name == "adaptation_index" and not stimulus.is_step:
            yield Estimate(name, None, None, None, Status.NO_STEP, _NOT_CONSTANT, **where)  # type: ignore[arg-type]
            continue
        yield Estimate(
            name,
            interval.value,
            interval.low,
            interval.high,
            Status.OK,
            definition=f"{_DEFINITIONS[name]}; {DOUBT}",
            **where,  # type: ignore[arg-type]
        )
