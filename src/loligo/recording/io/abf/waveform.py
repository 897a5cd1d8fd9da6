"""The command waveform of an output: stretches of hold, step, ramp and trains, sample by sample.

The rules are those of the program that played it: 1/64 of the sweep at the holding level comes
first; each epoch starts at the level the last one reached; what is left is at the holding level
(or the last level). A ramp's sample is the ramp's mean over that sample, as a recorded copy of
one shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.recording.io.abf.header import AbfHeader, DacOutput, EpochEntry
from loligo.recording.io.abf.user_list import Replacement, UnknownWaveformError
from loligo.recording.sweep import Epoch, EpochKind

Array = NDArray[np.float64]

KINDS = {
    1: EpochKind.STEP,
    2: EpochKind.RAMP,
    3: EpochKind.PULSES,
    4: EpochKind.TRIANGLES,
    5: EpochKind.COSINE,
    6: EpochKind.PULSES,  # the test pulse of an "epoch resistance"
    7: EpochKind.BIPHASIC,
}
MOST_EPOCHS = 50
_RESISTANCE = 6
_TRAINS = {EpochKind.PULSES, EpochKind.TRIANGLES, EpochKind.COSINE, EpochKind.BIPHASIC}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch ``[start, stop)`` of samples of the waveform, levels in the output's unit."""

    label: str
    kind: EpochKind
    start: int
    stop: int
    before: float
    level: float
    period: int = 0
    width: int = 0


def pieces(
    header: AbfHeader,
    output: DacOutput,
    replaced: Mapping[tuple[int, str], Replacement],
    sweep: int,
    length: int,
) -> tuple[Piece, ...]:
    """Return the stretches of one sweep's waveform.

    Raises
    ------
    UnknownWaveformError
        An epoch of a type this does not know, without a period, or beyond the sweep's end.
    """
    holding = _holding(header, output, replaced, sweep)
    at = header.holding_length
    made = [Piece("pre", EpochKind.HOLD, 0, at, holding, holding)]
    level = holding
    is_idle = header.alternates and output.number in {0, 1} and sweep % 2 != output.number
    for epoch in output.epochs:
        duration = _parameter(epoch, "duration", replaced, sweep)
        if epoch.kind == 0 or duration <= 0:
            continue
        piece = _piece(epoch, replaced, sweep, at, int(duration), level, holding)
        if is_idle:
            piece = Piece(piece.label, EpochKind.HOLD, at, piece.stop, holding, holding)
        made.append(piece)
        at, level = piece.stop, piece.level
    if at > length:
        raise UnknownWaveformError(
            f"the epochs of sweep {sweep} last {at} samples, the sweep {length}"
        )
    after = level if output.keeps_last_level else output.holding
    if at < length:
        made.append(Piece("post", EpochKind.HOLD, at, length, after, after))
    return tuple(made)


def _holding(
    header: AbfHeader,
    output: DacOutput,
    replaced: Mapping[tuple[int, str], Replacement],
    sweep: int,
) -> float:
    """Return the level before a sweep's first epoch."""
    if output.level_after_train is not None:
        return output.level_after_train
    played = [epoch for epoch in output.epochs if epoch.kind]
    if not output.keeps_last_level or not played or sweep == 0:
        return output.holding
    if header.alternates and output.number in {0, 1}:
        raise UnknownWaveformError("its output alternates and also keeps each sweep's last level")
    return _parameter(played[-1], "level", replaced, sweep - 1)


def _parameter(
    epoch: EpochEntry,
    name: str,
    replaced: Mapping[tuple[int, str], Replacement],
    sweep: int,
) -> float:
    if (epoch.number, name) in replaced:
        return replaced[epoch.number, name].value(sweep)
    if name == "level":
        return epoch.level + epoch.level_step * sweep
    if name == "duration":
        return epoch.duration + epoch.duration_step * sweep
    return epoch.period if name == "period" else epoch.width


def _piece(
    epoch: EpochEntry,
    replaced: Mapping[tuple[int, str], Replacement],
    sweep: int,
    at: int,
    duration: int,
    before: float,
    holding: float,
) -> Piece:
    if not 0 <= epoch.number < MOST_EPOCHS:
        raise UnknownWaveformError(f"an epoch has number {epoch.number} (0 to {MOST_EPOCHS - 1})")
    label = epoch_label(epoch.number)
    kind = KINDS.get(epoch.kind)
    if kind is None:
        raise UnknownWaveformError(f"epoch {label} is of unknown type {epoch.kind}")
    level = _parameter(epoch, "level", replaced, sweep)
    period = int(_parameter(epoch, "period", replaced, sweep))
    width = int(_parameter(epoch, "width", replaced, sweep))
    if epoch.kind == _RESISTANCE:
        before, level, period, width = level, holding, duration, duration // 2
    if kind in _TRAINS and not (period > 0 and 0 <= width <= period):
        raise UnknownWaveformError(
            f"epoch {label} has pulses of {width} samples every {period} samples"
        )
    return Piece(label, kind, at, at + duration, before, level, period, width)


def epoch_label(number: int) -> str:
    """Return ``"A"`` to ``"Z"``, then ``"AA"``, ``"AB"``, ..."""
    first, second = divmod(number, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


class Rendered:
    """Samples made anew for each slice, so that an hour at one level costs nothing.

    Parameters
    ----------
    length : int
    make : callable (start, stop) -> array
        Returns samples ``start`` to ``stop`` in a new array.
    """

    def __init__(self, length: int, make: Callable[[int, int], Array]) -> None:
        self.shape = (length,)
        self.dtype: np.dtype[Any] = np.dtype(np.float64)
        self._make = make

    def __getitem__(self, key: slice, /) -> Array:
        start, stop, step = key.indices(self.shape[0])
        values = self._make(start, max(start, stop))
        return values if step == 1 else values[::step]


def render(made: Sequence[Piece], start: int, stop: int) -> Array:
    """Return samples ``start`` to ``stop`` of a sweep's waveform, in the output's unit."""
    values = np.empty(stop - start)
    for piece in made:
        first, last = max(piece.start, start), min(piece.stop, stop)
        if first < last:
            at = slice(first - start, last - start)
            values[at] = _SHAPES[piece.kind](piece, first - piece.start, last - piece.start)
    return values


def _flat(piece: Piece, first: int, last: int) -> float:
    return piece.level


def _ramp(piece: Piece, first: int, last: int) -> Array:
    step = (piece.level - piece.before) / (piece.stop - piece.start)
    return piece.before + step * (np.arange(first, last, dtype=np.float64) + 0.5)


def _train(
    piece: Piece, first: int, last: int, shape: Callable[[NDArray[np.int64]], Array]
) -> Array:
    """Return whole pulses of a shape (0 at the level before, 1 at the level), then the base."""
    length = piece.stop - piece.start
    rest = length % piece.period
    cut = piece.kind in {EpochKind.TRIANGLES, EpochKind.COSINE} or rest < piece.width
    at = np.arange(first, last)
    values = piece.before + (piece.level - piece.before) * shape(at % piece.period)
    if cut and rest:
        values[at >= length - rest] = piece.before
    return values


def _pulses(piece: Piece, first: int, last: int) -> Array:
    return _train(piece, first, last, lambda phase: (phase < piece.width).astype(np.float64))


def _biphasic(piece: Piece, first: int, last: int) -> Array:
    return _train(
        piece,
        first,
        last,
        lambda phase: np.where(phase < piece.width // 2, 1.0, -1.0 * (phase < piece.width)),
    )


def _triangles(piece: Piece, first: int, last: int) -> Array:
    rise, fall = max(piece.width, 1), max(piece.period - piece.width, 1)
    return _train(
        piece,
        first,
        last,
        lambda phase: np.where(
            phase < piece.width, phase / rise, 1.0 - (phase - piece.width) / fall
        ),
    )


def _cosine(piece: Piece, first: int, last: int) -> Array:
    return _train(
        piece, first, last, lambda phase: 0.5 - 0.5 * np.cos(2 * np.pi * phase / piece.period)
    )


_SHAPES: dict[EpochKind, Callable[[Piece, int, int], Array | float]] = {
    EpochKind.HOLD: _flat,
    EpochKind.STEP: _flat,
    EpochKind.RAMP: _ramp,
    EpochKind.PULSES: _pulses,
    EpochKind.TRIANGLES: _triangles,
    EpochKind.COSINE: _cosine,
    EpochKind.BIPHASIC: _biphasic,
}


def as_epoch(piece: Piece, rate: float, factor: float, channel: str) -> Epoch:
    """Return a stretch as an `Epoch` of a command channel.

    Parameters
    ----------
    piece : Piece
    rate : float [kHz]
        Of samples.
    factor : float
        From the output's unit to the channel's.
    channel : str
    """
    is_train = piece.kind in _TRAINS
    has_start = is_train or piece.kind is EpochKind.RAMP
    return Epoch(
        label=piece.label,
        kind=piece.kind,
        start=piece.start / rate,
        stop=piece.stop / rate,
        channel=channel,
        level=None if piece.kind is EpochKind.WAVEFORM else piece.level * factor,
        start_level=piece.before * factor if has_start else None,
        pulse_period=piece.period / rate if is_train else None,
        pulse_width=piece.width / rate if is_train else None,
    )
