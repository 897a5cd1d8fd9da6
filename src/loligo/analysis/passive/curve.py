"""The charging curve: what a passive cell and its electrode answer to steps of injected current.

Per unit of current it is ``jump + sum(A_k (1 - exp(-r_k t)))`` after each edge: the jump is what
the bridge leaves of the electrode, the slowest exponential is the membrane's, a faster one the
dendrites' or the electrode's. With a sag the membrane's part is that of a membrane with a slow
current w: ``V' = -a (V + k w) + a A I``, ``w' = b (V - w)``, which may swing. All but rates,
delay and filter enter linearly, so that only those are searched for.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.lowpass import LowPass, bessel_filter
from loligo.analysis.passive.circuit import electrode_poles

_SETTLED = 40.0
"""The filter's own exponentials are left out once they have fallen by this many time constants."""


@dataclass(frozen=True, slots=True)
class Form:
    """Which curve: number of passive exponentials, with sag, through a filter, with electrode.

    The search's parameters are the logarithms of the rates (passive ones slowest first, then the
    electrode's), with a sag those of its rate and strength, with a bridge that of the follower's
    rate, with a filter the delay [ms] and the
    logarithm of its corner. The linear ones are baseline, jump, and an amplitude for each rate.

    Where the bridge's balance is stated (`bridge` [GOhm]), the amplitude of the electrode's
    exponential is no parameter: at the edge nothing but the bridge acts at once, so that it is the
    whole series resistance, jump and bridge together. What of the pipette's capacitance is
    `neutralized` [pF] comes back late, by the amplifier's follower, so that the electrode's factor
    is ``1 + s / rate + loop s^2`` (see `circuit`), with the loop the `charging` time [ms] of the
    whole pipette times the follower's.
    """

    modes: int = 1
    sag: bool = False
    filtered: bool = False
    electrode: bool = False
    bridge: float | None = None
    neutralized: float = 0.0
    charging: float = 0.0

    @property
    def rates(self) -> int:
        """Number of exponentials."""
        return self.modes + self.electrode

    @property
    def searched(self) -> int:
        """Number of parameters that do not enter linearly."""
        return self.follower + (self.bridge is not None) + 2 * self.filtered

    @property
    def follower(self) -> int:
        """Place of the follower's rate among the searched parameters, where there is a bridge."""
        return self.rates + 2 * self.sag

    def loop(self, theta: NDArray[np.float64]) -> float:
        """Return the electrode's coefficient of second order [ms^2]."""
        return 0.0 if self.bridge is None else self.charging * math.exp(-theta[self.follower])

    @property
    def free(self) -> int:
        """Number of amplitudes that are parameters."""
        return self.modes + (self.electrode and self.bridge is None)

    @property
    def size(self) -> int:
        """Number of all parameters."""
        return self.searched + 2 + self.free

    def columns(
        self, theta: NDArray[np.float64], grid: Grid, linear: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return what each linear parameter contributes ``(time, 2 + free)``.

        With the linear parameters given, their sum with what the bridge does ``(time, 1)``.
        """
        delay = float(theta[-2]) if self.filtered else 0.0
        low_pass = bessel_filter(math.exp(theta[-1])) if self.filtered else None
        poles, residues = self._terms(theta)
        if linear is None:
            found = np.zeros((2 + self.free, grid.times.size))
            found[0] = 1.0
            found[1:] = grid.responses(poles, residues, delay, low_pass)
            return found.T
        whole = linear[None, 1:] @ residues
        if self.bridge is not None:
            whole[0, self._electrode] += self.bridge * residues[0, self._electrode]
        return np.asarray(linear[0] + grid.responses(poles, whole, delay, low_pass)).T

    def given(self, theta: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
        """Return what the curve holds beside the linear parameters ``(time,)``."""
        if self.bridge is None:
            return np.zeros(grid.times.size)
        return self.columns(theta, grid, np.zeros(2 + self.free))[:, 0]

    @property
    def _electrode(self) -> slice:
        """Where the electrode's poles are."""
        first = 1 + self.modes
        return slice(first, first + self.electrode * (2 if self.charging > 0 else 1))

    def _terms(
        self, theta: NDArray[np.float64]
    ) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Return poles, and the residues of jump and amplitudes ``(1 + free, poles)``."""
        rates = np.exp(theta[: self.rates])
        poles = np.zeros(self._electrode.stop + self.sag, dtype=np.complex128)
        residues = np.zeros((1 + self.free, poles.size), dtype=np.complex128)
        poles[1 : 1 + self.rates] = -rates
        residues[:, 0] = 1.0
        own = np.arange(1, 1 + self.free)
        residues[own, own] = -1.0
        if self.bridge is not None:
            at = self._electrode
            poles[at], residues[0, at], slope = electrode_poles(float(rates[-1]), self.loop(theta))
            residues[1:, at] = -rates[: self.modes, None] * slope
        elif self.electrode:
            residues[self.rates, [0, self.rates]] = 0.0, 1.0
        if self.sag:
            slow = np.exp(theta[self.rates : self.rates + 2])
            both, weights = with_sag(float(rates[0]), float(slow[0]), float(slow[1]))
            places = [0, 1, -1]
            poles[places], residues[1, places] = both, weights
        return poles, residues


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """When a curve is wanted, and when the current changes.

    Attributes
    ----------
    times : (n,) array [ms]
        Ascending; middles of blocks.
    counts : (n,) int array
        Samples averaged in each block.
    interval : float [ms]
        Between samples.
    edges, jumps : (m,) arrays [ms], [share of the step]
        When the current changes, and by how much of the step.
    """

    times: NDArray[np.float64]
    counts: NDArray[np.intp]
    interval: float
    edges: NDArray[np.float64]
    jumps: NDArray[np.float64]

    def responses(
        self,
        poles: NDArray[np.complex128],
        residues: NDArray[np.complex128],
        delay: float,
        low_pass: LowPass | None,
    ) -> NDArray[np.float64]:
        """Return the filtered sums of exponentials that start at each edge ``(sums, time)``.

        Exactly averaged over blocks, but for the filter's own exponentials, which are over where
        blocks hold several samples.

        Parameters
        ----------
        poles : (k,) complex array [1/ms]
            None with a real part above 0.
        residues : (sums, k) complex array
            Of which sums come out real.
        delay : float [ms]
            After each edge.
        low_pass : LowPass or None
        """
        found = np.zeros((residues.shape[0], self.times.size))
        settled, own = residues, np.zeros((residues.shape[0], 0), dtype=np.complex128)
        if low_pass is not None:
            apart = poles[:, None] - low_pass.poles
            mirrored = poles[:, None] - np.conj(low_pass.poles)
            through = low_pass.residues / apart + np.conj(low_pass.residues) / mirrored
            settled = residues * (0.5 * through.sum(axis=1))
            own = -(residues @ (1 / apart)) * low_pass.residues
        for edge, jump in zip(self.edges, self.jumps, strict=True):
            first = int(np.searchsorted(self.times, edge + delay - 1e-9))
            since = self.times[first:] - (edge + delay)
            means = _block_means(poles, since, self.counts[first:], self.interval)
            response = (settled @ means).real
            if low_pass is not None:
                last = np.searchsorted(since, _SETTLED / float(np.min(-low_pass.poles.real)))
                decays = np.exp(low_pass.poles[:, None] * np.maximum(since[:last], 0.0))
                response[:, :last] += (own @ decays).real
            found[:, first:] += jump * response
        return found


def _block_means(
    poles: NDArray[np.complex128],
    since: NDArray[np.float64],
    counts: NDArray[np.intp],
    interval: float,
) -> NDArray[np.complex128]:
    """Return the mean of each exponential over each block ``(poles, blocks)``."""
    means = np.ones((poles.size, since.size), dtype=np.complex128)
    single = int(np.argmax(counts > 1)) if (counts > 1).any() else counts.size
    for k, pole in enumerate(poles):
        if pole == 0:
            continue
        at = complex(pole) if pole.imag else float(pole.real)
        means[k] = np.exp(at * np.maximum(since, 0.0))
        if single < counts.size:
            later = counts[single:]
            half = 0.5 * (later - 1) * interval
            begun = np.exp(at * (since[single:] - half))
            means[k, single:] = begun * np.expm1(at * interval * later)
            means[k, single:] /= later * np.expm1(at * interval)
    return means


def with_sag(rate: float, slow: float, strength: float) -> tuple[list[complex], list[complex]]:
    """Return poles and residues of the step response of a membrane with a slow current.

    The poles are 0 and the two of the membrane with the current; without it the response is
    ``1 - exp(-rate t)``.
    """
    middle = -(rate + slow) / 2
    apart = cmath.sqrt(((rate - slow) / 2) ** 2 - rate * slow * strength)
    if abs(apart) < 1e-6 * rate:
        apart = complex(1e-6 * rate)
    first, second = middle + apart, middle - apart
    residues = [
        complex(1 / (1 + strength)),
        rate * (first + slow) / (first * 2 * apart),
        -rate * (second + slow) / (second * 2 * apart),
    ]
    return [0j, first, second], residues
