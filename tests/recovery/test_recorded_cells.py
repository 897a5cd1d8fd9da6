"""Cells recorded through rigs and analyzed as real ones are: the truth comes back."""

from __future__ import annotations

import numpy as np
import pytest
from patch_rigs import CURRENT, VOLTAGE

from loligo import Protocol, analyze, read, record, write_nwb
from loligo.cell import Cell, catalogue
from loligo.errors import ModelError
from loligo.recording import ClampMode, compare
from loligo.rig import CurrentClamp, Rig

CELL = Cell(
    name="a passive cell",
    capacitance="80 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)
TEST = Protocol(
    "membrane test",
    ["hold for 20 ms", "step -80 mV for 40 ms as test", "hold for 20 ms"],
    holding="-70 mV",
    sweeps=10,
    sweep_interval="200 ms",
)
STEPS = Protocol(
    "steps",
    ["hold for 100 ms", "step -100..40 pA by 20 pA for 500 ms as test", "hold for 200 ms"],
    holding="0 pA",
)


def estimates(recording):
    found = {}
    for one in analyze(recording).estimates:
        if one.sweep is None:
            found.setdefault(one.name, one)
    return found


def off(estimate, truth):
    """How many standard errors an estimate is from the truth."""
    return abs(estimate.value - truth) / ((estimate.high - estimate.low) / (2 * 1.96))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_membrane_test_gives_the_cell_back(seed):
    recording = record(CELL, VOLTAGE, TEST, seed=seed)
    truth, found = recording.truth.parameters, estimates(recording)
    assert truth["series_resistance"] == 0.012
    assert truth["membrane_resistance"] == pytest.approx(1.0 / (5.0 + 1.0 / 8.0), rel=1e-9)
    assert truth["resting_potential"] == pytest.approx(-350.0 / 5.125, abs=1e-9)
    for name in ("series_resistance", "membrane_resistance", "total_resistance"):
        assert off(found[name], truth[name]) < 4.0
        assert found[name].value == pytest.approx(truth[name], rel=0.02)
    assert found["capacitance"].value == pytest.approx(80.0, rel=0.01)


def test_steps_of_current_give_it_back_with_the_error_of_the_bridge():
    recording = record(CELL, CURRENT, STEPS, seed=3, dt="20 us")
    truth, found = recording.truth.parameters, estimates(recording)
    assert truth["bridge_error"] == pytest.approx(0.003)
    assert off(found["resting_potential"], truth["resting_potential"]) < 4.0
    # what the bridge leaves of the series resistance is in the apparent input resistance
    apparent = truth["input_resistance"] + truth["bridge_error"]
    assert off(found["input_resistance"], apparent) < 4.0
    tau = 80.0 * truth["membrane_resistance"]
    assert off(found["membrane_time_constant"], tau) < 4.0
    assert found["membrane_time_constant"].value == pytest.approx(tau, rel=0.02)


def test_it_is_a_recording_like_any_other():
    recording = record(CELL, VOLTAGE, TEST, seed=1)
    assert recording.is_simulated
    assert recording.response.clamp_mode is ClampMode.VOLTAGE_CLAMP
    assert len(recording) == 10
    assert [sweep.start for sweep in recording][:3] == [0.0, 200.0, 400.0]
    trace = recording.sweeps[0].trace("response")
    assert trace.samples.dtype == np.int16
    assert trace.sampling_rate == 20.0
    assert trace.rig_state.capacitance_fast == 5.0
    assert trace.rig_state.filter_frequency == 5.0
    assert trace.rig_state.series_resistance_correction == 0.0
    assert recording.protocols["command"] == TEST
    assert recording.sweeps[0].epoch("test").level == -80.0


def test_the_same_seed_is_the_same_recording_and_another_is_not():
    one, same, other = (
        record(CELL, VOLTAGE, TEST, seed=seed).sweeps[3].trace("response").values()
        for seed in (5, 5, 6)
    )
    assert (one == same).all()
    assert (one != other).any()
    quiet = record(CELL, VOLTAGE.with_(noise=None), TEST).sweeps[3].trace("response").values()
    spread = np.std(one - quiet)
    assert spread == pytest.approx(np.std(other - quiet), rel=0.1)
    assert 0.5 < spread < 10.0  # pA


def test_nwb_keeps_all_of_it(tmp_path):
    axon = catalogue.load("hodgkin_huxley1952").with_(area="10000 um2")
    protocol = Protocol("steps", ["step -40, 0 mV for 5 ms as test"], holding="-65 mV")
    recording = record(axon, VOLTAGE, protocol, seed=2, truth=["v", "na.m", "rig.into_cell"])
    path = write_nwb(recording, tmp_path / "virtual.nwb")
    again = read(path)
    assert compare(recording, again) == ()
    assert again.is_simulated
    traces = again.truth.traces
    assert set(traces) == {"v", "na.m", "rig.into_cell"}
    assert traces["na.m"].unit == ""
    assert traces["v"].values(1) == pytest.approx(recording.truth.traces["v"].values(1))
    changed = record(axon, VOLTAGE, protocol, seed=2, truth=["v"], dt="10 us")
    assert any("truth" in told for told in compare(recording, changed))


def test_truth_is_what_the_cell_did_not_what_the_rig_saw():
    recording = record(CELL, VOLTAGE.with_(noise=None), TEST)
    v = recording.truth.traces["v"].values(0)
    at = int(59.0 * 20)
    # the cell stays short of the command by the drop over the series resistance
    current = recording.sweeps[0].trace("response").values()[at]
    assert current < -30.0  # pA, inward
    assert v[at] == pytest.approx(-80.0 - 0.012 * current, abs=0.01)


def test_what_is_beyond_the_digitizer_is_told():
    loud = VOLTAGE.with_(digitizer={"sampling": "20 kHz", "current_gain": "100 mV/pA"})
    recording = record(CELL, loud, TEST)
    assert any(finding.subject == "saturation" for finding in recording.findings)
    held = next(f.value for f in recording.findings if f.subject == "saturation")
    assert "beyond the digitizer's range" in held


@pytest.mark.parametrize(
    ("cell", "rig", "protocol", "told"),
    [
        (CELL, VOLTAGE, STEPS, "commands a current, the rig takes a command in mV"),
        (CELL, CURRENT, TEST, "commands a voltage, the rig takes a command in pA"),
        (
            catalogue.load("izhikevich2003_rs"),
            VOLTAGE,
            TEST,
            "cannot be recorded behind a rig; give a Cell, a Neuron or a ModelCell",
        ),
    ],
)
def test_what_cannot_be_recorded(cell, rig, protocol, told):
    with pytest.raises(ModelError, match=told):
        record(cell, rig, protocol)


def test_a_rig_is_written_in_toml_and_its_controls_are_changed_by_name():
    assert Rig.from_toml(VOLTAGE.to_toml()) == VOLTAGE
    assert Rig.from_toml(CURRENT.to_toml()) == CURRENT
    changed = VOLTAGE.with_control(capacitance_fast="4 pF")
    assert changed.amplifier.capacitance_fast == 4.0
    with pytest.raises(Exception, match="no control 'bridge'"):
        CURRENT.with_control(bridge="10 MOhm")
    assert isinstance(CURRENT.amplifier, CurrentClamp)
