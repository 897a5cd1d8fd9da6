"""AxoGraph's older formats, written here from their layout: which columns are episodes."""

import struct

import numpy as np
import pytest

import loligo
from loligo.errors import DamagedFileError, UndeterminedError


def pascal(title):
    """A title of 80 bytes, its length first."""
    return bytes([len(title)]) + title.encode().ljust(79, b"\x00")


def graph(columns, interval=5e-4):
    """Format 1: single-precision columns, the first of them time."""
    count = len(columns[0][1])
    times = (interval * (np.arange(count) + 1)).astype(">f4")
    parts = [b"AxGr", struct.pack(">hh", 1, len(columns) + 1)]
    for title, values in [("Time (s)", times), *columns]:
        parts += [struct.pack(">l", count), pascal(title), np.asarray(values, ">f4").tobytes()]
    return b"".join(parts)


def digitized(columns, interval=1e-4):
    """Format 2: 16-bit columns with a scale; time as start and step."""
    count = len(columns[0][1])
    parts = [b"AxGr", struct.pack(">hh", 2, len(columns) + 1)]
    parts += [struct.pack(">l", count), pascal("Time (s)"), struct.pack(">ff", interval, interval)]
    for title, values, scale in columns:
        parts += [struct.pack(">l", count), pascal(title), struct.pack(">f", scale)]
        parts += [np.asarray(values, ">i2").tobytes()]
    return b"".join(parts)


@pytest.fixture
def read(tmp_path):
    def save_and_read(data, name="a.axgd", **given):
        file = tmp_path / name
        file.write_bytes(data)
        return loligo.read(file, **given)

    return save_and_read


A, B = np.arange(50), np.arange(50) * 2


def test_repeated_titles_are_episodes(read):
    columns = [("Current (A)", A * 1e-9), ("Voltage (V)", B * 1e-3)] * 3
    recording = read(graph(columns), "a.axgr", response="Current")
    assert len(recording) == 3
    np.testing.assert_allclose(recording.trace(2, "Current").values(), A * 1e3, rtol=1e-6)
    np.testing.assert_allclose(recording.trace(2, "Voltage").values(), B, rtol=1e-6)
    assert recording.channel("Voltage").role == "monitor"
    assert recording.finding("sweeps").evidence == "the titles of the columns repeat"


def test_scales_that_repeat_are_episodes(read):
    columns = [
        ("Current (pA)", A, 0.5),
        ("Voltage (mV)", B, 0.25),
        ("Column4", A + 1, 0.5),
        ("Column5", B + 1, 0.25),
    ]
    recording = read(digitized(columns), response="Current")
    assert len(recording) == 2
    np.testing.assert_allclose(recording.trace(1, "Current").values(), (A + 1) * 0.5)
    np.testing.assert_allclose(recording.trace(1, "Voltage").values(), (B + 1) * 0.25)


@pytest.mark.parametrize(
    "columns",
    [
        # equal scales do not tell the two channels apart
        [("I (pA)", A, 0.5), ("V (mV)", B, 0.5), ("Column4", A, 0.5), ("Column5", B, 0.5)],
        # scales in another order
        [("I (pA)", A, 0.5), ("V (mV)", B, 0.25), ("Column4", A, 0.25), ("Column5", B, 0.5)],
        # one column too few
        [("I (pA)", A, 0.5), ("V (mV)", B, 0.25), ("Column4", A, 0.5)],
    ],
)
def test_columns_nothing_explains_stay_apart_and_undetermined(read, columns):
    with pytest.raises(UndeterminedError, match=r"'Column4' \[no unit\].*response="):
        read(digitized(columns))
    recording = read(digitized(columns), response="I")
    assert len(recording) == 1
    assert recording.channel("Column4").role == "auxiliary"
    assert recording.channel("Column4").unit == ""
    assert "nothing in the file groups" in recording.finding("sweeps").evidence


def test_untitled_single_precision_columns_are_no_evidence(read):
    columns = [("Current (A)", A), ("Column3", B)]
    with pytest.raises(UndeterminedError, match="response="):
        read(graph(columns), "a.axgr")


def test_the_first_sample_is_one_interval_late(read):
    trace = read(digitized([("I (pA)", A, 0.5)])).trace(0, "I")
    assert trace.sampling_rate == 10.0
    assert trace.start == pytest.approx(0.1)


@pytest.mark.parametrize("interval", [0.0, -1e-4, float("nan")])
def test_an_impossible_interval_is_damage(read, interval):
    with pytest.raises(DamagedFileError):
        read(digitized([("I (pA)", A, 0.5)], interval))


def test_columns_cut_short(read):
    data = digitized([("I (pA)", A, 0.5)])
    with pytest.raises(DamagedFileError):
        read(data[:-20])
    with pytest.raises(DamagedFileError):
        read(data[:6])
