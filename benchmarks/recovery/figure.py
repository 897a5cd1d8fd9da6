"""The figure of the study: how far estimates are off, in units of their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.recovery.summary import Row, lines
from benchmarks.recovery.truths import QUANTITIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDEST = 2.5


def deviations(cells: Sequence[Row], name: str, mode: str) -> list[float]:
    """Return errors over the half of the interval on the truth's side; beyond 1 it was missed."""
    told = [c["found"][name] for c in cells if c["mode"] == mode and name in c["found"]]
    return [
        (value - truth) / max(value - low if value > truth else high - value, 1e-300)
        for truth, value, low, high in told
    ]


def draw(cells: Sequence[Row]) -> Figure:
    """Draw each estimate's deviation, a row a quantity, with how many intervals hold the truth.

    Parameters
    ----------
    cells : sequence of dict
        Lines of `measure`.
    """
    from loligo.plot.style import new_figure, styled

    with styled():
        figure = new_figure(9.0, 4.6)
        panels = figure.subplots(1, 2)
        for axes, mode in zip(panels, QUANTITIES, strict=True):
            _panel(axes, cells, mode)
    return figure


def _panel(axes: Axes, cells: Sequence[Row], mode: str) -> None:
    from loligo.plot.style import ACCENT, INK, QUIET, SHADE

    names = QUANTITIES[mode]
    held = {row["quantity"]: row for row in lines(cells) if row["mode"] == mode}
    rng = np.random.default_rng(0)
    axes.axvspan(-1.0, 1.0, color=SHADE, zorder=0)
    axes.axvline(0.0, color=QUIET, linewidth=0.8)
    for place, name in enumerate(names):
        off = np.array(deviations(cells, name, mode))
        if not off.size:
            continue
        height = place + 0.32 * rng.uniform(-1.0, 1.0, off.size)
        missed = np.abs(off) > 1.0
        for chosen, colour in ((~missed, INK), (missed, ACCENT)):
            at = np.clip(off[chosen], -_WIDEST, _WIDEST)
            axes.plot(at, height[chosen], ".", color=colour, markersize=2.0, alpha=0.6)
        share = held[name]["coverage_95"]
        axes.text(_WIDEST * 1.04, place, f"{100 * share:.1f} %", va="center", size=8)
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-_WIDEST, _WIDEST)
    axes.set_xlabel("error / half of the 95 % interval")
    axes.text(_WIDEST * 1.04, -0.6, "held", va="bottom", size=8)
    axes.set_title(mode.replace("_", " "), loc="left")
