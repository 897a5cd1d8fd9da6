"""The noise of a rig: its spectrum, and what each source has in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.plot.filters import label
from loligo.plot.style import INK, QUIET, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from loligo.rig import filters, noise

_DECADES_SHOWN = 5.0
_APART = 9.5
"""Least distance of two names at the right margin [points]."""


def draw_noise_sources(
    described: noise.Noise,
    circuit: noise.Circuit,
    clamp: noise.Clamp,
    *,
    output_filter: filters.Filter | None = None,
    lowest: float = 0.001,
    highest: float = 100.0,
    width: float = 7.0,
    height: float = 4.2,
) -> Figure:
    """Draw the spectrum of a rig's noise and of each of its sources.

    Parameters
    ----------
    described : Noise
    circuit : Circuit
    clamp : str
        ``"voltage_clamp"`` or ``"current_clamp"``.
    output_filter : Filter, optional
        Drawn is what passes it; the title has the RMS.
    lowest, highest : float [kHz]
        The band that is drawn.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    frequencies = np.geomspace(lowest, highest, 500)
    parts = described.parts(frequencies, circuit, clamp)
    unit = "pA" if clamp == "voltage_clamp" else "mV"
    passed = np.ones_like(frequencies)
    if output_filter is not None:
        passed = np.abs(output_filter.transfer(frequencies)) ** 2
    whole = described.spectrum(frequencies, circuit, clamp)
    with styled():
        import matplotlib as mpl

        colours = [mpl.colormaps["tab10"](place) for place in range(10)]
        figure = new_figure(width, height)
        axes = figure.subplots()
        # pA^2/kHz are 1e-3 pA^2/Hz; people read amplitudes per root hertz.
        lines = {name: np.sqrt(1e-3 * power) for name, power in parts.items()}
        for colour, power in zip(colours, lines.values(), strict=False):
            axes.plot(frequencies, power, color=colour, linewidth=0.9)
        axes.plot(frequencies, np.sqrt(1e-3 * whole), color=INK, linewidth=1.6)
        if output_filter is not None:
            filtered = np.sqrt(1e-3 * whole * passed)
            axes.plot(frequencies, filtered, color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        top = float(np.sqrt(1e-3 * whole.max()))
        axes.set_ylim(top * 10.0**-_DECADES_SHOWN, top * 3.0)
        axes.set_xlim(lowest, highest)
        names = dict(zip(lines, zip(lines.values(), colours, strict=False), strict=False))
        _name(axes, {**names, "all": (np.sqrt(1e-3 * whole), INK)}, height)
        axes.set_xlabel("frequency [kHz]")
        axes.set_ylabel(f"noise [{unit}/sqrt(Hz)]")
        axes.set_title(
            _title(described, circuit, clamp, output_filter, lowest, highest),
            loc="left",
            size=9,
            color=INK,
        )
    return figure


def _title(
    described: noise.Noise,
    circuit: noise.Circuit,
    clamp: noise.Clamp,
    output_filter: filters.Filter | None,
    lowest: float,
    highest: float,
) -> str:
    from loligo.rig.noise import variance

    density = described.density(circuit, clamp)
    unit = "pA" if clamp == "voltage_clamp" else "mV"
    high = highest if output_filter is None else None
    power = variance(density, low=lowest, high=high, output_filter=output_filter)
    size = f"{power**0.5:.3g} {unit} RMS"
    if unit == "mV" and power**0.5 < 0.1:
        size = f"{1e3 * power**0.5:.3g} uV RMS"
    behind = f"to {highest:g} kHz" if output_filter is None else f"after {label(output_filter)}"
    through = "" if output_filter is None else " (dashed)"
    return f"{clamp.replace('_', ' ')}: {size} {behind}{through}"


def _name(axes: Axes, lines: dict[str, tuple[NDArray[np.float64], object]], height: float) -> None:
    """Write each line's name at its right end, moved apart where they would overlap."""
    low, high = np.log10(axes.get_ylim())
    points = 72.0 * 0.8 * height
    ends = sorted((float(np.log10(values[-1])), name) for name, (values, _) in lines.items())
    places: list[float] = []
    for value, _ in ends:
        wanted = max(points * (value - low) / (high - low), 0.0)
        places.append(max(wanted, places[-1] + _APART) if places else wanted)
    for place, (_, name) in zip(places, ends, strict=True):
        axes.annotate(
            name,
            (1.0, place / points),
            xycoords="axes fraction",
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=7.5,
            color=lines[name][1] or QUIET,
            annotation_clip=False,
        )
