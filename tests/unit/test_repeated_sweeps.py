"""Equal sweeps are simulated once, and each has noise of its own."""

from __future__ import annotations

import numpy as np
from patch_rigs import VOLTAGE

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.experiment import behind

CELL = Cell(
    name="a passive cell", capacitance="50 pF", temperature="22 degC", initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)  # fmt: skip
STEPS = Protocol(
    "steps", ["hold for 2 ms", "step -80 mV for 5 ms"], holding="-70 mV", sweeps=3,
    sweep_interval="20 ms",
)  # fmt: skip


def simulated(monkeypatch):
    """Record how many sweeps each simulation has."""
    counts = []
    original = behind.simulate

    def counting(cell, protocol, **options):
        counts.append(protocol.n_sweeps)
        return original(cell, protocol, **options)

    monkeypatch.setattr(behind, "simulate", counting)
    return counts


def test_equal_sweeps_are_simulated_once(monkeypatch):
    counts = simulated(monkeypatch)
    recording = record(CELL, VOLTAGE, STEPS, seed=4)
    assert counts == [1]
    first, second, third = (sweep.trace("response").values() for sweep in recording.sweeps)
    assert not np.array_equal(first, second)
    assert [sweep.start for sweep in recording.sweeps] == [0.0, 20.0, 40.0]
    alone = recording.truth.traces["v"]
    assert np.array_equal(alone.values(0), alone.values(2))
    assert first.size == third.size


def test_sweeps_that_differ_are_all_simulated(monkeypatch):
    counts = simulated(monkeypatch)
    family = STEPS.replace(epochs=["hold for 2 ms", "step -90..-70 mV by 10 mV for 5 ms"], sweeps=3)
    record(CELL, VOLTAGE, family)
    drifting = VOLTAGE.with_(
        drift=[{"of": "pipette.series_resistance", "to": "20 MOhm", "sweep": 2}]
    )
    record(CELL, drifting, STEPS)
    assert counts == [3, 3]


def test_what_is_simulated_once_is_what_all_would_be(monkeypatch):
    found = [record(CELL, VOLTAGE, STEPS, seed=4)]
    monkeypatch.setattr(behind, "_repeats", lambda *_: False)
    found.append(record(CELL, VOLTAGE, STEPS, seed=4))
    for one, other in zip(*(recording.sweeps for recording in found), strict=True):
        assert np.array_equal(one.trace("response").values(), other.trace("response").values())
