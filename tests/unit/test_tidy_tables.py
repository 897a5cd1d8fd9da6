"""Tables of many files: a row a cell, a sweep, a spike, a verdict; every number with its unit."""

import csv
import io
import math

import numpy as np
import pytest
import rc_cells
from spike_shapes import Shape, trace

import loligo
from loligo.analysis import analyze
from loligo.errors import SelectionError
from loligo.report.result import FileResult, FileStatus
from loligo.report.tidy import KEYS, Per, table_of
from loligo.terms import TERMS

LEVELS = (-100.0, -50.0, 0.0, 50.0)


def result(name: str = "cell.abf", recording=None) -> FileResult:
    if recording is None:
        noise = rc_cells.coloured(np.random.default_rng(0), (4, 1600), 0.2, 1.0)
        recording = rc_cells.current_clamp(LEVELS, noise=noise)
    return FileResult(name, FileStatus.OK, "", recording, analyze(recording))


PEAKS = {2: (150.0,), 3: (140.0, 260.0)}


def firing() -> FileResult:
    """Spikes in closed form, on the last two of four sweeps."""
    rate, levels = 20.0, (-20.0, 0.0, 20.0, 40.0)
    sweeps = [trace(Shape(), PEAKS.get(i, ()), 500.0, rate, 0.05, i) for i in range(4)]
    command = np.zeros((4, sweeps[0].size))
    command[:, round(100 * rate) : round(400 * rate)] = np.array(levels)[:, np.newaxis]
    known = {"unit": "mV", "sampling_rate": "20 kHz", "command_unit": "pA"}
    return result("firing.abf", loligo.from_arrays(np.array(sweeps), command=command, **known))


def read(table) -> list[dict[str, str]]:
    stream = io.StringIO()
    table.print(stream)
    return list(csv.DictReader(io.StringIO(stream.getvalue())))


def filled(per: str, *results: FileResult, package: str | None = None):
    table = table_of(per, package)
    for one in results:
        table.add(one)
    return table


def test_a_row_a_cell_of_two_files():
    one, two = result("a.abf"), result("b.abf")
    rows = read(filled("cell", one, two))
    assert [row["file"] for row in rows] == ["a.abf", "b.abf"]
    found = next(e for e in one.analysis if e.name == "input_resistance" and e.sweep is None)
    assert float(rows[0]["input_resistance [MOhm]"]) == pytest.approx(found.displayed()[0])
    assert float(rows[0]["input_resistance low [MOhm]"]) == pytest.approx(found.displayed()[1])
    assert rows[0]["input_resistance status"] == "ok"


def test_a_row_a_sweep():
    rows = read(filled("sweep", result()))
    whole = [row for row in rows if not row["epoch"]]
    assert [row["sweep"] for row in whole] == ["0", "1", "2", "3"]
    assert all(row["baseline_potential [mV]"] for row in whole)
    places = [(row["sweep"], row["epoch"]) for row in rows]
    assert len(set(places)) == len(places)


def test_every_column_is_a_key_or_of_the_glossary_with_its_unit():
    for per in (Per.CELL, Per.SWEEP, Per.SPIKE):
        table = filled(per.value, firing())
        for column in table.columns()[len(KEYS[per]) :]:
            name, _, unit = column.removesuffix("]").partition(" [")
            plain = name.removesuffix(" low").removesuffix(" high").removesuffix(" status")
            if column == "status":
                continue
            assert plain in TERMS, column
            if not name.endswith(" status"):
                assert unit == TERMS[plain].display_unit


def test_columns_stand_in_the_glossary_s_order():
    names = [c.split(" ")[0] for c in filled("cell", firing()).columns()[len(KEYS[Per.CELL]) :]]
    order = list(TERMS)
    places = [order.index(name) for name in names]
    assert places == sorted(places)


def test_a_row_a_spike_at_its_time():
    rows = read(filled("spike", firing()))
    found = [(int(row["sweep"]), float(row["spike_peak_time [ms]"])) for row in rows]
    truth = [(sweep, time) for sweep, times in PEAKS.items() for time in times]
    assert [sweep for sweep, _ in found] == [sweep for sweep, _ in truth]
    assert [time for _, time in found] == pytest.approx([time for _, time in truth], abs=0.05)


def test_a_row_a_verdict():
    rows = read(filled("verdict", result()))
    assert rows
    assert all(row["verdict"] and row["demand"] and row["reason"] for row in rows)


@pytest.mark.parametrize("package", ["efel", "ipfx"])
def test_names_of_other_packages(package):
    ours, theirs = filled("spike", firing()), filled("spike", firing(), package=package)
    same = [known for known in theirs.headings.known.values() if known.is_same]
    near = [known for known in theirs.headings.known.values() if not known.is_same]
    columns = theirs.columns()
    assert near
    for known in near:
        if ours.headings.heading(known.name).label in ours.columns():
            assert any(c.startswith(f"{known.name} ~{known.other}") for c in columns)
            assert any(known.difference in note for note in theirs.notes())
    for known in same:
        mine = ours.headings.heading(known.name).label
        if mine in ours.columns():
            label = theirs.headings.heading(known.name).label
            factor = known.factor / ours.headings.heading(known.name).factor
            for a, b in zip(ours.rows, theirs.rows, strict=True):
                assert math.isclose(a[mine] * factor, b[label], rel_tol=1e-12)


def test_names_beside_each_estimate():
    rows = read(filled("estimate", firing(), package="ipfx"))
    said = {row["name"]: (row["ipfx_name"], row["ipfx_difference"]) for row in rows}
    assert said["mean_frequency"] == ("avg_rate", "equal")
    assert said["input_resistance"] == ("", "")


def test_unknown_row_or_package():
    with pytest.raises(SelectionError, match="no table has a row per 'cells'; did you mean"):
        table_of("cells")
    with pytest.raises(SelectionError, match="no names of 'elephant'"):
        table_of("spike", "elephant")


def test_what_cannot_be_read_has_no_rows():
    failed = FileResult("bad.abf", FileStatus.FAILED, "it is damaged")
    for per in Per:
        assert filled(per.value, failed).rows == []
