"""The spikes of one sweep: found, measured, and sorted into the stimuli that evoked them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Status
from loligo.analysis.layout import Layout, holding
from loligo.analysis.spikes.crossings import Floats
from loligo.analysis.spikes.detect import SpikeTimes, detect_spikes
from loligo.analysis.spikes.features import SpikeFeatures, spike_features
from loligo.analysis.spikes.options import DetectionOptions, FeatureOptions
from loligo.analysis.spikes.stimuli import Stimulus, edges_of
from loligo.analysis.spikes.trains import BurstOptions, Train, train
from loligo.analysis.validity import implausible, not_a_signal
from loligo.recording import Trace

MARGIN = 1.25
"""Spikes are counted again with criteria as many times as large, and as small."""

_FEWEST_SAMPLES = 8


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


SPIKES = SpikeOptions()
"""How spikes are found and measured unless told otherwise."""


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
    doubted : tuple of ndarray, shape (spike,) [ms]
        When the spikes peak that stricter criteria find, and those that laxer ones do; after the
        sweep's start.
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
    doubted: tuple[Floats, ...] = ()

    @property
    def peak_time(self) -> Floats:
        """When each spike peaks, after the sweep's start [ms]."""
        return np.empty(0) if self.times is None else self.times.peak_time + self.start

    @property
    def inside_count(self) -> int | None:
        """Spikes within a stimulus."""
        return None if self.whole is None else int(self.is_inside.sum())

    @property
    def outside_count(self) -> int | None:
        """Spikes outside every stimulus."""
        return None if self.whole is None else int((~self.is_inside).sum())

    @property
    def is_inside(self) -> NDArray[np.bool_]:
        """Which spikes peak within a stimulus."""
        at = self.peak_time
        inside = np.zeros(at.shape, dtype=bool)
        for stimulus, _ in self.stimuli:
            inside |= (at >= stimulus.start) & (at < stimulus.stop)
        return inside


def spikes_of_sweep(
    layout: Layout, index: int, windows: Sequence[Stimulus], options: SpikeOptions
) -> SweepSpikes:
    """Find and measure the spikes of one sweep; see `loligo.analysis.spikes.spikes`."""
    trace = layout.recording.trace(index, layout.response)
    values = trace.values()
    why = _unusable(trace, values)
    if why is not None:
        return SweepSpikes(index, *why, trace.start, trace.duration)
    begins, ends = edges_of(layout, index)
    stops = [time - trace.start for time in begins]
    edges = stops + [time - trace.start for time in ends]
    rate = trace.sampling_rate
    times = detect_spikes(values, rate, options.detection, edges=edges)
    features = spike_features(
        values,
        rate,
        times,
        options.features,
        baseline=_baseline(layout, index, trace),
        stops=stops,
        edges=edges,
    )
    at = times.peak_time + trace.start
    last = trace.start + trace.duration
    cut = [replace(w, stop=min(w.stop, last)) for w in windows if w.start < last]
    return SweepSpikes(
        sweep=index,
        status=Status.OK,
        reason="",
        start=trace.start,
        duration=trace.duration,
        times=times,
        features=features,
        stimuli=tuple((w, train(at, w.start, w.stop, options.bursts)) for w in cut),
        whole=train(at, trace.start, last, options.bursts),
        doubted=tuple(
            detect_spikes(values, rate, other, edges=edges).peak_time + trace.start
            for other in _other_criteria(options.detection)
        ),
    )


def _unusable(trace: Trace, values: Floats) -> tuple[Status, str] | None:
    """Return why no spike can be looked for in a sweep, nothing where one can."""
    if values.size < _FEWEST_SAMPLES:
        why = f"the sweep has {values.size} samples; a spike needs at least {_FEWEST_SAMPLES}"
        return Status.UNRESOLVED, why
    if not np.isfinite(values).all():
        gaps = int(np.sum(~np.isfinite(values)))
        why = f"{gaps} of {values.size} samples are not finite; cut them out and read it again"
        return Status.NOT_FINITE, why
    lost = not_a_signal(trace, values, values)
    if lost:
        return Status.SATURATED, lost
    unit_is_wrong = implausible(float(np.median(values)), "mV")
    if unit_is_wrong:
        return Status.IMPLAUSIBLE, unit_is_wrong
    return None


def _other_criteria(options: DetectionOptions) -> tuple[DetectionOptions, ...]:
    """Return the criteria made stricter, and laxer."""
    return tuple(
        replace(
            options,
            upstroke=factor * options.upstroke,
            prominence=factor * options.prominence,
            noise_factor=factor * options.noise_factor,
        )
        for factor in (MARGIN, 1 / MARGIN)
    )


def _baseline(layout: Layout, index: int, trace: Trace) -> float | None:
    """Return the median potential at the sweep's first level."""
    held = holding(layout.epochs.get(index, ()))
    if held is None:
        return None
    values = trace.window(held[0].start, held[0].stop)
    return float(np.median(values)) if values.size else None
