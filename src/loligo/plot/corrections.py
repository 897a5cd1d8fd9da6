"""Before and after: what was recorded, what it became, and what was taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.layout import Layout, layout_of
from loligo.errors import SelectionError
from loligo.plot.envelope import envelope
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled
from loligo.recording import Channel, ClampMode, Recording, Trace
from loligo.recording.corrections import recorded_channel
from loligo.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BINS = 1000
_BEFORE, _AFTER = 1.0, 6.0
"""Of the first edge that are shown enlarged [ms]."""


def draw_corrections(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    most: int = 5,
    width: float = 9.5,
    height: float = 5.6,
) -> Figure:
    """Draw a corrected response over what was recorded, whole and at an edge of the command.

    Parameters
    ----------
    recording : Recording
        Corrected.
    response : Channel or str, optional
        Needed where several are corrected.
    most : int
        Draw at most so many sweeps, spread evenly.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
        Rows: before (grey) and after, what was taken off, the command.

    Raises
    ------
    SelectionError
        Nothing is corrected, or the response is not one of the recording's.
    """
    layout = layout_of(recording, _corrected(recording) if response is None else response)
    sweeps = _shown(layout, most)
    with styled():
        figure = new_figure(width, height)
        rows = 3 if layout.command is not None else 2
        grid = figure.subplots(
            rows, 2, sharex="col", width_ratios=(1.7, 1), height_ratios=_heights(rows)
        )
        edge = _edge(layout, sweeps)
        for index in sweeps:
            _draw(grid[:, 0], layout, index, (-np.inf, np.inf))
            _draw(grid[:, 1], layout, index, edge)
        if layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
            _cut(grid[0, 0])
        grid[0, 1].set_xlim(*edge)
        _label(grid, layout)
        figure.align_ylabels(grid[:, 0])
        figure.suptitle(_title(layout, sweeps), x=0.01, ha="left", size=9, color=INK)
    return figure


def _heights(rows: int) -> tuple[float, ...]:
    return (2.6, 1.2, 1.0)[:rows]


def _corrected(recording: Recording) -> Channel:
    """Return the only response that is corrected, or whose command is."""
    found = []
    for response in recording.responses:
        command = recording.command(response)
        names = {response.name, *([command.name] if command is not None else [])}
        if any(c.applied and c.channel in names for c in recording.corrections):
            found.append(response)
    if len(found) != 1:
        names_ = [channel.name for channel in found]
        raise SelectionError(
            f"{len(found)} corrected responses; name one of {names_}"
            if found
            else "no response is corrected"
        )
    return found[0]


def _shown(layout: Layout, most: int) -> tuple[int, ...]:
    """Return sweeps to draw, corrected ones where only some are."""
    sweeps = [
        index
        for index in layout.sweeps
        if any(c.sweeps is not None and index in c.sweeps for c in layout.recording.corrections)
    ] or list(layout.sweeps)
    places = np.unique(np.linspace(0, len(sweeps) - 1, min(most, len(sweeps))).round().astype(int))
    return tuple(sweeps[i] for i in places)


def _pair(layout: Layout, index: int, channel: Channel) -> tuple[Trace | None, Trace]:
    """Return a channel as recorded, where that is kept, and as it is."""
    raw = recorded_channel(layout.recording, channel)
    after = layout.recording.trace(index, channel)
    return (None if raw is None else layout.recording.trace(index, raw)), after


def _draw(axes: list[Axes], layout: Layout, index: int, window: tuple[float, float]) -> None:
    before, after = _pair(layout, index, layout.response)
    start, stop = window
    if before is not None:
        _line(axes[0], before, start, stop, QUIET, 1.6, 0.55)
        _line(axes[1], _difference(before, after), start, stop, WINDOW, 0.9, 0.9)
    _line(axes[0], after, start, stop, ACCENT, 0.8, 0.9)
    if layout.command is not None and index in layout.recording.sweeps_with(layout.command):
        was, now = _pair(layout, index, layout.command)
        if was is not None:
            _line(axes[2], was, start, stop, QUIET, 1.6, 0.55)
        _line(axes[2], now, start, stop, INK, 0.9, 0.9)


def _difference(before: Trace, after: Trace) -> Trace:
    return Trace(before.values() - after.values(), before.sampling_rate, start=before.start)


def _line(
    axes: Axes,
    trace: Trace,
    start: float,
    stop: float,
    colour: str,
    width: float,
    alpha: float,
) -> None:
    if np.isfinite(start):
        first, last = trace.index(start), trace.index(stop)
        times = trace.start + np.arange(first, last) / trace.sampling_rate
        values = trace.values(first, last)
    else:
        times, values = envelope(trace, _BINS)
    axes.plot(times, values, color=colour, linewidth=width, alpha=alpha)


def _edge(layout: Layout, sweeps: tuple[int, ...]) -> tuple[float, float]:
    """Return the stretch around the first large change of the command, of all sweeps drawn."""
    best = (0.0, 0.0)
    for index in sweeps:
        if layout.command is None or index not in layout.recording.sweeps_with(layout.command):
            continue
        command = layout.recording.trace(index, layout.command)
        jumps = np.abs(np.diff(command.values()))
        largest = float(jumps.max()) if jumps.size else 0.0
        if largest > 1.001 * best[0]:
            first = int(np.argmax(jumps >= 0.5 * largest)) + 1
            best = (largest, command.start + first / command.sampling_rate)
    return best[1] - _BEFORE, best[1] + _AFTER


def _cut(axes: Axes) -> None:
    """Cut transients that are much larger than all else, and say so."""
    values = np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.get_lines()])
    values = values[np.isfinite(values)]
    if not values.size:
        return
    low, high = np.percentile(values, [1.0, 99.0])
    span = float(high - low)
    if span > 0 and float(np.ptp(values)) > 4 * span:
        axes.set_ylim(low - 0.5 * span, high + 0.5 * span)
        ends = f"{values.min():.4g} and {values.max():.4g}".replace("-", "\N{MINUS SIGN}")
        axes.set_title(f"axis cut: the response reaches {ends}", size=8, loc="left", color=QUIET)


def _label(grid: NDArray[Any], layout: Layout) -> None:
    response = layout.response
    grid[0, 0].set_ylabel(f"response [{response.unit}]")
    grid[1, 0].set_ylabel(f"taken off\n[{response.unit}]", size=8)
    if layout.command is not None:
        grid[2, 0].set_ylabel(f"command\n[{layout.command.unit}]", size=8)
    for axes in grid[-1]:
        axes.set_xlabel("time after sweep start [ms]")
    for axes in grid.ravel():
        axes.margins(x=0)
    grid[0, 0].plot([], [], color=QUIET, linewidth=1.6, alpha=0.55, label="as recorded")
    grid[0, 0].plot([], [], color=ACCENT, label="corrected")
    grid[0, 0].legend(frameon=False, fontsize=7.5, loc="best")
    grid[0, 1].set_title("at an edge of the command", size=8, loc="left", color=QUIET)


def _title(layout: Layout, sweeps: tuple[int, ...]) -> str:
    names = {layout.response.name, *([layout.command.name] if layout.command else [])}
    words = []
    for c in layout.recording.corrections:
        if not c.applied or c.channel not in names:
            continue
        entry = term(c.name)
        shown = c.value if entry.dimension == "count" else entry.display(c.value)
        unit = entry.display_unit.replace("Ohm", "\N{GREEK CAPITAL LETTER OMEGA}")
        words.append(f"{c.name.replace('_', ' ')} {shown:.4g} {unit}".strip())
    total = len(layout.sweeps)
    count = f"{len(sweeps)} of {total} sweeps" if len(sweeps) < total else f"{total} sweeps"
    mark = "   SIMULATED" if layout.recording.is_simulated else ""
    return f"{layout.response.name}: {'; '.join(words)}   ({count}){mark}"
