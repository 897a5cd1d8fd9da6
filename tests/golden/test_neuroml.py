"""Our reading of NeuroML documents, simulated, is what jNeuroML's own simulator makes of them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import Neuron
from loligo.cell.interchange.neuroml import read_neuroml

FOLDER = Path(__file__).parent / "neuroml"
CELLS = ["spiker", "populated", "schemes", "courses", "expressions", "gates", "pool", "permeable"]
FIRST_STATES = {"na.c1": 1.0, "na.c2": 0.0, "na.o": 0.0, "na.i": 0.0, "k.n": 0.0}
FIRST_STATES |= {"slow.c1": 1.0, "slow.c2": 0.0, "slow.o": 0.0}
"""jLEMS starts a scheme with all channels in its first state, loligo in the steady state."""


def _resting(duration):
    return Protocol("rest", [f"hold for {duration:g} ms"], holding="0 pA")


def _case(name):
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return expected, read_neuroml(FOLDER / expected["document"]).cells[expected["cell"]]


@pytest.mark.parametrize("name", CELLS)
def test_cells_are_those_of_jneuroml(name):
    expected, cell = _case(name)
    count = len(expected["v"])
    simulation = simulate(
        cell,
        _resting(count * expected["interval"]),
        record=["v", "ca"] if "caConc" in expected else ["v"],
        sampling="0.1 ms",
        method="error-controlled",
        tolerance=1e-8,
        initial=FIRST_STATES if name == "schemes" else None,
    )
    error = np.abs(simulation["v"][0, 0, :count] - np.array(expected["v"]))
    assert error.max() < 0.01
    if "caConc" in expected:
        calcium = np.array(expected["caConc"])
        assert np.abs(simulation["ca"][0, 0, :count] / calcium - 1).max() < 1e-4


@pytest.mark.parametrize("name", ["leaky", "refractory", "simple", "adaptive"])
def test_point_neurons_are_those_of_jneuroml(name):
    expected, neuron = _case(name)
    simulation = simulate(neuron, _resting(80), sampling="0.1 ms", spikes=True)
    v, times = np.array(expected["v"]), expected["interval"] * np.arange(len(expected["v"]))
    far = np.all([np.abs(times - spike) > 0.05 for spike in expected["spikes"]], axis=0)
    assert np.abs(simulation["v"][0, 0, : len(v)] - v)[far].max() < 0.01
    found = simulation.spike_times(sweep=0)
    assert len(found) == len(expected["spikes"])
    steps = 20 if name == "adaptive" else 12
    for index, spike in enumerate(expected["spikes"]):  # a spike waits for the end of its step
        assert found[index] == pytest.approx(spike, abs=(index + 1) * steps * 0.0005)


def test_a_branched_cell_is_a_neuron():
    neuron = read_neuroml(FOLDER / "branched.cell.nml").cell
    assert isinstance(neuron, Neuron)
    branches = {branch.name: branch for branch in neuron.morphology.branches}
    assert list(branches) == ["soma", "trunk", "right"]
    trunk = branches["trunk"]  # with "left", which has no proximal point, in one chain
    assert trunk.points == ((0, 12, 0), (0, 80, 0), (-40, 120, 5))
    assert trunk.diameters == (3, 2, 1)
    left = math.dist((0, 80, 0), (-40, 120, 5))
    assert trunk.length == pytest.approx(68 + left, rel=1e-15)
    assert branches["right"].parent == "trunk"
    assert branches["right"].at == pytest.approx(34 / (68 + left), rel=1e-15)
    assert {name: membrane.capacitance for name, membrane in neuron.membrane} == {
        "soma_group": 1,
        "dendrites": 1.6,
    }
    assert set(dict(neuron.axial_resistivity).values()) == {120}
    hash(neuron)


def _extrapolated(neuron, protocol, at, count):
    coarse, fine = (
        simulate(neuron, protocol, at=at, dt=dt, sampling="0.5 ms")["v"][0, 0, :count]
        for dt in ("0.004 ms", "0.002 ms")
    )
    return fine + (fine - coarse) / 3.0


def test_a_cell_of_many_segments_is_that_of_neuron():
    expected = json.loads((FOLDER / "dendrites.json").read_text(encoding="utf-8"))
    document = read_neuroml(
        FOLDER / expected["document"], temperature=f"{expected['temperature']} degC"
    )
    neuron = document.cell.with_(longest=f"{expected['longest']} um")
    count, current = len(expected["v"]), 1e3 * expected["current"]
    words = [f"hold for {expected['start']} ms", f"step {current} pA for 55 ms"]
    protocol = Protocol("step", words, holding="0 pA")
    away = np.abs(_extrapolated(neuron, protocol, "soma", count) - np.array(expected["v"]))
    assert max(expected["v"]) > 20.0
    assert away.max() < 0.002


def test_a_document_with_its_divisions_and_its_pulse_is_that_of_neuron():
    expected = json.loads((FOLDER / "divided.json").read_text(encoding="utf-8"))
    document = read_neuroml(FOLDER / expected["document"], divisions=True)
    neuron = document.cell
    assert list(np.bincount(neuron.compartments.branch)) == [1, 7, 6, 3]
    one = document.injections[-1]
    assert (one.input, one.cell, one.index) == ("pulse", "divided", 0)
    protocol = document.inputs[one.input]
    found = _extrapolated(neuron, protocol, one.site, len(expected["v"]))
    away = np.abs(found - np.array(expected["v"]))
    assert max(expected["v"]) > 20.0
    assert away.max() < 0.002
