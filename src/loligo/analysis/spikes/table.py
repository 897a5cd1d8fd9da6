"""The spikes of a recording as tidy tables: a row a spike, a row a stimulus, a row a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, holding, layout_of, same_level
from loligo.analysis.spikes.curve import frequency_current
from loligo.analysis.spikes.detect import SpikeTimes, detect_spikes
from loligo.analysis.spikes.features import (
    PER_SPIKE,
    SpikeFeatures,
    spike_features,
)
from loligo.analysis.spikes.options import DetectionOptions, FeatureOptions
from loligo.analysis.spikes.stimuli import Stimulus, edges_of, stimuli
from loligo.analysis.spikes.trains import BurstOptions, Train, train
from loligo.errors import SelectionError
from loligo.recording import Channel, ClampMode, Recording, Trace

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SpikeOptions:
    """How spikes are found and measured.

    Attributes
    ----------
    detection : DetectionOptions
    features : FeatureOptions
    bursts : BurstOptions
    """

    detection: DetectionOptions = field(default_factory=DetectionOptions)
    features: FeatureOptions = field(default_factory=FeatureOptions)
    bursts: BurstOptions = field(default_factory=BurstOptions)


@dataclass(frozen=True, eq=False, slots=True)
class SweepSpikes:
    """The spikes of one sweep.

    Attributes
    ----------
    sweep : int
        Index.
    status : Status
    reason : str
        Why the sweep was not looked at, ``""`` where it was.
    start : float [ms]
        Time of the trace's first sample after the sweep's start.
    duration : float [ms]
    times : SpikeTimes or None
        With times after the first sample.
    features : SpikeFeatures or None
        With times after the first sample.
    stimuli : tuple of (Stimulus, Train)
        What each stimulus of the sweep evoked; times after the sweep's start.
    whole : Train or None
        Of the whole sweep.
    """

    sweep: int
    status: Status
    reason: str
    start: float
    duration: float
    times: SpikeTimes | None = None
    features: SpikeFeatures | None = None
    stimuli: tuple[tuple[Stimulus, Train], ...] = ()
    whole: Train | None = None

    @property
    def inside_count(self) -> int | None:
        """Spikes within a stimulus."""
        return None if self.whole is None else sum(t.spike_count for _, t in self.stimuli)

    @property
    def outside_count(self) -> int | None:
        """Spikes outside every stimulus."""
        if self.whole is None or self.inside_count is None:
            return None
        return self.whole.spike_count - self.inside_count


@dataclass(frozen=True, eq=False, slots=True)
class SpikeTable:
    """The spikes of one response of a recording.

    Attributes
    ----------
    channel : str
    sweeps : tuple of SweepSpikes
    estimates : tuple of Estimate
        Of the cell: `fi_slope` and `rheobase` for each step whose current varies between sweeps.
    """

    channel: str
    sweeps: tuple[SweepSpikes, ...]
    estimates: tuple[Estimate, ...]

    def spike_rows(self) -> Iterator[Row]:
        """Yield a row a spike: sweep, spike (from 0), epoch it fell in, quantities, status.

        Names are those of the glossary, times count from the sweep's start.
        """
        for entry in self.sweeps:
            if entry.features is None:
                continue
            for spike in range(len(entry.features)):
                time = float(entry.features["peak_time"][spike]) + entry.start
                epochs = [s.epoch for s, _ in entry.stimuli if s.start <= time < s.stop]
                row: dict[str, Any] = {
                    "channel": self.channel,
                    "sweep": entry.sweep,
                    "spike": spike,
                    "epoch": epochs[0] if epochs else "",
                }
                for name in PER_SPIKE:
                    value = float(entry.features[name][spike])
                    shift = entry.start if name in _TIMES else 0.0
                    row["spike_" + name] = value + shift
                yield {**row, "status": entry.features.status(spike)}

    def stimulus_rows(self) -> Iterator[Row]:
        """Yield a row a stimulus of each sweep: what was injected and what it evoked."""
        for entry in self.sweeps:
            for stimulus, evoked in entry.stimuli:
                yield {
                    "channel": self.channel,
                    "sweep": entry.sweep,
                    "epoch": stimulus.epoch,
                    "start": stimulus.start,
                    "stop": stimulus.stop,
                    "command_current": stimulus.level,
                    **_train_columns(evoked),
                }

    def sweep_rows(self) -> Iterator[Row]:
        """Yield a row a sweep: how many spikes, and how many of them outside every stimulus."""
        for entry in self.sweeps:
            yield {
                "channel": self.channel,
                "sweep": entry.sweep,
                "spike_count": None if entry.whole is None else entry.whole.spike_count,
                "spike_count_in_stimulus": entry.inside_count,
                "spike_count_outside_stimulus": entry.outside_count,
                "rejected_count": None if entry.times is None else len(entry.times.rejected_reason),
                "status": entry.status.value,
                "reason": entry.reason,
            }


_TIMES = ("threshold_time", "peak_time", "trough_time")


def spikes(
    recording: Recording,
    response: Channel | str | None = None,
    options: SpikeOptions = SpikeOptions(),
) -> SpikeTable:
    """Find and measure the spikes of each sweep of a current-clamp response.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.
    options : SpikeOptions

    Returns
    -------
    SpikeTable
        A sweep that cannot be looked at (samples that are not finite) is there with its reason.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, ambiguous, or not a voltage.

    Notes
    -----
    Edges of the command are known here, so that what follows one at once is not counted. Where the
    recording holds no command, every spike is counted for the sweep and none for a stimulus.
    """
    layout = layout_of(recording, response)
    mode = layout.response.clamp_mode
    if mode not in {ClampMode.CURRENT_CLAMP, ClampMode.ZERO_CURRENT}:
        words = "of unknown mode" if mode is None else mode.value.replace("_", " ")
        raise SelectionError(
            f"spikes are looked for in current clamp; {layout.response.name!r} is {words}"
        )
    found = stimuli(layout)
    sweeps = tuple(
        _of_sweep(layout, index, found.get(index, ()), options) for index in layout.sweeps
    )
    return SpikeTable(layout.response.name, sweeps, tuple(_estimates(layout, sweeps)))


def _of_sweep(
    layout: Layout, index: int, windows: Sequence[Stimulus], options: SpikeOptions
) -> SweepSpikes:
    trace = layout.recording.trace(index, layout.response)
    values = trace.values()
    if values.size < 8 or not np.isfinite(values).all():
        few = values.size < 8
        why = f"{values.size} samples" if few else "it holds samples that are not finite"
        status = Status.NO_BASELINE if few else Status.NOT_FINITE
        return SweepSpikes(index, status, why, trace.start, trace.duration)
    begins, ends = edges_of(layout, index)
    stops = [time - trace.start for time in begins]
    edges = stops + [time - trace.start for time in ends]
    times = detect_spikes(values, trace.sampling_rate, options.detection, edges=edges)
    features = spike_features(
        values,
        trace.sampling_rate,
        times,
        options.features,
        baseline=_baseline(layout, index, trace),
        stops=stops,
        edges=edges,
    )
    at = times.peak_time + trace.start
    return SweepSpikes(
        sweep=index,
        status=Status.OK,
        reason="",
        start=trace.start,
        duration=trace.duration,
        times=times,
        features=features,
        stimuli=tuple((w, train(at, w.start, w.stop, options.bursts)) for w in windows),
        whole=train(at, trace.start, trace.start + trace.duration, options.bursts),
    )


def _baseline(layout: Layout, index: int, trace: Trace) -> float | None:
    """Return the median potential at the sweep's first level."""
    held = holding(layout.epochs.get(index, ()))
    if held is None:
        return None
    values = trace.window(held[0].start, held[0].stop)
    return float(np.median(values)) if values.size else None


def _estimates(layout: Layout, sweeps: Sequence[SweepSpikes]) -> Iterator[Estimate]:
    """Yield slope and rheobase for each step whose current varies."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for entry in sweeps:
        for stimulus, evoked in entry.stimuli:
            if stimulus.is_step and stimulus.level is not None:
                pair = stimulus.level, evoked.mean_frequency
                groups.setdefault(stimulus.epoch, []).append(pair)
    for epoch, pairs in groups.items():
        levels = [level for level, _ in pairs]
        if all(same_level(level, levels[0]) for level in levels):
            continue
        for estimate in frequency_current(levels, [rate for _, rate in pairs]):
            yield replace(estimate, channel=layout.response.name, epoch=epoch)


def _train_columns(evoked: Train) -> Row:
    first = evoked.instantaneous_frequency
    return {
        "spike_count": evoked.spike_count,
        "first_spike_latency": evoked.first_spike_latency,
        "mean_frequency": evoked.mean_frequency,
        "initial_frequency": float(first[0]) if first.size else float("nan"),
        "mean_interspike_interval": evoked.mean_interval,
        "interspike_interval_variation": evoked.interval_variation,
        "adaptation_index": evoked.adaptation_index,
        "burst_count": evoked.burst_count,
    }
