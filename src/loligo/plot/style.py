"""The look of all figures: light, quiet, readable in print."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#22303c"
QUIET = "#8896a2"
ACCENT = "#b4441f"
WINDOW = "#3b7dd8"
SHADE = "#eef2f5"

_STYLE: dict[str, Any] = {
    "font.size": 9.0,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.formatter.useoffset": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "text.color": INK,
    "lines.linewidth": 0.8,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "path.simplify": True,
    "figure.facecolor": "white",
    "svg.hashsalt": "loligo",
}


def styled() -> AbstractContextManager[None]:
    """Return a context in which figures take this look."""
    import matplotlib as mpl

    settings: Any = _STYLE
    return mpl.rc_context(settings)


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure [inch] bound to no window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
