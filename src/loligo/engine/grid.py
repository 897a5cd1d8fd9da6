"""Where steps begin and end: on every edge of the protocol and on every sample.

A sweep is cut into stretches of equal steps. Each is no longer than the step asked for; a stretch
ends where the command has an edge, or where the distance to the next sample changes. Samples are
taken at whole multiples of the sampling interval, never interpolated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SimulationError
from loligo.protocol.segment import EDGE, Segment

NEVER = 1 << 60
"""``every`` of a stretch without samples."""

MOST_STEPS = 1 << 40
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Stretch:
    """Equal steps under one segment of the command.

    Attributes
    ----------
    segment : int
        Index of the segment.
    start, stop : float [ms]
    steps : int
    every, offset : int
        A sample is taken at step ``offset`` and every ``every`` steps after it.
    first_sample : int
        Index of the first sample of the stretch.
    opens : bool
        Whether it is the first stretch of its segment.
    """

    segment: int
    start: float
    stop: float
    steps: int
    every: int = NEVER
    offset: int = NEVER - 1
    first_sample: int = 0
    opens: bool = False

    @property
    def size(self) -> float:
        """Length of a step [ms]."""
        return (self.stop - self.start) / self.steps


def n_samples(duration: float, sampling: float) -> int:
    """Return how many samples are taken in the half-open interval from 0 to `duration`."""
    return max(0, math.ceil((duration - EDGE) / sampling))


@dataclass(frozen=True, slots=True)
class Opening:
    """Shorter steps after each edge of the command, where something fast follows it.

    Attributes
    ----------
    duration : float [ms]
    finer : int
        How many steps there are for one.
    """

    duration: float
    finer: int


def stretches(
    segments: tuple[Segment, ...],
    dt: float,
    sampling: float | None,
    opening: Opening | None = None,
) -> tuple[Stretch, ...]:
    """Cut a sweep into stretches.

    Parameters
    ----------
    segments : tuple of Segment
        The command, contiguous.
    dt : float [ms]
        Longest step.
    sampling : float [ms] or None
        Interval between samples, ``None`` for no samples.
    opening : Opening, optional

    Raises
    ------
    SimulationError
        More steps than can be counted.
    """
    found: list[Stretch] = []
    for index, segment in enumerate(segments):
        if segment.stop - segment.start <= 0.0:
            continue
        if (segment.stop - segment.start) / dt > MOST_STEPS:
            raise SimulationError(
                f"{segment.stop - segment.start:g} ms in steps of {dt:g} ms are too many steps"
            )
        ends = [segment.stop]
        if opening is not None and segment.start + opening.duration < segment.stop - EDGE:
            ends.insert(0, segment.start + opening.duration)
        parts, begin = [], segment.start
        for end in ends:
            step = dt / opening.finer if opening is not None and begin == segment.start else dt
            parts += _parts(begin, end, index, step, sampling)
            begin = end
        found += [
            Stretch(*part[:-3], *part[-3:], opens=number == 0) for number, part in enumerate(parts)
        ]
    return tuple(found)


_Part = tuple[int, float, float, int, int, int, int]


def _count(length: float, dt: float) -> int:
    return max(1, math.ceil(length / dt - _ROUNDING))


def _parts(start: float, stop: float, index: int, dt: float, sampling: float | None) -> list[_Part]:
    if sampling is None:
        return [(index, start, stop, _count(stop - start, dt), NEVER, NEVER - 1, 0)]
    first = math.ceil((start - EDGE) / sampling)
    last = math.floor((stop + EDGE) / sampling)
    if first * sampling >= stop - EDGE:
        return [(index, start, stop, _count(stop - start, dt), NEVER, NEVER - 1, 0)]
    parts: list[_Part] = []
    begin = first * sampling
    if begin > start + EDGE:
        parts.append((index, start, begin, _count(begin - start, dt), NEVER, NEVER - 1, 0))
    else:
        begin = start
    if last > first:
        each = _count(sampling, dt)
        end = last * sampling if last * sampling < stop - EDGE else stop
        parts.append((index, begin, end, each * (last - first), each, 0, first))
        begin = end
    if begin < stop - EDGE:
        parts.append((index, begin, stop, _count(stop - begin, dt), NEVER, 0, last))
    return parts


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """The steps of sweeps that share their edges and shapes, as arrays for a kernel.

    Attributes
    ----------
    stretches : tuple of Stretch
    steps, every, offset, first_sample : ndarray of int64, shape (stretch,)
    sizes, starts : ndarray of float64, shape (stretch,) [ms]
    waves : ndarray of int64, shape (stretch,)
        First row in `wave`; -1 where the command is constant.
    wave : ndarray of float64, shape (row, 3 or 3 for each of several commands)
        For each step of a shaped stretch. Where the command is a current or a conductance, or acts
        through a resistance: its mean over the step (twice) and its value at the start. Where it is
        the potential, or acts through a rig: its value at the start and the end of the step, and
        its rate of change.
    """

    stretches: tuple[Stretch, ...]
    steps: NDArray[np.int64]
    sizes: NDArray[np.float64]
    starts: NDArray[np.float64]
    every: NDArray[np.int64]
    offset: NDArray[np.int64]
    first_sample: NDArray[np.int64]
    waves: NDArray[np.int64]
    wave: NDArray[np.float64]

    @property
    def first_steps(self) -> NDArray[np.int64]:
        """How many steps of the sweep come before each stretch, shape (stretch,)."""
        return np.cumsum(self.steps + 1) - self.steps - 1

    @property
    def total_steps(self) -> int:
        """Steps of a sweep, those that end a stretch counted."""
        return int(self.steps.sum()) + len(self.stretches)


def grid_of(
    segments: tuple[Segment, ...],
    dt: float,
    sampling: float | None,
    *,
    holds_potential: bool,
    opening: Opening | None = None,
) -> Grid:
    """Return the steps of a sweep; see `stretches` and `Grid`."""
    parts = stretches(segments, dt, sampling, opening)
    return with_waves(
        parts, [wave(segments[p.segment], p, holds_potential=holds_potential) for p in parts]
    )


def with_waves(parts: tuple[Stretch, ...], tables: Sequence[NDArray[np.float64] | None]) -> Grid:
    """Return the grid of stretches and their tables; None where the command is constant."""
    sizes = [0 if table is None else table.shape[0] for table in tables]
    first = np.cumsum([0, *sizes])
    there = [table for table in tables if table is not None]

    def whole(values: list[int]) -> NDArray[np.int64]:
        return np.array(values, dtype=np.int64)

    return Grid(
        stretches=parts,
        steps=whole([p.steps for p in parts]),
        sizes=np.array([p.size for p in parts], dtype=np.float64),
        starts=np.array([p.start for p in parts], dtype=np.float64),
        every=whole([p.every for p in parts]),
        offset=whole([p.offset for p in parts]),
        first_sample=whole([p.first_sample for p in parts]),
        waves=whole([int(at) if size else -1 for at, size in zip(first, sizes, strict=False)]),
        wave=np.concatenate(there) if there else np.zeros((0, 3)),
    )


def wave(segment: Segment, part: Stretch, *, holds_potential: bool) -> NDArray[np.float64] | None:
    """Return the shape of the command at each step of a stretch; see `Grid`."""
    shape = segment.shape
    if shape is None:
        return None
    times = part.start - segment.start + part.size * np.arange(part.steps + 1)
    table = np.zeros((part.steps + 1, 3))
    if holds_potential:
        table[:, 0] = shape.value(times)
        table[:-1, 1], table[-1, 1] = table[1:, 0], table[-1, 0]
        table[:, 2] = shape.derivative(times)
        return table
    table[:-1, 0] = shape.mean(times[:-1], times[1:])
    table[-1, 0] = table[-2, 0]
    table[:, 1] = table[:, 0]
    table[:, 2] = shape.value(times)
    return table
