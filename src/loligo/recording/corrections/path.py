"""`Path`: how a command reaches the response: delay, lag of the clamp, output filter.

A correction that is computed from the command has to be seen through the same filter as what was
recorded. Responses to the sampled command, a staircase, are exact: sums of exponentials.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError
from loligo.low_pass import bessel_poles as poles_of
from loligo.recording.corrections.check import Target
from loligo.units import format_quantity, quantity

_APART = 1e-4
"""Poles closer than this share are moved apart, so that partial fractions exist."""


@dataclass(frozen=True, slots=True)
class Path:
    """From command to response.

    Attributes
    ----------
    delay : float [ms]
        Of the whole response after the command, beside the filter. A fitted one may be negative.
    filter_frequency : float or None [kHz]
        Corner (-3 dB) of the output Bessel low-pass; ``None`` where there is or is known none.
    filter_order : int
        Its number of poles.
    lag : float [ms]
        Time constant of a first-order lag before the filter, 0 for none.
    """

    delay: float = 0.0
    filter_frequency: float | None = None
    filter_order: int = 4
    lag: float = 0.0

    @property
    def poles(self) -> NDArray[np.complex128]:
        """All poles of lag and filter [1/ms]."""
        found: list[complex] = []
        if self.filter_frequency is not None:
            found += list(bessel_poles(self.filter_order) * self.filter_frequency)
        if self.lag > 0:
            pole = complex(-1 / self.lag)
            if any(abs(pole - other) < _APART * abs(other) for other in found):
                pole *= 1 + 2 * _APART
            found.append(pole)
        return np.array(found, dtype=np.complex128)

    @property
    def rise(self) -> float:
        """About the time from 10 to 90 % of the answer to a step [ms]."""
        filtered = 0.0 if self.filter_frequency is None else 0.35 / self.filter_frequency
        return math.hypot(filtered, self.lag * math.log(9))

    @property
    def parameters(self) -> dict[str, float]:
        """By glossary name, in internal units: what a record of a correction says of it."""
        told = {"response_delay": self.delay, "clamp_lag": self.lag}
        known = {name: value for name, value in told.items() if value}
        if self.filter_frequency is not None:
            known["filter_frequency"] = self.filter_frequency
        return known

    def __str__(self) -> str:
        words = []
        if self.filter_frequency is not None:
            corner = format_quantity(self.filter_frequency, "kHz", 3)
            words.append(f"a {self.filter_order}-pole Bessel low-pass of {corner}")
        if self.lag > 0:
            words.append(f"a lag of {format_quantity(self.lag, 'ms', 3)}")
        if self.delay:
            words.append(f"a delay of {format_quantity(self.delay, 'ms', 3)}")
        return "through " + ", ".join(words) if words else "at once (no filter is known)"


@lru_cache(maxsize=16)
def bessel_poles(order: int) -> NDArray[np.complex128]:
    """Return the poles of a Bessel low-pass whose gain is -3 dB at 1 kHz [1/ms]."""
    if not 1 <= order <= 12:
        raise CorrectionError(f"a filter of {order} poles; allowed: 1 to 12")
    return poles_of(order)


def bessel_delay(filter_frequency: float, order: int = 4) -> float:
    """Return the delay of a Bessel low-pass at low frequency [ms].

    Parameters
    ----------
    filter_frequency : float [kHz]
        Corner (-3 dB).
    order : int
        Number of poles.

    Notes
    -----
    The slope of the phase at zero frequency, ``sum(-1 / pole)``. The answer to a step is half way
    up a little earlier: for four poles at 0.3294 over the corner, of a delay of 0.3365.
    """
    return float(np.sum(-1 / bessel_poles(order)).real / filter_frequency)


def through(
    values: NDArray[np.float64], sampling_rate: float, path: Path, *, slope: bool = False
) -> NDArray[np.float64]:
    """Return what a sampled command is at the end of a path, or how fast it changes there.

    Parameters
    ----------
    values : (time,) array
        Each holds until the next; the first has held for ever.
    sampling_rate : float [kHz]
    path : Path
    slope : bool
        Return the derivative [per ms]; it needs two poles.

    Raises
    ------
    CorrectionError
        A slope of what changes at once.
    """
    poles = path.poles
    interval = 1 / sampling_rate
    whole = math.floor(path.delay * sampling_rate + 1e-9)
    part = min(max(path.delay * sampling_rate - whole, 0.0), 1.0)
    if slope and poles.size < 2:
        raise CorrectionError(
            "the slope of a command through less than two poles has jumps; name the filter's corner"
        )
    if not poles.size:
        return _shifted(values, whole + (part > 1e-9))
    from scipy.signal import lfilter

    command = _shifted(values - values[0], whole)
    gain = np.prod(-poles)
    total = np.zeros(values.size)
    for place, pole in enumerate(poles):
        residue = gain / np.prod(pole - np.delete(poles, place))
        late = np.exp(pole * (1 - part) * interval)
        decay = np.exp(pole * interval)
        state = lfilter([0.0, (late - 1) / pole, (decay - late) / pole], [1.0, -decay], command)
        total += (residue * state * (pole if slope else 1.0)).real
    return total if slope else total + values[0]


def _shifted(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return samples delayed by a whole number of them; the first (or last) is held."""
    if count == 0 or not values.size:
        return values.copy()
    moved = np.empty_like(values)
    if count < 0:
        moved[:] = values[-1]
        moved[: max(values.size + count, 0)] = values[-count:]
        return moved
    moved[:count] = values[0]
    moved[count:] = values[: max(values.size - count, 0)]
    return moved


def path_of(found: Target, index: int, filter_frequency: Any, delay: Any = 0, lag: Any = 0) -> Path:
    """Return from command to response in one sweep.

    Raises
    ------
    CorrectionError
        A corner that is not above zero, a lag below zero.
    UnitError
    """
    if filter_frequency is None:
        corner = found.setting(index, "filter_frequency")
        corner = corner if corner else None
    else:
        corner = quantity(filter_frequency, "frequency", name="filter_frequency")
        if corner <= 0:
            raise CorrectionError(f"filter_frequency = {filter_frequency} must be above zero")
    behind = quantity(lag, "time", name="lag")
    if behind < 0:
        raise CorrectionError(f"lag = {lag} must not be below zero")
    return Path(quantity(delay, "time", name="delay"), corner, lag=behind)
