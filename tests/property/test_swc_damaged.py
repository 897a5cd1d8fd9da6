"""Damaged SWC files: two thousand read, or are refused by an error of ours."""

import numpy as np
import pytest
from cables import random_tree
from somata import SOMATA, as_swc

from loligo.cell.morphology import ball_and_stick, read_swc, write_swc
from loligo.errors import LoligoError

DENDRITE = "\n2 3 0 10 0 1 1\n3 3 0 60 0 1 2\n4 3 20 90 0 0.5 3\n5 3 -20 90 0 0.5 3\n"
GOOD = {
    "one point": "1 1 0 0 0 8 -1" + DENDRITE,
    "three points": "1 1 0 0 0 8 -1\n6 1 0 -8 0 8 1\n7 1 0 8 0 8 1" + DENDRITE,
    "chain": "1 1 0 0 0 4 -1\n6 1 0 -10 0 8 1\n7 1 0 -20 0 4 6" + DENDRITE,
    "contour": as_swc(SOMATA["few points"]),
    "closed contour": as_swc(SOMATA["pear"], radius=0.0, closed=True),
    "written": None,
}


def damaged(good, draw):
    """Return a file with bytes changed, put in and taken out, and lines doubled and swapped."""
    data = bytearray(good)
    for _ in range(int(draw.integers(1, 5))):
        kind, at = draw.integers(0, 5), int(draw.integers(0, max(1, len(data))))
        rows = data.split(b"\n")
        one, other = draw.integers(0, len(rows), 2)
        if kind == 0 and data:
            data[at] = int(draw.integers(0, 256))
        elif kind == 1:
            data[at:at] = bytes(draw.choice(list(b"0123456789.-e \n#"), 3).astype(np.uint8))
        elif kind == 2:
            del data[at : at + int(draw.integers(1, 12))]
        elif kind == 3:
            rows.insert(one, rows[other])
            data = bytearray(b"\n".join(rows))
        else:
            rows[one], rows[other] = rows[other], rows[one]
            data = bytearray(b"\n".join(rows))
    return bytes(data)


@pytest.mark.parametrize("name", GOOD)
def test_they_read_or_are_refused(tmp_path, name):
    path, read_well = tmp_path / "cell.swc", 0
    if name == "written":
        write_swc(ball_and_stick("20 um", "600 um", "2 um", region="tuft"), path)
        good = path.read_bytes()
    else:
        good = GOOD[name].encode()
    draw = np.random.default_rng(sum(name.encode()))
    for _ in range(400):
        path.write_bytes(damaged(good, draw))
        try:
            read_well += read_swc(path).area > 0.0
        except LoligoError as error:
            assert str(error).startswith("cell.swc: ")
    assert read_well > 20


def test_random_points_of_type_1(tmp_path):
    """Chains, rings and knots of soma: an area above 0, or refused with a line."""
    draw, read_well = np.random.default_rng(7), 0
    path = tmp_path / "cell.swc"
    for _ in range(400):
        n = int(draw.integers(1, 12))
        places = draw.normal(0.0, 10.0, (n, 3)) * draw.choice([0.0, 1.0], 3, p=[0.2, 0.8])
        if draw.random() < 0.3:
            places = np.vstack([places, places[:1]])
        parents = np.arange(places.shape[0])
        if draw.random() < 0.2:
            parents = np.array([draw.integers(0, max(1, i)) if i else 0 for i in parents])
        radius = draw.choice([0.0, 0.3, 5.0])
        path.write_text(
            "\n".join(
                f"{i + 1} 1 {x} {y} {z} {radius} {parent if i else -1}"
                for i, ((x, y, z), parent) in enumerate(
                    zip(places, np.maximum(parents, 1), strict=True)
                )
            )
        )
        try:
            made = read_swc(path)
        except LoligoError as error:
            assert str(error).startswith("cell.swc: line ")
            continue
        read_well += 1
        assert np.isfinite(made.area)
        assert made.area > 0.0
    assert read_well > 100


def test_a_tree_that_a_file_cannot_hold(tmp_path):
    with pytest.raises(LoligoError, match=r"hangs at 0.5 of 'b\d+'; in an SWC file"):
        write_swc(random_tree(3), tmp_path / "cell.swc")
    assert not (tmp_path / "cell.swc").exists()
