"""How a cell fires: when, in each sweep, and how fast, at each current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from loligo.analysis.digits import interval, number
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.spikes import SpikeTable
from loligo.analysis.spikes.cell import Evoked, families
from loligo.analysis.spikes.curve import rising_part
from loligo.plot.nothing import above_right, nothing_to_draw, with_words
from loligo.plot.style import ACCENT, INK, QUIET, SHADE, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LONG = 10_000.0
_MOST_LABELS = 12
_WHY = {
    Status.SPIKING: "fires without current",
    Status.NO_SPIKES: "no spike",
    Status.NO_STEP: "too few currents",
    Status.TOO_NOISY: "not clear",
}


def draw_raster(table: SpikeTable, *, width: float = 6.2, height: float = 3.4) -> Figure:
    """Draw when each spike of each sweep peaks, over the stimuli.

    Parameters
    ----------
    table : SpikeTable
        From `loligo.analysis.spikes.spikes`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        if not table.sweeps:
            return nothing_to_draw(table, width, height)
        figure = new_figure(width, height)
        axes = figure.subplots()
        longest = max(entry.start + entry.duration for entry in table.sweeps)
        scale, unit = (1e-3, "s") if longest > _LONG else (1.0, "ms")
        count = len(table.sweeps)
        for row, entry in enumerate(table.sweeps):
            for stimulus, _ in entry.stimuli:
                span = [(stimulus.start * scale, (stimulus.stop - stimulus.start) * scale)]
                axes.broken_barh(span, (row - 0.5, 1), color=SHADE, zorder=0, linewidth=0)
        _ticks(axes, table, scale)
        _name_rows(axes, table)
        axes.set_xlim(0, longest * scale)
        axes.set_ylim(count - 0.4, -0.6)
        axes.set_xlabel(f"time after sweep start [{unit}]")
        total = sum(len(entry.times) for entry in table.sweeps if entry.times is not None)
        words = f"{total} spike{'s' if total != 1 else ''} in {count} sweep"
        axes.set_title(words + ("s" if count != 1 else ""), loc="left", size=9)
        above_right(axes, columns=3)
    return figure


def _ticks(axes: Axes, table: SpikeTable, scale: float) -> None:
    """Draw a tick a spike: evoked ones, those outside every stimulus, and rejected peaks."""
    has_stimuli = any(entry.stimuli for entry in table.sweeps)
    plain = "in a stimulus" if has_stimuli else ""
    parts: dict[str, list[tuple[Any, int]]] = {plain: [], "outside": [], "rejected": []}
    for row, entry in enumerate(table.sweeps):
        if entry.times is None:
            axes.text(0, row, f" {entry.reason}", va="center", size=7, color=QUIET)
            continue
        at = entry.peak_time
        inside = entry.is_inside if entry.stimuli else np.ones(at.shape, dtype=bool)
        parts[plain].append((at[inside], row))
        parts["outside"].append((at[~inside], row))
        parts["rejected"].append((entry.times.rejected_time + entry.start, row))
    colours = {plain: INK, "outside": ACCENT, "rejected": QUIET}
    most = max(len(table.sweeps), 1)
    long, bold = (0.8, 1.1) if most > 3 else (0.5, 1.0)
    for label, rows in parts.items():
        times = np.concatenate([np.empty(0), *(times for times, _ in rows)]) * scale
        places = np.concatenate([np.empty(0), *(np.full(t.size, row) for t, row in rows)])
        if not times.size:
            continue
        if label == "rejected":
            axes.scatter(times, places, s=9, marker="x", color=QUIET, linewidths=0.8, label=label)
            continue
        low, high = places - long / 2, places + long / 2
        axes.vlines(times, low, high, color=colours[label], linewidth=bold, label=label)


def _name_rows(axes: Axes, table: SpikeTable) -> None:
    """Name each row by its sweep, and on the right by its current where that varies."""
    count = len(table.sweeps)
    step = max(1, -(-count // _MOST_LABELS))
    rows = list(range(0, count, step))
    axes.set_yticks(rows, [str(table.sweeps[row].sweep) for row in rows])
    axes.set_ylabel("sweep")
    group: tuple[Evoked, ...] = next(iter(families(table.sweeps).values()), ())
    levels = {entry.found.sweep: entry.stimulus.level for entry in group}
    if not levels:
        return
    right = axes.secondary_yaxis("right")
    named = [levels.get(table.sweeps[row].sweep) for row in rows]
    words = ["" if level is None else f"{level:.4g}" for level in named]
    right.set_yticks(rows, [word.replace("-", "\N{MINUS SIGN}") for word in words])
    right.set_ylabel(f"current in step {group[0].stimulus.epoch} [pA]")
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)


def draw_frequency_current(table: SpikeTable, *, width: float = 3.6, height: float = 3.0) -> Figure:
    """Draw the mean and initial frequency over the current, with slope and rheobase.

    Parameters
    ----------
    table : SpikeTable
        From `loligo.analysis.spikes.spikes`.
    width, height : float [inch]
        Of one panel; there is a panel for each step whose current varies, three at most.

    Returns
    -------
    matplotlib.figure.Figure
    """
    groups = dict(list(families(table.sweeps).items())[:3])
    with styled():
        if not groups:
            words = "no step of current that varies from sweep to sweep"
            return with_words(words, width, height)
        figure = new_figure(width * len(groups), height)
        panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for axes, (label, group) in zip(panels, groups.items(), strict=True):
            known = {e.name: e for e in table.estimates if e.epoch == label and e.sweep is None}
            _curve(axes, group, known["fi_slope"], known["rheobase"])
            axes.set_xlabel("current [pA]")
            axes.locator_params(axis="x", nbins=6)
        panels[0].set_ylabel("frequency [Hz]")
        panels[0].set_ylim(0, max(panels[0].get_ylim()[1], 1.0))
        marks = panels[-1].get_legend_handles_labels()
        figure.legend(*marks, loc="outside lower right", ncols=2, frameon=False, fontsize=7.5)
    return figure


def _curve(axes: Axes, group: tuple[Evoked, ...], slope: Estimate, rheobase: Estimate) -> None:
    current = np.array([entry.stimulus.level for entry in group], dtype=np.float64)
    mean = np.array([1e3 * entry.train.mean_frequency for entry in group])
    initial = np.array(
        [
            1e3 * float(gaps[0]) if (gaps := entry.train.instantaneous_frequency).size else np.nan
            for entry in group
        ]
    )
    if rheobase.value is not None and rheobase.low is not None and rheobase.high is not None:
        axes.axvspan(rheobase.low, rheobase.high, color=SHADE, zorder=-2, linewidth=0)
    _line(axes, current, mean, slope)
    axes.scatter(
        current, initial, s=20, facecolors="none", edgecolors=QUIET, linewidths=0.9, label="initial"
    )
    axes.scatter(
        current, mean, s=24, c=WINDOW, edgecolors="white", linewidths=0.6, zorder=3, label="mean"
    )
    axes.set_title(_title(group[0].stimulus.epoch, slope, rheobase), loc="left", size=9)


def _line(axes: Axes, current: Any, mean: Any, slope: Estimate) -> None:
    """Draw the line of the slope with its interval, over the points it was fitted to."""
    if slope.value is None or slope.low is None or slope.high is None:
        return
    x, y = rising_part(current, mean)
    ends = np.linspace(x.min(), x.max(), 20)
    away = ends - x.mean()
    axes.plot(ends, y.mean() + 1e3 * slope.value * away, color=ACCENT, linewidth=1.2)
    edges = [y.mean() + 1e3 * side * away for side in (slope.low, slope.high)]
    axes.fill_between(ends, edges[0], edges[1], color=ACCENT, alpha=0.14, linewidth=0)


def _title(epoch: str, slope: Estimate, rheobase: Estimate) -> str:
    lines = []
    for estimate, name in ((slope, "slope"), (rheobase, "rheobase")):
        value, low, high, unit = estimate.displayed()
        if value is None:
            lines.append(f"{name}: {_WHY.get(estimate.status, 'none')}")
        else:
            ends = interval(value, low, high)
            lines.append(f"{name} {number(value, low, high)} {unit} [{ends}]")
    return f"step {epoch}\n" + "\n".join(lines)
