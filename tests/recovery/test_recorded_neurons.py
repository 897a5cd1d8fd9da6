"""Neurons recorded through rigs at a site: truth, what an analysis finds, what files keep."""

from __future__ import annotations

import numpy as np
import pytest
from patch_rigs import CURRENT, VOLTAGE

from loligo import Protocol, analyze, read, record, write_nwb
from loligo.cell import Cell, Membrane, Neuron, catalogue
from loligo.cell.morphology import ball_and_stick, cable
from loligo.engine.tree.at_rest import neuron_at_rest
from loligo.errors import ModelError, SelectionError
from loligo.experiment import read_experiment
from loligo.recording import compare
from loligo.rig import Circuit

LEAK, SEAL = 0.05, 0.125  # mS/cm2, nS
PASSIVE = Membrane(
    capacitance="1 uF/cm2", channel={"leak": {"conductance": "0.05 mS/cm2", "reversal": "-70 mV"}}
)
NEURON = Neuron(
    "a ball and stick",
    ball_and_stick("25 um", "600 um", "2 um"),
    PASSIVE,
    axial_resistivity="150 ohm cm",
    temperature="22 degC",
    initial_potential="-70 mV",
)
TEST = Protocol(
    "membrane test",
    ["hold for 50 ms", "step -80 mV for 150 ms as test", "hold for 50 ms"],
    holding="-70 mV",
    sweeps=8,
    sweep_interval="400 ms",
)
STEPS = Protocol(
    "steps",
    ["hold for 100 ms", "step -100..40 pA by 20 pA for 400 ms as test", "hold for 150 ms"],
    holding="0 pA",
)
SCALE = 1e4 * np.sqrt(2e-4 / 4.0 / 150.0 / (1e-3 * LEAK))  # length constant, um


def stick():
    """Conductance of soma, dendrite and seal in steady state [nS], in closed form."""
    soma = 0.01 * np.pi * 25.0**2 * LEAK
    semi_infinite = 0.01 * np.pi * 2.0 * SCALE * LEAK
    return soma + semi_infinite * np.tanh(600.0 / SCALE) + SEAL


def estimates(recording):
    return {e.name: e for e in reversed(analyze(recording).estimates) if e.sweep is None}


def off(estimate, truth):
    """How many standard errors an estimate is from the truth."""
    return abs(estimate.value - truth) / ((estimate.high - estimate.low) / (2 * 1.96))


def test_a_membrane_test_finds_the_whole_neuron():
    """Resistances are those of soma and dendrite; Rs is too large by what the dendrite charges."""
    recording = record(NEURON, VOLTAGE, TEST, at="soma", seed=1, truth=["v", "v at dendrite(1)"])
    truth, found = recording.truth.parameters, estimates(recording)
    conductance = stick()
    rest = -70.0 * (1.0 - SEAL / conductance)
    assert truth["membrane_resistance"] == pytest.approx(1.0 / conductance, rel=1e-3)
    assert truth["resting_potential"] == pytest.approx(rest, abs=5e-3)
    assert truth["capacitance"] == pytest.approx(0.01 * np.pi * (25.0**2 + 2.0 * 600.0), rel=1e-9)
    assert off(found["total_resistance"], truth["total_resistance"]) < 4.0
    assert found["membrane_resistance"].value == pytest.approx(1.0 / conductance, rel=0.01)
    assert found["capacitance"].value == pytest.approx(truth["capacitance"], rel=0.05)
    assert 0.012 < found["series_resistance"].value < 0.0145
    # voltage escape: where the dendrite ends, in closed form
    soma, tip = (recording.truth.traces[n].values(0)[3900] for n in ("v", "v at dendrite(1)"))
    exact = (-80.0 - 70.0 * 0.012 * (conductance - SEAL)) / (1.0 + 0.012 * conductance)
    assert soma == pytest.approx(exact, abs=2e-3)
    assert tip == pytest.approx(-70.0 + (soma + 70.0) / np.cosh(600.0 / SCALE), abs=0.02)


def test_steps_of_current_find_it_too():
    recording = record(NEURON, CURRENT, STEPS, at="soma", seed=3, dt="20 us")
    truth, found = recording.truth.parameters, estimates(recording)
    assert off(found["resting_potential"], truth["resting_potential"]) < 4.0
    apparent = truth["input_resistance"] + truth["bridge_error"]
    assert found["input_resistance"].value == pytest.approx(apparent, rel=3e-3)
    assert found["capacitance"].value == pytest.approx(truth["capacitance"], rel=0.05)


def test_nwb_keeps_site_and_traces(tmp_path):
    protocol = Protocol("step", ["step -60, -80 mV for 5 ms as test"], holding="-70 mV")
    kept = ["v", "v at dendrite at 300 um", "rig.into_cell"]
    recording = record(NEURON, VOLTAGE, protocol, at="soma(0.5)", seed=2, truth=kept)
    again = read(write_nwb(recording, tmp_path / "neuron.nwb"))
    assert compare(recording, again) == ()
    assert again.electrodes[0].location == "soma(0.5)"
    assert set(again.truth.traces) == set(kept)
    assert again.truth.parameters["capacitance"] == pytest.approx(57.33, abs=0.01)
    assert "a ball and stick at soma(0.5)" in again.truth.description


def test_one_compartment_is_recorded_as_the_cell_is():
    """The same samples, with noise: circuit, truth and simulation agree."""
    one = Neuron(
        "one", cable("30 um", "30 um"), PASSIVE, axial_resistivity="100 ohm cm",
        temperature="22 degC", initial_potential="-70 mV", counts=1,
    )  # fmt: skip
    cell = Cell(
        name="one", area=f"{float(one.compartments.area[0])!r} um2", temperature="22 degC",
        initial_potential="-70 mV", capacitance="1 uF/cm2",
        channel={"leak": {"conductance": "0.05 mS/cm2", "reversal": "-70 mV"}},
    )  # fmt: skip
    protocol = Protocol("step", ["step -60 mV for 20 ms"], holding="-70 mV")
    quiet = VOLTAGE.with_(noise=None)
    shaped, plain = record(one, quiet, protocol), record(cell, quiet, protocol)
    of_a_cell = {"membrane_time_constant", "cell_time_constant"}
    for name, value in plain.truth.parameters.items():
        if name in of_a_cell:
            continue
        assert shaped.truth.parameters[name] == pytest.approx(value, rel=1e-8)
    stored = [each.sweeps[0].trace("response").values() for each in (shaped, plain)]
    assert np.abs(stored[0] - stored[1]).max() <= 0.306  # a step of the digitizer
    alone = neuron_at_rest(one, "axon", leak=0.125)
    circuit = Circuit(
        series_resistance="12 MOhm", membrane_capacitance=f"{alone.capacitance[0]} pF",
        membrane_resistance=f"{1.0 / (alone.capacitance[0] * LEAK)} GOhm", seal_resistance="8 GOhm",
    )  # fmt: skip
    f = np.geomspace(1e-4, 100.0, 500)
    y = alone.admittance(f)
    assert y / (1.0 + 0.012 * y) == pytest.approx(circuit.cell_admittance(f), rel=1e-6)


def test_the_admittance_that_noise_sees_is_that_of_the_cable():
    shape = cable("600 um", "2 um")
    long = Neuron(
        "a cable", shape, PASSIVE, axial_resistivity="150 ohm cm", temperature="22 degC",
        initial_potential="-70 mV", counts=301,
    )  # fmt: skip
    f = np.geomspace(1e-4, 2.0, 300)
    root = np.sqrt(1.0 + 2j * np.pi * f * 20.0)
    half = 0.01 * np.pi * 2.0 * SCALE * LEAK * root * np.tanh(300.0 / SCALE * root)
    found = neuron_at_rest(long, "axon").admittance(f)
    assert found == pytest.approx(2.0 * half, rel=1e-3)


EXPERIMENT = """
kind = "experiment"
at = "pipette"
seed = 3
truth = ["v", "v at dendrite(1)"]

[cell]
kind = "neuron"
name = "a ball and stick"
temperature = "22 degC"
initial_potential = "-70 mV"
axial_resistivity = "150 ohm cm"
electrode = {pipette = {site = "soma"}}

[cell.morphology]
shape = "ball_and_stick"
soma_diameter = "25 um"
length = "600 um"
diameter = "2 um"

[cell.membrane.all]
regions = ["soma", "dendrite"]
capacitance = "1 uF/cm2"
channel.leak = {conductance = "0.05 mS/cm2", reversal = "-70 mV"}

[rig]
pipette = {series_resistance = "12 MOhm"}
amplifier = {kind = "voltage clamp"}

[protocol]
name = "step"
holding = "-70 mV"
epochs = ["step -80 mV for 5 ms as test"]
"""


def test_an_experiment_in_a_file(tmp_path):
    path = tmp_path / "neuron.toml"
    path.write_text(EXPERIMENT)
    recording = read_experiment(path).record()
    assert set(recording.truth.traces) == {"v", "v at dendrite(1)"}
    assert recording.electrodes[0].location == "pipette"
    made = read_experiment(path)
    (tmp_path / "cell.toml").write_text(made.cell.to_toml())
    begin, end = EXPERIMENT.index("[cell]"), EXPERIMENT.index("[rig]")
    path.write_text('cell = "cell.toml"\n' + EXPERIMENT[:begin] + EXPERIMENT[end:])
    assert read_experiment(path) == made
    path.write_text('cell = "hjorth2020_dspn"\n' + EXPERIMENT[:begin] + EXPERIMENT[end:])
    assert read_experiment(path).cell == catalogue.load("hjorth2020_dspn")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"v at dendrite(1)"]', '"v at dendrit(1)"]'), "no branch 'dendrit'"),
        (('at = "pipette"', 'at = "pipet"'), "pipette"),
        (('truth = ["v", "v at dendrite(1)"]', 'truth = "v"'), "must be a list of names"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, change, told):
    path = tmp_path / "neuron.toml"
    path.write_text(EXPERIMENT.replace(*change))
    with pytest.raises((ModelError, SelectionError), match=told):
        read_experiment(path).record()


def test_a_cell_without_a_shape_has_no_sites():
    axon = catalogue.load("hodgkin_huxley1952").with_(area="1000 um2")
    with pytest.raises(ModelError, match="at = 'soma': the cell has no shape"):
        record(axon, VOLTAGE, TEST, at="soma")
