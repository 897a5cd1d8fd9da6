"""How good a recording is, drawn: the spectrum of its noise, and its course over the sweeps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.digits import number, unit_symbol
from loligo.analysis.estimate import Estimate
from loligo.analysis.quality.course import Course
from loligo.analysis.quality.criteria import Comparison, Criterion
from loligo.analysis.quality.recording import Quality
from loligo.analysis.quality.verdict import Decision, Verdict
from loligo.plot.style import ACCENT, INK, QUIET, SHADE, WINDOW, new_figure, styled
from loligo.terms import term
from loligo.units import convert

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MISSED = {Decision.FAIL, Decision.WARN}
_MINUTE = 60_000.0
_LONG = 120_000.0
_BINS_PER_DECADE = 60


def draw_noise(quality: Quality, *, width: float = 4.6, height: float = 3.0) -> Figure:
    """Draw the spectrum of the noise with its 95 % band, and the lines of mains hum in it.

    Parameters
    ----------
    quality : Quality
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
        With a sentence instead of the spectrum where there is none.
    """
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        spectrum = quality.spectrum
        if spectrum is None:
            _instead(axes, _why(quality, "noise_rms"))
            return figure
        hertz = 1e3 * spectrum.frequency
        amplitude, low, high = (
            np.sqrt(part / 1e3) for part in (spectrum.density, spectrum.low, spectrum.high)
        )
        axes.fill_between(hertz, low, high, color=WINDOW, alpha=0.2, linewidth=0)
        axes.plot(hertz, amplitude, color=WINDOW, linewidth=0.4, alpha=0.6)
        axes.plot(*_smooth(hertz, amplitude), color=INK, linewidth=1.0)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(hertz[0], hertz[-1])
        shown = amplitude[amplitude > 0]
        if shown.size:
            axes.set_ylim(float(shown.min()) / 1.6, float(amplitude.max()) * 2.5)
        _mark_hum(axes, quality)
        axes.set_xlabel("frequency [Hz]")
        unit = unit_symbol(quality.unit)
        axes.set_ylabel(f"noise density [{unit}/\N{SQUARE ROOT}Hz]")
        axes.set_title(_noise_title(quality), loc="left", size=9)
    return figure


def _smooth(
    hertz: NDArray[np.float64], amplitude: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average the power over bins of equal width on the logarithmic axis."""
    place = np.floor(_BINS_PER_DECADE * np.log10(hertz / hertz[0]) + 1e-9).astype(int)
    _, starts, counts = np.unique(place, return_index=True, return_counts=True)
    power = np.add.reduceat(amplitude**2, starts) / counts
    return np.add.reduceat(hertz, starts) / counts, np.sqrt(power)


def _noise_title(quality: Quality) -> str:
    parts = []
    for name, word in (("noise_rms", "noise at rest"), ("fast_noise_rms", "within 1.5 ms")):
        entry = _of(quality, name)
        if entry is not None and entry.is_ok:
            value, low, high, unit = entry.displayed()
            parts.append(f"{word} {number(value, low, high)} {unit} rms")
    return ", ".join(parts) or "noise at rest"


def _mark_hum(axes: Axes, quality: Quality) -> None:
    hum = quality.hum
    if hum is None:
        return
    if not hum.is_found:
        text = f"hum: less than {hum.lines[0].amplitude.high:.2g} {quality.unit}"
        axes.text(0.985, 0.97, text, transform=axes.transAxes, ha="right", va="top", size=7.5)
        return
    for line in hum.lines:
        if line.amplitude.low > 0:
            axes.plot(
                1e3 * line.frequency,
                0.985,
                marker="v",
                markersize=4.5,
                color=ACCENT,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
            )
    first = hum.lines[0].amplitude
    amount = f"{number(first.value, first.low, first.high)} {quality.unit}"
    axes.annotate(
        f"{1e3 * hum.mains:g} Hz hum, {amount}",
        (1e3 * hum.mains, 0.93),
        xycoords=axes.get_xaxis_transform(),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        size=7.5,
        color=ACCENT,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
    )


def draw_drift(quality: Quality, *, width: float = 4.6, height: float = 0.0) -> Figure:
    """Draw what was followed over the recording, with the limits of the criteria.

    What a criterion of the quantity allows is shaded; sweeps that miss it are open circles.

    Parameters
    ----------
    quality : Quality
    width : float [inch]
    height : float [inch]
        By default what the number of quantities needs.

    Returns
    -------
    matplotlib.figure.Figure
        With a sentence where nothing could be followed.
    """
    courses = [course for course in quality.courses if len(course.values) > 1]
    with styled():
        figure = new_figure(width, height or 0.9 + 1.25 * max(len(courses), 1))
        if not courses:
            _instead(figure.subplots(), "nothing was measured in more than one sweep")
            return figure
        rows = list(np.atleast_1d(figure.subplots(len(courses), 1, sharex=True)))
        latest = max(max(course.times) for course in courses)
        scale, unit = (_MINUTE, "min") if latest > _LONG else (1e3, "s")
        for axes, course in zip(rows, courses, strict=True):
            _draw_course(axes, course, quality.verdicts, scale)
        rows[-1].set_xlabel(f"time [{unit}]")
        rows[0].set_title(_lost_title(quality), loc="left", size=9, color=ACCENT)
        names = {verdict.criterion.quantity for verdict in quality.verdicts}
        if any(course.name in names for course in courses):
            rows[0].set_title("shaded: within the criteria", loc="right", size=7.5, color=QUIET)
        figure.align_ylabels(rows)
    return figure


def _draw_course(axes: Axes, course: Course, verdicts: tuple[Verdict, ...], scale: float) -> None:
    entry = term(course.name)
    times = np.array(course.times) / scale
    values, lows, highs = (
        np.array([entry.display(v) if math.isfinite(v) else np.nan for v in part])
        for part in (course.values, course.lows, course.highs)
    )
    if np.isfinite(lows).any():
        errors = np.array([values - lows, highs - values])
        axes.errorbar(
            times, values, np.nan_to_num(errors), fmt="none", ecolor=QUIET, elinewidth=0.7, zorder=1
        )
    own = [v for v in verdicts if v.criterion.quantity == course.name]
    missed = np.array([any(_misses(v.criterion, x) for v in own) for x in values])
    size = 14 if times.size < 60 else 5
    axes.scatter(times[~missed], values[~missed], s=size, c=WINDOW, linewidths=0, zorder=2)
    axes.scatter(
        times[missed], values[missed], s=size, facecolors="white", edgecolors=ACCENT, zorder=2
    )
    spread = float(np.nanmax(values) - np.nanmin(values)) or abs(float(values[0])) / 10 or 1.0
    bottom, top = float(np.nanmin(values)) - 0.35 * spread, float(np.nanmax(values)) + 0.35 * spread
    for verdict in own:
        _shade(axes, verdict.criterion, bottom, top)
    axes.set_ylim(bottom, top)
    words = course.name.replace("_", " ").replace(" ", "\n", 1)
    axes.set_ylabel(f"{words}\n[{unit_symbol(entry.display_unit)}]", size=8)
    axes.locator_params(axis="y", nbins=4)
    change = [v for v in verdicts if v.criterion.quantity == f"{course.name}_change"]
    if change and change[0].status in _MISSED:
        axes.text(
            0.99, 0.95, f"{change[0].status.value}: {_shortly(change[0])}",
            transform=axes.transAxes, ha="right", va="top", size=7, color=ACCENT,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
        )  # fmt: skip


def _shortly(verdict: Verdict) -> str:
    if verdict.estimate is None:
        return ""
    value, low, high, unit = verdict.estimate.displayed()
    return f"changes by {number(value, low, high)} {unit_symbol(unit)}"


def _limits(criterion: Criterion) -> tuple[float, float]:
    """Return the allowed range in the display unit of the quantity."""
    unit = term(criterion.quantity).display_unit
    limit = convert(criterion.limit, criterion.unit, unit) if criterion.unit else criterion.limit
    if criterion.comparison is Comparison.WITHIN:
        return -limit, limit
    return (limit, math.inf) if criterion.comparison is Comparison.AT_LEAST else (-math.inf, limit)


def _misses(criterion: Criterion, value: float) -> bool:
    low, high = _limits(criterion)
    return not low <= value <= high


def _shade(axes: Axes, criterion: Criterion, bottom: float, top: float) -> None:
    low, high = _limits(criterion)
    axes.axhspan(max(low, bottom), max(min(high, top), bottom), color=SHADE, zorder=-2, linewidth=0)
    for end in (low, high):
        if bottom < end < top:
            axes.axhline(end, color=QUIET, linewidth=0.7, linestyle=(0, (4, 3)), zorder=-1)


def _lost_title(quality: Quality) -> str:
    lost = _of(quality, "lost_sweep_count")
    if lost is not None and lost.value:
        return f"lost: {lost.reason.partition(':')[0]}"
    return ""


def _of(quality: Quality, name: str) -> Estimate | None:
    names = {name, f"voltage_{name}"}
    return next((e for e in quality.estimates if e.name in names and e.sweep is None), None)


def _why(quality: Quality, name: str) -> str:
    entry = _of(quality, name)
    return entry.reason if entry is not None else ""


def _instead(axes: Axes, words: str) -> None:
    from textwrap import fill

    axes.set_axis_off()
    axes.text(0.5, 0.5, fill(words, 44), ha="center", va="center", size=8.5, color=QUIET)
