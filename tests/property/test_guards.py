"""Damage that ends or hangs the libraries underneath is seen before they are asked."""

import struct
import zlib

import h5py
import numpy as np
import pytest
from scipy.io import savemat

import loligo
from loligo.data import example
from loligo.errors import DamagedFileError
from loligo.recording.io.guard_hdf5 import check_heaps, storage_problem
from loligo.recording.io.guard_matlab import check_elements


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "texts.h5"
    with h5py.File(path, "w") as file:
        file["texts"] = [f"text {i}" * (i % 7 + 1) for i in range(300)]
        file["signal"] = np.arange(50.0)
    return path


def test_heaps_of_intact_files_pass(texts):
    check_heaps(texts)
    check_heaps(example())


def test_heap_that_would_hang_the_library_is_refused(texts):
    data = bytearray(texts.read_bytes())
    heap = data.index(b"GCOL")
    data[heap + 1000 : heap + 1400] = bytes(400)
    texts.write_bytes(data)
    with pytest.raises(DamagedFileError, match=f"heap of texts at byte {heap}"):
        check_heaps(texts)
    with pytest.raises(DamagedFileError, match="heap"):
        loligo.read(texts, unit="mV", sampling_rate="10 kHz")


def test_signature_of_a_heap_among_samples_is_no_heap(tmp_path):
    path = tmp_path / "samples.h5"
    with h5py.File(path, "w") as file:
        file["signal"] = np.frombuffer(b"GCOL\x01\0\0\0" + b"\xff" * 5000, np.int8)
    check_heaps(path)


def test_empty_chunk_is_refused(tmp_path):
    path = tmp_path / "chunks.h5"
    with h5py.File(path, "w") as file:
        signal = np.sin(np.arange(4000.0))
        file.create_dataset("signal", data=signal, chunks=(1000,), compression="gzip")
        size = file["signal"].id.get_chunk_info(0).size
        assert storage_problem(file["signal"]) == ""
    data = bytearray(path.read_bytes())
    node = data.index(b"TREE\x01")
    at = data.index(struct.pack("<II", size, 0), node)
    data[at : at + 4] = bytes(4)
    path.write_bytes(data)
    with h5py.File(path) as file:
        assert "chunk of 0 bytes" in storage_problem(file["signal"])
    with pytest.raises(DamagedFileError, match="chunk of 0 bytes"):
        loligo.read(path, unit="mV", sampling_rate="10 kHz")


def test_text_longer_than_its_file_is_refused(tmp_path):
    path = tmp_path / "text.h5"
    with h5py.File(path, "w") as file:
        file["note"] = "a note of some length"
        file["fixed"] = np.bytes_("of fixed length")
        assert storage_problem(file["note"]) == storage_problem(file["fixed"]) == ""
        place = file["note"].id.get_offset()
    data = bytearray(path.read_bytes())
    data[place : place + 4] = struct.pack("<I", 3_000_000_000)
    path.write_bytes(data)
    with h5py.File(path) as file:
        assert "text of 3000000000 bytes" in storage_problem(file["note"])


@pytest.mark.parametrize("compressed", [False, True])
def test_matlab_variable_of_no_type_is_refused(tmp_path, compressed):
    path = tmp_path / "wave.mat"
    savemat(path, {"wave": np.arange(500.0)[:, None]}, do_compression=compressed)
    check_elements(path)
    data = path.read_bytes()
    element = zlib.decompress(data[136:]) if compressed else data[128:]
    tag = struct.pack("<II", 9, 4000)
    assert element.count(tag) == 1
    element = element.replace(tag, struct.pack("<II", 0, 4000))
    if compressed:
        packed = zlib.compress(element)
        element = struct.pack("<II", 15, len(packed)) + packed
    path.write_bytes(data[:128] + element)
    with pytest.raises(DamagedFileError, match="type 0, which does not exist"):
        loligo.read(path, unit="mV", sampling_rate="10 kHz")


def test_matlab_file_of_other_kinds_passes(tmp_path):
    path = tmp_path / "kinds.mat"
    content = {"a": "text", "b": {"c": 1}, "d": [1 + 2j], "e": np.int16(3), "f": [[1, 2], [3, 4]]}
    savemat(path, content | {"g": np.array([1, "x"], dtype=object), "h": np.array([True])})
    check_elements(path)


def test_cut_matlab_file_is_refused(tmp_path):
    path = tmp_path / "wave.mat"
    savemat(path, {"wave": np.arange(500.0)[:, None]})
    path.write_bytes(path.read_bytes()[:-800])
    with pytest.raises(DamagedFileError, match="byte 128"):
        check_elements(path)


def test_real_files_pass(recordings):
    for path in sorted(recordings.rglob("*.mat")):
        check_elements(path)
    for path in sorted([*recordings.rglob("*.nwb"), *recordings.rglob("*.h5")]):
        check_heaps(path)
