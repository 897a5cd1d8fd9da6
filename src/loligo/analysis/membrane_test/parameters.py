"""The fitted parameters as a vector: what each entry means, where it starts and how far it may go.

Positive quantities are fitted by their logarithm. The order is: steady conductance, then weight and
rate of each mode, fastest first; conductance and rate of the slow current, where there is one; the
capacitance that charges at once; then holding current, and the path from command to samples: lag of
the clamp, delay, corner of the low-pass.

What a rig does is known beforehand, roughly: that the pipette's capacitance is cancelled, that a
clamp lags. These priors count in the fit as measurements of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.bins import Bins
from loligo.analysis.membrane_test.correction import MEASURED_LATE, left_by_correction
from loligo.analysis.membrane_test.lowpass import LowPass, bessel_filter, lagging
from loligo.analysis.membrane_test.model import Command, Modes, response, responses

FAST, LATE, HOLDING, LAG, DELAY, CORNER = -6, -5, -4, -3, -2, -1
"""Places in the vector, from its end."""

STATED_CORNER_ERROR = 0.1
"""A filter's stated corner may differ from the whole rig's by this much (standard deviation)."""
USUAL_LAG, LAG_ERROR = 0.02, 0.03
"""Time constant of the clamp, and its standard deviation [ms]."""
SHORTEST_LAG, LONGEST_LAG = 0.001, 0.1
CANCELLED_ERROR = 0.3
"""What cancellation leaves of the pipette's capacitance, or takes too much (standard deviation)
[pF]."""
LATE_ERROR = 0.005
"""A pipette of 5 pF may charge a microsecond apart from its cancellation (standard deviation)
[pF ms]."""
LONGEST_DELAY = 0.5
"""From command to response, beside the filter [ms]."""
SLOW = 4.0
"""A slow current grows at least this many times more slowly than the transient decays."""

FURTHEST = 5.0
"""What is known beforehand is not taken for further off, in standard deviations."""

LEAST_WEIGHT = 0.02
"""Share of the transient's charge or height that an exponential of the cell carries at least."""
LEAST_WEIGHT_OF_THREE = 0.005
LARGEST_FAST = 50.0
"""A pipette's capacitance is far below this, either way [pF]."""

_GUESSED_DELAY = 0.02
_DELAYS = (0.0, 0.03)  # where searches start
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
    corrected : float [GOhm]
        Resistance whose voltage drop the amplifier adds to the command.
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
    corrected: float = 0.0

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
    """Which model: how many exponentials, whether a slow current that grows.

    With `fast` the pipette's capacitance may be anything, without it is taken for cancelled, as
    well as people do.
    """

    modes: int = 1
    slow: bool = False
    fast: bool = False

    @property
    def size(self) -> int:
        """Number of parameters that only the data tell."""
        return 5 + 2 * self.modes + 2 * self.slow + self.fast

    def unpack(self, vector: NDArray[np.float64]) -> tuple[Modes, float, float]:
        """Return the passive modes, and conductance and rate of the slow current."""
        steady = math.exp(vector[0])
        amplitudes = tuple(math.exp(v) for v in vector[1 : 1 + 2 * self.modes : 2])
        rates = tuple(math.exp(v) for v in vector[2 : 2 + 2 * self.modes : 2])
        at = 1 + 2 * self.modes
        slow = (float(vector[at]), math.exp(vector[at + 1])) if self.slow else (0.0, 1.0)
        parts = Modes(steady, amplitudes, rates, float(vector[FAST]), float(vector[LATE]))
        return parts, *slow

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
            parts.late,
        )

    def predict(
        self, vector: NDArray[np.float64], time: NDArray[np.float64], command: Command
    ) -> NDArray[np.float64]:
        """Return the current at given times [pA]."""
        made = response(
            time, self.all_modes(vector), command, path_of(vector), float(vector[DELAY])
        )
        return float(vector[HOLDING]) + made

    def slopes(
        self, vector: NDArray[np.float64], time: NDArray[np.float64], command: Command
    ) -> NDArray[np.float64]:
        """Return the derivative of `predict` by each parameter, one in each column.

        In closed form where the current is linear in it, by differences elsewhere.
        """
        parts, conductance, slow_rate = self.unpack(vector)
        low_pass, delay = path_of(vector), float(vector[DELAY])
        rates = (*parts.rates, slow_rate) if self.slow else parts.rates
        moved = [rate * math.exp(_STEP) for rate in rates]
        rows = responses(time, (*rates, *moved), command, low_pass, delay)
        step, decays = rows[0], rows[1 : 1 + len(rates)]
        changes = (rows[1 + len(rates) : -2] - decays) / _STEP
        columns = [parts.steady * step]
        for amplitude, decay, change in zip(parts.amplitudes, decays, changes, strict=False):
            columns += [amplitude * decay, amplitude * change]
        if self.slow:
            columns += [step - decays[-1], -conductance * changes[-1]]
        columns += [rows[-2], rows[-1], np.ones_like(time)]
        own = self.predict(vector, time, command)
        for place in (LAG, DELAY, CORNER):
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
        known = data.corner
        reach = FURTHEST * STATED_CORNER_ERROR
        corners = (
            (math.log(0.2), math.log(2 * data.sampling_rate))
            if known is None
            else (math.log(known) - reach, math.log(known) + reach)
        )
        cancelled, late = left_errors(data)
        largest = LARGEST_FAST if self.fast else FURTHEST * cancelled
        low += [-largest, -FURTHEST * late, -np.inf]
        low += [SHORTEST_LAG, -2 / data.sampling_rate, corners[0]]
        high += [largest, FURTHEST * late, np.inf]
        high += [LONGEST_LAG, LONGEST_DELAY, corners[1]]
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
            low_pass = lagging(bessel_filter(float(corner)), USUAL_LAG)
            for reach in (1.5 * data.sampling_rate, _RESOLVED * float(corner)):
                found += self._best(data, low_pass, float(corner), reach)
        found.sort(key=lambda pair: -pair[0])
        best = [vector for _, vector in found[:_STARTS]]
        for vector, delay in zip(best, _DELAYS, strict=False):
            vector[DELAY] = delay
        return best

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
        vector += [float(solved[-1]) if self.fast else 0.0, 0.0, float(solved[0])]
        return np.array([*vector, USUAL_LAG, _GUESSED_DELAY, math.log(corner)])


def cell_modes(
    form: Form, vector: NDArray[np.float64], corrected: float, late: float = MEASURED_LATE
) -> tuple[Modes, bool]:
    """Return the modes of the cell behind what series resistance the amplifier left.

    Also whether the correction could be undone; where not, the modes are those of the transient.
    """
    parts = form.unpack(vector)[0]
    left = left_by_correction(parts, float(vector[LAG]), corrected, late)
    return (parts, False) if left is None else (left, True)


def path_of(vector: NDArray[np.float64]) -> LowPass:
    """Return what lies between command and samples, but for a delay."""
    return lagging(bessel_filter(math.exp(vector[CORNER])), float(vector[LAG]))


def left_errors(data: Data) -> tuple[float, float]:
    """Return the standard deviations of what is left of the pipette: its charge, and how late.

    A ramp's capacitance is all that charges, so that nothing is.
    """
    return (CANCELLED_ERROR, LATE_ERROR) if data.command.jumps.any() else (1e-3, 1e-5)


def priors(data: Data, form: Form) -> tuple[tuple[int, float, float], ...]:
    """Return what is known beforehand: place in the vector, value, standard deviation."""
    found = [(LAG, USUAL_LAG, LAG_ERROR), (LATE, 0.0, left_errors(data)[1])]
    if not form.fast:
        found.append((FAST, 0.0, left_errors(data)[0]))
    if data.corner is not None:
        found.append((CORNER, math.log(data.corner), STATED_CORNER_ERROR))
    return tuple(found)


def _columns(
    data: Data, low_pass: LowPass, fastest: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return trial rates, fastest first, and responses: constant, step, each decay, a charge."""
    rates = np.geomspace(max(fastest, 20 / data.duration), 2 / data.duration, _GRID)
    rows = responses(data.bins.times, rates.tolist(), data.command, low_pass, _GUESSED_DELAY)
    return rates, np.vstack((np.ones_like(data.bins.times), rows[:-1])).T


def _combinations(form: Form, rates: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return which rates to try together, one choice in each row."""
    from itertools import combinations

    found = np.array(list(combinations(range(rates.size), form.modes + form.slow)), dtype=np.intp)
    if form.slow:
        found = found[rates[found[:, -2]] > SLOW * rates[found[:, -1]]]
    return found
