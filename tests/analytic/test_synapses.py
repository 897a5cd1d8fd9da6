"""Synapses: closed forms of their course, an integration of one compartment, and NEURON's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cables import neuron, passive
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo import Protocol, simulate
from loligo.cell import Neuron, Synapse
from loligo.cell.morphology import ball_and_stick, cable
from loligo.errors import ModelError, SelectionError

REST = Protocol("rest", ["hold for 40 ms"], holding="0 pA")


def synapse(site="b(0.5)", **more):
    said = {
        "conductance": "1 nS", "rise": "0.5 ms", "decay": "3 ms", "reversal": "0 mV",
        "times": ["5 ms"],
    }  # fmt: skip
    return Synapse(site=site, **{**said, **more})


@pytest.mark.parametrize(
    ("rise", "decay", "peak"),
    [
        (0.5, 3.0, math.log(6.0) / (2.0 - 1.0 / 3.0)),
        (2.0, 2.0, 2.0),
        (2.0, 2.0 * (1.0 + 1e-11), 2.0),
        (2.0, 2.0 * (1.0 + 1e-6), 2.0),
        (0.0, 3.0, 0.0),
    ],
)
def test_peak_and_area_are_those_of_the_closed_form(rise, decay, peak):
    one = synapse(rise=f"{rise} ms", decay=f"{decay!r} ms", times=["0 ms"], conductance="2 nS")
    assert one.conductance_at(peak) == pytest.approx(2.0, rel=1e-5)
    times = np.linspace(0.0, 60.0, 600_001)
    assert one.conductance_at(times).max() == pytest.approx(2.0, rel=1e-6)
    if rise == 0.0:
        area = 2.0 * decay
    elif decay - rise < 1e-3:
        area = 2.0 * math.e * rise
    else:
        norm = math.exp(-peak / decay) - math.exp(-peak / rise)
        area = 2.0 * (decay - rise) / norm
    assert np.trapezoid(one.conductance_at(times), times) == pytest.approx(area, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 30_000).map(lambda us: us / 1000), min_size=0, max_size=6),
    st.one_of(st.just(0.0), st.floats(0.05, 5.0)),
    st.floats(1.0, 4.0),
)
def test_stretches_are_the_sum_of_all_activations(times, rise, factor):
    """What the engine plays, stretch by stretch, is the sum of all; so are its means."""
    decay = max(rise, 0.2) * factor
    one = synapse(
        rise=f"{rise!r} ms", decay=f"{decay!r} ms", times=[f"{time!r} ms" for time in times]
    )
    stretches = one.segments(40.0)
    assert stretches[0].start == 0.0
    assert stretches[-1].stop == 40.0
    for segment in stretches:
        inner = np.linspace(segment.start, segment.stop, 9)[:-1] + 1e-9
        assert segment.value(inner) == pytest.approx(one.conductance_at(inner), abs=1e-9)
        means = segment.mean(inner[:-1], inner[1:])
        fine = segment.value(np.linspace(inner[:-1], inner[1:], 4001))
        width = 1.0 / 4000.0
        simpson = (
            width
            / 3.0
            * (fine[0] + fine[-1] + 4.0 * fine[1:-1:2].sum(axis=0) + 2.0 * fine[2:-1:2].sum(axis=0))
        )
        assert means == pytest.approx(simpson, rel=2e-5, abs=1e-9)


def test_one_compartment_against_an_independent_integration():
    from scipy.integrate import solve_ivp

    cell = neuron(cable("20 um", "20 um"), passive(reversal="-65 mV"), rest="-65 mV", counts=1)
    area = float(cell.compartments.area[0]) * 0.01
    one = synapse(site="axon", times=["5 ms", "6.3 ms"], conductance="0.8 nS")
    norm = math.exp(-math.log(6.0) / 5.0) - math.exp(-math.log(6.0) * 1.2)

    def slope(t, v):
        g = sum(
            0.8 / norm * (math.exp(-(t - s) / 3.0) - math.exp(-(t - s) / 0.5))
            for s in (5.0, 6.3)
            if t > s
        )
        return [(-0.05 * area * (v[0] + 65.0) - g * v[0]) / area]

    errors = []
    for dt in (0.05, 0.025, 0.0125):
        found = simulate(
            cell, REST, synapses={"a": one}, record=["v", "i.synapse.a"], dt=f"{dt} ms",
            sampling="0.1 ms",
        )  # fmt: skip
        truth = [-65.0] * 51
        value = [-65.0]
        for first, last in ((5.0, 6.3), (6.3, 40.0)):
            times = found.times[(found.times > first + 1e-6) & (found.times < last - 1e-6)]
            solved = solve_ivp(
                slope, (first, last), value, method="DOP853", rtol=1e-11, atol=1e-11,
                t_eval=[*times, last],
            ).y[0]  # fmt: skip
            truth += [*solved[:-1], *([solved[-1]] if last < 40.0 else [])]
            value = [solved[-1]]
        errors.append(np.abs(found["v"][0, 0] - np.array(truth)).max())
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.1)
    assert errors[2] < 1e-3
    v = found["v"][0, 0]
    current = one.conductance_at(found.times) * v
    assert found["i.synapse.a"][0, 0] == pytest.approx(current, abs=1e-12)
    assert current.min() < -10.0  # into the cell is negative


def test_a_ball_and_stick_as_in_neuron():
    """Exp2Syn in the middle of the dendrite at 5, 9 and 10 ms; NEURON 9.0 by CVODE at 1e-10.

    Made by ``python -m benchmarks.synapse_traces`` in an environment with NEURON.
    """
    cell = neuron(
        ball_and_stick("20 um", "600 um", "2 um"),
        passive(reversal="-65 mV"),
        resistivity="100 ohm cm",
        rest="-65 mV",
        counts={"soma": 1, "dendrite": 31},
    )
    one = synapse("dendrite", conductance="5 nS", times=["5 ms", "9 ms", "10 ms"])
    found = simulate(
        cell, REST, at="soma", synapses=[one], dt="0.0025 ms", sampling="0.5 ms",
        record=["v at dendrite", "v at soma", "i.synapse.0"],
    )  # fmt: skip
    times = np.array([5.5, 6.0, 7.0, 8.0, 9.5, 10.5, 11.0, 12.0, 15.0, 20.0, 30.0])
    at = np.round(times / 0.5).astype(int)
    there = (
        -59.7160812, -55.4085114, -51.0581907, -49.1263936, -44.2422219, -36.380939,
        -33.1804315, -30.2229023, -29.5273711, -34.7522896, -46.0660537,
    )  # fmt: skip
    soma = (
        -64.8205501, -63.6464304, -59.7910375, -56.229422, -52.5205976, -48.9089851,
        -46.4209216, -41.463635, -34.2084326, -35.7906705, -46.1157943,
    )  # fmt: skip
    current = (
        -245.38475, -276.49076, -217.04068, -154.12239, -266.51006, -373.33545, -345.16945,
        -248.45306, -91.2237, -20.2817, -0.95908,
    )  # fmt: skip
    assert found["v at dendrite"][0, 0, at] == pytest.approx(there, abs=1e-3)
    assert found["v at soma"][0, 0, at] == pytest.approx(soma, abs=1e-3)
    assert found["i.synapse.0"][0, 0, at] == pytest.approx(current, abs=1e-2)


def test_two_synapses_in_one_compartment_are_one_twice_as_large():
    cell = neuron(cable("20 um", "20 um"), passive(reversal="-65 mV"), rest="-65 mV", counts=1)
    two = simulate(cell, REST, synapses=[synapse("axon"), synapse("axon")])
    one = simulate(cell, REST, synapses=[synapse("axon", conductance="2 nS")])
    assert two["v"] == pytest.approx(one["v"], abs=1e-9)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"decay": "0.2 ms"}, ModelError, "decay = 0.2 ms is shorter than the rise of 0.5 ms"),
        ({"conductance": "-1 nS"}, ModelError, "conductance"),
        ({"times": ["-1 ms"]}, ModelError, "times"),
        ({"times": [5]}, ModelError, "times"),
    ],
)
def test_impossible_synapses(given, error, told):
    with pytest.raises(error, match=told):
        synapse(**given)


def test_where_a_synapse_cannot_be():
    cell = neuron(cable("20 um", "20 um"), passive(reversal="-65 mV"), rest="-65 mV", counts=1)
    with pytest.raises(SelectionError, match="no branch 'b'"):
        simulate(cell, REST, synapses=[synapse("b")])
    clamp = Protocol("clamp", ["hold for 5 ms"], holding="-65 mV")
    with pytest.raises(ModelError, match="an ideal clamp holds the potential"):
        simulate(cell, clamp, synapses=[synapse("axon")])
    with pytest.raises(ModelError, match="no shape to place them on"):
        simulate(cell.patch("axon"), REST, synapses=[synapse("axon")])
    with pytest.raises(SelectionError, match="no synapse 'x'"):
        simulate(cell, REST, synapses=[synapse("axon")], record=["i.synapse.x"])


def test_a_synapse_is_written_in_toml():
    one = synapse(times=["5 ms", "7.25 ms"])
    assert Synapse.model_validate(one.written()) == one


FILE = """
kind = "neuron"
name = "a cable with a synapse"
temperature = "20 degC"
initial_potential = "-65 mV"
axial_resistivity = "100 ohm cm"
counts = 11

[morphology]
shape = "cable"
length = "300 um"
diameter = "2 um"

[membrane.axon]
capacitance = "1 uF/cm2"
channel.leak = {conductance = "0.05 mS/cm2", reversal = "-65 mV"}

[synapse.input]
site = "axon(0.8)"
conductance = "2 nS"
rise = "0.3 ms"
decay = "2 ms"
reversal = "0 mV"
times = ["5 ms"]
"""


def test_a_file_places_synapses():
    cell = Neuron.from_toml(FILE)
    assert Neuron.from_toml(cell.to_toml()) == cell
    assert "synapse input: axon(0.8), 2 nS to 0 mV" in repr(cell)
    own = simulate(cell, REST, at="axon(0)", record=["v", "i.synapse.input"])
    bare = cell.with_(synapse={})
    given = simulate(bare, REST, at="axon(0)", synapses=dict(cell.synapse))
    assert (own["v"] == given["v"]).all()
    assert own["v"].max() > -64.0
    later = dict(cell.synapse)["input"].with_(times=["20 ms"])
    moved = simulate(cell, REST, at="axon(0)", synapses={"input": later})
    assert moved["v"][0, 0, 190] == pytest.approx(-65.0, abs=1e-9)
    with pytest.raises(ModelError, match=r"synapse.input: no branch 'dend'"):
        Neuron.from_toml(FILE.replace('site = "axon(0.8)"', 'site = "dend(0.8)"'))
    with pytest.raises(ModelError, match=r"synapse.input.rise"):
        Neuron.from_toml(FILE.replace('rise = "0.3 ms"', 'rise = "-1 ms"'))
