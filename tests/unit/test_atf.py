"""ATF files written here, by the format's published layout."""

import numpy as np
import pytest

import loligo
from loligo.errors import DamagedFileError, UndeterminedError

HEAD = "ATF\t1.0\n{records}\t{columns}\n{extra}{titles}\n"


def write(path, titles, rows, extra=(), separator="\t"):
    text = HEAD.format(
        records=len(extra),
        columns=len(titles),
        extra="".join(f"{line}\n" for line in extra),
        titles=separator.join(f'"{title}"' for title in titles),
    )
    text += "".join(separator.join(f"{x:.6g}" for x in row) + "\n" for row in rows)
    path.write_text(text, encoding="latin-1")
    return path


def table(columns, step=0.05, rows=40):
    times = np.arange(rows) * step
    return [[t, *(10.0 * (i + 1) + k for i in range(columns))] for k, t in enumerate(times)]


def test_traces_of_one_unit_are_sweeps(tmp_path):
    titles = ["Time (ms)", "Trace #1 (mV)", "Trace #2 (mV)"]
    extra = ['"Comment=a test"', '"SweepStartTimesMS=0.000,1000.000"']
    recording = loligo.read(write(tmp_path / "a.atf", titles, table(2), extra))
    assert len(recording) == 2
    assert recording.response.unit == "mV"
    assert [sweep.start for sweep in recording] == [0.0, 1000.0]
    trace = recording.trace(1, recording.response)
    assert trace.sampling_rate == 20.0
    assert trace.values().tolist() == [20.0 + k for k in range(40)]
    assert recording.provenance.comment == "a test"


def test_titles_in_other_units_are_signals(tmp_path):
    titles = ["Time (s)", "Trace #1 (nA)", "Trace #1 (mV)"]
    path = write(tmp_path / "a.atf", titles, table(2, step=1e-4))
    with pytest.raises(UndeterminedError, match="response="):
        loligo.read(path)
    recording = loligo.read(path, response="signal nA")
    assert recording.response.unit == "pA"
    assert recording.trace(0, "signal nA").sampling_rate == 10.0
    assert recording.trace(0, "signal nA").values()[0] == pytest.approx(10_000.0)


def test_the_list_of_signals_names_them(tmp_path):
    titles = ["Time (s)", "Trace #1 (pA)", "Trace #1 (mV)", "Trace #2 (pA)", "Trace #2 (mV)"]
    extra = ['"Signals="\t"Im"\t"Vm"\t"Im"\t"Vm"']
    recording = loligo.read(write(tmp_path / "a.atf", titles, table(4), extra), response="Im")
    assert len(recording) == 2
    assert recording.trace(1, "Vm").values()[0] == 40.0


def test_commas_separate_too(tmp_path):
    titles = ["Time (ms)", "Vm (mV)"]
    recording = loligo.read(write(tmp_path / "a.atf", titles, table(1), separator=","))
    assert recording.response.name == "Vm"
    assert len(recording.trace(0, "Vm")) == 40


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ATF 1.0\n", "second line"),
        ("ATF 1.0\n0 x\n", "second line"),
        ("ATF 1.0\n0 1\nTime (s)\n0\n1\n", "1 columns"),
        ("ATF 1.0\n0 3\nTime (s)\tA (mV)\n0 1 2\n", "2 column titles"),
        ("ATF 1.0\n0 2\nTime (s)\tA (mV)\n0 1\n1 2 3\n", "line 5 has 3 numbers"),
        ("ATF 1.0\n0 2\nTime (s)\tA (mV)\n0 1\n1 x\n", "line 5 holds something"),
        ("ATF 1.0\n0 2\nTime (s)\tA (mV)\n0 1\n", "1 rows"),
    ],
)
def test_damage_is_named(tmp_path, text, told):
    path = tmp_path / "a.atf"
    path.write_text(text)
    with pytest.raises(DamagedFileError, match=told):
        loligo.read(path)


def test_uneven_times_need_a_rate(tmp_path):
    rows = table(1)
    rows[5][0] += 0.02
    path = write(tmp_path / "a.atf", ["Time (ms)", "Vm (mV)"], rows)
    with pytest.raises(UndeterminedError, match="sampling_rate="):
        loligo.read(path)
    assert loligo.read(path, sampling_rate="20 kHz").trace(0, "Vm").sampling_rate == 20.0


def test_times_without_unit_need_a_rate(tmp_path):
    path = write(tmp_path / "a.atf", ["Time", "Vm (mV)"], table(1))
    with pytest.raises(UndeterminedError, match="no unit of time"):
        loligo.read(path)
