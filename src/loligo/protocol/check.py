"""What makes a protocol playable: one dimension, series of one length, labels given once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from loligo.errors import ModelError
from loligo.protocol.series import number
from loligo.units import INTERNAL_UNITS

if TYPE_CHECKING:
    from loligo.protocol.epoch import Epoch
    from loligo.protocol.protocol import Protocol

MOST_SWEEPS = 100_000


def main_sweeps(protocol: Protocol) -> int:
    """Return the number of sweeps that the series and `sweeps` agree on.

    Raises
    ------
    ModelError
        They do not agree.
    """
    lengths: dict[int, str] = {}
    if protocol.holding is not None and protocol.holding.varies:
        lengths[len(protocol.holding)] = "holding"
    for place, epoch in enumerate(protocol.epochs, 1):
        for name, count in epoch.counts():
            lengths.setdefault(count, f"{name} of epoch {place} ({epoch.verb})")
    given = protocol.sweeps
    if given != 1 or not lengths:
        lengths.setdefault(given, "sweeps")
    if len(lengths) > 1:
        told = ", ".join(f"{count} in {where}" for count, where in lengths.items())
        raise ModelError(
            f"series are played side by side, so they need the same number of values: {told}"
        )
    (count,) = lengths
    if not 1 <= count <= MOST_SWEEPS:
        raise ModelError(f"{count} sweeps; allowed are 1 to {MOST_SWEEPS}")
    return count


def check(protocol: Protocol) -> None:
    """Refuse what cannot be played.

    Raises
    ------
    ModelError
        See `Protocol`.
    """
    if not protocol.epochs:
        raise ModelError("a protocol needs at least one epoch, for example 'hold for 1 s'")
    _check_labels(protocol)
    _check_dimensions(protocol)
    for place, epoch in enumerate(protocol.epochs, 1):
        for sweep in range(protocol.sweeps):
            try:
                epoch.check(sweep)
            except ModelError as error:
                raise ModelError(f"epoch {place}, {str(epoch)[:120]!r}: {error}") from error
    _check_times(protocol)


def _check_labels(protocol: Protocol) -> None:
    counts = Counter(epoch.label for epoch in protocol.epochs if epoch.label)
    double = [label for label, count in counts.items() if count > 1]
    if double:
        raise ModelError(
            f"{double[0]!r} labels {counts[double[0]]} epochs; analysis finds its windows by "
            "label, so give each its own"
        )


def _check_dimensions(protocol: Protocol) -> None:
    holding = protocol.holding
    if holding is not None and holding.above_holding:
        raise ModelError(f"holding = {holding} is counted from itself")
    for where, found in _dimensions(protocol):
        if holding is None:
            raise ModelError(
                f"{where()} needs a holding level: give holding = '0 {INTERNAL_UNITS[found]}' or "
                "what it is; without one nothing is commanded (I=0)"
            )
        if found != holding.dimension:
            wanted = holding.dimension
            raise ModelError(
                f"{where()} commands {found.replace('_', ' ')}, holding = {holding} "
                f"{wanted.replace('_', ' ')}; a protocol commands one of them, here in "
                f"{INTERNAL_UNITS[wanted]}"
            )
    if holding is None and protocol.leak is not None:
        raise ModelError("without a holding level there is no leak to subtract")


def _dimensions(protocol: Protocol) -> Iterator[tuple[Callable[[], str], str]]:
    """Yield every place that decides the clamp, in words once asked for, with its dimension."""
    for place, epoch in enumerate(protocol.epochs, 1):
        for name, dimension in epoch.dimensions():
            yield partial(_where, name, place, epoch), dimension
    if protocol.leak is not None and protocol.leak.level is not None:
        yield partial("leak = {}".format, protocol.leak), protocol.leak.level.dimension


def _where(name: str, place: int, epoch: Epoch) -> str:
    return f"{name} of epoch {place}, {str(epoch)[:120]!r},"


def _check_times(protocol: Protocol) -> None:
    if protocol.sweep_interval is not None and protocol.sweep_interval.varies:
        raise ModelError(f"sweep_interval = {protocol.sweep_interval}: one value is needed")
    for sweep in range(protocol.sweeps):
        lengths = [epoch.length(sweep) for epoch in protocol.epochs]
        total = math.fsum(lengths)
        if total <= 0:
            raise ModelError(f"sweep {sweep} lasts 0 ms")
        last = max(place for place, length in enumerate(lengths) if length)
        late = [epoch for epoch in protocol.epochs[last + 1 :] if epoch.verb == "shock"]
        if late:
            raise ModelError(
                f"{str(late[0])!r} comes at the end of sweep {sweep}; it acts on the epoch after "
                "it, so add one, for example 'hold for 10 ms'"
            )
        interval = protocol.sweep_interval
        if interval is not None and interval.at(0) < total:
            raise ModelError(
                f"sweep_interval = {interval} is shorter than sweep {sweep}, which lasts "
                f"{number(total)} ms"
            )
