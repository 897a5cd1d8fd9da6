"""Whether a response had settled by the end of its steps, and what it still had to go.

The last fifth of a step is taken for its steady state. A cell whose time constant is not short
against the step has not reached it: the means of neighbouring windows differ, by less and less.
What is left follows from their differences as that of a geometric series (Aitken 1926,
doi:10.1017/S0370164600022070), which is exact for one exponential.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval, location, t_quantile
from loligo.analysis.layout import STEADY_FRACTION, Layout, Window, load
from loligo.analysis.steady import MeasuredStep

_SLOWEST = 0.9
"""Each difference is at most this much of the one before; else nothing tells where it ends."""


def still_to_go(layout: Layout, used: Sequence[MeasuredStep]) -> float:
    """Return by how much steady responses per command will still change.

    Parameters
    ----------
    layout : Layout
    used : sequence of MeasuredStep

    Returns
    -------
    float
        0 where the last change does not stand out of the noise, or does not become smaller.
    """
    size = np.array([entry.command_change for entry in used])
    rows = [_windows(layout, entry) for entry in used]
    if not all(row[-1].size for row in rows):
        return 0.0
    means = np.array([[window.mean() for window in row] for row in rows])
    earlier, later = np.diff(means, axis=1).T
    power = float(size @ size)
    if not power > 0 or not np.isfinite(means).all():
        return 0.0
    before, last = float(size @ earlier) / power, float(size @ later) / power
    if before == 0 or not 0 < last / before < _SLOWEST:
        return 0.0
    freedom = size.size - 1
    if freedom > 0:
        off = later - last * size
        error = math.sqrt(float(off @ off) / freedom / power) * t_quantile(freedom)
    else:
        places = [location(window) for window in rows[0][1:]]
        reach = t_quantile(min(place.freedom for place in places))
        error = math.hypot(*(place.error for place in places)) / abs(float(size[0])) * reach
    if abs(last) < error:
        return 0.0
    return last * last / (before - last)


def reaching(slope: Interval, left: float) -> Interval:
    """Return the interval of a slope that has so much to go, which it then holds with room."""
    if left > 0:
        return Interval(slope.value, slope.low, max(slope.high, slope.value + 2 * left))
    return Interval(slope.value, min(slope.low, slope.value + 2 * left), slope.high)


def _windows(layout: Layout, entry: MeasuredStep) -> list[NDArray[np.float64]]:
    """Return three neighbouring windows, the last of them the steady one."""
    step = entry.step
    trace = layout.recording.trace(step.sweep, layout.response)
    length = STEADY_FRACTION * (step.whole.stop - step.whole.start)
    ends = [step.steady.stop - k * length for k in (2, 1, 0)]
    return [load(trace, Window(end - length, end)) for end in ends]
