"""Output filters: what they do to frequencies, and to a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loligo.plot.protocol import colour_of
from loligo.plot.style import INK, QUIET, new_figure, styled
from loligo.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from loligo.rig import filters

_LOWEST = -80.0
_NAMES = {"bessel": "Bessel", "butterworth": "Butterworth", "one_pole": "one pole"}


def draw_filters(*drawn: filters.Filter, width: float = 9.0, height: float = 3.2) -> Figure:
    """Draw the gain of filters beside their responses to a step.

    Parameters
    ----------
    *drawn : Filter
        One or more.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    from loligo.errors import SelectionError

    if not drawn:
        raise SelectionError("no filter to draw; give one or more")
    corners = [one.corner for one in drawn]
    frequencies = np.geomspace(min(corners) / 50.0, max(corners) * 20.0, 600)
    times = np.linspace(-0.1, 1.6, 800) / min(corners)
    with styled():
        figure = new_figure(width, height)
        gains, steps = figure.subplots(1, 2)
        for place, one in enumerate(drawn):
            colour = colour_of(place, len(drawn))
            decibels = 20.0 * np.log10(np.abs(one.transfer(frequencies)))
            gains.plot(frequencies, decibels, color=colour)
            steps.plot(times, one.step_response(times), color=colour, label=label(one))
            gains.plot([one.corner], [-10.0 * np.log10(2.0)], "o", color=colour, markersize=3)
        gains.axhline(-10.0 * np.log10(2.0), color=QUIET, linewidth=0.5, zorder=-1)
        gains.text(1.15 * frequencies[0], -5.0, "half the power", va="top", size=7.5, color=QUIET)
        gains.set_xscale("log")
        gains.xaxis.set_major_formatter("{x:g}")
        gains.set_ylim(_LOWEST, 5.0)
        gains.set_xlabel("frequency [kHz]")
        gains.set_ylabel("gain [dB]")
        steps.axhline(1.0, color=QUIET, linewidth=0.5, zorder=-1)
        steps.set_xlabel("time after the step [ms]")
        steps.set_ylabel("response to a step")
        steps.legend(loc="lower right", frameon=False, fontsize=7.5, labelcolor=INK)
        for axes in (gains, steps):
            axes.margins(x=0)
    return figure


def label(one: filters.Filter) -> str:
    """Return what a filter is called: family, poles, corner."""
    poles = "" if one.order == 1 else f", {one.order} poles"
    return f"{_NAMES[one.kind]}{poles}, {format_quantity(one.corner, 'kHz')}"
