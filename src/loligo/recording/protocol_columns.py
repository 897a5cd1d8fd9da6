"""The epochs of all sweeps side by side: one column for each epoch of the protocol.

A sweep may lack an epoch, where its duration is 0 in it; otherwise the sweeps have to correspond.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from loligo.errors import ModelError
from loligo.protocol.series import number
from loligo.recording.channel import Channel
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch, EpochKind

ROUNDING = 1e-6
"""Differences of time below this are rounding [ms]."""

Key = tuple[str, int]
"""A label and how often it has come before in its sweep."""


@dataclass(frozen=True, slots=True)
class Column:
    """One epoch of the protocol in every sweep; ``None`` in a sweep that lacks it."""

    label: str
    entries: tuple[Epoch | None, ...]

    @property
    def known(self) -> tuple[Epoch, ...]:
        """The epochs there are."""
        return tuple(entry for entry in self.entries if entry is not None)

    @property
    def filled(self) -> tuple[Epoch, ...]:
        """The epochs; where a sweep lacks one, another's stands for its levels."""
        return tuple(entry or self.known[0] for entry in self.entries)

    @property
    def kinds(self) -> set[EpochKind]:
        """What the command does in it, over all sweeps."""
        return {entry.kind for entry in self.known}

    def durations(self) -> list[float]:
        """Return the duration in each sweep [ms], 0 where the epoch is lacking."""
        return [round(e.stop - e.start, 9) if e is not None else 0.0 for e in self.entries]

    def begins(self) -> list[float | None]:
        """Return the level each sweep's epoch begins at, ``None`` where it is not known."""
        return [e.level if e.start_level is None else e.start_level for e in self.filled]


def columns_of(
    recording: Recording, channel: Channel, indices: Sequence[int]
) -> tuple[Column, ...]:
    """Return the epochs of a command channel, lined up over sweeps by label.

    Raises
    ------
    ModelError
        A sweep has no epochs, epochs that leave gaps, or others than the longest sweep has.
    """
    rows = [_row(recording, index, channel) for index in indices]
    if not rows:
        raise ModelError(f"no sweep has the channel {channel.name!r}")
    pattern = max((list(row) for row in rows), key=len)
    for index, row in zip(indices, rows, strict=True):
        if list(row) != [key for key in pattern if key in row]:
            raise ModelError(
                f"sweep {index} has the epochs {_listed(row)}, which are not those of the longest "
                f"sweep, {_listed(pattern)}; take sweeps of one protocol with recording.select"
            )
    return tuple(
        Column(" ".join(key[0].split()), tuple(row.get(key) for row in rows)) for key in pattern
    )


def _listed(keys: Sequence[Key] | dict[Key, Epoch]) -> str:
    return ", ".join(label or "(no label)" for label, _ in keys)


def _row(recording: Recording, index: int, channel: Channel) -> dict[Key, Epoch]:
    """Return the epochs of a sweep by label, without gaps from its start."""
    found = [e for e in recording.sweeps[index].epochs if e.channel in {channel.name, ""}]
    if not found:
        raise ModelError(
            f"sweep {index} has no epochs of {channel.name!r}; detect_epochs finds some"
        )
    seen: Counter[str] = Counter()
    row: dict[Key, Epoch] = {}
    at = 0.0
    for epoch in sorted(found, key=lambda epoch: epoch.start):
        if abs(epoch.start - at) > ROUNDING:
            what = "says nothing of" if epoch.start > at else "says two things of"
            low, high = sorted((at, epoch.start))
            raise ModelError(
                f"sweep {index} {what} {number(low)} to {number(high)} ms, before epoch "
                f"{epoch.label!r}"
            )
        row[epoch.label, seen[epoch.label]] = epoch
        seen[epoch.label] += 1
        at = epoch.stop
    return row
