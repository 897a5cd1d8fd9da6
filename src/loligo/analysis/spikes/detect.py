"""Which stretches of a voltage are action potentials, and when they peak.

No fixed potential decides: a spike is told by how it rises and how far it stands out on both
sides, measured against the noise. `detect_spikes` states the criteria.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.spikes.artefacts import artefacts
from loligo.analysis.spikes.batch import batch_of, portions
from loligo.analysis.spikes.crossings import (
    Floats,
    Indices,
    extreme_between,
    highest,
    vertex,
)
from loligo.analysis.spikes.options import DETECTION, DetectionOptions
from loligo.errors import ArrayError

_NOISE_SAMPLES = 1024
_QUARTILES = 1.349
"""Distance between the quartiles of a normal distribution, in standard deviations."""


@dataclass(frozen=True, eq=False, slots=True)
class SpikeTimes:
    """The spikes of one trace, in order.

    Attributes
    ----------
    peak_index : ndarray of int, shape (spike,)
        Highest sample.
    peak_time : ndarray, shape (spike,) [ms]
        After the first sample, between samples.
    peak_potential : ndarray, shape (spike,) [mV]
    rise, fall : ndarray, shape (spike,) [mV]
        From the lowest potential before to the peak, and from the peak to the lowest after.
    width : ndarray, shape (spike,) [ms]
        At half of the smaller of the two.
    noise : float [mV]
        Standard deviation of the noise from sample to sample.
    rejected_time : ndarray, shape (candidate,) [ms]
        Peaks that rise and fall far enough but are no spikes.
    rejected_reason : tuple of str
    """

    peak_index: Indices
    peak_time: Floats
    peak_potential: Floats
    rise: Floats
    fall: Floats
    width: Floats
    noise: float
    rejected_time: Floats
    rejected_reason: tuple[str, ...]

    def __len__(self) -> int:
        return self.peak_index.size


def detect_spikes(
    voltage: ArrayLike,
    sampling_rate: float,
    options: DetectionOptions = DETECTION,
    *,
    edges: Sequence[float] = (),
) -> SpikeTimes:
    """Find the action potentials of one trace.

    Parameters
    ----------
    voltage : array_like, shape (time,) [mV]
    sampling_rate : float [kHz]
    options : DetectionOptions
    edges : sequence of float [ms]
        Times after the first sample at which the command jumps, where they are known; the bridge
        artefact of an edge is then not taken for a spike.

    Returns
    -------
    SpikeTimes

    Raises
    ------
    ArrayError
        Not one trace, fewer than 8 samples, samples that are not finite, or no sampling rate.

    Notes
    -----
    A spike is a peak before which the potential rises by the prominence, on the way exceeding the
    least upstroke, and after which it falls by the prominence within `fall_time`. Both the
    prominence and the upstroke grow with the noise. So a plateau is no spike, nor are the wiggles
    on it; a spike that starts from a depolarized potential, or that does not reach 0 mV, is one.
    What is too short, square, at an edge of the command, or rides on the falling phase of a spike
    is an artefact and listed as rejected. A spike cut off by the end of the trace before it has
    fallen by the prominence is not counted.
    """
    return detect_spikes_each([voltage], sampling_rate, options, edges=[edges])[0]


def detect_spikes_each(
    voltages: Sequence[ArrayLike],
    sampling_rate: float,
    options: DetectionOptions = DETECTION,
    *,
    edges: Sequence[Sequence[float]] | None = None,
) -> tuple[SpikeTimes, ...]:
    """Find the action potentials of each of several traces; faster than one by one.

    Parameters
    ----------
    voltages : sequence of array_like, shape (time,) [mV]
        Traces, or an array (sweep, time); lengths may differ.
    sampling_rate : float [kHz]
    options : DetectionOptions
    edges : sequence of sequence of float [ms], optional
        As for `detect_spikes`, of each trace.

    Returns
    -------
    tuple of SpikeTimes
        One a trace, the same as `detect_spikes` gives.

    Raises
    ------
    ArrayError
        As `detect_spikes`, or edges of another number of traces.
    """
    traces = [as_trace(voltage, sampling_rate) for voltage in voltages]
    jumps = [()] * len(traces) if edges is None else edges
    same_number(len(traces), edges=jumps)
    found: list[SpikeTimes] = []
    for part in portions(traces):
        found += _of_portion(traces[part], float(sampling_rate), options, jumps[part])
    return tuple(found)


def _of_portion(
    traces: list[Floats],
    rate: float,
    options: DetectionOptions,
    jumps: Sequence[Sequence[float]],
) -> list[SpikeTimes]:
    candidates = []
    scratch = np.empty(max(values.size for values in traces))
    for values in traces:
        refuse_gaps(values, rate)
        starts, sigma = _upstrokes(values, rate, options, scratch)
        prominence = max(options.prominence, options.noise_factor * sigma)
        candidates.append((*_prominent(values, rate, starts, prominence, options), sigma))
    batch = batch_of(traces, rate, candidates)
    reasons, width = artefacts(batch, options, batch.flat_times(jumps))
    good = np.array([not reason for reason in reasons], dtype=bool)
    place, height = vertex(batch.values, batch.peaks, batch.first, batch.last)
    times = (place - batch.first) / rate
    index = batch.peaks - batch.first
    results = []
    for piece, (*_, sigma) in zip(batch.pieces(), candidates, strict=True):
        kept = good[piece]
        results.append(
            SpikeTimes(
                peak_index=index[piece][kept],
                peak_time=times[piece][kept],
                peak_potential=height[piece][kept],
                rise=batch.rise[piece][kept],
                fall=batch.fall[piece][kept],
                width=width[piece][kept],
                noise=sigma,
                rejected_time=times[piece][~kept],
                rejected_reason=tuple(reason for reason in reasons[piece] if reason),
            )
        )
    return results


def same_number(count: int, **given: Sequence[object]) -> None:
    """Refuse what is not given once a trace.

    Raises
    ------
    ArrayError
    """
    for name, entries in given.items():
        if len(entries) != count:
            raise ArrayError(f"{len(entries)} {name} for {count} traces; give one a trace")


def as_trace(voltage: ArrayLike, sampling_rate: float) -> Floats:
    """Return one trace as float64, refusing what cannot be one.

    Raises
    ------
    ArrayError
    """
    values = np.asarray(voltage, dtype=np.float64)
    if values.ndim != 1:
        raise ArrayError(f"voltage has shape {values.shape}; pass one trace, of shape (time,)")
    if values.size < 8:
        raise ArrayError(f"voltage has {values.size} samples; at least 8 are needed")
    if not (math.isfinite(sampling_rate) and sampling_rate > 0):
        raise ArrayError(f"sampling_rate = {sampling_rate} kHz must be a finite number above 0")
    return np.ascontiguousarray(values)


def refuse_gaps(values: Floats, sampling_rate: float) -> None:
    """Refuse a trace with samples that are not finite.

    Raises
    ------
    ArrayError
    """
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum()
    if not np.isfinite(total) and not np.isfinite(values).all():
        first = int(np.argmin(np.isfinite(values)))
        raise ArrayError(
            f"voltage is not finite at sample {first} ({first / sampling_rate:.4g} ms); "
            "pass a stretch without gaps"
        )


def _upstrokes(
    values: Floats, rate: float, options: DetectionOptions, scratch: Floats
) -> tuple[Indices, float]:
    """Return where steep rises begin, and the noise [mV]; `scratch` is overwritten."""
    lag = min(max(1, round(options.span * rate)), values.size - 1)
    change = np.subtract(values[lag:], values[:-lag], out=scratch[: values.size - lag])
    some = change[:: max(1, change.size // _NOISE_SAMPLES)]
    quarter = some.size // 4
    some = np.partition(some, (quarter, some.size - 1 - quarter))
    spread = float(some[-1 - quarter] - some[quarter]) / _QUARTILES
    least = max(options.upstroke * lag / rate, options.noise_factor * spread)
    steep = change > least
    begins = np.flatnonzero(steep[1:] > steep[:-1]) + 1
    if steep[0]:
        begins = np.concatenate([[0], begins])
    return begins.astype(np.intp), spread / math.sqrt(2)


def _prominent(
    values: Floats, rate: float, starts: Indices, least: float, options: DetectionOptions
) -> tuple[Indices, Floats, Floats]:
    """Return the peaks after steep rises that stand out on both sides, with rise and fall."""
    none = np.empty(0)
    if not starts.size:
        return np.empty(0, dtype=np.intp), none, none
    last = values.size
    following = np.append(starts[1:], last)
    reach = np.minimum(following, starts + max(2, round(options.longest * rate)))
    peaks = highest(values, starts, reach)
    before = np.maximum(starts - round(options.lookback * rate), 0)
    before[1:] = np.maximum(before[1:], peaks[:-1])
    low_before = extreme_between(values, before, peaks + 1, np.minimum)
    within = np.minimum(following, peaks + max(1, round(options.fall_time * rate)) + 1)
    low_after = extreme_between(values, peaks, np.maximum(within, peaks + 1), np.minimum)
    patience, lookback = options.fall_time * rate, options.lookback * rate
    top = values[peaks]
    if ((top - low_before >= least) & (top - low_after >= least)).all():
        return _plain(peaks, top, low_before, low_after, lookback)
    rows = zip(peaks.tolist(), top.tolist(), low_before.tolist(), low_after.tolist(), strict=True)
    found = _hysteresis(list(rows), least, patience, lookback)
    index = np.array([row[0] for row in found], dtype=np.intp)
    return index, np.array([row[1] for row in found]), np.array([row[2] for row in found])


def _plain(
    peaks: Indices, top: Floats, before: Floats, after: Floats, lookback: float
) -> tuple[Indices, Floats, Floats]:
    """Return what `_hysteresis` does where every peak rises and falls enough by itself."""
    low = before.copy()
    joined = np.diff(peaks) <= lookback
    low[1:][joined] = np.minimum(low[1:][joined], after[:-1][joined])
    return peaks, top - low, top - after


def _hysteresis(
    rows: list[tuple[int, float, float, float]], least: float, patience: float, lookback: float
) -> list[tuple[int, float, float]]:
    """Join peaks with no sufficient fall between them; keep those that rise and fall enough."""
    found: list[tuple[int, float, float]] = []
    low, low_at = math.inf, -math.inf
    top, at, fallen = -math.inf, -1, math.inf
    for index, peak, before, after in rows:
        if at >= 0 and index - at > patience:  # it did not fall: the start of a plateau
            low, low_at, at = fallen, at, -1
        if at >= 0:
            fallen = min(fallen, before)
            if top - fallen >= least:
                found.append((at, top - low, top - fallen))
                low, low_at, at = fallen, index, -1
            elif peak > top:
                top, at, fallen = peak, index, after
            else:
                fallen = min(fallen, after)
        if at < 0:
            low = min(low, before) if index - low_at <= lookback else before
            if peak - low >= least:
                top, at, fallen = peak, index, after
            else:
                low, low_at = min(low, after), index
        if at >= 0 and top - fallen >= least:
            found.append((at, top - low, top - fallen))
            low, low_at, at = fallen, index, -1
    return found
