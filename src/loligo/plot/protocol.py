"""A protocol as the field draws it: the commands of all sweeps on one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loligo.plot.style import INK, QUIET, SHADE, new_figure, styled
from loligo.protocol import Protocol, Segment
from loligo.units import INTERNAL_UNITS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 2000
_LONG = 10_000.0
LEVELS = {
    "voltage": "command potential",
    "current": "injected current",
    "current_density": "injected current",
    "conductance": "conductance",
}
"""What a protocol commands, by the dimension of its levels."""

Array = NDArray[np.float64]


def draw_protocol(
    protocol: Protocol, *, most: int = 40, width: float = 9.0, height: float = 3.0
) -> Figure:
    """Draw the command of every sweep.

    Sweeps are coloured in order; the epochs of the first are shaded and labelled; an arrow marks a
    shock. Copies for leak subtraction are drawn thin and grey.

    Parameters
    ----------
    protocol : Protocol
    most : int
        Draw at most so many sweeps, spread evenly; the figure says how many of how many.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    every = [sweep for sweep in range(protocol.n_sweeps) if not protocol.is_leak(sweep)]
    copies = [sweep for sweep in range(protocol.n_sweeps) if protocol.is_leak(sweep)][:most]
    places = np.unique(np.linspace(0, len(every) - 1, min(most, len(every))).round().astype(int))
    chosen = [every[place] for place in places]
    longest = max(protocol.duration(sweep) for sweep in chosen)
    scale, unit = (1e-3, "s") if longest > _LONG else (1.0, "ms")
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        for sweep in copies:
            times, values = command_line(protocol.segments(sweep))
            axes.plot(times * scale, values, color=QUIET, linewidth=0.4)
        for place, sweep in enumerate(chosen):
            times, values = command_line(protocol.segments(sweep))
            colour = colour_of(place, len(chosen))
            axes.plot(times * scale, values, color=colour)
            mark_shocks(axes, protocol.segments(sweep), scale, colour)
        mark_epochs(axes, protocol, longest, scale)
        axes.margins(x=0)
        axes.set_xlabel(f"time after sweep start [{unit}]")
        if protocol.dimension != "none":
            word, level = LEVELS[protocol.dimension], INTERNAL_UNITS[protocol.dimension]
            axes.set_ylabel(f"{word} [{level}]")
        title = _title(protocol, len(chosen), len(every))
        axes.set_title(title, loc="left", size=9, color=INK, pad=14)
    return figure


def _title(protocol: Protocol, drawn: int, count: int) -> str:
    shown = f"{count} sweep{'s' if count > 1 else ''}"
    if drawn < count:
        shown = f"{drawn} of {count} sweeps drawn"
    copies = f", leak {protocol.leak}" if protocol.leak else ""
    return ", ".join(part for part in (protocol.name, shown + copies) if part)


def command_line(segments: tuple[Segment, ...]) -> tuple[Array, Array]:
    """Return times and levels of a sweep's command, edges drawn as jumps."""
    total = segments[-1].stop
    times, values = [], []
    for segment in segments:
        share = (segment.stop - segment.start) / total
        count = 2 if segment.shape is None else max(2, int(_POINTS * share))
        at = np.linspace(segment.start, segment.stop, count)
        times.append(at)
        values.append(segment.value(at))
    return np.concatenate(times), np.concatenate(values)


def colour_of(place: int, count: int) -> Any:
    """Return the colour of one of `count` lines in order."""
    import matplotlib as mpl

    if count == 1:
        return INK
    return mpl.colormaps["viridis"](0.02 + 0.84 * place / (count - 1))


def mark_shocks(axes: Axes, segments: tuple[Segment, ...], scale: float, colour: Any) -> None:
    """Draw an arrow at each shock of a sweep."""
    for segment in segments:
        if segment.charge:
            sign = 1.0 if segment.charge > 0 else -1.0
            axes.annotate(
                "",
                (segment.start * scale, segment.offset),
                (0, 22 * sign),
                textcoords="offset points",
                arrowprops={"arrowstyle": "<-", "color": colour},
                annotation_clip=False,
            )


def mark_epochs(axes: Axes, protocol: Protocol, longest: float, scale: float) -> None:
    """Shade every other epoch of the first sweep, and label those wide enough for it."""
    for place, window in enumerate(protocol.epochs_of(0)):
        start, stop = window.start * scale, window.stop * scale
        if place % 2 and stop > start:
            axes.axvspan(start, stop, color=SHADE, zorder=-2, linewidth=0)
        if window.label and (window.stop - window.start) > 0.02 * longest:
            axes.text(
                (start + stop) / 2,
                1.01,
                window.label,
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="bottom",
                size=7.5,
                color=QUIET,
            )
