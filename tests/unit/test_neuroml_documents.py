"""What NeuroML documents have beside their cells: inputs, networks, how finely sections are cut."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.neuroml_sections import split_sections
from loligo import simulate
from loligo.cell import Neuron
from loligo.cell.interchange.neuroml import read_neuroml, write_neuroml
from loligo.errors import ModelError

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "neuroml"
HEAD = '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="test">\n'
BALL = """<ionChannelHH id="leak" conductance="4 pS"/>
<cell id="ball"><morphology id="shape">
<segment id="0"><proximal x="0" y="0" z="0" diameter="20"/>
<distal x="0" y="0" z="0" diameter="20"/></segment></morphology>
<biophysicalProperties><membraneProperties>
<channelPopulation id="leaks" ionChannel="leak" number="5000" ion="non_specific" erev="-70 mV"/>
<specificCapacitance value="1 uF_per_cm2"/><initMembPotential value="-70 mV"/>
</membraneProperties></biophysicalProperties></cell>
"""
TREE = """<ionChannelHH id="leak" conductance="4 pS"/><ionChannelHH id="mute"/>
<cell id="tree"><morphology id="shape">
<segment id="0"><proximal x="0" y="0" z="0" diameter="12"/>
<distal x="0" y="15" z="0" diameter="12"/></segment>
<segment id="1"><parent segment="0"/><proximal x="0" y="15" z="0" diameter="3"/>
<distal x="0" y="105" z="0" diameter="1"/></segment>
<segment id="2"><parent segment="1"/><distal x="0" y="135" z="0" diameter="1"/></segment>
<segment id="3"><parent segment="1"/><proximal x="0" y="105" z="0" diameter="1"/>
<distal x="40" y="105" z="0" diameter="1"/></segment>
<segmentGroup id="soma" neuroLexId="sao864921383"><member segment="0"/></segmentGroup>
<segmentGroup id="trunk" neuroLexId="sao864921383">
<property tag="numberInternalDivisions" value="8"/><member segment="1"/><member segment="2"/>
</segmentGroup>
<segmentGroup id="side" neuroLexId="sao864921383"><property tag="colour" value="none"/>
<property tag="numberInternalDivisions" value="3"/><member segment="3"/></segmentGroup>
<segmentGroup id="dendrites"><include segmentGroup="trunk"/><include segmentGroup="side"/>
<inhomogeneousParameter id="share" variable="r" metric="Path Length from root">
<proximal translationStart="0"/><distal normalizationEnd="1"/></inhomogeneousParameter>
</segmentGroup></morphology>
<biophysicalProperties><membraneProperties>
<channelPopulation id="leaks" ionChannel="leak" segment="1" number="900" ion="x" erev="-70 mV"/>
<channelDensityNonUniform id="more" ionChannel="leak" ion="x" erev="-70 mV">
<variableParameter parameter="condDensity" segmentGroup="dendrites">
<inhomogeneousValue inhomogeneousParameter="share" value="2 + 3 * r"/></variableParameter>
</channelDensityNonUniform>
<specificCapacitance value="1 uF_per_cm2"/><initMembPotential value="-70 mV"/>
</membraneProperties><intracellularProperties><resistivity value="100 ohm_cm"/>
</intracellularProperties></biophysicalProperties></cell>
"""
INPUTS = """<pulseGenerator id="pulse" delay="10 ms" duration="40ms" amplitude="0.08 nA"/>
<sineGenerator id="sine" phase="0.5" delay="5ms" duration="60 ms" amplitude="20 pA" period="8ms"/>
<rampGenerator id="ramp" delay="0 ms" duration="30ms" startAmplitude="0.01 nA"
finishAmplitude="-20 pA" baselineAmplitude="3 pA"/>
"""


def _read(tmp_path, body, **options):
    path = tmp_path / "test.nml"
    path.write_text(f"{HEAD}{body}\n</neuroml>", encoding="utf-8")
    return read_neuroml(path, **options)


def test_inputs_are_protocols_with_the_currents_that_neuroml_defines(tmp_path):
    found = _read(tmp_path, INPUTS).inputs
    assert list(found) == ["pulse", "sine", "ramp"]
    times = np.arange(0.25, 29.0, 0.5)
    pulse = np.where(times < 10.0, 0.0, 80.0)
    sine = np.where(times < 5.0, 0.0, 20.0 * np.sin(0.5 + 2.0 * math.pi * (times - 5.0) / 8.0))
    ramp = 10.0 - 30.0 * times / 30.0
    for name, expected in (("pulse", pulse), ("sine", sine), ("ramp", ramp)):
        np.testing.assert_allclose(found[name].command(0, times), expected, rtol=0, atol=1e-11)
    assert [found[name].duration(0) for name in found] == [50.0, 65.0, 30.0]
    assert found["ramp"].rest(0) == 3.0


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('period="8ms"', 'period="0 ms"', "period = 0 ms"),
        ('delay="10 ms"', 'delay="-1 ms"', "delay = -1 ms"),
        ('duration="40ms"', 'duration="-2ms"', "duration = -2 ms"),
        ('amplitude="0.08 nA"', 'amplitude="0.08 mV"', "current"),
        ('amplitude="0.08 nA"', 'amplitude="8 pA" weight="2"', "'weight' is not understood"),
    ],
)
def test_a_wrong_input_is_refused_with_its_line(tmp_path, before, after, message):
    assert INPUTS.count(before) == 1
    with pytest.raises(ModelError, match=message) as caught:
        _read(tmp_path, INPUTS.replace(before, after))
    assert re.match(r"test.nml, line \d, <(pulse|sine)Generator id=", str(caught.value))


NETWORK = """<network id="net"><population id="balls" component="ball" size="2"/>
<population id="trees" type="populationList" component="tree">
<instance id="0"><location x="1" y="2" z="3"/></instance><instance id="1"/></population>
<explicitInput target="balls[1]" input="pulse"/>
<inputList id="list" component="sine" population="trees">
<input id="0" target="../trees/0/tree" destination="synapses"/>
<input id="1" target="../trees/1/tree" segmentId="2" fractionAlong="0.25" destination="synapses"/>
</inputList></network>"""
BOTH = BALL + TREE.replace('<ionChannelHH id="leak" conductance="4 pS"/>', "")


def test_a_network_tells_what_is_injected_where(tmp_path):
    document = _read(tmp_path, BOTH + INPUTS + NETWORK)
    found = [(x.input, x.cell, x.population, x.index) for x in document.injections]
    assert found == [
        ("pulse", "ball", "balls", 1),
        ("sine", "tree", "trees", 0),
        ("sine", "tree", "trees", 1),
    ]
    assert document.injections[0].site == ""
    tree = document.cells["tree"]
    middle, far = (tree.at(x.site) for x in document.injections[1:])
    cut = tree.compartments
    assert cut.branch[middle] == 0
    end = next(b for b in tree.morphology.branches if b.length == 30.0)
    assert tree.morphology.branches[cut.branch[far]] == end
    assert f"{end.name}(0.25)" == document.injections[2].site


def test_what_is_read_can_be_simulated(tmp_path):
    document = _read(tmp_path, BALL + INPUTS)
    run = simulate(document.cell, document.inputs["pulse"], dt="0.01 ms", sampling="1 ms")
    # 5000 channels of 4 pS are 20 nS; 20 um across are 1257 um2, 12.57 pF
    times = np.arange(11.0, 50.0)
    tau = 0.01 * math.pi * 400.0 / 20.0
    expected = -70.0 + 80.0 / 20.0 * (1.0 - np.exp(-(times - 10.0) / tau))
    np.testing.assert_allclose(run["v"][0, 0, 11:50], expected, atol=1e-4)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("balls[1]", "balls[2]", "has 2 cells"),
        ("balls[1]", "bills[1]", "did you mean 'balls'"),
        ("balls[1]", "balls", "is not read; write"),
        ('input="pulse"', 'input="pulses"', "did you mean 'pulse'"),
        ("../trees/0/tree", "../trees/0/ball", "is of 'tree'"),
        ("../trees/0/tree", "../balls/0/ball", "is not in 'trees'"),
        ('segmentId="2"', 'segmentId="7"', "no segment 7"),
        ('Along="0.25"', 'Along="1.25"', "allowed: 0 to 1"),
        ('<population id="trees"', '<population id="trees" size="3"', "size = 3 of 2 instances"),
        (' size="2"', "", "needs a size"),
        ('component="ball"', 'component="bell"', "did you mean 'ball'"),
        ('destination="synapses"/>\n<', 'destination="soma"/>\n<', "allowed: 'synapses'"),
    ],
)
def test_a_wrong_network_is_refused_with_its_line(tmp_path, before, after, message):
    assert before in NETWORK
    with pytest.raises(ModelError, match=re.escape(message)) as caught:
        _read(tmp_path, BOTH + INPUTS + NETWORK.replace(before, after, 1))
    assert re.match(r"test.nml, line \d+, <", str(caught.value))


UNREAD = """<expTwoSynapse id="s" gbase="1nS" erev="0mV" tauRise="1ms" tauDecay="2ms"/>
<iafTauCell id="i" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
<network id="net"><population id="balls" component="ball" size="2"/>
<projection id="p" presynapticPopulation="balls" postsynapticPopulation="balls" synapse="s"/>
</network>"""


def test_what_is_known_and_not_read_tells_all_that_would_be_passed_over(tmp_path):
    with pytest.raises(ModelError) as caught:
        _read(tmp_path, BALL + UNREAD)
    said = str(caught.value)
    assert said.startswith("test.nml, line 10, <expTwoSynapse id='s'>: is not read: a synapse")
    names = ["expTwoSynapse", "iafTauCell", "projection"]
    assert f"skip={names} passes over it" in said
    document = _read(tmp_path, BALL + UNREAD, skip=names)
    assert list(document.cells) == ["ball"]
    assert len(document.skipped) == 3


def test_a_simulation_in_lems_is_told_from_a_document(tmp_path):
    path = tmp_path / "LEMS.xml"
    path.write_text("<Lems><Target component='x'/></Lems>", encoding="utf-8")
    with pytest.raises(ModelError, match=r"line 1, <Lems>.*read the documents it includes"):
        read_neuroml(path)


# Populations --------------------------------------------------------------------------------------


def test_a_population_is_a_density_on_its_segment(tmp_path):
    ball = _read(tmp_path, BALL).cell
    # 5000 * 4 pS = 20 nS on pi 20^2 um2; 1 nS/um2 is 100 mS/cm2
    expected = 100.0 * 20.0 / (math.pi * 400.0)
    assert ball.channel["leaks"].conductance.value == pytest.approx(expected, rel=1e-14)
    tree = _read(tmp_path, TREE).cell
    slant = math.hypot(90.0, 1.0)
    expected = 100.0 * 3.6 / (math.pi * 2.0 * slant)
    cut = tree.compartments
    found = tree.values("channel.leaks.conductance")
    inside = np.isfinite(found)
    np.testing.assert_allclose(found[inside], expected, rtol=1e-12)
    assert (0.01 * cut.area[inside] * found[inside]).sum() == pytest.approx(3.6, rel=1e-12)  # nS
    first = tree.morphology.branches[0]
    assert set(cut.branch[~inside]) != set(cut.branch[inside])
    assert not inside[cut.branch == 0].any(), first


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('segment="1" number', 'segmentGroup="dendrites" number', "'dendrites' has 3 segments"),
        ('segment="1" number', 'segment="8" number', "'8' has 0 segments"),
        ('ionChannel="leak" segment', 'ionChannel="mute" segment', "the attribute 'conductance'"),
        ('number="900"', 'number="900.5"', "a whole number of channels"),
        ('number="900"', 'number="-1"', "a whole number of channels"),
    ],
)
def test_a_population_without_a_place_or_a_size_is_refused(tmp_path, before, after, message):
    assert TREE.count(before) == 1
    with pytest.raises(ModelError, match=re.escape(message)) as caught:
        _read(tmp_path, TREE.replace(before, after))
    assert "line " in str(caught.value)


# Divisions ----------------------------------------------------------------------------------------


def _counts(neuron):
    found = np.bincount(neuron.compartments.branch)
    return {b.length: int(n) for b, n in zip(neuron.morphology.branches, found, strict=True)}


def test_a_neuron_is_cut_as_its_document_says_where_one_asks(tmp_path):
    plain = _read(tmp_path, TREE).cell
    assert plain.counts is None
    neuron = _read(tmp_path, TREE, divisions=True).cell
    # 8 of the trunk: 6 and 2 by the length of its two branches; of the soma nothing is said
    assert _counts(neuron) == {15.0: 1, 90.0: 6, 30.0: 2, 40.0: 3}


def test_compartments_come_back(tmp_path):
    neuron = read_neuroml(FOLDER / "branched.cell.nml").cell.with_(counts=7)
    path = write_neuroml(neuron, tmp_path / "a.cell.nml")
    again = read_neuroml(path, divisions=True).cell
    assert isinstance(again, Neuron)
    assert again.compartments.n_compartments == neuron.compartments.n_compartments
    np.testing.assert_allclose(again.compartments.area, neuron.compartments.area, rtol=1e-11)
    assert read_neuroml(path).cell.counts is None


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('value="8"', 'value="0"', "= 0; a section has 1 to 100000"),
        ('value="8"', 'value="1e300"', "a section has 1 to 100000"),
        ('value="8"', 'value="2.5"', "a whole number"),
        ('value="8"/>', 'value="8"/><property tag="numberInternalDivisions" value="8"/>', "second"),
        ('id="trunk" neuroLexId="sao864921383"', 'id="trunk"', "that of no section"),
    ],
)
def test_a_number_of_divisions_that_is_none_is_refused(tmp_path, before, after, message):
    assert TREE.count(before) == 1
    with pytest.raises(ModelError, match=message) as caught:
        _read(tmp_path, TREE.replace(before, after), divisions=True)
    assert "line " in str(caught.value)


# Normalized lengths -------------------------------------------------------------------------------


def test_a_length_can_be_a_share_of_its_group(tmp_path):
    tree = _read(tmp_path, TREE).cell
    cut = tree.compartments
    found = tree.values("channel.more.conductance")
    inside = np.isfinite(found)
    # from the soma's end at 15 um to the far end at 145 um; 10 S/m2 are 1 mS/cm2
    expected = 0.1 * (2.0 + 3.0 * (cut.distance[inside] - 15.0) / 130.0)
    np.testing.assert_allclose(found[inside], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('normalizationEnd="1"', 'normalizationEnd="2"', "normalized to 1"),
        ('<proximal translationStart="0"/>', "", "add <proximal"),
        ('translationStart="0"', 'translationStart="5"', "elsewhere than at 0"),
    ],
)
def test_other_lengths_are_refused(tmp_path, before, after, message):
    assert TREE.count(before) == 1
    with pytest.raises(ModelError, match=message) as caught:
        _read(tmp_path, TREE.replace(before, after))
    assert "line " in str(caught.value)


# Sections, as the comparison with NEURON writes them ----------------------------------------------


def test_a_section_that_is_split_is_the_same_cell(tmp_path):
    neuron = _read(tmp_path, TREE).cell
    assert split_sections(tmp_path / "test.nml") == 1
    again = read_neuroml(tmp_path / "test.nml").cell
    text = (tmp_path / "test.nml").read_text(encoding="utf-8")
    assert 'id="trunk_part1"' in text
    assert split_sections(tmp_path / "test.nml") == 0
    mine, theirs = neuron.compartments, again.compartments
    for field in ("parent", "area", "conductance", "distance"):
        np.testing.assert_array_equal(getattr(theirs, field), getattr(mine, field))
    np.testing.assert_array_equal(
        again.values("channel.more.conductance"), neuron.values("channel.more.conductance")
    )
