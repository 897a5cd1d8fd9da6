"""A cell's shape: in the plane of its points, or as a dendrogram where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Neuron
from loligo.cell.morphology import Compartments, Morphology, locate
from loligo.errors import SelectionError
from loligo.plot import tree_shapes
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled
from loligo.plot.tree_shapes import Piece

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

REGION_COLOURS = {"soma": INK, "axon": WINDOW, "dendrite": ACCENT, "apical": "#8a5bb0"}
_OTHERS = ("#3a8f62", "#b8860b", "#2a9aa8", "#c2569b", "#6d7f8d", "#7a5230")
_THIN, _THICK = 0.7, 7.0
"""Lines of a dendrogram [pt]."""
_LEAST = 0.45
"""Edge of a cone [pt], so that thin ones are seen."""


def draw_morphology(
    shape: Morphology | Neuron,
    *,
    color_by: Any = "region",
    label: str = "",
    sites: Sequence[str] = (),
    ax: Axes | None = None,
    width: float = 5.0,
    height: float | None = None,
) -> Figure:
    """Draw the shape of a cell.

    Where all its points have a place, the cell is drawn in their plane x, y with its diameters to
    scale. Else it is a dendrogram: branches along their path distance from the root, tips one below
    the other, diameters as the width of lines.

    Parameters
    ----------
    shape : Morphology or Neuron
    color_by : "region" or ndarray
        Or one value for each compartment of a neuron, in the order of `Neuron.compartments`, such
        as ``simulation.final["v"][cell, sweep]``.
    label : str
        What the values are, ``"membrane potential [mV]"``.
    sites : sequence of str
        Sites to mark, ``"soma(0.5)"``, ``"tip of apical"`` or a neuron's electrodes.
    ax : matplotlib.axes.Axes, optional
        Draw there instead of in a new figure.
    width, height : float [inch]
        Of a new figure; by default as high as the shape asks for.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SelectionError
        Values that are not one for each compartment, or a site that there is not.
    """
    morphology = shape.morphology if isinstance(shape, Neuron) else shape
    cut, values = _values(shape, color_by)
    electrodes = dict(shape.electrode) if isinstance(shape, Neuron) else None
    marks = [(site, locate(morphology, site, electrodes)) for site in sites]
    pieces = tree_shapes.pieces_of(morphology, cut)
    plane = tree_shapes.has_places(morphology)
    with styled():
        if ax is None:
            figure = new_figure(width, height or _height(morphology, pieces, width, plane=plane))
            ax = figure.subplots()
        else:
            figure = _figure_of(ax)
        colours, mappable = _colours(morphology, pieces, values)
        if plane:
            _draw_cones(ax, pieces, colours)
            _plane_axes(ax, pieces)
        else:
            _draw_lines(ax, morphology, pieces, colours)
        for site, (branch, position) in marks:
            _mark(ax, morphology, site, morphology.index[branch], position)
        if mappable is None:
            _legend(ax, morphology)
        else:
            bar = figure.colorbar(mappable, ax=ax, fraction=0.03, pad=0.02, aspect=30)
            bar.outline.set_visible(False)
            bar.ax.tick_params(labelsize=7.5, length=2)
            bar.set_label(label, size=8)
    return figure


def _figure_of(ax: Axes) -> Figure:
    found: Any = ax.figure
    while found.figure is not found:  # of a part of a figure
        found = found.figure
    figure: Figure = found
    return figure


# What is drawn --------------------------------------------------------------------------------


def _values(shape: Morphology | Neuron, given: Any) -> tuple[Compartments | None, Array | None]:
    if isinstance(given, str):
        if given != "region":
            raise SelectionError(f"color_by = {given!r}; allowed: 'region', or values")
        return None, None
    values = np.asarray(given, dtype=np.float64)
    if not isinstance(shape, Neuron):
        raise SelectionError(
            "values belong to the compartments of a neuron; draw the Neuron, not its Morphology"
        )
    cut = shape.compartments
    if values.size != cut.n_compartments or values.shape[-1] != values.size:
        raise SelectionError(
            f"color_by has the shape {values.shape}; {shape.name!r} has {cut.n_compartments} "
            "compartments: give one value for each, such as final['v'][cell, sweep]"
        )
    return cut, values.reshape(-1)


def _colours(
    morphology: Morphology, pieces: list[Piece], values: Array | None
) -> tuple[list[Any], Any]:
    """Return the colour of each piece, and what a colour bar needs."""
    if values is None:
        table = region_colours(morphology)
        return [table[morphology.branches[piece.branch].region] for piece in pieces], None
    import matplotlib as mpl

    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    norm = mpl.colors.Normalize(low, high if high > low else low + 1.0)
    mappable = mpl.cm.ScalarMappable(norm, mpl.colormaps["viridis"])
    return [mappable.to_rgba(values[piece.compartment]) for piece in pieces], mappable


def region_colours(morphology: Morphology) -> dict[str, str]:
    """Return a colour for each region, the same for the usual ones in every figure."""
    others = iter(_OTHERS * len(morphology.regions))
    return {region: REGION_COLOURS.get(region) or next(others) for region in morphology.regions}


def _height(morphology: Morphology, pieces: list[Piece], width: float, *, plane: bool) -> float:
    """Return a height [inch] that suits the shape."""
    if not plane:
        tips = 1.0 + float(tree_shapes.rows(morphology).max())
        return float(np.clip(0.9 + 0.22 * tips, 1.4, 9.0))
    low, high = _extent(pieces)
    wide, tall = high - low
    return float(np.clip(width * tall / max(wide, 1e-9), 0.25 * width, 2.0 * width))


def _extent(pieces: list[Piece]) -> tuple[Array, Array]:
    low = np.min([(p.places - 0.5 * p.diameters[:, None]).min(axis=0) for p in pieces], axis=0)
    high = np.max([(p.places + 0.5 * p.diameters[:, None]).max(axis=0) for p in pieces], axis=0)
    return low, high


# In the plane ---------------------------------------------------------------------------------


def _draw_cones(ax: Axes, pieces: list[Piece], colours: list[Any]) -> None:
    from matplotlib.collections import EllipseCollection, PolyCollection

    balls = [tree_shapes.is_ball(piece) for piece in pieces]
    outlines = [
        tree_shapes.quads(piece)[: 0 if ball else None]
        for piece, ball in zip(pieces, balls, strict=True)
    ]
    faces = [c for c, each in zip(colours, outlines, strict=True) for _ in each]
    cones = PolyCollection(
        list(np.concatenate(outlines)), facecolors=faces, edgecolors=faces, linewidths=_LEAST
    )
    ax.add_collection(cones)
    rounds = [  # a soma that stands for a sphere, and what fills the joints of cones
        (p.places.mean(axis=0)[None], p.diameters[:1], c)
        if ball
        else (p.places[1:-1], p.diameters[1:-1], c)
        for p, c, ball in zip(pieces, colours, balls, strict=True)
    ]
    sizes = np.concatenate([d for _, d, _ in rounds])
    if sizes.size:
        discs = EllipseCollection(
            sizes,
            sizes,
            np.zeros(sizes.size),
            units="xy",
            offsets=np.concatenate([places for places, _, _ in rounds]),
            offset_transform=ax.transData,
            facecolors=[c for places, _, c in rounds for _ in places],
            linewidths=0.0,
            zorder=cones.get_zorder() + 0.5,
        )
        ax.add_collection(discs)


def _plane_axes(ax: Axes, pieces: list[Piece]) -> None:
    """Set equal scales, and a scale bar in place of axes."""
    low, high = _extent(pieces)
    pad = 0.03 * float((high - low).max())
    ax.set_xlim(low[0] - pad, high[0] + pad)
    ax.set_ylim(low[1] - pad, high[1] + pad)
    ax.set_aspect("equal")
    ax.set_axis_off()
    length = _round_length(0.25 * float((high - low).max()))
    length = min(length, _round_length(float(high[0] - low[0]) + 2.0 * pad))
    x, y = high[0] + pad, low[1] - pad
    ax.plot([x - length, x], [y, y], color=INK, linewidth=1.6, solid_capstyle="butt", clip_on=False)
    ax.annotate(
        f"{length:g} µm", (x - 0.5 * length, y), (0, 3), textcoords="offset points",
        ha="center", va="bottom", size=7.5,
    )  # fmt: skip


def _round_length(longest: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest))


# As a dendrogram ------------------------------------------------------------------------------


def _draw_lines(ax: Axes, morphology: Morphology, pieces: list[Piece], colours: list[Any]) -> None:
    from matplotlib.collections import LineCollection

    places = tree_shapes.places_of(morphology)
    joins = []
    for branch, mine in zip(morphology.branches, places, strict=True):
        if branch.parent is not None:
            up = places[morphology.index[branch.parent]]
            joins.append([(mine[0, 0], up[0, 1]), (mine[0, 0], mine[0, 1])])
    ax.add_collection(LineCollection(joins, colors=QUIET, linewidths=0.6, zorder=1))
    thickest = max(max(branch.diameters) for branch in morphology.branches)
    lines = LineCollection(
        [piece.places[i : i + 2] for piece in pieces for i in range(len(piece.diameters) - 1)],
        colors=[c for p, c in zip(pieces, colours, strict=True) for _ in p.diameters[1:]],
        linewidths=[
            max(_THIN, _THICK * d / thickest)
            for piece in pieces
            for d in 0.5 * (piece.diameters[1:] + piece.diameters[:-1])
        ],
        capstyle="butt",
        zorder=2,
    )
    ax.add_collection(lines)
    end = max(float(each[:, 0].max()) for each in places)
    tips = float(max(each[0, 1] for each in places))
    ax.set_xlim(-0.01 * end, 1.02 * end)
    ax.set_ylim(tips + 0.7, -0.7)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("path distance from the root [µm]")
    ax.set_title(
        f"line width: diameter, at most {thickest:.3g} µm", loc="left", size=7.5, color=INK
    )


# Both -----------------------------------------------------------------------------------------


def _mark(ax: Axes, morphology: Morphology, site: str, index: int, position: float) -> None:
    branch = morphology.branches[index]
    places = tree_shapes.places_of(morphology)[index]
    x, y = tree_shapes.place_at(branch, places, np.array([position * branch.length]))[0]
    ax.plot(
        x, y, "o", markersize=6.5, markerfacecolor="white", markeredgecolor=INK,
        markeredgewidth=1.3, zorder=5, clip_on=False,
    )  # fmt: skip
    low, high = ax.get_xlim()
    right = x > low + 0.7 * (high - low)  # there the words go to the left
    note = ax.annotate(
        site, (x, y), (-6 if right else 6, 7), textcoords="offset points",
        ha="right" if right else "left", size=7.5, zorder=6, annotation_clip=False,
    )  # fmt: skip
    note.set_bbox({"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.8})


def _legend(ax: Axes, morphology: Morphology) -> None:
    table = region_colours(morphology)
    if len(table) < 2:
        return
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, linewidth=3.0, label=region)
        for region, colour in table.items()
    ]
    ax.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=7.5,
        ncols=min(5, len(handles)),
        borderaxespad=0.1,
        handlelength=1.2,
        columnspacing=1.2,
    )
