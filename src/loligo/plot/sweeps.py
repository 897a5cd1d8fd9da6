"""Sweeps as the field draws them: the response over its command, all sweeps on one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.layout import Layout, layout_of, steps
from loligo.plot.envelope import envelope
from loligo.plot.style import ACCENT, INK, QUIET, SHADE, WINDOW, new_figure, styled
from loligo.recording import Channel, ClampMode, Epoch, Recording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BINS = 1400
_LONG = 10_000.0
_TRANSIENT = 10.0

Drawn = tuple[NDArray[np.float64], NDArray[np.float64]]


def draw_sweeps(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    most: int = 40,
    width: float = 9.0,
    height: float = 4.6,
) -> Figure:
    """Draw the sweeps of a response over its command.

    Sweeps are coloured by the level of the first step that varies, else by order. The epochs of
    the first sweep are shaded and labelled; bars mark the windows the resistance is measured in.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.
    most : int
        Draw at most so many sweeps, spread evenly; the figure says how many of how many.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.
    """
    layout = layout_of(recording, response)
    chosen = _spread(layout.sweeps, most)
    below = layout.command or layout.monitor
    with styled():
        figure = new_figure(width, height if below else 0.75 * height)
        if below is None:
            axes = [figure.subplots()]
        else:
            axes = list(figure.subplots(2, 1, sharex=True, height_ratios=(3.2, 1)))
        scale, unit = _time_scale(recording, chosen)
        colours = _colours(layout, chosen)
        extremes = _draw(axes[0], recording, layout.response, chosen, colours, scale)
        if below is not None:
            _draw(axes[1], recording, below, chosen, colours, scale)
            axes[1].set_ylabel(f"{_word(below)}\n[{below.unit}]", size=8)
        remark = _limit(axes[0], extremes, layout)
        _mark_epochs(axes, layout, chosen, scale)
        _mark_windows(axes[0], layout, scale)
        axes[0].set_ylabel(f"{_word(layout.response)} [{layout.response.unit}]")
        figure.align_ylabels(axes)
        axes[-1].set_xlabel(f"time after sweep start [{unit}]")
        for entry in axes:
            entry.margins(x=0)
        _legend(figure, axes, layout, chosen, remark)
    return figure


def _spread(sweeps: tuple[int, ...], most: int) -> tuple[int, ...]:
    if len(sweeps) <= most:
        return sweeps
    places = np.unique(np.linspace(0, len(sweeps) - 1, most).round().astype(int))
    return tuple(sweeps[i] for i in places)


def _word(channel: Channel) -> str:
    """Return a name short enough for an axis: the channel's own, or else its role."""
    return channel.name if len(channel.name) <= 16 else channel.role.value


def _time_scale(recording: Recording, chosen: tuple[int, ...]) -> tuple[float, str]:
    longest = max((recording.sweep(i).duration for i in chosen), default=0.0)
    return (1e-3, "s") if longest > _LONG else (1.0, "ms")


def _draw(
    axes: Axes,
    recording: Recording,
    channel: Channel,
    chosen: tuple[int, ...],
    colours: list[Any],
    scale: float,
) -> list[Drawn]:
    drawn = []
    for index, colour in zip(chosen, colours, strict=True):
        sweep = recording.sweep(index)
        if channel.name not in sweep.traces:
            continue
        times, values = envelope(sweep.traces[channel.name], _BINS)
        axes.plot(times * scale, values, color=colour, alpha=0.9 if len(chosen) < 8 else 0.75)
        drawn.append((times, values))
    return drawn


def _levels(layout: Layout, chosen: tuple[int, ...]) -> tuple[str, dict[int, float]]:
    """Return the label of the first step that varies and its level in each sweep."""
    for label, group in steps(layout).items():
        levels = {step.sweep: step.level for step in group}
        known = {index: levels[index] for index in chosen if index in levels}
        if len(set(known.values())) > 1:
            return label, known
    return "", {}


def _colours(layout: Layout, chosen: tuple[int, ...]) -> list[Any]:
    if len(chosen) == 1:
        return [INK]
    _, levels = _levels(layout, chosen)
    numbers = [levels.get(index, np.nan) for index in chosen] if levels else list(chosen)
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    shares = [(number - low) / ((high - low) or 1.0) for number in numbers]
    return [QUIET if np.isnan(share) else _colour(share) for share in shares]


def _colour(share: float) -> Any:
    import matplotlib as mpl

    return mpl.colormaps["viridis"](0.02 + 0.84 * share)


def _limit(axes: Axes, drawn: list[Drawn], layout: Layout) -> str:
    """Keep capacitive transients from flattening a current: cut them off, and say so.

    The transients are what follows a change of command; all else is kept in view.
    """
    response = layout.response
    if response.clamp_mode is not ClampMode.VOLTAGE_CLAMP or not drawn:
        return ""
    times = np.concatenate([entry[0] for entry in drawn])
    values = np.concatenate([entry[1] for entry in drawn])
    kept = np.isfinite(values)
    if not kept.any():
        return ""
    lowest, highest = float(values[kept].min()), float(values[kept].max())
    for edge in {epoch.start for epochs in layout.epochs.values() for epoch in epochs}:
        kept &= (times < edge - 1.0) | (times > edge + _TRANSIENT)
    if not kept.any():
        return ""
    low, high = np.percentile(values[kept], [0.5, 99.5])
    span = float(high - low)
    if span <= 0 or highest - lowest < 3 * span:
        return ""
    axes.set_ylim(max(lowest, low - 0.4 * span), min(highest, high + 0.4 * span))
    ends = f"{lowest:.4g} and {highest:.4g}".replace("-", "\N{MINUS SIGN}")
    return f"axis cut: the current reaches {ends} {response.unit}\n"


def _mark_epochs(axes: list[Axes], layout: Layout, chosen: tuple[int, ...], scale: float) -> None:
    epochs: tuple[Epoch, ...] = next((layout.epochs[i] for i in chosen if layout.epochs.get(i)), ())
    left, right = axes[-1].get_xlim()
    for place, epoch in enumerate(epochs):
        start, stop = epoch.start * scale, epoch.stop * scale
        if place % 2:
            for entry in axes:
                entry.axvspan(start, stop, color=SHADE, zorder=-2, linewidth=0)
        if stop - start > 0.02 * (right - left):
            axes[-1].text(
                (start + stop) / 2,
                1.02,
                epoch.label,
                transform=axes[-1].get_xaxis_transform(),
                ha="center",
                va="bottom",
                size=7.5,
                color=QUIET,
            )


def _mark_windows(axes: Axes, layout: Layout, scale: float) -> None:
    """Draw a bar along the bottom for each window of the first group of steps."""
    group = next(iter(steps(layout).values()), ())
    if not group:
        return
    step = group[0]
    pairs = ((step.baseline, QUIET, "baseline"), (step.steady, WINDOW, "steady state"))
    for window, colour, label in pairs:
        axes.plot(
            [window.start * scale, window.stop * scale],
            [0.015, 0.015],
            transform=axes.get_xaxis_transform(),
            color=colour,
            linewidth=3.0,
            solid_capstyle="butt",
            label=f"{label} of {step.epoch}",
        )
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=7.5,
        ncols=2,
        borderaxespad=0.1,
        handlelength=1.4,
    )


def _legend(
    figure: Figure,
    axes: list[Axes],
    layout: Layout,
    chosen: tuple[int, ...],
    remark: str,
) -> None:
    """Say how many sweeps are drawn and what the colours mean."""
    total = len(layout.sweeps)
    shown = f"{total} sweep{'s' if total != 1 else ''}"
    if len(chosen) < total:
        shown = f"{len(chosen)} of {total} sweeps drawn"
    if len(chosen) > 1:
        import matplotlib as mpl

        label, levels = _levels(layout, chosen)
        low, high = (
            (min(levels.values()), max(levels.values()))
            if levels
            else (
                chosen[0],
                chosen[-1],
            )
        )
        colormap = mpl.colors.LinearSegmentedColormap.from_list(
            "levels", [_colour(share) for share in np.linspace(0, 1, 64)]
        )
        mappable = mpl.cm.ScalarMappable(mpl.colors.Normalize(low, high), colormap)
        bar = figure.colorbar(mappable, ax=axes, fraction=0.016, pad=0.012, aspect=38)
        unit = layout.command.unit if layout.command else ""
        bar.set_label(f"step {label} [{unit}]" if levels else "sweep", size=8)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=7.5, length=2)
        if not levels:
            bar.ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    mark = "  SIMULATED" if layout.recording.is_simulated else ""
    axes[0].set_title(remark + shown + mark, loc="left", size=9, color=ACCENT if mark else INK)
