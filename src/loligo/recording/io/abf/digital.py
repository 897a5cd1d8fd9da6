"""Digital outputs: which line is high when, as 0 and 1 and as epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loligo.recording.io.abf.header import AbfHeader, Digital, DigitalEntry
from loligo.recording.io.abf.user_list import (
    HOLDING_PATTERN,
    UnknownWaveformError,
    replacements,
)
from loligo.recording.io.abf.waveform import MOST_EPOCHS, Piece, epoch_label
from loligo.recording.sweep import Epoch, EpochKind

_LINES = 16


def lines_used(digital: Digital) -> tuple[int, ...]:
    """Return the numbers of the lines that are high in some epoch."""
    union = 0
    for entry in digital.entries:
        union |= entry.value | entry.train
    return tuple(i for i in range(_LINES) if union >> i & 1)


def check(header: AbfHeader, digital: Digital) -> None:
    """Refuse what the header does not determine.

    Raises
    ------
    UnknownWaveformError
        A user list varies the digital pattern, or it alternates between two outputs.
    """
    if digital.alternates:
        raise UnknownWaveformError("the digital pattern alternates from sweep to sweep")
    for output in header.outputs:
        varied = {name for _, name in replacements(header, output)}
        if output.number == digital.output and "digital" in varied:
            raise UnknownWaveformError("a user list varies the digital pattern")
    if any(entry.parameter == HOLDING_PATTERN for entry in header.user_lists):
        raise UnknownWaveformError("a user list varies the digital holding pattern")


def _by_label(digital: Digital) -> dict[str, DigitalEntry]:
    return {
        epoch_label(entry.number): entry
        for entry in digital.entries
        if 0 <= entry.number < MOST_EPOCHS
    }


def line_values(
    digital: Digital, line: int, made: Sequence[Piece], start: int, stop: int
) -> NDArray[np.float64]:
    """Return samples ``start`` to ``stop`` of one line during a sweep, 0 or 1.

    Parameters
    ----------
    digital : Digital
    line : int
    made : sequence of Piece
        Stretches of the analog output whose epochs the digital outputs follow.
    start, stop : int
    """
    entries = _by_label(digital)
    values = np.full(stop - start, float(digital.holding >> line & 1))
    last = 0
    for piece in made:
        first, end = max(piece.start, start), min(piece.stop, stop)
        at = slice(first - start, max(first, end) - start)
        if piece.label == "post" and digital.keeps_last_level:
            values[at] = last
        entry = entries.get(piece.label)
        if entry is None:
            continue
        last = entry.value >> line & 1
        values[at] = last
        if entry.train >> line & 1 and piece.period > 0:
            phase = np.arange(first, max(first, end)) - piece.start
            pulse = phase % piece.period < piece.width
            values[at] = np.maximum(pulse == digital.is_active_high, last)
    return values


def line_epochs(
    digital: Digital, line: int, made: Sequence[Piece], rate: float, channel: str
) -> tuple[Epoch, ...]:
    """Return the epochs in which a line is high (or pulsed)."""
    entries = _by_label(digital)
    found = []
    for piece in made:
        entry = entries.get(piece.label)
        if entry is None or not (entry.value | entry.train) >> line & 1:
            continue
        pulsed = bool(entry.train >> line & 1) and piece.period > 0
        found.append(
            Epoch(
                label=piece.label,
                kind=EpochKind.PULSES if pulsed else EpochKind.STEP,
                start=piece.start / rate,
                stop=piece.stop / rate,
                channel=channel,
                level=1.0,
                start_level=0.0 if pulsed else None,
                pulse_period=piece.period / rate if pulsed else None,
                pulse_width=piece.width / rate if pulsed else None,
            )
        )
    return tuple(found)
