"""Damaged NWB files: an error of loligo's or a recording, never a crash, a hang or a flood.

The files are read in a child process with a limit on its memory, since HDF5 is native code.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from loligo.errors import DamagedFileError
from loligo.recording import from_arrays, read, write_nwb

CHILD = """
import random, resource, sys
gigabytes = 2 << 30
resource.setrlimit(resource.RLIMIT_AS, (gigabytes, gigabytes))
import loligo
from loligo.errors import LoligoError

source, target, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
data = open(source, "rb").read()
for seed in range(first, last):
    rng, damaged = random.Random(seed), bytearray(data)
    if seed % 3 == 0:
        del damaged[rng.randrange(1, len(damaged)):]
    elif seed % 3 == 1:
        for _ in range(rng.choice([1, 5, 50, 500])):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    else:
        at, count = rng.randrange(len(damaged)), rng.choice([1, 64, 4096])
        damaged[at:at + count] = rng.randbytes(len(damaged[at:at + count]))
    with open(target, "wb") as file:
        file.write(damaged)
    try:
        recording = loligo.read(target)
        for sweep in recording:
            for trace in sweep.traces.values():
                trace.values()
        print(seed, "partial" if recording.is_partial else "whole", flush=True)
    except LoligoError as error:
        print(seed, "error", type(error).__name__, flush=True)
"""


def test_three_hundred_damaged_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    recording = from_arrays(
        rng.integers(-1000, 1000, (3, 4000)).astype(np.int16),
        unit="pA",
        sampling_rate="10 kHz",
        command=np.tile(np.repeat([-70.0, -60.0], 2000), (3, 1)),
        command_unit="mV",
    )
    source = write_nwb(recording, tmp_path / "whole.nwb")
    before = source.read_bytes()
    count = 300
    arguments = [str(source), str(tmp_path / "damaged.nwb"), "0", str(count)]
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    outcomes = [line.split() for line in child.stdout.splitlines()]
    assert child.returncode == 0, f"after {outcomes[-1:]}: {child.stderr[-2000:]}"
    assert len(outcomes) == count
    told = [outcome[1] for outcome in outcomes]
    assert told.count("partial") > 10
    assert told.count("error") > 100
    assert source.read_bytes() == before


@pytest.mark.parametrize("kept", [0.999, 0.5, 0.01])
def test_a_truncated_file_is_called_damaged(kept: float, recordings: Path, tmp_path: Path) -> None:
    data = (recordings / "nwb/LantyerEtAl2018_171220_NC_156_ST100_C.nwb").read_bytes()
    path = tmp_path / "cut.nwb"
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(DamagedFileError, match="truncated"):
        read(path)


def test_one_damaged_series_costs_only_its_sweep(recordings: Path, tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "damaged.nwb"
    path.write_bytes((recordings / "nwb/LantyerEtAl2018_180817_ME_9_CC.nwb").read_bytes())
    with h5py.File(path, "r") as file:
        chunk = file["acquisition/CurrentClampSeries_03/data"].id.get_chunk_info(4)
    with path.open("r+b") as raw:
        raw.seek(chunk.byte_offset + 10)
        raw.write(b"\xff" * 200)
    recording = read(path)
    assert recording.is_partial
    (problem,) = recording.problems
    assert "CurrentClampSeries_03" in problem
    assert recording.sweeps_with(recording.response) == (0, 1, 3, 4, 5, 6, 7, 8, 9)


def test_the_checksums_of_our_own_files_find_a_flipped_bit(tmp_path: Path) -> None:
    import h5py

    values = np.random.default_rng(0).standard_normal((2, 5000))
    recording = from_arrays(values, unit="mV", sampling_rate="10 kHz")
    path = write_nwb(recording, tmp_path / "a.nwb")
    with h5py.File(path, "r") as file:
        chunk = file["acquisition/response_sweep_0001/data"].id.get_chunk_info(0)
    with path.open("r+b") as raw:
        raw.seek(chunk.byte_offset + chunk.size // 2)
        byte = raw.read(1)[0]
        raw.seek(-1, 1)
        raw.write(bytes([byte ^ 1]))
    again = read(path)
    assert again.is_partial
    assert "response_sweep_0001" in again.problems[0]
    assert len(again) == 1
