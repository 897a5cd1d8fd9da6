"""Results never replace a file that is not an earlier result, and are complete or not there."""

import os
import shutil

import numpy as np
import pytest
import rc_cells

from loligo.errors import WriteError
from loligo.report import write_report
from loligo.report.tables import RESULT_COLUMNS, header, write_csv
from loligo.report.targets import check_target, replacing


@pytest.fixture
def reader(undrawn, monkeypatch):
    noise = rc_cells.coloured(np.random.default_rng(0), (2, 1600), 0.2, 1.0)
    cell = rc_cells.current_clamp((-100.0, -50.0), noise=noise)
    monkeypatch.setattr("loligo.recording.io.registry.read_with", lambda *_: cell)


@pytest.mark.parametrize("name", ["report.html", "results.csv", "files.csv", "results.parquet"])
def test_a_report_leaves_files_of_others_alone(reader, tmp_path, name):
    (tmp_path / name).write_bytes(b"time (ms),voltage (mV)\n0,-70\n" * 2000)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(WriteError, match="was not written by this command"):
        write_report(["a.abf"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == before


def test_a_report_replaces_an_earlier_one(reader, tmp_path):
    write_report(["a.abf"] * 2, tmp_path)
    write_report(["b.abf"], tmp_path)
    assert "b.abf" in (tmp_path / "files.csv").read_text()
    assert "a.abf" not in (tmp_path / "results.csv").read_text()


def test_a_recording_is_never_the_target(tmp_path):
    table = write_csv(tmp_path / "a.csv", RESULT_COLUMNS, [])
    check_target(table, header(RESULT_COLUMNS))
    (tmp_path / "link.csv").symlink_to(table)
    with pytest.raises(WriteError, match="one of the recordings"):
        check_target(table, header(RESULT_COLUMNS), [tmp_path / "link.csv", "missing.abf"])
    with pytest.raises(WriteError, match="not a file"):
        check_target(tmp_path, header(RESULT_COLUMNS))


def test_an_interruption_leaves_the_earlier_file(tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("earlier")

    def broken():
        with replacing(target) as partial:
            partial.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert target.read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_folder_with_an_undecodable_name_holds_a_report(reader, tmp_path):
    folder = tmp_path / "r\udcff"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes no such name")
    written = write_report(["a.abf"], folder)
    assert written.is_ok
    shutil.rmtree(folder)
