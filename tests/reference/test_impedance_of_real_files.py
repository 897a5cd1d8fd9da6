"""The chirp of a real cell against numbers from elsewhere, and its routes to one resistance."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

import loligo
from loligo.analysis.agreement import Outcome, Reason, input_resistance_agreement
from loligo.analysis.estimate import Status
from loligo.analysis.impedance import impedance

TABLE = tomllib.loads((Path(__file__).parents[1] / "golden" / "recordings.toml").read_text())
CHIRP = "abf/171116sh_0017.abf"


@pytest.fixture(scope="module")
def chirp(recordings):
    return impedance(loligo.read(recordings / CHIRP))


@pytest.mark.parametrize("frequency", [1, 2, 3, 5, 8, 10, 20])
def test_magnitude_and_phase(chirp, recordings, frequency):
    table = json.loads((recordings / "reference" / "other.json").read_text())
    (point,) = [p for p in table["impedance"][CHIRP]["points"] if p["f_Hz"] == frequency]
    at = np.log(1e3 * chirp.frequency)
    ends = [
        np.interp(np.log(frequency), at, values)
        for values in (
            1e3 * chirp.magnitude_low,
            1e3 * chirp.magnitude_high,
            np.degrees(chirp.phase_low),
            np.degrees(chirp.phase_high),
        )
    ]
    assert ends[0] <= point["Z_MOhm"] <= ends[1]
    assert ends[2] <= point["phase_deg"] <= ends[3]
    assert ends[1] - ends[0] < 0.6 * point["Z_MOhm"]


def test_what_is_read_off(chirp):
    limit = chirp.estimate("low_frequency_impedance")
    assert limit.is_ok
    assert limit.low < 0.156 < limit.high  # the magnitude at 1 Hz
    assert "bridge balance" in limit.definition
    # the rig held the current for the last 64th of each sweep, which the reader knows
    assert chirp.window.stop == pytest.approx(10_000 * 63 / 64, abs=0.1)
    assert not limit.reason


def test_no_other_file_plays_a_chirp(recordings):
    for entry in TABLE["file"]:
        if entry["path"] == CHIRP or ("refused" in entry and "options" not in entry):
            continue
        recording = loligo.read(recordings / entry["path"], **entry.get("options", {}))
        for response in recording.responses:
            (only,) = impedance(recording, response).estimates
            assert only.value is None, entry["path"]
            assert only.reason
            assert only.status in {
                Status.NO_WAVEFORM,
                Status.NO_COMMAND,
                Status.WRONG_MODE,
                Status.UNRESOLVED,
            }


@pytest.fixture(scope="module")
def agreement(recordings):
    numbers = ("0011", "0012", "0013", "0017", "0018", "0020")
    return input_resistance_agreement(
        {n: loligo.read(recordings / "abf" / f"171116sh_{n}.abf") for n in numbers}
    )


def verdict(agreement, first, second):
    (found,) = [
        v for v in agreement.verdicts if v.first.startswith(first) and v.second.startswith(second)
    ]
    return found


def test_voltage_steps_and_chirp_differ_by_potential(agreement):
    found = verdict(agreement, "0012 (voltage steps B", "0017")
    assert found.outcome is Outcome.MATCHED
    assert found.reasons == (Reason.POTENTIAL,)
    assert found.matched[0].value == pytest.approx(0.111, abs=0.02)


def test_short_and_long_voltage_steps_differ_by_time_and_potential(agreement):
    found = verdict(agreement, "0011", "0012 (voltage steps B")
    assert found.reasons == (Reason.POTENTIAL, Reason.TIME)
    assert "0011 (voltage steps A) falls with time: 110.9" in found.sentence  # 110 by the notes


def test_chirp_and_current_steps_agree(agreement):
    for epoch in "BDE":
        found = verdict(agreement, "0017", f"0018 (current steps {epoch}")
        assert found.outcome is Outcome.AGREE


def test_nothing_disagrees_without_being_told(agreement):
    outcomes = [v.outcome for v in agreement.verdicts]
    assert len(outcomes) == 24
    assert Outcome.DISAGREE not in outcomes
    assert outcomes.count(Outcome.UNTOLD) < 10
    assert set(agreement.without) == {"0013"}
    assert "24 pairs" in agreement.summary


def test_the_routes_of_the_whole_cell(recordings):
    """Of 48 pairs two may differ by chance, and the report says so."""
    numbers = ("0011", "0012", "0013", "0017", "0018", "0019", "0020")
    whole = input_resistance_agreement(
        {n: loligo.read(recordings / "abf" / f"171116sh_{n}.abf") for n in numbers}
    )
    outcomes = [v.outcome for v in whole.verdicts]
    assert len(outcomes) == 48
    assert 0 < outcomes.count(Outcome.DISAGREE) <= 2
    assert "may do so by chance" in whole.summary
