"""`loligo demo`: the neuron comes back, the page shows what the rig did, other files stay."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from loligo import read
from loligo.cli import demo as command
from loligo.errors import WriteError
from loligo.recording.corrections import recorded_channel
from loligo.report.demo import CORRECTED, CURRENT, VOLTAGE, run_demo


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run_demo(tmp_path_factory.mktemp("demo") / "made")


def test_the_neuron_comes_back(done):
    """All but the input resistance as recorded, which holds what the bridge left."""
    rows = {(row.stage, row.estimate.name): row for row in done.rows}
    assert len(rows) == 14
    assert {stage for stage, _ in rows} == {VOLTAGE, CURRENT, CORRECTED}
    assert [key for key, row in rows.items() if not row.estimate.is_ok] == []
    apparent = rows[CURRENT, "input_resistance"]
    assert apparent.holds is False
    bridge = rows[CURRENT, "bridge_error"]
    assert apparent.estimate.value == pytest.approx(apparent.truth + bridge.truth, rel=0.02)
    assert rows[CORRECTED, "input_resistance"].holds
    out = [key for key, row in rows.items() if not row.holds]
    assert len(out) <= 3, out
    for key, row in rows.items():
        if key != (CURRENT, "input_resistance"):
            assert row.estimate.value == pytest.approx(row.truth, rel=0.03), key
    # known of the cell without any simulation: 141 pF (1 uF/cm2 of 14,102.6 um2), 16 less 10 MOhm
    assert rows[VOLTAGE, "capacitance"].truth == pytest.approx(141.026094)
    assert bridge.truth == pytest.approx(0.006)
    worst = rows[VOLTAGE, "worst_voltage_error"]
    assert worst.truth > 50.0  # the clamp lost hold of the sodium current


def test_what_it_leaves_in_the_folder(done):
    for path in (*done.recordings, *done.experiments, *done.copies, done.written.page):
        assert path.is_file()
    assert len(done.copies) == 2
    for raw, copy in zip(done.recordings, done.copies, strict=True):
        before, after = read(raw), read(copy)
        kept = recorded_channel(after, after.response)
        assert kept is not None
        same = after.trace(0, kept).values() == before.trace(0, before.response).values()
        assert same.all()
        changed = after.trace(0, after.response).values() != before.trace(0, "response").values()
        assert changed.any()
        assert before.is_simulated
        assert after.truth is not None


def test_what_it_prints(done, capsys):
    command._show(done)
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert any(line.split()[:2] == ["bridge", "error"] and " in " in line for line in lines)
    assert sum("input resistance" in line and " out " in line for line in lines) == 1
    for path in (done.written.page, *done.recordings, *done.copies):
        assert str(path) in shown
    told = json.loads(json.dumps(command._as_object(done), allow_nan=False))
    assert told["report"] == str(done.written.page)
    assert len(told["results"]) == len(done.rows)
    assert {row["unit"] for row in told["results"]} >= {"MOhm", "pF", "mV", "kHz", "ms"}


def test_no_browser_without_a_terminal(done, monkeypatch, tmp_path):
    from typer.testing import CliRunner

    from loligo.cli.app import app

    def forbidden(*_):
        raise AssertionError("a browser was opened")

    monkeypatch.setattr("webbrowser.open", forbidden)
    monkeypatch.setattr("loligo.report.demo.run_demo", lambda *_, **__: done)
    for words in (["--open"], [], ["--json"]):
        result = CliRunner().invoke(app, ["demo", "-o", str(tmp_path / "made"), *words])
        assert result.exit_code == 0, result.output


def test_what_is_not_of_a_demo_is_left_alone(tmp_path):
    (tmp_path / "voltage_clamp.nwb").write_bytes(b"not a recording")
    with pytest.raises(WriteError, match=r"voltage_clamp\.nwb exists and is not as the demo"):
        run_demo(tmp_path)
    assert (tmp_path / "voltage_clamp.nwb").read_bytes() == b"not a recording"
    (tmp_path / "voltage_clamp.nwb").unlink()
    (tmp_path / "current_clamp.toml").write_text("mine")
    told = subprocess.run(
        [sys.executable, "-m", "loligo", "demo", "-o", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert "current_clamp.toml exists" in told.stderr
    assert (tmp_path / "current_clamp.toml").read_text() == "mine"
    assert not (tmp_path / "report.html").exists()


def test_the_page_in_a_browser(browser, done):
    page = browser.new_page()
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(done.written.page.as_uri())
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [done.written.page.as_uri()]
    for place, name in enumerate(("worst voltage error", "bridge error")):
        section = page.locator("section").nth(place)
        table = section.locator("table.rig")
        row = table.locator("tr", has_text=name).first
        assert row.locator(".badge").inner_text() == "bad"
        assert table.locator("th", has_text="truth").count() == 1
        images = section.locator("figure img").evaluate_all("all => all.map(i => i.alt)")
        assert any(words.startswith("what the rig did") for words in images)
        assert any("before and after" in words for words in images)
        assert section.get_by_role("link", name="-corrected.nwb").count() == 1
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    for width in (1100, 800, 420):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(fits), width
