"""What `write_swc` writes `read_swc` reads back: any tree that the format can hold."""

import math
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from somata import SOMATA, as_swc

from loligo.cell.morphology import (
    Branch,
    Morphology,
    ball_and_stick,
    myelinated,
    rall_tree,
    read_swc,
    write_swc,
)
from loligo.errors import ModelError

SIZES = st.floats(0.1, 200.0)
REGIONS = ("axon", "dendrite", "apical", "tuft", "custom_9", "oblique dendrite")


@st.composite
def trees(draw):
    """Branches on ends and on a soma, of any region, with steps in diameter or without."""
    ball = draw(st.booleans())
    size = draw(SIZES)
    has_soma = draw(st.booleans())
    first = (size, size) if ball else (draw(SIZES), draw(SIZES))
    branches = [
        Branch("stem", "soma" if has_soma else draw(st.sampled_from(REGIONS)), (0.0, size), first)
    ]
    for number in range(draw(st.integers(0, 8))):
        up = branches[draw(st.integers(0, len(branches) - 1))]
        steps = draw(st.lists(SIZES, min_size=1, max_size=4))
        diameters = [draw(SIZES) for _ in range(len(steps) + 1)]
        if draw(st.booleans()):
            diameters[0] = up.diameters[-1]
        at = draw(st.sampled_from((0.0, 0.3, 0.5, 1.0) if up.region == "soma" else (0.0, 1.0)))
        name = f"{draw(st.sampled_from('abcd'))}.{number}"
        path = tuple(np.concatenate([[0.0], np.cumsum(steps)]).tolist())
        region = draw(st.sampled_from(REGIONS))
        branches.append(Branch(name, region, path, tuple(diameters), up.name, at))
    return Morphology(tuple(branches), draw(st.sampled_from(("", "one\ntwo"))))


def written(morphology):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cell.swc"
        write_swc(morphology, path)
        return read_swc(path)


def place_of(morphology, branch):
    """Where a branch hangs, with the start of a branch as that of what it hangs on."""
    while branch.at == 0.0 and branch.parent and morphology.branch(branch.parent).parent:
        branch = morphology.branch(branch.parent)
    return branch.parent, branch.at


@settings(max_examples=150, deadline=None)
@given(trees())
def test_any_tree(morphology):
    back = written(morphology)
    assert [b.name for b in back.branches] == [b.name for b in morphology.branches]
    assert back.area == pytest.approx(morphology.area, rel=1e-9)
    for branch, found in zip(morphology.branches, back.branches, strict=True):
        assert found.region == branch.region
        if branch.parent:
            parent, at = place_of(morphology, branch)
            assert (found.parent, found.at) == (parent, pytest.approx(at, abs=1e-9))
        assert found.length == pytest.approx(branch.length, rel=1e-9)
        if branch.region != "soma":
            assert found.diameters == branch.diameters
            np.testing.assert_allclose(found.path, branch.path, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("soma", SOMATA)
def test_what_was_read(tmp_path, soma):
    path = tmp_path / "cell.swc"
    path.write_text(as_swc(SOMATA[soma]), encoding="utf-8")
    made = read_swc(path)
    back = written(made)
    assert back.branches[0] == made.branches[0]
    assert back.branches[1] == replace(made.branches[1], at=back.branches[1].at)
    assert back.branches[1].at == pytest.approx(0.5)
    bare = Morphology(tuple(replace(b, points=()) for b in made.branches))
    assert written(bare).area == pytest.approx(made.area)


@pytest.mark.parametrize(
    "made",
    [
        ball_and_stick("20 um", "600 um", "2 um"),
        rall_tree(5, "100 um", "4 um"),
        myelinated(
            4,
            node_length="1 um",
            node_diameter="2 um",
            internode_length="90 um",
            internode_diameter="4 um",
        ),
    ],
)
def test_what_is_built(made):
    back = written(made)
    assert back.regions == made.regions
    assert back.starts == pytest.approx(made.starts)
    assert [b.diameters for b in back.branches] == [b.diameters for b in made.branches]


def test_places_are_laid_out_where_there_are_none():
    """Straight, as long as the branch is, and beginning where it hangs."""
    back = written(rall_tree(4, "100 um", "4 um"))
    for branch in back.branches:
        assert math.dist(branch.points[0], branch.points[-1]) == pytest.approx(branch.length)
        if branch.parent:
            assert branch.points[0] == back.branch(branch.parent).points[-1]


def two(**more):
    first = Branch("a", "axon", (0.0, 10.0), (2.0, 2.0), points=((0, 0, 0), (10, 0, 0)))
    other = Branch("b", "axon", (0.0, 5.0), (1.0, 1.0), "a", points=((10, 0, 0), (15, 0, 0)))
    return Morphology((first, replace(other, **more)))


REFUSED = [
    (two(at=0.5), "'b' hangs at 0.5 of 'a'"),
    (two(points=((11, 0, 0), (16, 0, 0))), "starts 1 um from where it hangs on 'a'"),
    (two(points=((10, 0, 0), (16, 0, 0))), "other lengths along it"),
    (two(region="soma"), "in an SWC file it is one branch, the root"),
    (two(name="b\nc"), "cannot hold this morphology"),
    (two(region="b\n1 2 3"), "cannot hold this morphology"),
    (two(path=(0.0, 2e9), points=()), "cannot hold this morphology: line"),
]


@pytest.mark.parametrize(("made", "told"), REFUSED)
def test_what_is_refused(tmp_path, made, told):
    with pytest.raises(ModelError) as caught:
        write_swc(made, tmp_path / "cell.swc")
    assert told in str(caught.value)
    assert not (tmp_path / "cell.swc").exists()


def test_no_folder(tmp_path):
    with pytest.raises(ModelError, match="cannot be written"):
        write_swc(two(), tmp_path / "none" / "cell.swc")
