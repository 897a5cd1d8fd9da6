"""A simulation as the field draws it: what was recorded, spikes and command on one time axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loligo.engine import Simulation
from loligo.errors import SelectionError, suggest
from loligo.plot.envelope import envelope
from loligo.plot.nothing import above_right
from loligo.plot.protocol import LEVELS, colour_of, command_line, mark_epochs, mark_shocks
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled
from loligo.recording import Trace
from loligo.units import INTERNAL_UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BINS = 1400
_LONG = 10_000.0
_ROWS = 60
_PALETTE = (WINDOW, ACCENT, INK, QUIET)
_CURRENTS = {"i.membrane": "membrane", "i.injected": "injected", "i.clamp": "clamp"}


@dataclass(frozen=True, slots=True)
class _Runs:
    """What is drawn: cells of one sweep, or sweeps of one cell; which of how many."""

    axis: str
    fixed: int
    drawn: tuple[int, ...]
    count: int

    def place(self, index: int) -> tuple[int, int]:
        """Return cell and sweep of a run."""
        return (index, self.fixed) if self.axis == "cell" else (self.fixed, index)

    @property
    def sweeps(self) -> tuple[int, ...]:
        """The sweeps drawn."""
        return (self.fixed,) if self.axis == "cell" else self.drawn


def draw_simulation(
    simulation: Simulation,
    names: Sequence[str] | None = None,
    *,
    cell: int | None = None,
    sweep: int | None = None,
    most: int = 12,
    width: float = 9.0,
    height: float | None = None,
) -> Figure:
    """Draw traces by what was recorded, then spikes, then the command.

    Of one cell its sweeps are drawn, coloured in order; of several cells one sweep. Of a single
    run, gates share a panel, and so do currents. Where there are more cells than `most`, so many
    are drawn, spread evenly, with the median of all cells and a band that holds 90 % of them.
    The command is the protocol's, without the cells' own scale and offset.

    Parameters
    ----------
    simulation : Simulation
    names : sequence of str, optional
        Which traces; by default all that were recorded.
    cell : int, optional
        Draw the sweeps of this one of several cells.
    sweep : int, optional
        Draw this sweep; of several cells by default the first.
    most : int
        Draw at most so many traces in a panel.
    width, height : float [inch]
        By default as high as the number of panels asks for.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SelectionError
        There is nothing of that name, no such cell or sweep, or nothing to draw.
    """
    shown = _known(simulation, names)
    runs = _runs(simulation, cell, sweep, most)
    panels = _panels(shown, together=len(runs.drawn) == 1)
    longest = max(simulation.protocol.duration(index) for index in runs.sweeps)
    scale, unit = (1e-3, "s") if longest > _LONG else (1.0, "ms")
    heights = _heights(simulation, panels, runs)
    with styled():
        figure = new_figure(width, height or 0.7 + sum(heights))
        axes = list(
            figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[
                :, 0
            ]
        )
        for entry, panel in zip(axes, panels, strict=False):
            _draw_panel(entry, simulation, panel, runs, scale)
        if simulation.keeps_spikes:
            _draw_spikes(axes[len(panels)], simulation, runs, scale)
        if simulation.protocol.dimension != "none":
            _draw_command(axes[-1], simulation, runs, scale)
            mark_epochs(axes[-1], simulation.protocol, longest, scale)
        axes[-1].set_xlim(0.0, longest * scale)
        axes[-1].set_xlabel(f"time after sweep start [{unit}]")
        figure.align_ylabels(axes)
        axes[0].set_title(_title(simulation, runs), loc="left", size=9, color=INK)
        _colour_bar(figure, axes, runs)
    return figure


# What is drawn --------------------------------------------------------------------------------


def _known(simulation: Simulation, names: Sequence[str] | None) -> tuple[str, ...]:
    shown = tuple(simulation.traces) if names is None else tuple(names)
    for name in shown:
        if name not in simulation.traces:
            known = tuple(simulation.traces)
            raise SelectionError(f"nothing called {name!r} was recorded; {suggest(name, known)}")
    if not shown and not simulation.keeps_spikes:
        raise SelectionError("nothing to draw: simulate with record=('v',) or spikes=True")
    return shown


def _runs(simulation: Simulation, cell: int | None, sweep: int | None, most: int) -> _Runs:
    for word, index, count in (
        ("cell", cell, simulation.n_cells),
        ("sweep", sweep, simulation.n_sweeps),
    ):
        if index is not None and not 0 <= index < count:
            raise SelectionError(f"no {word} {index}; there are {count}, counted from 0")
    if cell is None and simulation.n_cells > 1:
        count = simulation.n_cells
        return _Runs("cell", sweep or 0, _spread(count, most), count)
    count = simulation.n_sweeps
    drawn = _spread(count, most) if sweep is None else (sweep,)
    return _Runs("sweep", cell or 0, drawn, count)


def _spread(count: int, most: int) -> tuple[int, ...]:
    places = np.linspace(0, count - 1, min(count, most)).round().astype(int)
    return tuple(int(place) for place in np.unique(places))


def _panels(names: tuple[str, ...], *, together: bool) -> list[tuple[str, ...]]:
    """Return the names of each panel."""
    if not together:
        return [(name,) for name in names]
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(_kind(name) or name, []).append(name)
    return [tuple(group) for group in groups.values()]


def _kind(name: str) -> str:
    """Return what kind of thing a name is, nothing for those that share no panel."""
    if name.startswith("i."):
        return "current"
    return "gates" if "." in name else ""


def _heights(simulation: Simulation, panels: list[tuple[str, ...]], runs: _Runs) -> list[float]:
    heights = [2.2 if panel == ("v",) else 1.6 for panel in panels]
    if simulation.keeps_spikes:
        heights.append(0.3 + 0.025 * _ROWS * min(1.0, len(_rows(runs)) / _ROWS))
    if simulation.protocol.dimension != "none":
        heights.append(0.9)
    return heights


def _title(simulation: Simulation, runs: _Runs) -> str:
    parts = [f"{simulation.cell}, simulated"]
    drawn, count = len(runs.drawn), runs.count
    if runs.axis == "cell":
        parts.append(f"{count} cells" if drawn == count else f"{drawn} of {count} cells drawn")
        if drawn < count and simulation.traces:
            parts.append("their median and central 90 %")
        if simulation.n_sweeps > 1:
            parts.append(f"sweep {runs.fixed} of {simulation.n_sweeps}")
    else:
        if simulation.n_cells > 1:
            parts.append(f"cell {runs.fixed} of {simulation.n_cells}")
        if count > 1 and drawn == 1:
            parts.append(f"sweep {runs.drawn[0]} of {count}")
        elif count > 1:
            parts.append(
                f"{count} sweeps" if drawn == count else f"{drawn} of {count} sweeps drawn"
            )
    return ", ".join(parts)


# Panels ---------------------------------------------------------------------------------------


def _draw_panel(
    axes: Axes, simulation: Simulation, names: tuple[str, ...], runs: _Runs, scale: float
) -> None:
    if len(runs.drawn) < runs.count and runs.axis == "cell":
        _draw_summary(axes, simulation, names[0], runs, scale)
    for place, name in enumerate(names):
        for order, index in enumerate(runs.drawn):
            times, values = _line(simulation, simulation.traces[name][runs.place(index)])
            colour = colour_of(order, len(runs.drawn))
            if len(names) > 1:
                colour = _PALETTE[place] if len(names) <= 4 else colour_of(place, len(names))
            alpha = 0.9 if len(runs.drawn) < 8 else 0.7
            axes.plot(times * scale, values, color=colour, alpha=alpha, label=_short(name))
    kind, unit = _kind(names[0]), simulation.units[names[0]]
    if kind == "current":
        axes.axhline(0.0, color=QUIET, linewidth=0.4, zorder=0)
    if len(names) > 1:
        axes.set_ylabel(kind if kind == "gates" else f"{kind}s [{unit}]")
        above_right(axes, columns=len(names))
    else:
        axes.set_ylabel(_label(names[0], unit))


def _line(
    simulation: Simulation, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what to draw a trace with, without what follows the end of a shorter sweep."""
    known = values[: values.size - int(np.isnan(values[::-1]).cumprod().sum())]
    interval = float(simulation.times[1]) if simulation.times.size > 1 else 1.0
    return envelope(Trace(known, 1.0 / interval), _BINS)


def _draw_summary(axes: Axes, simulation: Simulation, name: str, runs: _Runs, scale: float) -> None:
    values = simulation.traces[name][:, runs.fixed]
    every = max(1, values.shape[1] // _BINS)
    low, middle, high = np.nanpercentile(values[:, ::every], (5.0, 50.0, 95.0), axis=0)
    times = simulation.times[::every] * scale
    axes.fill_between(times, low, high, color=QUIET, alpha=0.25, linewidth=0, zorder=0)
    axes.plot(times, middle, color=ACCENT, linewidth=1.4, zorder=3)


def _short(name: str) -> str:
    return name.removeprefix("i.")


def _label(name: str, unit: str) -> str:
    if name == "v":
        return f"membrane potential [{unit}]"
    quantity, at, site = name.partition(" at ")
    if at:  # of a neuron with a shape
        return f"{_short(quantity)} at\n{site} [{unit}]".replace(" []", "")
    if _kind(name) == "current":
        word = _CURRENTS.get(name, _short(name))
        return f"{word} current [{unit}]"
    return f"{name} [{unit}]" if unit else name


def _rows(runs: _Runs) -> tuple[int, ...]:
    """Return the runs that have a row of the raster: more than are drawn, where there are."""
    if len(runs.drawn) == 1:
        return runs.drawn
    return _spread(runs.count, max(_ROWS, len(runs.drawn)))


def _draw_spikes(axes: Axes, simulation: Simulation, runs: _Runs, scale: float) -> None:
    """Draw a row of ticks for each run."""
    rows = _rows(runs)
    for row, index in enumerate(rows):
        times = simulation.spike_times(*runs.place(index)) * scale
        colour = colour_of(row, len(rows))
        axes.vlines(times, row - 0.4, row + 0.4, color=colour, linewidth=1.0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    if len(rows) == 1:
        axes.set_yticks([])
        axes.set_ylabel("spikes")
        return
    ends = [0, len(rows) - 1]
    axes.set_yticks(ends, [str(rows[end]) for end in ends])
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel(f"spikes\nof {runs.axis}")


def _draw_command(axes: Axes, simulation: Simulation, runs: _Runs, scale: float) -> None:
    protocol = simulation.protocol
    levels: set[float] = set()
    for order, sweep in enumerate(runs.sweeps):
        segments = protocol.segments(sweep)
        times, values = command_line(segments)
        colour = colour_of(order, len(runs.sweeps))
        axes.plot(times * scale, values, color=colour)
        mark_shocks(axes, segments, scale, colour)
        levels |= {float(values.min()), float(values.max())}
    if len(levels) == 1:
        axes.set_yticks(sorted(levels))
    word = LEVELS[protocol.dimension].replace(" ", "\n")
    axes.set_ylabel(f"{word}\n[{INTERNAL_UNITS[protocol.dimension]}]", size=8)


def _colour_bar(figure: Figure, axes: list[Axes], runs: _Runs) -> None:
    """Say what the colours mean."""
    if len(runs.drawn) == 1:
        return
    import matplotlib as mpl

    colours: list[Any] = [colour_of(place, 64) for place in range(64)]
    colormap = mpl.colors.LinearSegmentedColormap.from_list("runs", colours)
    norm = mpl.colors.Normalize(runs.drawn[0], runs.drawn[-1])
    mappable = mpl.cm.ScalarMappable(norm, colormap)
    bar = figure.colorbar(mappable, ax=axes, fraction=0.016, pad=0.012, aspect=38)
    bar.set_label(runs.axis, size=8)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=7.5, length=2)
    bar.ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
