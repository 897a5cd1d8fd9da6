"""What the rig did, drawn: each effect on a scale from good to bad, the worst error, the speed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.digits import number, unit_symbol
from loligo.analysis.layout import layout_of
from loligo.analysis.quality.criteria import Comparison
from loligo.analysis.rig_effects import Excursion, Grade, Graded, RigEffects, settled
from loligo.analysis.rig_effects.grade import Limits, limits_of
from loligo.analysis.wording import readable
from loligo.low_pass import bessel_poles
from loligo.plot.style import ACCENT, INK, QUIET, SHADE, WINDOW, new_figure, styled
from loligo.recording import ClampMode, Recording
from loligo.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = ("#cfe8d9", "#f6e3bd", "#f3c9c4")
_TRUTH = "#6b2fa0"
_END = 3.0
_NEAR = 30.0
"""Of the worst sweep, drawn before and after its worst moment [ms]."""

Array = NDArray[np.float64]


def draw_rig_effects(
    recording: Recording,
    effects: RigEffects,
    truth: Mapping[str, float] | None = None,
    *,
    width: float = 9.5,
    height: float = 3.6,
) -> Figure:
    """Draw what the rig did to a response.

    Parameters
    ----------
    recording : Recording
    effects : RigEffects
        Of one of its responses.
    truth : mapping of str to float, optional
        What is true of a simulation, by glossary name in internal units.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
        Left the effects on scales from good to bad, with their intervals (and truth); right the
        stretch about the worst error, and how much of each frequency was recorded.
    """
    with styled():
        figure = new_figure(width, height)
        halves: Any = figure.subfigures(1, 2, width_ratios=(1.1, 1.0))
        scales, rest = halves
        _draw_scales(scales.subplots(), effects, dict(truth or {}))
        upper, lower = rest.subplots(2, 1, height_ratios=(1.25, 1.0))
        _draw_worst(upper, recording, effects)
        _draw_speed(lower, recording, effects)
    return figure


def position(limits: Limits, value: float) -> float:
    """Return where a value lies on a scale: 0 to 1 is good, 1 to 2 questionable, 2 to 3 bad.

    Parameters
    ----------
    limits : Limits
    value : float
        In the unit of the limits.
    """
    good, bad = limits.good, limits.bad
    if limits.comparison is Comparison.AT_LEAST:
        good, bad, value = 1.0 / good, 1.0 / bad, (1.0 / value if value > 0 else math.inf)
    value = abs(value)
    if value <= good:
        return value / good
    if value <= bad:
        return 1.0 + (value - good) / (bad - good)
    return _END - bad / value if math.isfinite(value) else _END


def _draw_scales(axes: Axes, effects: RigEffects, truth: dict[str, float]) -> None:
    entries = effects.graded
    for zone, colour in enumerate(_COLOURS):
        axes.axvspan(zone, zone + 1, color=colour, linewidth=0, zorder=-2)
    for row, entry in enumerate(entries):
        limits = limits_of(entry.estimate.name, effects.mode)
        if limits is not None:
            _draw_entry(axes, row, entry, limits, truth.get(entry.estimate.name))
    axes.set_yticks(range(len(entries)), [readable(e.estimate.name) for e in entries])
    axes.set_ylim(len(entries) - 0.4, -0.6)
    axes.set_xlim(0, _END)
    axes.set_xticks([0.5, 1.5, 2.5], ["good", "questionable", "bad"])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    if any(entry.estimate.name in truth for entry in entries):
        axes.plot([], [], "D", color=_TRUTH, markersize=4, linestyle="none", label="truth")
        axes.legend(frameon=False, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, 0.0))


def _draw_entry(axes: Axes, row: int, entry: Graded, limits: Limits, true: float | None) -> None:
    value, low, high, unit = entry.estimate.displayed()
    if value is None:
        axes.text(
            1.5,
            row,
            "cannot be told",
            ha="center",
            va="center",
            size=7.5,
            color=QUIET,
            style="italic",
        )
        return
    factor = _factor(entry.estimate.name, limits)
    ends = [position(limits, factor * x) for x in (low, high) if x is not None]
    at = position(limits, factor * value)
    if ends:
        span = (min(*ends, at), max(*ends, at))
        axes.plot(span, (row, row), color=INK, linewidth=2.4, solid_capstyle="butt")
    axes.plot(at, row, "o", color=INK, markersize=5)
    if true is not None:
        mark = position(limits, factor * term(entry.estimate.name).display(true))
        axes.plot(mark, row + 0.3, "D", color=_TRUTH, markersize=4)
    words = f"{number(value, low, high)} {unit_symbol(unit)}"
    side = "left" if at < 1.9 else "right"
    axes.text(
        at + (0.07 if side == "left" else -0.07), row - 0.27, words, ha=side, va="center", size=7.5
    )


def _factor(name: str, limits: Limits) -> float:
    from loligo.units import convert

    unit = term(name).display_unit
    return convert(1.0, unit, limits.unit) if limits.unit != unit else 1.0


def _draw_worst(axes: Axes, recording: Recording, effects: RigEffects) -> None:
    worst, error = effects.worst, effects.of("worst_voltage_error")
    if worst is None or error is None or error.estimate.value is None:
        why = "" if error is None else error.reason
        _instead(axes, f"voltage error: cannot be told. {why}")
        return
    if effects.mode is ClampMode.VOLTAGE_CLAMP:
        _draw_slip(axes, recording, effects, worst)
    else:
        _draw_shift(axes, recording, effects, worst)
    value, low, high, _ = error.estimate.displayed()
    title = f"worst voltage error {number(value, low, high)} mV, sweep {worst.sweep}"
    axes.set_title(title, loc="left", size=9, color=ACCENT if error.grade is Grade.BAD else INK)
    axes.set_xlabel("time after sweep start [ms]", size=8)
    axes.set_ylabel("potential [mV]", size=8)
    axes.legend(frameon=False, fontsize=7, loc="best")
    axes.margins(x=0)


def _draw_slip(axes: Axes, recording: Recording, effects: RigEffects, worst: Excursion) -> None:
    """Draw the command, and where the membrane was."""
    layout = layout_of(recording, effects.channel)
    resistance = effects.of("series_resistance")
    assert layout.command is not None and resistance is not None
    left = resistance.estimate.value or 0.0
    times, current = _stretch(recording, effects.channel, worst)
    _, command = _stretch(recording, layout.command.name, worst)
    command = np.resize(command, current.size)
    rate = recording.trace(worst.sweep, effects.channel).sampling_rate
    dead = ~settled(command, rate, effects.dead)
    membrane = command - left * current
    axes.plot(times, command, color=QUIET, linewidth=1.0, label="command")
    axes.plot(times, membrane, color=WINDOW, linewidth=0.9, label="membrane, V - I R$_s$")
    true = _true_potential(recording, worst.sweep, times, rate)
    if true.size:
        axes.plot(times, true, color=_TRUTH, linewidth=1.0, linestyle=(0, (2, 2)), label="truth")
    axes.fill_between(
        times, 0, 1, where=list(dead), transform=axes.get_xaxis_transform(), color=SHADE,
        zorder=-3, linewidth=0, label="settling",
    )  # fmt: skip
    axes.axvline(worst.time, color=ACCENT, linewidth=0.8, linestyle=(0, (4, 3)))


def _true_potential(recording: Recording, sweep: int, times: Array, rate: float) -> Array:
    """Return what a simulation knows of the membrane at some times, nothing where it does not."""
    true = recording.truth.traces.get("v") if recording.truth is not None else None
    if true is None or true.sampling_rate != rate:
        return np.empty(0)
    first = round(float(times[0]) * rate)
    found = true.values(sweep)[first : first + times.size]
    return found if found.size == times.size else np.empty(0)


def _draw_shift(axes: Axes, recording: Recording, effects: RigEffects, worst: Excursion) -> None:
    """Draw the recorded potential, and without what the bridge left."""
    layout = layout_of(recording, effects.channel)
    bridge = effects.of("bridge_error")
    assert layout.command is not None and bridge is not None
    times, recorded = _stretch(recording, effects.channel, worst)
    _, current = _stretch(recording, layout.command.name, worst)
    current = np.resize(current, recorded.size)
    membrane = recorded - (bridge.estimate.value or 0.0) * current
    axes.plot(times, recorded, color=QUIET, linewidth=1.2, label="as recorded")
    axes.plot(times, membrane, color=WINDOW, linewidth=0.9, label="less bridge error times I")
    axes.axvline(worst.time, color=ACCENT, linewidth=0.8, linestyle=(0, (4, 3)))


def _stretch(recording: Recording, channel: str, worst: Excursion) -> tuple[Array, Array]:
    trace = recording.trace(worst.sweep, channel)
    first, last = trace.index(worst.time - _NEAR), trace.index(worst.time + _NEAR)
    first, last = max(first, 0), min(last, len(trace))
    times = trace.start + np.arange(first, last) / trace.sampling_rate
    return times, trace.values(first, last)


def _draw_speed(axes: Axes, recording: Recording, effects: RigEffects) -> None:
    names = ("clamp_bandwidth", "recording_bandwidth", "effective_bandwidth")
    entries = [effects.of(name) for name in names]
    corners = {e.estimate.name: e.estimate.value for e in entries if e and e.estimate.value}
    if not corners:
        _instead(axes, "bandwidth: cannot be told")
        return
    half = min(
        recording.trace(i, effects.channel).sampling_rate
        for i in recording.sweeps_with(effects.channel)
    ) / 2.0  # fmt: skip
    low = min(corners.values()) / 10.0
    frequencies = np.geomspace(low, max(half, 2.0 * max(corners.values())), 200)
    total = np.ones(frequencies.size)
    clamp, filter_ = corners.get("clamp_bandwidth"), corners.get("recording_bandwidth")
    if clamp is not None:
        gain = 1.0 / np.sqrt(1.0 + (frequencies / clamp) ** 2)
        axes.plot(frequencies, gain, color=ACCENT, label="clamp")
        total = total * gain
    if filter_ is not None:
        gain = _bessel(frequencies, filter_)
        axes.plot(frequencies, gain, color=WINDOW, label="filter (as 4-pole Bessel)")
        total = total * gain
    axes.plot(frequencies, total, color=INK, linewidth=1.4, label="together")
    axes.axvline(half, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.text(half, 0.02, " half the\n rate", size=6.5, color=QUIET, va="bottom", ha="right")
    axes.set_xscale("log")
    axes.set_ylim(0, 1.08)
    axes.set_xlabel("frequency [kHz]", size=8)
    axes.set_ylabel("share recorded", size=8)
    axes.legend(frameon=False, fontsize=7, loc="lower left")
    axes.margins(x=0)


def _bessel(frequencies: Array, corner: float) -> Array:
    """Return the gain of a 4-pole Bessel low-pass."""
    poles = corner * bessel_poles(4)
    swing = 2j * np.pi * frequencies[:, None]
    return np.asarray(np.abs(np.prod(-poles / (swing - poles), axis=1)))


def _instead(axes: Axes, words: str) -> None:
    from textwrap import fill

    axes.set_axis_off()
    axes.text(0.5, 0.5, fill(words, 60), ha="center", va="center", size=8.5, color=QUIET)
