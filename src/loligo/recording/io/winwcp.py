"""WinWCP files (.wcp), read with neo.

A file holds records (sweeps) of interleaved 16-bit channels. Read here as well, because neo takes
one value for all records: each record's own input range, its time and its status; and the place
of a channel among the interleaved samples, which the header states.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from loligo.errors import DamagedFileError, ReadError
from loligo.recording.io.build import StoredSweep, StoredTrace, build, rate_of
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Input
from loligo.recording.provenance import Provenance
from loligo.recording.recording import Recording

_HEADER = 1024
_SECTOR = 512
_BLOCKS_BEFORE = 2
_MOST_CHANNELS = 8
_MOST_RECORDS = 1_000_000


@dataclass(frozen=True, slots=True)
class _Record:
    status: str
    kind: str
    time: float
    interval: float
    ranges: tuple[float, ...]


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read all records of a file."""
    header = _header(path)
    records = _records(path, header)
    gains = [[_gain(path, header, c, record) for c in range(header["NC"])] for record in records]
    from neo.rawio import WinWcpRawIO

    raw = WinWcpRawIO(filename=str(path))
    raw.parse_header()
    count = header["NC"]
    places = _places(path, header, count)
    names = [header.get(f"YN{c}", "").strip() or f"channel {c}" for c in range(count)]
    if len(set(names)) < count:
        names = [f"{name} ({c})" for c, name in enumerate(names)]
    inputs = [Input(name, header.get(f"YU{c}", "").strip(), c) for c, name in enumerate(names)]
    sweeps = []
    for index, record in enumerate(records):
        samples = _samples(raw, index, count)
        traces = {
            name: StoredTrace(
                samples[places[c]],
                rate_of(record.interval, "s"),
                gain=gains[index][c],
            )
            for c, name in enumerate(names)
        }
        attributes = {"status": record.status, "type": record.kind}
        sweeps.append(
            StoredSweep(traces, (record.time - records[0].time) * 1e3, index, "", attributes)
        )
    recording = build(path, inputs, sweeps, options, _provenance(path, header))
    return replace(recording, start_time=_start_time(header))


def _header(path: Path) -> dict[str, Any]:
    """Return the text header, its counts as numbers, checked against the size of the file."""
    with path.open("rb") as file:
        text = file.read(_HEADER).split(b"\x00")[0].decode("latin-1")
    header: dict[str, Any] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            header[key.strip()] = value.strip()
    for key in ("VER", "NC", "NR", "NBA", "NBD", "ADCMAX"):
        header[key] = _whole(path, header, key)
    if not 1 <= header["NC"] <= _MOST_CHANNELS:
        raise DamagedFileError(
            path, f"its header states {header['NC']} channels; 1 to {_MOST_CHANNELS} are possible"
        )
    if header["NR"] == 0:
        raise DamagedFileError(path, "its header states no records")
    if not (0 < header["NR"] <= _MOST_RECORDS and header["NBD"] > 0 and header["NBA"] > 0):
        raise DamagedFileError(
            path,
            f"its header states {header['NR']} records of {header['NBA']} and {header['NBD']} "
            "blocks",
        )
    end = _HEADER + header["NR"] * _record_size(header)
    size = path.stat().st_size
    if header["NBA"] != _BLOCKS_BEFORE:
        raise ReadError(
            path,
            f"its records have {header['NBA']} blocks before the samples; the reader underneath "
            f"knows {_BLOCKS_BEFORE}",
            "Save it with another version of WinWCP",
        )
    if end > size:
        raise DamagedFileError(
            path, f"its {header['NR']} records should end at byte {end}, the file has {size}"
        )
    if header["ADCMAX"] <= 0:
        raise DamagedFileError(path, f"its header states a range of {header['ADCMAX']} steps")
    return header


def _whole(path: Path, header: Mapping[str, Any], key: str) -> int:
    try:
        return int(header[key])
    except (KeyError, ValueError) as error:
        told = repr(header[key]) if key in header else "missing"
        raise DamagedFileError(path, f"{key} in its header is {told}") from error


def _record_size(header: Mapping[str, Any]) -> int:
    return int(_SECTOR * header["NBD"] + 1024)


def _records(path: Path, header: Mapping[str, Any]) -> list[_Record]:
    """Read the block before the data of each record."""
    records = []
    with path.open("rb") as file:
        for index in range(header["NR"]):
            file.seek(_HEADER + index * _record_size(header))
            status, kind, _, time, interval, *ranges = struct.unpack("<8s4sfff8f", file.read(56))
            if not math.isfinite(time):
                raise DamagedFileError(path, f"record {index} was made at {time} s")
            texts = [t.split(b"\x00")[0].decode("latin-1").strip() for t in (status, kind)]
            records.append(_Record(texts[0], texts[1], time, interval, tuple(ranges)))
    return records


def _places(path: Path, header: Mapping[str, Any], count: int) -> list[int]:
    """Return the place of each channel among the interleaved samples."""
    stated = [header.get(f"YO{c}", "") for c in range(count)]
    if not all(stated):
        return list(range(count))
    places = [_whole(path, header, f"YO{c}") for c in range(count)]
    if sorted(places) != list(range(count)):
        raise DamagedFileError(path, f"its channels are said to be at {places}")
    return places


def _samples(raw: Any, index: int, count: int) -> list[Any]:
    """Return the stored integers by their place among the interleaved samples."""
    columns: list[Any] = [None] * count
    for stream in range(raw.signal_streams_count()):
        chunk = raw.get_analogsignal_chunk(0, index, stream_index=stream)
        for column, place in zip(chunk.T, raw._stream_buffer_slice[str(stream)], strict=True):
            columns[place] = column.copy()
    return columns


def _gain(path: Path, header: Mapping[str, Any], c: int, record: _Record) -> float:
    text = str(header.get(f"YG{c}", "")).replace(",", ".")
    try:
        per_unit = float(text)
    except ValueError as error:
        raise DamagedFileError(path, f"the gain of channel {c} is {text!r}") from error
    if per_unit == 0:
        raise DamagedFileError(path, f"the gain of channel {c} is 0 V per unit")
    return float(record.ranges[c] / header["ADCMAX"] / per_unit)


def _provenance(path: Path, header: Mapping[str, Any]) -> Provenance:
    import neo

    return Provenance(
        source=path.name,
        format=f"WinWCP {header['VER']}",
        reader=f"neo {neo.__version__}",
        creator="WinWCP",
        comment=str(header.get("ID", "")),
    )


def _start_time(header: Mapping[str, Any]) -> datetime | None:
    """Return the time of the recording, in the day/month/year order WinWCP writes."""
    try:
        return datetime.strptime(str(header.get("RTIME", "")), "%d/%m/%Y %H:%M:%S")
    except ValueError:
        return None
