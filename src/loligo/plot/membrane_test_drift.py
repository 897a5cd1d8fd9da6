"""Series and membrane resistance, capacitance and holding current over the sweeps: drift."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.digits import unit_symbol
from loligo.analysis.estimate import Estimate
from loligo.analysis.membrane_test import EpochTest, MembraneTest
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled
from loligo.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = ("series_resistance", "membrane_resistance", "capacitance", "holding_current")
_LONG = 120_000.0  # ms
_BEYOND = 4.0


def draw_over_sweeps(result: MembraneTest, *, width: float = 5.0, height: float = 5.6) -> Figure:
    """Draw what each sweep gives against time, with 95 % intervals.

    The band is the interval of the mean over all sweeps.

    Parameters
    ----------
    result : MembraneTest
        From `loligo.analysis.membrane_test.membrane_test`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        figure = new_figure(width, height)
        panels = figure.subplots(len(SHOWN), 1, sharex=True)
        starts = [float(start) for test in result.tests for start in test.starts]
        is_long = max(starts, default=0.0) > _LONG
        scale = 1 / 60_000 if is_long else 1e-3
        for axes, name in zip(panels, SHOWN, strict=True):
            _panel(axes, result.tests, name, scale)
        panels[-1].set_xlabel(f"time after the recording's start [{'min' if is_long else 's'}]")
        figure.align_ylabels(panels)
        if not any(test.each for test in result.tests):
            panels[-1].set_xticks([])
    return figure


def _panel(axes: Axes, tests: tuple[EpochTest, ...], name: str, scale: float) -> None:
    entry = term(name)
    words = {"series_resistance": "series", "membrane_resistance": "membrane"}
    short = f"{words[name]} res." if name in words else name.replace("_", " ")
    axes.set_ylabel(f"{short}\n[{unit_symbol(entry.display_unit)}]")
    colours = (WINDOW, ACCENT, INK)
    series = _series(tests, name)
    shown: list[NDArray[np.float64]] = []
    for place, ((label, kind), (pairs, whole)) in enumerate(series.items()):
        colour = colours[place % len(colours)]
        shown.append(_points(axes, pairs, scale, colour, f"epoch {label} ({kind})"))
        if whole is not None:
            _band(axes, whole, colour)
    if shown:
        _limit(axes, *np.hstack(shown))
    if not series:
        entries = [e for t in tests for e in (*t.each, *t.pooled) if e.name == name]
        reason = next((e for e in entries if not e.is_ok), None)
        text = "no values of single sweeps"
        if reason is not None:
            text += f": {reason.status.value.replace('_', ' ')}"
        axes.text(0.5, 0.5, text, ha="center", color=QUIET, size=8, transform=axes.transAxes)
        axes.set_yticks([])
    elif len(series) > 1:
        axes.legend(
            frameon=False,
            fontsize=7.5,
            ncols=3,
            loc="lower left",
            bbox_to_anchor=(0.0, 0.95),
            borderaxespad=0.0,
        )


Values = list[tuple[float, Estimate]]


def _series(
    tests: tuple[EpochTest, ...], name: str
) -> dict[tuple[str, str], tuple[Values, Estimate | None]]:
    """Return what each epoch's sweeps give, with their starts, and what their mean gives."""
    found: dict[tuple[str, str], tuple[Values, Estimate | None]] = {}
    for test in tests:
        when = dict(zip(test.sweeps, test.starts, strict=True))
        each = [
            (float(when[e.sweep]), e)
            for e in test.each
            if e.name == name and e.is_ok and e.sweep in when
        ]
        if not each:
            continue
        key = (test.label, "ramp" if test.is_ramp else "step")
        before, whole = found.get(key, ([], None))
        pooled = (e for e in test.pooled if e.name == name and e.is_ok)
        found[key] = (
            sorted([*before, *each], key=lambda pair: pair[0]),
            whole or next(pooled, None),
        )
    return found


def _points(
    axes: Axes, pairs: Values, scale: float, colour: str, label: str
) -> NDArray[np.float64]:
    """Draw values with their intervals; return value, low and high in a row each."""
    time = np.array([start for start, _ in pairs]) * scale
    rows = [entry.displayed()[:3] for _, entry in pairs]
    shown = np.array([[math.nan if v is None else v for v in row] for row in rows])
    value, low, high = shown.T
    errors = np.array([value - low, high - value])
    axes.errorbar(time, value, errors, fmt="none", ecolor=colour, elinewidth=0.7, alpha=0.45)
    axes.plot(time, value, "o", color=colour, markersize=3, markeredgewidth=0, label=label)
    return np.asarray(shown.T)


def _limit(
    axes: Axes,
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    """Keep a few very wide intervals from flattening the rest."""
    reach = float(np.nanmedian(high - low)) / 2
    bottom, top = float(np.nanmin(value)), float(np.nanmax(value))
    room = max(_BEYOND * reach, 0.05 * (top - bottom), 1e-3 * abs(top))
    if float(np.nanmax(high)) - top > room or bottom - float(np.nanmin(low)) > room:
        axes.set_ylim(bottom - room, top + room)


def _band(axes: Axes, whole: Estimate, colour: str) -> None:
    value, low, high, _ = whole.displayed()
    if value is None or low is None or high is None:
        return
    axes.axhline(value, color=colour, linewidth=0.8)
    axes.axhspan(low, high, color=colour, alpha=0.15, linewidth=0)
