"""The membrane test on real recordings: model cells of known parts, and neurons by charge."""

from dataclasses import replace

import numpy as np
import pytest

import loligo
from loligo.analysis import Status
from loligo.analysis.membrane_test import membrane_test


def pooled(path, epoch=None):
    found = membrane_test(loligo.read(path)).estimates
    return {e.name: e for e in found if e.sweep is None and epoch in (None, e.epoch)}


@pytest.mark.parametrize("name", ["model_vc_step", "2018_11_16_sh_0006"])
def test_model_cell(recordings, name):
    """PATCH-1U: 500 MOhm (1 %), 33 pF (10 %), about 10.5 MOhm; charge method 11.0, 501.4, 32.4."""
    found = pooled(recordings / f"abf/{name}.abf")
    for quantity, nominal, tolerance, charge, agreement in (
        ("membrane_resistance", 0.5, 0.02, 0.5014, 0.02),
        ("capacitance", 33.0, 0.10, 32.4, 0.05),
        ("series_resistance", 0.0105, 0.12, 0.0110, 0.06),
    ):
        entry = found[quantity]
        assert entry.value == pytest.approx(nominal, rel=tolerance)
        assert entry.value == pytest.approx(charge, rel=agreement)
        # what is left of the pipette moves the latter two by 3 % a pF, and no file states it
        assert entry.high / entry.low < (1.02 if quantity == "membrane_resistance" else 1.2)
        assert entry.low <= charge <= entry.high or quantity == "membrane_resistance"
        assert "not the amplifier's calibration" in entry.definition
        assert "exponentials" not in entry.reason  # one compartment is recognized as one


def test_filter_of_the_model_cell_needs_not_be_known(recordings):
    """Without the stated 2 kHz the result stays within 1 %."""
    recording = loligo.read(recordings / "abf/model_vc_step.abf")
    known = pooled(recordings / "abf/model_vc_step.abf")
    found = {e.name: e for e in membrane_test(without_rig(recording)).estimates if e.sweep is None}
    for name in ("series_resistance", "membrane_resistance", "capacitance"):
        assert found[name].value == pytest.approx(known[name].value, rel=0.01)


def without_rig(recording):
    sweeps = tuple(
        replace(s, traces={k: replace(t, rig_state=None) for k, t in s.traces.items()})
        for s in recording.sweeps
    )
    return replace(recording, sweeps=sweeps)


def test_model_cell_by_ramp(recordings):
    """33 pF (10 %); the charge method gives 32.4 pF for steps on it, pyABF 30.9 for the ramp."""
    found = pooled(recordings / "abf/model_vc_ramp.abf")["capacitance"]
    assert found.value == pytest.approx(32.4, rel=0.02)
    assert found.high / found.low < 1.02


def test_high_resistance_cell_by_step_and_ramp(recordings):
    """Charge method: 12 MOhm, 23.0 pF; pyABF's ramp 23.9 pF."""
    found = pooled(recordings / "abf/18808025.abf", "A")
    assert found["series_resistance"].value == pytest.approx(0.012, rel=0.25)
    assert found["capacitance"].value == pytest.approx(23.0, rel=0.10)
    assert 1.2 < found["membrane_resistance"].value < 3.8
    assert "exceed the noise" in found["capacitance"].reason
    ramp = pooled(recordings / "abf/18808025.abf", "C")["capacitance"]
    assert ramp.low <= found["capacitance"].value <= ramp.high
    assert ramp.value == pytest.approx(23.9, rel=0.05)


def test_dendrites_and_slow_current_are_said(recordings):
    """Charge method: 110 MOhm (40 ms) to 98 (200 ms), 226 to 251 pF, Rs 10.8 to 15.9."""
    found = pooled(recordings / "abf/171116sh_0011.abf")
    entry = found["capacitance"]
    assert "two exponentials" in entry.reason
    assert "slow current grows" in entry.reason
    said = float(entry.reason.split("stands for ")[1].split(" pF")[0])
    assert 226 <= said <= 251
    assert entry.value > said
    assert "also holds the values of a third exponential" in entry.reason
    assert found["total_resistance"].value == pytest.approx(0.110, rel=0.03)
    assert 0.0108 * 0.95 < found["series_resistance"].value < 0.0159
    ramp = pooled(recordings / "abf/171116sh_0014.abf")["capacitance"]
    assert ramp.low <= entry.value <= ramp.high


def test_spontaneous_currents_do_not_spoil_the_transient(recordings):
    """Charge method: Rs 11.9 to 15.4 MOhm, 300 to 307 pF; total 232.8 MOhm from the step's end."""
    found = pooled(recordings / "abf/171116sh_0020.abf")
    assert found["series_resistance"].value == pytest.approx(0.0119, rel=0.05)
    assert found["capacitance"].value == pytest.approx(303, rel=0.06)
    assert found["total_resistance"].value == pytest.approx(0.2328, rel=0.02)
    assert found["membrane_resistance"].status is Status.TOO_NOISY  # 226 or 363: Ih


@pytest.mark.parametrize("name", ["f1", "user-list-durations"])
def test_stated_compensation(recordings, name):
    recording = loligo.read(recordings / f"abf/{name}.abf")
    for response in recording.responses:
        found = {e.name: e for e in membrane_test(recording, response).estimates if e.sweep is None}
        for quantity in ("series_resistance", "membrane_resistance", "capacitance"):
            assert found[quantity].status is Status.COMPENSATED
            assert "cancelled" in found[quantity].reason


def test_compensation_is_seen_without_being_stated(recordings):
    """pyABF gives 134 MOhm of series resistance here, which means nothing."""
    recording = without_rig(loligo.read(recordings / "abf/f1.abf"))
    found = {e.name: e for e in membrane_test(recording, recording.responses[0]).estimates}
    for quantity in ("series_resistance", "membrane_resistance", "capacitance"):
        assert not found[quantity].is_ok
    assert found["total_resistance"].is_ok


@pytest.mark.parametrize("name", ["model_vc_step", "2018_11_16_sh_0006"])
def test_intervals_of_a_model_cell_lie_within_its_parts_tolerance(recordings, name):
    """The true part is somewhere within 500 MOhm (1 %), 33 pF (10 %).

    Of capacitance and series resistance the interval also holds what may be left of the pipette.
    """
    found = pooled(recordings / f"abf/{name}.abf")
    for quantity, nominal, tolerance in (
        ("membrane_resistance", 0.5, 0.01),
        ("capacitance", 33.0, 0.10),
        ("series_resistance", 0.0105, 0.12),
    ):
        assert nominal * (1 - tolerance) < found[quantity].value < nominal * (1 + tolerance)
        assert found[quantity].low < nominal * (1 + tolerance)
        assert found[quantity].high > nominal * (1 - tolerance)


def test_hum_in_step_with_the_sweeps_is_found(recordings):
    """Recorded in the USA, a sweep every 30 periods of 60 Hz."""
    assert "60 Hz" in pooled(recordings / "abf/model_vc_step.abf")["total_resistance"].reason


def test_single_sweeps_scatter_as_their_intervals_say(recordings):
    """A model cell does not change: its sweeps scatter about the mean as their intervals say.

    Where its edge lies between samples makes two groups of the sweeps' series resistances.
    """
    (test,) = membrane_test(loligo.read(recordings / "abf/2018_11_16_sh_0006.abf")).tests
    for name in ("series_resistance", "membrane_resistance", "capacitance"):
        mean = next(e.value for e in test.pooled if e.name == name)
        each = [e for e in test.each if e.name == name]
        assert len(each) == 60
        spread = np.std([e.value for e in each])
        reach = np.mean([(e.high - e.low) / (2 * 1.96) for e in each])
        assert 0.8 < spread / reach < 1.2
        least = 53 if name == "membrane_resistance" else 42
        assert least <= sum(e.low < mean < e.high for e in each) <= 60


def test_steps_of_an_iv_protocol_agree_with_the_membrane_test(recordings):
    """One cell; charge method on the membrane test: 10.8 to 15.9 MOhm, 226 to 251 pF."""
    usual = pooled(recordings / "abf/171116sh_0011.abf")
    found = membrane_test(loligo.read(recordings / "abf/171116sh_0012.abf")).estimates
    for name in ("series_resistance", "capacitance"):
        each = [e for e in found if e.name == name and e.epoch == "B" and e.sweep is not None]
        assert {e.sweep for e in each} == {1, 2, 3}  # -100, -90 and -80 mV from -70
        for entry in each:
            assert entry.low < usual[name].high
            assert entry.high > usual[name].low


def test_ramps_give_each_sweep_a_capacitance(recordings):
    (test,) = membrane_test(loligo.read(recordings / "abf/model_vc_ramp.abf")).tests
    assert [e.sweep for e in test.each] == list(range(50))
    assert all(e.value == pytest.approx(32.4, rel=0.05) for e in test.each)
    assert sum(e.low < 32.6 < e.high for e in test.each) >= 42
