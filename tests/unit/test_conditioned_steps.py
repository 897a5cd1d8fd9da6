"""A step after a depolarization is not a step from rest; what an estimate includes is said."""

import json

import numpy as np
import pytest
import rc_cells
from steady import steady

import loligo
from loligo.analysis import Status, input_resistance, total_resistance
from loligo.recording import Epoch, EpochKind, RigState

LEVELS = (-100.0, -50.0, 0.0)


def twice(first, second, holding, response, unit, command_unit):
    """Steps to `first` and then to `second`, each for 200 ms with 200 ms at the holding level."""
    levels = [holding, first, holding, second]
    epochs = [
        Epoch(label, EpochKind.STEP, 200.0 * i, 200.0 * (i + 1), "command", level)
        for i, (label, level) in enumerate(zip("ABCD", levels, strict=True))
    ]
    return loligo.from_arrays(
        np.repeat(response, 400),
        unit=unit,
        sampling_rate="2 kHz",
        command=np.repeat(levels, 400),
        command_unit=command_unit,
        epochs=epochs,
    )


def test_a_baseline_with_an_afterpotential_is_left_out():
    """5 mV of afterhyperpolarization would turn 150 MOhm into 50."""
    recording = twice(100.0, -50.0, 0.0, [-70.0, -55.0, -75.0, -77.5], "mV", "pA")
    whole = next(e for e in input_resistance(recording) if e.epoch == "D" and e.sweep is None)
    assert whole.status is Status.NO_BASELINE
    assert "depolarized before the step" in whole.reason


def test_a_hyperpolarization_before_is_none():
    recording = twice(-100.0, -50.0, 0.0, [-70.0, -85.0, -70.0, -77.5], "mV", "pA")
    whole = next(e for e in input_resistance(recording) if e.epoch == "D" and e.sweep is None)
    assert whole.value == pytest.approx(0.15)


def test_voltage_clamp_after_a_depolarization_is_said():
    recording = twice(0.0, -80.0, -70.0, [-20.0, 400.0, -20.0, -40.0], "pA", "mV")
    whole = next(e for e in total_resistance(recording) if e.epoch == "D" and e.sweep is None)
    assert whole.value == pytest.approx(0.5)
    assert "follows a depolarization" in whole.reason


def test_a_tail_current_is_no_leak():
    levels, response = [-80.0, -40.0, -120.0], [0.0, 3000.0, -40.0]
    recording = loligo.from_arrays(
        np.repeat(response, 400),
        unit="pA",
        sampling_rate="2 kHz",
        command=np.repeat(levels, 400),
        command_unit="mV",
        epochs=[
            Epoch(label, EpochKind.STEP, 200.0 * i, 200.0 * (i + 1), "command", level)
            for i, (label, level) in enumerate(zip("ABC", levels, strict=True))
        ],
    )
    whole = next(e for e in total_resistance(recording) if e.epoch == "C" and e.sweep is None)
    assert whole.status is Status.NO_BASELINE
    assert "starts from -40 mV, above the holding level" in whole.reason


@pytest.mark.parametrize("name", ["171116sh_0018", "171116sh_0019"])
def test_both_windows_of_a_dual_protocol_agree(recordings, name):
    """The same cell by the first step (eFEL 107.6 and 101.5 MOhm) and by the one in between."""
    table = json.loads((recordings / "reference/efel.json").read_text())["files"]
    features = table[f"abf/{name}.abf"]["entries"][0]["features"]
    truth = features["ohmic_input_resistance_vb_ssse"][0]
    found = input_resistance(loligo.read(recordings / "abf" / f"{name}.abf"))
    between = next(e for e in found if e.epoch == "D" and e.sweep is None)
    assert 1000 * between.value == pytest.approx(truth, rel=0.08)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "does not state the bridge balance"),
        (RigState(bridge_balance=0.012), "bridge balance of 12 MOhm applied"),
    ],
)
def test_what_the_bridge_leaves_is_said(state, said):
    clean = rc_cells.current_clamp(LEVELS)
    recording = loligo.from_arrays(
        np.array([clean.trace(i, "response").values() for i in range(3)]),
        unit="mV",
        sampling_rate="2 kHz",
        command=np.array([rc_cells.command(level) for level in LEVELS]),
        command_unit="pA",
        rig_state=state,
    )
    assert said in input_resistance(recording)[0].definition


def test_total_resistance_says_what_it_includes():
    found = total_resistance(rc_cells.voltage_clamp((-80.0,) * 3))
    assert "it includes the series resistance" in found[0].definition


def test_tags_are_a_caution_about_pooling(recordings):
    recording = loligo.read(recordings / "abf/multichannelAbf1WithTags.abf")
    found = {e.name: e for e in steady(recording) if e.sweep is None}
    assert "'+TGOT', '-TGOT'" in found["total_resistance"].reason
    assert "'+TGOT', '-TGOT'" in found["holding_current"].reason
    before = recording.select(range(80))
    assert not any("tagged" in e.reason for e in steady(before))
