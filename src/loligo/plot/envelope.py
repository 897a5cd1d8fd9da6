"""A trace made small enough to draw: the lowest and highest sample of each pixel.

Long traces are read in blocks, so that a file of an hour never lies in memory at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.recording import Trace

_BLOCK = 1_000_000


def envelope(trace: Trace, bins: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times and values to draw a trace with.

    Parameters
    ----------
    trace : Trace
    bins : int
        Number of pixels across.

    Returns
    -------
    times, values : (n,) arrays [ms], [the channel's unit]
        All samples where there are few; else the lowest and the highest of each bin, in that
        order. Every extreme value of the trace is among them.
    """
    count = len(trace)
    if count <= 3 * bins:
        return trace.times(), trace.values()
    size = -(-count // bins)
    block = max(_BLOCK // size, 1) * size
    lows, highs = [], []
    for first in range(0, count, block):
        values = trace.values(first, min(first + block, count))
        edges = np.arange(0, values.size, size)
        lows.append(np.minimum.reduceat(values, edges))
        highs.append(np.maximum.reduceat(values, edges))
    low, high = np.concatenate(lows), np.concatenate(highs)
    starts = trace.start + np.arange(low.size) * size / trace.sampling_rate
    times = np.repeat(starts, 2)
    times[1::2] += size / 2 / trace.sampling_rate
    return times, np.column_stack([low, high]).ravel()
