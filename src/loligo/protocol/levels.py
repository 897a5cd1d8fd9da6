"""Epochs of constant levels and straight lines: hold, step, ramp, pulses; and the shock."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from loligo.errors import ModelError
from loligo.protocol.epoch import Clause, Epoch, Place
from loligo.protocol.fields import Charge, Duration, Interval, Level
from loligo.protocol.segment import Segment
from loligo.protocol.series import number
from loligo.protocol.shapes import Linear

CARRIER = {"charge": "current", "charge_density": "current_density"}
"""What carries a charge of each dimension."""

_ROUNDING = 1e-9


class Hold(Epoch):
    """Stay at, or go back to, the holding level.

    Parameters
    ----------
    duration : time
    label : str

    Examples
    --------
    >>> print(Hold("100 ms", "baseline"))
    hold for 100 ms as baseline
    """

    verb: Literal["hold"] = "hold"
    duration: Duration

    clauses: ClassVar[tuple[Clause, ...]] = (Clause("for", "duration"),)

    def __init__(self, duration: Any, label: str = "") -> None:
        super().__init__(duration=duration, label=label)

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one stretch at the holding level."""
        return (Segment(place.start, place.stop, place.holding, label=self.label),)


class Step(Epoch):
    """Go to a level and stay there.

    Parameters
    ----------
    level : level
        Its unit decides the clamp.
    duration : time
    label : str

    Examples
    --------
    >>> print(Step("-60..60 mV by 10 mV", "500 ms", "test"))
    step -60..60 mV by 10 mV for 500 ms as test
    """

    verb: Literal["step"] = "step"
    level: Level
    duration: Duration

    clauses: ClassVar[tuple[Clause, ...]] = (Clause("", "level"), Clause("for", "duration"))

    def __init__(self, level: Any, duration: Any, label: str = "") -> None:
        super().__init__(level=level, duration=duration, label=label)

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one stretch at the level."""
        return (Segment(place.start, place.stop, place.level(self.level), label=self.label),)


class Ramp(Epoch):
    """Go to a level along a straight line.

    Parameters
    ----------
    level : level
        Where the ramp ends.
    duration : time
    label : str
    start : level, optional
        Where it begins; where the command was, by default.

    Examples
    --------
    >>> print(Ramp("40 mV", "1 s", start="-80 mV"))
    ramp from -80 mV to 40 mV for 1 s
    """

    verb: Literal["ramp"] = "ramp"
    start: Level | None = None
    level: Level
    duration: Duration

    clauses: ClassVar[tuple[Clause, ...]] = (
        Clause("from", "start"),
        Clause("to", "level"),
        Clause("for", "duration"),
    )

    def __init__(self, level: Any, duration: Any, label: str = "", *, start: Any = None) -> None:
        super().__init__(level=level, duration=duration, label=label, start=start)

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one straight line, whose scale is the slope."""
        begin = place.before if self.start is None else place.level(self.start)
        slope = (place.level(self.level) - begin) / (place.stop - place.start)
        return (Segment(place.start, place.stop, begin, slope, Linear(), label=self.label),)


class Pulses(Epoch):
    """Give a train of equal pulses, as many whole ones as fit.

    Parameters
    ----------
    level : level
        Of the pulses.
    width : time
        Of each pulse.
    period : time
        From the start of one to the start of the next.
    duration : time
        Of the train; it begins with a pulse.
    label : str
    base : level, optional
        Between pulses; the holding level by default.
    biphasic : bool
        The second half of each pulse mirrors the first about the base, so that no charge is left.

    Examples
    --------
    >>> print(Pulses("1 nA", "2 ms", "20 ms", "100 ms", "train"))
    pulses 1000 pA of 2 ms every 20 ms for 100 ms as train
    """

    verb: Literal["pulses"] = "pulses"
    level: Level
    width: Interval
    period: Interval
    duration: Duration
    base: Level | None = None
    biphasic: bool = False

    clauses: ClassVar[tuple[Clause, ...]] = (
        Clause("", "level"),
        Clause("of", "width"),
        Clause("every", "period"),
        Clause("for", "duration"),
        Clause("from", "base"),
        Clause("biphasic", "biphasic", True),
    )

    def __init__(
        self,
        level: Any,
        width: Any,
        period: Any,
        duration: Any,
        label: str = "",
        *,
        base: Any = None,
        biphasic: bool = False,
    ) -> None:
        super().__init__(
            level=level,
            width=width,
            period=period,
            duration=duration,
            label=label,
            base=base,
            biphasic=biphasic,
        )

    def check(self, sweep: int) -> None:
        """Refuse pulses that overlap, or a train that has room for none."""
        width, period = self.width.at(sweep), self.period.at(sweep)
        duration = self.duration.at(sweep)
        if width > period:
            raise ModelError(
                f"pulses of {number(width)} ms every {number(period)} ms overlap in sweep {sweep}"
            )
        if 0 < duration < width * (1 - _ROUNDING):
            raise ModelError(
                f"in sweep {sweep} a pulse of {number(width)} ms does not fit in "
                f"{number(duration)} ms"
            )

    def count(self, sweep: int) -> int:
        """Return how many pulses there are in a sweep."""
        duration, width = self.duration.at(sweep), self.width.at(sweep)
        if duration == 0:
            return 0
        room = (duration - width) / self.period.at(sweep)
        return int(np.floor(room + _ROUNDING)) + 1

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return each pulse and each stretch between two."""
        period, width = self.period.at(place.sweep), self.width.at(place.sweep)
        level, base = place.level(self.level), place.level(self.base)
        mirrored = [(width / 2, 2 * base - level)] if self.biphasic else []
        parts = [(0.0, level), *mirrored, (width, base)]
        edges: list[tuple[float, float]] = []
        for pulse in range(self.count(place.sweep)):
            begin = place.start + pulse * period
            if edges and edges[-1][0] >= begin - _ROUNDING:
                edges.pop()  # the pulses touch: there is no base between them
            edges += [(begin + after, value) for after, value in parts]
        if edges[-1][0] >= place.stop - _ROUNDING:
            edges.pop()
        bounds = [*edges, (place.stop, base)]
        return tuple(
            Segment(start, stop, value, label=self.label)
            for (start, value), (stop, _) in pairwise(bounds)
        )


class Shock(Epoch):
    """Deliver a charge at once, at the start of the epoch that follows; it takes no time.

    Parameters
    ----------
    charge : charge or charge density
        Positive depolarizing.
    label : str

    Notes
    -----
    On a membrane of capacitance C it moves the potential by charge / C.

    Examples
    --------
    >>> print(Shock("10 nC/cm2", "first"))
    shock 10 nC/cm2 as first
    """

    verb: Literal["shock"] = "shock"
    charge: Charge

    clauses: ClassVar[tuple[Clause, ...]] = (Clause("", "charge"),)

    def __init__(self, charge: Any, label: str = "") -> None:
        super().__init__(charge=charge, label=label)

    def dimensions(self) -> Iterator[tuple[str, str]]:
        """Yield the dimension of the current that carries the charge."""
        yield "charge", CARRIER[self.charge.dimension]

    def charge_at(self, sweep: int) -> float:
        """Return the charge delivered in a sweep."""
        return self.charge.at(sweep)

    def length(self, sweep: int) -> float:
        """Return 0 [ms]."""
        return 0.0

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return nothing: the charge goes to the stretch that follows."""
        return ()
