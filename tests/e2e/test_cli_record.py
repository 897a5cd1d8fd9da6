"""`loligo record`: from a TOML file to NWB, once in its own process, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import chdir

import pytest
from typer.testing import CliRunner

from loligo import read
from loligo.cli.app import app
from loligo.errors import ModelError
from loligo.experiment import read_experiment

EXPERIMENT = """
kind = "experiment"
cell = "hodgkin_huxley1952"
seed = 3

[parameters]
area = "8000 um2"

[rig]
name = "a patch rig"
pipette = {series_resistance = "10 MOhm", capacitance = "4 pF", seal_resistance = "5 GOhm"}
amplifier = {kind = "voltage clamp", capacitance_fast = "4 pF"}
filter = {kind = "bessel", corner = "5 kHz"}
noise = {feedback_resistance = "500 MOhm"}

[protocol]
name = "test"
holding = "-70 mV"
epochs = ["hold for 5 ms", "step -80 mV for 10 ms as test"]
"""


def run(*arguments, folder):
    with chdir(folder):
        return CliRunner().invoke(app, ["record", *arguments])


def test_an_experiment_becomes_a_file(tmp_path):
    (tmp_path / "test.toml").write_text(EXPERIMENT)
    command = [sys.executable, "-m", "loligo", "record", "test.toml", "-o", "cell.nwb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "SIMULATED" in done.stdout
    recording = read(tmp_path / "cell.nwb")
    assert recording.truth.parameters["series_resistance"] == pytest.approx(0.01)
    assert recording.truth.parameters["capacitance"] == pytest.approx(80.0)
    again = run("test.toml", "-o", "cell.nwb", folder=tmp_path)
    assert again.exit_code == 1
    assert "exists" in again.stderr
    told = run("test.toml", "-o", "other.nwb", "--seed", "4", "--json", folder=tmp_path)
    assert json.loads(told.stdout)["truth"]["seal_resistance"] == 5.0
    assert (
        read(tmp_path / "other.nwb").sweeps[0].trace("response").values()
        != recording.sweeps[0].trace("response").values()
    ).any()


def test_an_instrument_and_a_model_cell_by_their_names(tmp_path):
    protocol = EXPERIMENT.index("[protocol]")
    text = (
        EXPERIMENT[: EXPERIMENT.index("[parameters]")].replace("hodgkin_huxley1952", "mc10_500m")
        + '[rig]\ninstrument = "heka_epc10"\nmode = "voltage clamp"\nheadstage = "medium"\n'
        + 'settings = {gain = "10 mV/pA", filter_2 = "10 kHz"}\nsaturation = "12 V"\n'
        + EXPERIMENT[protocol:].replace("-80 mV", "-69 mV")
    )
    (tmp_path / "box.toml").write_text(text)
    done = run("box.toml", "-o", "box.nwb", "--json", folder=tmp_path)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["truth"]["membrane_resistance"] == pytest.approx(0.5)
    recording = read(tmp_path / "box.nwb")
    assert recording.electrodes[0].device.startswith("HEKA EPC 10 USB, medium gain range")
    (tmp_path / "box.toml").write_text(text.replace("10 mV/pA", "50 mV/pA"))
    done = run("box.toml", "-o", "more.nwb", folder=tmp_path)
    assert done.exit_code == 1
    assert "Gain (gain) = 50 mV/pA; it has 0.5 mV/pA, 1 mV/pA" in done.stderr


OOCYTE = """
kind = "experiment"
seed = 7

[cell]
name = "an oocyte"
capacitance = "200 nF"
temperature = "22 degC"
initial_potential = "-40 mV"
channel.leak = {conductance = "1 uS", reversal = "-40 mV"}

[rig]
name = "two electrodes"
pipette = {series_resistance = "1 MOhm"}
filter = {kind = "bessel", corner = "2 kHz"}
noise = {voltage_noise = "10 nV/sqrt(Hz)"}
digitizer = {sampling = "10 kHz", current_gain = "0.0001 mV/pA"}

[rig.amplifier]
kind = "two-electrode clamp"
gain = 1000
gain_time = "5 us"
current_electrode = "0.5 MOhm"
coupling_capacitance = "0.01 pF"

[protocol]
name = "step"
holding = "-40 mV"
epochs = ["hold for 10 ms", "step -60 mV for 60 ms as test", "hold for 10 ms"]
"""


def test_two_electrodes_in_an_oocyte(tmp_path):
    (tmp_path / "oocyte.toml").write_text(OOCYTE)
    done = run("oocyte.toml", "-o", "oocyte.nwb", "--json", folder=tmp_path)
    assert done.exit_code == 0, done.stderr
    truth = json.loads(done.stdout)["truth"]
    assert truth["membrane_resistance"] == pytest.approx(1e-3)
    assert truth["series_resistance"] == pytest.approx(0.5e-3 / 1001.0)
    recording = read(tmp_path / "oocyte.nwb")
    assert [c.name for c in recording.channels] == ["response", "command", "potential"]
    steady = slice(600, 690)
    current, potential = (
        recording.sweeps[0].trace(name).values()[steady].mean()
        for name in ("response", "potential")
    )
    level = (1000.0 * -60.0 / 0.5 - 40.0 / 1.0) / (1001.0 / 0.5 + 1.0 / 1.0)  # A, R_e, R_m in MOhm
    assert potential == pytest.approx(level, abs=2e-3)
    assert current == pytest.approx((potential + 40.0) / 1e-3, rel=0.02)
    assert not recording.unknown_rig_fields(recording.response)
    told = subprocess.run(
        [sys.executable, "-m", "loligo", "analyze", "oocyte.nwb", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = {e["name"]: e for e in reversed(json.loads(told.stdout)["results"])}
    low, high = found["total_resistance"]["interval"]
    assert low < 1.0 < high  # MOhm
    assert found["series_resistance"]["status"] == "wrong_mode"
    assert "two electrodes clamp the cell" in found["series_resistance"]["reason"]
    (tmp_path / "none.toml").write_text(OOCYTE.replace('"0.5 MOhm"', '"0 MOhm"'))
    refused = run("none.toml", "-o", "none.nwb", folder=tmp_path)
    assert refused.exit_code == 1
    assert "current_electrode = 0 GOhm must be above 0" in refused.stderr


def test_a_neuron_of_the_catalogue_is_recorded_at_a_site(tmp_path):
    text = EXPERIMENT.replace('"hodgkin_huxley1952"', '"hodgkin_huxley1952_axon"\nat = "axon(0.5)"')
    text = text.replace('[parameters]\narea = "8000 um2"\n', "")
    (tmp_path / "axon.toml").write_text(
        text.replace("seed = 3", 'seed = 3\ntruth = ["v at axon(1)"]')
    )
    done = run("axon.toml", "-o", "axon.nwb", folder=tmp_path)
    assert done.exit_code == 0, done.stderr
    recording = read(tmp_path / "axon.nwb")
    assert recording.electrodes[0].location == "axon(0.5)"
    assert set(recording.truth.traces) == {"v", "v at axon(1)"}
    assert recording.truth.parameters["series_resistance"] == pytest.approx(0.01)


def test_what_drifts_is_told_by_sweep(tmp_path):
    drifting = EXPERIMENT.replace(
        "[protocol]",
        '[[rig.drift]]\nof = "pipette.patch_resistance"\ncourse = "told"\n'
        'values = ["10 GOhm", "0 MOhm"]\n\n[protocol]\nsweeps = 2',
    )
    (tmp_path / "test.toml").write_text(drifting)
    done = run("test.toml", "-o", "cell.nwb", "--json", folder=tmp_path)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["truth"]["patch_resistance"] == [10.0, None]


def test_parts_in_files_of_their_own(tmp_path):
    whole = tmp_path / "whole.toml"
    whole.write_text(EXPERIMENT)
    made = read_experiment(whole)
    (tmp_path / "rig.toml").write_text(made.rig.to_toml())
    (tmp_path / "protocol.toml").write_text(made.protocol.to_toml())
    (tmp_path / "cell.toml").write_text(made.cell.to_toml())
    (tmp_path / "parts.toml").write_text(
        'kind = "experiment"\ncell = "cell.toml"\nrig = "rig.toml"\nprotocol = "protocol.toml"\n'
        'seed = 3\n[parameters]\narea = "8000 um2"\n'
    )
    assert read_experiment(tmp_path / "parts.toml") == made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('kind = "experiment"', 'kind = "cell"'), "kind = 'cell'"),
        (('cell = "hodgkin_huxley1952"\n', ""), "cell is missing"),
        (('"hodgkin_huxley1952"', '"hodgkin_huxley1953"'), "hodgkin_huxley1952"),
        (('"hodgkin_huxley1952"', '"../cell.toml"'), "plain name of a file"),
        (('"10 MOhm"', '"10 mV"'), "rig: pipette.series_resistance"),
        (("seed = 3", "seed = -1"), "seed = -1"),
        (("seed = 3", "sed = 3"), "unknown key 'sed'"),
        (('"hold for 5 ms"', '"hold 5"'), "protocol: "),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, change, told):
    path = tmp_path / "test.toml"
    path.write_text(EXPERIMENT.replace(*change))
    with pytest.raises(ModelError, match=told):
        read_experiment(path)


def test_the_terminal_tells_it_too(tmp_path):
    (tmp_path / "test.toml").write_text(EXPERIMENT.replace('"10 MOhm"', '"0 MOhm"'))
    done = run("test.toml", "-o", "cell.nwb", folder=tmp_path)
    assert done.exit_code == 1
    assert "series_resistance = 0 GOhm must be above 0" in done.stderr
    assert not (tmp_path / "cell.nwb").exists()
    assert run("test.toml", "-o", "cell.abf", folder=tmp_path).exit_code == 2
