"""The steady-state relation between current and voltage, with the line a resistance comes from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.resistance import ResistanceFit
from loligo.analysis.steady import MeasuredStep
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_resistance(fit: ResistanceFit, *, width: float = 3.5, height: float = 2.9) -> Figure:
    """Draw the steps of a fit, its slope and the slope's 95 % interval.

    Parameters
    ----------
    fit : ResistanceFit
        From `loligo.analysis.resistance.fit_resistance`.
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
        _line(axes, fit)
        _points(axes, fit.used, WINDOW, "used")
        _points(axes, fit.left_out, "none", "left out")
        x, y = ("command change [mV]", "current change [pA]")
        if not fit.is_conductance:
            x, y = ("current change [pA]", "voltage change [mV]")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.set_title(_title(fit), loc="left", size=9)
        if fit.left_out:
            axes.legend(frameon=False, fontsize=7.5, loc="best")
    return figure


def _points(axes: Axes, measured: tuple[MeasuredStep, ...], fill: str, label: str) -> None:
    shown = [entry for entry in measured if math.isfinite(entry.response_change.value)]
    if not shown:
        return
    x = [entry.command_change for entry in shown]
    y = [entry.response_change.value for entry in shown]
    edge = INK if fill == "none" else "white"
    axes.scatter(x, y, s=30, c=fill, edgecolors=edge, linewidths=0.9, zorder=3, label=label)
    reach = [entry.response_change.interval for entry in shown]
    if all(math.isfinite(entry.low) for entry in reach):
        errors = [[i.value - i.low for i in reach], [i.high - i.value for i in reach]]
        colour = QUIET if fill == "none" else fill
        axes.errorbar(x, y, errors, fmt="none", ecolor=colour, elinewidth=1, zorder=2)


def _line(axes: Axes, fit: ResistanceFit) -> None:
    if fit.slope is None or not fit.used:
        return
    x = np.array([entry.command_change for entry in fit.used])
    repeated = float(np.ptp(x)) < 1e-3 * float(np.abs(x).max())
    ends = np.linspace(min(x.min(), 0.0), max(x.max(), 0.0), 50)
    pivot = 0.0 if repeated else float(x.mean())
    height = fit.intercept + fit.slope.value * pivot
    axes.plot(ends, height + fit.slope.value * (ends - pivot), color=ACCENT, linewidth=1.2)
    if math.isfinite(fit.slope.low):
        edges = [height + slope * (ends - pivot) for slope in (fit.slope.low, fit.slope.high)]
        axes.fill_between(ends, edges[0], edges[1], color=ACCENT, alpha=0.14, linewidth=0)


def _title(fit: ResistanceFit) -> str:
    value, low, high, unit = fit.estimate.displayed()
    name = fit.estimate.name.replace("_", " ")
    where = f" ({fit.estimate.epoch})" if fit.estimate.epoch else ""
    if value is None:
        return f"{name}{where}: {fit.estimate.status.value.replace('_', ' ')}"
    ends = f"[{interval(value, low, high)}]"
    return f"{name}{where}\n{number(value, low, high)} {unit_symbol(unit)} {ends}"
