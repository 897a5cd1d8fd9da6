"""Sites in words: what they mean, and that words which fit several places are refused."""

import numpy as np
import pytest
from cables import neuron, passive, random_tree
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell import Neuron
from loligo.cell.morphology import Branch, Morphology, locate, rall_tree
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError, UnitError
from loligo.protocol import Protocol


def run(name, region, length, parent=None, at=1.0):
    return Branch(name, region, (0.0, length), (2.0, 2.0), parent, at)


SHAPE = Morphology(
    (
        run("soma", "soma", 20.0),
        run("apical.0", "apical", 200.0, "soma"),
        run("apical.1", "apical", 100.0, "apical.0"),
        run("apical.2", "apical", 300.0, "apical.0"),
        run("apical.3", "apical", 50.0, "apical.0", 0.5),
        run("axon", "axon", 40.0, "soma", 0.0),
    )
)
PLACES = [
    ("soma", ("soma", 0.5)),
    (" soma ", ("soma", 0.5)),
    ("apical.2(0.25)", ("apical.2", 0.25)),
    ("apical.2 (1)", ("apical.2", 1.0)),
    ("apical at 60 um", ("apical.0", 0.2)),
    ("apical at 0.06 mm", ("apical.0", 0.2)),
    ("apical at 20 um", ("apical.0", 0.0)),
    ("apical at 120 um", ("apical.0", 0.5)),
    ("apical at 220 um", ("apical.0", 1.0)),
    ("apical at 400 um", ("apical.2", 0.6)),
    ("apical at 520 um", ("apical.2", 1.0)),
    ("apical.1 at 270 um", ("apical.1", 0.5)),
    ("soma at 0 um", ("soma", 0.0)),
    ("soma at 5 um", ("soma", 0.25)),
    ("axon at 10 um", ("axon", 0.25)),
    ("tip of apical", ("apical.2", 1.0)),
    ("tip of apical.1", ("apical.1", 1.0)),
    ("tip of soma", ("soma", 1.0)),
]


@pytest.mark.parametrize(("site", "place"), PLACES)
def test_words(site, place):
    branch, position = locate(SHAPE, site)
    assert (branch, position) == (place[0], pytest.approx(place[1], abs=1e-12))


REFUSED = [
    ("dendrite", SelectionError, "no branch 'dendrite'"),
    ("apical", SelectionError, "a region; write one of its branches, 'apical at 100 um' or 'tip"),
    ("apical(0.5)", SelectionError, "no branch 'apical', which is a region"),
    ("apical.2(1.5)", SelectionError, "'1.5' is no fraction"),
    ("apical.2(x)", SelectionError, "'x' is no fraction"),
    ("apical at 250 um", SelectionError,
     "may be any of 2 places; write one of them: apical.1(0.3), apical.2(0.1)"),
    ("apical at 150 um", SelectionError, "apical.0(0.65), apical.3(0.6)"),
    ("apical at 10 um", SelectionError, "it goes from 20 to 520 um"),
    ("apical at 521 um", SelectionError, "nothing of 'apical' is 521 um"),
    ("apical at -5 um", SelectionError, "nothing of 'apical' is -5 um"),
    ("apical at 5 mV", UnitError, "5 mV is a voltage"),
    ("apical at 5", UnitError, "no unit"),
    ("apcal at 50 um", SelectionError, "no region or branch 'apcal'; did you mean 'apical'?"),
    ("tip of tuft", SelectionError, "no region or branch 'tuft'"),
    ("", SelectionError, "no branch ''"),
    ("a at " * 100, SelectionError, "has 499 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("site", "error", "told"), REFUSED)
def test_what_is_refused(site, error, told):
    with pytest.raises(error) as caught:
        locate(SHAPE, site)
    assert told in str(caught.value)


def test_equal_tips_are_listed():
    with pytest.raises(SelectionError, match=r"any of 16 places.*dendrite.4.0\(1\).* and 8 more"):
        locate(rall_tree(5, "100 um", "4 um"), "tip of dendrite")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 1))
def test_a_distance_is_found_where_it_is(seed, share):
    """Of a branch alone, or of a region: the place has the distance, and so have all listed."""
    shape = random_tree(seed, regions=("a", "b"))
    index = seed % len(shape.branches)
    branch, start = shape.branches[index], shape.starts[index]
    distance = start + share * branch.length
    found, position = locate(Morphology(shape.branches), f"tip of {branch.name}")
    assert (found, position) == (branch.name, 1.0)
    try:
        places = [locate(shape, f"{branch.region} at {float(distance)!r} um")]
    except SelectionError as error:
        listed = str(error).partition("them: ")[2]
        assert listed
        names = [text.partition("(")[0] for text in listed.partition(" and ")[0].split(", ")]
        places = [
            (name, (distance - shape.starts[shape.index[name]]) / shape.branch(name).length)
            for name in names
        ]
    for name, position in places:
        assert shape.branch(name).region == branch.region
        there = shape.starts[shape.index[name]] + position * shape.branch(name).length
        assert there == pytest.approx(distance, abs=1e-6)
        assert -1e-9 <= position <= 1 + 1e-9


ELECTRODES = {"pipette": "soma(0.5)", "far": "tip of apical", "mid": "apical at 120 um"}
STEP = Protocol("step", ["hold for 5 ms"], holding="10 pA")


def test_electrodes_stand_for_their_sites():
    cell = neuron(SHAPE, passive(), counts=5, electrode=ELECTRODES)
    for name, site in ELECTRODES.items():
        assert cell.at(name) == cell.at(site) == cell.compartments.at(site)
    words = simulate(cell, STEP, at="pipette", record=["v at far", "v at apical at 120 um", "v"])
    plain = simulate(
        cell,
        STEP,
        at="soma(0.5)",
        record=["v at apical.2(1)", "v at apical.0(0.5)", "v at soma"],
    )
    for one, two in zip(words.traces.values(), plain.traces.values(), strict=True):
        np.testing.assert_array_equal(one, two)
    several = simulate(cell, STEP, at=["pipette", "far"], record=["v at mid"])
    assert several["v at mid"].max() > words["v at apical at 120 um"].max()
    with pytest.raises(SelectionError, match="no branch 'pipet'; did you mean 'pipette'"):
        simulate(cell, STEP, at="pipet")
    assert "electrode far: tip of apical" in repr(cell)
    assert Neuron.from_toml(cell.to_toml()) == cell
    assert "[electrode.mid]" in cell.to_toml()
    assert cell.with_(electrode=None).electrode == ()


PLACED = [
    ({"a b": "soma"}, "electrode 'a b': a name is a letter"),
    ({"soma": "soma"}, "electrode.soma: there is a branch or region of that name"),
    ({"apical": "soma"}, "electrode.apical: there is a branch or region of that name"),
    ({"a": "apical at 250 um"}, "electrode.a: 'apical at 250 um' may be any of 2 places"),
    ({"a": "apical at 5 mV"}, "electrode.a: "),
    ({"a": "soma", "b": "a"}, "electrode.b: no branch 'a'"),
    ({"a": 3}, "electrode.a = 3 must be a site"),
]


@pytest.mark.parametrize(("placed", "told"), PLACED)
def test_electrodes_that_are_nowhere(placed, told):
    with pytest.raises(ModelError) as caught:
        neuron(SHAPE, passive(), electrode=placed)
    assert told in str(caught.value)
