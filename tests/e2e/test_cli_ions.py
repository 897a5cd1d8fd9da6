"""`loligo ions` on the terminal: answers, JSON, figures, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from loligo.cli.app import app

SQUID = ["--in", "squid_axoplasm", "--out", "squid_blood", "--temperature", "18.5 degC"]
K = ["nernst", "K", "--in", "140 mM", "--out", "5 mM", "--temperature", "37 degC"]


def run(*arguments):
    return CliRunner().invoke(app, ["ions", *arguments])


def answer(*arguments):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_installed_command():
    done = subprocess.run(
        [sys.executable, "-m", "loligo", "ions", *K], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("E(K+) = -89.06 mV")
    assert done.stderr == ""


def test_nernst():
    found = answer(*K, "--potential", "-70 mV")
    assert found["nernst_potential"] == {"value": pytest.approx(-89.0587, abs=1e-4), "unit": "mV"}
    assert found["direction"].startswith("K+ leaves: outward current (positive)")
    assert "at -70 mV: K+ leaves" in run(*K, "--potential", "-70 mV").stdout
    own = answer("nernst", "X", "--valence", "-2", *K[2:])
    assert own["nernst_potential"]["value"] == pytest.approx(89.0587 / 2, abs=1e-4)
    squid = answer("nernst", "Cl", *SQUID)
    assert squid["inside"]["value"] == 52
    corrected = answer("nernst", "K", "--in", "KCl 400 mM", "--out", "KCl 10 mM",
                       "--temperature", "25 degC", "--activities", "davies")  # fmt: skip
    assert corrected["nernst_potential"]["value"] == pytest.approx(-89.3691, abs=0.03)


def test_ghk():
    """The resting potential of squid at 18.5 degC with the ratios of Hodgkin and Katz 1949."""
    found = answer("ghk", "K=1", "Na=0.04", "Cl=0.45", *SQUID)
    assert found["ghk_potential"]["value"] == pytest.approx(-59.6200, abs=1e-4)
    assert [ion["ion"] for ion in found["ions"]] == ["K", "Na", "Cl"]
    text = run("ghk", "K=1", "Na=0.04", "--in", "K 140 mM", "--out", "K 5 mM, Na 145 mM",
               "--temperature", "37 degC").stdout  # fmt: skip
    assert "one side only" in text


def test_donnan():
    given = ["donnan", "--out", "K 5 mM, Cl 5 mM", "--temperature", "37 degC"]
    found = answer(*given, "--fixed-charge", "-140 mM")
    assert found["donnan_potential"]["value"] == pytest.approx(-89.0927, abs=1e-4)
    assert found["ions"][0]["inside"]["value"] == pytest.approx(140.178344, abs=1e-6)


def test_activity():
    found = answer("activity", "NaCl 100 mM", "--temperature", "25 degC")
    assert found["pitzer"]["mean_activity_coefficient"] == pytest.approx(0.778, abs=0.003)
    assert found["ions"][0]["davies"] == pytest.approx(0.778, abs=0.01)
    mixed = run("activity", "acsf", "--temperature", "34 degC").stdout
    assert "Pitzer" not in mixed
    assert "HCO3" in mixed


def test_junctions():
    found = answer("ljp", "K 150 mM, gluconate 140 mM, Cl 10 mM", "NaCl 150 mM")
    assert found["stationary"]["value"] == pytest.approx(16.5348, abs=1e-3)
    assert found["henderson"]["value"] == pytest.approx(16.0345, abs=1e-3)
    assert "V_membrane = V_measured - LJP" in run("ljp", "potassium_gluconate", "acsf").stdout


def test_solutions():
    assert "acsf" in run("solution").stdout
    assert "squid_axoplasm" in answer("solution")
    found = answer("solution", "potassium_chloride", "--add", "CaCl2 0.2 mM")
    level = {one["name"]: one["concentration"]["value"] for one in found["dissolved"]}
    assert 2e-5 < level["Ca"] < 2e-4
    both = answer("solution", "NaCl 150 mM", "--add", "NaCl 4 mM")
    assert both["osmolarity_ideal"]["value"] == pytest.approx(308.0)
    changed = answer("solution", "KCl 100 mM, HEPES 10 mM", "--ph", "7.4", "--adjusted-with",
                     "NaOH", "--temperature", "37 degC")  # fmt: skip
    assert changed["adjusted"]["value"] == pytest.approx(
        next(x["concentration"]["value"] for x in changed["dissolved"] if x["name"] == "HEPES(-)")
    )
    assert "doi:10.1113" in run("solution", "acsf").stdout


@pytest.mark.parametrize(
    "command",
    [
        K,
        ["ghk", "K=1", "Na=0.04", "Cl=0.45", *SQUID],
        ["donnan", "--out", "K 5 mM, Cl 5 mM", "--fixed-charge", "-140 mM",
         "--temperature", "37 degC"],
        ["activity", "NaCl 100 mM", "--temperature", "25 degC"],
        ["ljp", "potassium_chloride", "acsf"],
        ["solution", "acsf"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_figures(command, tmp_path):
    path = tmp_path / "drawn.svg"
    done = run(*command, "--plot", str(path))
    assert done.exit_code == 0, done.output
    assert f"drawn in {path}" in done.stdout
    assert path.read_text(encoding="utf-8").count("<path") > 5


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nernst", "K", "--in", "-140 mM", *K[4:]], 1, "inside K = -140 mM is below zero"),
        ([*K[:-1], "0 K"], 1, "not above absolute zero"),
        ([*K[:-1], "37"], 1, "has no unit"),
        (["nernst", "Qq", *K[2:]], 1, "no valence of 'Qq' is known; give its valence"),
        (["nernst", "K", "--in", "0 mM", *K[4:]], 1, "inside: there is no K"),
        ([*K, "--activities", "davies"], 1, "activities need a solution"),
        ([*K, "--plot", "x.doc"], 2, "must end in .png"),
        ([*K, "--plot", "no/such/folder/x.png"], 1, "cannot be written"),
        (["ghk", "K", *SQUID], 2, "write an ion and its"),
        (["ghk", "K=-1", *SQUID], 2, "write an ion and its"),
        (["ghk", "K=1", "K=2", *SQUID], 2, "given twice"),
        (["ljp", "K 140 mM, Cl 130 mM", "acsf"], 1, "10 mM of anions are missing"),
        (["ljp", "acs", "acsf"], 1, "did you mean 'acsf'"),
        (["ljp", "acsf", "acsf", "--temperature", "90 degC"], 1, "allowed: 0 to 60 degC"),
        (["donnan", "--out", "K 5 mM, Cl 5 mM", "--fixed-charge", "-140 mV", "--temperature",
          "37 degC"], 1, "a concentration is needed"),
        (["solution", "KCl 100 mM, HEPES 10 mM"], 1, "HEPES binds protons; give the ph"),
        (["activity", "KCl 1", "--temperature", "25 degC"], 1, "has no unit"),
    ],
)  # fmt: skip
def test_what_is_refused(arguments, code, words):
    done = run(*arguments)
    assert done.exit_code == code
    told = " ".join(done.stderr.replace("│", " ").split())
    assert words in told
    assert "Traceback" not in told
