"""Several traces laid end to end, so that the spikes of all are treated at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loligo.analysis.spikes.crossings import Floats, Indices


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Peaks of several traces, and the traces end to end.

    Attributes
    ----------
    values : ndarray, shape (time,) [mV]
        All traces.
    rate : float [kHz]
    offsets : ndarray of int, shape (trace + 1,)
        Where each trace begins, and where the last ends.
    counts : tuple of int
        Peaks in each trace.
    peaks : ndarray of int, shape (peak,)
        Into `values`.
    rise, fall : ndarray, shape (peak,) [mV]
    first, last : ndarray of int, shape (peak,)
        First and last sample of the trace the peak is in.
    noise : ndarray, shape (peak,) [mV]
    """

    values: Floats
    rate: float
    offsets: Indices
    counts: tuple[int, ...]
    peaks: Indices
    rise: Floats
    fall: Floats
    first: Indices
    last: Indices
    noise: Floats

    def flat_times(self, times: Sequence[Sequence[float]]) -> Floats:
        """Return times of each trace [ms] as times from the first sample of all, in order."""
        found = []
        for place, own in enumerate(times):
            start, stop = self.offsets[place], self.offsets[place + 1]
            found += [start / self.rate + t for t in own if 0 <= t < (stop - start) / self.rate]
        return np.sort(np.array(found, dtype=np.float64))

    def pieces(self) -> list[slice]:
        """Return which of the peaks are each trace's."""
        ends = np.cumsum(self.counts).tolist()
        return [slice(end - n, end) for n, end in zip(self.counts, ends, strict=True)]


_PORTION = 500_000
"""Samples treated at once: so many that calls cost little, so few that they stay in the cache."""


def portions(traces: Sequence[Floats]) -> list[slice]:
    """Return which traces to treat together, in order."""
    found, begin, size = [], 0, 0
    for place, trace in enumerate(traces):
        if place > begin and size + trace.size > _PORTION:
            found.append(slice(begin, place))
            begin, size = place, 0
        size += trace.size
    return [*found, slice(begin, len(traces))] if traces else []


def _end_to_end(traces: Sequence[Floats]) -> Floats:
    """Return all samples of traces in order; without a copy where they are rows of one array."""
    if len(traces) == 1:
        return traces[0]
    base = traces[0].base
    if isinstance(base, np.ndarray) and base.ndim == 2 and base.flags.c_contiguous:
        row_bytes = base.shape[1] * base.itemsize
        first, rest = divmod(traces[0].ctypes.data - base.ctypes.data, row_bytes)
        are_rows = all(
            trace.base is base
            and trace.size == base.shape[1]
            and trace.ctypes.data == base.ctypes.data + (first + place) * row_bytes
            for place, trace in enumerate(traces)
        )
        if are_rows and rest == 0 and base.dtype == np.float64:
            return base[first : first + len(traces)].reshape(-1)
    return np.concatenate(traces)


def batch_of(
    traces: Sequence[Floats],
    rate: float,
    found: Sequence[tuple[Indices, Floats, Floats, float]],
) -> Batch:
    """Lay traces end to end; `found` are the peaks of each, their rise and fall, and its noise."""
    offsets = np.cumsum([0, *(trace.size for trace in traces)]).astype(np.intp)
    counts = tuple(int(peaks.size) for peaks, *_ in found)
    first = np.repeat(offsets[:-1], counts)
    return Batch(
        values=_end_to_end(traces),
        rate=rate,
        offsets=offsets,
        counts=counts,
        peaks=np.concatenate([peaks for peaks, *_ in found]) + first,
        rise=np.concatenate([rise for _, rise, _, _ in found]),
        fall=np.concatenate([fall for _, _, fall, _ in found]),
        first=first,
        last=np.repeat(offsets[1:] - 1, counts),
        noise=np.repeat([noise for *_, noise in found], counts),
    )
