"""Shapes: what is built, painted and refused."""

import numpy as np
import pytest
from cables import random_tree

from loligo.cell.morphology import (
    Branch,
    Morphology,
    ball_and_stick,
    cable,
    discretize,
    myelinated,
    rall_tree,
)
from loligo.errors import LoligoError, ModelError, SelectionError, UnitError


def cut(morphology, **more):
    return discretize(morphology, axial_resistivity="150 ohm cm", capacitance="1 uF/cm2", **more)


def test_a_cable():
    made = cable("1 mm", "2 um")
    assert made.length == 1000.0
    assert made.area == pytest.approx(np.pi * 2000.0)
    assert made.regions == ("axon",)
    assert "1 branches" in repr(made)


def test_a_cone_has_the_area_of_a_cone():
    made = cable("30 um", "8 um", end_diameter="0.5 um")
    slant = np.hypot(30.0, 3.75)
    assert made.area == pytest.approx(np.pi * (4.0 + 0.25) * slant)


def test_a_rall_tree():
    made = rall_tree(10, "32 um", "16 um")
    assert len(made.branches) == 1023
    last = made.branch("dendrite.9.511")
    assert last.length == pytest.approx(32.0 * 2**-3)
    assert last.diameters[0] == pytest.approx(16.0 * 2**-6)
    thick = sum(b.diameters[0] ** 1.5 for b in made.branches if b.name.startswith("dendrite.9."))
    assert thick == pytest.approx(16.0**1.5)


def test_a_myelinated_axon():
    made = myelinated(
        3,
        node_length="1 um",
        node_diameter="3 um",
        internode_length="1 mm",
        internode_diameter="5 um",
    )
    assert [b.region for b in made.branches] == ["node", "internode", "node", "internode", "node"]
    assert made.length == pytest.approx(2003.0)


def test_a_ball_and_a_stick():
    made = ball_and_stick("20 um", "500 um", "2 um")
    assert made.branch("soma").area == pytest.approx(4 * np.pi * 10.0**2)
    assert made.starts[1] == 20.0


def test_painting():
    made = rall_tree(4, "100 um", "4 um")
    tuft = made.with_region("tuft", names="dendrite.3.*")
    assert tuft.regions == ("dendrite", "tuft")
    assert sum(b.region == "tuft" for b in tuft.branches) == 8
    left = made.with_region("left", beyond="dendrite.1.0")
    assert sum(b.region == "left" for b in left.branches) == 7
    far = made.with_region("far", farther="150 um")
    assert {b.name.split(".")[1] for b in far.branches if b.region == "far"} == {"2", "3"}


BROKEN = [
    (lambda: cable("1 mm", "0 um"), ModelError, "diameter = 0 um must be above 0"),
    (lambda: cable("1", "2 um"), UnitError, "length"),
    (lambda: rall_tree(0, "1 um", "1 um"), ModelError, "levels = 0"),
    (lambda: Branch("b", "x", (0.0,), (1.0,)), ModelError, "two points"),
    (lambda: Branch("b", "x", (0.0, 0.0), (1.0, 1.0)), ModelError, "no length"),
    (lambda: Branch("b", "x", (0.0, 2.0, 1.0), (1.0, 1.0, 1.0)), ModelError, "one after another"),
    (lambda: Branch("b", "x", (0.0, 1.0), (1.0, -1.0)), ModelError, "diameter -1 um"),
    (lambda: Branch("b", "x", (0.0, 1.0), (1.0, 1.0), "a", 1.5), ModelError, "at 1.5"),
    (lambda: Morphology(()), ModelError, "one branch"),
    (
        lambda: Morphology((Branch("a", "x", (0.0, 1.0), (1.0, 1.0)),) * 2),
        ModelError,
        "two branches are called 'a'",
    ),
    (
        lambda: Morphology(
            (
                Branch("a", "x", (0.0, 1.0), (1.0, 1.0)),
                Branch("b", "x", (0.0, 1.0), (1.0, 1.0), "c"),
            )
        ),
        ModelError,
        "hangs on 'c'",
    ),
    (
        lambda: Morphology(
            (Branch("a", "x", (0.0, 1.0), (1.0, 1.0)), Branch("b", "x", (0.0, 1.0), (1.0, 1.0)))
        ),
        ModelError,
        "second root",
    ),
    (lambda: cable("1 mm", "1 um").branch("dend"), SelectionError, "'dend'"),
    (lambda: cable("1 mm", "1 um").with_region("x", names="d*"), SelectionError, "no branch 'd*'"),
    (lambda: cable("1 mm", "1 um").with_region("x"), SelectionError, "no branch is chosen"),
    (lambda: cut(cable("1 mm", "1 um"), counts=0), ModelError, "counts = 0"),
    (lambda: cut(cable("1 mm", "1 um"), counts={"dend": 1}), SelectionError, "'dend'"),
    (lambda: cut(cable("1 mm", "1 um"), longest="0 um"), ModelError, "longest = 0"),
    (lambda: cut(cable("1 mm", "1 um"), d_lambda=0.0), ModelError, "d_lambda = 0"),
    (lambda: cut(cable("1 mm", "1 um"), counts=20_000_000), ModelError, "are more than"),
    (
        lambda: discretize(
            cable("1 mm", "1 um"), axial_resistivity={"soma": "1 ohm cm"}, capacitance="1 uF/cm2"
        ),
        ModelError,
        "says nothing of the region 'axon'",
    ),
    (
        lambda: discretize(
            cable("1 mm", "1 um"), axial_resistivity="-1 ohm cm", capacitance="1 uF/cm2"
        ),
        ModelError,
        "must be above 0",
    ),
]


@pytest.mark.parametrize(("make", "error", "told"), BROKEN)
def test_what_is_refused(make, error, told):
    with pytest.raises(error) as caught:
        make()
    assert told in str(caught.value)
    assert isinstance(caught.value, LoligoError)


@pytest.mark.parametrize("counts", [1, 2, 7])
def test_nothing_is_lost_when_cut(counts):
    made = random_tree(1)
    parts = cut(made, counts=counts)
    assert parts.area.sum() == pytest.approx(made.area)
    assert parts.length.sum() == pytest.approx(made.length)
    assert parts.n_compartments == counts * len(made.branches)
    assert (parts.parent < 0).sum() == 1


def test_axial_resistance_of_a_cone_is_exact():
    """4 R l / (pi d1 d2): 150 ohm cm along 100 um from 4 to 1 um."""
    made = cable("100 um", "4 um", end_diameter="1 um")
    parts = cut(made, counts=50)
    ends = _half(parts, made, 0, 0.0), _half(parts, made, -1, 1.0)
    total = (1.0 / parts.conductance[1:]).sum() + sum(ends)
    assert total == pytest.approx(4.0 * 150.0 * 100.0 / (np.pi * 4.0) * 1e-5, rel=1e-9)


def _half(parts, made, index, edge):
    """Resistance of the half compartment at an end, by its own closed form [GOhm]."""
    branch = made.branches[0]
    first, last = branch.diameters
    at = parts.position[index]
    middle = first + (last - first) * at
    end = first + (last - first) * edge
    return 4.0 * 150.0 * abs(at - edge) * branch.length / (np.pi * middle * end) * 1e-5


def test_the_d_lambda_rule():
    """Of 1 um, 150 ohm cm and 1 uF/cm2, lambda at 100 Hz is 203.95 um; odd and no longer."""
    lam = 1e5 * np.sqrt(1.0 / (4 * np.pi * 100.0 * 150.0 * 1.0))
    assert lam == pytest.approx(230.3, rel=1e-3)
    for length in (10.0, 23.0, 24.0, 68.0, 70.0, 500.0, 2000.0):
        n = cut(cable(f"{length} um", "1 um")).n_compartments
        assert n % 2 == 1
        assert length / n <= 0.1 * lam * 1.2
        assert n == int((length / (0.1 * lam) + 0.9) / 2.0) * 2 + 1


def test_sites():
    parts = cut(rall_tree(3, "100 um", "4 um"), counts=4)
    assert parts.at("dendrite.0.0(0)") == 0
    assert parts.at("dendrite.0.0(1)") == 3
    assert parts.at("dendrite.0.0") == 2
    assert parts.at("dendrite.2.3(0.6)") == 26
    for site, told in (
        ("soma", "no branch 'soma'"),
        ("dendrite.0.0(2)", "'2'"),
        ("dendrite.0.0(x)", "'x'"),
    ):
        with pytest.raises(SelectionError) as caught:
            parts.at(site)
        assert told in str(caught.value)
    assert "branch points" in repr(parts)


def test_three_meet_in_a_point_and_two_in_series():
    parts = cut(rall_tree(2, "100 um", "4 um"), counts=1)
    assert parts.parent.tolist() == [-1, 3, 3, 0]
    line = cut(ball_and_stick("20 um", "100 um", "2 um"), counts=1)
    assert line.parent.tolist() == [-1, 0]
    halves = 4 * 150 / np.pi * (10 / 20**2 + 50 / 2**2) * 1e-5
    assert 1.0 / line.conductance[1] == pytest.approx(halves)
