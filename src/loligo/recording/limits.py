"""Where a digitizer ends: which stored samples are at the end of what it can express."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.recording.sweep import Trace


def at_limit(trace: Trace, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which samples are the largest or smallest number a 16-bit digitizer stores."""
    kind = trace.samples.dtype
    if kind.kind not in "iu" or kind.itemsize > 2:
        return np.zeros(values.size, dtype=bool)
    limits = np.iinfo(kind)
    ends = sorted(trace.gain * end + trace.offset for end in (limits.min, limits.max))
    slack = 1.5 * abs(trace.gain)  # some digitizers stop one step short
    return np.asarray((values <= ends[0] + slack) | (values >= ends[1] - slack))
