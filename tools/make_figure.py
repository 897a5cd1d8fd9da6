"""Draw the picture of the README: cell, rig, file, estimate, on the bundled recording.

The traces are those of the file, the estimates those of `loligo.analysis`, the truth that of the
closed form; nothing is drawn by hand but the circuit. ``python -m tools.make_figure`` writes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.patches import Circle, FancyBboxPatch, Polygon

import loligo
from loligo.analysis import analyze
from loligo.data import example
from loligo.recording import Recording
from loligo.terms import term
from loligo.units import format_quantity

TARGET = Path(__file__).resolve().parents[1] / "docs" / "figure.png"
INK, SOFT, CELL, RIG = "#1f2933", "#7b8794", "#c2410c", "#0f609b"
TERMS = ("input_resistance", "total_resistance", "resting_potential", "holding_current")

Point = tuple[float, float]


def _line(ax: Any, *points: Point, color: str = INK) -> None:
    ax.plot(*np.transpose(points), color=color, lw=1.3, solid_capstyle="round")


def _resistor(ax: Any, start: Point, stop: Point, color: str) -> None:
    """Draw a zigzag along the middle of the way from start to stop."""
    a, b = np.asarray(start), np.asarray(stop)
    along = b - a
    length = float(np.hypot(*along))
    across = np.array([-along[1], along[0]]) / length * 0.16
    places = np.linspace(0.5 - 0.42 / length, 0.5 + 0.42 / length, 13)
    side = np.array([0, *([1, -1] * 6)])[:13]
    side[-1] = 0
    zigzag = a + np.outer(places, along) + np.outer(side, across)
    _line(ax, start, *map(tuple, zigzag), stop, color=color)


def _capacitor(ax: Any, top: Point, bottom: Point, color: str) -> None:
    x, middle = top[0], (top[1] + bottom[1]) / 2
    _line(ax, top, (x, middle + 0.09), color=color)
    _line(ax, bottom, (x, middle - 0.09), color=color)
    for y in (middle - 0.09, middle + 0.09):
        _line(ax, (x - 0.28, y), (x + 0.28, y), color=color)


def _battery(ax: Any, top: Point, bottom: Point, color: str) -> None:
    x, middle = top[0], (top[1] + bottom[1]) / 2
    _line(ax, top, (x, middle + 0.09), color=color)
    _line(ax, bottom, (x, middle - 0.09), color=color)
    _line(ax, (x - 0.15, middle + 0.09), (x + 0.15, middle + 0.09), color=color)
    _line(ax, (x - 0.28, middle - 0.09), (x + 0.28, middle - 0.09), color=color)


def _ground(ax: Any, x: float, y: float, color: str) -> None:
    for i, half in enumerate((0.26, 0.16, 0.06)):
        _line(ax, (x - half, y - 0.11 * i), (x + half, y - 0.11 * i), color=color)


def _box(ax: Any, x: float, y: float, text: str) -> None:
    style = "round,pad=0.02,rounding_size=0.12"
    ax.add_patch(FancyBboxPatch((x, y), 1.75, 0.95, style, fc="white", ec=RIG, lw=1.3))
    ax.text(x + 0.875, y + 0.475, text, ha="center", va="center", fontsize=7.5, color=INK)


def draw_circuit(ax: Any, recording: Recording) -> None:
    """Draw the model cell and the rig around it, with the values of the truth."""
    assert recording.truth is not None
    truth = recording.truth.parameters

    def shown(name: str) -> str:
        return format_quantity(truth[name], term(name).unit).replace("Ohm", "Ω")

    ax.set(xlim=(0, 10.4), ylim=(-0.35, 5.15), aspect="equal")
    ax.axis("off")
    ax.add_patch(Circle((1.75, 2.3), 1.72, fc="#fff4ec", ec=CELL, lw=1.3))
    node = 3.35
    _line(ax, (1.1, node), (2.4, node), color=CELL)
    _resistor(ax, (1.1, node), (1.1, 2.15), CELL)
    _battery(ax, (1.1, 2.15), (1.1, 1.35), CELL)
    _capacitor(ax, (2.4, node), (2.4, 1.35), CELL)
    _line(ax, (1.1, 1.35), (2.4, 1.35), color=CELL)
    _line(ax, (1.75, 1.35), (1.75, 0.3), color=CELL)
    _ground(ax, 1.75, 0.3, CELL)
    for x, y, text in ((1.32, 2.75, "$R_m$"), (1.45, 1.75, "$E$"), (2.76, 2.35, "$C_m$")):
        ax.text(x, y, text, fontsize=8, color=CELL, va="center")
    beside = 1 / truth["seal_resistance"]  # what is measured as the membrane's has the seal in it
    alone = term("membrane_resistance").display(1 / (1 / truth["membrane_resistance"] - beside))
    told = f"$R_m$ {alone:.0f} MΩ   $C_m$ {shown('capacitance')}"
    ax.text(1.75, 4.3, told, ha="center", fontsize=7.5, color=CELL)

    ax.add_patch(
        Polygon([(3.3, 3.27), (3.3, 3.43), (5.2, 3.85), (5.2, 2.85)], fc="#e6f1fa", ec="none")
    )
    _line(ax, (2.4, node), (3.7, node), color=RIG)
    _resistor(ax, (3.7, node), (5.3, node), RIG)
    ax.text(4.5, 3.95, f"$R_s$ {shown('series_resistance')}", ha="center", fontsize=7.5, color=RIG)
    _resistor(ax, (3.75, node), (3.75, 0.3), RIG)
    _ground(ax, 3.75, 0.3, RIG)
    ax.text(4.05, 1.82, "seal", fontsize=7.5, color=RIG, va="center")
    ax.text(4.05, 1.42, shown("seal_resistance"), fontsize=7.5, color=RIG, va="center")
    ax.add_patch(Polygon([(5.3, 2.6), (5.3, 4.1), (6.6, 3.35)], fc="white", ec=RIG, lw=1.3))
    ax.text(5.36, 3.35, "clamp", fontsize=7, va="center", color=INK)
    _line(ax, (6.6, node), (7.1, node), color=RIG)
    _box(ax, 7.1, 2.875, f"filter\n{shown('filter_frequency')}")
    rate = format_quantity(recording.trace(0, recording.responses[0]).sampling_rate, "kHz")
    _line(ax, (7.975, 2.875), (7.975, 2.25), color=RIG)
    _box(ax, 7.1, 1.3, f"digitizer\n16 bit, {rate}")
    ax.annotate(
        "", (10.3, 1.775), (8.9, 1.775), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.3}
    )


def draw_traces(upper: Any, lower: Any, recording: Recording) -> None:
    """Draw the first membrane test and all current steps, as they are in the file."""
    current, potential = recording.responses
    trace = recording.trace(recording.sweeps_with(current)[0], current)
    upper.plot(trace.times(), trace.values(), color=INK, lw=0.6)
    upper.set_ylabel(f"current [{current.unit}]")
    for index in recording.sweeps_with(potential):
        trace = recording.trace(index, potential)
        lower.plot(trace.times(), trace.values(), color=INK, lw=0.6)
    lower.set_ylabel(f"potential [{potential.unit}]")
    lower.set_xlabel("time [ms]")
    for ax, words in ((upper, "voltage clamp, −10 mV"), (lower, "current clamp, −100 to 40 pA")):
        ax.text(0.99, 1.0, words, transform=ax.transAxes, ha="right", va="bottom", fontsize=7.5)
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(x=0.01)


def draw_estimates(ax: Any, recording: Recording) -> None:
    """Draw each estimate with its interval as deviation from the truth."""
    assert recording.truth is not None
    found = {e.name: e for e in reversed(analyze(recording)) if e.sweep is None and e.is_ok}
    for row, name in enumerate(TERMS):
        estimate, truth = found[name], recording.truth.parameters[name]
        ends = (estimate.low, estimate.value, estimate.high)
        low, value, high = (100 * (v - truth) / abs(truth) for v in ends if v is not None)
        ax.plot([low, high], [row, row], color=CELL, lw=3, solid_capstyle="butt")
        ax.plot(value, row, "o", color=CELL, ms=5)
        entry = term(name)
        shown = f"{entry.display(estimate.value or 0):.1f} {entry.display_unit}"
        wanted = f"{entry.display(truth):.1f}"
        label = f"{name.replace('_', ' ')}  {shown}  (truth {wanted})"
        label = label.replace("Ohm", "Ω").replace("-", "−")
        white = {"fc": "white", "ec": "none", "pad": 1.5}
        ax.text(0.0, row - 0.3, label, ha="center", fontsize=7.5, color=INK, bbox=white)
    ax.axvline(0, color=SOFT, lw=1, zorder=0)
    ax.set(ylim=(len(TERMS) - 0.5, -0.75), xlim=(-0.8, 0.8), yticks=[])
    ax.set_xlabel("estimate − truth [%], 95 % interval")
    ax.spines[["top", "right", "left"]].set_visible(False)


def draw(recording: Recording) -> Any:
    """Return the figure."""
    style = {"font.size": 8, "axes.edgecolor": SOFT, "axes.linewidth": 0.8}
    style |= {"xtick.color": SOFT, "ytick.color": SOFT, "axes.labelcolor": INK, "text.color": INK}
    with mpl.rc_context(style):
        figure = plt.figure(figsize=(12, 3.5), dpi=160, facecolor="white")
        circuit = figure.add_axes((0.005, 0.04, 0.43, 0.84))
        upper = figure.add_axes((0.485, 0.56, 0.225, 0.27))
        lower = figure.add_axes((0.485, 0.15, 0.225, 0.27))
        estimates = figure.add_axes((0.745, 0.15, 0.245, 0.72))
        draw_circuit(circuit, recording)
        draw_traces(upper, lower, recording)
        draw_estimates(estimates, recording)
        for x, word in ((0.075, "cell"), (0.27, "rig"), (0.6, "file"), (0.867, "estimate")):
            figure.text(x, 0.93, word, ha="center", fontsize=12, weight="bold")
        for x in (0.172, 0.435, 0.735):
            figure.text(x, 0.93, "→", ha="center", fontsize=14, color=SOFT)
    return figure


def main() -> None:
    """Write the picture."""
    figure = draw(loligo.read(example()))
    figure.savefig(TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
