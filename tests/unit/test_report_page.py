"""The page and its tables: complete, escaped, self-contained, and robust against one bad file."""

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rc_cells

from loligo.analysis import Estimate, Status
from loligo.analysis.digits import interval, number
from loligo.errors import DamagedFileError, MissingFileError, UndeterminedError
from loligo.recording import Channel, Correction, Recording, Role, Tag, Trace, Truth, read
from loligo.report import FileStatus, examine, figures, write_report
from loligo.report.estimates import estimate_tables, key_tiles
from loligo.report.tables import as_json

LEVELS = (-100.0, -50.0, 0.0, 50.0)


def cell(**changes) -> Recording:
    noise = rc_cells.coloured(np.random.default_rng(0), (4, 1600), 0.2, 1.0)
    return replace(rc_cells.current_clamp(LEVELS, noise=noise), **changes)


NASTY = "<script>alert(1)</script>\"'&\x00\x1b[31m"


def nasty() -> Recording:
    plain = cell()
    channel = Channel(NASTY, Role.AUXILIARY, "<b>V</b>", evidence="<img src=http://evil/x>")
    sweeps = tuple(
        replace(s, traces={**s.traces, NASTY: Trace(np.zeros(1600), 2.0)}) for s in plain.sweeps
    )
    return replace(
        plain,
        channels=(*plain.channels, channel),
        sweeps=sweeps,
        tags=(Tag(10.0, NASTY, 0),),
        provenance=replace(plain.provenance, comment=NASTY, protocol="</style><script>"),
        problems=("<iframe src='http://evil'>",),
    )


def simulated() -> Recording:
    return cell(
        truth=Truth({"input_resistance": 0.15, "capacitance": 100.0, "rheobase": 75.0}, "one RC")
    )


def corrected() -> Recording:
    shift = Correction("liquid_junction_potential", "response", 14.0, False, "V - LJP")
    return cell().corrected(shift)


FILES = {
    "good.abf": cell,
    "simulated.nwb": simulated,
    "nasty.abf": nasty,
    "corrected.abf": corrected,
    "partial.abf": lambda: cell(problems=("sweep 4 is cut short",)),
    "empty.abf": lambda: rc_cells.current_clamp((20.0,), holding=10.0, noise=np.nan),
}
ERRORS = {
    "damaged.abf": DamagedFileError("damaged.abf", "its header ends early"),
    "missing.abf": MissingFileError("missing.abf", "there is no such file"),
    "open.abf": UndeterminedError("open.abf", "two channels fit", "Pass response="),
    "bug.abf": ZeroDivisionError("division by zero"),
}


def read_with(path, options):
    if path.name in ERRORS:
        raise ERRORS[path.name]
    return FILES[path.name]()


@pytest.fixture
def reader(monkeypatch):
    monkeypatch.setattr("loligo.recording.io.registry.read_with", read_with)


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("good.abf", "ok", ""),
        ("partial.abf", "partial", "cut short"),
        ("damaged.abf", "failed", "header ends early"),
        ("missing.abf", "failed", "no such file"),
        ("open.abf", "refused", "Pass response="),
        ("bug.abf", "failed", "a bug in loligo, please report it: ZeroDivisionError"),
        ("empty.abf", "not_analyzed", "no sweep has a usable baseline"),
    ],
)
def test_status_of_a_file(reader, name, status, said):
    result = examine(name)
    assert result.status == status
    assert said in result.reason


def test_a_bug_in_the_analysis_costs_one_row(reader, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("loligo.report.result.analyze", broken)
    result = examine("good.abf")
    assert result.status is FileStatus.FAILED
    assert "RuntimeError: unforeseen" in result.reason


class Page(HTMLParser):
    """Collects the tags, the addresses loaded and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [v or "" for k, v in attrs if k in {"src", "srcset", "href", "data"}]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "new" / "folder"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loligo.recording.io.registry.read_with", read_with)
        return write_report([*FILES, *ERRORS], folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_has_its_row(report):
    found = {row["file"]: row["status"] for row in rows(report.files)}
    assert found == {
        "good.abf": "ok",
        "simulated.nwb": "ok",
        "nasty.abf": "partial",
        "corrected.abf": "ok",
        "partial.abf": "partial",
        "empty.abf": "not_analyzed",
        "damaged.abf": "failed",
        "missing.abf": "failed",
        "open.abf": "refused",
        "bug.abf": "failed",
    }
    assert not report.is_ok
    assert not report.is_interrupted


def test_page_loads_nothing_and_runs_nothing(report):
    text = report.page.read_text(encoding="utf-8")
    page = Page(text)
    assert all(load.startswith(("data:image/png;base64,", "#")) for load in page.loads)
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert "\x00" not in text
    assert "\x1b" not in text
    assert "<script>alert(1)</script>" in page.text  # shown as text, not run


def test_page_says_what_matters(report):
    text = Page(report.page.read_text(encoding="utf-8")).text
    for words in (
        "10 files: 3 read and analyzed, 2 damaged, read in part",
        "SIMULATED: computed by a program, not recorded from a cell. one RC",
        "input resistance (B)",
        "bridge balance",  # unknown, not zero
        "two channels fit",
        "liquid_junction_potential",
        "sweep 4 is cut short",
    ):
        assert words in text, words


def test_one_file_has_no_summary_beside_its_section(reader, undrawn, tmp_path):
    text = write_report("good.abf", tmp_path).page.read_text(encoding="utf-8")
    assert '<table class="summary">' not in text
    assert text.index('class="judged"') < text.index("Results") < text.index("Verdicts")
    assert text.index("Verdicts") < text.index("<img") < text.index("Steady state")


def test_definitions_are_there_and_folded(report):
    html = report.page.read_text(encoding="utf-8")
    shown = re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)
    words = "slope of the steady-state changes (least squares)"
    assert words in html
    assert words not in shown


def test_a_remark_is_not_said_twice():
    remark = "residuals of the transient exceed the noise 19-fold (2.1% of its size)"
    names = ("series_resistance", "membrane_resistance", "capacitance")
    reasons = (remark, f"{remark}; late", "short")
    estimates = [
        Estimate(name, 0.01, 0.009, 0.011, Status.OK, reason, "Im", None, "A", "how")
        if name != "capacitance"
        else Estimate(name, 30.0, 29.0, 31.0, Status.OK, reason, "Im", None, "A", "how")
        for name, reason in zip(names, reasons, strict=True)
    ]
    text = Page(estimate_tables(estimates)).text
    assert text.count("19-fold (2.1 % of") == 1
    assert "as for series resistance (A); late" in text
    assert "short" in text
    assert text.count("how") == 1


def test_key_results_name_what_has_no_value():
    known = Estimate("spike_count", 7.0, 7.0, 7.0, Status.OK, "", "Vm")
    refused = Estimate("fi_slope", None, None, None, Status.NO_SPIKES, "one step", "Vm")
    text = Page(key_tiles([known, refused], "Vm")).text
    assert text == "spike count 7 no value: f-I slope (no spikes)"


def test_nothing_is_drawn_where_there_is_nothing_to_follow(reader, undrawn, tmp_path, monkeypatch):
    """One sweep with one level of current: no drift, no placeholder in its place."""
    one = rc_cells.current_clamp((-50.0,), noise=0.0)
    monkeypatch.setitem(FILES, "one.abf", lambda: one)
    text = write_report("one.abf", tmp_path).page.read_text(encoding="utf-8")
    assert "sweeps of response" in text
    assert "quality over the recording" not in text
    assert "peak and steady state" not in text


def test_long_tables_are_folded(undrawn, tmp_path, monkeypatch):
    many = cell(tags=tuple(Tag(float(i), f"tag {i}", 0) for i in range(500)))
    monkeypatch.setattr("loligo.recording.io.registry.read_with", lambda *_: many)
    page = write_report(["a.abf"], tmp_path).page.read_text(encoding="utf-8")
    assert "<details><summary>500 tags</summary>" in page
    assert "tag 499" in page


def test_truth_is_compared(report):
    html = report.page.read_text(encoding="utf-8")
    table = html[html.index("Truth and estimate") :].split("</table>", 1)[0]
    cells = re.findall(r"<td>(.*?)</td>", table)
    lines = {cells[k]: cells[k + 1 : k + 5] for k in range(0, len(cells), 5)}
    assert set(lines) == {"input resistance", "capacitance", "rheobase"}
    assert lines["input resistance"][0] == "150 MΩ"
    assert lines["input resistance"][3] == "yes"
    assert lines["capacitance"][0] == "100 pF"
    assert lines["rheobase"][0] == "75 pA"
    assert "no spike" in lines["rheobase"][1]


def test_tables_hold_the_estimates(report):
    table = rows(report.results)
    mine = [r for r in table if r["file"] == "good.abf" and r["name"] == "input_resistance"]
    whole = [r for r in mine if not r["sweep"]]
    assert len(whole) == 1
    low, value, high = (float(whole[0][key]) for key in ("low", "value", "high"))
    assert low < 150.0 < high
    assert low < value < high
    assert whole[0]["unit"] == "MOhm"
    assert {r["sweep"] for r in mine} == {"", "0", "1", "3"}


def test_parquet_equals_csv(report):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(report.parquet).to_pylist()
    shown = rows(report.results)
    assert len(table) == len(shown)
    for a, b in zip(table, shown, strict=True):
        assert (a["file"], a["name"], a["status"]) == (b["file"], b["name"], b["status"])
        assert a["value"] == (float(b["value"]) if b["value"] else None)


def test_without_pyarrow_there_is_no_parquet(reader, undrawn, tmp_path, monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *rest, **named):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert write_report(["good.abf"], tmp_path).parquet is None


def test_one_path_is_one_file(reader, undrawn, tmp_path):
    assert [row["file"] for row in rows(write_report("good.abf", tmp_path).files)] == ["good.abf"]


def test_an_interruption_keeps_what_was_done(reader, undrawn, tmp_path):
    def stop(result):
        if result.file == "partial.abf":
            raise KeyboardInterrupt

    written = write_report(["good.abf", "partial.abf", "simulated.nwb"], tmp_path, on_file=stop)
    assert written.is_interrupted
    assert [row["file"] for row in rows(written.files)] == ["good.abf", "partial.abf"]
    assert "Interrupted after 2 of 3 files" in written.page.read_text(encoding="utf-8")


def test_a_figure_that_fails_costs_one_row(reader, tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("no canvas")

    monkeypatch.setattr("loligo.report.section.sweep_figure", broken)
    written = write_report(["good.abf"], tmp_path)
    assert written.statuses == (FileStatus.FAILED,)
    assert "ValueError: no canvas" in written.page.read_text(encoding="utf-8")


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


@pytest.mark.parametrize("name", [*FILES, *ERRORS])
@pytest.mark.parametrize("with_recording", [True, False])
def test_json_is_strict_and_complete(reader, name, with_recording):
    line = as_json(examine(name), with_recording=with_recording)
    assert "\n" not in line
    found = json.loads(line, parse_constant=refuse)
    assert found["file"] == name
    assert {"status", "reason", "results"} <= set(found)
    for result in found["results"]:
        assert len(result["interval"]) == 2
        assert isinstance(result["name"], str)
        assert result["status"] == "ok" or result["value"] is None
        assert result["status"] == "ok" or result["reason"]


def test_json_gives_an_undecodable_name_back(reader):
    name = "caf\udce9.abf"
    FILES[name] = cell
    try:
        assert json.loads(as_json(examine(name)))["file"] == name
    finally:
        del FILES[name]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((112.02, 72.9, 151.1), ("112", "73 to 151")),
        ((-62.158, -62.36, -61.95), ("−62.16", "−62.36 to −61.95")),
        ((0.5, None, None), ("0.5000", "unbounded")),
        ((None, None, None), ("–", "")),
        ((150.0, 150.0, 150.0), ("150", "150 to 150")),  # counted, or stated
        ((365.0, 358.0, 368.0), ("365", "358 to 368")),
        ((0.030518, 0.030518, 0.030518), ("0.03052", "0.03052 to 0.03052")),
        ((-0.004, -1.1, 1.1), ("0.0", "−1.1 to 1.1")),  # never minus nothing
    ],
)
def test_digits_follow_the_interval(numbers, shown):
    assert (number(*numbers), interval(*numbers)) == shown


def test_an_analysis_shows_itself_in_lines(reader):
    shown = repr(examine("good.abf").analysis)
    assert len(shown.splitlines()) < 60
    assert re.search(r"response: input_resistance \(B\): 1[45]\d\.?\d* MOhm \[", shown)
    assert "not estimated, with their reasons" in shown


def test_a_membrane_test_of_one_epoch_is_drawn_once(monkeypatch):
    """Steps of one epoch at several levels each have their test; the page shows the first."""
    tests = [SimpleNamespace(label=label, level=level) for label, level in ("Aa", "Ab", "Bc")]
    result = SimpleNamespace(tests=tests, estimates=())
    monkeypatch.setattr("loligo.plot.draw_membrane_test", lambda test, **_: test.level)
    drawn = list(figures._membrane_test(None, result, ()))
    assert [level for _, level in drawn] == ["a", "c"]


def test_copies_are_written_beside_the_page_and_replaced(undrawn, tmp_path):
    from loligo.data import example
    from loligo.errors import WriteError

    target = tmp_path / "model_cell-corrected.nwb"
    for _ in range(2):
        written = write_report(example(), tmp_path, with_copies=True)
        text = written.page.read_text(encoding="utf-8")
        assert f'href="{target.name}"' in text
        assert read(target).corrections[0].name == "series_resistance"
    target.write_text("mine")
    with pytest.raises(WriteError, match="is not a corrected copy"):
        write_report(example(), tmp_path, with_copies=True)
    assert target.read_text() == "mine"


def test_without_copies_the_page_says_how_to_have_one(undrawn, tmp_path):
    from loligo.data import example

    text = write_report(example(), tmp_path).page.read_text(encoding="utf-8")
    assert "loligo correct model_cell.nwb --auto" in text
    assert not list(tmp_path.glob("*.nwb"))
