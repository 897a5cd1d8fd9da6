"""The shapes a command takes between two edges, in pure NumPy: value, exact mean and derivative.

A shape knows neither level nor unit: a segment scales it. Equal shapes compare and hash equal, so
that sweeps that differ only in level share one. Time is in ms after the segment's start.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.protocol.quadrature import mean_of_phase

Array = NDArray[np.float64]

ON_EDGE = 1e-6
"""A time within this fraction of a sample before a sample's edge is on the edge."""


class Shape(ABC):
    """A function of time that a segment scales."""

    __slots__ = ()

    @abstractmethod
    def value(self, t: ArrayLike) -> Array:
        """Return the shape at times `t` [ms]."""

    @abstractmethod
    def mean(self, t0: ArrayLike, t1: ArrayLike) -> Array:
        """Return the mean of the shape over each interval ``[t0, t1)`` [ms], ``t1 > t0``."""

    @abstractmethod
    def derivative(self, t: ArrayLike) -> Array:
        """Return the shape's rate of change at times `t` [1/ms]."""


@dataclass(frozen=True, slots=True)
class Linear(Shape):
    """The time itself [ms]: scaled by a slope, a ramp."""

    def value(self, t: ArrayLike) -> Array:
        """Return the time [ms]."""
        return np.array(t, dtype=np.float64)

    def mean(self, t0: ArrayLike, t1: ArrayLike) -> Array:
        """Return the middle of each interval [ms]."""
        return 0.5 * (np.asarray(t0, dtype=np.float64) + np.asarray(t1, dtype=np.float64))

    def derivative(self, t: ArrayLike) -> Array:
        """Return 1."""
        return np.ones_like(np.asarray(t, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Sinusoid(Shape):
    """A sum of sines ``sum(w sin(2 pi (f t + p)))``.

    Attributes
    ----------
    tones : tuple of (float, float, float)
        Weight ``w``, frequency ``f`` [kHz] and phase ``p`` [cycles] of each sine.
    """

    tones: tuple[tuple[float, float, float], ...]

    def value(self, t: ArrayLike) -> Array:
        """Return the sum of the sines."""
        times = np.asarray(t, dtype=np.float64)
        total = np.zeros_like(times)
        for weight, frequency, phase in self.tones:
            total += weight * np.sin(2 * np.pi * (frequency * times + phase))
        return total

    def mean(self, t0: ArrayLike, t1: ArrayLike) -> Array:
        """Return the sine in the middle of each interval times the sinc of its width.

        Notes
        -----
        The mean of ``sin`` over a width ``h`` is ``sin(middle) sin(pi f h) / (pi f h)``, which
        loses no digits where ``h`` is short.
        """
        start, stop = np.asarray(t0, dtype=np.float64), np.asarray(t1, dtype=np.float64)
        middle, width = 0.5 * (start + stop), stop - start
        total = np.zeros_like(middle)
        for weight, frequency, phase in self.tones:
            centre = np.sin(2 * np.pi * (frequency * middle + phase))
            total += weight * centre * np.sinc(frequency * width)
        return total

    def derivative(self, t: ArrayLike) -> Array:
        """Return the sum of the cosines [1/ms]."""
        times = np.asarray(t, dtype=np.float64)
        total = np.zeros_like(times)
        for weight, frequency, phase in self.tones:
            turn = 2 * np.pi * frequency
            total += weight * turn * np.cos(turn * times + 2 * np.pi * phase)
        return total


@dataclass(frozen=True, slots=True)
class Chirp(Shape):
    """A sine whose frequency goes from one value to another.

    Attributes
    ----------
    start, stop : float [kHz]
        Frequency at time 0 and at `duration`.
    duration : float [ms]
    spacing : {"linear", "exponential"}
        Whether the frequency grows by equal amounts or by equal factors in equal times.

    Notes
    -----
    With ``T`` the duration and ``r = stop / start``, the phase in cycles is
    ``start t + (stop - start) t^2 / (2 T)`` or ``start T (r^(t / T) - 1) / ln r``.
    """

    start: float
    stop: float
    duration: float
    spacing: Literal["linear", "exponential"] = "linear"

    def phase(self, t: ArrayLike) -> Array:
        """Return the phase [rad]."""
        times = np.asarray(t, dtype=np.float64)
        if self.spacing == "linear" or self.start == self.stop:
            rate = (self.stop - self.start) / self.duration
            return 2 * np.pi * (self.start * times + 0.5 * rate * times**2)
        growth = math.log(self.stop / self.start) / self.duration
        return 2 * np.pi * self.start / growth * np.expm1(growth * times)

    def frequency(self, t: ArrayLike) -> Array:
        """Return the instantaneous frequency [kHz]."""
        share: Array = np.asarray(t, dtype=np.float64) / self.duration
        if self.spacing == "linear":
            return self.start + (self.stop - self.start) * share
        return self.start * np.power(self.stop / self.start, share)

    def value(self, t: ArrayLike) -> Array:
        """Return the sine of the phase."""
        return np.sin(self.phase(t))

    def mean(self, t0: ArrayLike, t1: ArrayLike) -> Array:
        """Return the mean, by Gauss-Legendre quadrature over quarter turns.

        The closed forms (Fresnel and sine integrals) lose digits to cancellation where an interval
        is short, as an integrator's step is; the quadrature does not.
        """
        return mean_of_phase(self.value, self.phase, t0, t1)

    def derivative(self, t: ArrayLike) -> Array:
        """Return the cosine of the phase times the frequency [1/ms]."""
        return 2 * np.pi * self.frequency(t) * np.cos(self.phase(t))


@dataclass(frozen=True, slots=True)
class Samples(Shape):
    """A waveform given by samples at a fixed interval.

    Attributes
    ----------
    interval : float [ms]
    values : bytes
        The samples, as float64 in the machine's order; `of` makes them from an array.
    interpolation : {"hold", "linear"}
        Whether a sample is held until the next, or joined to it by a straight line. After the last
        sample its value stays.
    """

    interval: float
    values: bytes
    interpolation: Literal["hold", "linear"] = "hold"

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        interval: float,
        interpolation: Literal["hold", "linear"] = "hold",
    ) -> Samples:
        """Return the shape of an array of samples, shape (time,), at an interval [ms]."""
        return cls(interval, np.asarray(values, dtype=np.float64).tobytes(), interpolation)

    @property
    def array(self) -> Array:
        """The samples, shape (time,)."""
        return np.frombuffer(self.values, dtype=np.float64)

    def value(self, t: ArrayLike) -> Array:
        """Return the sample held, or the straight line between two samples."""
        samples, place = self.array, np.asarray(t, dtype=np.float64) / self.interval
        if self.interpolation == "linear":
            return np.interp(place, np.arange(samples.size), samples)
        return samples[self._index(place)]

    def _index(self, place: Array) -> NDArray[np.intp]:
        index = np.floor(place + ON_EDGE).astype(np.intp)
        return np.clip(index, 0, len(self.values) // 8 - 1)

    def mean(self, t0: ArrayLike, t1: ArrayLike) -> Array:
        """Return the mean, summed exactly over the parts of samples within each interval."""
        first_place, last_place = np.broadcast_arrays(
            np.asarray(t0, dtype=np.float64) / self.interval,
            np.asarray(t1, dtype=np.float64) / self.interval,
        )
        shape = first_place.shape
        start: Array = first_place.ravel()
        stop: Array = last_place.ravel()
        last = len(self.values) // 8 - 1
        first = np.clip(np.floor(start).astype(np.intp), 0, last)
        final = np.clip(np.ceil(stop).astype(np.intp) - 1, first, last)
        inside = first == final
        left = self._part(first, start, np.where(inside, stop, first + 1.0))
        right = np.where(inside, 0.0, self._part(final, final.astype(np.float64), stop))
        total: Array = (left + right + self._whole(first + 1, final)) / (stop - start)
        return total.reshape(shape)

    def _part(self, sample: NDArray[np.intp], start: Array, stop: Array) -> Array:
        """Return the integral within one sample, in samples of time."""
        middle = 0.5 * (start + stop)
        if self.interpolation == "linear":
            height: Array = np.interp(middle, np.arange(len(self.values) // 8), self.array)
        else:
            height = self.array[sample]
        return height * (stop - start)

    def _whole(self, first: NDArray[np.intp], final: NDArray[np.intp]) -> Array:
        """Return the integral over samples ``first`` to before ``final``."""
        samples = self.array
        if self.interpolation == "linear":
            heights = 0.5 * (samples + np.append(samples[1:], samples[-1]))
        else:
            heights = samples
        some = final > first
        total = np.zeros(first.shape)
        if some.any():
            bounds = np.stack([first[some], final[some]], axis=1).ravel()
            total[some] = np.add.reduceat(np.append(heights, 0.0), bounds)[::2]
        return total

    def derivative(self, t: ArrayLike) -> Array:
        """Return the slope between samples [1/ms]; 0 where they are held."""
        place = np.asarray(t, dtype=np.float64) / self.interval
        if self.interpolation == "hold":
            return np.zeros_like(place)
        slopes = np.append(np.diff(self.array), 0.0) / self.interval
        return slopes[self._index(place)]
