"""`Synapse`: a conductance placed on a neuron, opened at given times.

Each activation opens it by the difference of two exponentials; activations add up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import field_validator

from loligo.cell.description import HERE, Description
from loligo.cell.quantity import In
from loligo.errors import ModelError
from loligo.protocol.segment import EDGE, Segment
from loligo.protocol.shapes import Shape

Array = NDArray[np.float64]


class Synapse(Description):
    """A synapse on a neuron.

    Parameters
    ----------
    site : str
        Where it is, ``"apical.3(0.5)"``.
    conductance : quantity
        At the peak after one activation, ``"1 nS"``.
    rise, decay : quantity
        Time constants; a `rise` of 0 opens it at once.
    reversal : quantity
        Its reversal potential.
    times : sequence of quantity
        When it is activated after the start of a sweep, ``["10 ms", "20 ms"]``; never by default.

    Notes
    -----
    ``g(t) = g_peak (exp(-t / decay) - exp(-t / rise)) / n``, with n the peak of the difference, at
    ``t = ln(decay / rise) / (1 / rise - 1 / decay)``; with equal time constants the alpha function
    ``g_peak (t / rise) exp(1 - t / rise)``. (Roth and van Rossum 2009, in De Schutter (ed.),
    Computational Modeling Methods for Neuroscientists,
    doi:10.7551/mitpress/9780262013277.001.0001.)
    """

    kind: Literal["synapse"] = "synapse"
    site: str
    conductance: Annotated[float, In("conductance", least=0.0)]
    rise: Annotated[float, In("time", least=0.0)]
    decay: Annotated[float, In("time", positive=True)]
    reversal: Annotated[float, In("voltage")]
    times: tuple[Annotated[float, In("time", least=0.0)], ...] = ()

    @field_validator("decay")
    @classmethod
    def _after_the_rise(cls, decay: float, info: object) -> float:
        rise = getattr(info, "data", {}).get("rise", 0.0)
        if decay < rise:
            raise ModelError(
                f"{HERE} = {decay:g} ms is shorter than the rise of {rise:g} ms; exchange them"
            )
        return decay

    @property
    def scale(self) -> float:
        """Conductance per unit of `Release` [nS]."""
        if not self.rise:
            return self.conductance
        faster = 1.0 / self.rise - 1.0 / self.decay
        peak = self.rise
        if faster * self.rise > _ALIKE:
            peak = math.log(self.decay / self.rise) / faster
        return self.conductance / float(Release(1.0, 0.0, self.rise, self.decay).value(peak))

    def segments(self, until: float) -> tuple[Segment, ...]:
        """Return the conductance [nS] from 0 to a time [ms], a stretch after each activation."""
        found, start = [], 0.0
        release = Release(0.0, 0.0, self.rise, self.decay)
        for time in sorted(self.times):
            if time >= until - EDGE:
                break
            if time > start + EDGE:
                found.append(self._stretch(start, time, release))
                release, start = release.after(time - start), time
            release = release.opened()
        return (*found, self._stretch(start, until, release))

    def conductance_at(self, times: ArrayLike) -> Array:
        """Return the conductance at times after the start of a sweep [nS]."""
        when = np.asarray(times, dtype=np.float64)
        total = np.zeros(when.shape)
        opened = Release(0.0, 0.0, self.rise, self.decay).opened()
        for time in self.times:
            after = when >= time - EDGE
            total[after] += self.scale * opened.value(when[after] - time)
        return total

    def _stretch(self, start: float, stop: float, release: Release) -> Segment:
        shut = release.rising == 0.0 and release.open == 0.0
        return Segment(start, stop, 0.0, 0.0 if shut else self.scale, None if shut else release)


_ALIKE = 1e-9
"""Rates of rise and decay this close are one."""


@dataclass(frozen=True, slots=True)
class Release(Shape):
    """What is open after an activation: ``y' = x - y / decay``, ``x' = -x / rise``.

    Attributes
    ----------
    rising : float
        ``x`` at the start [1/ms].
    open : float
        ``y`` at the start.
    rise, decay : float [ms]
        With a `rise` of 0, activations go into ``y`` at once.
    """

    rising: float
    open: float
    rise: float
    decay: float

    def opened(self) -> Release:
        """Return it after one activation more."""
        if not self.rise:
            return Release(0.0, self.open + 1.0, self.rise, self.decay)
        return Release(self.rising + 1.0, self.open, self.rise, self.decay)

    def after(self, time: float) -> Release:
        """Return it as it is after a time [ms]."""
        rising = self.rising * math.exp(-time / self.rise) if self.rise else 0.0
        return Release(rising, float(self.value(time)), self.rise, self.decay)

    def value(self, t: ArrayLike) -> Array:
        """Return ``y`` at times `t` [ms]."""
        times = np.asarray(t, dtype=np.float64)
        closing = np.exp(-times / self.decay)
        if not self.rise:
            return self.open * closing
        faster = 1.0 / self.rise - 1.0 / self.decay
        if faster * self.rise <= _ALIKE:
            return (self.open + self.rising * times) * closing
        return (self.open + self.rising * -np.expm1(-faster * times) / faster) * closing

    def mean(self, t0: ArrayLike, t1: ArrayLike) -> Array:
        """Return the mean over each interval, from ``y' = x - y / decay`` integrated."""
        start, stop = np.asarray(t0, dtype=np.float64), np.asarray(t1, dtype=np.float64)
        gained = np.zeros(np.broadcast_shapes(start.shape, stop.shape))
        if self.rise:
            at_start = self.rising * np.exp(-start / self.rise)
            gained = self.rise * at_start * -np.expm1(-(stop - start) / self.rise)
        lost = self.value(start) - self.value(stop)
        return self.decay * (gained + lost) / (stop - start)

    def derivative(self, t: ArrayLike) -> Array:
        """Return the rate of change at times `t` [1/ms]."""
        times = np.asarray(t, dtype=np.float64)
        rising = self.rising * np.exp(-times / self.rise) if self.rise else 0.0
        return rising - self.value(times) / self.decay
