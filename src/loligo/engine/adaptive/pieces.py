"""A protocol as pieces between which steps end: constant, a line, tones or a chirp.

Sampled waveforms become a piece for each sample, since the command jumps or bends there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.engine.support.shapes import (
    CONSTANT,
    EXPONENTIAL_CHIRP,
    LINEAR,
    LINEAR_CHIRP,
    TONES,
)
from loligo.protocol import Protocol
from loligo.protocol.segment import Segment
from loligo.protocol.shapes import Chirp, Samples, Sinusoid

Array = NDArray[np.float64]

PER_PERIOD = 32
"""Steps of a period at least, so that no step misses an oscillation."""


@dataclass(frozen=True, eq=False, slots=True)
class Pieces:
    """All sweeps of a protocol in pieces, as arrays for a kernel.

    Attributes
    ----------
    table : ndarray, shape (piece, 6)
        Start and stop [ms], offset and scale of the command, charge delivered at the start, and the
        longest step [ms].
    kinds : ndarray of int64, shape (piece, 3)
        Kind of shape, and where its numbers begin and end.
    numbers : ndarray
        Of the shapes.
    sweeps : ndarray of int64, shape (sweep, 2)
        Where the pieces of each sweep begin and end.
    """

    table: Array
    kinds: NDArray[np.int64]
    numbers: Array
    sweeps: NDArray[np.int64]


def pieces_of(protocol: Protocol) -> Pieces:
    """Return the pieces of a protocol."""
    tables, kinds, numbers, sweeps = [np.zeros((0, 6))], [np.zeros((0, 3))], _Numbers([]), []
    count = 0
    for sweep in range(protocol.n_sweeps):
        first = count
        for segment in protocol.segments(sweep):
            if segment.stop <= segment.start:
                continue
            table, kind = _of_segment(segment, numbers)
            tables.append(table)
            kinds.append(kind)
            count += table.shape[0]
        sweeps.append((first, count))
    return Pieces(
        table=np.concatenate(tables),
        kinds=np.concatenate(kinds).astype(np.int64),
        numbers=np.array(numbers.values, dtype=np.float64),
        sweeps=np.array(sweeps, dtype=np.int64).reshape(-1, 2),
    )


@dataclass
class _Numbers:
    values: list[float]

    def put(self, kind: int, values: list[float]) -> tuple[int, int, int]:
        first = len(self.values)
        self.values += values
        return kind, first, len(self.values)


def _of_segment(segment: Segment, numbers: _Numbers) -> tuple[Array, Array]:
    shape, longest = segment.shape, math.inf
    if isinstance(shape, Samples):
        table, kind = _of_samples(segment, shape)
        table[0, 4] = segment.charge
        return table, kind
    if shape is None:
        kinds = numbers.put(CONSTANT, [])
    elif isinstance(shape, Sinusoid):
        turn = 2 * math.pi
        tones = [(w, turn * f, turn * p) for w, f, p in shape.tones]
        kinds = numbers.put(TONES, [x for tone in tones for x in tone])
        longest = _longest(max((abs(f) for _, f, _ in shape.tones), default=0.0))
    elif isinstance(shape, Chirp):
        kinds = _of_chirp(shape, numbers)
        longest = _longest(max(abs(shape.start), abs(shape.stop)))
    else:
        kinds = numbers.put(LINEAR, [])
    row = [segment.start, segment.stop, segment.offset, segment.scale, segment.charge, longest]
    return np.array([row]), np.array([kinds], dtype=np.float64)


def _longest(frequency: float) -> float:
    return 1.0 / (PER_PERIOD * frequency) if frequency > 0.0 else math.inf


def _of_chirp(shape: Chirp, numbers: _Numbers) -> tuple[int, int, int]:
    turn = 2 * math.pi * shape.start
    if shape.spacing == "linear" or shape.start == shape.stop:
        bend = math.pi * (shape.stop - shape.start) / shape.duration
        return numbers.put(LINEAR_CHIRP, [turn, bend])
    growth = math.log(shape.stop / shape.start) / shape.duration
    return numbers.put(EXPONENTIAL_CHIRP, [turn / growth, growth])


def _of_samples(segment: Segment, shape: Samples) -> tuple[Array, Array]:
    """Return a piece for each run of equal samples, or for each line between two samples."""
    length, values = segment.stop - segment.start, shape.array
    count = min(values.size, max(1, math.ceil(length / shape.interval - 1e-6)))
    values = values[: count + 1]
    kind, slopes = CONSTANT, np.zeros(count)
    kept = np.append(True, np.diff(values[:count]) != 0.0)
    if shape.interpolation == "linear":
        kind = LINEAR
        rises = np.diff(np.append(values, values[-1]))[:count] / shape.interval
        slopes, kept = rises, np.ones(count, dtype=bool)
    places = np.flatnonzero(kept)
    table = np.zeros((places.size, 6))
    table[:, 0] = segment.start + shape.interval * places
    table[:, 1] = np.append(table[1:, 0], segment.stop)
    table[:, 2] = segment.offset + segment.scale * values[places]
    table[:, 3] = segment.scale * slopes[places]
    table[:, 5] = math.inf
    kinds = np.zeros((places.size, 3))
    kinds[:, 0] = kind
    return table, kinds
