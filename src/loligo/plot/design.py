"""How wrong results will be: bias against what is varied, or the errors of single recordings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from loligo.analysis.digits import unit_symbol
from loligo.analysis.wording import readable
from loligo.errors import SelectionError
from loligo.plot.style import ACCENT, INK, QUIET, SHADE, WINDOW, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from loligo.experiment.design.summary import Design, Row

_MOST = 10
_COLUMNS = 5


def draw_design(
    design: Design, names: Sequence[str] = (), *, width: float = 10.0, height: float = 2.7
) -> Figure:
    """Draw bias with its standard error, the scatter of single recordings, and their own interval.

    Parameters
    ----------
    design : Design
    names : sequence of str
        Results to draw; by default those with a truth, ten at most.
    width : float [inch]
    height : float [inch]
        Of each row of panels.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SelectionError
        No result has a truth to be compared with.
    """
    keys = _keys(design, names)
    rows = math.ceil(len(keys) / _COLUMNS)
    columns = math.ceil(len(keys) / rows)
    single = len({epoch for _, epoch in keys if epoch}) < 2
    with styled():
        figure = new_figure(width * columns / _COLUMNS + 0.4, height * rows)
        axes = np.atleast_1d(figure.subplots(rows, columns)).ravel()
        for place, key in zip(axes, keys, strict=False):
            if design.vary:
                _against(place, design, key)
            else:
                _errors(place, design, key)
            place.set_title(_title(key, single=single), loc="left", size=9)
            for label in (place.xaxis.label, place.yaxis.label):
                label.set_size(8)
        if design.vary:
            drawn = axes[0].get_legend_handles_labels()
            figure.legend(*drawn, frameon=False, fontsize=8, ncols=3, loc="outside lower center")
        for place in axes[len(keys) :]:
            place.set_axis_off()
    return figure


def _keys(design: Design, names: Sequence[str]) -> list[tuple[str, str]]:
    found = {
        (row.name, row.epoch): None
        for condition in design.conditions
        for row in condition.rows
        if row.bias is not None and (not names or row.name in names)
    }
    if not found:
        raise SelectionError("no result has both a value and a truth; nothing can be drawn")
    if names:
        return sorted(found, key=lambda key: list(names).index(key[0]))
    return list(found)[:_MOST]


def _rows(design: Design, key: tuple[str, str]) -> list[tuple[float, Row]]:
    """Return the rows of a result with the number of what is varied."""
    from loligo.experiment.design.places import Amount

    rows = []
    for place, condition in enumerate(design.conditions):
        at = Amount.parse(condition.value, design.vary).number if design.vary else float(place)
        rows += [(at, r) for r in condition.rows if (r.name, r.epoch) == key and r.bias is not None]
    return rows


def _title(key: tuple[str, str], *, single: bool) -> str:
    name, epoch = key
    return readable(name) + (f" of {epoch}" if epoch and not single else "")


def _against(axes: Axes, design: Design, key: tuple[str, str]) -> None:
    from loligo.experiment.design.places import Amount

    rows = _rows(design, key)
    x = np.array([at for at, _ in rows])
    bias = _column(rows, "bias")
    error, scatter, reach = (_column(rows, name) for name in ("bias_error", "scatter", "reach"))
    axes.axhline(0, color=QUIET, linewidth=0.5, zorder=0)
    axes.fill_between(x, bias - scatter, bias + scatter, color=WINDOW, alpha=0.25, linewidth=0,
                      label="one recording (SD)")  # fmt: skip
    for side in (-1, 1):
        axes.plot(x, bias + side * reach, ":", color=INK, linewidth=1,
                  label="its 95 % interval" if side > 0 else None)  # fmt: skip
    axes.errorbar(x, bias, error, fmt="o-", color=ACCENT, markersize=4, linewidth=1.2,
                  elinewidth=1, label="bias")  # fmt: skip
    unit = unit_symbol(rows[0][1].term.display_unit)
    varied = design.vary.rpartition(".")[2]
    of = unit_symbol(Amount.parse(design.conditions[0].value, design.vary).unit)
    axes.set_xlabel(f"{readable(varied)} [{of}]" if of else readable(varied))
    axes.set_ylabel(f"estimate less truth [{unit}]" if unit else "estimate less truth")


def _column(rows: list[tuple[float, Row]], name: str) -> np.ndarray:
    values = [row.shown(getattr(row, name)) for _, row in rows]
    return np.array([math.nan if value is None else value for value in values])


def _errors(axes: Axes, design: Design, key: tuple[str, str]) -> None:
    """Draw the error of each recording, the bias, and the analysis' own interval around zero."""
    ((_, row),) = _rows(design, key)
    off = [
        row.shown(found.value - found.truth)
        for repeat in design.repeats
        for found in repeat.found
        if (found.name, found.epoch) == key and found.value is not None and found.truth is not None
    ]
    numbers = [value for value in off if value is not None]
    axes.hist(numbers, bins=min(max(len(numbers) // 5, 5), 30), color=WINDOW, alpha=0.6)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    bias, error, reach = (row.shown(v) for v in (row.bias, row.bias_error, row.reach))
    assert bias is not None
    axes.axvline(bias, color=ACCENT, linewidth=1.4)
    if error is not None:
        axes.axvspan(bias - error, bias + error, color=ACCENT, alpha=0.25, linewidth=0)
    if reach is not None:
        axes.axvspan(-reach, reach, color=SHADE, zorder=0, linewidth=0)
    unit = unit_symbol(row.term.display_unit)
    axes.set_xlabel(f"estimate less truth [{unit}]" if unit else "estimate less truth")
    axes.set_ylabel("recordings")
