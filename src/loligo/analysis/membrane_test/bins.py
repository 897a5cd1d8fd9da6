"""Samples averaged where nothing happens fast, so that long steady stretches cost little.

Right after an edge of the command every sample is kept; later ones are averaged in blocks that grow
with the time since the edge and stay far below any time constant still alive by then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_GROWTH = 0.02
_BASELINE_BLOCKS = 40


@dataclass(frozen=True, eq=False, slots=True)
class Bins:
    """Blocks of neighbouring samples.

    Attributes
    ----------
    starts : (k,) int array
        First sample of each block.
    counts : (k,) int array
    times : (k,) array [ms]
        Centre of each block.
    """

    starts: NDArray[np.intp]
    counts: NDArray[np.intp]
    times: NDArray[np.float64]

    def mean(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Average samples ``(..., time)`` in each block."""
        summed: NDArray[np.float64] = np.add.reduceat(samples, self.starts, axis=-1)
        return summed / self.counts

    def spread(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn weights of block means ``(..., k)`` into weights of samples ``(..., time)``."""
        return np.repeat(weights / self.counts, self.counts, axis=-1)


def bins_of(
    count: int,
    sampling_rate: float,
    edges: NDArray[np.float64],
    full: float = 2.0,
    growth: float = _GROWTH,
) -> Bins:
    """Cut samples into blocks.

    Parameters
    ----------
    count : int
        Number of samples; the first is at time 0.
    sampling_rate : float [kHz]
    edges : (m,) array [ms]
        When the command changes.
    full : float [ms]
        How long after each edge every sample is kept.
    growth : float
        Length of later blocks as a share of the time since the edge.
    """
    places = np.unique(np.clip(np.floor(edges * sampling_rate).astype(int), 0, count))
    ends = np.append(places[1:], count)
    block = max(1, int(places[0]) // _BASELINE_BLOCKS)
    starts = list(range(0, int(places[0]), block))
    for place, end in zip(places, ends, strict=True):
        at = int(place)
        while at < end:
            starts.append(at)
            since = (at - place) / sampling_rate
            at += 1 if since < full else max(1, int(growth * since * sampling_rate))
    first = np.array(starts, dtype=np.intp)
    counts = np.diff(np.append(first, count))
    times = (first + (counts - 1) / 2) / sampling_rate
    return Bins(first, counts, times)
