"""One smooth stretch of one sweep's command: what the engine integrates over."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.protocol.shapes import Shape

EDGE = 1e-6
"""Times closer to an edge than this belong to the stretch it begins [ms]: rounding, not physics."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The command ``offset + scale * shape(t - start)`` on the half-open interval [start, stop).

    Attributes
    ----------
    start, stop : float [ms]
        After the sweep's start.
    offset, scale : float
        In the protocol's internal unit (per unit of the shape).
    shape : Shape or None
        ``None`` where the command is constant at `offset`.
    charge : float [fC, or nC/cm2]
        Delivered at once at `start`, before the stretch.
    label : str
        Of the epoch it belongs to.
    """

    start: float
    stop: float
    offset: float
    scale: float = 0.0
    shape: Shape | None = None
    charge: float = 0.0
    label: str = ""

    def value(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the command at times `t` [ms after the sweep's start]."""
        times = np.asarray(t, dtype=np.float64)
        if self.shape is None:
            return np.full(times.shape, self.offset)
        return self.offset + self.scale * self.shape.value(times - self.start)

    def mean(self, t0: ArrayLike, t1: ArrayLike) -> NDArray[np.float64]:
        """Return the command's mean over each interval ``[t0, t1)`` [ms] within the segment."""
        start, stop = np.asarray(t0, dtype=np.float64), np.asarray(t1, dtype=np.float64)
        if self.shape is None:
            return np.full(np.broadcast_shapes(start.shape, stop.shape), self.offset)
        return self.offset + self.scale * self.shape.mean(start - self.start, stop - self.start)

    @property
    def end(self) -> float:
        """The level approached at `stop`."""
        return float(self.value(self.stop))

    def scaled(self, factor: float, around: float, rest: float) -> Segment:
        """Return the segment with its distance from `around` times `factor`, laid on `rest`."""
        return replace(
            self,
            offset=rest + factor * (self.offset - around),
            scale=factor * self.scale + 0.0,  # no negative zero
            charge=factor * self.charge + 0.0,
        )


def sample(segments: tuple[Segment, ...], times: ArrayLike, outside: float) -> NDArray[np.float64]:
    """Return a sweep's command at times [ms]; before its start and after its end, `outside`."""
    when = np.asarray(times, dtype=np.float64)
    values = np.full(when.shape, outside)
    if not segments:
        return values
    place = np.searchsorted([s.start for s in segments], when + EDGE, side="right") - 1
    within = (place >= 0) & (when + EDGE < segments[-1].stop)
    for index in np.unique(place[within]):
        chosen = within & (place == index)
        values[chosen] = segments[index].value(when[chosen])
    return values
