"""MATLAB and plain HDF5: which array is the response, which side is time."""

import h5py
import numpy as np
import pytest
import scipy.io

import loligo
from loligo.errors import DamagedFileError, ReadError, SelectionError, UndeterminedError
from loligo.recording.io.hdf5_table import read_file
from loligo.recording.io.options import checked_options

TABLE = np.arange(60.0).reshape(20, 3)


def read_hdf5(path, **given):
    return read_file(path, checked_options(**given))


@pytest.fixture
def matlab(tmp_path):
    def save(**variables):
        file = tmp_path / "a.mat"
        scipy.io.savemat(file, variables)
        return file

    return save


@pytest.fixture
def hdf5(tmp_path):
    def save(attributes=None, **datasets):
        name = tmp_path / "a.h5"
        with h5py.File(name, "w") as file:
            for key, values in datasets.items():
                file[key] = values
                file[key].attrs.update((attributes or {}).get(key, {}))
        return name

    return save


def test_a_column_is_one_sweep(matlab):
    file = matlab(T=np.arange(50.0))
    with pytest.raises(UndeterminedError, match=r"'T' \(50\).*unit=.*sampling_rate="):
        loligo.read(file)
    recording = loligo.read(file, unit="nA", sampling_rate="10 kHz")
    np.testing.assert_array_equal(recording.trace(0, "T").values(), np.arange(50) * 1000.0)


@pytest.mark.parametrize("values", [TABLE, TABLE.T])
def test_the_longer_side_is_time_and_that_is_said(matlab, hdf5, values):
    given = {"unit": "mV", "sampling_rate": "10 kHz"}
    for recording in (loligo.read(matlab(V=values), **given), read_hdf5(hdf5(V=values), **given)):
        assert len(recording) == 3
        for i in range(3):
            np.testing.assert_array_equal(recording.trace(i, "V").values(), TABLE[:, i])
        assert "longer side" in recording.finding("sweeps").evidence


def test_a_square_table_is_refused(matlab):
    with pytest.raises(UndeterminedError, match="square"):
        loligo.read(matlab(V=np.eye(5)), unit="mV", sampling_rate="10 kHz")


def test_several_arrays_need_a_name(matlab, hdf5):
    arrays = {"current": np.arange(50.0), "amplitudes": np.arange(7.0)}
    given = {"unit": "pA", "sampling_rate": "10 kHz"}
    with pytest.raises(UndeterminedError, match=r"'current' \(50\).*response="):
        loligo.read(matlab(**arrays), **given)
    with pytest.raises(UndeterminedError, match=r"'amplitudes' \(7\)"):
        read_hdf5(hdf5(**arrays), **given)
    recording = read_hdf5(hdf5(**arrays), response="current", **given)
    assert [channel.name for channel in recording.channels] == ["current"]
    with pytest.raises(SelectionError, match="did you mean 'current'"):
        loligo.read(matlab(**arrays), response="curent", **given)


def test_arrays_of_the_same_shape_are_channels(matlab):
    file = matlab(V=np.arange(50.0), I=np.arange(50.0) * 2)
    recording = loligo.read(
        file, response="V", unit={"V": "mV", "I": "nA"}, command="I", sampling_rate="10 kHz"
    )
    assert recording.command(recording.response).name == "I"
    assert recording.trace(0, "I").values()[1] == 2000.0
    assert recording.response.clamp_mode == "current_clamp"


def test_structs_cells_text_and_complex_numbers_are_no_recordings(matlab):
    held = {
        "s": {"a": 1.0},
        "c": np.array([1, "x"], dtype=object),
        "t": "text",
        "z": np.ones(9, complex),
    }
    with pytest.raises(ReadError, match="no numeric"):
        loligo.read(matlab(**held), unit="mV", sampling_rate="1 kHz")
    recording = loligo.read(matlab(**held, V=np.arange(9.0)), unit="mV", sampling_rate="1 kHz")
    assert [channel.name for channel in recording.channels] == ["V"]


def test_a_matlab_file_that_promises_too_much(matlab):
    file = matlab(T=np.arange(50.0))
    data = bytearray(file.read_bytes())
    place = data.index(np.array([1, 50], np.int32).tobytes())
    data[place : place + 8] = np.array([1 << 20, 1 << 20], np.int32).tobytes()
    file.write_bytes(data)
    with pytest.raises(DamagedFileError, match="cannot be in"):
        loligo.read(file, unit="mV", sampling_rate="1 kHz")


@pytest.mark.parametrize(
    "attributes",
    [
        {"units": "nA", "sampling_rate": "20 kHz"},
        {"unit": b"nA", "sampling_rate_hz": 20000},
        {"units": "nA", "dt": "50 us"},
        {"units": "nA", "dt_ms": 0.05},
        {"Units": "nA", "fs_kHz": 20.0},
    ],
    ids=str,
)
def test_attributes_with_units_are_evidence(hdf5, attributes):
    recording = read_hdf5(hdf5({"I": attributes}, I=np.arange(9.0)))
    assert recording.trace(0, "I").sampling_rate == pytest.approx(20.0)
    assert recording.trace(0, "I").values()[1] == 1000.0


@pytest.mark.parametrize("attributes", [{"sampling_rate": 20000}, {"dt": 0.05}, {"fs": "fast"}])
def test_a_rate_without_unit_is_no_evidence(hdf5, attributes):
    with pytest.raises(UndeterminedError, match="sampling_rate="):
        read_hdf5(hdf5({"I": attributes}, I=np.arange(9.0)), unit="pA")


def test_datasets_are_loaded_when_asked_for(hdf5):
    file = hdf5(V=np.arange(1000.0).reshape(2, 500))
    recording = read_hdf5(file, unit="mV", sampling_rate="1 kHz")
    np.testing.assert_array_equal(recording.trace(1, "V").values(10, 13), [510, 511, 512])
    np.testing.assert_array_equal(
        recording.dataset(1)["V"][::-100].values, np.arange(999, 500, -100)
    )
    file.unlink()
    with pytest.raises(DamagedFileError, match="cannot be read"):
        recording.trace(1, "V").values()


def test_what_is_no_table_is_left_out(hdf5):
    with pytest.raises(ReadError, match="no numeric arrays"):
        read_hdf5(hdf5(a=1.0, b="text", c=np.zeros((2, 2, 2)), d=np.zeros(0)))


def test_matlab_7_3_has_its_sides_swapped(tmp_path):
    file = tmp_path / "a.mat"
    with h5py.File(file, "w", userblock_size=512) as stored:
        stored["T"] = np.arange(50.0)[np.newaxis]
        stored["T"].attrs["MATLAB_class"] = np.bytes_("double")
        stored["name"] = np.arange(5, dtype=np.uint16)[np.newaxis]
        stored["name"].attrs["MATLAB_class"] = np.bytes_("char")
    recording = read_hdf5(file, unit="mV", sampling_rate="1 kHz")
    assert recording.provenance.format == "MATLAB 7.3"
    np.testing.assert_array_equal(recording.trace(0, "T").values(), np.arange(50.0))
