"""The files to damage: small generated ones, and the real recordings where they are."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recordings import options_of

SIZE_LIMIT = 1_500_000
"""Larger samples only where a format has no smaller one: time goes to mutants, not megabytes."""

CHOICES: dict[str, dict[str, Any]] = {
    "AxoGraph_Digitized_File.axgd": {"response": "Voltage"},
    "*_[Cc]h0_*.ibw": {"clamp_mode": "voltage_clamp"},
    "*_protocol.mat": {"unit": "mV", "sampling_rate": "10 kHz"},
}
"""What makes a recording readable that is refused, rightly, without a choice; by pattern."""

COMPANIONS = {
    "171116sh_0017.abf": "sine sweep magnitude 20.abf",
    "220314_001_ch1_NaIV_25C_?CP.csv": "{stem}_meta.csv",
    "220314_001_ch1_NaIV_25C_??CP.csv": "{stem}_meta.csv",
}
"""The file that must lie beside a sample, by a pattern of the sample's name."""


@dataclass(frozen=True)
class Sample:
    """One intact file, the options it needs and the files that must lie beside it.

    `name` is its path below the folder.
    """

    name: str
    path: Path
    options: dict[str, Any] = field(default_factory=dict)
    companions: tuple[Path, ...] = ()

    @property
    def format(self) -> str:
        """The ending, which groups the table."""
        return self.path.suffix.lower().lstrip(".")


def companions_of(path: Path, options: dict[str, Any]) -> tuple[Path, ...]:
    """Return the files that must lie beside a sample: those it depends on, and its command."""
    names = [
        name.format(stem=path.stem)
        for pattern, name in COMPANIONS.items()
        if fnmatch(path.name, pattern)
    ]
    names.append(options.get("command", ""))
    beside = (path.with_name(name) for name in names if name)
    return tuple(companion for companion in beside if companion.is_file())


def _sample(folder: Path, path: Path, options: dict[str, dict[str, Any]]) -> Sample:
    name = path.relative_to(folder).as_posix()
    chosen = (choice for pattern, choice in CHOICES.items() if fnmatch(path.name, pattern))
    given = options.get(name) or next(chosen, {})
    return Sample(name, path, given, companions_of(path, given))


def bundled() -> Sample:
    """Return the recording that comes with loligo."""
    from loligo.data import example

    return Sample(example().name, example())


def real(folder: Path) -> list[Sample]:
    """Return the recordings of a folder that are small enough, or the smallest of their format."""
    from loligo.recording.io.registry import FORMATS

    endings = {suffix for entry in FORMATS for suffix in entry.suffixes}
    options = options_of()
    found = [
        _sample(folder, path, options)
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in endings and path.is_file() and not path.stem.endswith("_meta")
    ]
    kept = []
    for kind in sorted({sample.format for sample in found}):
        of_kind = sorted(
            (s for s in found if s.format == kind), key=lambda s: s.path.stat().st_size
        )
        small = [s for s in of_kind if s.path.stat().st_size <= SIZE_LIMIT]
        kept += small or of_kind[:1]
    return kept


def generated(folder: Path) -> Iterator[Sample]:
    """Write small files of the formats that need no vendor's program, and yield them."""
    time = np.arange(400) / 10.0
    table = np.column_stack([time, -70 + np.sin(time)])
    text = folder / "table.csv"
    np.savetxt(text, table, delimiter=",", header="time (ms),voltage (mV)", comments="")
    yield Sample(text.name, text)
    yield _atf(folder / "table.atf", table)
    yield _matlab(folder / "table.mat", table)
    yield _hdf5(folder / "table.h5", table)
    yield _winwcp(folder / "records.wcp")


def _atf(path: Path, table: np.ndarray[Any, Any]) -> Sample:
    rows = "".join("\t".join(f"{value:.6g}" for value in row) + "\r\n" for row in table)
    head = 'ATF\t1.0\r\n0\t2\r\n"Time (ms)"\t"Trace #1 (mV)"\r\n'
    path.write_bytes((head + rows).encode("ascii"))
    return Sample(path.name, path)


def _matlab(path: Path, table: np.ndarray[Any, Any]) -> Sample:
    from scipy.io import savemat

    savemat(path, {"voltage": table[:, 1:]})
    return Sample(path.name, path, {"unit": "mV", "sampling_rate": "10 kHz"})


def _hdf5(path: Path, table: np.ndarray[Any, Any]) -> Sample:
    import h5py

    with h5py.File(path, "w") as file:
        file["voltage"] = table[:, 1]
        file["voltage"].attrs["units"] = "mV"
    return Sample(path.name, path, {"unit": "mV", "sampling_rate": "10 kHz"})


def _winwcp(path: Path) -> Sample:
    """Write two channels of three records: text header, then a block of facts and data each."""
    records, points, channels = 3, 512, 2
    fields = {
        "VER": 9,
        "RTIME": "01/02/2024 10:11:12",
        "NC": channels,
        "NR": records,
        "NBH": 2,
        "NBA": 2,
    }
    fields |= {"NBD": channels * points * 2 // 512, "AD": 10, "ADCMAX": 32767, "NP": points}
    fields |= {"YN0": "Im", "YU0": "pA", "YG0": 0.001, "YO0": 0, "YN1": "Vm", "YU1": "mV"}
    fields |= {"YG1": 0.01, "YO1": 1, "DT": 0.0001, "NBLOCKS": records}
    head = "".join(f"{key}={value}\r\n" for key, value in fields.items())
    content = head.encode("ascii").ljust(1024, b"\0")
    wave = (1000 * np.sin(np.arange(points * channels) / 20)).astype("<i2").tobytes()
    for index in range(records):
        facts = struct.pack("<8s4sfff8f", b"ACCEPTED", b"TEST", 1.0, index, 0.0001, *[10.0] * 8)
        content += facts.ljust(1024, b"\0") + wave
    path.write_bytes(content)
    return Sample(path.name, path, {"response": "Im"})
