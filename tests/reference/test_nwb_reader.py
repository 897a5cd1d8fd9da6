"""Real NWB files against what pynwb says of them (readers.json) and plain numpy (other.json)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loligo.recording import Basis, ClampMode, Role, read

AL = "nwb/LantyerEtAl2018_170315_AL_216_VC.nwb"
NC = "nwb/LantyerEtAl2018_171220_NC_156_ST100_C.nwb"
ME = "nwb/LantyerEtAl2018_180817_ME_9_CC.nwb"
SI = {"amperes": 1e-12, "volts": 1e-3}


@pytest.mark.parametrize("name", [AL, NC, ME])
def test_samples_units_and_rates_are_those_of_pynwb(name: str, recordings: Path) -> None:
    reference = json.loads((recordings / "reference/readers.json").read_text())["files"][name]
    recording = read(recordings / name)
    assert len(recording) == reference["n_acquisition"]
    for sweep, entry in enumerate(reference["series"]):
        values = recording.trace(sweep, recording.response).values() * SI[entry["unit"]]
        assert len(values) == entry["n"]
        assert values.mean() == pytest.approx(entry["mean"], rel=1e-5)
        assert values.min() == pytest.approx(entry["min"], rel=1e-5)
        assert values.max() == pytest.approx(entry["max"], rel=1e-5)
        rate = recording.trace(sweep, recording.response).sampling_rate
        assert rate == pytest.approx(entry["rate_Hz"] / 1e3)
    command = recording.command(recording.response)
    assert command is not None
    for sweep, entry in enumerate(reference["stimulus"]):
        values = recording.trace(sweep, command).values() * SI[entry["unit"]]
        assert len(values) == entry["n"]
        assert values.min() == pytest.approx(entry["min"], rel=1e-4, abs=1e-13)
        assert values.max() == pytest.approx(entry["max"], rel=1e-4)


def test_voltage_clamp_currents_and_levels(recordings: Path) -> None:
    reference = json.loads((recordings / "reference/other.json").read_text())
    recording = read(recordings / AL)
    assert recording.clamp_modes == (ClampMode.VOLTAGE_CLAMP,)
    assert recording.response.unit == "pA"
    for index, entry in enumerate(reference["nwb_voltage_clamp"][AL]):
        step = recording.sweeps[index].epoch("A")
        assert step.level == pytest.approx(entry["V_step_mV"], abs=0.02)
        assert step.start == pytest.approx(1e3 * entry["step_on_s"], abs=0.021)
        response = recording.trace(index, recording.response)
        early = response.window(step.start + 0.4, step.start + 10)  # past the capacitive edge
        assert early.min() == pytest.approx(entry["min_I_first10ms_pA"], rel=1e-3)


def test_levels_come_from_the_stimulus_not_from_the_text(recordings: Path) -> None:
    """The responses' descriptions are off by one sweep: the first says 80 pA, 40 was injected."""
    recording = read(recordings / ME)
    assert recording.clamp_modes == (ClampMode.CURRENT_CLAMP,)
    levels = [sweep.epoch("A").level for sweep in recording.sweeps]
    assert levels == pytest.approx([40 * n for n in range(1, 11)], abs=4)
    assert [sweep.epoch("C").duration for sweep in recording.sweeps] == pytest.approx([10] * 10)


def test_what_an_old_file_with_a_sweep_table_says(recordings: Path) -> None:
    recording = read(recordings / ME)
    assert [sweep.number for sweep in recording.sweeps] == list(range(1, 11))
    assert [c.role for c in recording.channels] == [Role.RESPONSE, Role.COMMAND]
    assert recording.provenance.format == "NWB 2.2.2"
    assert recording.provenance.subject.species == "Mus musculus"
    assert recording.provenance.subject.subject_id == ""
    assert recording.provenance.experimenter == ("Melanie Emmelkamp",)
    assert recording.electrodes[0].location == "supragranular layer, S1, barrel subfield region"
    assert recording.start_time is not None
    assert recording.start_time.isoformat() == "2018-08-17T00:00:00+02:00"
    assert "sweep number" in recording.finding("sweeps").evidence
    assert recording.unknown_rig_fields(recording.response) == (
        "bias_current",
        "bridge_balance",
        "capacitance_neutralization",
    )


def test_starts_that_cannot_be_true_are_called_unknown(recordings: Path) -> None:
    recording = read(recordings / ME)  # every series states 0 s
    assert recording.finding("sweep_starts").basis is Basis.UNKNOWN
    starts = [sweep.start for sweep in recording.sweeps]
    assert starts == pytest.approx([1160.0 * n for n in range(10)])


def test_the_file_is_not_held_open_and_samples_are_lazy(recordings: Path) -> None:
    recording = read(recordings / NC)
    samples = recording.trace(0, recording.response).samples
    assert samples[10:20].shape == (10,)
    assert samples[0:0].shape == (0,)


def test_reading_does_not_import_pynwb(recordings: Path) -> None:
    code = (
        "import sys, loligo\n"
        f"loligo.read({str(recordings / ME)!r})\n"
        "assert 'pynwb' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
