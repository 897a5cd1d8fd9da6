"""The work-precision figure: error against time, a line for each way of each simulator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.simulators.accuracy import ERROR
from benchmarks.simulators.plan import OURS
from benchmarks.simulators.results import Row, error, finished
from benchmarks.simulators.workloads import WORKLOADS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = {
    "loligo": "o",
    "neuron": "s",
    "arbor": "^",
    "jaxley": "D",
    "myokit": "v",
    "brian2": "P",
    "scipy": "X",
}


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
        By tool and variant, loligo's last so that they are drawn on top; points by time. A point
        without error on this scale (no spike to compare, or no cell that differs) is left out.
    """
    found: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in finished(rows):
        wrong = error(row)
        if row["workload"] == workload and row["threads"] == 1 and wrong:
            found[row["tool"], row["variant"]].append((row["run_s"], wrong))
    names = sorted(found, key=lambda name: (name[0] == OURS, name))
    return {name: sorted(found[name]) for name in names}


def _draw(axes: Axes, rows: Sequence[Row], workload: str) -> None:
    from loligo.plot.style import ACCENT, INK, QUIET

    for (tool, variant), points in curves(rows, workload).items():
        mine = tool == OURS
        times, errors = zip(*points, strict=True)
        axes.plot(
            times,
            errors,
            marker=_MARKERS[tool],
            color=ACCENT if mine else QUIET,
            linewidth=1.4 if mine else 0.8,
            markersize=4.0,
        )
        axes.annotate(
            f"{tool} {variant}",
            (times[-1], errors[-1]),
            xytext=(4, 0),
            textcoords="offset points",
            color=ACCENT if mine else INK,
            fontsize=7.0,
            va="center",
        )
    axes.set(xscale="log", yscale="log", xlabel="time of one run [s]", ylabel=ERROR[workload][1])
    axes.set_title(f"{workload}: {WORKLOADS[workload].title}", loc="left", wrap=True, fontsize=8.0)
    axes.margins(x=0.25)


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

    shown: list[Any] = [name for name in WORKLOADS if curves(rows, name)]
    with styled():
        figure = new_figure(4.6 * max(1, len(shown)), 4.2)
        for axes, name in zip(
            figure.subplots(1, max(1, len(shown)), squeeze=False)[0], shown, strict=False
        ):
            _draw(axes, rows, name)
    return figure
