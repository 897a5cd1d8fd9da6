"""Several protocols and synapses at once: sweeps as intervals in which each has one smooth stretch.

All edges of all protocols are step ends. A protocol that ends before the others goes on at its
level between sweeps; one with a single sweep plays it in every sweep of the others. Synapses are
activated in every sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.cell.synapse import Synapse
from loligo.engine.grid import Grid, Opening, stretches, wave, with_waves
from loligo.errors import ModelError
from loligo.protocol import Protocol
from loligo.protocol.segment import EDGE, Segment

Array = NDArray[np.float64]

Interval = tuple[Segment, ...]
"""What each protocol does in one interval of a sweep: a segment that covers it, whose charge is
delivered at the interval's start."""


Played = Protocol | Synapse


def n_sweeps(protocols: Sequence[Played]) -> int:
    """Return how many sweeps protocols have together.

    Raises
    ------
    ModelError
        They have different numbers of sweeps, other than one.
    """
    real = _protocols(protocols)
    counts = {protocol.n_sweeps for protocol in real}
    if len(counts - {1}) > 1:
        told = ", ".join(f"{p.name!r} {p.n_sweeps}" for p in real)
        raise ModelError(f"protocols must have one sweep, or as many as the others; got {told}")
    return max(counts)


def duration(protocols: Sequence[Played], sweep: int) -> float:
    """Return how long a sweep lasts [ms]: as long as the longest protocol."""
    return max(protocol.duration(_own(protocol, sweep)) for protocol in _protocols(protocols))


def intervals(protocols: Sequence[Played], sweep: int) -> tuple[Interval, ...]:
    """Return a sweep cut at all edges."""
    length = duration(protocols, sweep)
    played = [_played(protocol, sweep, length) for protocol in protocols]
    if len(played) == 1:
        return tuple((segment,) for segment in played[0])
    edges: list[float] = []
    for time in sorted(t for segments in played for s in segments for t in (s.start, s.stop)):
        if not edges or time > edges[-1] + EDGE:
            edges.append(time)
    return tuple(tuple(_within(segments, start) for segments in played) for start in edges[:-1])


def alike(protocols: Sequence[Played]) -> list[dict[int, tuple[Interval, ...]]]:
    """Return the sweeps that share edges and shapes, each by its number as its intervals."""
    found: dict[object, dict[int, tuple[Interval, ...]]] = {}
    for sweep in range(n_sweeps(protocols)):
        cut = intervals(protocols, sweep)
        key = tuple(tuple((s.start, s.stop, s.shape) for s in interval) for interval in cut)
        found.setdefault(key, {})[sweep] = cut
    return list(found.values())


def joint_grid(
    cut: tuple[Interval, ...],
    dt: float,
    sampling: float | None,
    held: Sequence[bool],
    opening: Opening | None = None,
) -> Grid:
    """Return the steps of a sweep; of `Grid.wave`, each protocol has three columns.

    Parameters
    ----------
    cut : tuple of Interval
    dt, sampling : float [ms]
    held : sequence of bool
        Whether each protocol's command is a potential itself.
    opening : Opening, optional
    """
    ruler = tuple(
        Segment(max(s.start for s in interval), min(s.stop for s in interval), 0.0)
        for interval in cut
    )
    parts = stretches(ruler, dt, sampling, opening)
    tables: list[Array | None] = []
    for part in parts:
        some = [
            wave(segment, part, holds_potential=is_held)
            for segment, is_held in zip(cut[part.segment], held, strict=True)
        ]
        if all(table is None for table in some):
            tables.append(None)
            continue
        still = np.zeros((part.steps + 1, 3))
        tables.append(np.hstack([still if table is None else table for table in some]))
    return with_waves(parts, tables)


def _protocols(played: Sequence[Played]) -> list[Protocol]:
    return [p for p in played if isinstance(p, Protocol)]


def _own(protocol: Protocol, sweep: int) -> int:
    return sweep if protocol.n_sweeps > 1 else 0


def _played(played: Played, sweep: int, length: float) -> tuple[Segment, ...]:
    """Return the segments of a protocol or synapse up to the end of the longest protocol."""
    if isinstance(played, Synapse):
        return played.segments(length)
    segments = tuple(s for s in played.segments(_own(played, sweep)) if s.stop > s.start)
    end = segments[-1].stop if segments else 0.0
    if end >= length - EDGE:
        return segments
    return (*segments, Segment(end, length, played.rest(_own(played, sweep))))


def _within(segments: tuple[Segment, ...], start: float) -> Segment:
    """Return the segment that covers an interval, its charge only where it begins there."""
    for segment in segments:
        if segment.start <= start + EDGE < segment.stop:
            begins = abs(segment.start - start) <= EDGE
            return segment if begins or not segment.charge else replace(segment, charge=0.0)
    raise AssertionError("segments are contiguous")
