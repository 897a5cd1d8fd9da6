"""`loligo correct`: a copy with the corrections, what it says, and how it refuses."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import loligo
from loligo.cli.app import app
from loligo.data import example
from loligo.plot import draw_corrections
from loligo.recording import RigState, from_arrays, write_nwb
from loligo.recording.corrections import recorded_channel


def run(*arguments):
    return CliRunner().invoke(app, ["correct", *map(str, arguments)])


def plain(text):
    return " ".join(text.replace("│", " ").split())


@pytest.fixture
def clamped(tmp_path):
    time = np.arange(0, 30, 0.05)
    levels = -80 + np.array([-20.0, -10.0, 10.0, 40.0])[:, None] * ((time >= 5) & (time < 25))
    rng = np.random.default_rng(0)
    recording = from_arrays(
        (levels + 60) * 0.8 + 0.2 * rng.standard_normal(levels.shape),
        unit="pA",
        sampling_rate="20 kHz",
        command=levels,
        command_unit="mV",
        rig_state=RigState(filter_frequency=2.0, series_resistance_correction=0.7),
    )
    return write_nwb(recording, tmp_path / "clamped.nwb")


def test_the_example_is_corrected_as_it_was_made(tmp_path):
    """The bundled recording states its truth: 10.5 MOhm in series, and a balanced bridge."""
    target = tmp_path / "made.nwb"
    image = tmp_path / "made.png"
    done = run(example(), "--series-resistance", "auto", "-o", target, "--figure", image)
    assert done.exit_code == 0, done.stderr
    first, last = done.stdout.splitlines()
    assert last == str(target)
    assert first.startswith("current: series_resistance 10.50")
    made = loligo.read(target)
    (correction,) = made.corrections
    truth = loligo.read(example()).truth.parameters
    assert correction.low <= truth["series_resistance"] <= correction.high
    assert recorded_channel(made, "current") is not None
    assert made.truth.parameters == truth
    assert image.stat().st_size > 10_000
    balanced = run(example(), "--bridge", "auto", "-o", tmp_path / "other.nwb")
    assert balanced.exit_code == 1
    assert "cannot be told from zero" in balanced.stderr


def test_json_has_values_in_units_people_expect(clamped):
    done = run(clamped, "--leak", "0.8 nS at -60 mV", "--junction-potential", "10 mV", "--json")
    assert done.exit_code == 0, done.stderr
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert set(answer) == {"file", "status", "reason", "output", "corrections"}
    assert answer["status"] == "ok"
    assert answer["output"].endswith("clamped-corrected.nwb")
    first, second = answer["corrections"]
    assert (first["name"], first["value"], first["unit"]) == ("liquid_junction_potential", 10, "mV")
    assert (second["name"], second["value"], second["unit"]) == ("leak_conductance", 0.8, "nS")
    assert second["parameters"]["leak_reversal"] == {"value": -60.0, "unit": "mV"}
    made = loligo.read(answer["output"])
    assert made.trace(0, "command").values()[0] == pytest.approx(-90.0)


def test_found_values_come_with_their_interval(clamped):
    done = run(clamped, "--leak", "linear", "--leak-up-to", "-70 mV", "--json")
    (row,) = json.loads(done.stdout)["corrections"]
    low, high = row["interval"]
    assert low <= 0.8 <= high
    assert row["source"].startswith("estimated from epoch")


def test_every_other_correction_by_value(clamped, tmp_path):
    options = [
        ["--pipette-capacitance", "1 pF", "--clamp-lag", "10 us"],
        ["--series-resistance", "10 MOhm", "--capacitance", "20 pF", "--bandwidth", "1 kHz"],
        ["--seal", "2 GOhm", "--seal-reversal", "5 mV", "--sweeps", "0,2-3"],
        ["--filter-delay", "--filter", "1 kHz"],
    ]
    for place, some in enumerate(options):
        target = tmp_path / f"{place}.nwb"
        done = run(clamped, *some, "-o", target)
        assert done.exit_code == 0, done.stderr
        assert len(loligo.read(target).corrections) == 1
    assert loligo.read(tmp_path / "2.nwb").corrections[0].sweeps == (0, 2, 3)
    again = run(tmp_path / "2.nwb", *options[2], "-o", tmp_path / "again.nwb")
    assert again.exit_code == 1
    assert "already applied" in again.stderr
    assert not (tmp_path / "again.nwb").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "name at least one correction"),
        (["--bridge", "auto", "--capacitance", "1 pF"], "--capacitance belongs to"),
        (["--leak", "linear", "--sweeps", "x"], "write for example '0,3-7'"),
        (["--bridge", "auto", "--figure", "a.txt"], "must end in .png"),
        (["--bridge", "auto", "-o", "a.abf"], "ends in .nwb"),
        (["--series-resistance", "auto", "--capacitance", "1 pF"], "finds what was left"),
        (["--series-resistance", "1 MOhm", "--amplifier-correction", "70 mV"], "is a voltage"),
    ],
)
def test_mistakes_are_usage_errors(clamped, options, words):
    done = run(clamped, *options)
    assert done.exit_code == 2
    assert words in plain(done.stderr)


def test_refusals_name_options_of_the_command(clamped, tmp_path):
    done = run(clamped, "--bridge", "auto", "-o", tmp_path / "x.nwb")
    assert done.exit_code == 1
    assert "was not found (it needs current clamp" in done.stderr
    assert done.stdout == ""
    done = run(clamped, "--leak", "quadratic", "-o", tmp_path / "x.nwb", "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["output"], answer["corrections"]) == ("refused", None, [])
    assert "2 nS at -70 mV" in answer["reason"]
    done = run(clamped, "--leak", "linear", "-o", tmp_path / "x.nwb", "--sweeps", "9")
    assert "sweep 9 does not hold" in done.stderr or "levels" in done.stderr
    loligo_read = loligo.read(clamped)
    unknown = from_arrays(
        loligo_read.trace(0, "response").values(),
        unit="pA",
        sampling_rate="20 kHz",
        command=loligo_read.trace(0, "command").values(),
        command_unit="mV",
    )
    path = write_nwb(unknown, tmp_path / "unknown.nwb")
    done = run(path, "--series-resistance", "9 MOhm", "--reversal", "0 mV")
    assert "pass --amplifier-correction 0.7" in done.stderr
    assert not (tmp_path / "x.nwb").exists()


def test_nothing_is_replaced_unasked(clamped, tmp_path):
    target = tmp_path / "made.nwb"
    leak = ["--leak", "0.8 nS at -60 mV", "-o", target]
    assert run(clamped, *leak).exit_code == 0
    done = run(clamped, *leak)
    assert done.exit_code == 1
    assert "exists; pass --overwrite" in done.stderr
    assert run(clamped, *leak, "--overwrite").exit_code == 0
    assert run(clamped, *leak[:2], "-o", clamped, "--overwrite").exit_code == 1


def test_the_figure_shows_before_after_and_difference(clamped, tmp_path):
    run(clamped, "--leak", "0.8 nS at -60 mV", "-o", tmp_path / "made.nwb")
    figure = draw_corrections(loligo.read(tmp_path / "made.nwb"))
    labels = [axes.get_ylabel() for axes in figure.axes[::2]]
    assert labels == ["response [pA]", "taken off\n[pA]", "command\n[mV]"]
    assert "leak conductance 0.8 nS" in figure.get_suptitle()
    taken = [line.get_ydata() for line in figure.axes[2].get_lines()]
    assert min(values.min() for values in taken) == pytest.approx(-0.8 * 40, abs=0.5)
    with pytest.raises(loligo.errors.SelectionError, match="no response is corrected"):
        draw_corrections(loligo.read(clamped))


def test_auto_makes_what_a_report_offers(tmp_path):
    target, image = tmp_path / "copy.nwb", tmp_path / "both.png"
    words = ["correct", str(example()), "--auto", "-o", str(target), "--figure", str(image)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    made = loligo.read(target)
    assert [(c.name, c.channel) for c in made.corrections] == [("series_resistance", "current")]
    assert recorded_channel(made, "current") is not None
    assert recorded_channel(made, "potential") is None
    assert "not corrected: potential: bridge error" in result.stderr
    assert image.stat().st_size > 1000


def test_auto_stands_alone(tmp_path):
    words = ["correct", str(example()), "--auto", "--bridge", "5 MOhm"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "--auto finds everything itself" in result.output
