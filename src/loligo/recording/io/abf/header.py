"""What an ABF header says, in one form for versions 1 and 2.

`version1` and `version2` fill these frozen values; everything else in this package reads only
them. Durations are in samples of one channel, levels in the unit of their output, times in the
unit each field names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVENTS_OF_ANY_LENGTH = 1
GAP_FREE = 3
EPISODES = 5
"""Operation modes; only in the last are command waveforms played."""

EPOCH_TABLE, STIMULUS_FILE = 1, 2
"""Sources of a command waveform; 0 is none."""

SAMPLE_TYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<i2"), 1: np.dtype("<f4")}
"""Type of the stored samples by the data format both versions state."""


@dataclass(frozen=True, slots=True)
class Telegraph:
    """What the amplifier told the program when recording began.

    ``filter`` is in kHz, ``membrane_capacitance`` in pF; both ``None`` where nothing was told.
    """

    instrument: int
    mode: int
    gain: float
    filter: float | None
    membrane_capacitance: float | None
    access_resistance: float | None


@dataclass(frozen=True, slots=True)
class AdcInput:
    """A digitized channel: ``value = gain * stored + offset`` in `unit`."""

    name: str
    unit: str
    number: int
    gain: float
    offset: float
    telegraph: Telegraph | None
    lowpass: float | None


@dataclass(frozen=True, slots=True)
class EpochEntry:
    """A column of the waveform editor: first value and change per sweep of level and duration."""

    number: int
    kind: int
    level: float
    level_step: float
    duration: int
    duration_step: int
    period: int
    width: int


@dataclass(frozen=True, slots=True)
class StimulusFile:
    """A file whose samples were played: ``command = scale * sample + offset``."""

    name: str
    scale: float
    offset: float
    episode: int
    channel: int


@dataclass(frozen=True, slots=True)
class DacOutput:
    """An analog output and the waveform set up for it."""

    number: int
    name: str
    unit: str
    is_enabled: bool
    source: int
    holding: float
    keeps_last_level: bool
    epochs: tuple[EpochEntry, ...]
    file: StimulusFile | None = None
    level_after_train: float | None = None
    subtracts_leak: bool = False


@dataclass(frozen=True, slots=True)
class UserList:
    """Values that replace one parameter of an output's waveform, sweep by sweep."""

    output: int
    parameter: int
    repeats: bool
    text: str


@dataclass(frozen=True, slots=True)
class DigitalEntry:
    """Bits of the digital outputs during one epoch: held high, and pulsed."""

    number: int
    value: int
    train: int


@dataclass(frozen=True, slots=True)
class Digital:
    """The digital outputs, which follow the epochs of one analog output."""

    output: int
    entries: tuple[DigitalEntry, ...]
    holding: int
    keeps_last_level: bool
    is_active_high: bool
    alternates: bool = False


@dataclass(frozen=True, slots=True)
class DataBlock:
    """Where the samples are: byte offset, number over all channels, stored type."""

    start: int
    count: int
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class Timetable:
    """Start [`AbfHeader.clock` ticks] and length [samples over all channels] of each sweep."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AbfHeader:
    """One file's header.

    Attributes
    ----------
    version : tuple of int
        Such as ``(2, 6, 0, 0)``.
    interval : float [ms]
        Between two samples of one channel.
    clock : float [ms]
        Length of a tick of the timetable and of tags.
    sweep_count : int
    sweep_length : int
        Samples of one channel in a sweep of fixed length.
    sweep_interval : float [ms]
        From sweep start to sweep start; 0 for "as fast as possible".
    holding_length : int
        Samples of one channel before the first epoch of the waveform.
    timetable : Timetable or None
    tags : tuple of (ticks, text)
    alternates : bool
        Outputs 0 and 1 play their waveforms in turn, sweep by sweep.
    start_time : datetime or None
    start_text : str
        The date as stored, for the message where it is impossible.
    problems : tuple of str
        Parts of the header that could not be used.
    """

    version: tuple[int, ...]
    mode: int
    inputs: tuple[AdcInput, ...]
    outputs: tuple[DacOutput, ...]
    data: DataBlock
    interval: float
    clock: float
    sweep_count: int
    sweep_length: int
    sweep_interval: float
    holding_length: int
    timetable: Timetable | None
    tags: tuple[tuple[int, str], ...]
    user_lists: tuple[UserList, ...]
    digital: Digital | None
    alternates: bool
    start_time: datetime | None
    start_text: str
    creator: str = ""
    protocol_path: str = ""
    comment: str = ""
    identifier: str = ""
    problems: tuple[str, ...] = ()


def decimal(stored: float) -> float:
    """Return the shortest decimal that is stored as this float32, as it was typed."""
    return float(str(np.float32(stored)))
