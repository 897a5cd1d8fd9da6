"""The header of ABF 1: fields at fixed offsets, read by pyabf, and those pyabf leaves out.

Offsets are those of the format's published description: 2048 bytes up to version 1.5, which knew
one output, and 6144 bytes since.
"""

from __future__ import annotations

import io
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np

from loligo.errors import DamagedFileError, ReadError
from loligo.recording.io.abf.guard import (
    BLOCK,
    Bytes,
    Section,
    complaint,
    gain_of,
    moment,
    positive,
    records,
)
from loligo.recording.io.abf.header import (
    SAMPLE_TYPES,
    AbfHeader,
    AdcInput,
    DacOutput,
    DataBlock,
    Digital,
    DigitalEntry,
    EpochEntry,
    StimulusFile,
    Timetable,
    UserList,
    decimal,
)
from loligo.recording.io.abf.version2 import telegraph

_SIZE, _OLD_SIZE = 6144, 2048
_CLAMPEX_6_FILE = 3


class _Head(io.BytesIO):
    """The header's bytes, filled up with zeros to the size pyabf expects, with a file's name."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content.ljust(_SIZE, b"\0"))
        self.name = name


def read_header(content: Bytes, path: Path) -> AbfHeader:
    """Read the header of an ABF 1 file.

    Raises
    ------
    DamagedFileError
        Impossible counts or factors.
    """
    from pyabf.abf1.headerV1 import HeaderV1

    if len(content) < _OLD_SIZE:
        raise DamagedFileError(path, f"it ends after {len(content)} bytes, inside the header")
    (version,) = struct.unpack_from("<f", content, 4)
    if not 1.0 <= version < 2.0:
        raise DamagedFileError(path, f"its header states version {version:g} (1.0 to 1.99)")
    size = _SIZE if version >= 1.6 else _OLD_SIZE
    raw = bytearray(content[:size])
    struct.pack_into("<i", raw, 48, 0)  # tags are read below, whatever their number
    head = HeaderV1(_Head(bytes(raw), str(path)))
    fixed = bytes(raw).ljust(_SIZE, b"\0")
    _refuse_unreadable(path, head, fixed)
    count = head.nADCNumChannels
    if not 1 <= count <= 16:
        raise DamagedFileError(path, f"its header states {count} input channels (1 to 16)")
    interval = positive(path, head.fADCSampleInterval, "sampling interval", "µs") * count / 1e3
    ticks = head.fSynchTimeUnit / 1e3
    problems: list[str] = []
    dtype = SAMPLE_TYPES[head.nDataFormat]
    start = head.lDataSectionPtr * BLOCK + head.nNumPointsIgnored * dtype.itemsize
    if start < size:
        raise DamagedFileError(path, f"its header states data at byte {start}, inside the header")
    milliseconds = head.lFileStartTime * 1000 + max(head.nFileStartMillisecs, 0)
    build = [head.nCreatorMajorVersion, head.nCreatorMinorVersion, head.nCreatorBugfixVersion]
    return AbfHeader(
        version=tuple(int(c) for c in f"{round(version * 1000):04d}"),
        mode=head.nOperationMode,
        inputs=_inputs(path, head, fixed, count, dtype),
        outputs=_outputs(head, fixed, version),
        data=DataBlock(start, head.lActualAcqLength, dtype),
        interval=interval,
        clock=ticks if 0 < ticks < 1e9 else interval / count,
        sweep_count=head.lActualEpisodes,
        sweep_length=head.lNumSamplesPerEpisode // count,
        sweep_interval=decimal(_one(fixed, "f", 178)) * 1e3,
        holding_length=_holding_length(head, count),
        timetable=_timetable(content, head, problems),
        tags=_tags(content, head, problems),
        user_lists=_user_lists(fixed),
        digital=_digital(head, fixed),
        alternates=bool(_one(fixed, "h", 5876)),
        start_time=moment(head.lFileStartDate, milliseconds),
        start_text=f"{head.lFileStartDate}, {milliseconds} ms",
        creator=f"{_clean(head.sCreatorInfo)} {'.'.join(map(str, build))}".strip(),
        protocol_path=_clean(head.sProtocolPath),
        comment=_clean(head.sFileCommentNew) or _clean(head.sFileCommentOld),
        identifier=head.sFileGUID,
        problems=tuple(problems),
    )


def _one(fixed: bytes, kind: str, at: int) -> Any:
    return struct.unpack_from("<" + kind, fixed, at)[0]


def _clean(text: str) -> str:
    return text.partition("\0")[0].strip()


def _refuse_unreadable(path: Path, head: Any, fixed: bytes) -> None:
    if head.nDataFormat not in SAMPLE_TYPES:
        raise DamagedFileError(path, f"its header states data format {head.nDataFormat} (0 or 1)")
    if head.nMSBinFormat:
        raise ReadError(
            path,
            "its header is in Microsoft binary floating point (before 1990)",
            "Convert it with the program that made it",
        )
    second, change = _one(fixed, "f", 126), _one(fixed, "i", 194)
    if change > 0 and math.isfinite(second) and second not in (0.0, head.fADCSampleInterval):
        raise ReadError(
            path,
            f"its sampling interval changes within a sweep, to {second:g} µs",
            "Convert it with Clampfit to one sampling rate",
        )


def _inputs(
    path: Path, head: Any, fixed: bytes, count: int, dtype: np.dtype[Any]
) -> tuple[AdcInput, ...]:
    conditioned = _one(fixed, "h", 1410) == 1
    inputs = []
    for number in head.nADCSamplingSeq[:count]:
        if not 0 <= number < 16:
            raise DamagedFileError(path, f"its header states input number {number} (0 to 15)")
        told = bool(head.nTelegraphEnable[number])
        name = _clean(head.sADCChannelName[number]) or f"IN {number}"
        gain, offset = 1.0, 0.0
        if dtype.kind == "i":
            factors = [head.fInstrumentScaleFactor[number], head.fADCProgrammableGain[number]]
            factors += [head.fTelegraphAdditGain[number]] if told else []
            factors += [head.fSignalGain[number]] if conditioned else []
            gain = gain_of(path, name, head.fADCRange, head.lADCResolution, factors)
            shift = head.fSignalOffset[number] if conditioned else 0.0
            offset = head.fInstrumentOffset[number] - shift
        inputs.append(
            AdcInput(
                name=name,
                unit=_clean(head.sADCUnits[number]),
                number=number,
                gain=gain,
                offset=offset,
                telegraph=telegraph(
                    head.nTelegraphInstrument[number],
                    head.nTelegraphMode[number],
                    head.fTelegraphAdditGain[number],
                    head.fTelegraphFilter[number],
                    head.fTelegraphMembraneCap[number],
                    0.0,
                )
                if told
                else None,
                lowpass=None,
            )
        )
    return tuple(inputs)


def _outputs(head: Any, fixed: bytes, version: float) -> tuple[DacOutput, ...]:
    holding = struct.unpack_from("<4f", fixed, 1394)
    names = [_clean(text) or f"DAC {i}" for i, text in enumerate(head.sDACChannelName)]
    units = [_clean(text) for text in head.sDACChannelUnit]
    if version < 1.6:
        active = head.nActiveDACChannel
        return tuple(
            DacOutput(
                number=i,
                name=names[i],
                unit=units[i],
                is_enabled=i == active and _one(fixed, "h", 1438) != 0,
                source=_one(fixed, "h", 1438) if i == active else 0,
                holding=decimal(holding[i]),
                keeps_last_level=i == active and bool(_one(fixed, "h", 1442)),
                epochs=_old_epochs(fixed) if i == active else (),
            )
            for i in range(4)
        )
    conditioned = struct.unpack_from("<2h", fixed, 3260)
    period, level = struct.unpack_from("<2f", fixed, 3304), struct.unpack_from("<2f", fixed, 3312)
    subtracts = struct.unpack_from("<2h", fixed, 4456)
    played = tuple(
        DacOutput(
            number=i,
            name=names[i],
            unit=units[i],
            is_enabled=bool(head.nWaveformEnable[i]),
            source=head.nWaveformSource[i],
            holding=decimal(holding[i]),
            keeps_last_level=bool(head.nInterEpisodeLevel[i]),
            epochs=_epochs(head, fixed, i),
            file=StimulusFile(
                name=_clean(head.sDACFilePath[i]),
                scale=decimal(head.fDACFileScale[i]),
                offset=decimal(head.fDACFileOffset[i]),
                episode=head.lDACFileEpisodeNum[i],
                channel=head.nDACFileADCNum[i],
            ),
            level_after_train=decimal(level[i]) if conditioned[i] and period[i] > 0 else None,
            subtracts_leak=bool(subtracts[i]),
        )
        for i in range(2)
    )
    held = tuple(
        DacOutput(i, names[i], units[i], False, 0, decimal(holding[i]), False, ()) for i in (2, 3)
    )
    return played + held


def _epochs(head: Any, fixed: bytes, output: int) -> tuple[EpochEntry, ...]:
    periods = struct.unpack_from("<20i", fixed, 2136)
    widths = struct.unpack_from("<20i", fixed, 2216)
    return tuple(
        EpochEntry(
            number=i % 10,
            kind=head.nEpochType[i],
            level=decimal(head.fEpochInitLevel[i]),
            level_step=decimal(head.fEpochLevelInc[i]),
            duration=head.lEpochInitDuration[i],
            duration_step=head.lEpochDurationInc[i],
            period=periods[i],
            width=widths[i],
        )
        for i in range(10 * output, 10 * output + 10)
        if head.nEpochType[i]
    )


def _old_epochs(fixed: bytes) -> tuple[EpochEntry, ...]:
    """Return the epochs of the one output of version 1.5 and before."""
    kinds, durations, steps = (struct.unpack_from("<10h", fixed, at) for at in (1444, 1544, 1564))
    levels, changes = (struct.unpack_from("<10f", fixed, at) for at in (1464, 1504))
    return tuple(
        EpochEntry(
            i, kinds[i], decimal(levels[i]), decimal(changes[i]), durations[i], steps[i], 0, 0
        )
        for i in range(10)
        if kinds[i]
    )


def _holding_length(head: Any, count: int) -> int:
    whole = max(int(head.lNumSamplesPerEpisode), 0)
    if head.nFileType == _CLAMPEX_6_FILE:
        return 6 * (whole // 512) // count
    return max(whole // 64 // count, 1)


def _table(
    content: Bytes, name: str, block: int, size: int, count: int, problems: list[str]
) -> Section | None:
    found = Section(name, block * BLOCK, size, count)
    reason = complaint(found, len(content), size, 1 << 24)
    if reason:
        problems.append(reason)
    return None if reason or count == 0 else found


def _timetable(content: Bytes, head: Any, problems: list[str]) -> Timetable | None:
    pointer, count = head.lSynchArrayPtr, head.lSynchArraySize if head.lSynchArrayPtr else 0
    found = _table(content, "synch array", pointer, 8, count, problems)
    if found is None:
        return None
    table = records(content, found, [("start", "<i4"), ("length", "<i4")])
    return Timetable(table["start"].astype(np.int64), table["length"].astype(np.int64))


def _tags(content: Bytes, head: Any, problems: list[str]) -> tuple[tuple[int, str], ...]:
    count = _one(bytes(content[:52]), "i", 48)
    found = _table(content, "tag", head.lTagSectionPtr, 64, count, problems)
    if found is None:
        return ()
    table = records(content, found, [("time", "<i4"), ("text", "S56")])
    return tuple((int(t), text.decode("latin-1").strip()) for t, text in table.tolist())


def _user_lists(fixed: bytes) -> tuple[UserList, ...]:
    enabled, parameters = (struct.unpack_from("<4h", fixed, at) for at in (3360, 3368))
    repeats = struct.unpack_from("<4h", fixed, 4400)
    texts = struct.unpack_from("<256s256s256s256s", fixed, 3376)
    return tuple(
        UserList(i, parameters[i], bool(repeats[i]), _clean(texts[i].decode("latin-1")))
        for i in range(4)
        if enabled[i]
    )


def _digital(head: Any, fixed: bytes) -> Digital | None:
    if not head.nDigitalEnable:
        return None
    trains = struct.unpack_from("<10h", fixed, 2668)
    return Digital(
        output=head.nActiveDACChannel,
        entries=tuple(
            DigitalEntry(i, head.nDigitalValue[i] & 0xFFFF, trains[i] & 0xFFFF) for i in range(10)
        ),
        holding=head.nDigitalHolding & 0xFFFF,
        keeps_last_level=bool(head.nDigitalInterEpisode),
        is_active_high=_one(fixed, "h", 2688) != 0,
        alternates=bool(_one(fixed, "h", 5878)),
    )
