"""A fitted forward model: what was recorded with the model, what is missed, and the estimates."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.inference.stretch import Stretch
from loligo.plot.protocol import colour_of
from loligo.plot.style import ACCENT, INK, QUIET, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from loligo.inference import Fit, Fitted

_LEFT = 0.02
"""The onset ends where the model is this near to where it goes, as a share of its change."""
_MOST = 60
"""Stretches that are drawn."""
_MINUS = "\N{MINUS SIGN}"


def draw_fit(found: Fit, *, recording: int = 0, width: float = 9.5, height: float = 4.0) -> Figure:
    """Draw recorded and fitted responses, residuals below, the estimates beside.

    Parameters
    ----------
    found : Fit
    recording : int
        Which, of a fit of several.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SelectionError
        There is no such recording.
    """
    from loligo.errors import SelectionError

    chosen = [i for i, part in enumerate(found.stretches) if part.recording == recording][:_MOST]
    if not chosen:
        count = len(found.rigs)
        raise SelectionError(f"no recording {recording} was fitted; allowed: 0 to {count - 1}")
    unit = found.rigs[recording].system.units["response"]
    with styled():
        figure = new_figure(width, height)
        panels = figure.subplots(2, 3, width_ratios=(1.5, 1.2, 1.1), height_ratios=(3.2, 1))
        for row in panels[:, 2]:
            row.set_axis_off()
        first, last = _onset(found.stretches[chosen[0]], found.model[chosen[0]])
        for column, is_onset in ((panels[:, 0], False), (panels[:, 1], True)):
            for place, number in enumerate(chosen):
                colour = ACCENT if len(chosen) == 1 else colour_of(place, len(chosen))
                shown = (first, last) if is_onset else None
                _draw(column, found, number, colour, shown)
            column[0].tick_params(labelbottom=False)
            column[1].axhline(0.0, color=QUIET, linewidth=0.5, zorder=-1)
            column[1].set_xlabel("time after sweep start [ms]")
            column[0].margins(x=0)
            column[1].margins(x=0)
        panels[0, 0].set_ylabel(f"response [{unit}]")
        panels[1, 0].set_ylabel(f"data {_MINUS} fit\n[{unit}]")
        figure.align_ylabels(panels[:, 0])
        share = f"{100 * found.normalized_rms:.3g} % of the standard deviation missed"
        panels[0, 0].set_title(share, loc="left", size=9)
        panels[0, 1].set_title("onset", loc="left", size=9)
        _values(panels[0, 2], found)
    return figure


def _draw(
    column: NDArray[np.object_],
    found: Fit,
    number: int,
    colour: str,
    shown: tuple[float, float] | None,
) -> None:
    """Draw one stretch, windows apart, in a column of two axes."""
    part, model, rest = found.stretches[number], found.model[number], found.residuals(number)
    start = 0
    for window in part.windows:
        stop = start + window.stop - window.start
        times, data = part.times[window], part.response[window]
        inside = slice(None)
        if shown is not None:
            inside = slice(*np.searchsorted(times, shown))
        mark = "." if shown is not None else "-"
        column[0].plot(
            times[inside], data[inside], mark, color=QUIET, markersize=2.5, linewidth=0.8
        )
        column[0].plot(times[inside], model[start:stop][inside], color=colour, linewidth=1.0)
        column[1].plot(times[inside], rest[start:stop][inside], color=INK, linewidth=0.5)
        start = stop


def _onset(part: Stretch, model: NDArray[np.float64]) -> tuple[float, float]:
    """Return the window of the transient after the first change of the command [ms]."""
    times = part.fitted(part.times)
    changes = np.flatnonzero(np.diff(part.command)) + 1
    if not changes.size:
        return float(times[0]), float(times[-1])
    edge = changes[0] / part.rate
    end = changes[1] / part.rate if changes.size > 1 else float(times[-1])
    after = (times >= edge) & (times < end)
    if after.sum() < 2:
        return float(times[0]), float(times[-1])
    away = np.abs(model[after] - model[after][-1])
    large = np.flatnonzero(away > _LEFT * away.max(initial=0.0))
    length = 1.5 * (float(times[after][large[-1]]) - edge) if large.size else end - edge
    return edge - 0.1 * length, min(edge + length, end)


def _values(axes: Axes, found: Fit) -> None:
    """Write the estimates with their intervals or statuses, then that of the fit."""
    part = min(0.14, 0.9 / max(len(found.estimates), 1))
    for place, one in enumerate(found.estimates):
        height = 1.0 - part * place
        _write(axes, height, one.path, QUIET, 7)
        _write(axes, height - 0.42 * part, _written(one), INK if one.is_ok else ACCENT, 8)
    if not found.is_ok:
        told = f"{found.status.value.replace('_', ' ')}: {found.reason}"
        _write(axes, 1.0 - part * len(found.estimates), textwrap.fill(told, 44), ACCENT, 7)


def _write(axes: Axes, height: float, text: str, colour: str, size: float) -> None:
    axes.text(0.0, height, text, size=size, color=colour, va="top", transform=axes.transAxes)


def _written(one: Fitted) -> str:
    value, rest = one.displayed()
    return f"{value}  [{rest}]".replace("-", _MINUS)
