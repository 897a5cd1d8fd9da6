"""Neurons with a shape: what they are made of, and what is refused."""

import numpy as np
import pytest
from cables import active, input_resistance, neuron, passive, random_tree

from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import Branch, Morphology, ball_and_stick, cable
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError, SimulationError, UnitError
from loligo.protocol import Protocol

STICK = ball_and_stick("20 um", "300 um", "2 um")
STEP = Protocol("step", ["hold for 2 ms"], holding="100 pA")
VOLTAGE = Protocol("clamp", ["step 0 mV for 2 ms"], holding="-65 mV")
CELL = neuron(STICK, {"soma": active(), "dendrite": passive()}, rest="-65 mV")


def test_a_membrane_is_part_of_a_cell():
    axon = catalogue.load("hodgkin_huxley1952")
    membrane = Membrane.of(axon)
    assert membrane.channel == axon.channel
    assert membrane.patch("a", 6.3, -65.0).channel == axon.channel
    assert Membrane.from_toml(membrane.to_toml()) == membrane


def test_parts_of_a_neuron():
    assert CELL.patch("dendrite").channel.keys() == {"leak"}
    assert "soma: 1 uF/cm2, na, k, leak" in repr(CELL)
    finer = CELL.with_(longest="5 um")
    assert finer.compartments.length.max() <= 5.0
    assert finer.with_(longest=None) == CELL


DESCRIBED = [
    (
        lambda: neuron(STICK, {"soma": active()}),
        ModelError,
        "says nothing of the region 'dendrite'",
    ),
    (lambda: neuron(STICK, {"axon": active()}), ModelError, "no region 'axon'"),
    (lambda: neuron(STICK, {"soma": active(), "dendrite": 3}), ModelError, "is a int"),
    (lambda: neuron(STICK, active(), resistivity="3 mV"), UnitError, "resistivity"),
    (lambda: Membrane(capacitance="-1 uF/cm2"), ModelError, "capacitance"),
    (lambda: Membrane(capacitance="20 pF"), ModelError, "capacitance"),
    (lambda: Membrane.of(catalogue.load("severi2012")), ModelError, "has no area"),
    (lambda: CELL.with_(colour="red"), ModelError, "no 'colour'"),
    (lambda: CELL.patch("axon"), ModelError, "no region 'axon'"),
]


@pytest.mark.parametrize(("make", "error", "told"), DESCRIBED)
def test_what_is_refused(make, error, told):
    with pytest.raises(error) as caught:
        make()
    assert told in str(caught.value)


RUNS = [
    (STEP, {"at": "axon"}, SelectionError, "no branch 'axon'"),
    (STEP, {"at": ["soma", "soma(0.4)"]}, ModelError, "same compartment"),
    (STEP, {"record": ["v at soma(3)"]}, SelectionError, "'3'"),
    (STEP, {"record": ["na.m at dendrite"]}, SelectionError, "na.m"),
    (STEP, {"record": ["i.clamp"]}, SelectionError, "no ideal voltage clamp"),
    (STEP, {"record": ["i.injected"]}, SelectionError, "i.injected"),
    (STEP, {"record": "v"}, SelectionError, "['v']"),
    (STEP, {"parameters": {"channel.ca.conductance": "1 mS/cm2"}}, SelectionError, "channel.ca"),
    (
        STEP,
        {"parameters": {"soma.channel.na.conductance": "-1 mS/cm2"}},
        ModelError,
        "must be 0 or more",
    ),
    (
        STEP,
        {
            "parameters": {
                "channel.leak.conductance": ([1, 2], "mS/cm2"),
                "command.scale": [1, 2, 3],
            }
        },
        ModelError,
        "2 cells, the command 3",
    ),
    (STEP, {"series_resistance": "5 MOhm"}, ModelError, "series resistance"),
    (VOLTAGE, {"series_resistance": "0 MOhm"}, ModelError, "above 0"),
    (STEP, {"method": "error-controlled"}, ModelError, "'method'"),
    (STEP, {"precision": "single"}, ModelError, "'precision'"),
    (Protocol("g", ["hold for 1 ms"], holding="1 nS"), {}, ModelError, "reversal"),
    (Protocol("much", ["hold for 5 ms"], holding="1 mA"), {}, SimulationError, "compartment 0"),
]


@pytest.mark.parametrize(("protocol", "options", "error", "told"), RUNS)
def test_runs_that_are_refused(protocol, options, error, told):
    with pytest.raises(error) as caught:
        simulate(CELL, protocol, **options)
    assert told in str(caught.value)


def test_cells_without_shape_have_no_sites():
    axon = catalogue.load("hodgkin_huxley1952")
    with pytest.raises(ModelError, match="at: the cell has no shape"):
        simulate(axon, STEP, at="soma")
    with pytest.raises(ModelError, match="no option 'at'"):
        simulate(catalogue.load("brette_gerstner2005"), STEP, at="soma")


def test_parameters_by_region_and_cell():
    """A soma without sodium channels does not fire; of two cells one has none."""
    kick = Protocol("kick", ["step 2 nA for 1 ms", "hold for 4 ms"], holding="0 pA")
    sodium = {"soma.channel.na.conductance": ([0.0, 120.0], "mS/cm2")}
    found = simulate(CELL, kick, parameters=sodium, spikes=True, record=["v", "i.na"])
    assert found.spike_times(0).size == 0
    assert found.spike_times(1).size == 1
    assert found["v"].shape == (2, 1, 50)
    assert (found["i.na"][0] == 0.0).all()
    assert found["i.na"][1].min() < -100.0
    assert found.units == {"v": "mV", "i.na": "pA"}


def test_density_shocks_and_temperature():
    """15 nC/cm2 at a site of 1 uF/cm2 is a jump of 15 mV; warmer gates are faster."""
    whole = neuron(cable("20 um", "20 um"), active(), rest="-65 mV", counts=1)
    shock = Protocol(
        "shock", ["hold for 1 ms", "shock 15 nC/cm2", "hold for 5 ms"], holding="0 uA/cm2"
    )
    found = simulate(whole, shock, sampling="0.5 ms", spikes=True)
    assert found["v"][0, 0, 2] == pytest.approx(-50.0, abs=0.01)
    warm = simulate(whole, shock, sampling="0.5 ms", spikes=True, temperature="18.5 degC")
    assert warm.spike_times()[0] < found.spike_times()[0]


def test_progress_and_many_sites():
    told = []
    cell = neuron(random_tree(2, 5), passive(), counts=2)
    found = simulate(
        cell,
        STEP,
        at=["b0", "b3(1)"],
        parameters={"command.scale": np.ones(700)},
        progress=told.append,
        threads=2,
    )
    assert told[-1] == 1.0
    assert sorted(told) == told
    single = [simulate(cell, STEP, at=site, record=()).final["v"] for site in ("b0", "b3(1)")]
    np.testing.assert_allclose(found.final["v"][0], sum(single)[0], rtol=1e-9, atol=1e-9)
    assert isinstance(cell, Neuron)


def test_membranes_with_and_without_pools_side_by_side():
    """A pool that changes no current changes nothing, in whichever half of a cable it is."""
    plain = passive()
    still = {"initial": "1e-4 mM", "derivative": "(1e-4 - ca) / 100"}
    pooled = Membrane(**{**plain.written(), "pool": {"ca": still}})
    halves = Morphology(
        (
            Branch("near", "near", (0.0, 200.0), (2.0, 2.0)),
            Branch("far", "far", (0.0, 200.0), (2.0, 2.0), "near"),
        )
    )
    long = Protocol("long", ["hold for 600 ms"], holding="10 pA")
    for near, far in ((plain, pooled), (pooled, plain)):
        mixed = neuron(halves, {"near": near, "far": far}, counts=4)
        resistance = input_resistance(mixed.compartments, 0.05, 0, slice(8))  # after 30 tau
        found = simulate(mixed, long, at="near(0)", record=[]).final["v"][0, 0]
        np.testing.assert_allclose(found, 10.0 * resistance, rtol=1e-9)
