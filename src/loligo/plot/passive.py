"""Passive properties as the field draws them: charging curves with fit, and the V-I relation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.estimate import Estimate
from loligo.analysis.passive.recording import EpochCurve
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_POINTS = 4000


def draw_charging(
    curve: EpochCurve,
    estimates: tuple[Estimate, ...] = (),
    *,
    width: float = 5.0,
    height: float = 3.8,
) -> Figure:
    """Draw the response per current of an epoch's small steps, its fit, and the residual.

    The inset shows on a logarithmic axis how far the response is from where the fit settles: a
    straight line for one exponential.

    Parameters
    ----------
    curve : EpochCurve
        From `loligo.analysis.passive.passive_properties`.
    estimates : tuple of Estimate
        Whose time constant and capacitance of this epoch the title tells.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    fit = curve.charging.fit
    with styled():
        figure = new_figure(width, height)
        if fit is None:
            axes = figure.subplots()
            axes.axis("off")
            why = curve.charging.refusal[1] if curve.charging.refusal else "no charging curve"
            axes.text(0.5, 0.5, why, ha="center", va="center", wrap=True, size=8)
            return figure
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3.4, 1))
        steps = fit.data.steps
        every = max(1, steps.potential.shape[1] // _MOST_POINTS)
        seen = 1000 * (steps.joined - fit.linear[0])
        time = np.arange(seen.size) / steps.sampling_rate
        model = 1000 * (fit.predict(time) - fit.linear[0])
        since = time - steps.edges[0]
        upper.plot(since[::every], seen[::every], color=QUIET, linewidth=0.7, label="recorded")
        upper.plot(since[::every], model[::every], color=ACCENT, linewidth=1.2, label="fit")
        upper.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
        upper.set_ylabel("potential per current [MΩ]")
        upper.set_ylim(top=1.12 * max(float(seen.max()), float(model.max())))
        has_end = steps.edges.size > 1  # without it the curve runs on at the top
        place = "upper right" if has_end else "lower right"
        upper.legend(frameon=False, fontsize=7.5, loc=place)
        upper.set_title(_title(curve, estimates), loc="left", size=8.5)
        lower.plot(since[::every], (seen - model)[::every], color=INK, linewidth=0.5)
        lower.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
        lower.set_ylabel("residual\n[MΩ]", size=8)
        lower.set_xlabel("time after the step's begin [ms]")
        lower.margins(x=0)
        figure.align_ylabels()
        _inset(upper, since, seen, model, curve)
    return figure


def _inset(
    axes: Axes,
    since: NDArray[np.float64],
    seen: NDArray[np.float64],
    model: NDArray[np.float64],
    curve: EpochCurve,
) -> None:
    """Draw the approach to the peak on a logarithmic axis."""
    fit = curve.charging.fit
    if fit is None or fit.form.sag:
        return
    edges = fit.data.steps.edges
    last = float(edges[1] - edges[0]) if edges.size > 1 else float(since[-1])
    whole = float(since[-1] - since[0])
    left, across = (0.4 * last - float(since[0])) / whole, 0.5 * last / whole
    if across < 0.18:
        return
    end = min(3.5 * fit.time_constant, last)
    settled = 1000 * (float(fit.linear[1]) + float(fit.amplitudes.sum()))
    chosen = (since > 0) & (since < end)
    away, fitted = settled - seen[chosen], settled - model[chosen]
    box = axes.inset_axes((left, 0.2, across, 0.4))
    every = max(1, int(chosen.sum()) // 600)
    good = away > 0
    box.plot(since[chosen][good][::every], away[good][::every], ".", color=QUIET, markersize=1.2)
    box.plot(since[chosen], fitted, color=ACCENT, linewidth=1.0)
    box.set_yscale("log")
    box.set_ylim(max(float(fitted.min()), settled * 5e-3) / 2, settled * 1.5)
    box.tick_params(labelsize=6.5, which="both")
    box.set_xlabel("ms", size=6.5, labelpad=1)
    box.set_ylabel("to go [MΩ]", size=6.5, labelpad=1)


def _title(curve: EpochCurve, estimates: tuple[Estimate, ...]) -> str:
    told = []
    symbols = {"membrane_time_constant": "τ", "capacitance": "C", "bridge_error": "bridge error"}
    for entry in estimates:
        is_own = entry.epoch == curve.epoch and entry.sweep is None and entry.is_ok
        if is_own and entry.name in symbols:
            value, low, high, unit = entry.displayed()
            ends = f"[{interval(value, low, high)}]"
            shown = f"{number(value, low, high)} {unit_symbol(unit)} {ends}"
            told.append(f"{symbols[entry.name]} = {shown}")
    where = f"epoch {curve.epoch}: " if curve.epoch else ""
    if curve.charging.refusal is not None:
        return f"{where}{curve.charging.refusal[0].value.replace('_', ' ')}"
    return where + "; ".join(told[:2]) + ("\n" + told[2] if len(told) > 2 else "")


def draw_peak_and_steady(curve: EpochCurve, *, width: float = 3.5, height: float = 2.9) -> Figure:
    """Draw peak and steady-state change of potential over the current; between them is the sag.

    Parameters
    ----------
    curve : EpochCurve
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        axes.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
        axes.axvline(0, color=QUIET, linewidth=0.5, zorder=0)
        steady = [
            (e.command_change, e.response_change.value)
            for e in curve.measured
            if not e.problem and math.isfinite(e.response_change.value)
        ]
        peaks = [
            (e.stretch.current, e.deflection.peak[0], 1.96 * e.deflection.peak[1])
            for e in curve.each
            if e.deflection is not None
        ]
        for current, change, reach in peaks:
            axes.errorbar(current, change, reach, color=ACCENT, elinewidth=1, zorder=2)
        if steady:
            x, y = [p[0] for p in steady], [p[1] for p in steady]
            axes.scatter(x, y, s=26, c=WINDOW, edgecolors="white", label="steady state", zorder=4)
            _line(axes, [p for p in steady if p[0] <= 0], WINDOW)
        if peaks:
            x, y = [p[0] for p in peaks], [p[1] for p in peaks]
            axes.scatter(x, y, s=26, c="white", edgecolors=ACCENT, label="peak", zorder=3)
            _line(axes, [(p[0], p[1]) for p in peaks], ACCENT)
        axes.set_xlabel("current [pA]")
        axes.set_ylabel("change of potential [mV]")
        if steady or peaks:
            axes.legend(
                frameon=False, fontsize=7.5, ncols=2, loc="lower left", bbox_to_anchor=(0, 1)
            )
    return figure


def _line(axes: Axes, points: list[tuple[float, float]], colour: str) -> None:
    """Draw the line through points, and write its slope beside its lower end."""
    x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    if x.size < 3 or np.ptp(x) == 0:
        return
    slope, offset = np.polyfit(x, y, 1)
    ends = np.array([x.min(), x.max()])
    axes.plot(ends, slope * ends + offset, color=colour, linewidth=1.0, alpha=0.7)
    above = colour == WINDOW
    axes.annotate(
        f"{1000 * slope:.0f} MΩ",
        (ends.mean(), slope * ends.mean() + offset),
        xytext=(-6, 6) if above else (6, -6),
        textcoords="offset points",
        ha="right" if above else "left",
        va="bottom" if above else "top",
        size=7.5,
        color=colour,
    )
