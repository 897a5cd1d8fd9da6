"""The current-voltage relation of a family of steps, and the curve through its conductances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loligo.analysis.current_voltage.recording import MeasuredFamily
from loligo.analysis.digits import interval, number
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_current_voltage(
    family: MeasuredFamily, *, width: float = 7.0, height: float = 3.0
) -> Figure:
    """Draw peak and steady currents by potential, and the Boltzmann curve with its middle.

    Parameters
    ----------
    family : MeasuredFamily
        Of `loligo.analysis.current_voltage.CurrentVoltage.families`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        figure = new_figure(width, height)
        left, right = figure.subplots(1, 2)
        _currents(left, family)
        _curve(right, family)
    return figure


def _currents(axes: Axes, family: MeasuredFamily) -> None:
    usable = [level for level in family.levels if not level.problem]
    x = [level.potential for level in usable]
    axes.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
    for name, values, colour in (
        ("peak", [level.peak for level in usable], WINDOW),
        ("steady state", [level.steady for level in usable], QUIET),
    ):
        if name == "peak" and not (family.is_transient or family.is_conditioned):
            continue
        axes.plot(x, values, "o-", color=colour, markersize=4, linewidth=1, label=name)
    crossing = family.curve.reversal
    if crossing is not None:
        axes.plot([crossing.value], [0], "|", color=ACCENT, markersize=14, markeredgewidth=1.5)
        where = f"reversal {number(crossing.value, crossing.low, crossing.high)} mV"
        axes.set_title(where, loc="left", size=9)
    before = "conditioning potential" if family.is_conditioned else "command"
    axes.set_xlabel(f"{before} [mV]")
    axes.set_ylabel("current [pA]")
    axes.legend(frameon=False, fontsize=7.5, loc="best")


def _curve(axes: Axes, family: MeasuredFamily) -> None:
    curve = family.curve
    if not curve.potential.size:
        axes.text(0.5, 0.5, curve.status.value.replace("_", " "), ha="center", color=INK,
                  transform=axes.transAxes)  # fmt: skip
        axes.set_axis_off()
        return
    unit, what = ("pA", "current") if family.is_conditioned else ("nS", "conductance")
    axes.errorbar(curve.potential, curve.value, curve.error, fmt="o", color=WINDOW, markersize=4,
                  elinewidth=1)  # fmt: skip
    if curve.fit is not None:
        fine = np.linspace(curve.potential.min(), curve.potential.max(), 200)
        axes.plot(fine, curve.fit(fine), color=ACCENT, linewidth=1.2)
        middle = curve.fit.midpoint
        axes.axvspan(middle.low, middle.high, color=ACCENT, alpha=0.14, linewidth=0)
        told = f"{number(middle.value, middle.low, middle.high)} mV"
        ends = interval(middle.value, middle.low, middle.high)
        slope = curve.fit.slope
        k = number(abs(slope.value), slope.low, slope.high)
        axes.set_title(f"half at {told} [{ends}]\nslope {k} mV", loc="left", size=9)
    axes.set_xlabel("conditioning potential [mV]" if family.is_conditioned else "command [mV]")
    axes.set_ylabel(f"{what} [{unit}]")
