"""Figures as parts of a page: drawn, then embedded as data so that the page needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from loligo.analysis import Result
from loligo.analysis.analyze import Steady
from loligo.analysis.current_voltage import CurrentVoltage
from loligo.analysis.impedance import Impedance
from loligo.analysis.membrane_test import MembraneTest
from loligo.analysis.passive import PassiveProperties
from loligo.analysis.quality import Quality
from loligo.analysis.spikes import SpikeTable
from loligo.analysis.wording import readable
from loligo.plot import draw_sweeps
from loligo.recording import Channel, Recording
from loligo.report.markup import Html, element, join

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 130
_CSS_DPI = 108
_PAGE = 9.45  # inch, fills the page; three narrow panels fit in a row
_PANEL = 3.05
_TITLES = {
    Steady: "Steady state",
    MembraneTest: "Membrane test",
    PassiveProperties: "Passive properties",
    SpikeTable: "Spikes",
    Impedance: "Impedance",
    CurrentVoltage: "Current and voltage",
    Quality: "Quality",
}

Drawn = Iterator[tuple[str, "Figure"]]


def by_title(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Return results under the titles of their parts of a page."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(_TITLES[type(result)], []).append(result)
    return found


def sweep_figure(recording: Recording, response: Channel) -> Html:
    """Return the sweeps of a response as an embedded figure."""
    words = f"sweeps of {response.name}"
    return element("figure", embedded(draw_sweeps(recording, response, width=_PAGE), words))


def figures_of(recording: Recording, result: Result, beside: Sequence[Result] = ()) -> Html:
    """Return the figures of one analysis; nothing where there is nothing to draw.

    What another result of the same response (`beside`) shows better is not drawn twice.
    """
    figures = _DRAW[type(result)](recording, result, beside)
    drawn = [embedded(figure, words) for words, figure in figures]
    return element("figure", join(drawn), class_="pair") if drawn else Html("")


def _steady(recording: Recording, result: Steady, beside: Sequence[Result]) -> Drawn:
    from loligo.plot import draw_resistance

    del recording, beside
    for fit in result.fits:
        if fit.used:
            words = f"{readable(fit.estimate.name)} from epoch {fit.estimate.epoch}"
            yield words, draw_resistance(fit, width=_PANEL)


def _membrane_test(recording: Recording, result: MembraneTest, beside: Sequence[Result]) -> Drawn:
    from loligo.plot import draw_membrane_test, draw_over_sweeps

    del recording
    first = {test.label: test for test in reversed(result.tests)}
    for test in [test for test in result.tests if first[test.label] is test]:
        yield f"membrane test in epoch {test.label}", draw_membrane_test(test, width=_PAGE)
    followed = any(isinstance(other, Quality) and _courses(other) for other in beside)
    if not followed and any(e.is_ok and e.sweep is not None for e in result.estimates):
        yield "membrane test over the sweeps", draw_over_sweeps(result)


def _passive(recording: Recording, result: PassiveProperties, beside: Sequence[Result]) -> Drawn:
    from loligo.plot import draw_charging, draw_peak_and_steady

    del recording, beside
    fitted = [curve for curve in result.curves if curve.charging.fit is not None]
    good = {e.epoch for e in result.estimates if e.is_ok and e.name == "membrane_time_constant"}
    for curve in result.curves:
        if curve in fitted and (curve.epoch in good or not good):
            yield f"charging curve in epoch {curve.epoch}", draw_charging(curve, result.estimates)
        levels = {round(s.stretch.current, 1) for s in curve.each if s.deflection is not None}
        if len(levels) > 1:
            yield f"peak and steady state in epoch {curve.epoch}", draw_peak_and_steady(curve)


def _spikes(recording: Recording, result: SpikeTable, beside: Sequence[Result]) -> Drawn:
    from loligo.plot import draw_frequency_current, draw_phase_plot, draw_raster, draw_spikes

    if not any(sweep.whole and sweep.whole.spike_count for sweep in result.sweeps):
        return
    yield "spikes", draw_spikes(recording, result, width=_PAGE)
    if any(e.name == "spike_upstroke" and e.is_ok for e in result.estimates):
        yield "phase plot of the spikes", draw_phase_plot(recording, result, width=_PANEL)
    if any(e.name == "fi_slope" for e in result.estimates):
        yield "firing against current", draw_frequency_current(result, width=_PANEL, height=3.2)
    if len(result.sweeps) > 1:
        yield "spikes of all sweeps", draw_raster(result, width=_PAGE)


def _impedance(recording: Recording, result: Impedance, beside: Sequence[Result]) -> Drawn:
    from loligo.plot import draw_impedance

    del recording, beside
    if result.frequency.size:
        yield "impedance", draw_impedance(result)


def _current_voltage(
    recording: Recording, result: CurrentVoltage, beside: Sequence[Result]
) -> Drawn:
    from loligo.plot import draw_current_voltage

    del recording, beside
    for family in result.families:
        if any(not level.problem for level in family.levels):
            yield f"currents of epoch {family.epoch}", draw_current_voltage(family, width=_PAGE)


def _quality(recording: Recording, result: Quality, beside: Sequence[Result]) -> Drawn:
    from loligo.plot import draw_drift, draw_noise

    del recording, beside
    if result.spectrum is not None:
        yield "noise", draw_noise(result)
    if _courses(result):
        yield "quality over the recording", draw_drift(result)


def _courses(quality: Quality) -> bool:
    """Tell whether there is something to follow over the recording."""
    return any(len(course.values) > 1 for course in quality.courses)


_DRAW: dict[type[Any], Callable[[Recording, Any, Sequence[Result]], Drawn]] = {
    Steady: _steady,
    MembraneTest: _membrane_test,
    PassiveProperties: _passive,
    SpikeTable: _spikes,
    Impedance: _impedance,
    CurrentVoltage: _current_voltage,
    Quality: _quality,
}


def embedded(figure: Figure, description: str) -> Html:
    """Return a figure as an image that is part of the page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(_DPI)
    buffer = BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(buffer)  # savefig would draw everything twice
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    size = f"width:{figure.get_figwidth() * _CSS_DPI:.0f}px"
    image = element("img", src=f"data:image/png;base64,{data}", alt=description, style=size)
    return Html(image.removesuffix("</img>"))
