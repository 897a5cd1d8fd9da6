"""The fitted parameters as a vector: what each entry means, where it starts and how far it may go.

Positive quantities are fitted by their logarithm. The order is: steady conductance, then weight and
rate of each mode, fastest first; conductance and rate of the slow current, where there is one; then
holding current, delay and corner of the low-pass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.bins import Bins
from loligo.analysis.membrane_test.lowpass import LowPass, bessel_filter
from loligo.analysis.membrane_test.model import Command, Modes, response

STATED_CORNER_ERROR = 0.1
"""A filter's stated corner may differ from the whole rig's by this much (standard deviation)."""
LONGEST_DELAY = 0.5
"""From command to response, beside the filter [ms]."""
SLOW = 4.0
"""A slow current grows at least this many times more slowly than the transient decays."""

_GUESSED_DELAY = 0.02
_GRID = 14
_STARTS = 2


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """What is fitted: the mean of identical sweeps in blocks.

    Attributes
    ----------
    bins : Bins
    values : (k,) array [pA]
    sampling_rate : float [kHz]
    command : Command
    corner : float or None [kHz]
        Of the recording's filter, as stated and believed.
    stated : float or None [kHz]
        The same as stated, believed or not.
    duration : float [ms]
    """

    bins: Bins
    values: NDArray[np.float64]
    sampling_rate: float
    command: Command
    corner: float | None
    stated: float | None
    duration: float

    @property
    def first_stretch(self) -> float:
        """Time from the command's first edge to its second, or to the end [ms]."""
        first = float(self.command.times[0])
        later = self.command.times[self.command.times > first]
        return (float(later[0]) if later.size else self.duration) - first


@dataclass(frozen=True, slots=True)
class Form:
    """Which model: how many exponentials, and whether a slow current grows."""

    modes: int = 1
    slow: bool = False

    @property
    def size(self) -> int:
        """Number of parameters."""
        return 4 + 2 * self.modes + 2 * self.slow

    def unpack(self, vector: NDArray[np.float64]) -> tuple[Modes, float, float]:
        """Return the passive modes, and conductance and rate of the slow current."""
        steady = math.exp(vector[0])
        amplitudes = tuple(math.exp(v) for v in vector[1 : 1 + 2 * self.modes : 2])
        rates = tuple(math.exp(v) for v in vector[2 : 2 + 2 * self.modes : 2])
        at = 1 + 2 * self.modes
        slow = (float(vector[at]), math.exp(vector[at + 1])) if self.slow else (0.0, 1.0)
        return Modes(steady, amplitudes, rates), *slow

    def all_modes(self, vector: NDArray[np.float64]) -> Modes:
        """Return the modes with the slow current's among them."""
        parts, conductance, rate = self.unpack(vector)
        if not self.slow:
            return parts
        return Modes(
            parts.steady + conductance,
            (*parts.amplitudes, -conductance),
            (*parts.rates, rate),
        )

    def predict(
        self, vector: NDArray[np.float64], time: NDArray[np.float64], command: Command
    ) -> NDArray[np.float64]:
        """Return the current at given times [pA]."""
        low_pass = bessel_filter(math.exp(vector[-1]))
        made = response(time, self.all_modes(vector), command, low_pass, float(vector[-2]))
        return float(vector[-3]) + made

    def bounds(self, data: Data) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the lowest and highest allowed vector."""
        fastest, slowest = 3 * data.sampling_rate, 0.5 / data.duration
        low, high = [math.log(1e-4)], [math.log(1e4)]
        for _ in range(self.modes):
            low += [math.log(1e-4), math.log(slowest)]
            high += [math.log(1e5), math.log(fastest)]
        if self.slow:
            low += [0.0, math.log(slowest)]
            high += [1e3, math.log(fastest)]
        known = data.corner
        reach = 5 * STATED_CORNER_ERROR
        corners = (
            (math.log(0.2), math.log(2 * data.sampling_rate))
            if known is None
            else (math.log(known) - reach, math.log(known) + reach)
        )
        low += [-np.inf, -2 / data.sampling_rate, corners[0]]
        high += [np.inf, LONGEST_DELAY, corners[1]]
        return np.array(low), np.array(high)

    def starts(self, data: Data) -> list[NDArray[np.float64]]:
        """Return the best of a grid of rates for each trial corner, the best corner first.

        The amplitudes come from linear least squares.
        """
        corners = (
            [data.corner] if data.corner else [c for c in (1, 2, 5, 10) if c < data.sampling_rate]
        )
        found = []
        for corner in corners:
            low_pass = bessel_filter(float(corner))
            rates, columns = _columns(data, low_pass)
            counted = columns * data.bins.counts[:, np.newaxis]
            normal, right = columns.T @ counted, counted.T @ data.values
            tried = [
                self._linear(normal, right, rates, chosen, float(corner))
                for chosen in _combinations(self, rates)
            ]
            vector, gain = max(tried, key=lambda pair: pair[1], default=(None, 0.0))
            if vector is not None:
                found.append((gain, vector))
        found.sort(key=lambda pair: -pair[0])
        return [vector for _, vector in found[:_STARTS]]

    def _linear(
        self,
        normal: NDArray[np.float64],
        right: NDArray[np.float64],
        rates: NDArray[np.float64],
        chosen: tuple[int, ...],
        corner: float,
    ) -> tuple[NDArray[np.float64] | None, float]:
        """Fit the amplitudes of chosen rates; nothing where they are not of a passive cell.

        The second result is the sum of squares the fit explains.
        """
        picked = [0, 1, *(2 + k for k in chosen)]
        try:
            found = np.linalg.solve(normal[np.ix_(picked, picked)], right[picked])
        except np.linalg.LinAlgError:
            return None, -math.inf
        slow = -float(found[-1]) if self.slow else 0.0
        steady = float(found[1]) - slow
        passive = found[2 : 2 + self.modes]
        if steady <= 0 or slow < 0 or (passive <= 0).any() or not np.isfinite(found).all():
            return None, -math.inf
        vector = [math.log(steady)]
        for amplitude, index in zip(passive, chosen, strict=False):
            vector += [math.log(amplitude), math.log(rates[index])]
        if self.slow:
            vector += [slow, math.log(rates[chosen[-1]])]
        vector += [float(found[0]), _GUESSED_DELAY, math.log(corner)]
        return np.array(vector), float(found @ right[picked])


def _columns(data: Data, low_pass: LowPass) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return trial rates, fastest first, and the responses of constant, step and each decay."""
    rates = np.geomspace(1.5 * data.sampling_rate, 2 / data.duration, _GRID)
    times, command = data.bins.times, data.command
    step = response(times, Modes(1.0, (), ()), command, low_pass, _GUESSED_DELAY)
    decays = [
        response(times, Modes(0.0, (1.0,), (float(rate),)), command, low_pass, _GUESSED_DELAY)
        for rate in rates
    ]
    return rates, np.column_stack([np.ones_like(times), step, *decays])


def _combinations(form: Form, rates: NDArray[np.float64]) -> list[tuple[int, ...]]:
    from itertools import combinations

    count = form.modes + form.slow
    found = list(combinations(range(rates.size), count))
    if form.slow:
        found = [c for c in found if rates[c[-2]] > SLOW * rates[c[-1]]]
    return found
