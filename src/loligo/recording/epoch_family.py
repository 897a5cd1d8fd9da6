"""Epochs of the sweeps of one protocol, made to correspond.

In one sweep of a family the step may be level with what surrounds it, so that the command alone
shows fewer epochs than in the other sweeps. The other sweeps tell where its edges are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loligo.recording.sweep import Epoch, EpochKind

JITTER = 0.1
"""Edges closer than this are the same edge [ms]."""

_LEVELS = (EpochKind.HOLD, EpochKind.STEP)


def corresponding(detected: Sequence[tuple[Epoch, ...]]) -> list[tuple[Epoch, ...]]:
    """Return the epochs of each sweep, split at the edges of the family where they were hidden.

    Parameters
    ----------
    detected : sequence of tuple of Epoch
        As `detect_epochs` finds them in commands of one channel, sampling and length.

    Returns
    -------
    list of tuple of Epoch
        Where the edges of every sweep are among those of the sweep with the most epochs, all sweeps
        have that sweep's labels and edges; otherwise everything is as it was.
    """
    found = list(detected)
    pattern = max(found, key=len, default=())
    if len(pattern) < 2 or not all(_fits(epochs, pattern) for epochs in found):
        return found
    return [
        _split(epochs, pattern) if 0 < len(epochs) < len(pattern) else epochs for epochs in found
    ]


def _fits(epochs: tuple[Epoch, ...], pattern: tuple[Epoch, ...]) -> bool:
    """Tell whether each edge is one of the pattern's, and only levels are to be split."""
    edges = [epoch.start for epoch in pattern]
    known = all(any(abs(e.start - edge) <= JITTER for edge in edges) for e in epochs)
    return known and all(
        epoch.kind in _LEVELS or len(_within(epoch, pattern)) == 1 for epoch in epochs
    )


def _within(epoch: Epoch, pattern: tuple[Epoch, ...]) -> list[Epoch]:
    """Return the epochs of the pattern that one epoch spans."""
    return [p for p in pattern if epoch.start <= (p.start + p.stop) / 2 < epoch.stop]


def _split(epochs: tuple[Epoch, ...], pattern: tuple[Epoch, ...]) -> tuple[Epoch, ...]:
    split: list[Epoch] = []
    base = epochs[0].level if epochs[0].kind in _LEVELS else None
    for epoch in epochs:
        parts = _within(epoch, pattern)
        for place, part in enumerate(parts):
            start = epoch.start if place == 0 else part.start
            stop = epoch.stop if place == len(parts) - 1 else part.stop
            at_base = epoch.kind in _LEVELS and epoch.level == base
            kind = EpochKind.HOLD if at_base else epoch.kind
            split.append(replace(epoch, label=part.label, kind=kind, start=start, stop=stop))
    return tuple(split)
