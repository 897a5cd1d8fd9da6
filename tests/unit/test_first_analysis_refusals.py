"""What cannot be estimated is refused with its reason; what was left out is said."""

from dataclasses import replace

import numpy as np
import pytest
import rc_cells
from steady import steady

import loligo
from loligo.analysis import Status, holding_current, input_resistance, resting_potential
from loligo.recording import Basis, Epoch, EpochKind, Finding, RigState

LEVELS = (-100.0, -50.0, 0.0)


def of(recording, name):
    return next(e for e in steady(recording) if e.name == name and e.sweep is None)


def test_no_command():
    recording = loligo.from_arrays(np.full(2000, -70.0), unit="mV", sampling_rate="2 kHz")
    for estimate in steady(recording):
        assert estimate.status is Status.NO_COMMAND
        assert "command=" in estimate.reason
        assert estimate.value is None


def test_ramp_only():
    ramp = np.linspace(0, 100, 2000)
    epochs = [
        Epoch("pre", EpochKind.HOLD, 0, 200, "command", 0.0),
        Epoch("A", EpochKind.RAMP, 200, 1000, "command", 100.0, 0.0),
    ]
    recording = loligo.from_arrays(
        -70 + 0.1 * ramp,
        unit="mV",
        sampling_rate="2 kHz",
        command=ramp,
        command_unit="pA",
        epochs=epochs,
    )
    assert of(recording, "input_resistance").status is Status.NO_STEP
    assert of(recording, "resting_potential").is_ok


def test_what_is_left_of_a_subtraction_is_not_the_cell():
    plain = rc_cells.voltage_clamp((-80.0, -80.0))
    assert of(plain, "total_resistance").is_ok
    source = replace(plain.provenance, source="cell_leak_subtracted.csv")
    for name in ("total_resistance", "holding_current"):
        refused = of(replace(plain, provenance=source), name)
        assert refused.status is Status.COMPENSATED
        assert "before the subtraction" in refused.reason


def test_leak_subtraction_of_the_protocol_is_said():
    plain = rc_cells.voltage_clamp((-80.0, -80.0))
    finding = Finding("leak subtraction", "on", Basis.STATED, "the protocol subtracts leak (P/N)")
    found = of(replace(plain, findings=(*plain.findings, finding)), "total_resistance")
    assert found.is_ok
    assert "subtracts leak" in found.reason


@pytest.mark.parametrize(("apart", "is_told"), [(1.0, True), (5.0, False)])
def test_two_sweeps_far_apart_tell_no_resting_potential(apart, is_told):
    noise = np.random.default_rng(1).standard_normal((2, 1600))
    recording = loligo.from_arrays(
        np.array([[-45.0 - apart], [-45.0 + apart]]) + noise,
        unit="mV",
        sampling_rate="2 kHz",
        command=np.zeros((2, 1600)),
        command_unit="pA",
        epochs=rc_cells.epochs(0.0),
    )
    found = of(recording, "resting_potential")
    assert found.is_ok is is_told
    if not is_told:
        assert found.status is Status.TOO_NOISY
        assert "mV" in found.reason


def test_depolarizing_steps_only():
    recording = rc_cells.current_clamp((20.0, 40.0))
    whole = of(recording, "input_resistance")
    assert whole.status is Status.NO_STEP
    assert "step by step" in whole.reason
    single = [e for e in input_resistance(recording) if e.sweep is not None]
    assert [e.value for e in single] == pytest.approx([0.15, 0.15])
    assert all("depolarizing" in e.reason for e in single)


def test_wrong_mode():
    current = rc_cells.voltage_clamp((-80.0,))
    assert input_resistance(current)[0].status is Status.WRONG_MODE
    assert resting_potential(current)[0].status is Status.WRONG_MODE
    assert holding_current(rc_cells.current_clamp(LEVELS))[0].status is Status.WRONG_MODE


def test_injected_holding_current_is_not_rest():
    recording = rc_cells.current_clamp((-100.0, -80.0), holding=-50.0)
    refused = of(recording, "resting_potential")
    assert refused.status is Status.NO_BASELINE
    assert "-50 pA" in refused.reason
    baselines = [e for e in steady(recording) if e.name == "baseline_potential"]
    assert [e.value for e in baselines] == pytest.approx([-75.5, -75.5])


def test_bias_current_of_the_amplifier_is_not_rest():
    recording = loligo.from_arrays(
        np.full((1, 1600), -70.0),
        unit="mV",
        sampling_rate="2 kHz",
        command=np.zeros((1, 1600)),
        command_unit="pA",
        epochs=rc_cells.epochs(0.0),
        rig_state=RigState(bias_current=-30.0),
    )
    assert "bias_current" in of(recording, "resting_potential").reason


def with_spike(at: float, sweep: int):
    noise = rc_cells.coloured(np.random.default_rng(0), (3, 1600), 0.1, 0.0)
    noise[sweep, int(at * rc_cells.RATE) : int((at + 1) * rc_cells.RATE)] += 100.0
    return rc_cells.current_clamp(LEVELS, noise=noise)


@pytest.mark.parametrize("at", [200.0, 400.0, 720.0])  # baseline, step, steady state
def test_a_sweep_with_a_spike_is_left_out_and_said(at):
    estimate = of(with_spike(at, 1), "input_resistance")
    assert estimate.value == pytest.approx(0.15, rel=0.01)
    assert estimate.reason == "left out: action potential or artefact in sweep 1"


def test_spikes_do_not_move_the_resting_potential():
    estimate = of(with_spike(200.0, 1), "resting_potential")
    assert estimate.value == pytest.approx(-68.0, abs=0.05)
    assert "fires in the baseline of 1 of 3 sweeps" in estimate.reason


def test_only_spiking_steps():
    noise = np.zeros((2, 1600))
    noise[:, 1400::40] = 100.0
    estimate = of(rc_cells.current_clamp((-50.0, -100.0), noise=noise), "input_resistance")
    assert estimate.status is Status.SPIKING
    assert "sweeps 0, 1" in estimate.reason


def test_saturation():
    recording = rc_cells.current_clamp(
        (-100.0,), noise=rc_cells.coloured(np.random.default_rng(0), (1, 1600), 0.2, 0.0)
    )
    values = np.maximum(recording.trace(0, "response").values(), -75.0)
    clipped = loligo.from_arrays(
        values,
        unit="mV",
        sampling_rate="2 kHz",
        command=recording.trace(0, "command").values(),
        command_unit="pA",
        epochs=rc_cells.epochs(-100.0),
    )
    assert of(clipped, "input_resistance").status is Status.SATURATED


def test_noise_that_hides_the_step():
    noise = rc_cells.coloured(np.random.default_rng(3), (3, 1600), 200.0, 20.0)
    estimate = of(
        rc_cells.voltage_clamp((-71.0, -70.5, -70.0), resistance=5.0, noise=noise),
        "total_resistance",
    )
    assert estimate.status is Status.TOO_NOISY
    assert "includes zero" in estimate.reason


def test_noise_does_not_hide_what_was_left_out():
    noise = rc_cells.coloured(np.random.default_rng(3), (4, 1600), 200.0, 20.0)
    noise[0, 1400] = np.nan
    levels = (-72.0, -71.0, -70.5, -70.0)
    recording = rc_cells.voltage_clamp(levels, resistance=5.0, noise=noise)
    estimate = of(recording, "total_resistance")
    assert estimate.status is Status.TOO_NOISY
    assert "includes zero; left out: " in estimate.reason
    assert estimate.reason.endswith("in sweep 0")


def test_a_command_too_long_to_search_is_said(monkeypatch):
    monkeypatch.setattr("loligo.recording.found_epochs.MOST_SAMPLES", 1599)
    plain = loligo.from_arrays(
        rc_cells.current_clamp((-50.0,)).trace(0, "response").values(),
        unit="mV",
        sampling_rate="2 kHz",
        command=rc_cells.command(-50.0),
        command_unit="pA",
    )
    bare = replace(plain, sweeps=tuple(replace(s, epochs=()) for s in plain.sweeps))
    for name in ("resting_potential", "input_resistance"):
        assert "1600 samples" in of(bare, name).reason
    monkeypatch.undo()
    assert "samples" not in of(bare, "input_resistance").reason


def test_not_finite():
    noise = np.zeros((1, 1600))
    noise[0, 1400] = np.nan
    estimates = input_resistance(rc_cells.current_clamp((-50.0,), noise=noise))
    assert not any(e.is_ok for e in estimates)


def test_several_responses_need_a_choice():
    recording = rc_cells.current_clamp(LEVELS)
    with pytest.raises(loligo.LoligoError, match="not a response"):
        input_resistance(recording, "command")
    with pytest.raises(loligo.LoligoError, match="no channel"):
        input_resistance(recording, "voltage")


def test_a_step_from_a_potential_that_is_not_rest_is_said():
    moved = np.zeros((5, int((rc_cells.BEFORE + rc_cells.DURING + rc_cells.AFTER) * rc_cells.RATE)))
    moved[2, : int(rc_cells.BEFORE * rc_cells.RATE)] = 8.0  # before a step of 9 mV
    recording = rc_cells.current_clamp((-100.0, -80.0, -60.0, -40.0, -20.0), noise=moved)
    single = [e for e in input_resistance(recording) if e.sweep is not None]
    assert ["not at rest" in e.reason for e in single] == [False, False, True, False, False]
