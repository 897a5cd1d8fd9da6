"""What is known of a rig before anything is fitted: delay, stated filter, how slow electrodes are.

Each counts in the fit as a measurement of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.passive.curve import Form
from loligo.analysis.passive.data import Data

STATED_CORNER_ERROR = 0.1
"""A filter's stated corner may differ from the whole rig's by this much (standard deviation)."""
USUAL_DELAY, DELAY_ERROR = 0.05, 0.1
"""From command to response, beside the filter: usual value, standard deviation [ms]."""
NOT_NEUTRALIZED = 5.0
"""Capacitance of a pipette that is left (standard deviation about none) [pF]."""
NOT_BALANCED = 0.02
"""Series resistance behind a bridge that is off [GOhm]."""
FOLLOWER, FOLLOWER_ERROR = 0.0015, 0.0015
"""Time constant of an amplifier's output behind its bridge, with standard deviation [ms]."""


@dataclass(frozen=True, slots=True)
class Known:
    """One searched parameter that is known beforehand, or the time that is its inverse's logarithm.

    Attributes
    ----------
    place : int
    value, error : float
        With the standard deviation.
    is_time : bool
    """

    place: int
    value: float
    error: float
    is_time: bool = False

    def off(self, theta: NDArray[np.float64]) -> float:
        """Return how far off it is, in standard deviations."""
        at = float(theta[self.place])
        return ((math.exp(-at) if self.is_time else at) - self.value) / self.error

    def slope(self, theta: NDArray[np.float64]) -> float:
        """Return the derivative of `off` by the parameter."""
        return (-math.exp(-float(theta[self.place])) if self.is_time else 1.0) / self.error


def known(data: Data, form: Form) -> tuple[Known, ...]:
    """Return what is known of a form's searched parameters."""
    if not form.filtered:
        return ()
    last, corner = form.searched - 1, data.steps.filter_frequency
    found = [Known(last - 1, USUAL_DELAY, DELAY_ERROR)]
    if form.bridge is not None:
        slow = NOT_NEUTRALIZED * (form.bridge if form.bridge > 0 else NOT_BALANCED)
        found.append(Known(form.modes, 0.0, slow, is_time=True))
        found.append(Known(form.follower, FOLLOWER, FOLLOWER_ERROR, is_time=True))
    if corner:
        found.append(Known(last, math.log(corner), STATED_CORNER_ERROR))
    return tuple(found)


def offs(entries: Sequence[Known], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far off each is ``(entries,)``."""
    return np.array([entry.off(theta) for entry in entries])


def rows(entries: Sequence[Known], theta: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the derivatives of `offs` by all of `size` parameters ``(entries, size)``."""
    found = np.zeros((len(entries), size))
    for row, entry in zip(found, entries, strict=True):
        row[entry.place] = entry.slope(theta)
    return found
