"""The command line as a script sees it: exit codes, one JSON object a line, nothing else."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
import rc_cells
from typer.testing import CliRunner

from loligo.cli.app import app

SOURCE = Path(__file__).resolve().parents[2] / "src"
PLAIN = {"COLUMNS": "120", "NO_COLOR": "1"}


def environment() -> dict[str, str]:
    paths = [str(SOURCE), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(p for p in paths if p),
        "PYTHONIOENCODING": "utf-8",
        **PLAIN,
    }


def loligo(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loligo", *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def write_table(path: Path, level: float = -100.0) -> Path:
    """A passive cell (150 MOhm, -68 mV) with little noise, as a text table with units."""
    noise = rc_cells.coloured(np.random.default_rng(0), (1, 1600), 0.1, 0.0)
    recording = rc_cells.current_clamp((level,), noise=noise)
    trace = recording.trace(0, "response")
    table = np.column_stack([trace.times(), trace.values(), recording.trace(0, "command").values()])
    header = "time (ms),voltage (mV),current (pA)"
    np.savetxt(path, table, delimiter=",", header=header, comments="", fmt="%.5f")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("files")
    write_table(place / "good.csv")
    write_table(place / "säure µ.csv", -50.0)
    (place / "damaged.abf").write_bytes(b"ABF2" + bytes(100))
    np.savetxt(place / "open.csv", np.zeros((50, 2)), delimiter=",")
    return place


def lines(run) -> list[dict]:
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in run.stdout.splitlines()]


def test_good_files_exit_zero(folder):
    run = loligo("analyze", "--json", "good.csv", "säure µ.csv", "--command", "current", cwd=folder)
    assert run.returncode == 0, run.stderr
    first, second = lines(run)
    assert set(first) == {"file", "status", "reason", "results", "rig"}
    assert (first["file"], first["status"]) == ("good.csv", "ok")
    assert second["file"] == "säure µ.csv"
    for found in (first, second):
        values = {r["name"]: r for r in found["results"] if r["sweep"] is None}
        resistance = values["input_resistance"]
        assert resistance["unit"] == "MOhm"
        assert resistance["value"] == pytest.approx(150.0, rel=0.01)
        assert resistance["interval"][0] < resistance["value"] < resistance["interval"][1]
        assert resistance["definition"]
        assert values["resting_potential"]["value"] == pytest.approx(-68.0, abs=0.1)


def test_mixed_files_cost_one_row_each(folder):
    names = ["good.csv", "damaged.abf", "open.csv", "missing.abf"]
    run = loligo("analyze", "--json", *names, "--command", "current", cwd=folder)
    assert run.returncode == 1
    found = {entry["file"]: entry for entry in lines(run)}
    assert list(found) == names
    assert found["good.csv"]["status"] == "ok"
    assert found["damaged.abf"]["status"] == "failed"
    assert found["open.csv"]["status"] in {"refused", "failed"}
    assert found["missing.abf"]["status"] == "failed"
    assert all(found[name]["reason"] for name in names[1:])
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) <= 3  # the damaged ones, one line each


def test_without_the_command_nothing_is_guessed(folder):
    run = loligo("analyze", "--json", "good.csv", cwd=folder)
    assert run.returncode == 1
    (found,) = lines(run)
    assert (found["status"], found["results"]) == ("refused", [])
    assert "response=" in found["reason"]
    run = loligo("analyze", "--json", "good.csv", "--response", "voltage", cwd=folder)
    assert run.returncode == 1
    (found,) = lines(run)
    assert found["status"] == "not_analyzed"
    assert "command= (such as 'current', which measured it)" in found["reason"]
    passive = {"resting_potential", "input_resistance"}
    assert {r["status"] for r in found["results"] if r["name"] in passive} == {"no_command"}


def test_info_tells_the_recording(folder):
    run = loligo("info", "--json", "good.csv", "--response", "voltage", cwd=folder)
    assert run.returncode == 0, run.stderr
    (found,) = lines(run)
    results = {r["name"]: (r["value"], r["unit"]) for r in found["results"]}
    assert results["sweep_count"] == (1, "")
    assert results["channel_count"] == (2, "")
    assert results["sampling_rate"] == (pytest.approx(2.0), "kHz")
    assert results["duration"] == (pytest.approx(0.8), "s")
    channels = {c["name"]: (c["role"], c["unit"]) for c in found["recording"]["channels"]}
    assert channels == {"voltage": ("response", "mV"), "current": ("monitor", "pA")}
    assert all(c["evidence"] for c in found["recording"]["channels"])


def test_info_as_text(folder):
    run = loligo("info", "good.csv", "--response", "voltage", cwd=folder)
    assert run.returncode == 0
    assert "1 sweep of 800 ms at 2 kHz" in run.stdout


def test_analyze_as_table_and_csv(folder, tmp_path):
    target = tmp_path / "results.csv"
    run = loligo("analyze", "good.csv", "--command", "current", "-o", target, cwd=folder)
    assert run.returncode == 0, run.stderr
    assert "input_resistance" in run.stdout
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["name"] for row in rows}
    assert names >= {"resting_potential", "baseline_potential", "input_resistance", "spike_count"}
    assert all(row["value"] or row["reason"] for row in rows)


def test_analyze_as_one_thing(folder):
    run = loligo(
        "analyze", "good.csv", "--command", "current", "--as", "spikes", "--json", cwd=folder
    )
    assert run.returncode == 0, run.stderr
    (found,) = lines(run)
    assert found["results"][0]["value"] == 0  # that nothing fired is what was asked for
    assert {r["name"] for r in found["results"]} >= {"spike_count", "mean_frequency"}
    assert "input_resistance" not in {r["name"] for r in found["results"]}
    run = loligo(
        "analyze", "good.csv", "--command", "current", "--as", "membrane-test", "--json", cwd=folder
    )
    (found,) = lines(run)
    assert {r["status"] for r in found["results"]} == {"wrong_mode"}


def test_tidy_table_on_standard_output(folder):
    names = ["good.csv", "säure µ.csv", "--command", "current"]
    run = loligo("analyze", *names, "--per", "cell", cwd=folder)
    assert run.returncode == 0, run.stderr
    table = list(csv.DictReader(io.StringIO(run.stdout)))
    assert [row["file"] for row in table] == ["good.csv", "säure µ.csv"]
    for row in table:
        assert float(row["input_resistance [MOhm]"]) == pytest.approx(150.0, rel=0.01)


def test_own_criteria(folder, tmp_path):
    own = tmp_path / "mine.toml"
    own.write_text('[input_resistance]\nat_least = "1 GOhm"\n', encoding="utf-8")
    arguments = ["analyze", "good.csv", "--command", "current", "--per", "verdict"]
    run = loligo(*arguments, "--criteria", own, cwd=folder)
    assert run.returncode == 0, run.stderr
    table = list(csv.DictReader(io.StringIO(run.stdout)))
    (row,) = (row for row in table if not row["criterion"].startswith("rig: "))
    assert (row["criterion"], row["verdict"]) == ("input_resistance", "fail")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["info"], "FILE"),
        (["info", "good.csv", ""], "a FILE has an empty name"),
        (["analyze", "."], "is a folder; pass the files in it"),
        (["analyze", "good.csv", "--unit", "bananas"], "is not a unit loligo knows"),
        (["analyze", "good.csv", "--unit", "voltage="], "write 'mV' or 'CHANNEL=mV'"),
        (["analyze", "good.csv", "--sampling-rate", "10"], "has no unit"),
        (["analyze", "good.csv", "--clamp-mode", "curent_clamp"], "did you mean 'current_clamp'"),
        (["analyze", "good.csv", "--unknown"], "No such option"),
        (["analyze", "good.csv", "--as", "spike"], "did you mean 'spikes'"),
        (["analyze", "good.csv", "--per", "cells"], "did you mean 'cell'"),
        (["analyze", "good.csv", "--names", "efel"], "--names is for tables"),
        (["analyze", "good.csv", "--per", "spike", "--names", "eefel"], "did you mean 'efel'"),
        (["analyze", "good.csv", "--per", "spike", "--json"], "--json and --per both print"),
        (["analyze", "good.csv", "--criteria", "ipxf"], "did you mean 'ipfx'"),
        (["analyze", "good.csv", "--criteria", "no.toml"], "No such file"),
        (["convert", "good.csv", "--to", "wav"], "loligo writes nwb"),
        (["analyze", "good.csv", "-o", "damaged.abf"], "must end in .csv"),
        (["convert", "good.csv", "--to", "nwb", "-o", "good"], "ends in .nwb"),
        (["report", "--example", "good.csv"], "takes no FILE"),
        (["report", "good.csv", "-o", "good.csv"], "is a file; name a folder"),
    ],
)
def test_usage_errors_exit_two(folder, arguments, said):
    """Within this process, for there are many; the first also as a script sees it, below."""
    with chdir(folder):
        run = CliRunner().invoke(app, arguments, prog_name="loligo", env=PLAIN)
    assert run.exit_code == 2
    assert isinstance(run.exception, SystemExit)
    assert said in flat(run.stderr)
    assert run.stdout == ""


def test_a_usage_error_of_a_script(folder):
    run = loligo("info", cwd=folder)
    assert run.returncode == 2
    assert "FILE" in flat(run.stderr)
    assert run.stdout == ""
    assert "Traceback" not in run.stderr


def flat(told: str) -> str:
    return " ".join(re.sub("[│╭╮╰╯─]", " ", told).split())


def test_a_file_cannot_command_the_terminal(folder, tmp_path):
    text = (folder / "good.csv").read_text().replace("voltage", "volt\x1b[31mage")
    (tmp_path / "escape.csv").write_text(text)
    run = loligo("info", "escape.csv", "--command", "current", cwd=tmp_path)
    assert "\x1b" not in run.stdout + run.stderr
    assert "volt" in run.stdout + run.stderr


def test_version(folder):
    import loligo as package

    run = loligo("--version", cwd=folder)
    assert (run.returncode, run.stdout.strip()) == (0, f"loligo {package.__version__}")


def test_report_of_mixed_files(folder, tmp_path):
    run = loligo(
        "report",
        "good.csv",
        "damaged.abf",
        "--command",
        "current",
        "-o",
        tmp_path / "r",
        cwd=folder,
    )
    assert run.returncode == 1
    assert "damaged.abf: failed" in run.stderr
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert "input resistance" in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert {p.name for p in (tmp_path / "r").iterdir()} >= {
        "report.html",
        "results.csv",
        "files.csv",
    }


def test_report_into_an_unwritable_place(folder, tmp_path):
    (tmp_path / "file").write_text("")
    run = loligo("report", "good.csv", "-o", tmp_path / "file" / "below", cwd=folder)
    assert run.returncode == 1
    assert "cannot be made" in run.stderr
    assert "Traceback" not in run.stderr


def test_convert_to_nwb_and_back(folder, tmp_path):
    target = tmp_path / "good.nwb"
    first = loligo(
        "convert", "good.csv", "--to", "nwb", "-o", target, "--command", "current", cwd=folder
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout.strip() == str(target)
    again = loligo(
        "convert", "good.csv", "--to", "nwb", "-o", target, "--command", "current", cwd=folder
    )
    assert again.returncode == 1
    assert "pass --overwrite" in again.stderr
    run = loligo("analyze", "--json", target, cwd=folder)
    assert run.returncode == 0, run.stderr
    values = {r["name"]: r["value"] for r in lines(run)[0]["results"] if r["sweep"] is None}
    assert values["input_resistance"] == pytest.approx(150.0, rel=0.01)


def test_a_recording_named_as_the_output_is_left_alone(folder):
    """What a shell makes of ``analyze -o *.csv``."""
    before = (folder / "good.csv").read_bytes()
    for files in (["open.csv"], ["good.csv"]):
        run = loligo("analyze", *files, "-o", "good.csv", cwd=folder)
        assert run.returncode == 1
        assert run.stdout == ""
        assert "choose another name" in run.stderr.lower()
        assert (folder / "good.csv").read_bytes() == before


def test_refusals_name_the_options_of_the_command_line(folder):
    run = loligo("analyze", "good.csv", cwd=folder)
    assert run.returncode == 1
    assert "Pass --response with" in run.stderr
    assert "response=" not in run.stderr
    run = loligo("analyze", "good.csv", "--response", "Vm", cwd=folder)
    assert run.stderr.startswith("loligo: good.csv: refused: no channel 'Vm'")


def test_dandi_names_what_is_missing_and_how_to_give_it(folder, tmp_path):
    target = tmp_path / "d.nwb"
    run = loligo(
        *("convert", "good.csv", "--to", "nwb", "-o", target, "--command", "current"),
        *("--dandi", "--subject-id", "m1"),
        cwd=folder,
    )
    assert run.returncode == 1
    assert "species, sex, age or date_of_birth" in run.stderr
    assert "--species, --sex and --age" in run.stderr
    assert not target.exists()


@pytest.mark.skipif(os.name == "nt", reason="no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(folder, tmp_path):
    os.mkfifo(tmp_path / "pipe.abf")
    run = loligo("info", "--json", tmp_path / "pipe.abf", cwd=folder)
    assert run.returncode == 1
    assert "a pipe or a device" in lines(run)[0]["reason"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["info", "--json"], ["analyze"], ["report", "-o", "full"]])
def test_a_full_disk_is_one_line(folder, arguments):
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "loligo", *arguments, "good.csv", "--command", "current"],
            cwd=folder,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "standard output cannot be used" in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals to a process differ on Windows")
def test_interruption_keeps_what_was_done(folder, tmp_path, interrupts_heard):
    command = [sys.executable, "-m", "loligo", "report", *["good.csv"] * 300]
    command += ["--command", "current", "-o", str(tmp_path)]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        time.sleep(4.0)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert re.search(r"interrupted after \d+ of 300 files", said)
    assert "Interrupted after" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_help_is_fast(folder):
    loligo("--help", cwd=folder)  # compile once
    begin = time.perf_counter()
    run = loligo("--help", cwd=folder)
    assert run.returncode == 0
    assert time.perf_counter() - begin < 1.5  # 0.3 s on an idle machine


def test_help_imports_nothing_heavy(folder):
    code = (
        "import sys; sys.argv = ['loligo', '--help']\n"
        "from loligo.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'matplotlib', 'pynwb', 'xarray', 'pint'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
