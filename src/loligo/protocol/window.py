"""The epochs of one sweep, each at its place and with its smooth stretches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from loligo.protocol.epoch import Epoch, Place
from loligo.protocol.segment import Segment

if TYPE_CHECKING:
    from loligo.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Window:
    """One epoch in one sweep.

    Attributes
    ----------
    epoch : Epoch
    start, stop : float [ms]
        Half open; equal for a shock.
    first, last : float
        Level at the start, and approached at the end, in the protocol's internal unit.
    segments : tuple of Segment
        Contiguous from `start` to `stop`; none for a shock.
    """

    epoch: Epoch
    start: float
    stop: float
    first: float
    last: float
    segments: tuple[Segment, ...]

    @property
    def label(self) -> str:
        """The epoch's label; ``""`` for none."""
        return self.epoch.label


def windows_of(protocol: Protocol, sweep: int) -> tuple[Window, ...]:
    """Return the epochs of a sweep in order; those that last 0 ms in it are left out.

    Edges are sums of durations rounded once, so that they do not drift.
    """
    main = protocol.main_sweep(sweep)
    held = 0.0 if protocol.holding is None else protocol.holding.at(main)
    lengths = [epoch.length(main) for epoch in protocol.epochs]
    windows: list[Window] = []
    level, charge = held, 0.0
    for index, epoch in enumerate(protocol.epochs):
        start, stop = math.fsum(lengths[:index]), math.fsum(lengths[: index + 1])
        if epoch.charge_at(main) is not None:
            charge += epoch.charge_at(main) or 0.0
            windows.append(Window(epoch, start, start, level, level, ()))
        elif stop > start:
            made = epoch.segments(Place(main, start, stop, level, held))
            made = (replace(made[0], charge=charge), *made[1:]) if charge else made
            level, charge = made[-1].end, 0.0
            windows.append(Window(epoch, start, stop, float(made[0].value(start)), level, made))
    if protocol.leak is None or not protocol.is_leak(sweep):
        return tuple(windows)
    return tuple(_small(w, protocol.leak.factor, held, protocol.rest(sweep)) for w in windows)


def _small(window: Window, factor: float, held: float, rest: float) -> Window:
    """Return the copy of a window that leak subtraction plays."""
    first, last = (rest + factor * (level - held) for level in (window.first, window.last))
    segments = tuple(segment.scaled(factor, held, rest) for segment in window.segments)
    return replace(window, first=first, last=last, segments=segments)
