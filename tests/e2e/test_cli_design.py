"""`loligo design`: a table, a figure, JSON, and, in its own process, going on from a journal."""

import json
import signal
import subprocess
import sys
import time
from contextlib import chdir

import pytest
from typer.testing import CliRunner

from loligo.cli.app import app

EXPERIMENT = """
kind = "experiment"
seed = 3

[cell]
name = "a passive cell"
capacitance = "20 pF"
temperature = "22 degC"
initial_potential = "-70 mV"
channel = {leak = {conductance = "2 nS", reversal = "-70 mV"}}

[rig]
pipette = {series_resistance = "10 MOhm"}
amplifier = {kind = "voltage clamp", summing_time = "2 us"}
filter = {kind = "bessel", corner = "5 kHz"}
noise = {feedback_resistance = "500 MOhm"}
digitizer = {sampling = "20 kHz"}

[protocol]
name = "test"
holding = "-70 mV"
epochs = ["hold for 10 ms", "step -80 mV for 20 ms as test"]
sweeps = 2

[design]
repeats = 2
parts = ["membrane_test"]
"""


def run(*arguments, folder):
    with chdir(folder):
        return CliRunner().invoke(app, ["design", *arguments])


def test_a_design_from_a_file(tmp_path):
    (tmp_path / "test.toml").write_text(EXPERIMENT)
    varied = "rig.pipette.series_resistance=10,20MOhm"
    first = run("test.toml", "--vary", varied, "-o", "d.jsonl", "--figure", "d.png",
                "--result", "total_resistance", folder=tmp_path)  # fmt: skip
    assert first.exit_code == 0, first.stderr
    assert "rig.pipette.series_resistance = 20 MOhm: 2 recordings" in first.stdout
    assert "total resistance of test: +" in first.stdout
    assert (tmp_path / "d.png").stat().st_size > 5000
    before = (tmp_path / "d.jsonl").read_text()
    again = run("test.toml", "--vary", varied, "-o", "d.jsonl", "--json", folder=tmp_path)
    assert again.exit_code == 0, again.stderr
    told = json.loads(again.stdout)
    rows = {row["name"]: row for row in told["conditions"][1]["results"]}
    assert (
        rows["total_resistance"]["truth"] == 500.0 or abs(rows["total_resistance"]["bias"] - 20) < 3
    )
    assert (tmp_path / "d.jsonl").read_text() == before
    other = run("test.toml", "--seed", "4", "-o", "d.jsonl", folder=tmp_path)
    assert other.exit_code == 1
    assert "of another experiment" in other.stderr


def test_what_is_refused(tmp_path):
    (tmp_path / "test.toml").write_text(EXPERIMENT)
    assert run("test.toml", "--vary", "rig.pipette", folder=tmp_path).exit_code == 2
    assert run("test.toml", "--figure", "d.gif", folder=tmp_path).exit_code == 2
    wrong = run("test.toml", "--vary", "rig.pipette.resistance=5MOhm", folder=tmp_path)
    assert wrong.exit_code == 1
    assert "allowed" in wrong.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
def test_interrupted_it_goes_on(tmp_path):
    (tmp_path / "test.toml").write_text(EXPERIMENT)
    journal = tmp_path / "d.jsonl"
    words = [sys.executable, "-m", "loligo", "design", "test.toml", "-o", "d.jsonl"]
    running = subprocess.Popen(
        [*words, "--repeats", "500"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 120
    while time.monotonic() < end and (not journal.exists() or journal.read_text().count("\n") < 4):
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130, told
    assert "the same command goes on from d.jsonl" in told
    kept = journal.read_text()
    done = run("test.toml", "-o", "d.jsonl", "--repeats", "3", folder=tmp_path)
    assert done.exit_code == 0, done.stderr
    assert journal.read_text().startswith(kept[: kept.rfind("\n") + 1])
