"""Somata drawn as contours: which points are one, what it is read as, what is refused."""

import numpy as np
import pytest
from somata import PYRAMIDAL, SOMATA, as_swc, ellipse

from loligo.cell.morphology import read_swc
from loligo.errors import ModelError


def read(tmp_path, text):
    path = tmp_path / "cell.swc"
    path.write_text(text, encoding="utf-8")
    return read_swc(path)


def spheroid(long, wide):
    """Area of an ellipse turned about its long half axis."""
    if long == wide:
        return 4.0 * np.pi * long**2
    e = np.sqrt(1.0 - (wide / long) ** 2)
    return 2.0 * np.pi * wide * (wide + long * np.arcsin(e) / e)


@pytest.mark.parametrize(("long", "wide"), [(10.0, 10.0), (15.0, 6.0), (8.0, 7.0)])
@pytest.mark.parametrize("turned", [0.0, 0.7, 2.0])
def test_an_ellipse_is_a_spheroid(tmp_path, long, wide, turned):
    """But for the blunt ends, which lack at most 3 % of the area."""
    soma = read(tmp_path, as_swc(ellipse(200, long, wide, turned))).branch("soma")
    assert soma.length == pytest.approx(2.0 * long, rel=1e-3)
    assert max(soma.diameters) == pytest.approx(2.0 * wide, rel=1e-3)
    assert 0.97 < soma.area / spheroid(long, wide) < 1.0


def test_closed_or_not_from_any_point_and_either_way_round(tmp_path):
    expected = read(tmp_path, as_swc(PYRAMIDAL)).branch("soma").area
    for points in (np.roll(PYRAMIDAL, 5, axis=0), PYRAMIDAL[::-1]):
        assert read(tmp_path, as_swc(points)).branch("soma").area == pytest.approx(expected)
    made = read(tmp_path, as_swc(PYRAMIDAL, closed=True))
    assert made.branch("soma").area == pytest.approx(expected)


def test_notes_dendrites_and_radii(tmp_path):
    made = read(tmp_path, as_swc(PYRAMIDAL, radius=0.0))
    assert made.notes == (
        "soma of a contour of 21 points: 20 cones along its longest axis, 26.4857 um long, "
        "1513.3 um2"
    )
    dendrite = made.branch("dendrite.0")
    assert (dendrite.parent, dendrite.at, dendrite.length) == ("soma", 0.5, 48.0)


def test_a_chain_that_is_no_ring_stays_a_chain(tmp_path):
    half = SOMATA["circle"][:20]
    made = read(tmp_path, as_swc(half, radius=3.0))
    assert made.notes == "soma of 20 points: the cones between them"
    there_and_back = np.array([(0, 0), (5, 0), (10, 0), (5, 0.5), (0.5, 0.5)], dtype=float)
    assert "the cones" in read(tmp_path, as_swc(there_and_back, radius=3.0)).notes


REFUSED = [
    (as_swc(SOMATA["circle"], radius=6.0), "cannot be told"),
    (
        as_swc(np.array([(0, 0), (9, 0), (18, 0), (9, 0.3)], dtype=float), closed=True),
        "too flat for the contour",
    ),
    (as_swc(SOMATA["circle"][:20], radius=0.0), "point 1 has the radius 0 um"),
    ("1 1 0 0 0 0 -1\n2 3 0 9 0 1 1\n3 3 0 20 0 1 2", "point 1 has the radius 0 um"),
]


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_what_is_refused(tmp_path, text, told):
    with pytest.raises(ModelError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith("cell.swc: line 1: ")
    assert told in str(caught.value)
