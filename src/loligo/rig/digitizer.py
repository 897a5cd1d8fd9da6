"""`Digitizer`: from an amplifier's output to stored integers.

Also what sampling does to frequencies above half the rate. Filtering comes before, elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from loligo.cell.description import Description
from loligo.cell.quantity import In
from loligo.errors import ArrayError, SelectionError, suggest

Array = NDArray[np.float64]

_ROUNDING = 1e-9
_SHORT = 16


class CurrentGain(In):
    """Written as an amplifier's panel does; 1 mV/pA is 1 GOhm."""

    def write(self, value: float) -> str:
        """Return the text."""
        return f"{value!r} mV/pA"


@dataclass(frozen=True, eq=False, slots=True)
class Digitized:
    """Integers as a recording stores them: ``value = gain * stored``.

    Attributes
    ----------
    stored : (..., time) int16 or int32 array
    gain : float
        Of one count, in `unit`.
    unit : str
        ``"pA"`` or ``"mV"``.
    saturated : (..., time) bool array
        Where the value was beyond the largest or smallest number.
    """

    stored: NDArray[np.int16] | NDArray[np.int32]
    gain: float
    unit: str
    saturated: NDArray[np.bool_]

    @property
    def n_saturated(self) -> int:
        """How many samples were beyond the range."""
        return int(np.count_nonzero(self.saturated))

    def values(self) -> Array:
        """Return what the numbers mean, in `unit`."""
        return np.asarray(self.stored * np.float64(self.gain))


class Digitizer(Description):
    """An analog-to-digital converter behind an amplifier's output.

    Parameters
    ----------
    bits : int
        8 to 24.
    range : quantity
        The largest input, of either sign: ``"10 V"`` is from -10 to 10 V.
    sampling : quantity
        ``"20 kHz"``.
    current_gain : quantity
        Of the amplifier's output in voltage clamp, ``"1 mV/pA"``.
    voltage_gain : float
        Of the amplifier's output in current clamp, mV for a mV.

    Notes
    -----
    The numbers are those of two's complement, ``-2^(bits - 1)`` to ``2^(bits - 1) - 1``, of
    ``range / 2^(bits - 1)`` each; a value halfway between two becomes the even one, so that
    rounding has no direction. The error is uniform and white for a signal that moves by some steps:
    its standard deviation is a step over the root of 12.

    References
    ----------
    Bennett 1948, https://doi.org/10.1002/j.1538-7305.1948.tb01340.x
    """

    kind: Literal["digitizer"] = "digitizer"
    bits: Annotated[int, Field(ge=8, le=24, strict=True)] = 16
    range: Annotated[float, In("voltage", positive=True)] = 10_000.0
    sampling: Annotated[float, In("frequency", positive=True)] = 20.0
    current_gain: Annotated[float, CurrentGain("resistance", positive=True)] = 1.0
    voltage_gain: Annotated[float, In("fraction", positive=True)] = 10.0

    @property
    def least_significant_bit(self) -> float:
        """The step of the converter's input [mV]."""
        return self.range / float(1 << (self.bits - 1))

    def resolution(self, unit: str) -> float:
        """Return the step of what is measured, in `unit`.

        Parameters
        ----------
        unit : str
            ``"pA"`` or ``"mV"``.

        Raises
        ------
        SelectionError
            Another unit.
        """
        gains = {"pA": self.current_gain, "mV": self.voltage_gain}
        if unit not in gains:
            raise SelectionError(f"an amplifier measures no {unit!r}; {suggest(unit, gains)}")
        return self.least_significant_bit / gains[unit]

    def noise(self, unit: str) -> float:
        """Return the standard deviation that rounding adds, in `unit`."""
        return self.resolution(unit) / math.sqrt(12.0)

    def quantize(self, values: ArrayLike, unit: str) -> Digitized:
        """Return samples as integers; beyond the range they stay at its end and are flagged.

        Parameters
        ----------
        values : (..., time) array
            What is measured, in `unit`.
        unit : str
            ``"pA"`` or ``"mV"``.

        Raises
        ------
        SelectionError
            Another unit.
        ArrayError
            A value is not finite.
        """
        measured = np.asarray(values, dtype=np.float64)
        wrong = ~np.isfinite(measured)
        if wrong.any():
            raise ArrayError(
                f"{int(wrong.sum())} of {measured.size} samples are not finite; a converter has "
                "no number for them"
            )
        step = self.resolution(unit)
        counts = np.rint(measured / step)
        low, high = -(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1
        saturated = (counts < low) | (counts > high)
        kept = np.clip(counts, low, high)
        stored = kept.astype(np.int16) if self.bits <= _SHORT else kept.astype(np.int32)
        return Digitized(stored, step, unit, np.asarray(saturated))

    def clock(self, duration: float) -> Array:
        """Return the times of the samples from 0 to before `duration` [ms]."""
        count = int(np.ceil(duration * self.sampling - _ROUNDING))
        return np.arange(max(count, 0)) / self.sampling

    def sample(self, values: ArrayLike, interval: float) -> Array:
        """Return a finely simulated trace at the ticks of the clock.

        Nothing is filtered: what is faster than half the rate is folded, as on the bench.

        Parameters
        ----------
        values : (..., time) array
            From time 0, `interval` apart and straight between.
        interval : float [ms]

        Returns
        -------
        (..., time) array
            At `clock`, as far as the trace goes; where a tick meets a value, that value.

        Raises
        ------
        ArrayError
            There is no value, or the interval is not above 0.
        """
        trace = np.asarray(values, dtype=np.float64)
        if trace.ndim == 0 or trace.shape[-1] == 0 or not interval > 0.0:
            raise ArrayError(
                f"a trace of shape {trace.shape} with values {interval:g} ms apart cannot be "
                "sampled; it needs values, and an interval above 0 ms"
            )
        last = trace.shape[-1] - 1
        ticks = self.clock((last + 0.5) * interval) / interval
        nearest = np.rint(ticks)
        ticks = np.where(np.abs(ticks - nearest) < _ROUNDING * (1.0 + nearest), nearest, ticks)
        ticks = ticks[ticks <= last]
        before = np.floor(ticks).astype(np.intp)
        share = ticks - before
        after = np.minimum(before + 1, last)
        return np.asarray(trace[..., before] * (1.0 - share) + trace[..., after] * share)


def alias(frequency: ArrayLike, sampling: float) -> Array:
    """Return the frequency that a sine appears at after sampling [kHz].

    Parameters
    ----------
    frequency : array [kHz]
    sampling : float [kHz]
    """
    f = np.asarray(frequency, dtype=np.float64)
    return np.asarray(np.abs(f - sampling * np.rint(f / sampling)))
