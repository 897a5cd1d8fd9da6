"""A look at the samples: whether an input follows the command, and at what level it sits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.recording.io.abf.command import Played
from loligo.recording.io.abf.header import AbfHeader
from loligo.recording.io.abf.waveform import Piece
from loligo.recording.sweep import EpochKind

_WINDOW = 20.0
"""Longest stretch looked at before and after a step [ms]."""
_SWEEPS = 20
_SAMPLES = 2000
_FLAT = {EpochKind.HOLD, EpochKind.STEP}


@dataclass(frozen=True, slots=True)
class SampleEvidence:
    """Evidence from stored samples ``[sweep][channel]`` and the protocol's steps."""

    header: AbfHeader
    stored: Sequence[Sequence[NDArray[Any]]]
    played: Sequence[Played]

    def _channel(self, name: str) -> int:
        return [entry.name for entry in self.header.inputs].index(name)

    def level(self, name: str) -> float | None:
        """Return the median of samples spread over the first sweep."""
        channel = self._channel(name)
        stored, entry = self.stored[0][channel], self.header.inputs[channel]
        typical = float(np.median(stored[:: max(len(stored) // _SAMPLES, 1)]))
        return typical * entry.gain + entry.offset

    def effect(self, name: str) -> tuple[float, float] | None:
        """Return the largest shift at a step of the command, and the noise before it.

        Sweeps are averaged around each step, those of a downward step turned over, so that what
        does not follow the command averages out.
        """
        channel = self._channel(name)
        rows = [sweep[channel] for sweep in self.stored[:_SWEEPS]]
        window = max(int(_WINDOW / self.header.interval), 2)
        found = []
        for played in self.played:
            if played.unknown or played.is_constant:
                continue
            steps = [_steps(sweep) for sweep in played.sweeps[: len(rows)]]
            for at, width in _places(steps, window, min(map(len, rows))):
                turned = [
                    row[at - width : at + width] * np.sign(sizes[at])
                    for row, sizes in zip(rows, steps, strict=True)
                    if at in sizes
                ]
                found.append(_shift(np.mean(turned, axis=0), width))
        if not found:
            return None
        gain = abs(self.header.inputs[channel].gain)
        shift, noise = max(found)
        return shift * gain, noise * gain


def _steps(sweep: Sequence[Piece]) -> dict[int, float]:
    """Return position and size of each jump between flat stretches."""
    return {
        after.start: after.level - before.level
        for before, after in pairwise(sweep)
        if before.kind in _FLAT and after.kind in _FLAT and after.level != before.level
    }


def _places(steps: Sequence[dict[int, float]], window: int, length: int) -> list[tuple[int, int]]:
    """Return each step's position and the stretch free of other steps around it."""
    every = sorted({at for sizes in steps for at in sizes if at < length})
    bounds = [0, *every, length]
    places = []
    for before, at, after in zip(bounds, every, bounds[2:], strict=False):
        width = min(window, at - before, after - at)
        if width >= 2:
            places.append((at, width))
    return places


def _shift(mean: NDArray[np.float64], width: int) -> tuple[float, float]:
    before, after = mean[:width], mean[width:]
    return abs(float(after.mean() - before.mean())), float(before.std())
