"""How the firing rate of a cell depends on the injected current: f-I slope and rheobase."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import line
from loligo.analysis.spikes.crossings import Floats
from loligo.errors import ArrayError

SLOPE_DEFINITION = (
    "least-squares line through the mean frequency over the current, from the smallest current "
    "that fires to the one that fires fastest; interval from the scatter around the line"
)
RHEOBASE_DEFINITION = (
    "smallest current injected that fires; the interval runs from the largest current below it "
    "that does not, and holds the true rheobase wherever more current means more spikes"
)


def frequency_current(current: ArrayLike, frequency: ArrayLike) -> tuple[Estimate, Estimate]:
    """Return the slope of the f-I curve and the rheobase of a cell.

    Parameters
    ----------
    current : array_like, shape (sweep,) [pA]
        Injected during the step; currents may repeat.
    frequency : array_like, shape (sweep,) [kHz]
        Mean frequency in the step.

    Returns
    -------
    slope, rheobase : Estimate
        `fi_slope` [kHz/pA] and `rheobase` [pA].

    Raises
    ------
    ArrayError
        Unequal lengths, or numbers that are not finite.
    """
    level = np.asarray(current, dtype=np.float64)
    rate = np.asarray(frequency, dtype=np.float64)
    if level.ndim != 1 or level.shape != rate.shape:
        raise ArrayError(f"current {level.shape} and frequency {rate.shape} must be of one length")
    if not (np.isfinite(level).all() and np.isfinite(rate).all()):
        raise ArrayError("current and frequency must be finite numbers")
    order = np.argsort(level, kind="stable")
    return _slope(level[order], rate[order]), _rheobase(level[order], rate[order])


def _refused(name: str, status: Status, why: str) -> Estimate:
    return Estimate(name, None, None, None, status, why)


def _rheobase(level: Floats, rate: Floats) -> Estimate:
    name = "rheobase"
    firing, silent = level[rate > 0], level[rate == 0]
    if not firing.size:
        why = f"no spike up to {level[-1]:.4g} pA" if level.size else "no step of current"
        return _refused(name, Status.NO_SPIKES, why)
    smallest = float(firing[0])
    if smallest <= 0:
        return _refused(
            name,
            Status.SPIKING,
            f"the cell fires at {smallest:.4g} pA, with no current to drive it",
        )
    below = silent[silent < smallest]
    if not below.size:
        return _refused(
            name, Status.NO_STEP, f"the smallest current, {smallest:.4g} pA, fires already"
        )
    found = Estimate(
        name, smallest, float(below[-1]), smallest, Status.OK, definition=RHEOBASE_DEFINITION
    )
    fastest = level[int(rate.argmax())]
    failed = silent[(silent >= smallest) & (silent < fastest)]
    if failed.size:
        above = firing[firing > failed[-1]]
        high = float(above[0]) if above.size else float(failed[-1])
        why = f"no spike in {failed.size} of the sweeps at {smallest:.4g} to {high:.4g} pA"
        return replace(found, high=high, reason=why)
    return found


def rising_part(current: ArrayLike, frequency: ArrayLike) -> tuple[Floats, Floats]:
    """Return the points of an f-I curve from the first that fires to the fastest, by current."""
    level = np.asarray(current, dtype=np.float64)
    rate = np.asarray(frequency, dtype=np.float64)
    order = np.argsort(level, kind="stable")
    level, rate = level[order], rate[order]
    first, last = int(np.argmax(rate > 0)), int(rate.argmax())
    return level[first : last + 1], rate[first : last + 1]


def _slope(level: Floats, rate: Floats) -> Estimate:
    name = "fi_slope"
    if not (rate > 0).any():
        return _refused(name, Status.NO_SPIKES, "no spike at any current")
    x, y = rising_part(level, rate)
    if np.unique(x).size < 3:
        why = (
            f"{np.unique(x).size} currents from the first that fires to the fastest; "
            "a line with an interval needs three"
        )
        return _refused(name, Status.NO_STEP, why)
    found, _ = line(x, y)
    if found.low <= 0:
        half = found.high - found.value
        return _refused(
            name,
            Status.TOO_NOISY,
            f"{1e3 * found.value:.3g} Hz/pA with an interval of {1e3 * half:.3g} either way: the "
            "rate does not clearly rise with the current",
        )
    return Estimate(
        name, found.value, found.low, found.high, Status.OK, definition=SLOPE_DEFINITION
    )
