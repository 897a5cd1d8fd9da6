"""The fitted parameters as a vector: what each entry means, where it starts and how far it may go.

Positive quantities are fitted by their logarithm. The order is: steady conductance, then weight and
rate of each mode, fastest first; conductance and rate of the slow current, where there is one; the
fast capacitance, where there is one; then holding current, delay and corner of the low-pass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.bins import Bins
from loligo.analysis.membrane_test.lowpass import LowPass, bessel_filter
from loligo.analysis.membrane_test.model import Command, Modes, response, responses

STATED_CORNER_ERROR = 0.1
"""A filter's stated corner may differ from the whole rig's by this much (standard deviation)."""
LONGEST_DELAY = 0.5
"""From command to response, beside the filter [ms]."""
SLOW = 4.0
"""A slow current grows at least this many times more slowly than the transient decays."""

LEAST_WEIGHT = 0.02
"""Share of the transient's charge or height that an exponential of the cell carries at least."""
LEAST_WEIGHT_OF_THREE = 0.005
LARGEST_FAST = 50.0
"""A pipette's capacitance is far below this, either way [pF]."""

_GUESSED_DELAY = 0.02
_STEP = 1e-6
_GRID = 14
_STARTS = 2
_RESOLVED = 5.0  # 1/ms of a decay behind a low-pass of 1 kHz


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
    hum : (k, h) array
        Mains hum to leave out, orthonormal once weighted by the blocks' sizes.
    mains : tuple of float [kHz]
        The frequencies in `hum`.
    """

    bins: Bins
    values: NDArray[np.float64]
    sampling_rate: float
    command: Command
    corner: float | None
    stated: float | None
    duration: float
    hum: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    mains: tuple[float, ...] = ()

    @property
    def weight(self) -> NDArray[np.float64]:
        """Return the weight of each block in a least-squares fit."""
        return np.asarray(np.sqrt(self.bins.counts))

    def without_hum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of blocks ``(k, ...)`` without what is in phase with the mains."""
        if not self.mains:
            return values
        weight = self.weight if values.ndim == 1 else self.weight[:, np.newaxis]
        weighted = values * weight
        return np.asarray((weighted - self.hum @ (self.hum.T @ weighted)) / weight)

    def missed(self, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a prediction minus the mean sweep, hum left out."""
        return self.without_hum(predicted - self.values)

    @property
    def first_stretch(self) -> float:
        """Time from the command's first edge to its second, or to the end [ms]."""
        first = float(self.command.times[0])
        later = self.command.times[self.command.times > first]
        return (float(later[0]) if later.size else self.duration) - first


@dataclass(frozen=True, slots=True)
class Form:
    """Which model: how many exponentials, a slow current that grows, a fast capacitance."""

    modes: int = 1
    slow: bool = False
    fast: bool = False

    @property
    def size(self) -> int:
        """Number of parameters."""
        return 4 + 2 * self.modes + 2 * self.slow + self.fast

    def unpack(self, vector: NDArray[np.float64]) -> tuple[Modes, float, float]:
        """Return the passive modes, and conductance and rate of the slow current."""
        steady = math.exp(vector[0])
        amplitudes = tuple(math.exp(v) for v in vector[1 : 1 + 2 * self.modes : 2])
        rates = tuple(math.exp(v) for v in vector[2 : 2 + 2 * self.modes : 2])
        at = 1 + 2 * self.modes
        slow = (float(vector[at]), math.exp(vector[at + 1])) if self.slow else (0.0, 1.0)
        fast = float(vector[-4]) if self.fast else 0.0
        return Modes(steady, amplitudes, rates, fast), *slow

    def is_real(self, vector: NDArray[np.float64]) -> bool:
        """Tell whether each exponential matters, is in order, and the slow current is slow."""
        parts, conductance, slow_rate = self.unpack(vector)
        if self.modes > 1:
            heights = np.array(parts.amplitudes)
            charges = heights / np.array(parts.rates)
            share = np.maximum(heights / heights.sum(), charges / charges.sum())
            ratios = np.array(parts.rates[:-1]) / np.array(parts.rates[1:])
            least = LEAST_WEIGHT if self.modes == 2 else LEAST_WEIGHT_OF_THREE
            if share.min() < least or ratios.min() < 1.5:
                return False
        if not self.slow:
            return True
        return min(parts.rates) > 2 * slow_rate and conductance > LEAST_WEIGHT * parts.steady

    def all_modes(self, vector: NDArray[np.float64]) -> Modes:
        """Return the modes with the slow current's among them."""
        parts, conductance, rate = self.unpack(vector)
        if not self.slow:
            return parts
        return Modes(
            parts.steady + conductance,
            (*parts.amplitudes, -conductance),
            (*parts.rates, rate),
            parts.fast,
        )

    def predict(
        self, vector: NDArray[np.float64], time: NDArray[np.float64], command: Command
    ) -> NDArray[np.float64]:
        """Return the current at given times [pA]."""
        low_pass = bessel_filter(math.exp(vector[-1]))
        made = response(time, self.all_modes(vector), command, low_pass, float(vector[-2]))
        return float(vector[-3]) + made

    def slopes(
        self, vector: NDArray[np.float64], time: NDArray[np.float64], command: Command
    ) -> NDArray[np.float64]:
        """Return the derivative of `predict` by each parameter, one in each column.

        In closed form where the current is linear in it, by differences elsewhere.
        """
        parts, conductance, slow_rate = self.unpack(vector)
        low_pass, delay = bessel_filter(math.exp(vector[-1])), float(vector[-2])
        rates = (*parts.rates, slow_rate) if self.slow else parts.rates
        moved = [rate * math.exp(_STEP) for rate in rates]
        rows = responses(time, (*rates, *moved), command, low_pass, delay)
        step, decays = rows[0], rows[1 : 1 + len(rates)]
        changes = (rows[1 + len(rates) : -1] - decays) / _STEP
        columns = [parts.steady * step]
        for amplitude, decay, change in zip(parts.amplitudes, decays, changes, strict=False):
            columns += [amplitude * decay, amplitude * change]
        if self.slow:
            columns += [step - decays[-1], -conductance * changes[-1]]
        if self.fast:
            columns.append(rows[-1])
        columns.append(np.ones_like(time))
        own = self.predict(vector, time, command)
        for place in (-2, -1):
            shifted = vector.copy()
            shifted[place] += _STEP
            columns.append((self.predict(shifted, time, command) - own) / _STEP)
        return np.column_stack(columns)

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
        if self.fast:
            low.append(-LARGEST_FAST)
            high.append(LARGEST_FAST)
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
            for reach in (1.5 * data.sampling_rate, _RESOLVED * float(corner)):
                found += self._best(data, low_pass, float(corner), reach)
        found.sort(key=lambda pair: -pair[0])
        return [vector for _, vector in found[:_STARTS]]

    def _best(
        self, data: Data, low_pass: LowPass, corner: float, fastest: float
    ) -> list[tuple[float, NDArray[np.float64]]]:
        """Return gain and vector of the best of a grid of rates, where there is a passive one."""
        rates, columns = _columns(data, low_pass, fastest)
        counted = columns * data.bins.counts[:, np.newaxis]
        normal, right = columns.T @ counted, counted.T @ data.values
        chosen = _combinations(self, rates)
        if not len(chosen):
            return []
        extra = np.full((len(chosen), 1), columns.shape[1] - 1)
        steady = np.broadcast_to([0, 1], (len(chosen), 2))
        picked = np.hstack((steady, 2 + chosen, extra) if self.fast else (steady, 2 + chosen))
        matrices = normal[picked[:, :, np.newaxis], picked[:, np.newaxis]]
        try:
            solved = np.linalg.solve(matrices, right[picked][..., np.newaxis])[..., 0]
        except np.linalg.LinAlgError:
            return []
        gains = np.where(self._is_passive(solved), (solved * right[picked]).sum(axis=1), -np.inf)
        best = int(np.argmax(gains))
        if not np.isfinite(gains[best]):
            return []
        return [(float(gains[best]), self._vector(solved[best], rates[chosen[best]], corner))]

    def _is_passive(self, solved: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which linear solutions ``(m, p)`` are of a passive cell."""
        slow = -solved[:, 2 + self.modes] if self.slow else np.zeros(len(solved))
        passive = solved[:, 2 : 2 + self.modes]
        kept = (solved[:, 1] > slow) & (slow >= 0) & (passive > 0).all(axis=1)
        return np.asarray(kept & np.isfinite(solved).all(axis=1))

    def _vector(
        self, solved: NDArray[np.float64], rates: NDArray[np.float64], corner: float
    ) -> NDArray[np.float64]:
        """Turn one linear solution into a vector."""
        slow = -float(solved[2 + self.modes]) if self.slow else 0.0
        vector = [math.log(float(solved[1]) - slow)]
        for amplitude, rate in zip(solved[2 : 2 + self.modes], rates, strict=False):
            vector += [math.log(amplitude), math.log(rate)]
        if self.slow:
            vector += [slow, math.log(rates[-1])]
        if self.fast:
            vector.append(float(solved[-1]))
        return np.array([*vector, float(solved[0]), _GUESSED_DELAY, math.log(corner)])


def _columns(
    data: Data, low_pass: LowPass, fastest: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return trial rates, fastest first, and responses: constant, step, each decay, a charge."""
    rates = np.geomspace(max(fastest, 20 / data.duration), 2 / data.duration, _GRID)
    rows = responses(data.bins.times, rates.tolist(), data.command, low_pass, _GUESSED_DELAY)
    return rates, np.vstack((np.ones_like(data.bins.times), rows)).T


def _combinations(form: Form, rates: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return which rates to try together, one choice in each row."""
    from itertools import combinations

    found = np.array(list(combinations(range(rates.size), form.modes + form.slow)), dtype=np.intp)
    if form.slow:
        found = found[rates[found[:, -2]] > SLOW * rates[found[:, -1]]]
    return found
