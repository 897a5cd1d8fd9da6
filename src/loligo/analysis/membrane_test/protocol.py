"""Which stretch of a protocol tests the membrane: small steps, and triangle ramps.

Sweeps with the same stretch are identical sweeps, to be averaged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from loligo.analysis.layout import Layout, same_level
from loligo.analysis.membrane_test.model import Command
from loligo.recording import Epoch, EpochKind

USUAL_STEP = 10.0
"""Of several steps, the one closest to this size is the test [mV]."""
LARGEST_STEP = 30.0
"""Larger steps open channels, so that the current is not the passive cell's [mV]."""
LARGEST_DEPOLARIZATION = 10.0
"""Of a step above the level before it [mV]."""
LARGEST_SLOPE_DIFFERENCE = 0.02
"""Both ramps of a triangle have one slope, within this share."""

_LONGEST_BEFORE = 50.0  # ms
_LONGEST_AFTER = 100.0
_LONGEST_STEP = 500.0
_CUT_STEP = 250.0
_CONSTANT = (EpochKind.HOLD, EpochKind.STEP)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One test in one sweep.

    Attributes
    ----------
    sweep : int
    epoch : str
        Label of the step, or of the first ramp.
    start, stop : float [ms]
        Of the samples to fit.
    edges : tuple of (float, float, float)
        Time after `start` [ms], jump [mV] and change of slope [mV/ms].
    is_ramp : bool
    caution : str
    base : float [mV]
        Command before the first edge.
    """

    sweep: int
    epoch: str
    start: float
    stop: float
    edges: tuple[tuple[float, float, float], ...]
    is_ramp: bool
    caution: str = ""
    base: float = 0.0

    @property
    def command(self) -> Command:
        """The command of the stretch, from its start."""
        times, jumps, slopes = zip(*self.edges, strict=True)
        return Command(np.array(times), np.array(jumps), np.array(slopes))

    @property
    def size(self) -> float:
        """Largest excursion of a step [mV]."""
        return abs(self.edges[0][1])

    @property
    def height(self) -> float:
        """Where the command goes first, relative to before, with its sign [mV]."""
        if not self.is_ramp:
            return self.edges[0][1]
        return self.edges[0][2] * (self.edges[1][0] - self.edges[0][0])


def tests(layout: Layout) -> dict[str, tuple[tuple[Stretch, ...], ...]]:
    """Return the membrane tests of a protocol by epoch label, identical sweeps together.

    Of steps of several sizes in one epoch, those closest to 10 mV come first, downward ones before
    upward ones; then the other steps downward.
    """
    groups: dict[str, list[Stretch]] = {}
    for index, epochs in layout.epochs.items():
        pieces = _merged(epochs)
        for place in range(1, len(pieces)):
            found = _step(index, pieces, place) or _triangle(index, pieces, place)
            if found is not None:
                groups.setdefault(found.epoch, []).append(found)
    return {label: _by_command(group) for label, group in groups.items()}


def _merged(epochs: tuple[Epoch, ...]) -> list[Epoch]:
    """Join neighbouring constant epochs of one level; the first label stays."""
    pieces: list[Epoch] = []
    for epoch in epochs:
        last = pieces[-1] if pieces else None
        if (
            last is not None
            and _is_constant(last)
            and _is_constant(epoch)
            and same_level(_level(last), _level(epoch))
        ):
            pieces[-1] = replace(last, stop=epoch.stop)
        else:
            pieces.append(epoch)
    return pieces


def _is_constant(epoch: Epoch) -> bool:
    return epoch.kind in _CONSTANT and epoch.level is not None


def _level(epoch: Epoch) -> float:
    return math.nan if epoch.level is None else epoch.level


def _start(pieces: list[Epoch], place: int) -> float:
    """Return where the baseline before a piece begins; its first half may hold a transient."""
    before = pieces[place - 1]
    length = before.duration if place == 1 else before.duration / 2
    return before.stop - min(length, _LONGEST_BEFORE)


def _step(index: int, pieces: list[Epoch], place: int) -> Stretch | None:
    before, step = pieces[place - 1], pieces[place]
    if not (_is_constant(before) and _is_constant(step)) or step.label in {"pre", "post"}:
        return None
    held = _level(pieces[0]) if _is_constant(pieces[0]) else _level(before)
    jump = _level(step) - _level(before)
    if not 0 < abs(jump) <= LARGEST_STEP or jump > LARGEST_DEPOLARIZATION:
        return None
    if same_level(_level(step), held) or _level(before) - held > LARGEST_DEPOLARIZATION:
        return None
    start = _start(pieces, place)
    edges = [(step.start - start, jump, 0.0)]
    stop = step.stop
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    if step.duration > _LONGEST_STEP:
        stop = step.start + _CUT_STEP
    elif after is not None and _is_constant(after):
        back = _level(after) - _level(step)
        edges.append((after.start - start, back, 0.0))
        stop = after.start + min(after.duration, step.duration, _LONGEST_AFTER)
    caution = "depolarizing step: voltage-gated currents may take part" if jump > 0 else ""
    base = _level(before)
    return Stretch(index, step.label, start, stop, tuple(edges), False, caution, base)


def _triangle(index: int, pieces: list[Epoch], place: int) -> Stretch | None:
    if place + 1 >= len(pieces):
        return None
    before, first, second = pieces[place - 1 : place + 2]
    ramps = all(e.kind is EpochKind.RAMP and e.level is not None for e in (first, second))
    if not ramps or not _is_constant(before):
        return None
    base = _level(before)
    height, end = _level(first) - base, _level(second) - base
    if not 0 < abs(height) <= LARGEST_STEP or height > LARGEST_DEPOLARIZATION:
        return None
    if abs(end) > 1e-3 * abs(height):
        return None
    start = _start(pieces, place)
    up, down = height / first.duration, -height / second.duration
    if abs(up + down) > LARGEST_SLOPE_DIFFERENCE * abs(up):
        return None
    after = pieces[place + 2] if place + 2 < len(pieces) else None
    held = after is not None and _is_constant(after) and same_level(_level(after), base)
    edges = [(first.start - start, 0.0, up), (second.start - start, 0.0, down - up)]
    stop = second.stop
    if held and after is not None:
        edges.append((second.stop - start, 0.0, -down))
        stop = after.start + min(after.duration, _LONGEST_AFTER)
    return Stretch(index, first.label, start, stop, tuple(edges), True, "", base)


def _by_command(group: list[Stretch]) -> tuple[tuple[Stretch, ...], ...]:
    """Return the stretches of each command, the one closest to the usual size first."""
    left = sorted(group, key=lambda found: (abs(found.size - USUAL_STEP), found.edges[0][1]))
    found: list[tuple[Stretch, ...]] = []
    while left:
        same = sorted((s for s in left if _is_same(s, left[0])), key=lambda entry: entry.sweep)
        if not found or left[0].edges[0][1] < 0:
            found.append(tuple(same))
        left = [entry for entry in left if entry not in same]
    return tuple(found)


def _is_same(a: Stretch, b: Stretch) -> bool:
    return (
        len(a.edges) == len(b.edges)
        and np.allclose(a.edges, b.edges, rtol=1e-3, atol=1e-6)
        and same_level(a.base, b.base)
        and abs((a.stop - a.start) - (b.stop - b.start)) < 1e-6
    )
