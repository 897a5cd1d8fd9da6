"""The shape of each spike: threshold, height, width, slopes and what follows it.

Every quantity of a spike that cannot be determined is NaN, with the reason beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.spikes.batch import batch_of, portions
from loligo.analysis.spikes.crossings import Floats
from loligo.analysis.spikes.detect import SpikeTimes, as_trace, refuse_gaps, same_number
from loligo.analysis.spikes.options import FEATURES, FeatureOptions
from loligo.analysis.spikes.quantities import PER_SPIKE, chosen
from loligo.analysis.spikes.refusals import Codes, Refusal
from loligo.analysis.spikes.shape import shapes


@dataclass(frozen=True, eq=False, slots=True)
class SpikeFeatures:
    """One number a spike for each quantity, and why where there is none.

    Attributes
    ----------
    values : mapping of name to ndarray, shape (spike,)
        For each of `PER_SPIKE`, or those asked for; NaN where refused.
    refusals : mapping of name to ndarray of uint8, shape (spike,)
        `Refusal` codes.
    """

    values: Mapping[str, Floats]
    refusals: Mapping[str, Codes]

    def __len__(self) -> int:
        return next((int(column.size) for column in self.values.values()), 0)

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    def status(self, spike: int) -> str:
        """Return what has no value for a spike and why, ``"ok"`` where everything has one."""
        parts = [
            f"{name}: {Refusal(int(codes[spike])).words}"
            for name, codes in self.refusals.items()
            if codes[spike]
        ]
        return "; ".join(parts) or "ok"


def spike_features(
    voltage: ArrayLike,
    sampling_rate: float,
    spikes: SpikeTimes,
    options: FeatureOptions = FEATURES,
    *,
    baseline: float | None = None,
    stops: Sequence[float] = (),
    edges: Sequence[float] = (),
    quantities: Sequence[str] = PER_SPIKE,
) -> SpikeFeatures:
    """Measure the shape of each spike.

    Parameters
    ----------
    voltage : array_like, shape (time,) [mV]
        The trace the spikes were found in.
    sampling_rate : float [kHz]
    spikes : SpikeTimes
        From `detect_spikes`.
    options : FeatureOptions
    baseline : float, optional [mV]
        Potential before the stimulus, for `amplitude_from_baseline`.
    stops : sequence of float [ms]
        Times after the first sample at which a stimulus begins or ends: what follows a spike is
        not measured past the next of them.
    edges : sequence of float [ms]
        Times at which the command jumps, where they are known: no threshold is measured there.
    quantities : sequence of str
        Which of `PER_SPIKE` to measure; fewer take less time.

    Returns
    -------
    SpikeFeatures

    Raises
    ------
    ArrayError
        As `detect_spikes`.
    SelectionError
        A quantity that is not one of `PER_SPIKE`.

    Notes
    -----
    Slopes are central differences. The threshold is the potential where, going back from the
    steepest rise, the slope falls below the criterion, between samples. The amplitude is the peak
    less the threshold; the half width the time spent above their mean; rise and fall time are from
    10 to 90 % of the amplitude and back. Afterpotentials: see `afterpotentials`.
    """
    return spike_features_each(
        [voltage],
        sampling_rate,
        [spikes],
        options,
        baselines=[baseline],
        stops=[stops],
        edges=[edges],
        quantities=quantities,
    )[0]


def spike_features_each(
    voltages: Sequence[ArrayLike],
    sampling_rate: float,
    spikes: Sequence[SpikeTimes],
    options: FeatureOptions = FEATURES,
    *,
    baselines: Sequence[float | None] | None = None,
    stops: Sequence[Sequence[float]] | None = None,
    edges: Sequence[Sequence[float]] | None = None,
    quantities: Sequence[str] = PER_SPIKE,
) -> tuple[SpikeFeatures, ...]:
    """Measure the shape of each spike of several traces; faster than one by one.

    Parameters
    ----------
    voltages : sequence of array_like, shape (time,) [mV]
        Traces, or an array (sweep, time); lengths may differ.
    sampling_rate : float [kHz]
    spikes : sequence of SpikeTimes
        From `detect_spikes_each`.
    options : FeatureOptions
    baselines, stops, edges : sequence, optional
        As for `spike_features`, of each trace.
    quantities : sequence of str
        As for `spike_features`.

    Returns
    -------
    tuple of SpikeFeatures
        One a trace, the same as `spike_features` gives.

    Raises
    ------
    ArrayError
        As `spike_features`, or spikes, baselines, stops or edges of another number of traces.
    SelectionError
        A quantity that is not one of `PER_SPIKE`.
    """
    wanted = chosen(quantities)
    traces = [as_trace(voltage, sampling_rate) for voltage in voltages]
    count = len(traces)
    base = [None] * count if baselines is None else baselines
    ends = [()] * count if stops is None else stops
    jumps = [()] * count if edges is None else edges
    same_number(count, spikes=spikes, baselines=base, stops=ends, edges=jumps)
    found: list[SpikeFeatures] = []
    for part in portions(traces):
        found += _of_portion(
            traces[part],
            float(sampling_rate),
            spikes[part],
            options,
            base[part],
            ends[part],
            jumps[part],
            wanted,
        )
    return tuple(found)


def _of_portion(
    traces: list[Floats],
    rate: float,
    spikes: Sequence[SpikeTimes],
    options: FeatureOptions,
    baselines: Sequence[float | None],
    stops: Sequence[Sequence[float]],
    edges: Sequence[Sequence[float]],
    wanted: tuple[str, ...],
) -> list[SpikeFeatures]:
    for trace in traces:
        refuse_gaps(trace, rate)
    if not any(len(own) for own in spikes):
        return [_nothing(wanted) for _ in traces]
    found = [(own.peak_index, own.rise, own.fall, own.noise) for own in spikes]
    batch = batch_of(traces, rate, found)
    rest = np.repeat([math.nan if value is None else value for value in baselines], batch.counts)
    columns = {
        "peak_time": np.concatenate([own.peak_time for own in spikes]),
        "peak_potential": np.concatenate([own.peak_potential for own in spikes]),
        "width": np.concatenate([own.width for own in spikes]),
    }
    shortest = min(trace.size for trace in traces)
    values, codes = shapes(batch, columns, rest, options, shortest, stops, edges, set(wanted))
    return [
        SpikeFeatures(
            {name: values[name][piece] for name in wanted},
            {name: codes[name][piece] for name in wanted},
        )
        for piece in batch.pieces()
    ]


def _nothing(wanted: tuple[str, ...]) -> SpikeFeatures:
    values = {name: np.empty(0) for name in wanted}
    return SpikeFeatures(values, {name: np.empty(0, dtype=np.uint8) for name in wanted})
