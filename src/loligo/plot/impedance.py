"""Impedance over frequency: magnitude, phase and coherence, with what is read off them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.estimate import Estimate
from loligo.analysis.impedance import Impedance
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_impedance(found: Impedance, *, width: float = 3.5, height: float = 4.6) -> Figure:
    """Draw an impedance with its 95 % intervals, the smooth fit and what is read off it.

    Parameters
    ----------
    found : Impedance
        From `loligo.analysis.impedance.impedance`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        figure = new_figure(width, height)
        if not found.frequency.size:
            axes = figure.subplots()
            axes.set_axis_off()
            axes.set_title(_refusal(found.estimates[0]), loc="left", size=9)
            return figure
        top, middle, bottom = figure.subplots(3, sharex=True, height_ratios=(3.2, 1.8, 1.0))
        _magnitude(top, found)
        _phase(middle, found)
        bottom.plot(_hertz(found.frequency), found.coherence, color=INK, linewidth=1.0)
        bottom.set_ylim(0, 1.02)
        bottom.set_yticks([0, 0.5, 1])
        bottom.set_ylabel("coherence")
        bottom.set_xlabel("frequency [Hz]")
        bottom.xaxis.set_major_formatter("{x:g}")
        figure.align_ylabels()
    return figure


def _hertz(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1e3 * frequency


def _magnitude(axes: Axes, found: Impedance) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter

    x = _hertz(found.frequency)
    floor = 0.5e3 * float(found.smooth_magnitude.min())
    low = np.maximum(1e3 * found.magnitude_low, floor)
    axes.fill_between(
        x, low, 1e3 * found.magnitude_high, color=WINDOW, alpha=0.18, linewidth=0, zorder=1
    )
    axes.plot(x, 1e3 * found.magnitude, color=WINDOW, linewidth=0.9, label="local, 95 %")
    axes.plot(
        _hertz(found.smooth_frequency),
        1e3 * found.smooth_magnitude,
        color=ACCENT,
        linewidth=1.3,
        label="smooth",
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    limit = found.estimate("low_frequency_impedance")
    if limit is not None and limit.is_ok and limit.value is not None:
        axes.axhline(1e3 * limit.value, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
    peak, there = found.estimate("resonance_frequency"), found.estimate("impedance_at_resonance")
    if peak is not None and there is not None and peak.is_ok and there.is_ok:
        axes.plot(
            1e3 * float(peak.value or 0),
            1e3 * float(there.value or 0),
            "v",
            color=ACCENT,
            markeredgecolor="white",
            markersize=7,
            label="resonance",
        )
    axes.set_ylim(0.7e3 * float(found.smooth_magnitude.min()), None)
    axes.set_ylabel("|Z| [MΩ]")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(frameon=False, fontsize=7.5, loc="lower left")
    axes.set_title(_title(found), loc="left", size=9)


def _phase(axes: Axes, found: Impedance) -> None:
    x = _hertz(found.frequency)
    angles = np.degrees((found.phase, found.phase_low, found.phase_high))
    axes.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
    axes.fill_between(x, angles[1], angles[2], color=WINDOW, alpha=0.18, linewidth=0)
    axes.plot(x, angles[0], color=WINDOW, linewidth=0.9)
    smooth = np.degrees(found.smooth_phase)
    axes.plot(_hertz(found.smooth_frequency), smooth, color=ACCENT, linewidth=1.3)
    axes.set_ylim(min(-95.0, float(smooth.min()) - 10), max(35.0, float(smooth.max()) + 10))
    axes.set_yticks([-90, -45, 0])
    axes.set_ylabel("phase [°]")


def _title(found: Impedance) -> str:
    names = {
        "low_frequency_impedance": "low-frequency limit",
        "resonance_frequency": "resonance",
        "resonance_strength": "strength",
    }
    lines = []
    for name, words in names.items():
        entry = found.estimate(name)
        if entry is None or (not entry.is_ok and name == "resonance_strength"):
            continue
        value, low, high, unit = entry.displayed()
        if value is None:
            lines.append(f"{words}: {entry.status.value.replace('_', ' ')}")
            continue
        shown = f"{words} {number(value, low, high)} {unit_symbol(unit)}".rstrip()
        lines.append(f"{shown} [{interval(value, low, high)}]")
    return "\n".join(lines)


def _refusal(entry: Estimate) -> str:
    return f"{entry.name.replace('_', ' ')}: {entry.status.value.replace('_', ' ')}"
