"""How a simulation settles: differences between refinements, beside a line of the order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loligo.engine import Convergence
from loligo.errors import SelectionError
from loligo.plot.protocol import colour_of
from loligo.plot.style import QUIET, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_convergence(found: Convergence, *, width: float = 5.6, height: float = 3.0) -> Figure:
    """Draw the difference of each refinement from the next, and a line of the method's order.

    Parameters
    ----------
    found : Convergence
        From `loligo.engine.convergence`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SelectionError
        Nothing differs.
    """
    shown = [row for row in found.rows if row.differences and min(row.differences) > 0.0]
    if not shown:
        raise SelectionError("nothing to draw: there are no differences between refinements")
    in_time = found.refined == "dt"
    along = np.array(found.dt if in_time else found.compartments, dtype=float)[:-1]
    slope = found.order if in_time else -found.order
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        for place, row in enumerate(shown):
            told = f"{row.name} [{row.unit}]" if row.unit else row.name
            label = f"{told}, order {row.order:.2f}" if row.is_ok and row.order else told
            colour = colour_of(place, len(shown))
            axes.plot(along, row.differences, "o-", color=colour, markersize=4, label=label)
        lowest = min(row.differences[0] for row in shown)
        guide = 0.5 * lowest * (along / along[0]) ** slope
        axes.plot(along, guide, color=QUIET, linestyle=(0, (4, 3)), label=f"order {found.order:g}")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(along, [f"{value:g}" for value in along])
        axes.minorticks_off()
        axes.set_xlabel("longest step [ms]" if in_time else "compartments")
        axes.set_ylabel("difference from the next (rms)")
        axes.legend(frameon=False, fontsize=7.5, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.set_title(found.neuron, loc="left", size=9)
    return figure
