"""States and running features of trees: going on where a run ended, and what is kept of it."""

from __future__ import annotations

import numpy as np
import pytest
from cables import active, neuron, passive, random_tree

from loligo import Protocol, simulate
from loligo.errors import ModelError, SelectionError

FIRST = Protocol("first", ["step 300..900 pA by 300 pA for 2 ms"], holding="0 pA")
SECOND = Protocol("second", ["step 100 pA for 3 ms"], holding="0 pA", sweeps=3)
WHOLE = Protocol(
    "whole", ["step 300..900 pA by 300 pA for 2 ms", "step 100 pA for 3 ms"], holding="0 pA"
)


def mixed(rest="-65 mV"):
    shape = random_tree(4, 9).with_region("stem", names=["b0", "b1"])
    return neuron(
        shape, {"stem": active(), "dendrite": passive("0.3 mS/cm2", "-54.387 mV")}, rest=rest,
        counts=3,
    )  # fmt: skip


RECORD = ["v at b5", "v at b0", "na.h at b0", "na.m at b1"]
"""Whatever is looked at, so that there is one kernel for the neuron."""


def test_a_run_goes_on_where_another_ended():
    cell = mixed()
    kept = {"at": "b0", "record": RECORD, "sampling": "0.1 ms"}
    whole = simulate(cell, WHOLE, **kept)
    first = simulate(cell, FIRST, **kept)
    second = simulate(cell, SECOND, initial=first.final, **kept)
    for name in kept["record"]:
        joined = np.concatenate([first[name], second[name]], axis=2)
        # gates step twice by halves where the runs meet, so equal to the order of the method
        assert joined == pytest.approx(whole[name], abs=2e-2 if name.startswith("v") else 1e-3)
    for name, values in whole.final.items():
        assert second.final[name] == pytest.approx(values, abs=2e-2, nan_ok=True)
        assert values.shape == (1, 3, cell.compartments.n_compartments)
    dendrite = np.flatnonzero(cell.compartments.regions == "dendrite")
    assert np.isnan(whole.final["na.m"][..., dendrite]).all()
    assert np.isfinite(whole.final["v"]).all()


def test_told_states_are_where_it_starts():
    cell = mixed()
    n = cell.compartments.n_compartments
    levels = np.linspace(-80.0, -50.0, n)
    rest = Protocol("rest", ["hold for 1 ms"], holding="0 pA")
    site = "b5(0.5)"
    found = simulate(cell, rest, at=site, initial={"v": levels}, record=RECORD)
    for name in ("b5", "b0"):
        assert found[f"v at {name}"][0, 0, 0] == levels[cell.compartments.at(name)]
    gates = simulate(
        cell, rest, at="b0", initial={"v": "-70 mV", "na.h": 0.25}, record=RECORD
    )  # fmt: skip
    assert gates["na.h at b0"][0, 0, 0] == 0.25
    assert gates["v at b0"][0, 0, 0] == -70.0
    at_70 = simulate(mixed("-70 mV"), rest, at="b0", record=RECORD)
    # untold: in steady state there
    assert gates["na.m at b1"][0, 0, 0] == at_70["na.m at b1"][0, 0, 0]
    many = {"v": np.array([[-70.0] * n, [-60.0] * n])}
    cells = simulate(cell, rest, at="b0", initial=many, record=RECORD)
    assert cells["v at b0"][:, 0, 0].tolist() == [-70.0, -60.0]


@pytest.mark.parametrize(
    ("initial", "error", "told"),
    [
        ({"w": 0.5}, SelectionError, "no state 'w'"),
        ({"v": np.zeros(3)}, ModelError, r"initial v has shape \(3,\)"),
        ("resting", ModelError, "allowed are states by name, and .rest."),
    ],
)
def test_what_cannot_be_told(initial, error, told):
    with pytest.raises(error, match=told):
        simulate(mixed(), FIRST, initial=initial)


def test_running_features_are_those_of_the_traces():
    cell = mixed()
    names = (
        "spike_count", "first_spike_time", "last_spike_time", "maximum_potential",
        "minimum_potential", "mean_potential",
    )  # fmt: skip
    step = Protocol("step", ["hold for 1 ms", "step 0, 2500 pA for 30 ms"], holding="0 pA")
    found = simulate(
        cell, step, at="b0", record=["v at b0", "v at b7(1)"], sampling="0.025 ms", dt="0.025 ms",
        features=[*names, "maximum_potential at b7(1)"], spikes=True,
    )  # fmt: skip
    fired = found.spike_times(0, 1)
    assert found["spike_count"].tolist() == [[0.0, float(fired.size)]]
    assert fired.size > 0
    assert found["first_spike_time"][0, 0] == np.inf
    assert found["first_spike_time"][0, 1] == pytest.approx(fired[0], abs=1e-9)
    assert found["last_spike_time"][0, 1] == pytest.approx(fired[-1], abs=1e-9)
    v = found["v at b0"]
    assert found["maximum_potential"] == pytest.approx(v.max(axis=2), abs=0.2)
    assert found["minimum_potential"] == pytest.approx(v.min(axis=2), abs=0.2)
    assert found["mean_potential"] == pytest.approx(v.mean(axis=2), abs=0.1)
    far = found["maximum_potential at b7(1)"]
    assert far == pytest.approx(found["v at b7(1)"].max(axis=2), abs=0.2)
    assert found.units["maximum_potential at b7(1)"] == "mV"
    with pytest.raises(SelectionError, match="no running feature"):
        simulate(cell, step, features=["spikes"])


def test_described_starts_are_those_of_the_cell():
    """A gate with an `initial` of its own, and a gate that follows a pool that is told."""
    membrane = active()
    said = membrane.written()
    said["channel"]["na"]["gate"]["h"]["initial"] = 0.125
    cell = neuron(random_tree(1, 2), type(membrane)(**said), rest="-65 mV", counts=1)
    rest = Protocol("rest", ["hold for 1 ms"], holding="0 pA")
    found = simulate(cell, rest, at="b0", record=["na.h", "na.m"])
    alone = simulate(cell.patch("dendrite"), rest, record=["na.h", "na.m"])
    assert found["na.h"][0, 0, 0] == 0.125
    assert found["na.m"][0, 0, 0] == alone["na.m"][0, 0, 0]
    told = simulate(cell, rest, at="b0", initial={"na.h": 0.5}, record=["na.h", "na.m"])
    assert told["na.h"][0, 0, 0] == 0.5
