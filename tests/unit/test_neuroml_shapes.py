"""Neurons with a shape as NeuroML documents: written, read back, and refused with the line."""

import re
from pathlib import Path

import numpy as np
import pytest
from shaped_cells import CASES

from loligo.cell import Neuron
from loligo.cell.interchange.neuroml import read_neuroml, write_neuroml
from loligo.errors import ModelError

DOCUMENT = Path(__file__).resolve().parents[1] / "golden/neuroml/dendrites.cell.nml"
VOLTAGES = np.linspace(-90.0, 40.0, 14)


def _counts(neuron):
    cut = neuron.compartments
    names = [branch.name for branch in neuron.morphology.branches]
    return {name: int(n) for name, n in zip(names, np.bincount(cut.branch), strict=True)}


@pytest.mark.parametrize("name", CASES)
def test_neurons_come_back(name, tmp_path):
    written = CASES[name][0]()
    read = read_neuroml(write_neuroml(written, tmp_path / "a.cell.nml")).cell
    assert isinstance(read, Neuron)
    assert [b.name for b in read.morphology.branches] == [
        b.name for b in written.morphology.branches
    ]
    assert read.morphology.regions == written.morphology.regions
    assert read.axial_resistivity == written.axial_resistivity
    assert read.temperature == written.temperature
    assert read.initial_potential == written.initial_potential
    mine, theirs = written.compartments, read.with_(counts=_counts(written)).compartments
    assert (theirs.parent == mine.parent).all()
    for field in ("area", "conductance", "distance", "length", "diameter"):
        np.testing.assert_allclose(getattr(theirs, field), getattr(mine, field), rtol=1e-11)
    fine = read.with_(counts=_counts(written))
    for region in written.morphology.regions:
        one, other = written.patch(region), fine.patch(region)
        assert one.capacitance == other.capacitance
        assert sorted(one.channel) == sorted(other.channel)
        for path in (f"channel.{key}.conductance" for key in one.channel):
            np.testing.assert_allclose(fine.values(path), written.values(path), rtol=1e-11)
        found = other.steady_state(VOLTAGES)
        for state, values in one.steady_state(VOLTAGES).items():
            np.testing.assert_allclose(found[state], values, rtol=1e-12, atol=1e-15)


@pytest.fixture(scope="module")
def dendrites():
    return read_neuroml(DOCUMENT, temperature="14 degC").cell


def test_regions_are_segments_of_equal_biophysics(dendrites):
    assert dendrites.morphology.regions == ("firing", "apical")
    assert {region: list(m.channel) for region, m in dendrites.membrane} == {
        "firing": ["leak", "na", "k"],
        "apical": ["leak", "k", "na"],
    }
    assert dict(dendrites.membrane)["apical"].capacitance == 1.6


def test_a_segment_hangs_where_the_document_says(dendrites):
    branches = {branch.name: branch for branch in dendrites.morphology.branches}
    oblique = branches["oblique"]
    assert (oblique.parent, oblique.at) == ("trunk", 0.5)
    assert branches["axon"].at == 0.0
    assert branches["axon"].length == pytest.approx(100.0)
    assert branches["end_section"].diameters[0] == 2.4  # its parent's, where it has no proximal


def test_a_density_falls_off_with_the_distance(dendrites):
    cut = dendrites.compartments
    inside = cut.regions == "apical"
    expected = 90.0 * np.exp(-cut.distance[inside] / 150.0) + 2.0  # 10 S/m2 are 1 mS/cm2
    found = dendrites.values("channel.na.conductance")
    np.testing.assert_allclose(found[inside], expected, rtol=1e-12)
    assert (found[~inside] == 120.0).all()


def test_a_length_can_begin_where_its_group_does(tmp_path, dendrites):
    text = DOCUMENT.read_text(encoding="utf-8")
    begin = '<proximal translationStart="0"/></inhomogeneousParameter>'
    text = text.replace('from root"/>', f'from root">{begin}')
    for other in DOCUMENT.parent.glob("spiker_*.nml"):
        (tmp_path / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "a.cell.nml"
    path.write_text(text, encoding="utf-8")
    cell = read_neuroml(path, temperature="14 degC").cell
    cut = cell.compartments
    inside = cut.regions == "apical"  # which begins at the end of the soma, at 20 um
    expected = 90.0 * np.exp(-(cut.distance[inside] - 20.0) / 150.0) + 2.0
    found = cell.values("channel.na.conductance")[inside]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


WRONG = {
    "metric": ('metric="Path Length from root"', 'metric="distance"', "metric = 'distance'"),
    "parameter": ('parameter="condDensity"', 'parameter="erev"', "parameter = 'erev'"),
    "variable": ("exp(-p / 150)", "exp(-q / 150)", "unknown name 'q'"),
    "function": ("exp(-p / 150)", "open(p)", "open"),
    "unknown": ('Parameter="apical_distance"', 'Parameter="other"', "no inhomogeneousParameter"),
    "negative": ("+ 20", "- 2000", "conductance"),
    "two capacitances": ('segmentGroup="firing"/>\n                <spec',
                         'segmentGroup="all"/>\n                <spec', "contradicts"),
    "group": ('uF_per_cm2" segmentGroup="firing"', 'uF_per_cm2" segmentGroup="fireing"',
              "did you mean 'firing'"),
    "no resistivity": ('<resistivity value="0.12 kohm_cm"/>', "", "no <resistivity>"),
    "two roots": ('<parent segment="3"/>\n                <proximal x="10" y="190" z="8" '
                  'diameter="1.2"/>\n                <distal x="-60"',
                  '<proximal x="10" y="190" z="8" diameter="1.2"/>\n                '
                  '<distal x="-60"', "one tree"),
    "no diameter": ('diameter="0.9"', 'diameter="0"', "diameter 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_with_its_line(name, tmp_path):
    before, after, message = WRONG[name]
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    for other in DOCUMENT.parent.glob("spiker_*.nml"):
        (tmp_path / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "a.cell.nml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ModelError, match=re.escape(message)) as caught:
        read_neuroml(path, temperature="14 degC")
    assert "line " in str(caught.value)


def test_a_profile_that_is_no_conductance_is_not_written(tmp_path):
    cell = CASES["reconstruction"][0]()
    other = cell.with_(profile={"dendrite": {"channel.na.reversal": "50 - distance / 100"}})
    with pytest.raises(ModelError, match="profiles of conductances alone"):
        write_neuroml(other, tmp_path / "a.nml")
    wide = cell.with_(profile={"dendrite": {"channel.na.conductance": "100 * diameter"}})
    with pytest.raises(ModelError, match="depends on the diameter"):
        write_neuroml(wide, tmp_path / "a.nml")
