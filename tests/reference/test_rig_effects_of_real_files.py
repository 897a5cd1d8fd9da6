"""What the rig did to real recordings: a model cell of known parts, and cells in either clamp."""

import numpy as np
import pytest

import loligo
from loligo.analysis import analyze
from loligo.analysis.rig_effects import Grade, RigEffects


def effects_of(path):
    return analyze(loligo.read(path), "rig").of(RigEffects)[0]


def test_the_clamp_of_a_model_cell(recordings):
    """PATCH-1U: 33 pF (10 %) behind about 10.5 MOhm (11.0 by the charge method)."""
    recording = loligo.read(recordings / "abf/model_vc_step.abf")
    found = effects_of(recordings / "abf/model_vc_step.abf")
    clamp = found.of("clamp_bandwidth").estimate
    assert clamp.value == pytest.approx(1 / (2 * np.pi * 0.0107 * 33.0), rel=0.1)
    # of the command V, resistors leave V R_s / (R_s + R_m) over the pipette
    command = recording.command(recording.response)
    largest = max(abs(recording.trace(i, command).values()).max() for i in range(len(recording)))
    error = found.of("worst_voltage_error")
    assert error.grade in {Grade.GOOD, Grade.QUESTIONABLE}  # its interval ends at the limit, 2 mV
    assert error.estimate.value == pytest.approx(largest * 10.7 / 510.7, rel=0.15)
    # the transient reaches far more, and is not taken for an error
    peak = np.abs(recording.trace(0, recording.response).values()).max()
    assert peak > 2 * abs(found.worst.current)
    assert found.of("seal_resistance").grade is Grade.NOT_TOLD


def test_the_bridge_of_a_cell(recordings):
    """171116sh_0018: a jump of 12 MOhm at each edge, as straight lines see it; up to 300 pA."""
    found = effects_of(recordings / "abf/171116sh_0018.abf")
    bridge = found.of("bridge_error")
    assert bridge.grade is Grade.BAD
    assert 0.011 < bridge.estimate.value < 0.0135
    error = found.of("worst_voltage_error")
    assert error.estimate.value == pytest.approx(300.0 * bridge.estimate.value)
    assert error.grade is Grade.BAD
    whole = found.of("series_resistance")
    assert whole.grade is Grade.NOT_TOLD
    assert "states no bridge balance" in whole.reason


def test_a_recording_without_steps_has_reasons(recordings):
    """A recording whose command is a ramp or none: what cannot be told says why, and is drawn."""
    found = effects_of(recordings / "abf/17o05027_ic_ramp.abf")
    assert found.of("bridge_error").grade is Grade.NOT_TOLD
    assert all(entry.reason for entry in found.graded)
