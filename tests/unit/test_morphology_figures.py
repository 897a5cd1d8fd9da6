"""Figures of shapes: every branch drawn to scale, in its colour, with its sites."""

import numpy as np
import pytest
from cables import neuron, passive
from matplotlib.collections import EllipseCollection, LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from somata import PYRAMIDAL, as_swc

from loligo.cell.morphology import ball_and_stick, cable, rall_tree, read_swc
from loligo.engine.convergence import Convergence
from loligo.engine.settling import settling
from loligo.errors import SelectionError
from loligo.plot import draw_convergence, draw_morphology
from loligo.plot.morphology import REGION_COLOURS, region_colours
from loligo.plot.style import new_figure


def words(figure):
    figure.canvas.draw()
    return " | ".join(t.get_text() for t in figure.findobj(Text) if t.get_text())


def only(figure, kind):
    return [each for each in figure.axes[0].collections if type(each) is kind]


@pytest.fixture
def read(tmp_path):
    def call(text):
        path = tmp_path / "cell.swc"
        path.write_text(text, encoding="utf-8")
        return read_swc(path)

    return call


def test_cones_are_drawn_to_scale(read):
    shape = read(as_swc(PYRAMIDAL))
    figure = draw_morphology(shape, sites=["soma", "dendrite.0(1)"])
    (cones,) = only(figure, PolyCollection)
    outlines = [path.vertices[:4] for path in cones.get_paths()]
    assert len(outlines) == 21
    drawn = sum(
        0.5 * abs(np.sum(x * np.roll(y, 1) - y * np.roll(x, 1))) for x, y in (o.T for o in outlines)
    )
    soma, dendrite = shape.branches
    flat = np.diff(soma.path) @ (np.array(soma.diameters)[1:] + np.array(soma.diameters)[:-1]) / 2
    assert drawn == pytest.approx(flat + dendrite.length * 2.0)
    assert figure.axes[0].get_aspect() == 1.0
    told = words(figure)
    for word in ("soma", "dendrite", "dendrite.0(1)", "10 µm"):
        assert word in told


def test_a_sphere_is_a_disc(read):
    figure = draw_morphology(read("1 1 5 6 7 8 -1\n2 3 0 20 0 1 1\n3 3 0 60 0 1 2"))
    (discs,) = only(figure, EllipseCollection)
    np.testing.assert_allclose(discs.get_offsets(), [[5.0, 6.0]])
    assert discs.get_widths() == pytest.approx([16.0])


def test_a_dendrogram_where_there_are_no_points():
    shape = rall_tree(3, "100 um", "4 um").with_region("tuft", names="dendrite.2.*")
    figure = draw_morphology(shape, sites=["dendrite.2.3(1)"])
    joins, lines = only(figure, LineCollection)
    assert len(joins.get_segments()) == 6
    ends = np.array([segment[-1] for segment in lines.get_segments()])
    assert ends[:, 0].max() == pytest.approx(shape.starts[-1] + shape.branches[-1].length)
    assert sorted(ends[3:, 1]) == [0, 1, 2, 3]
    assert lines.get_linewidths()[0] == max(lines.get_linewidths())
    assert "path distance from the root [µm]" in words(figure)


def test_colours_of_values():
    cell = neuron(ball_and_stick("20 um", "600 um", "2 um"), passive())
    n = cell.compartments.n_compartments
    values = np.linspace(-70.0, -20.0, n)
    figure = draw_morphology(cell, color_by=values, label="membrane potential [mV]")
    _, lines = only(figure, LineCollection)
    assert len({tuple(colour) for colour in lines.get_colors()}) == n
    assert "membrane potential [mV]" in words(figure)
    one = draw_morphology(cell, color_by=values.reshape(1, 1, n))
    assert len(one.axes) == 2


def test_colours_of_regions():
    shape = ball_and_stick("20 um", "600 um", "2 um", region="oblique")
    table = region_colours(shape)
    assert table["soma"] == REGION_COLOURS["soma"]
    assert to_rgba(table["oblique"]) not in map(to_rgba, REGION_COLOURS.values())


def test_into_given_axes():
    figure = new_figure(6.0, 3.0)
    left, _ = figure.subplots(1, 2)
    assert draw_morphology(cable("1 mm", "1 um"), ax=left) is figure
    assert left.collections


def test_what_is_refused():
    shape = ball_and_stick("20 um", "600 um", "2 um")
    cell = neuron(shape, passive())
    with pytest.raises(SelectionError, match="allowed: 'region'"):
        draw_morphology(shape, color_by="length")
    with pytest.raises(SelectionError, match="draw the Neuron"):
        draw_morphology(shape, color_by=np.zeros(3))
    with pytest.raises(SelectionError, match="give one value for each"):
        draw_morphology(cell, color_by=np.zeros((2, cell.compartments.n_compartments)))
    with pytest.raises(SelectionError, match="no branch 'axon'"):
        draw_morphology(cell, sites=["axon"])


def test_convergence_is_drawn():
    row = settling("v", "mV", [np.ones(3) * (1 + 9.0**-k) for k in range(3)], 3)
    found = Convergence("a cell", "a step", "compartments", (3, 9, 27), (0.025,) * 3, (row,), ())
    told = words(draw_convergence(found))
    assert "v [mV], order 2.00" in told
    same = settling("v", "mV", [np.ones(3)] * 3, 3)
    none = Convergence("a cell", "a step", "dt", (3,) * 3, (0.4, 0.2, 0.1), (same,), ())
    with pytest.raises(SelectionError, match="nothing to draw"):
        draw_convergence(none)
