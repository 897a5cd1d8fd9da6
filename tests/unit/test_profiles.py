"""Profiles of parameters: in Python and in files, what is seen of them, what is refused."""

import numpy as np
import pytest
from cables import active, neuron, passive, random_tree

from loligo.cell import Neuron
from loligo.cell.morphology import ball_and_stick
from loligo.engine import simulate
from loligo.errors import ModelError
from loligo.protocol import Protocol

STICK = ball_and_stick("20 um", "300 um", "2 um")
LEAK = "channel.leak.conductance"
STEP = Protocol("step", ["hold for 2 ms"], holding="100 pA")


def profiled(text, path=LEAK, region="dendrite", **more):
    membrane = {"soma": active(), "dendrite": passive().with_(constants={"k": 0.5})}
    return neuron(STICK, membrane, profile={region: {path: text}}, counts=3, **more)


def test_values_by_compartment():
    cell = profiled("k * distance + diameter")
    assert cell.compartments.distance.tolist() == pytest.approx([10 / 3, 10, 50 / 3, 70, 170, 270])
    np.testing.assert_allclose(cell.values(LEAK), [0.3, 0.3, 0.3, 37.0, 87.0, 137.0])
    sodium = cell.values("channel.na.conductance")
    np.testing.assert_array_equal(sodium, [120.0] * 3 + [np.nan] * 3)
    np.testing.assert_array_equal(cell.values("area"), cell.compartments.area)
    with pytest.raises(ModelError, match=r"no parameter 'channel.ca.conductance'"):
        cell.values("channel.ca.conductance")
    assert f"  {LEAK} = k * distance + diameter" in repr(cell)


def test_they_are_kept():
    cell = profiled("k * distance")
    assert cell.with_(notes="x").with_(notes="") == cell
    assert cell.with_(profile=None) != cell
    assert cell.with_(profile=None) == cell.with_(profile={"dendrite": {}})
    text = cell.to_toml()
    assert '"channel.leak.conductance" = "k * distance"' in text
    assert Neuron.from_toml(text) == cell
    assert repr(Neuron.from_toml(text)) == repr(cell)


REFUSED = [
    ("0.1 - distance / 1000", LEAK, "dendrite",
     "profile.dendrite.channel.leak.conductance = -0.17 mS/cm2 at 270 um in 'dendrite' is "
     "refused: channel.leak.conductance = -0.17 mS/cm2; at least 0 mS/cm2"),
    ("1 / abs(distance - 170)", LEAK, "dendrite", "= inf mS/cm2 at 170 um in 'dendrite' is not"),
    ("log(diameter - 2)", LEAK, "dendrite", "not finite"),
    ("sqrt(100 - distance)", LEAK, "dendrite", "= nan mS/cm2 at 170 um"),
    ("1 - distance / 100", "capacitance", "dendrite", "must be above 0"),
    ("distance - 10", "channel.na.gate.m.alpha.scale", "soma",
     "profile.soma.channel.na.gate.m.alpha.scale = 0 mV at 10 um in 'soma' is refused: "),
    ("length", LEAK, "dendrite", "unknown name 'length'; allowed: diameter, distance, k"),
    ("v", LEAK, "dendrite", "unknown name 'v'"),
    ("nernst(1, 2, 3)", LEAK, "dendrite", "unknown name 'temperature'"),
    ("k", LEAK, "soma", "unknown name 'k'"),
    ("distance)", LEAK, "dendrite", "leak.conductance: 'distance)' is not"),
    ("__import__('os')", LEAK, "dendrite", "unknown function '__import__'"),
    ("distance", LEAK, "axon", "profile: no region 'axon'"),
    ("distance", "channel.na.conductance", "dendrite", "no parameter 'channel.na.conductance'"),
    ("distance", "area", "dendrite", "the area is not given by an expression"),
    ("distance", "temperature", "dendrite", "the temperature is not given by an expression"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "region", "told"), REFUSED)
def test_what_is_refused(text, path, region, told):
    with pytest.raises(ModelError) as caught:
        profiled(text, path, region)
    assert told in str(caught.value)


def test_a_profile_is_an_expression_of_places_and_numbers_alone():
    membrane = passive().with_(constants={"distance": 3.0})
    with pytest.raises(ModelError, match="'distance' is the name of a constant"):
        neuron(STICK, membrane, profile={"soma": {LEAK: "distance"}})
    membrane = passive().with_(constants={"k": 3.0})
    both = {"constants.k": "distance", LEAK: "k"}
    with pytest.raises(ModelError, match="the constant 'k' has a profile itself"):
        neuron(STICK, membrane, profile={"soma": both})
    with pytest.raises(ModelError, match=r"profile.soma.channel.leak.conductance = 3 must be"):
        neuron(STICK, passive(), profile={"soma": {LEAK: 3}})


def test_values_that_parameters_make_are_checked():
    cell = profiled("k * distance")
    with pytest.raises(ModelError, match=r"dendrite.channel.leak.conductance = -5\d\d mS/cm2"):
        simulate(cell, STEP, parameters={"constants.k": ([0.5, -2.0], "")})
    found = simulate(cell, STEP, parameters={"dendrite.constants.k": ([0.5, 2.0], "")})
    assert found["v"].shape[0] == 2


def test_profiles_of_a_file_say_where_they_are_wrong():
    text = profiled("k * distance").to_toml()
    wrong = text.replace('"k * distance"', '"-k * distance"')
    with pytest.raises(ModelError, match=r"^profile.dendrite.channel.leak.conductance = -"):
        Neuron.from_toml(wrong)
    wrong = text.replace('"k * distance"', "3")
    with pytest.raises(ModelError, match=r"^profile.dendrite.channel.leak.conductance = 3 must"):
        Neuron.from_toml(wrong)


def test_trees_of_many_regions():
    shape = random_tree(3, 40, ("a", "b", "c"))
    text = "0.01 + distance / 10000"
    cell = neuron(shape, passive(), counts=2, profile={"b": {LEAK: text}, "c": {LEAK: text}})
    cut = cell.compartments
    expected = np.where(cut.regions == "a", 0.05, 0.01 + cut.distance / 10000)
    np.testing.assert_allclose(cell.values(LEAK), expected, rtol=1e-14)
    found = simulate(cell, STEP, record=[f"i.leak at b{i}(1)" for i in range(40)])
    for i in range(40):
        place = cell.at(f"b{i}(1)")
        i_leak = 0.01 * cut.area[place] * expected[place] * (-0.0)
        assert found[f"i.leak at b{i}(1)"][0, 0, 0] == pytest.approx(i_leak, abs=1e-12)
