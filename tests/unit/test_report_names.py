"""Files of one name in different folders can be told apart on a page."""

import csv

import numpy as np
import pytest
import rc_cells

from loligo.report import write_report
from loligo.report.names import short_names


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["d/a.abf", "d/b.abf"], ["a.abf", "b.abf"]),
        (["x/1/a.abf", "x/2/a.abf", "x/2/b.abf"], ["1/a.abf", "2/a.abf", "b.abf"]),
        (["x/1/d/a.abf", "x/2/d/a.abf"], ["1/d/a.abf", "2/d/a.abf"]),
        (["a.abf", "/data/a.abf"], ["a.abf", "data/a.abf"]),
        (["a.abf", "a.abf"], ["a.abf", "a.abf"]),
        (["D:\\1\\a.abf", "D:\\2\\a.abf"], ["1/a.abf", "2/a.abf"]),
        ([], []),
        ([""], [""]),
    ],
)
def test_as_much_of_the_path_as_is_needed(files, names):
    assert short_names(files) == names


def test_a_page_tells_files_of_one_name_apart(undrawn, monkeypatch, tmp_path):
    noise = rc_cells.coloured(np.random.default_rng(0), (2, 1600), 0.2, 1.0)
    cell = rc_cells.current_clamp((-100.0, -50.0), noise=noise)
    monkeypatch.setattr("loligo.recording.io.registry.read_with", lambda *_: cell)
    written = write_report(["day/cell1/vc.abf", "day/cell2/vc.abf"], tmp_path)
    page = written.page.read_text(encoding="utf-8")
    for name in ("cell1/vc.abf", "cell2/vc.abf"):
        assert f">{name}</a>" in page
        assert f"<h2>{name} <" in page
        assert f">day/{name}</p>" in page
    with written.files.open(encoding="utf-8", newline="") as file:
        assert [row["file"] for row in csv.DictReader(file)] == [
            "day/cell1/vc.abf",
            "day/cell2/vc.abf",
        ]
