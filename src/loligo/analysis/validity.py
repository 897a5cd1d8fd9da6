"""Whether numbers can be of a cell at all: out of range, without a signal, in a wrong unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.recording import Trace
from loligo.recording.limits import at_limit

_LARGEST = {"mV": 1e3, "pA": 1e9}
_AT_LIMIT = 0.01
_OUT_OF_RANGE = "out of range"


def is_saturated(values: NDArray[np.float64], beside: NDArray[np.float64]) -> bool:
    """Tell whether a window sticks at one value while the response is noisy beside it."""
    differences = _differences(values)
    noise = _differences(beside)
    if not differences.size or noise.size < 2:
        return False
    stuck = float(np.mean(differences == 0)) > 0.9
    return stuck and float(np.mean(noise[1:] * noise[:-1] < 0)) > 0.2


def _differences(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the steps from sample to sample, rounding errors taken for zero."""
    found = np.diff(values)
    found[np.abs(found) < 1e-9 * float(np.abs(values).max(initial=0.0))] = 0.0
    return found


def is_at_limit(trace: Trace, values: NDArray[np.float64]) -> bool:
    """Tell whether more than 1 % of the samples are the largest or smallest number stored."""
    return bool(values.size) and float(np.mean(at_limit(trace, values))) > _AT_LIMIT


def not_a_signal(trace: Trace, values: NDArray[np.float64], whole: NDArray[np.float64]) -> str:
    """Say why a window of a sweep measures nothing, ``""`` where it does."""
    is_flat = whole.size > 1 and float(whole.min()) == float(whole.max())
    if is_flat and (trace.resolution > 0 or whole[0] == 0.0):  # else closed-form data at rest
        return f"the same number ({whole[0]:.4g}) throughout the sweep"
    if is_at_limit(trace, values) or is_saturated(values, whole):
        return _OUT_OF_RANGE
    return ""


def implausible(value: float, unit: str) -> str:
    """Say that no cell has this potential or current, ``""`` where one may."""
    largest = _LARGEST.get(unit)
    if largest is None or not abs(value) > largest:
        return ""
    return (
        f"{value:.4g} {unit} is more than a cell can have ({largest:.4g} {unit}): the unit or the "
        "scale of the file is wrong; read it with unit= and the true one"
    )
