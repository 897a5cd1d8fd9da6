"""What is fitted: the response per current of one or several steps at the same times, in blocks.

Several steps are joined by least squares, ``sum(I V) / sum(I^2)``: what they have in common, each
counting as its current tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.bins import Bins, bins_of
from loligo.analysis.passive.curve import Form, Grid
from loligo.analysis.passive.noise import PotentialNoise, covariance_of_blocks, whitening

BLANK = 1.0
"""Of a curve fitted without the fast part, this much after each edge is left out [ms]."""
_FILTERS = 1.5
_GROWTH = 0.06


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """Sweeps with one step each, all at the same times.

    Attributes
    ----------
    potential : (sweeps, time) array [mV]
    current : (sweeps,) array [pA]
        Size of each step, with its sign.
    sampling_rate : float [kHz]
    edges : (m,) array [ms]
        When the current changes, from the first sample; the first is the step's begin.
    jumps : (m,) array
        By how much, as a share of the step; the first is 1.
    filter_frequency : float or None [kHz]
        Corner of the recording's low-pass where it is known.
    bridge : float or None [GOhm]
        Series resistance that is balanced, where it is known.
    neutralized : float [pF]
        Capacitance of the pipette that is neutralized, where it is known, else 0.
    resolution : float [mV]
        Step of the digitizer.
    """

    potential: NDArray[np.float64]
    current: NDArray[np.float64]
    sampling_rate: float
    edges: NDArray[np.float64]
    jumps: NDArray[np.float64]
    filter_frequency: float | None = None
    bridge: float | None = None
    neutralized: float = 0.0
    resolution: float = 0.0

    @property
    def joined(self) -> NDArray[np.float64]:
        """Response per current ``(time,)`` [GOhm], on an arbitrary baseline."""
        return np.asarray(self.current @ self.potential / (self.current @ self.current))

    def grid(self, time: NDArray[np.float64]) -> Grid:
        """Return where a curve is wanted, single samples."""
        single = np.ones(time.size, dtype=np.intp)
        return Grid(time, single, 1 / self.sampling_rate, self.edges, self.jumps)

    def without_end(self) -> Steps:
        """Return the samples up to the second edge."""
        last = int(self.edges[1] * self.sampling_rate) - 1
        cut = self.potential[:, :last]
        return replace(self, potential=cut, edges=self.edges[:1], jumps=self.jumps[:1])

    def only(self, row: int) -> Steps:
        """Return one of the sweeps alone."""
        one = slice(row, row + 1)
        return replace(self, potential=self.potential[one], current=self.current[one])


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """The joined response in blocks.

    Attributes
    ----------
    steps : Steps
    bins : Bins
        All blocks.
    used : (k,) bool array
        Not hidden by what is fast at edges.
    times, values : (used blocks,) arrays [ms], [GOhm]
    white : (used blocks, used blocks) array
        Turns residuals into independent ones of unit variance.
    noise : PotentialNoise or None
    """

    steps: Steps
    bins: Bins
    used: NDArray[np.bool_]
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    white: NDArray[np.float64]
    noise: PotentialNoise | None = None

    @property
    def noise_sweeps(self) -> int:
        """Number of independent sweeps the noise was found from."""
        return 1 if self.noise is None else self.noise.sweeps

    def of(self, steps: Steps) -> Data:
        """Return the same of other steps at the same times, with the same noise."""
        power = (steps.current @ steps.current) / (self.steps.current @ self.steps.current)
        values = self.bins.mean(steps.joined)[self.used]
        return replace(self, steps=steps, values=values, white=self.white * float(np.sqrt(power)))

    @property
    def grid(self) -> Grid:
        """When the curve is wanted."""
        counts = self.bins.counts[self.used]
        return Grid(
            self.times, counts, 1 / self.steps.sampling_rate, self.steps.edges, self.steps.jumps
        )

    def columns(self, form: Form, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each linear parameter of a form contributes to each block."""
        return form.columns(theta, self.grid)

    def given(self, form: Form, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a form's curve holds beside its linear parameters, in each block."""
        return form.given(theta, self.grid)

    def predict(self, form: Form, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a form's curve in each block [GOhm]."""
        theta, linear = vector[: form.searched], vector[form.searched :]
        return form.columns(theta, self.grid, linear)[:, 0]

    @property
    def duration(self) -> float:
        """Of all samples [ms]."""
        return float(self.bins.times[-1])


def blank_of(steps: Steps) -> float:
    """Return how long after an edge the fast part may last [ms]."""
    known = steps.filter_frequency
    return max(BLANK, _FILTERS / known) if known else BLANK


def blocks(steps: Steps, noise: PotentialNoise | None, *, with_edges: bool) -> Data:
    """Cut the joined response into blocks, with or without the stretch after each edge.

    Without `noise` blocks are taken for independent. The error of rounding is white where the
    potential moves, and hides in the noise at rest where that is small; so it is added, as far as
    the noise lacks it.
    """
    count = steps.potential.shape[1]
    full = 2.0 if with_edges else blank_of(steps)
    bins = bins_of(count, steps.sampling_rate, steps.edges, full, _GROWTH)
    joined = bins.mean(steps.joined)
    used: NDArray[np.bool_] = np.ones(joined.size, dtype=bool)
    if not with_edges:
        since = bins.times[:, None] - steps.edges[None, :]
        half = (bins.counts[:, None] - 1) / 2 / steps.sampling_rate
        margin = 1.5 / steps.sampling_rate
        used = np.asarray(
            ~((since + half > -margin) & (since - half < blank_of(steps))).any(axis=1)
        )
    values = joined[used]
    if noise is None:
        white = np.diag(np.sqrt(bins.counts[used]))
        return Data(steps, bins, used, bins.times[used], values, white, noise)
    covariance = covariance_of_blocks(noise, bins)[np.ix_(used, used)]
    nyquist = np.array([steps.sampling_rate / 2])
    unseen = max(steps.resolution**2 / 12 - float(noise.power(nyquist)[0]), 0.0)
    covariance += np.diag(unseen / bins.counts[used])
    power = float(steps.current @ steps.current)
    white = whitening(covariance / power, float(np.ptp(values)))
    return Data(steps, bins, used, bins.times[used], values, white, noise)
