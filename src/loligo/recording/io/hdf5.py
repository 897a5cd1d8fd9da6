"""HDF5 files: which reader one belongs to is decided by what its root says."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from loligo.errors import DamagedFileError, ReadError
from loligo.recording.io.guard_hdf5 import check_heaps
from loligo.recording.io.options import ReadOptions
from loligo.recording.recording import Recording


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read an NWB file, or a plain HDF5 (or MATLAB 7.3) file of arrays."""
    import h5py

    check_heaps(path)
    try:
        with h5py.File(path, "r") as file:
            is_nwb = "nwb_version" in file.attrs or file.attrs.get("neurodata_type") == "NWBFile"
            is_first_version = "nwb_version" in file
    except OSError as error:
        raise DamagedFileError(path, f"HDF5 cannot open it: {error}") from error
    if is_first_version:
        raise ReadError(
            path,
            "it is of NWB version 1, which was replaced in 2019",
            "Convert it to NWB 2 with a tool of its publisher",
        )
    module = import_module("loligo.recording.io." + ("nwb.read" if is_nwb else "hdf5_table"))
    recording: Recording = module.read_file(path, options)
    return recording
