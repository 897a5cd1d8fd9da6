"""The membrane test: the mean transient with what was fitted to it, residuals, and drift."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.estimate import Estimate
from loligo.analysis.membrane_test import EpochTest
from loligo.analysis.membrane_test.fit import TransientFit
from loligo.analysis.membrane_test.model import Modes, response
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN = 5.0
"""How many of the slowest time constants the onset shows."""
_MINUS = "\N{MINUS SIGN}"


def draw_membrane_test(test: EpochTest, *, width: float = 9.0, height: float = 3.8) -> Figure:
    """Draw the mean of identical sweeps with the fit, its residuals and its values.

    Parameters
    ----------
    test : EpochTest
        From `loligo.analysis.membrane_test.membrane_test`; refused ones are drawn with the reason.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        figure = new_figure(width, height)
        ratios = (1.4, 1.0, 1.0) if _has_onset(test) else (2.0, 0.85)
        heights = (3.2, 1) if test.fitted is not None else (1, 0.01)
        panels = figure.subplots(2, len(ratios), width_ratios=ratios, height_ratios=heights)
        for row in panels[:, -1]:
            row.set_axis_off()
        _whole(panels[0, 0], test)
        _residuals(panels[1, 0], test, test.time)
        if _has_onset(test):
            _onset(panels[0, 1], test)
            _residuals(panels[1, 1], test, _since_edge(test))
            panels[1, 1].set_xlim(panels[0, 1].get_xlim())
            panels[1, 1].set_xlabel("time after the step [ms]")
            panels[0, 1].tick_params(labelbottom=False)
        panels[0, 0].set_ylabel("current [pA]")
        if test.fitted is not None:
            panels[1, 0].set_xlim(panels[0, 0].get_xlim())
            panels[1, 0].set_xlabel("time after sweep start [ms]")
            panels[0, 0].tick_params(labelbottom=False)
            panels[1, 0].set_ylabel("data \N{MINUS SIGN} fit\n[pA]")
        figure.align_ylabels(panels[:, 0])
        panels[0, 0].set_title(_title(test), loc="left", size=9, pad=16)
        _values(panels[0, -1], test)
    return figure


def _has_onset(test: EpochTest) -> bool:
    return test.fit is not None and not test.is_ramp


def _title(test: EpochTest) -> str:
    count = len(test.sweeps)
    which = f"mean of {count} sweeps" if count > 1 else f"sweep {', '.join(map(str, test.sweeps))}"
    kind = "ramp" if test.is_ramp else "step"
    return f"{test.label}: {kind} of {test.height:+.3g} mV, {which}".replace("-", _MINUS)


def _whole(axes: Axes, test: EpochTest) -> None:
    """Draw all of the stretch; of a transient only as much as leaves the steady levels visible."""
    if not test.mean.size:
        axes.text(0.5, 0.5, "no sweep to draw", ha="center", color=QUIET, transform=axes.transAxes)
        return
    axes.plot(test.time, test.mean, color=QUIET, linewidth=0.7)
    if test.fitted is not None:
        axes.plot(test.time, test.fitted, color=ACCENT, linewidth=1.1)
    axes.set_xlim(test.time[0], test.time[-1])
    if test.is_ramp:
        _mark_ramp(axes, test)
    low, high = np.percentile(test.mean, [1.0, 99.0])
    room = 0.6 * (high - low)
    bottom, top = axes.get_ylim()
    if test.fitted is None:
        axes.set_xlabel("time after sweep start [ms]")
    if not test.is_ramp and top - bottom > 2.5 * (high - low) > 0:
        axes.set_ylim(max(bottom, low - room), min(top, high + room))
        ends = f"{test.mean.min():.4g} and {test.mean.max():.4g}".replace("-", _MINUS)
        note = f"axis cut: it reaches {ends} pA"
        axes.text(0.0, 1.01, note, transform=axes.transAxes, va="bottom", size=7, color=QUIET)


def _mark_ramp(axes: Axes, test: EpochTest) -> None:
    """Mark the step of current that the capacitance makes where the ramp turns."""
    if test.fit is None:
        return
    fit = test.fit
    turn = float(fit.data.command.times[1])
    slope = float(fit.data.command.slopes[1])
    leak = response(
        test.time - test.time[0],
        Modes(fit.modes.steady, (), ()),
        fit.data.command,
        fit.low_pass,
    )
    held = fit.holding_current
    axes.plot(test.time, held + leak, color=INK, linewidth=0.8, linestyle=":", label="leak alone")
    at = test.time[0] + turn
    middle = held + float(np.interp(at, test.time, leak))
    half = slope * fit.cell.capacitance / 2
    ends = {"arrowstyle": "<->", "color": WINDOW, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (at, middle - half), (at, middle + half), arrowprops=ends)
    label = f"2 C dV/dt\n{abs(2 * half):.3g} pA"
    offset = 0.015 * float(test.time[-1] - test.time[0])
    axes.text(at - offset, middle + 0.6 * abs(half), label, color=WINDOW, size=8, ha="right")
    axes.legend(frameon=False, fontsize=7.5, loc="upper left")


def _since_edge(test: EpochTest) -> NDArray[np.float64]:
    assert test.fit is not None
    return np.asarray(test.time - test.time[0] - float(test.fit.data.command.times[0]))


def _onset(axes: Axes, test: EpochTest) -> None:
    """Draw the transient after the first edge with the parts it is made of."""
    fit = test.fit
    assert fit is not None
    since = _since_edge(test)
    stretch = fit.data.first_stretch
    last = min(_SHOWN / min(fit.modes.rates), 0.8 * stretch)
    shown = (since >= -0.12 * last) & (since <= last)
    axes.plot(since[shown], test.mean[shown], ".", color=QUIET, markersize=2.5, label="mean")
    for label, curve in _parts(fit, since[shown]):
        axes.plot(since[shown], curve, color=WINDOW, linewidth=0.9, linestyle="--", label=label)
    if test.fitted is not None:
        axes.plot(since[shown], test.fitted[shown], color=ACCENT, linewidth=1.2, label="fit")
    level = fit.holding_current + float(fit.data.command.jumps[0]) * fit.modes.steady
    axes.axhline(level, color=INK, linewidth=0.8, linestyle=":", label="steady state")
    axes.set_xlim(-0.12 * last, last)
    axes.legend(
        frameon=False,
        fontsize=7.5,
        loc="lower right" if fit.data.command.jumps[0] < 0 else "upper right",
        handlelength=1.6,
    )
    axes.set_title("onset", loc="left", size=9, pad=16)


def _parts(fit: TransientFit, since: NDArray[np.float64]) -> list[tuple[str, NDArray[np.float64]]]:
    """Return each exponential on top of the steady state, as the filter lets it through."""
    command, low_pass = fit.data.command, fit.low_pass
    time = since + float(command.times[0])
    held, delay = fit.holding_current, fit.delay
    modes = fit.modes
    if len(modes.rates) == 1 and not fit.form.fast:
        return []
    made = [
        (f"τ {1 / rate:.3g} ms", Modes(modes.steady, (amplitude,), (rate,)))
        for amplitude, rate in zip(modes.amplitudes, modes.rates, strict=True)
    ]
    if fit.form.fast:
        made.append((f"fast {modes.fast:.2g} pF", Modes(modes.steady, (), (), modes.fast)))
    return [(label, held + response(time, m, command, low_pass, delay)) for label, m in made]


def _residuals(axes: Axes, test: EpochTest, time: NDArray[np.float64]) -> None:
    if test.fitted is None:
        axes.set_axis_off()
        return
    axes.axhline(0, color=QUIET, linewidth=0.5)
    axes.plot(time, test.mean - test.fitted, color=INK, linewidth=0.5)


def _values(axes: Axes, test: EpochTest) -> None:
    """Write the values with their intervals, or why there are none."""
    entries = test.pooled or test.each
    rows = [(entry.name.replace("_", " "), _written(entry)) for entry in entries]
    refused = dict.fromkeys(entry.reason for entry in entries if not entry.is_ok)
    part = 0.155 if test.fitted is not None else 0.115
    for place, (name, written) in enumerate(rows):
        height = 1.0 - part * place
        axes.text(0.02, height, name, size=7.5, color=QUIET, va="top", transform=axes.transAxes)
        axes.text(0.02, height - 0.42 * part, written, size=8, va="top", transform=axes.transAxes)
    text = "\n".join(textwrap.fill(reason, 42) for reason in list(refused)[:2])
    if text:
        lowest = 1.0 - part * len(rows)
        axes.text(0.02, lowest, text, size=7, color=ACCENT, va="top", transform=axes.transAxes)


def _written(entry: Estimate) -> str:
    value, low, high, unit = entry.displayed()
    if value is None:
        return entry.status.value.replace("_", " ")
    return f"{number(value, low, high)} {unit_symbol(unit)}  [{interval(value, low, high)}]"
