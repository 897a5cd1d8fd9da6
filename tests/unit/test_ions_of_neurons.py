"""Ions of neurons: how files say them, what is refused, batches, and solutions for all regions."""

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import Cell, Membrane, Neuron, catalogue
from loligo.cell.interchange.neuroml import write_neuroml
from loligo.cell.interchange.nmodl import write_neuron
from loligo.cell.morphology import ball_and_stick, cable
from loligo.errors import ModelError, SelectionError
from loligo.rig import CurrentClamp, Pipette
from tests.helpers.salted import inert, salted, squid

HEAD = """
kind = "neuron"
name = "a cell"
temperature = "36 degC"
initial_potential = "-70 mV"
axial_resistivity = "100 ohm cm"
counts = 3

[morphology]
shape = "ball_and_stick"
soma_diameter = "20 um"
length = "100 um"
diameter = "2 um"

[channel.na]
ion = "Na"

[channel.k]
ion = "K"

[membrane.soma]
capacitance = "1 uF/cm2"
channel = {na = "0.01 mS/cm2", k = "0.1 mS/cm2"}
"""
DENDRITE = """
[membrane.dendrite]
capacitance = "1 uF/cm2"
channel = {na = "0.02 mS/cm2", k = "0.1 mS/cm2"}
"""
SOLUTIONS = """
[solutions]
outside = {Na = "145 mM", K = "4 mM", Cl = "149 mM"}
inside = {Na = "10 mM", K = "140 mM", Cl = "150 mM"}
"""
STATES = """
[inside]
ions = {Na = "10 mM", K = "140 mM"}
carrier = "K"

[outside]
ions = {Na = "145 mM", K = "4 mM"}

[transporter.pump]
use = "luo_rudy1994_pump"

[diffusion]
Na = "0.6 um2/ms"
"""
PUMPED = DENDRITE.replace(
    "[membrane", "[membrane.soma.transporter]\npump = '1 uA/cm2'\n\n[membrane"
)
SPREADING = salted(
    ball_and_stick("10 um", "50 um", "1 um"), squid(carrier="K"), counts=5,
    diffusion={"Na": "0.6 um2/ms"},
)  # fmt: skip
NAMES = ["v at soma", "Na_in at dendrite(1)", "K_in at soma"]
"""What is recorded of it, always the same, so that there is one kernel."""
NOTHING = Protocol("nothing", ["hold for 1 ms"], holding="0 pA")


def test_solutions_of_a_file_are_those_of_every_region():
    neuron = Neuron.from_toml(HEAD + DENDRITE + SOLUTIONS)
    for region in ("soma", "dendrite"):
        cell = neuron.patch(region)
        assert cell.channel["k"].reversal == "nernst(1, K_out, K_in)"
        assert cell.constants["K_out"].value == pytest.approx(4.0)
    assert Neuron.from_toml(neuron.to_toml()) == neuron
    thermal = 8.314462618 * (273.15 + 36.0) / 96.48533212
    found = simulate(neuron, NOTHING, record=["v"], initial="rest")["v"][0, 0, 0]
    low, high = (thermal * np.log(x) for x in (4 / 140, 145 / 10))
    assert low < found < 0.8 * low + 0.2 * high
    warm = simulate(
        neuron, NOTHING, record=["v"], initial="rest", parameters={"constants.K_out": "20 mM"}
    )["v"][0, 0, 0]
    assert warm > found + 20.0


def test_a_region_may_have_solutions_of_its_own():
    own = SOLUTIONS.replace("[solutions]", "[membrane.dendrite.solutions]").replace("4 mM", "9 mM")
    neuron = Neuron.from_toml(HEAD + DENDRITE + own + SOLUTIONS)
    found = [neuron.patch(region).constants["K_out"].value for region in ("soma", "dendrite")]
    assert found == [4.0, 9.0]


def test_a_neuron_is_put_into_solutions_like_a_cell():
    axon = catalogue.load("hodgkin_huxley1952")
    leak = Membrane(
        capacitance="1 uF/cm2",
        channel={"leak": {"conductance": "1 mS/cm2", "reversal": "-60 mV"}},
    )
    neuron = Neuron(
        "n", ball_and_stick("20 um", "100 um", "2 um"), {"soma": axon, "dendrite": leak},
        axial_resistivity="100 ohm cm", temperature="6.3 degC", initial_potential="-65 mV",
    )  # fmt: skip
    sides = {"inside": "squid_axoplasm", "outside": "sea_water"}
    bathed = neuron.in_solutions(**sides)
    assert dict(bathed.membrane)["soma"] == Membrane.of(axon.in_solutions(**sides))
    assert dict(bathed.membrane)["dendrite"] == leak
    with pytest.raises(ModelError, match="no channel of any region"):
        neuron.with_(membrane=leak).in_solutions(**sides)


def test_ions_as_states_are_said_once():
    neuron = Neuron.from_toml(HEAD + PUMPED + STATES)
    soma, dendrite = (dict(neuron.membrane)[region] for region in ("soma", "dendrite"))
    assert soma.fills
    assert soma.inside == dendrite.inside
    assert soma.transporter["pump"].strength.value == 1.0
    assert not dendrite.transporter
    assert neuron.diffusion == (("Na", 0.6),)
    assert Neuron.from_toml(neuron.to_toml()) == neuron
    assert neuron.with_() == neuron
    assert "inside: Na 10 mM, K 140 mM, the whole" in repr(neuron)
    assert "Na spreads, 0.6 um2/ms" in repr(neuron)
    depths = neuron.values("inside.depth")
    assert depths == pytest.approx([5.0] * 3 + [0.5] * 3)
    assert neuron.patch("dendrite").inside.depth == pytest.approx(0.5)


def test_what_is_recorded_has_its_unit_and_ends_go_on():
    neuron = Neuron.from_toml(HEAD + PUMPED + STATES)
    record = ["Na_in", "inside.Na at dendrite(1)", "transporter.pump.cycles", "i.pump"]
    found = simulate(neuron, NOTHING, record=record)
    assert [found.units[name] for name in record] == ["mM", "mM", "uA/cm2", "pA"]
    again = simulate(neuron, NOTHING, record=record, initial=found.final)
    last = found.final["inside.Na"][0, 0, -1]
    assert again["inside.Na at dendrite(1)"][0, 0, 0] == last


@pytest.mark.parametrize("method", ["staggered", "multistep"])
def test_a_cell_of_a_batch_has_the_bits_of_one_alone(method):
    kick = Protocol("kick", ["step 300 pA for 3 ms"], holding="0 pA")
    levels = np.linspace(10.0, 40.0, 7)
    batch, alone = (
        simulate(
            SPREADING,
            kick,
            record=NAMES,
            method=method,
            threads=2,
            parameters={"inside.ions.Na": (some, "mM")},
        )
        for some in (levels, levels[4:5])
    )
    for name in NAMES:
        np.testing.assert_array_equal(batch[name][4], alone[name][0])
    np.testing.assert_array_equal(batch.final["inside.Na"][4], alone.final["inside.Na"][0])
    assert np.ptp(batch.final["inside.Na"][4, 0]) > 1e-3


def test_a_rig_moves_the_ions_that_its_current_moves():
    """Through a pipette or at once: after a long pulse the same charge, and the same ions."""
    pulse = Protocol("pulse", ["hold for 1 ms", "step -100 pA for 20 ms"], holding="0 pA")
    pipette = Pipette(series_resistance="5 MOhm", capacitance="0.1 pF")
    behind = simulate(
        SPREADING, pulse, at="soma", record=NAMES, rig=CurrentClamp().system(pipette), dt="0.01 ms"
    )
    at_once = simulate(SPREADING, pulse, at="soma", record=NAMES, dt="0.01 ms")
    for name, within in zip(NAMES, (0.05, 5e-4, 1e-3), strict=True):
        assert behind[name][0, 0, -1] == pytest.approx(at_once[name][0, 0, -1], abs=within)
        assert np.ptp(behind[name]) > 5 * within


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (DENDRITE.replace("channel", "#") + "[solutions]\ninside = 'x'\n",
         "solutions: is|solutions is"),
        (DENDRITE + SOLUTIONS.replace('K = "4 mM", ', ""), "K, which the solution outside"),
        (PUMPED + SOLUTIONS.replace("[sol", "[membrane.soma.sol") + STATES,
         "inside and outside hold the ions already"),
        (DENDRITE + STATES, "transporter.pump: no membrane has it"),
        (PUMPED + STATES.replace("luo_rudy1994_pump", "hay2011_nata_t"),
         "transporter.pump.use: 'hay2011_nata_t' is a channel, not a transporter"),
        (PUMPED + STATES.replace("Na = \"0.6 um2/ms\"", "Ca = '1 um2/ms'"),
         "diffusion.Ca: it is not inside the region 'soma'; allowed: K, Na"),
        (PUMPED + STATES.replace("Na = \"0.6 um2/ms\"", "K = '1 um2/ms'"),
         "diffusion.K: it is the carrier in 'soma'"),
        (PUMPED + STATES.replace("Na = \"0.6 um2/ms\"", "Na = '-1 um2/ms'"),
         "diffusion.Na = -1 um2/ms; at least 0 um2/ms"),
        (PUMPED + STATES.replace("carrier", 'depth = "0.1 um"\ncarrier'),
         "diffusion.Na: inside 'soma' it is in a layer, 0.1 um deep"),
        (PUMPED + STATES.replace("carrier", 'depth = "-1 um"\ncarrier'), "must be above 0"),
        (PUMPED + STATES.replace("carrier", 'depth = "inf um"\ncarrier'), "depth"),
    ],
)  # fmt: skip
def test_refused_in_a_file(text, match):
    with pytest.raises(ModelError, match=match):
        Neuron.from_toml(HEAD + text)


def test_solutions_that_nothing_needs_are_refused():
    fixed = HEAD.replace('ion = "Na"', 'reversal = "50 mV"').replace(
        'ion = "K"', 'reversal = "0 mV"'
    )
    with pytest.raises(ModelError, match="solutions: no channel takes its reversal from them"):
        Neuron.from_toml(fixed + DENDRITE + SOLUTIONS)


def test_ions_spread_only_where_all_regions_have_them():
    shape = ball_and_stick("20 um", "100 um", "2 um")
    leak = Membrane(
        capacitance="1 uF/cm2",
        channel={"leak": {"conductance": "1 mS/cm2", "reversal": "-60 mV"}},
    )
    regions = {"soma": inert(), "dendrite": leak}
    with pytest.raises(ModelError, match=r"diffusion.Na: the region 'dendrite' has no ions"):
        salted(shape, regions, diffusion={"Na": "1 um2/ms"})
    found = simulate(salted(shape, regions, counts=3), NOTHING, record=["K_in"])  # states in one
    assert np.isnan(found.final["inside.K"][0, 0, 3:]).all()
    with pytest.raises(ModelError, match=r"diffusion.Na = -1 um2/ms must be at least 0"):
        salted(shape, inert(), diffusion={"Na": "-1 um2/ms"})


def test_the_depth_of_the_whole_is_geometry():
    neuron = salted(cable("50 um", "1 um"), inert(), counts=3)
    with pytest.raises(ModelError, match=r"inside.depth: geometry tells it in 'axon'"):
        simulate(neuron, NOTHING, parameters={"inside.depth": "1 um"})
    with pytest.raises(ModelError, match=r"profile.axon.inside.depth: geometry tells it"):
        neuron.with_(profile={"axon": {"inside.depth": "1 + distance"}})
    layer = salted(cable("50 um", "1 um"), inert(depth="0.1 um"), counts=3)
    assert layer.values("inside.depth").tolist() == [0.1] * 3
    simulate(layer, NOTHING, parameters={"inside.depth": "0.2 um"})


def test_the_membrane_of_a_cell_keeps_its_ions():
    said = inert(carrier="K").written()
    said["inside"]["depth"] = "2 um"
    cell = Cell(
        name="c", temperature="20 degC", area="100 um2", initial_potential="-70 mV",
        **{key: value for key, value in said.items() if key != "kind"},
    )  # fmt: skip
    membrane = Membrane.of(cell)
    assert membrane.inside.depth == 2.0
    assert membrane.patch("c", 20.0, -70.0).inside == cell.inside


def test_formats_without_ions_refuse_them(tmp_path):
    neuron = salted(cable("50 um", "1 um"), inert(), counts=3)
    with pytest.raises(ModelError, match="inside"):
        write_neuroml(neuron, tmp_path / "cell.nml")
    with pytest.raises(ModelError, match="inside 'axon': ions that are states"):
        write_neuron(neuron, tmp_path)


def test_an_unknown_concentration_names_those_there_are():
    with pytest.raises(SelectionError, match="Ca_on"):
        simulate(salted(cable("50 um", "1 um"), inert(), counts=1), NOTHING, record=["Ca_on"])
