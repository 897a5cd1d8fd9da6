"""User lists: values typed in that replace one parameter of a waveform, sweep by sweep.

A list names its parameter by a number. The numbers run over 11 parameters of the whole protocol,
then over blocks of one number per epoch: digital pattern, level, duration, train period, pulse
width. A block has 10 numbers in older files and 50 since version 2.9, so the same number means
different things; pyABF always counts to 50.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loligo.recording.io.abf.header import AbfHeader, DacOutput, UserList

PROTOCOL_PARAMETERS = (
    "number of conditioning pulses",
    "duration of the conditioning baseline",
    "level of the conditioning baseline",
    "duration of the conditioning step",
    "level of the conditioning step",
    "duration after the conditioning train",
    "level after the conditioning train",
    "time from sweep start to sweep start",
    "holding level of the inactive output",
    "digital holding pattern",
    "number of P/N pulses",
)
BLOCKS = ("digital", "level", "duration", "period", "width")
HOLDING_PATTERN = 9
"""The protocol parameter that holds the digital outputs between epochs."""
_HARMLESS = (7, HOLDING_PATTERN, 10)
"""Protocol parameters that leave the waveform of a recorded sweep as it is."""
_MANY_EPOCHS = (2, 9)
_FEW_EPOCHS = (2, 6)


class UnknownWaveformError(Exception):
    """The header does not determine an output's waveform; the message says why."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One parameter (of `BLOCKS`) of one epoch, with its value for each sweep."""

    epoch: int
    parameter: str
    values: tuple[float, ...]
    repeats: bool

    def value(self, sweep: int) -> float:
        """Return the value in a sweep; after the list's end its last value, or its first again."""
        count = len(self.values)
        return self.values[sweep % count if self.repeats else min(sweep, count - 1)]


def replacements(header: AbfHeader, output: DacOutput) -> Mapping[tuple[int, str], Replacement]:
    """Return what user lists replace in an output's waveform, by epoch and parameter.

    Raises
    ------
    UnknownWaveformError
        A list whose parameter or values cannot be understood.
    """
    found = {}
    for entry in header.user_lists:
        if entry.output != output.number or entry.parameter in _HARMLESS:
            continue
        replaced = _understood(header, output, entry)
        found[replaced.epoch, replaced.parameter] = replaced
    return found


def _understood(header: AbfHeader, output: DacOutput, entry: UserList) -> Replacement:
    number = entry.parameter
    if 0 <= number < len(PROTOCOL_PARAMETERS):
        raise UnknownWaveformError(f"a user list varies the {PROTOCOL_PARAMETERS[number]}")
    epochs = {epoch.number for epoch in output.epochs}
    meanings = set()
    for per_block in _block_lengths(header.version):
        block, epoch = divmod(number - len(PROTOCOL_PARAMETERS), per_block)
        if 0 <= block < len(BLOCKS) and epoch in epochs:
            meanings.add((BLOCKS[block], epoch))
    if len(meanings) != 1:
        raise UnknownWaveformError(
            f"a user list varies parameter {number}, which "
            + ("means no parameter of its epochs" if not meanings else "can mean two things")
        )
    ((parameter, epoch),) = meanings
    values = () if parameter == "digital" else _values(entry.text, parameter)
    return Replacement(epoch, parameter, values, entry.repeats)


def _block_lengths(version: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many epochs a block may count, by the version that wrote the file."""
    if version[:2] >= _MANY_EPOCHS:
        return (50,)
    return (10,) if version[:2] <= _FEW_EPOCHS else (10, 50)


def _values(text: str, parameter: str) -> tuple[float, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        values = tuple(float(word) for word in words)
    except ValueError:
        values = ()
    possible = all(abs(value) < 1e9 for value in values)
    if not values or not possible or not (parameter == "level" or all(map(_is_whole, values))):
        raise UnknownWaveformError(f"a user list of {parameter}s reads {text[:60]!r}")
    return values


def _is_whole(value: float) -> bool:
    return value == int(value)
