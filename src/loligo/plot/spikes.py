"""Spikes with what was measured of them: in the sweep, close up, and in the phase plane."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from loligo.analysis.spikes import SpikeTable
from loligo.analysis.spikes.show import Shown, shown_spikes
from loligo.plot.envelope import envelope
from loligo.plot.nothing import above_right, nothing_to_draw, with_words
from loligo.plot.style import ACCENT, INK, QUIET, SHADE, WINDOW, new_figure, styled
from loligo.recording import Recording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BINS = 2000
_LONG = 10_000.0
_BEFORE, _AFTER = 3.0, 10.0
_MOST_LOOPS = 40
_FOOT = 0.7


def draw_spikes(
    recording: Recording, table: SpikeTable, *, width: float = 7.4, height: float = 4.2
) -> Figure:
    """Draw the sweep at rheobase, the one that fires fastest, and the first spike close up.

    Peaks are marked by dots; in the close-up threshold, peak, width at half height and the fast
    afterhyperpolarization.

    Parameters
    ----------
    recording : Recording
    table : SpikeTable
        From `loligo.analysis.spikes.spikes`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    shown = shown_spikes(table)
    with styled():
        if not shown:
            return nothing_to_draw(table, width, height)
        figure = new_figure(width, height)
        grid = figure.add_gridspec(len(shown), 2, width_ratios=(1.75, 1))
        first: Axes | None = None
        for place, entry in enumerate(shown):
            axes = figure.add_subplot(grid[place, 0], sharex=first, sharey=first)
            first = first or axes
            _sweep(axes, recording, table, entry)
            axes.set_ylabel("potential [mV]")
            if place < len(shown) - 1:
                axes.tick_params(labelbottom=False)
        axes.set_xlabel(f"time after sweep start [{_unit(shown[0])}]")
        axes.margins(x=0)
        close = figure.add_subplot(grid[:, 1])
        _close_up(close, recording, table, shown[0])
        figure.align_ylabels()
    return figure


def draw_phase_plot(
    recording: Recording, table: SpikeTable, *, width: float = 3.6, height: float = 3.2
) -> Figure:
    """Draw the slope of the potential over the potential, for the spikes of the fastest sweep.

    The first spike stands out, later ones lie behind it; thresholds are marked by dots.

    Parameters
    ----------
    recording : Recording
    table : SpikeTable
        From `loligo.analysis.spikes.spikes`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    shown = shown_spikes(table)
    with styled():
        if not shown:
            return nothing_to_draw(table, width, height)
        entry = shown[-1]
        spikes = _resolved(entry)
        if not spikes:
            return with_words("the spikes are sampled too coarsely to show a slope", width, height)
        figure = new_figure(width, height)
        axes = figure.subplots()
        axes.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
        for spike in reversed(spikes):
            _loop(axes, recording, table, entry, spike, is_first=spike == spikes[0])
        drawn = f"{len(spikes)} spikes drawn" if len(spikes) > 1 else "1 spike drawn"
        axes.set_title(f"{entry.words.split(':')[0]}\n{drawn}", loc="left", size=9)
        axes.set_xlabel("potential [mV]")
        axes.set_ylabel("slope of the potential [V/s]")
        above_right(axes, columns=1)
    return figure


def _resolved(entry: Shown) -> list[int]:
    """Return the spikes to draw, of those with enough samples for a slope."""
    assert entry.sweep.features is not None
    known = np.isfinite(entry.sweep.features["upstroke"])
    spikes = range(entry.first, entry.first + entry.count)
    return [spike for spike in spikes if known[spike]][:_MOST_LOOPS]


def _unit(entry: Shown) -> str:
    return "s" if entry.stop - entry.start > _LONG else "ms"


def _scale(entry: Shown) -> float:
    return 1e-3 if _unit(entry) == "s" else 1.0


def _cut(recording: Recording, table: SpikeTable, sweep: int, start: float, stop: float) -> Any:
    """Return times and potentials of a stretch of a sweep, as few as can be seen."""
    trace = recording.trace(sweep, table.channel)
    first, last = trace.index(start), trace.index(stop)
    begin = trace.start + first / trace.sampling_rate
    return envelope(replace(trace, samples=trace.samples[first:last], start=begin), _BINS)


def _sweep(axes: Axes, recording: Recording, table: SpikeTable, entry: Shown) -> None:
    scale = _scale(entry)
    times, values = _cut(recording, table, entry.sweep.sweep, entry.start, entry.stop)
    if entry.stimulus is not None:
        begin, end = entry.stimulus.start * scale, entry.stimulus.stop * scale
        axes.axvspan(begin, end, color=SHADE, zorder=-2, linewidth=0)
    axes.plot(times * scale, values, color=INK, linewidth=0.7)
    at = entry.sweep.peak_time
    assert entry.sweep.features is not None
    inside = (at >= entry.start) & (at < entry.stop)
    axes.scatter(
        at[inside] * scale,
        entry.sweep.features["peak_potential"][inside],
        s=9,
        color=ACCENT,
        linewidths=0,
        zorder=3,
    )
    axes.set_title(entry.words, loc="left", size=9)


def _close_up(axes: Axes, recording: Recording, table: SpikeTable, entry: Shown) -> None:
    """Draw the first spike with its threshold, width and what follows it; time from its peak."""
    sweep, spike = entry.sweep, entry.first
    assert sweep.times is not None
    assert sweep.features is not None
    peak = float(sweep.peak_time[spike])
    top = float(sweep.features["peak_potential"][spike])
    end = peak + _AFTER
    if spike + 1 < len(sweep.times):
        end = min(end, float(sweep.peak_time[spike + 1]) - 0.5)
    times, values = _cut(recording, table, sweep.sweep, peak - _BEFORE, end)
    axes.plot(times - peak, values, color=INK, linewidth=1.1)
    features = sweep.features
    threshold = float(features["threshold_potential"][spike])
    onset = float(features["threshold_time"][spike]) + sweep.start - peak
    if math.isfinite(top):
        axes.plot(0, top, "o", ms=4.5, color=ACCENT, label=f"peak {top:.1f} mV")
    if math.isfinite(threshold):
        axes.axhline(threshold, color=QUIET, linewidth=0.5, linestyle=(0, (4, 3)), zorder=0)
        words = f"threshold {threshold:.1f} mV"
        axes.plot(onset, threshold, "o", ms=4.5, color=WINDOW, label=words)
    half = float(features["half_width"][spike])
    if math.isfinite(half):
        _half_width(axes, times - peak, values, (threshold + top) / 2, half)
    depth = float(features["fast_ahp"][spike])
    if math.isfinite(depth):
        after = times - peak > 0
        after &= times - peak <= 5.0
        place = np.flatnonzero(after)[int(values[after].argmin())]
        words = f"fast AHP {depth:.1f} mV"
        axes.plot(times[place] - peak, values[place], "v", ms=5, color=QUIET, label=words)
    axes.set_title("first spike", loc="left", size=9)
    axes.set_xlabel("time from the peak [ms]")
    axes.margins(x=0.02)
    if not axes.get_legend_handles_labels()[1]:
        axes.set_title("first spike, sampled too coarsely", loc="left", size=9)
        return
    _legend(axes, values, top)


def _half_width(axes: Axes, times: Any, values: Any, level: float, half: float) -> None:
    """Draw the bar of the width at half height where the trace crosses it on the way up."""
    rising = np.flatnonzero((values[:-1] < level) & (values[1:] >= level) & (times[1:] <= 0.2))
    if not rising.size:
        return
    place = int(rising[-1])
    step = values[place + 1] - values[place]
    begin = times[place] + (level - values[place]) / step * (times[place + 1] - times[place])
    axes.plot(
        [begin, begin + half],
        [level, level],
        color=ACCENT,
        linewidth=1.6,
        solid_capstyle="butt",
        label=f"half width {half:.2f} ms",
    )


def _legend(axes: Axes, values: Any, top: float) -> None:
    """Put the legend into the room above the falling phase."""
    low = float(np.min(values))
    axes.set_ylim(low - 0.08 * (top - low), top + 0.06 * (top - low))
    axes.legend(frameon=False, fontsize=7.5, loc="upper right", handlelength=1.0)


def _loop(
    axes: Axes,
    recording: Recording,
    table: SpikeTable,
    entry: Shown,
    spike: int,
    *,
    is_first: bool,
) -> None:
    """Draw one spike in the phase plane, from shortly before its threshold on."""
    sweep = entry.sweep
    assert sweep.features is not None
    trace = recording.trace(sweep.sweep, table.channel)
    peak = float(sweep.peak_time[spike])
    stop = peak + _AFTER / 2
    if spike + 1 < len(sweep.features):
        stop = min(stop, float(sweep.peak_time[spike + 1]) - 1.0)
    if entry.stimulus is not None and peak < entry.stimulus.stop:
        stop = min(stop, entry.stimulus.stop)
    onset = float(sweep.features["threshold_time"][spike]) + sweep.start
    begin = onset - _FOOT if math.isfinite(onset) else peak - _BEFORE
    first, last = trace.index(begin), trace.index(stop)
    values = trace.values(first, last)
    half = max(1, round(0.05 * trace.sampling_rate))
    if values.size < 2 * half + 2:
        return
    slope = (values[2 * half :] - values[: -2 * half]) * trace.sampling_rate / (2 * half)
    colour, thick = (ACCENT, 1.4) if is_first else (WINDOW, 0.6)
    axes.plot(
        values[half:-half],
        slope,
        color=colour,
        linewidth=thick,
        alpha=1.0 if is_first else 0.35,
        zorder=3 if is_first else 2,
        label="first spike" if is_first else None,
    )
    threshold = float(sweep.features["threshold_potential"][spike])
    if is_first and math.isfinite(threshold):
        place = (onset - trace.start) * trace.sampling_rate - first - half
        height = float(np.interp(place, np.arange(slope.size), slope))
        axes.plot(threshold, height, "o", ms=5, color=INK, zorder=4, label="threshold")
