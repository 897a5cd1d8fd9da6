"""Currents and curves as estimates: definitions, refusals and cautions in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from loligo.analysis.current_voltage.curve import NEAREST, Curve
from loligo.analysis.current_voltage.ionic import Subtracted
from loligo.analysis.current_voltage.levels import Level
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval, around
from loligo.analysis.rig_notes import stated
from loligo.analysis.wording import sweeps_in_words
from loligo.units import format_quantity

_MATTERS = 1.0
"""A voltage error from here on is told [mV]."""


class Words:
    """Makes estimates of one response, with the sweeps' numbers in the recording.

    Parameters
    ----------
    leak : Subtracted
    """

    def __init__(self, leak: Subtracted) -> None:
        self.leak = leak
        self.channel = leak.layout.response.name

    def estimate(
        self,
        name: str,
        value: Interval,
        epoch: str,
        definition: str,
        reason: str = "",
        sweep: int | None = None,
    ) -> Estimate:
        """Return an estimate with a value."""
        low, high = (x if math.isfinite(x) else None for x in (value.low, value.high))
        return Estimate(
            name, value.value, low, high, Status.OK, reason, self.channel, sweep, epoch, definition
        )

    def refused(
        self, name: str, status: Status, reason: str, epoch: str, sweep: int | None = None
    ) -> Estimate:
        """Return an estimate without a value."""
        return Estimate(name, None, None, None, status, reason, self.channel, sweep, epoch)

    def of_step(self, epoch: str, level: Level) -> Iterator[Estimate]:
        """Yield peak and steady current of one step."""
        sweep = self.leak.sweeps[level.sweep]
        if level.problem:
            status = Status.SATURATED if level.problem == "out of range" else Status.UNRESOLVED
            for name in ("peak_current", "steady_current"):
                yield self.refused(name, status, level.problem, epoch, sweep)
            return
        where = f"at {level.command:g} mV, {self.subtracted}"
        steady = around(level.steady, level.steady_error, math.inf)
        yield self.estimate("steady_current", steady, epoch, where, "", sweep)
        if self.leak.reason:
            yield self.refused("peak_current", Status.NOT_SUBTRACTED, self.why, epoch, sweep)
            return
        if not level.stands_out:
            where += "; nothing stands out of the noise, taken where the nearest level has its peak"
        peak = around(level.peak, level.peak_error, math.inf)
        yield self.estimate("peak_current", peak, epoch, where, "", sweep)

    @property
    def subtracted(self) -> str:
        """What was taken off the currents."""
        return self.leak.words or "leak included: none was subtracted"

    @property
    def why(self) -> str:
        """Why nothing can be told where leak is left."""
        return f"leak and the current of the capacitance are in it: {self.leak.reason}"

    def voltage_error(self, largest: float) -> str:
        """Caution about the series resistance that the file states and the amplifier left."""
        layout = self.leak.layout
        resistance = stated(layout, "whole_cell_series_resistance_compensation")
        correction = stated(layout, "series_resistance_correction")
        if len(resistance) != 1 or len(correction) != 1 or not resistance[0]:
            return ""
        error = abs(largest * resistance[0] * (1 - correction[0]))
        if error < _MATTERS:
            return ""
        told = format_quantity(resistance[0], "GOhm", 3)
        return (
            f"potentials are those commanded: the series resistance set on the amplifier ({told}, "
            f"{correction[0]:.0%} corrected) shifts them by up to {error:.1f} mV"
        )


def reports(
    epoch: str,
    levels: Sequence[Level],
    curve: Curve,
    is_conditioned: bool,
    transient: bool,
    words: Words,
) -> Iterator[Estimate]:
    """Yield the estimates of a family."""
    usable = [level for level in levels if not level.problem]
    if not usable:
        why = f"no step can be used: {levels[0].problem}"
        for name in ("peak_current", *_names(is_conditioned)):
            yield words.refused(name, Status.UNRESOLVED, why, epoch)
        return
    if words.leak.reason:
        for name in ("peak_current", *_names(is_conditioned)):
            yield words.refused(name, Status.NOT_SUBTRACTED, words.why, epoch)
        return
    largest = max(usable, key=lambda level: abs(level.peak))
    caution = "; ".join(
        text for text in (words.voltage_error(largest.peak), _left_out(levels, words)) if text
    )
    top = around(largest.peak, largest.peak_error, math.inf)
    where = f"the largest of {len(usable)} steps, at {largest.command:g} mV, {words.subtracted}"
    if largest.stands_out:
        yield words.estimate("peak_current", top, epoch, where, caution)
    else:
        why = "no current stands out of the noise at any level"
        yield words.refused("peak_current", Status.TOO_NOISY, why, epoch)
    yield from _of_curve(epoch, curve, is_conditioned, transient, caution, words)


def _of_curve(
    epoch: str, curve: Curve, is_conditioned: bool, transient: bool, caution: str, words: Words
) -> Iterator[Estimate]:
    which = "peak currents" if transient or is_conditioned else "steady currents"
    names = _names(is_conditioned)
    remark = "; ".join(text for text in (curve.reason, caution) if text)
    if not is_conditioned:
        if curve.reversal is None:
            yield words.refused("reversal_potential", Status.NO_REVERSAL, remark, epoch)
        elif curve.reversal.low == curve.reversal.high:
            why = "the caller gives it"
            yield words.estimate("reversal_potential", curve.reversal, epoch, why)
        else:
            how = f"where the {which} cross zero, {words.subtracted}"
            yield words.estimate("reversal_potential", curve.reversal, epoch, how, caution)
        names = names[1:]
    if curve.fit is None or curve.status is not Status.OK:
        for name in names:
            yield words.refused(name, curve.status, remark, epoch)
        return
    how = f"Boltzmann curve through the {which} at {curve.potential.size} conditioning levels"
    if not is_conditioned:
        assert curve.reversal is not None
        how = (
            f"Boltzmann curve through the conductances I / (V - {curve.reversal.value:.4g} mV) of "
            f"the {which} at {curve.potential.size} levels, {NEAREST:g} mV and more from there, "
            f"{words.subtracted}"
        )
    fit = curve.fit
    slope = fit.slope
    if is_conditioned:
        slope = Interval(-slope.value, -slope.high, -slope.low)
        values = (fit.midpoint, slope)
    else:
        values = (fit.maximum, fit.midpoint, slope)  # type: ignore[assignment]
    for name, value in zip(names, values, strict=True):
        yield words.estimate(name, value, epoch, how, remark)


def _names(is_conditioned: bool) -> tuple[str, ...]:
    if is_conditioned:
        return "inactivation_midpoint", "inactivation_slope"
    return "reversal_potential", "maximal_conductance", "activation_midpoint", "activation_slope"


def _left_out(levels: Sequence[Level], words: Words) -> str:
    out: dict[str, list[int]] = {}
    if words.leak.left_out:
        out["out of range, or its copies are"] = list(words.leak.left_out)
    for level in levels:
        if level.problem:
            out.setdefault(level.problem, []).append(words.leak.sweeps[level.sweep])
    return "; ".join(f"without {sweeps_in_words(sweeps)} ({why})" for why, sweeps in out.items())
