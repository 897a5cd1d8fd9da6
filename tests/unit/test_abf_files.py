"""ABF files written here: gap-free files of an hour, float samples, odd headers."""

import struct
import tracemalloc

import numpy as np
import pyabf.abfWriter
import pytest

import loligo
from loligo.errors import DamagedFileError, ReadError
from loligo.recording import Basis, ClampMode

GAP_FREE = 3
HEADER = 2048


def write(path, sweeps=None, rate=20_000, unit="mV", modern=False, **fields):
    """Write a version 1 file with pyABF and set fields ``at_OFFSET=(format, value)``.

    pyABF writes the small header of version 1.3; ``modern`` makes it the large one of 1.83.
    """
    values = np.zeros((2, 100)) if sweeps is None else np.asarray(sweeps)
    pyabf.abfWriter.writeABF1(values, str(path), rate, units=unit)
    content = bytearray(path.read_bytes())
    if modern:
        content[HEADER:HEADER] = bytes(4096)
        fields |= {"at_4": ("f", 1.83), "at_40": ("i", 12)}
    for name, (kind, value) in fields.items():
        struct.pack_into("<" + kind, content, int(name.removeprefix("at_")), value)
    path.write_bytes(content)
    return path


def test_a_written_file_comes_back(tmp_path):
    values = np.random.default_rng(1).normal(-60, 5, (3, 500))
    recording = loligo.read(write(tmp_path / "a.abf", values))
    assert len(recording) == 3
    assert recording.response.unit == "mV"
    for sweep in range(3):
        trace = recording.trace(sweep, recording.response)
        assert trace.sampling_rate == 20.0
        np.testing.assert_allclose(trace.values(), values[sweep], atol=trace.resolution)


def test_an_hour_without_gaps_opens_without_being_loaded(tmp_path):
    samples = 3600 * 20_000
    path = write(tmp_path / "hour.abf", at_8=("h", GAP_FREE), at_10=("i", samples))
    with path.open("r+b") as file:
        file.truncate(HEADER + 2 * samples)
        file.seek(HEADER + 2 * (samples - 1))
        file.write(struct.pack("<h", 1000))
    loligo.read(path)  # imports
    tracemalloc.start()
    recording = loligo.read(path)
    trace = recording.trace(0, recording.response)
    end = trace.values(samples - 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(recording) == 1
    assert recording.duration == pytest.approx(3_600_000)
    assert end[-1] == pytest.approx(1000 * trace.resolution)
    assert peak < 2e6  # the file has 144 MB


def test_an_hour_at_one_level_is_made_slice_by_slice(tmp_path):
    samples = 3600 * 20_000
    fields = {"at_8": ("h", GAP_FREE), "at_10": ("i", samples)}
    path = write(tmp_path / "hour.abf", modern=True, unit="pA", at_1394=("f", -60.0), **fields)
    with path.open("r+b") as file:
        file.truncate(6144 + 2 * samples)
    recording = loligo.read(path, command_unit="mV")
    trace = recording.trace(0, recording.command(recording.response))
    tracemalloc.start()
    assert trace.values(samples - 5).tolist() == [-60.0] * 5
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e5


def test_events_of_any_length_need_their_table(tmp_path):
    path = write(tmp_path / "a.abf", at_8=("h", 1), at_92=("i", 0), at_96=("i", 0))
    with pytest.raises(DamagedFileError, match="differ in length"):
        loligo.read(path)


def test_a_date_of_two_digits_of_the_year(tmp_path):
    path = write(tmp_path / "a.abf", at_20=("i", 960711), at_24=("i", 3600))
    assert loligo.read(path).start_time.isoformat() == "1996-07-11T01:00:00"
    path = write(tmp_path / "b.abf", at_20=("i", 0))
    recording = loligo.read(path)
    assert recording.start_time is None
    assert recording.finding("start_time").basis is Basis.UNKNOWN


def test_leak_subtraction_is_said(tmp_path):
    # output 0 on, epoch table, one step of 20 samples to 10, P/N on
    path = write(
        tmp_path / "a.abf",
        modern=True,
        at_2296=("h", 1),
        at_2300=("h", 1),
        at_2308=("h", 1),
        at_2348=("f", 10.0),
        at_2508=("i", 20),
        at_1346=("8s", b"pA      "),
        at_4456=("h", 1),
    )
    recording = loligo.read(path)
    assert recording.finding("leak subtraction").basis is Basis.STATED
    assert recording.response.clamp_mode is ClampMode.CURRENT_CLAMP
    assert recording.sweeps[0].epoch("A").level == 10.0


def test_the_epochs_of_the_oldest_headers(tmp_path):
    path = write(
        tmp_path / "a.abf",
        at_1438=("h", 1),
        at_1440=("h", 0),
        at_1444=("h", 1),
        at_1464=("f", -50.0),
        at_1504=("f", 10.0),
        at_1544=("h", 20),
        at_1346=("8s", b"pA      "),
    )
    recording = loligo.read(path)
    command = recording.command(recording.response)
    assert [sweep.epoch("A").level for sweep in recording] == [-50.0, -40.0]
    played = recording.trace(1, command).values()
    assert np.flatnonzero(played == -40.0).tolist() == list(range(1, 21))


def test_a_list_in_a_version_1_header(tmp_path):
    path = write(
        tmp_path / "a.abf",
        modern=True,
        at_2296=("h", 1),
        at_2300=("h", 1),
        at_2308=("h", 1),
        at_2348=("f", 10.0),
        at_2508=("i", 20),
        at_1346=("8s", b"pA      "),
        at_3360=("h", 1),
        at_3368=("h", 21),
        at_3376=("9s", b"7, -12.5\0"),
    )
    levels = [sweep.epoch("A").level for sweep in loligo.read(path)]
    assert levels == [7.0, -12.5]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("at_4", ("f", 7.0), "version 7"),
        ("at_100", ("h", 5), "data format 5"),
        ("at_120", ("h", 99), "99 input channels"),
        ("at_122", ("f", 0.0), "sampling interval = 0"),
        ("at_122", ("f", float("nan")), "sampling interval = nan"),
        ("at_410", ("h", 77), "input number 77"),
        ("at_40", ("i", 1), "inside the header"),
        ("at_252", ("i", 0), "gain"),
        ("at_10", ("i", -5), "-5 samples"),
        ("at_16", ("i", 2_000_000_000), "2000000000 sweeps"),
    ],
)
def test_impossible_fields_are_named(tmp_path, field, value, told):
    with pytest.raises(DamagedFileError, match=told):
        loligo.read(write(tmp_path / "a.abf", **{field: value}))


def test_a_rate_that_changes_within_a_sweep_is_refused(tmp_path):
    path = write(tmp_path / "a.abf", at_126=("f", 100.0), at_194=("i", 50))
    with pytest.raises(ReadError, match="changes within a sweep"):
        loligo.read(path)


def test_microsoft_floats_are_refused(tmp_path):
    with pytest.raises(ReadError, match="Microsoft"):
        loligo.read(write(tmp_path / "a.abf", at_38=("h", 1)))
