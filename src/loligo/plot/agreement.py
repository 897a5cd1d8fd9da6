"""The input resistance of one cell by all routes, against the potential it was measured at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loligo.analysis.agreement import Agreement, Relation, Route
from loligo.analysis.interval import Interval
from loligo.plot.style import ACCENT, INK, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = (WINDOW, ACCENT, "#3a8f62", "#8a5bb0", "#b8860b", INK)
_MARKERS = {"voltage steps": "o", "current steps": "s", "chirp": "D"}
_EARLIEST = 80.0
_WIDEST = 3.0
_APART = 0.6


def draw_agreement(found: Agreement, *, width: float = 5.2, height: float = 3.6) -> Figure:
    """Draw resistance against potential, each route with its intervals.

    Between neighbouring levels where there are several; filled in the steady state, open for about
    100 ms after the onset. Horizontal bars span the potentials, vertical ones the 95 % interval.
    What is uncertain by more than a factor of 3 is not drawn. Markers are moved aside a little, so
    that they do not hide each other.

    Parameters
    ----------
    found : Agreement
        From `loligo.analysis.agreement.input_resistance_agreement`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        colours: dict[str, str] = {}
        for place, route in enumerate(found.routes):
            colour = colours.setdefault(route.recording, _COLOURS[len(colours) % len(_COLOURS)])
            _route(axes, route, colour, _APART * (place - (len(found.routes) - 1) / 2))
        axes.set_xlabel("membrane potential [mV]")
        axes.set_ylabel("resistance [MΩ]")
        axes.set_ylim(0, None)
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}".replace("-", "\N{MINUS SIGN}"))
        _legend(axes, found.routes, colours)
    return figure


def _route(axes: Axes, route: Route, colour: str, aside: float) -> None:
    marker = _MARKERS[route.kind]
    if not route.relations:
        _point(axes, route.interval, (route.low, route.high), colour, marker, colour, aside)
        return
    early = next((r for r in route.relations if r.start >= _EARLIEST), None)
    for entry, fill in ((early, "white"), (route.relations[-1], colour)):
        if entry is None or (fill == "white" and entry is route.relations[-1]):
            continue
        for low, high in _spans(entry):
            value = entry.resistance(low, high)
            if value is not None:
                _point(axes, value, (low, high), colour, marker, fill, aside)


def _spans(entry: Relation) -> list[tuple[float, float]]:
    """Return neighbouring levels, those closer than 4 mV joined."""
    found: list[tuple[float, float]] = []
    start = entry.low
    for potential in entry.potential[1:]:
        if potential - start >= 4.0:
            found.append((start, float(potential)))
            start = float(potential)
    return found


def _point(
    axes: Axes,
    value: Interval,
    span: tuple[float, float],
    colour: str,
    marker: str,
    fill: str,
    aside: float,
) -> None:
    if value.high > _WIDEST * value.low:
        return
    middle = (span[0] + span[1]) / 2
    marked = float(np.clip(middle + aside, *span))
    reach = [[1e3 * (value.value - value.low)], [1e3 * (value.high - value.value)]]
    axes.errorbar(
        [marked],
        [1e3 * value.value],
        yerr=reach,
        xerr=[[marked - span[0]], [span[1] - marked]],
        fmt=marker,
        color=colour,
        markerfacecolor=fill,
        markeredgecolor=colour if fill == "white" else "white",
        markersize=5.5,
        elinewidth=0.7,
    )


def _legend(axes: Axes, routes: tuple[Route, ...], colours: dict[str, str]) -> None:
    from matplotlib.lines import Line2D

    kinds = {route.recording: route.kind for route in routes}
    handles = [
        Line2D([], [], color=colour, marker=_MARKERS[kinds[label]], linestyle="", markersize=5.5)
        for label, colour in colours.items()
    ]
    labels = [f"{label}, {kinds[label]}" for label in colours]
    if any(route.relations for route in routes):
        for fill, words in ((INK, "steady state"), ("white", "early")):
            handles.append(
                Line2D([], [], color=INK, marker="o", markerfacecolor=fill, linestyle="")
            )
            labels.append(words)
    axes.legend(handles, labels, frameon=False, fontsize=7.5, loc="upper left")
