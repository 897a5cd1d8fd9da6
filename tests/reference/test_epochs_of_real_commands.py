"""Epochs found in recorded commands, against numbers computed in plain numpy."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

import loligo
from loligo.recording.epochs import detect_epochs
from loligo.recording.sweep import EpochKind

VOLTAGE_CLAMP = "nwb/LantyerEtAl2018_170315_AL_216_VC.nwb"
CURRENT_CLAMP = "nwb/LantyerEtAl2018_180817_ME_9_CC.nwb"
TRIANGLES = "nwb/LantyerEtAl2018_171220_NC_156_ST100_C.nwb"


def stimulus(path: Path, name: str, scale: float):
    with h5py.File(path, "r") as file:
        return file[f"stimulus/presentation/{name}/data"][:] * scale


def test_filtered_voltage_steps(recordings: Path) -> None:
    reference = json.loads((recordings / "reference/other.json").read_text())
    for entry in reference["nwb_voltage_clamp"][VOLTAGE_CLAMP]:
        name = entry["series"].replace("Series", "StimulusSeries")
        epochs = detect_epochs(stimulus(recordings / VOLTAGE_CLAMP, name, 1e3), 50.0)
        assert [epoch.label for epoch in epochs] == ["pre", "A", "post"]
        pre, step, _ = epochs
        assert pre.level == pytest.approx(entry["V_hold_mV"], abs=0.01)
        assert step.level == pytest.approx(entry["V_step_mV"], abs=0.02)
        assert step.start == pytest.approx(1e3 * entry["step_on_s"], abs=0.021)
        assert step.stop == pytest.approx(1e3 * entry["step_off_s"], abs=0.021)


def test_current_steps_and_the_small_test_pulse(recordings: Path) -> None:
    for number in range(1, 11):
        name = f"CurrentClampStimulusSeries_{number:02}"
        epochs = detect_epochs(stimulus(recordings / CURRENT_CLAMP, name, 1e12), 20.0)
        assert [epoch.label for epoch in epochs] == ["pre", "A", "B", "C", "post"]
        assert epochs[1].duration == pytest.approx(500.0, abs=0.051)
        assert epochs[3].start == pytest.approx(1100.0, abs=0.21)
        assert epochs[3].level == pytest.approx(60.0, abs=2.0)


def test_triangles_are_ten_ramps(recordings: Path) -> None:
    values = stimulus(recordings / TRIANGLES, "VoltageClampStimulusSeries_01", 1e3)
    epochs = detect_epochs(values, 50.0)
    ramps = [epoch for epoch in epochs if epoch.kind is EpochKind.RAMP]
    assert len(ramps) == 10
    assert [epoch.duration for epoch in ramps] == pytest.approx([100.0] * 10, abs=0.3)
    for up in ramps[::2]:
        assert up.level == pytest.approx(70.0, abs=0.5)


@pytest.mark.parametrize("number", range(349, 358))
def test_a_step_of_an_oscillating_current_with_the_spikes_in_it(
    recordings: Path, number: int
) -> None:
    """A measured current that swings by 110 pA from sample to sample; 2 s from 700 ms on."""
    path = recordings / f"ibw/C060109A1-SR-C1_X_IDthresh_ch0_{number}.ibw"
    recording = loligo.read(path, clamp_mode="voltage_clamp")
    current = recording.trace(0, recording.response).values()
    epochs = detect_epochs(current, 4.0)
    assert [epoch.label for epoch in epochs] == ["pre", "A", "post"]
    assert epochs[1].start == pytest.approx(700, abs=1)
    assert epochs[1].stop == pytest.approx(2700, abs=1)
    for epoch, inside in zip(epochs[:2], (slice(400, 2600), slice(3000, 10_600)), strict=True):
        assert epoch.level == pytest.approx(np.median(current[inside]), abs=5)
