"""Seeded damage to each format: a loligo error or a recording, never anything else.

The samples are written by the libraries and layouts the other tests use, so that this runs without
the real recordings; the real files of formats that cannot be written here are damaged as well.
"""

import random
from importlib.util import find_spec

import h5py
import numpy as np
import pytest
import scipy.io

import loligo
from loligo.errors import LoligoError
from loligo.recording.io.hdf5_table import read_file
from loligo.recording.io.options import checked_options

ROUNDS = 40
SIGNAL = np.sin(np.arange(400.0)) * 10
WORDS = (b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\xff" * 4, b"\x00" * 4, b"\x00\x00\x00\x80")
REAL = {
    "ibw/B6_Ch3_IDRest_181.ibw": {},
    "ibw/C060109A1-SR-C1_X_IDthresh_ch1_349.ibw": {},
    "heka/20191010_sg_rrsol_ls_noc3.dat": {},
    "axograph/AxoGraph_X_File.axgx": {},
    "axograph/AxoGraph_Graph_File.axgr": {},
    "axograph/AxoGraph_Digitized_File.axgd": {"response": "Current"},
}


def damaged(data, rng, header):
    """Flip bits, overwrite, blank, cut or copy a part; mostly in the header."""
    changed = bytearray(data)
    at = rng.randrange(min(header, len(data))) if rng.random() < 0.7 else rng.randrange(len(data))
    kind = rng.randrange(5)
    if kind == 0:
        changed[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        changed[at] = rng.randrange(256)
    elif kind == 2:
        return bytes(changed[: max(at, 1)])
    elif kind == 3:
        blank = min(rng.choice([4, 64, 512]), len(data) - at)
        changed[at : at + blank] = bytes(blank)
    else:
        changed[at & ~3 : (at & ~3) + 4] = rng.choice(WORDS)
    return bytes(changed)


def survive(path, data, header, reader):
    refused = 0
    for seed in range(ROUNDS):
        path.write_bytes(damaged(data, random.Random(seed), header))
        try:
            recording = reader(path)
        except LoligoError as error:
            refused += 1
            assert str(error)
        else:
            for sweep in recording:
                for trace in sweep.traces.values():
                    try:
                        trace.values()
                    except LoligoError:
                        refused += 1
            assert repr(recording)
    assert refused > 0


@pytest.mark.parametrize("name", REAL)
def test_damage_to_real_files(recordings, tmp_path, name):
    if "heka" in name and find_spec("myokit") is None:
        pytest.skip("myokit is not installed (extra heka)")
    data = (recordings / name).read_bytes()
    path = tmp_path / name.split("/")[1]
    survive(path, data, 3000, lambda file: loligo.read(file, **REAL[name]))
    assert (recordings / name).read_bytes() == data


@pytest.mark.parametrize("compressed", [True, False])
def test_damage_to_matlab(tmp_path, compressed):
    path = tmp_path / "a.mat"
    given = {"unit": "pA", "sampling_rate": "1 kHz"}
    scipy.io.savemat(path, {"T": SIGNAL}, do_compression=compressed)
    survive(path, path.read_bytes(), 300, lambda file: loligo.read(file, **given))


def test_damage_to_hdf5(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("I", data=SIGNAL.reshape(2, 200), compression="gzip")
        file["I"].attrs["units"] = "pA"
    options = checked_options(sampling_rate="1 kHz")

    def reader(file):
        # read_file itself may raise the library's errors, which `read` turns into ours
        try:
            return read_file(file, options)
        except (OSError, KeyError, ValueError, RuntimeError, TypeError) as error:
            raise LoligoError(str(error)) from error

    survive(path, path.read_bytes(), 4000, reader)


def test_damage_to_text(tmp_path):
    path = tmp_path / "a.csv"
    rows = "".join(f"{i * 0.05:.2f},{value:.5f}\n" for i, value in enumerate(SIGNAL))
    survive(path, b"time (ms),Vm (mV)\n" + rows.encode(), 4000, loligo.read)
