"""The work-precision figure: error against time, a line for each way of each simulator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.simulators.accuracy import ERROR
from benchmarks.simulators.plan import OURS, VARIANTS
from benchmarks.simulators.results import Row, error, finished
from benchmarks.simulators.workloads import WORKLOADS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS = {
    "loligo": ("o", "#b4441f"),
    "neuron": ("s", "#3b7dd8"),
    "arbor": ("^", "#5a8f3c"),
    "jaxley": ("D", "#8a5fb0"),
    "myokit": ("v", "#b8860b"),
    "brian2": ("P", "#2a9d9d"),
    "scipy": ("X", "#8896a2"),
}
"""Marker and colour of each simulator; its variants differ in the line."""
_LINES = ("-", "--", ":", "-.", (0, (1, 3)))


def curves(rows: Sequence[Row], workload: str) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Return the points (seconds, error) of every simulator and variant on one thread.

    Parameters
    ----------
    rows : sequence of dict
        Lines of results.
    workload : str
        Name of the workload.

    Returns
    -------
    dict
        By tool and variant, loligo's last so that they are drawn on top; points from the coarsest
        step or tolerance to the finest. A point without error on this scale (no spike to compare,
        or no cell that differs) is left out.
    """
    found: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in sorted(finished(rows), key=lambda row: -(row["dt"] or row["tolerance"])):
        wrong = error(row)
        if row["workload"] == workload and row["threads"] == 1 and wrong:
            found[row["tool"], row["variant"]].append((row["run_s"], wrong))
    names = sorted(found, key=lambda name: (name[0] == OURS, name))
    return {name: found[name] for name in names}


def _draw(axes: Axes, rows: Sequence[Row], workload: str) -> None:
    from matplotlib.ticker import NullFormatter

    for (tool, variant), points in curves(rows, workload).items():
        marker, colour = _LOOKS[tool]
        axes.plot(
            *zip(*points, strict=True),
            marker=marker,
            color=colour,
            linestyle=_LINES[[way.name for way in VARIANTS[tool]].index(variant)],
            linewidth=1.6 if tool == OURS else 0.9,
            markersize=5.0 if tool == OURS else 3.5,
            label=f"{tool} {variant}",
        )
    axes.set(xscale="log", yscale="log", xlabel="time of one run [s]", ylabel=ERROR[workload][1])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.set_title(f"{workload}: {WORKLOADS[workload].label}", loc="left")


def work_precision(rows: Sequence[Row]) -> Figure:
    """Draw a panel for each workload of which there are lines.

    Parameters
    ----------
    rows : sequence of dict
        Lines of a run with ``--precision``.

    Returns
    -------
    matplotlib.figure.Figure
        Time to the right, error upward: what is lower and further left is better.
    """
    from loligo.plot.style import new_figure, styled

    shown = [name for name in WORKLOADS if curves(rows, name)]
    with styled():
        columns = min(3, max(1, len(shown)))
        rows_of_panels = -(-max(1, len(shown)) // columns)
        figure = new_figure(4.2 * columns, 0.8 + 3.6 * rows_of_panels)
        panels = figure.subplots(rows_of_panels, columns, squeeze=False).ravel()
        for axes in panels[max(1, len(shown)) :]:
            axes.set_axis_off()
        named: dict[Any, Any] = {}
        for axes, name in zip(panels, shown, strict=False):
            _draw(axes, rows, name)
            for line in axes.lines:
                named.setdefault(line.get_label(), line)
        lines = [named[label] for label in sorted(named)]
        figure.legend(handles=lines, loc="outside lower center", ncols=5, frameon=False)
    return figure
