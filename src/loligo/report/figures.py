"""Figures as parts of a page: drawn, then embedded as data so that the page needs nothing else."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

from loligo.analysis.layout import layout_of
from loligo.analysis.resistance import fit_resistance
from loligo.plot import draw_resistance, draw_sweeps
from loligo.recording import Channel, ClampMode, Recording
from loligo.report.markup import Html, element, join

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 150


def sweep_figure(recording: Recording, response: Channel) -> Html:
    """Return the sweeps of a response as an embedded figure."""
    words = f"sweeps of {response.name}"
    return element("figure", _embedded(draw_sweeps(recording, response), words))


def resistance_figures(recording: Recording, response: Channel) -> Html:
    """Return the current-voltage relations a resistance was taken from; nothing where none was."""
    names = {
        ClampMode.CURRENT_CLAMP: "input_resistance",
        ClampMode.VOLTAGE_CLAMP: "total_resistance",
    }
    name = names.get(response.clamp_mode) if response.clamp_mode else None
    if name is None:
        return Html("")
    fits, _ = fit_resistance(layout_of(recording, response), name)
    drawn = [
        _embedded(draw_resistance(fit), f"{name} from epoch {fit.estimate.epoch}")
        for fit in fits
        if fit.used
    ]
    return element("figure", join(drawn), class_="pair") if drawn else Html("")


def _embedded(figure: Figure, description: str) -> Html:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    image = element("img", src=f"data:image/png;base64,{data}", alt=description)
    return Html(image.removesuffix("</img>"))
