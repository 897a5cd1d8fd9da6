"""How a filter's step response goes, in times of a filter whose corner is 1 kHz [ms]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from loligo.low_pass.fractions import unit_low_pass
from loligo.low_pass.prototypes import Poles

_SPAN, _POINTS = 6.0, 6001
"""Where crossings are looked for: by then the slowest of the filters has settled [ms]."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of a step response.

    Attributes
    ----------
    delay : float
        Until half of the step.
    rise_time : float
        From 10 to 90 %.
    overshoot : float
        Largest excess, as a fraction of the step.
    """

    delay: float
    rise_time: float
    overshoot: float


@lru_cache(maxsize=32)
def unit_timing(family: Callable[[int], Poles], order: int) -> Timing:
    """Return the times of the filter of a family whose corner is 1 kHz."""
    from scipy.optimize import brentq

    low_pass = unit_low_pass(family, order)
    times = np.linspace(0.0, _SPAN, _POINTS)
    step = low_pass.step_response(times)

    def reached(level: float) -> float:
        after = int(np.argmax(step > level))
        low, high = times[after - 1], times[after]
        return float(
            brentq(lambda t: float(low_pass.step_response(t)) - level, low, high, xtol=1e-14)
        )

    top = int(np.argmax(step))
    excess = 0.0
    if order > 1 and step[top] > 1.0:
        low, high = times[top - 1], times[top + 1]
        peak = brentq(lambda t: float(low_pass.impulse_response(t)), low, high, xtol=1e-14)
        excess = float(low_pass.step_response(peak)) - 1.0
    return Timing(reached(0.5), reached(0.9) - reached(0.1), excess)
