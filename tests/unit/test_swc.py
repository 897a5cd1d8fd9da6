"""SWC files: how somata are read, what is refused and where."""

import numpy as np
import pytest

from loligo.cell.morphology import read_swc
from loligo.errors import ModelError

DENDRITE = """
2 3 0 10 0 1 1
3 3 0 60 0 1 2
4 3 20 90 0 0.5 3
5 3 -20 90 0 0.5 3
"""


def read(tmp_path, text):
    path = tmp_path / "cell.swc"
    path.write_text(text, encoding="utf-8")
    return read_swc(path)


def test_a_soma_of_one_point(tmp_path):
    made = read(tmp_path, "# a cell\n1 1 0 0 0 8 -1" + DENDRITE)
    assert made.branch("soma").area == pytest.approx(4 * np.pi * 64)
    assert "soma of one point" in made.notes
    stem = made.branch("dendrite.0")
    assert (stem.parent, stem.at, stem.length) == ("soma", 0.5, 50.0)
    assert [b.name for b in made.branches] == ["soma", "dendrite.0", "dendrite.1", "dendrite.2"]
    assert made.branch("dendrite.1").diameters == (2.0, 1.0)
    assert made.branch("dendrite.1").points[0] == (0.0, 60.0, 0.0)


def test_a_soma_of_three_points(tmp_path):
    text = "1 1 0 0 0 8 -1\n6 1 0 -8 0 8 1\n7 1 0 8 0 8 1" + DENDRITE
    made = read(tmp_path, text)
    assert made.branch("soma").area == pytest.approx(4 * np.pi * 64)
    assert "three points" in made.notes


def test_a_soma_of_a_chain(tmp_path):
    text = "1 1 0 0 0 4 -1\n6 1 0 -10 0 8 1\n7 1 0 -20 0 4 6" + DENDRITE
    made = read(tmp_path, text)
    assert made.branch("soma").length == 20.0
    assert made.branch("dendrite.0").at == 0.0


def test_order_and_numbers_are_free(tmp_path):
    rows = ("1 1 0 0 0 8 -1" + DENDRITE).strip().splitlines()
    renamed = "\n".join(
        " ".join(
            [
                str(10 * int(r.split()[0])),
                *r.split()[1:6],
                str(10 * int(r.split()[6]) if r.split()[6] != "-1" else -1),
            ]
        )
        for r in reversed(rows)
    )
    made = read(tmp_path, renamed)
    assert made.area == pytest.approx(read(tmp_path, "\n".join(rows)).area)


def test_types_are_regions_and_other_types_too(tmp_path):
    axon = "2 2 9 0 0 1 1\n3 2 20 0 0 1 2\n4 7 30 0 0 1 3\n5 7 40 0 0 1 4"
    text = f"1 1 0 0 0 8 -1\n{axon}\n6 4 0 9 0 1 1\n7 4 0 30 0 1 6"
    made = read(tmp_path, text)
    assert set(made.regions) == {"soma", "axon", "custom_7", "apical"}
    assert made.branch("custom_7.0").parent == "axon.0"
    assert made.branch("custom_7.0").length == 20.0


def test_a_step_in_diameter(tmp_path):
    """A first point in the place of the one it hangs on: no membrane between."""
    made = read(tmp_path, "1 2 0 0 0 2 -1\n2 2 10 0 0 2 1\n3 7 10 0 0 1 2\n4 7 30 0 0 1 3")
    assert made.branch("custom_7.0").diameters == (2.0, 2.0)
    assert made.area == pytest.approx(np.pi * (4.0 * 10.0 + 2.0 * 20.0))


def test_a_file_without_a_soma(tmp_path):
    made = read(tmp_path, "1 2 0 0 0 1 -1\n2 2 10 0 0 1 1")
    assert made.regions == ("axon",)
    assert made.notes == "no soma in the file"


BROKEN = [
    ("", "holds no points"),
    ("1 1 0 0 0 8", "line 1: '1 1 0 0 0 8' has 6 of 7 fields"),
    ("1 1 0 0 zero 8 -1", "line 1: '1 1 0 0 zero 8 -1' must be seven numbers"),
    ("1 1 0 0 nan 8 -1", "not finite"),
    ("1 1 0 0 0 0 -1", "point 1 has the radius 0 um"),
    ("1 1 0 0 0 8 -1\n1 3 0 0 9 1 1", "line 2: point 1 is there already, in line 1"),
    ("1 1 0 0 0 8 -1\n2 3 0 0 9 1 7", "line 2: point 2 hangs on 7"),
    ("1 1 0 0 0 8 2\n2 3 0 0 9 1 1", "round in a circle"),
    ("1 1 0 0 0 8 -1\n2 3 0 0 9 1 3\n3 3 0 0 9 1 2", "2 points do not hang on the root"),
    ("1 1 0 0 0 8 -1\n2 1 0 0 9 1 -1", "2 trees, with the roots 1 (line 1), 2 (line 2)"),
    ("1 1 0 0 0 8 -1\n2 3 0 9 0 1 1", "line 2: a neurite of one point"),
    ("1 1 0 0 0 8 -1\n2 3 0 9 0 1 1\n3 3 0 9 0 1 2", "lie in one place"),
    ("1 3 0 0 0 8 -1\n2 1 0 9 0 1 1", "let the soma be the root"),
    ("1 1 0 0 0 3 -1\n2 1 5 5 0 3 1\n3 1 9 0 0 3 2\n4 1 0 0 0 3 3", "line 1: the soma is a ring"),
    ("1 1 0 0 0 1 -1\n2 1 5 5 0 1 1\n3 1 9 0 0 1 1\n4 1 9 9 0 1 1", "the soma branches"),
    ("1 1 0 0 0 1e12 -1", "beyond a kilometre"),
]


@pytest.mark.parametrize(("text", "told"), BROKEN)
def test_what_is_refused(tmp_path, text, told):
    with pytest.raises(ModelError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert str(caught.value).startswith("cell.swc: ")


def test_no_file(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        read_swc(tmp_path / "none.swc")


def test_a_hundred_thousand_points_in_a_row(tmp_path):
    rows = ["1 1 0 0 0 5 -1", "2 3 0 6 0 1 1"]
    rows += [f"{i} 3 0 {i + 4} 0 1 {i - 1}" for i in range(3, 100_000)]
    made = read(tmp_path, "\n".join(rows))
    assert len(made.branches) == 2
