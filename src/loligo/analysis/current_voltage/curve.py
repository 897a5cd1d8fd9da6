"""What a family's currents say: reversal, conductances, and the Boltzmann curve through them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.current_voltage.boltzmann import FEWEST, Boltzmann, fit_boltzmann
from loligo.analysis.current_voltage.levels import Level
from loligo.analysis.current_voltage.reversal import zero_crossing
from loligo.analysis.estimate import Status
from loligo.analysis.interval import Interval, t_quantile

NEAREST = 5.0
"""Closer to the reversal potential a conductance is not formed [mV]."""
LARGEST_MISFIT = 0.1
"""A curve that leaves the values by this share of its maximum, in the mean, describes nothing."""
ENDS = (0.2, 0.8)
"""The curve must go from below the one to above the other share of its maximum."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """What a family's currents say.

    Attributes
    ----------
    potential, value, error : (n,) arrays
        Conductances [nS] by potential [mV], or currents [pA] of the test step for inactivation.
    reversal : Interval or None [mV]
        Measured or given.
    fit : Boltzmann or None
    status : Status
        Of the fit.
    reason : str
        Why there is none; or a caution.
    """

    potential: Array
    value: Array
    error: Array
    reversal: Interval | None = None
    fit: Boltzmann | None = None
    status: Status = Status.OK
    reason: str = ""


def activation(levels: Sequence[Level], *, transient: bool, reversal: float | None) -> Curve:
    """Return conductances and their Boltzmann curve.

    Parameters
    ----------
    levels : sequence of Level
        Without those that have a problem.
    transient : bool
        Whether peaks are taken, or steady states.
    reversal : float or None [mV]
        Where it is known and not to be measured.
    """
    potential, current, error = _currents(levels, transient=transient)
    crossing = zero_crossing(potential, current, error) if potential.size > 1 else None
    if reversal is not None:
        crossing = Interval(reversal, reversal, reversal)
    if crossing is None:
        return Curve(_NOTHING, _NOTHING, _NOTHING, None, None, Status.NO_REVERSAL, _not_reached())
    kept = np.abs(potential - crossing.value) >= NEAREST
    x, conductance, width = _conductances(potential[kept], current[kept], error[kept], crossing)
    curve = _fitted(x, conductance, width, falls=False)
    curve = replace(curve, reversal=crossing)
    spread = (crossing.high - crossing.low) / 2 / t_quantile(math.inf)
    if curve.fit is None or spread == 0.0:
        return curve
    moved = [
        _fit(*_conductances(potential[kept], current[kept], error[kept], crossing, shift), False)
        for shift in (-spread, spread)
    ]
    return replace(curve, fit=_widened(curve.fit, moved))


def inactivation(levels: Sequence[Level]) -> Curve:
    """Return the currents of a test step by conditioning potential, and their Boltzmann curve."""
    return _fitted(*_currents(levels, transient=True), falls=True)


_NOTHING: Array = np.empty(0)


def _not_reached() -> str:
    return (
        "the current does not turn from inward to outward within the levels of the protocol, and "
        "extrapolating would guess; step beyond the reversal potential, or pass reversal="
    )


def _currents(levels: Sequence[Level], *, transient: bool) -> tuple[Array, Array, Array]:
    x = np.array([level.potential for level in levels])
    if transient:
        y = np.array([level.peak for level in levels])
        return x, y, np.array([level.peak_error for level in levels])
    y = np.array([level.steady for level in levels])
    return x, y, np.array([level.steady_error for level in levels])


def _conductances(
    potential: Array, current: Array, error: Array, reversal: Interval, shift: float = 0.0
) -> tuple[Array, Array, Array]:
    driving = potential - reversal.value - shift
    return potential, current / driving, error / np.abs(driving)


def _fit(x: Array, y: Array, error: Array, falls: bool) -> Boltzmann | None:
    noisy = bool((error > 0).all())
    return fit_boltzmann(x, y, error if noisy else None, falls=falls)


def _fitted(x: Array, y: Array, error: Array, *, falls: bool) -> Curve:
    count = np.unique(x).size
    bare = Curve(x, y, error)
    if count < FEWEST:
        why = f"{count} levels can be used; a curve needs {FEWEST}"
        return replace(bare, status=Status.NO_STEP, reason=why)
    if not np.abs(y).max() > 0:
        return replace(bare, status=Status.TOO_NOISY, reason="no current stands out of the noise")
    found = _fit(x, y, error, falls)
    if found is None:
        return replace(bare, status=Status.TOO_NOISY, reason="no curve settles on the values")
    status, reason = _judged(found)
    return replace(bare, fit=found, status=status, reason=reason)


def _judged(found: Boltzmann) -> tuple[Status, str]:
    """Return whether the assumptions of a fit hold."""
    if found.misfit > LARGEST_MISFIT:
        why = (
            f"a Boltzmann curve leaves the values by {found.misfit:.0%} of its maximum "
            f"(allowed: {LARGEST_MISFIT:.0%}): the current is not one that gates and an ohmic "
            "driving force explain, or the clamp lost it"
        )
        return Status.UNRESOLVED, why
    low, high = found.reached
    if low > ENDS[0] or high < ENDS[1]:
        why = (
            f"the levels reach from {low:.0%} to {high:.0%} of the curve's maximum; from below "
            f"{ENDS[0]:.0%} to above {ENDS[1]:.0%} are needed to tell its middle"
        )
        return Status.UNRESOLVED, why
    slope = found.slope
    if not slope.excludes_zero or not found.maximum.excludes_zero:
        return Status.TOO_NOISY, "the interval of the slope, or of the maximum, includes zero"
    if found.is_scattered:
        told = f"values leave the Boltzmann curve by {found.misfit:.1%} of its maximum, more than "
        return Status.OK, told + "noise explains; the interval is from that scatter"
    return Status.OK, ""


def _widened(fit: Boltzmann, moved: Sequence[Boltzmann | None]) -> Boltzmann:
    """Return a fit whose intervals hold the error of the reversal potential too."""
    known = [other for other in moved if other is not None]

    def wider(name: str) -> Interval:
        own: Interval = getattr(fit, name)
        if len(known) < 2:
            return own
        ends = [getattr(other, name).value for other in known]
        more = t_quantile(math.inf) * abs(ends[1] - ends[0]) / 2
        reach = math.hypot(own.high - own.value, more)
        return Interval(own.value, own.value - reach, own.value + reach)

    return replace(fit, maximum=wider("maximum"), midpoint=wider("midpoint"), slope=wider("slope"))
