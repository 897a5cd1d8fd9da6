"""The header of ABF 2: tables found through an index, read by pyabf where it reads them right."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from loligo.errors import DamagedFileError
from loligo.recording.io.abf.guard import (
    Bytes,
    Section,
    complaint,
    gain_of,
    moment,
    positive,
    records,
    require,
    section,
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
    Telegraph,
    Timetable,
    UserList,
    decimal,
)

_STRINGS_HEAD = 44
"""Bytes before the first string of the string table."""
_SIGNAL_CONDITIONER = 1
_HOLDING_FRACTION = 64


def read_header(content: Bytes, path: Path) -> AbfHeader:
    """Read the header of an ABF 2 file.

    Raises
    ------
    DamagedFileError
        A table the samples cannot be read without does not hold together.
    """
    from pyabf.abf2.headerV2 import HeaderV2
    from pyabf.abf2.protocolSection import ProtocolSection

    length = len(content)
    if length < 512:
        raise DamagedFileError(path, f"it ends after {length} bytes, inside the header")
    require(path, section(content, "protocol", 76), length, 208, 1)
    strings = _strings(content, require(path, section(content, "string", 220), length, 45, 64))
    head, protocol = HeaderV2(content), ProtocolSection(content)
    if head.nDataFormat not in SAMPLE_TYPES:
        raise DamagedFileError(path, f"its header states data format {head.nDataFormat} (0 or 1)")
    dtype = SAMPLE_TYPES[head.nDataFormat]
    problems: list[str] = []
    inputs = _inputs(content, path, protocol, strings, dtype)
    interval = positive(path, protocol.fADCSequenceInterval, "sampling interval", "µs") / 1e3
    ticks = protocol.fSynchTimeUnit / 1e3
    length_of_all = protocol.lNumSamplesPerEpisode
    timetable = _optional(content, "synch array", 316, 8, 1 << 24, problems)
    tags = _optional(content, "tag", 252, 60, 1 << 16, problems)
    lists = _optional(content, "user list", 172, 12, 64, problems)
    return AbfHeader(
        version=tuple(reversed(head.fFileVersionNumber)),
        mode=protocol.nOperationMode,
        inputs=inputs,
        outputs=_outputs(content, path, strings),
        data=_data(content, dtype),
        interval=interval,
        clock=ticks if 0 < ticks < 1e9 else interval / len(inputs),
        sweep_count=head.lActualEpisodes,
        sweep_length=length_of_all // len(inputs),
        sweep_interval=protocol.fEpisodeStartToStart * 1e3,
        holding_length=max(length_of_all // _HOLDING_FRACTION // len(inputs), 1),
        timetable=_timetable(content, timetable),
        tags=_tags(content, tags),
        user_lists=_user_lists(content, lists, strings),
        digital=_digital(content, path, protocol),
        alternates=bool(protocol.nAlternateDACOutputState),
        start_time=moment(head.uFileStartDate, head.uFileStartTimeMS),
        start_text=f"{head.uFileStartDate}, {head.uFileStartTimeMS} ms",
        creator=f"{_string(strings, head.uCreatorNameIndex)} {head.creatorVersionString}".strip(),
        protocol_path=_string(strings, head.uProtocolPathIndex),
        comment=_string(strings, protocol.lFileCommentIndex),
        identifier=head.sFileGUID,
        problems=tuple(problems),
    )


def _strings(content: Bytes, found: Section) -> list[str]:
    """Return the file's strings; index 0 stands for none."""
    raw = bytes(content[found.start : found.start + found.size])
    (count,) = struct.unpack_from("<I", raw, 8)
    texts = raw[_STRINGS_HEAD:].split(b"\0")[: min(count, 4096)]
    return ["", *(text.decode("latin-1").strip() for text in texts)]


def _string(strings: list[str], index: int) -> str:
    return strings[index] if 0 <= index < len(strings) else ""


def _data(content: Bytes, dtype: np.dtype[Any]) -> DataBlock:
    found = section(content, "data", 236)
    return DataBlock(found.start, found.count, dtype)


def _optional(
    content: Bytes, name: str, at: int, least: int, most: int, problems: list[str]
) -> Section | None:
    """Return a table the samples can be read without, or note why it is of no use."""
    found = section(content, name, at)
    reason = complaint(found, len(content), least, most)
    if reason:
        problems.append(reason)
    return None if reason or found.count == 0 else found


def _inputs(
    content: Bytes, path: Path, protocol: Any, strings: list[str], dtype: np.dtype[Any]
) -> tuple[AdcInput, ...]:
    from pyabf.abf2.adcSection import ADCSection

    require(path, section(content, "input (ADC)", 92), len(content), 82, 64)
    adc = ADCSection(content)
    inputs = []
    for i, number in enumerate(adc.nADCNum):
        told = bool(adc.nTelegraphEnable[i])
        conditioned = protocol.nSignalType == _SIGNAL_CONDITIONER
        name = _string(strings, adc.lADCChannelNameIndex[i]) or f"IN {number}"
        gain, offset = 1.0, 0.0
        if dtype.kind == "i":
            factors = [adc.fInstrumentScaleFactor[i], adc.fADCProgrammableGain[i]]
            factors += [adc.fTelegraphAdditGain[i]] if told else []
            factors += [adc.fSignalGain[i]] if conditioned else []
            gain = gain_of(path, name, protocol.fADCRange, protocol.lADCResolution, factors)
            offset = adc.fInstrumentOffset[i] - (adc.fSignalOffset[i] if conditioned else 0.0)
        inputs.append(
            AdcInput(
                name=name,
                unit=_string(strings, adc.lADCUnitsIndex[i]),
                number=number,
                gain=gain,
                offset=offset,
                telegraph=telegraph(
                    adc.nTelegraphInstrument[i],
                    adc.nTelegraphMode[i],
                    adc.fTelegraphAdditGain[i],
                    adc.fTelegraphFilter[i],
                    adc.fTelegraphMembraneCap[i],
                    adc.fTelegraphAccessResistance[i],
                )
                if told
                else None,
                lowpass=adc.fSignalLowpassFilter[i] / 1e3 if conditioned else None,
            )
        )
    return tuple(inputs)


def telegraph(
    instrument: int, mode: int, gain: float, corner: float, capacitance: float, access: float
) -> Telegraph:
    """Return telegraphed settings; what was not told is ``None``."""
    return Telegraph(
        instrument=instrument,
        mode=mode,
        gain=decimal(gain),
        filter=decimal(corner) / 1e3 if 0 < corner < 1e5 else None,
        membrane_capacitance=capacitance if 0 < capacitance < 1e6 else None,
        access_resistance=access if 0 < access < 1e12 else None,
    )


def _outputs(content: Bytes, path: Path, strings: list[str]) -> tuple[DacOutput, ...]:
    from pyabf.abf2.dacSection import DACSection
    from pyabf.abf2.epochPerDacSection import EpochPerDACSection

    length = len(content)
    found = section(content, "output (DAC)", 108)
    if require(path, found, length, 132, 64, may_be_empty=True).count == 0:
        return ()
    require(path, section(content, "epoch", 156), length, 30, 4096, may_be_empty=True)
    dac, table = DACSection(content), EpochPerDACSection(content)
    entries = [
        (
            table.nDACNum[i],
            EpochEntry(
                number=table.nEpochNum[i],
                kind=table.nEpochType[i],
                level=decimal(table.fEpochInitLevel[i]),
                level_step=decimal(table.fEpochLevelInc[i]),
                duration=table.lEpochInitDuration[i],
                duration_step=table.lEpochDurationInc[i],
                period=table.lEpochPulsePeriod[i],
                width=table.lEpochPulseWidth[i],
            ),
        )
        for i in range(len(table.nDACNum))
    ]
    return tuple(
        DacOutput(
            number=number,
            name=_string(strings, dac.lDACChannelNameIndex[i]) or f"DAC {number}",
            unit=_string(strings, dac.lDACChannelUnitsIndex[i]),
            is_enabled=bool(dac.nWaveformEnable[i]),
            source=dac.nWaveformSource[i],
            holding=decimal(dac.fDACHoldingLevel[i]),
            keeps_last_level=bool(dac.nInterEpisodeLevel[i]),
            epochs=tuple(entry for owner, entry in entries if owner == number),
            file=StimulusFile(
                name=_string(strings, dac.lDACFilePathIndex[i]),
                scale=decimal(dac.fDACFileScale[i]),
                offset=decimal(dac.fDACFileOffset[i]),
                episode=dac.lDACFileEpisodeNum[i],
                channel=dac.nDACFileADCNum[i],
            ),
            level_after_train=decimal(dac.fPostTrainLevel[i])
            if dac.nConditEnable[i] and dac.fPostTrainPeriod[i] > 0
            else None,
            subtracts_leak=bool(dac.nLeakSubtractType[i]),
        )
        for i, number in enumerate(dac.nDACNum)
    )


def _timetable(content: Bytes, found: Section | None) -> Timetable | None:
    if found is None:
        return None
    table = records(content, found, [("start", "<i4"), ("length", "<i4")])
    return Timetable(table["start"].astype(np.int64), table["length"].astype(np.int64))


def _tags(content: Bytes, found: Section | None) -> tuple[tuple[int, str], ...]:
    if found is None:
        return ()
    table = records(content, found, [("time", "<i4"), ("text", "S56")])
    return tuple(
        (int(time), text.decode("latin-1").strip())
        for time, text in zip(table["time"], table["text"], strict=True)
    )


def _user_lists(content: Bytes, found: Section | None, strings: list[str]) -> tuple[UserList, ...]:
    if found is None:
        return ()
    fields = [(name, "<i2") for name in ("number", "unused", "parameter", "repeats")]
    table = records(content, found, [*fields, ("string", "<i4")])
    return tuple(
        UserList(
            output=int(row["number"]),
            parameter=int(row["parameter"]),
            repeats=bool(row["repeats"]),
            text=_string(strings, int(row["string"])),
        )
        for row in table
    )


def _digital(content: Bytes, path: Path, protocol: Any) -> Digital | None:
    found = section(content, "digital epoch", 124)
    if not protocol.nDigitalEnable or found.count == 0:
        return None
    require(path, found, len(content), 6, 4096)
    table = records(content, found, [("number", "<i2"), ("value", "<u2"), ("train", "<u2")])
    return Digital(
        output=protocol.nActiveDACChannel,
        entries=tuple(DigitalEntry(*map(int, row)) for row in table.tolist()),
        holding=protocol.nDigitalHolding & 0xFFFF,
        keeps_last_level=bool(protocol.nDigitalInterEpisode),
        is_active_high=bool(protocol.nDigitalTrainActiveLogic),
        alternates=bool(protocol.nAlternateDigitalOutputState),
    )
