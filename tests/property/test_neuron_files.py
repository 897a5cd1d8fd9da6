"""Any neuron is written and read back exactly; damaged files end in our errors."""

import numpy as np
import pytest
from cables import random_tree
from descriptions import MEMBRANES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loligo.cell import Membrane, Neuron, read_cell
from loligo.cell.files import read_text
from loligo.cell.morphology import Morphology
from loligo.errors import LoligoError

SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
SITES = st.sampled_from(["b0", "b1(0.25)", "tip of b2"])


@st.composite
def neurons(draw):
    """A tree with places in space, regions with membranes that are alike or not."""
    shape = random_tree(draw(st.integers(0, 10_000)), regions=("soma", "apical tuft", "x"))
    placed = [
        branch.__class__(
            branch.name, branch.region, branch.path, branch.diameters, branch.parent, branch.at,
            tuple((x, 0.1 * x, -x / 3.0) for x in branch.path),
        )
        if draw(st.booleans())
        else branch
        for branch in shape.branches
    ]  # fmt: skip
    shape = Morphology(tuple(placed), notes=draw(st.sampled_from(["", "as it was", 'a "b"\n'])))
    some = [Membrane(**draw(MEMBRANES)) for _ in range(2)]
    denser = some[0].with_(**{"channel.first.conductance": "3.25 mS/cm2"})
    kinds = st.sampled_from([*some, denser])
    text = draw(st.sampled_from(["0.3 + distance / 7e3", "ca_out * exp(-diameter)"]))
    region = draw(st.sampled_from(shape.regions))
    return Neuron(
        "a neuron",
        shape,
        {region: draw(kinds) for region in shape.regions},
        axial_resistivity={
            region: f"{draw(st.sampled_from([100.0, 1 / 3]))!r} ohm cm" for region in shape.regions
        },
        temperature=f"{draw(st.floats(5, 40))!r} degC",
        initial_potential=f"{draw(st.floats(-90, -50))!r} mV",
        longest=draw(st.sampled_from([None, "31.7 um"])),
        counts=draw(st.sampled_from([3, {branch.name: 2 for branch in shape.branches}])),
        profile={region: {"channel.first.conductance": text}} if draw(st.booleans()) else None,
        electrode=draw(st.dictionaries(st.sampled_from(["pipette", "far"]), SITES)),
        notes=draw(st.sampled_from(["", "of a\nsecond line"])),
    )


@settings(max_examples=30, **SLOW)
@given(neurons())
def test_round_trip(neuron):
    again = Neuron.from_toml(neuron.to_toml())
    assert again == neuron
    assert hash(again) == hash(neuron)
    assert repr(again) == repr(neuron)
    for (_, one), (_, two) in zip(again.membrane, neuron.membrane, strict=True):
        assert list(one.channel) == list(two.channel)
    for name in ("conductance", "distance", "diameter", "area"):
        np.testing.assert_array_equal(
            getattr(again.compartments, name), getattr(neuron.compartments, name)
        )


TEXT = """kind = "neuron"
name = "a cell"
temperature = "34 degC"
initial_potential = "-80 mV"
axial_resistivity = "100 ohm cm"
counts = 3
[morphology]
[[morphology.branch]]
name = "soma"
length = "20 um"
diameter = "20 um"
[[morphology.branch]]
name = "d"
path = "0, 20, 50 um"
diameters = "2, 1.5, 1 um"
x = "0, 20, 50 um"
y = "0, 0, 0 um"
z = "0, 1, 2 um"
parent = "soma"
at = 0.5
[[paint]]
region = "apical"
beyond = "d"
[channel.ih]
use = "hay2011_ih"
[channel.leak]
reversal = "-80 mV"
[membrane.all]
regions = ["soma", "apical"]
capacitance = "1 uF/cm2"
channel.leak = "0.05 mS/cm2"
constants.k = 0.2
[membrane.all.channel.ih]
use = "ih"
conductance = "0.2 mS/cm2"
gate.m.power = 1
[profile.apical]
"channel.ih.conductance" = "k * (1 + distance / diameter)"
[electrode.pipette]
site = "apical at 25 um"
"""
PIECES = ["", "0", "-1", "1e9", "nan", "inf", '"', "'", "[", "]", "{", "}", "=", ".", "\n", "#",
          "use", "soma", "d", "um", "mV", "True", "[[paint]]", "channel", "exp(", "/", "\\", "\0",
          "é", "(" * 300]  # fmt: skip


def test_the_file_is_one():
    assert isinstance(read_text(TEXT), Neuron)


@settings(max_examples=300, **SLOW)
@given(
    st.lists(
        st.tuples(st.integers(0, len(TEXT)), st.integers(0, 12), st.sampled_from(PIECES)),
        min_size=1,
        max_size=3,
    )
)
def test_damaged_files_end_in_our_errors(damages):
    text = TEXT
    for start, length, piece in damages:
        text = text[:start] + piece + text[start + length :]
    try:
        found = read_text(text)
    except LoligoError as error:
        assert str(error)
        assert "<here>" not in str(error)
    else:
        assert isinstance(found, Neuron)
        assert Neuron.from_toml(found.to_toml()) == found


@settings(max_examples=100, **SLOW)
@given(st.data())
def test_lines_left_out_or_said_twice(data):
    lines = TEXT.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.integers(0, len(lines)))
    kept = lines[:place] + lines[place + 1 :]
    if data.draw(st.booleans()):
        kept = [*lines[:other], lines[place], *lines[other:]]
    try:
        assert isinstance(read_text("\n".join(kept)), Neuron)
    except LoligoError as error:
        assert "<here>" not in str(error)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "cell.toml"
    path.write_bytes(b"\xff\xfe kind")
    with pytest.raises(LoligoError, match=r"cell.toml: cannot be read"):
        read_cell(path)
