"""Figures of spikes where there are none, and the one place their legends stand."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from loligo.analysis.spikes import SpikeTable
from loligo.plot.style import QUIET, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def nothing_to_draw(table: SpikeTable, width: float, height: float) -> Figure:
    """Return a figure [inch] that says why there is no spike to draw."""
    reasons = [e.reason for e in table.estimates if e.name == "spike_count" and e.reason]
    looked_at = [entry for entry in table.sweeps if entry.times is not None]
    words = f"no spike in {len(looked_at)} sweeps" if looked_at else "".join(reasons[:1])
    return with_words(words, width, height)


def with_words(words: str, width: float, height: float) -> Figure:
    """Return a figure [inch] of nothing but a sentence."""
    figure = new_figure(width, height)
    text = fill(words, round(12 * width))
    figure.text(0.5, 0.5, text, ha="center", va="center", color=QUIET, size=9)
    return figure


def above_right(axes: Axes, columns: int) -> None:
    """Put the legend above the axes, to the right of the title, where it hides nothing."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            frameon=False,
            fontsize=7.5,
            ncols=columns,
            borderaxespad=0.1,
            handlelength=1.0,
        )
