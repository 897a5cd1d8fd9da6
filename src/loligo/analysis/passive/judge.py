"""From a charging curve to estimates: what is measured, what is refused, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.passive.choose import (
    FORMS,
    fit_fast,
    fit_membrane,
    is_from_differences,
    is_real,
    noise_left,
    noise_of,
)
from loligo.analysis.passive.data import Steps, blocks
from loligo.analysis.passive.fit import DOUBTFUL, FASTEST_MEMBRANE, CurveFit, assess, solve
from loligo.analysis.passive.noise import PotentialNoise
from loligo.analysis.passive.profile import OF_MEMBRANE, Z, intervals, is_open, values
from loligo.analysis.passive.words import definition_of, other_curves, remarks
from loligo.errors import SelectionError
from loligo.units import format_quantity

NAMES = (
    "membrane_time_constant",
    "second_time_constant",
    "membrane_resistance",
    "capacitance",
    "bridge_error",
    "electrode_time_constant",
)
WIDEST = 2.0
"""An estimate is refused where the ends of its interval differ by more than this factor."""
WORST_SHAPE = 0.05
"""Largest root mean square of residuals beyond the noise, as a share of the response."""
WORST_MISFIT = 6.0
"""Largest variance of the residuals over that of the noise."""
UNEXPLAINED = 2.0
"""What follows the edges is not described where its residuals exceed the noise's variance so."""
ASYMMETRY = 0.8
"""The step's begin alone is fitted where that lowers the misfit by this factor."""


@dataclass(frozen=True, eq=False)
class Charging:
    """A charging curve and what it tells.

    Attributes
    ----------
    fit : CurveFit or None
        The one the values come from.
    rivals : tuple of CurveFit
        Others not excluded; the intervals hold their values too.
    membrane : tuple of CurveFit
        Those without what follows the edges at once, the chosen one first.
    is_fast : bool
        Whether the fit describes what follows the edges at once.
    single : CurveFit or None
        To all steps, without what follows the edges at once, of the curve that one asks for.
    refusal : (Status, str) or None
    """

    fit: CurveFit | None
    rivals: tuple[CurveFit, ...] = ()
    membrane: tuple[CurveFit, ...] = ()
    is_fast: bool = False
    single: CurveFit | None = None
    refusal: tuple[Status, str] | None = None

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """Of each quantity, in internal units; none where there is no fit."""
        if self.fit is None:
            return {}
        return intervals(self.fit, self.rivals, self.membrane, is_fast=self.is_fast)


def charging_curve(
    potential: ArrayLike,
    current: ArrayLike,
    sampling_rate: float,
    start: float,
    stop: float | None = None,
    filter_frequency: float | None = None,
    bridge_balance: float | None = None,
    capacitance_neutralization: float = 0.0,
) -> dict[str, Estimate]:
    """Measure a cell's passive properties from steps of current below threshold.

    Parameters
    ----------
    potential : (time,) or (sweeps, time) array [mV]
        Steps at the same times, without action potentials.
    current : float or (sweeps,) array [pA]
        Size of each step.
    sampling_rate : float [kHz]
    start, stop : float [ms]
        Of the step, from the first sample; `stop` is ``None`` where the samples end before it.
    filter_frequency : float, optional [kHz]
        Corner of the recording's low-pass (taken for a 4-pole Bessel), where it is known.
    bridge_balance : float, optional [GOhm]
        Series resistance that is balanced, where it is known: then the pipette's capacitance that
        is not neutralized is told from the cell's.
    capacitance_neutralization : float [pF]
        What of it is neutralized, where it is known: it acts late, by the amplifier's follower.

    Returns
    -------
    dict of str to Estimate
        By glossary name: `membrane_time_constant`, `second_time_constant` where there are two,
        `membrane_resistance`, `capacitance`, `bridge_error`, and `electrode_time_constant` where
        an electrode's is seen.

    Raises
    ------
    SelectionError
        The arrays have the wrong shape, a current is zero, or the step is not within the samples.

    Notes
    -----
    Capacitance is the slowest time constant over the slowest exponential's amplitude: exact for one
    compartment and for any number of them of one membrane time constant (Rall 1969,
    doi:10.1016/S0006-3495(69)86467-2). How it depends on the method is measured by Golowasch et
    al. 2009, doi:10.1152/jn.00160.2009.
    """
    rows = np.atleast_2d(np.asarray(potential, dtype=np.float64))
    sizes = np.atleast_1d(np.asarray(current, dtype=np.float64))
    if rows.ndim != 2 or sizes.shape != rows.shape[:1] or not sizes.all():
        raise SelectionError(
            f"potential {rows.shape} needs one current, not zero, for each sweep; got {sizes.shape}"
        )
    if not (sampling_rate > 0 and math.isfinite(sampling_rate)):
        raise SelectionError(f"sampling_rate = {sampling_rate:g} kHz must be above zero")
    end = rows.shape[1] / sampling_rate
    if not 8 / sampling_rate <= start < (end if stop is None else min(stop, end)):
        raise SelectionError(
            f"the step from {start:g} to {stop} ms must begin 8 samples after the start and lie "
            f"within the {end:g} ms there are"
        )
    edges, jumps = ([start, stop], [1.0, -1.0]) if stop is not None else ([start], [1.0])
    steps = Steps(
        rows,
        sizes,
        sampling_rate,
        np.array(edges),
        np.array(jumps),
        filter_frequency,
        bridge_balance,
        capacitance_neutralization,
    )
    return estimates(measure_charging(steps))


def measure_charging(steps: Steps) -> Charging:
    """Fit the curve, with what is fast at edges where it can be described."""
    refusal = _unusable(steps)
    if refusal is not None:
        return Charging(None, refusal=refusal)
    noise = noise_of(steps)
    fits = fit_membrane(steps, noise)
    if fits and not is_from_differences(steps) and not _is_off(fits[0]):
        noise = noise_left(steps, fits[0])
        fits = fit_membrane(steps, noise, near=fits[0])
    if steps.edges.size > 1 and (not fits or _is_off(fits[0])):
        begin = fit_membrane(steps.without_end(), noise)
        if begin and (not fits or begin[0].misfit < ASYMMETRY * fits[0].misfit):
            fits = begin
    if not fits:
        why = "no charging curve of a passive cell follows the step"
        return Charging(None, refusal=(Status.UNRESOLVED, why))
    membrane, single = fits[0], _of_one(fits[0], noise)
    found = fit_fast(membrane.data.steps, noise, membrane)
    if found and _describes_edges(found[0], membrane):
        return Charging(found[0], found[1:], fits, True, single, _verdict(found[0]))
    return Charging(membrane, (), fits, False, single, _verdict(membrane))


def measure_alone(steps: Steps, pooled: CurveFit) -> Charging:
    """Fit the curve of several steps, without what is fast at edges, to one at the same times.

    The noise is taken for theirs, so that what differs is the step.
    """
    refusal = _unusable(steps)
    if refusal is not None:
        return Charging(None, refusal=refusal)
    theirs = pooled.data.steps
    alone = steps.without_end() if theirs.edges.size < steps.edges.size else steps
    if alone.potential.shape[1] == theirs.potential.shape[1] and np.allclose(
        alone.edges, theirs.edges
    ):
        data = pooled.data.of(alone)
    else:
        data = blocks(alone, noise_of(alone), with_edges=False)
    vector, converged = solve(data, pooled.form, pooled.theta)
    fit = assess(data, pooled.form, vector, converged)
    if not is_real(pooled.form, vector):
        why = "the curve of all steps together does not follow this one"
        return Charging(None, refusal=(Status.UNRESOLVED, why))
    return Charging(fit, refusal=_verdict(fit))


def _unusable(steps: Steps) -> tuple[Status, str] | None:
    if not np.isfinite(steps.potential).all():
        return Status.NOT_FINITE, "missing values in the potential"
    if float(np.ptp(steps.potential)) == 0:
        return Status.UNRESOLVED, "the potential is the same number throughout"
    return None


def _of_one(fit: CurveFit, noise: PotentialNoise) -> CurveFit | None:
    """Return the fit with the curve that one of the steps would ask for."""
    current = fit.data.steps.current
    if current.size == 1 or fit.form == FORMS[0]:
        return fit
    share = float(np.median(current**2) / (current @ current))
    return next(iter(fit_membrane(fit.data.steps, noise, near=fit, share=share)), None)


def _is_off(fit: CurveFit) -> bool:
    return fit.misfit > DOUBTFUL or shape_error(fit) > WORST_SHAPE


def _describes_edges(fast: CurveFit, membrane: CurveFit) -> bool:
    """Tell whether the samples near edges are described as well as those away from them."""
    error = math.sqrt(fast.dispersion) * values(fast)["membrane_resistance"][1]
    if not fast.converged or not 2 * Z * error < math.log(WIDEST):
        return False
    more = fast.data.values.size - membrane.data.values.size
    excess = (fast.cost - membrane.cost) / max(more, 1)
    return excess < UNEXPLAINED * max(membrane.misfit, 1.0)


def _verdict(fit: CurveFit) -> tuple[Status, str] | None:
    if not fit.converged:
        return Status.UNRESOLVED, "the fit of the charging curve did not converge"
    tau = fit.time_constant
    if tau < 1.5 * FASTEST_MEMBRANE:
        shown = format_quantity(tau, "ms", 3)
        return Status.UNRESOLVED, f"the potential follows the current within {shown}: no cell"
    if fit.misfit > WORST_MISFIT:
        why = (
            f"no passive cell describes the response: residuals exceed the noise "
            f"{math.sqrt(fit.misfit):.2g}-fold; voltage-gated currents or synaptic events do that"
        )
        return Status.UNRESOLVED, why
    if shape_error(fit) > WORST_SHAPE:
        why = (
            "no passive cell describes the response: residuals beyond the noise of "
            f"{shape_error(fit):.0%} of its size (at most {WORST_SHAPE:.0%}); voltage-gated "
            "currents or synaptic events do that"
        )
        return Status.UNRESOLVED, why
    return None


def shape_error(fit: CurveFit) -> float:
    """Return what the residuals within three time constants of edges have beyond those elsewhere.

    As a root mean square, relative to the response.
    """
    data, steps = fit.data, fit.data.steps
    curve = data.predict(fit.form, fit.vector)
    off = (data.values - curve) ** 2
    since = data.times[:, None] - steps.edges[None, :]
    near = ((since > 0) & (since < 3 * fit.time_constant)).any(axis=1)
    counts = data.bins.counts[data.used]
    if not near.any() or near.all():
        return math.inf
    inside = float(off[near] @ counts[near]) / float(counts[near].sum())
    outside = float(off[~near] @ counts[~near]) / float(counts[~near].sum())
    size = max(float(np.ptp(curve)), 1e-300)
    return math.sqrt(max(inside - outside, 0.0)) / size


def estimates(charging: Charging) -> dict[str, Estimate]:
    """Turn a charging curve, or its refusal, into estimates by glossary name."""
    fit = charging.fit
    refusal = charging.refusal
    if fit is None or refusal is not None:
        status, why = refusal or (Status.UNRESOLVED, "")
        names = ("membrane_time_constant", "membrane_resistance", "capacitance", "bridge_error")
        return {name: Estimate(name, None, None, None, status, why) for name in names}
    own = charging.intervals
    found = {name: _estimate(name, charging, fit, own[name]) for name in NAMES if name in own}
    electrode = found.get("electrode_time_constant")
    if fit.form.bridge is not None and electrode is not None and not electrode.is_ok:
        del found["electrode_time_constant"]
    if "second_time_constant" in found and not found["membrane_time_constant"].is_ok:
        del found["second_time_constant"]
    return found


def _loosest(fit: CurveFit) -> float:
    return max(LOOSEST_BRIDGE, 0.1 * float(fit.amplitudes.sum()))


def _estimate(name: str, charging: Charging, fit: CurveFit, interval: Interval) -> Estimate:
    definition = definition_of(name, fit, charging.is_fast)
    problem = None
    if name == "bridge_error":
        problem = _bridge_problem(charging, fit, interval)
    elif not (interval.low > 0 and interval.high < WIDEST * interval.low):
        why = f"the 95 % interval's ends differ by a factor of {interval.high / interval.low:.3g}"
        if any(is_open(rival, fit) for rival in charging.rivals):
            why += ": another fast exponential is not excluded; more sweeps would tell"
        problem = (Status.TOO_NOISY, why)
    if problem is not None:
        return Estimate(name, None, None, None, problem[0], problem[1], definition=definition)
    note = remarks(name, fit, charging.rivals, charging.is_fast)
    if name in OF_MEMBRANE:
        note = "; ".join(filter(None, [note, other_curves(charging.membrane)]))
    return Estimate(
        name, interval.value, interval.low, interval.high, Status.OK, note, definition=definition
    )


LOOSEST_BRIDGE = 0.02
"""A bridge error known less well than this [GOhm] and than a tenth of the cell's is refused."""


def _bridge_problem(
    charging: Charging, fit: CurveFit, interval: Interval
) -> tuple[Status, str] | None:
    if not charging.is_fast:
        why = (
            "what follows the edges of the step is not a balanced or unbalanced electrode behind "
            "a low-pass (capacitive artefact, or a current that is not a step)"
        )
        return Status.UNRESOLVED, why
    reach = (interval.high - interval.low) / 2
    if reach > _loosest(fit):
        shown = format_quantity(reach, "GOhm", 2)
        why = f"sampling, filter and noise leave the fast step open by ±{shown}"
        return Status.TOO_NOISY, why
    return None
