"""Neurons in TOML files: what a file may say, where its morphology may be, what is refused."""

import gzip
import os
import re
import tomllib
import zipfile
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from loligo.cell import Membrane, Neuron, catalogue, read_cell
from loligo.cell.files import KINDS, read_text
from loligo.cell.morphology import ball_and_stick, cable, myelinated, rall_tree, read_swc
from loligo.cell.neuron_file import NeuronFile
from loligo.errors import ModelError

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
kind = "neuron"
name = "a cell"
source = "doi:10.1000/1"
notes = "made up"
temperature = "34 degC"
initial_potential = "-80 mV"
axial_resistivity = "100 ohm cm"
"""
SHAPE = """
[morphology]
shape = "ball_and_stick"
soma_diameter = "20 um"
length = "1 mm"
diameter = "2 um"
"""
MEMBRANES = """
[channel.na]
use = "hay2011_nata_t"
reversal = "55 mV"

[channel.leak]
reversal = "-80 mV"

[membrane.soma]
capacitance = "1 uF/cm2"
channel.na = "2040 mS/cm2"
channel.leak = "0.03 mS/cm2"

[membrane.dendrite]
capacitance = "2 uF/cm2"
channel.na = "20 mS/cm2"

[membrane.dendrite.channel.leak]
use = "leak"
conductance = "0.06 mS/cm2"
reversal = "-90 mV"
"""
TEXT = HEAD + SHAPE + MEMBRANES
SWC = """1 1 0 0 0 8 -1
2 4 8 0 0 1.5 1
3 4 120.25 0 0.1 0.7 2
4 3 0 -8 0 1 1
5 3 0 -70 0 0.4 4
"""
TWO = """
[membrane.all]
regions = ["soma", "apical", "dendrite"]
capacitance = "1 uF/cm2"
"""


def test_a_file_is_the_neuron_made_in_python():
    found = Neuron.from_toml(TEXT)
    sodium = catalogue.load("hay2011_nata_t").with_(reversal="55 mV")
    leak = {"reversal": "-80 mV", "conductance": "0.03 mS/cm2"}
    soma = Membrane(
        capacitance="1 uF/cm2",
        channel={"na": sodium.with_(conductance="2040 mS/cm2"), "leak": leak},
    )
    dendrite = Membrane(
        capacitance="2 uF/cm2",
        channel={
            "na": sodium.with_(conductance="20 mS/cm2"),
            "leak": {"reversal": "-90 mV", "conductance": "0.06 mS/cm2"},
        },
    )
    made = Neuron(
        "a cell",
        ball_and_stick("20 um", "1 mm", "2 um"),
        {"soma": soma, "dendrite": dendrite},
        axial_resistivity="100 ohm cm",
        temperature="34 degC",
        initial_potential="-80 mV",
        source="doi:10.1000/1",
        notes="made up",
    )
    assert found == made
    assert found.kind == "neuron"
    assert Neuron.from_toml(made.to_toml()) == made


SHAPES = [
    ('shape = "cable"\nlength = "1 mm"\ndiameter = "1 um"', cable("1 mm", "1 um")),
    (
        'shape = "cable"\nlength = "1 mm"\ndiameter = "2 um"\nend_diameter = "0.5 um"\n'
        'region = "d"',
        cable("1 mm", "2 um", end_diameter="0.5 um", region="d"),
    ),
    ('shape = "rall_tree"\nlevels = 3\nlength = "80 um"\ndiameter = "4 um"',
     rall_tree(3, "80 um", "4 um")),
    (
        'shape = "myelinated"\nnodes = 3\nnode_length = "1 um"\nnode_diameter = "2 um"\n'
        'internode_length = "100 um"\ninternode_diameter = "4 um"',
        myelinated(3, node_length="1 um", node_diameter="2 um", internode_length="100 um",
                   internode_diameter="4 um"),
    ),
    (
        '[[morphology.branch]]\nname = "d"\nlength = "1 mm"\ndiameters = "2, 0.5 um"',
        cable("1 mm", "2 um", end_diameter="0.5 um", region="d"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("told", "made"), SHAPES)
def test_shapes(told, made):
    regions = ", ".join(f'"{region}"' for region in made.regions)
    text = f"{HEAD}[morphology]\n{told}\n[membrane.m]\nregions = [{regions}]\n"
    found = Neuron.from_toml(f'{text}capacitance = "1 uF/cm2"')
    assert found.morphology == made
    assert Neuron.from_toml(found.to_toml()) == found


def test_paint_in_order():
    text = HEAD + '[morphology]\nshape = "rall_tree"\nlevels = 3\nlength = "80 um"\n'
    text += 'diameter = "4 um"\n'
    text += '[[paint]]\nregion = "tuft"\nfarther = "80 um"\n'
    text += '[[paint]]\nregion = "left"\nbeyond = "dendrite.1.0"\n'
    text += '[[paint]]\nregion = "one"\nnames = ["dendrite.2.0"]\n'
    text += '[membrane.all]\nregions = ["dendrite", "tuft", "left", "one"]\n'
    found = Neuron.from_toml(f'{text}capacitance = "1 uF/cm2"').morphology
    assert [branch.region for branch in found.branches] == [
        "dendrite", "left", "tuft", "one", "left", "tuft", "tuft",
    ]  # fmt: skip


def test_values_by_region_and_branch():
    by_region = "[axial_resistivity]\nsoma = '90 ohm cm'\ndendrite = '2 ohm m'\n"
    counts = "[counts]\nsoma = 1\ndendrite = 7\n"
    head = HEAD.replace('axial_resistivity = "100 ohm cm"', "d_lambda = 0.2")
    found = Neuron.from_toml(head + by_region + counts + SHAPE + MEMBRANES)
    assert dict(found.axial_resistivity) == {"soma": 90.0, "dendrite": 200.0}
    assert found.compartments.n_compartments == 8
    assert found.d_lambda == 0.2
    assert Neuron.from_toml(found.to_toml()) == found
    finer = Neuron.from_toml(f'{HEAD}longest = "5 um"\n{SHAPE}{MEMBRANES}')
    assert finer.compartments.length.max() == pytest.approx(5.0)
    assert Neuron.from_toml(finer.to_toml()) == finer


def test_a_morphology_beside_the_file(tmp_path):
    (tmp_path / "one.swc").write_text(SWC)
    (tmp_path / "two.swc.gz").write_bytes(gzip.compress(SWC.encode()))
    neurons = []
    for name in ("one.swc", "two.swc.gz"):
        path = tmp_path / f"{name}.toml"
        path.write_text(f'{HEAD}[morphology]\nfile = "{name}"\n{TWO}')
        neurons.append(read_cell(path))
        assert Neuron.from_toml(path) == Neuron.from_toml(str(path)) == neurons[-1]
    assert neurons[0] == neurons[1]
    assert neurons[0].morphology == read_swc(tmp_path / "one.swc")
    written = neurons[0].to_toml()
    assert "file" not in written
    again = Neuron.from_toml(written)
    assert again == neurons[0]
    assert repr(again) == repr(neurons[0])
    np.testing.assert_array_equal(again.compartments.area, neurons[0].compartments.area)


@pytest.mark.parametrize(
    "name",
    ["../one.swc", "/etc/passwd", "a/one.swc", "a\\\\one.swc", "one.txt", ".swc", "~/one.swc",
     "..swc", "C:one.swc", "one.swc\\n", ""],
)  # fmt: skip
def test_a_file_reads_nothing_but_an_swc_file_beside_it(tmp_path, name):
    (tmp_path / "one.swc").write_text(SWC)
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "cell.toml").write_text(f'{HEAD}[morphology]\nfile = "{name}"\n{TWO}')
    with pytest.raises(ModelError, match="morphology"):
        read_cell(folder / "cell.toml")


def test_links_and_missing_files_are_refused(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    (tmp_path / "one.swc").write_text(SWC)
    path = folder / "cell.toml"
    path.write_text(f'{HEAD}[morphology]\nfile = "one.swc"\n{TWO}')
    with pytest.raises(ModelError, match=r"cell.toml: morphology: file = 'one.swc': there is no"):
        read_cell(path)
    (folder / "one.swc").symlink_to(tmp_path / "one.swc")
    with pytest.raises(ModelError, match="a link out of the folder"):
        read_cell(path)
    (folder / "one.swc").unlink()
    os.mkfifo(folder / "one.swc")
    with pytest.raises(ModelError, match="there is no such file"):
        read_cell(path)
    with pytest.raises(ModelError, match="a text is in no folder"):
        Neuron.from_toml(path.read_text())


def test_a_folder_in_an_archive(tmp_path):
    """As the catalogue of a package that was not unpacked."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("cells/one.swc.gz", gzip.compress(SWC.encode()))
    folder = zipfile.Path(tmp_path / "all.zip", "cells/")
    text = f'{HEAD}[morphology]\nfile = "one.swc.gz"\n{TWO}'
    found = read_text(text, "a", folder)
    (tmp_path / "one.swc").write_text(SWC)
    assert found.morphology == read_swc(tmp_path / "one.swc")
    with pytest.raises(ModelError, match="there is no such file"):
        read_text(text.replace("one", "two"), "a", folder)


def test_a_bad_compressed_file_is_refused(tmp_path):
    path = tmp_path / "one.swc.gz"
    for content in (b"nonsense", gzip.compress(SWC.encode())[:40], b""):
        path.write_bytes(content)
        with pytest.raises(ModelError, match=r"one.swc.gz"):
            read_swc(path)


def change(old, new):
    assert old in TEXT
    return TEXT.replace(old, new)


REFUSED = [
    (change('-80 mV"\naxial', '-80 pA"\naxial'), "initial_potential = -80 pA is a current"),
    (change("100 ohm cm", "0 ohm cm"), "axial_resistivity = 0 ohm cm must be above 0"),
    (change('name = "a cell"', ""), "name: is missing"),
    (change('notes = "made up"', "colour = 1"), "colour: unknown key"),
    (change('"ball_and_stick"', '"ball"'), "morphology: shape = 'ball'; allowed"),
    (change('length = "1 mm"\n', ""), "morphology: ball_and_stick needs length"),
    (change('length = "1 mm"', 'length = "-1 mm"'), "morphology.length = -1000 um must be above 0"),
    (change('soma_diameter = "20 um"', "levels = 3"), "ball_and_stick has no levels"),
    (change("hay2011_nata_t", "hay2011_nat"), "channel.na.use: 'hay2011_nat' is no channel"),
    (change("hay2011_nata_t", "hay2011_soma"), "channel.na.use: 'hay2011_soma' is a cell"),
    (change('channel.na = "20 mS', 'channel.nu = "20 mS'),
     "membrane.dendrite.channel.nu: '20 mS/cm2' is a density, but there is no [channel.nu]"),
    (change('use = "leak"', 'use = "leek"'), "membrane.dendrite.channel.leak.use: 'leek'"),
    (change('"2040 mS/cm2"', '"2040 mV"'), "membrane.soma.channel.na.conductance = '2040 mV'"),
    (change('"2040 mS/cm2"', "2040"), "membrane.soma.channel.na = 2040"),
    (change('reversal = "55 mV"', 'gate.m.alpha = "sin(v)"'),
     "membrane.soma.channel.na.gate.m.alpha: in 'sin(v)'"),
    (change('reversal = "55 mV"', "gate.m.q10 = -1"), "membrane.soma.channel.na.gate.m.q10"),
    (TEXT + '\n[channel.k]\nuse = "hay2011_im"', "channel.k: no membrane has it"),
    (change("[membrane.dendrite]", '[membrane.dendrite]\nregions = ["soma", "dendrite"]'),
     "membrane.dendrite: the region 'soma' has the membrane 'soma' already"),
    (change("[membrane.dendrite", "[membrane.axon"), "membrane: no region 'axon'"),
    (TEXT + '\n[[paint]]\nregion = "a"\nnames = "axon.*"', "paint.0: no branch 'axon.*'"),
    (TEXT + '\n[[paint]]\nregion = "a"\nfarther = "1 mV"', "paint.0.farther = 1 mV is a voltage"),
    (HEAD + '[morphology]\n[[morphology.branch]]\nname = "a"\nlength = "1 um"\n' + TWO,
     "morphology.branch.0: a branch needs length and diameter"),
    (HEAD + '[morphology]\n[[morphology.branch]]\nname = "a"\npath = "0, x, 2 um"\n'
     'diameters = "1, 1, 1 um"\n' + TWO, "morphology.branch.0.path: 'x' is no number"),
    (HEAD + '[morphology]\n[[morphology.branch]]\nname = "a"\npath = "0, 2 um, 2 um"\n'
     'diameters = "1, 1, 1 um"\n' + TWO, "morphology.branch.0.path: '2 um' is no number"),
    (HEAD + '[morphology]\n[[morphology.branch]]\nname = "a"\npath = "0, 1 um"\n'
     'diameters = "1, 1, 1 um"\n' + TWO, "2 points and 3 diameters"),
    (HEAD + '[morphology]\n[[morphology.branch]]\nname = "a"\nlength = "1 um"\n'
     'diameter = "1 um"\nparent = "b"\n' + TWO, "morphology: branch 'a' comes first but has"),
    (HEAD + "[morphology]\n" + TWO, "morphology: needs one of file, shape or branch"),
    (change('use = "leak"', 'use = ["leak"]'), "channel.leak.use: ['leak'] is no channel"),
    (change('use = "hay2011_nata_t"', "use = 3"), "channel.na.use: 3 is no channel"),
    (TEXT + '\n[membrane.soma.pool]\nca = "1 mM"', "membrane.soma.pool.ca = '1 mM'"),
    ("channel = 3\n" + HEAD + SHAPE, "membrane: is missing"),
    ("channel = 3\n" + HEAD + SHAPE + TWO, "channel: must be tables"),
    ("x = " + "[" * 5000, "the text is nested too deeply"),
    ("counts = 0\n" + TEXT, "counts = 0 must be a whole number above 0"),
    ("counts = {soma = 1.5}\n" + TEXT, "counts.soma = 1.5"),
    ("d_lambda = -1\n" + TEXT, "d_lambda = -1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_what_is_refused_and_where(text, told):
    with pytest.raises(ModelError) as caught:
        Neuron.from_toml(text)
    assert told in str(caught.value)
    assert "<here>" not in str(caught.value)


def test_kinds():
    assert KINDS["neuron"] is NeuronFile
    with pytest.raises(ModelError, match="it holds a Channel, not a Neuron"):
        Neuron.from_toml(catalogue.load("hay2011_ih").to_toml())
    with pytest.raises(ModelError, match="it holds a NeuronFile, not a Membrane"):
        Membrane.from_toml(TEXT)


def test_a_membrane_of_the_catalogue():
    """A cell's membrane, with another sodium."""
    text = HEAD + '[morphology]\nshape = "cable"\nlength = "1 mm"\ndiameter = "1 um"\n'
    text += '[membrane.axon]\nuse = "hodgkin_huxley1952"\n'
    axon = catalogue.load("hodgkin_huxley1952")
    assert dict(Neuron.from_toml(text).membrane) == {"axon": Membrane.of(axon)}
    text += 'capacitance = "0.9 uF/cm2"\nchannel.na.conductance = "100 mS/cm2"\n'
    changed = {"capacitance": "0.9 uF/cm2", "channel.na.conductance": "100 mS/cm2"}
    assert dict(Neuron.from_toml(text).membrane) == {"axon": Membrane.of(axon.with_(**changed))}
    with pytest.raises(ModelError, match=r"membrane.axon.use: 'hay2011_ih' is a channel, not a"):
        Neuron.from_toml(text.replace("hodgkin_huxley1952", "hay2011_ih"))


def test_pools_said_once():
    text = HEAD + '[morphology]\nshape = "ball_and_stick"\nsoma_diameter = "20 um"\n'
    text += 'length = "1 mm"\ndiameter = "1 um"\n[channel.ca]\nreversal = "140 mV"\n'
    text += '[pool.ca_in]\ninitial = "1e-4 mM"\ncurrents = ["ca"]\nvalence = 2\n'
    text += 'depth = "0.1 um"\ndecay = "80 ms"\nrest = "1e-4 mM"\n'
    for region, decay in (("soma", ""), ("dendrite", 'decay = "20 ms"')):
        text += f'[membrane.{region}]\ncapacitance = "1 uF/cm2"\nchannel.ca = "1 mS/cm2"\n'
        text += f'[membrane.{region}.pool.ca_in]\nuse = "ca_in"\n{decay}\n'
    found = Neuron.from_toml(text)
    membranes = dict(found.membrane)
    assert [membranes[r].pool["ca_in"].decay for r in ("soma", "dendrite")] == [80.0, 20.0]
    assert membranes["soma"].pool["ca_in"].valence == 2
    assert Neuron.from_toml(found.to_toml()) == found
    alike = Neuron.from_toml(text.replace('decay = "20 ms"', ""))
    assert alike.to_toml().count('decay = "80 ms"') == 1
    assert Neuron.from_toml(alike.to_toml()) == alike


def test_the_file_of_the_manual(tmp_path):
    page = (ROOT / "docs/neuron.md").read_text(encoding="utf-8")
    text = next(b for b in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "use =" in b)
    rows = [f"{i} {kind} {x} 0 0 1 1" for i, (kind, x) in enumerate(
        [(2, 30), (3, -20), (4, 20)], start=2)]  # fmt: skip
    more = [f"{i + 3} {kind} {3 * x} 0 0 0.5 {i}" for i, (kind, x) in enumerate(
        [(2, 30), (3, -20), (4, 20)], start=2)]  # fmt: skip
    (tmp_path / "cell1.swc").write_text("\n".join(["1 1 0 0 0 8 -1", *rows, *more]))
    text = text.replace("[membrane.dendrites]", '[membrane.h]\nregions = ["hillock"]\n'
                        'use = "hodgkin_huxley1952"\n[membrane.dendrites]')  # fmt: skip
    (tmp_path / "cell.toml").write_text(text)
    found = read_cell(tmp_path / "cell.toml")
    assert found.morphology.regions == ("soma", "hillock", "dendrite", "apical")
    assert found.at("pipette") == 0
    assert Neuron.from_toml(found.to_toml()) == found
    jsonschema.validate(tomllib.loads(text), NeuronFile.model_json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text + "[tomb]"), NeuronFile.model_json_schema())


def test_order_of_channels_stays():
    """The order in which currents are added decides the last bit."""
    found = Neuron.from_toml(TEXT)
    again = Neuron.from_toml(found.to_toml())
    for (_, one), (_, two) in zip(found.membrane, again.membrane, strict=True):
        assert list(one.channel) == list(two.channel)
