"""Where nothing is done to the cell: the stretches noise, hum and the baseline are measured in.

Quiet is what lies at the first level of every output (command, light, pressure, digital lines),
less the time the cell takes to settle after a change. It is cut into segments of at most half a
second, so that drift over seconds is not taken for noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.layout import Layout, Window, holding, no_command, not_searched, same_level
from loligo.analysis.validity import is_at_limit
from loligo.recording import ClampMode, Epoch, EpochKind, Role

LONGEST = 500.0
"""Length of a segment [ms]; ipfx's slow noise has the same."""
SETTLING = 500.0
"""Left out after an output changed, at most half of the stretch [ms]."""
GAP_FREE = 30_000.0
"""A single sweep this long without any command counts as quiet throughout [ms]."""

_MOVES = {"mV": 1.0, "pA": 10.0}
_PARTS = 5
_SHORTEST, _ENOUGH = 5.0, 100.0
_FEWEST_SAMPLES = 50
_MOST_SAMPLES = 2_000_000
_CONSTANT = (EpochKind.HOLD, EpochKind.STEP)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Samples of an undisturbed stretch.

    Attributes
    ----------
    sweep : int
    start : float [ms after the sweep's start]
    sampling_rate : float [kHz]
    values : (n,) array
    resolution : float
        Step of the digitizer, as far as the file tells.
    is_before, is_after : bool
        Whether it lies before the sweep's first and after its last change of an output.
    """

    sweep: int
    start: float
    sampling_rate: float
    values: NDArray[np.float64]
    resolution: float
    is_before: bool
    is_after: bool

    @property
    def duration(self) -> float:
        """Length [ms]."""
        return self.values.size / self.sampling_rate


def quiet_segments(layout: Layout) -> tuple[tuple[Segment, ...], str]:
    """Return the quiet segments of a response, in order of time; why there are none.

    Segments with missing numbers, at the digitizer's limit or of one number throughout are left
    out. Of very much data, evenly spread segments are taken.
    """
    windows = {index: _windows(layout, index) for index in layout.sweeps}
    longest = max((w.stop - w.start for found in windows.values() for w in found), default=0.0)
    if longest == 0.0:
        return (), _none(layout)
    least = _ENOUGH if longest >= _ENOUGH else _SHORTEST
    pieces = [
        (index, piece)
        for index, found in windows.items()
        for window in found
        if window.stop - window.start >= least
        for piece in _cut(window)
    ]
    if not pieces:
        return (), f"the longest stretch at rest lasts {longest:.3g} ms; {_SHORTEST:g} are needed"
    loaded = [_load(layout, index, piece) for index, piece in _thinned(layout, pieces)]
    kept = tuple(segment for segment in loaded if segment is not None)
    why = (
        "" if kept else "no stretch at rest holds a signal: out of range, missing or all one number"
    )
    return kept, "" if kept else why


def _none(layout: Layout) -> str:
    if layout.command is None:
        return f"no stretch is known to be at rest: {no_command(layout)}"
    return f"no sweep begins with a constant command{not_searched(layout)}"


def _windows(layout: Layout, index: int) -> list[Window]:
    """Return the quiet stretches of a sweep, settling taken off."""
    trace = layout.recording.trace(index, layout.response)
    start, stop = trace.start, trace.start + trace.duration
    busy = _busy(layout, index)
    if busy is None:
        return []
    found, at, is_settled = [], start, True
    for begin, end in [*sorted(busy), (stop, stop)]:
        if begin > at:
            settling = 0.0 if is_settled else min(SETTLING, (begin - at) / 2)
            found.append(Window(at + settling, min(begin, stop)))
        if end > at:
            at, is_settled = end, False
    return [window for window in found if window.stop > window.start]


def _busy(layout: Layout, index: int) -> list[tuple[float, float]] | None:
    """Return when an output was away from its first level; nothing where that is not known."""
    recording, command = layout.recording, layout.command
    busy: list[tuple[float, float]] = []
    if command is None:
        whole = layout.response.clamp_mode is ClampMode.ZERO_CURRENT
        if not (whole or _is_gap_free(layout, index)):
            return None
    else:
        epochs = layout.epochs.get(index, ())
        held = holding(epochs)
        if held is None:
            return None
        busy = _away(epochs, held[1])
    name = command.name if command is not None else ""
    others: dict[str, list[Epoch]] = {}
    for epoch in recording.sweep(index).epochs:
        if epoch.channel not in {name, ""} and (
            recording.channel(epoch.channel).role is Role.AUXILIARY
        ):
            others.setdefault(epoch.channel, []).append(epoch)
    for found in others.values():
        ordered = tuple(sorted(found, key=lambda epoch: epoch.start))
        held = holding(ordered) if ordered[0].start <= 0 else None  # a digital line tells when on
        busy += _away(ordered, held[1] if held else None)
    return busy


def _is_gap_free(layout: Layout, index: int) -> bool:
    alone = not layout.recording.with_role(Role.MONITOR, layout.response.electrode)
    long = layout.recording.trace(index, layout.response).duration >= GAP_FREE
    return alone and long and len(layout.sweeps) == 1


def _away(epochs: tuple[Epoch, ...], level: float | None) -> list[tuple[float, float]]:
    return [
        (epoch.start, epoch.stop)
        for epoch in epochs
        if epoch.kind not in _CONSTANT
        or epoch.level is None
        or level is None
        or not same_level(epoch.level, level)
    ]


def _cut(window: Window) -> list[Window]:
    count = int(np.ceil((window.stop - window.start) / LONGEST - 1e-9))
    edges = np.linspace(window.start, window.stop, count + 1)
    return [Window(float(a), float(b)) for a, b in pairwise(edges)]


def _thinned(layout: Layout, pieces: list[tuple[int, Window]]) -> list[tuple[int, Window]]:
    rates = {
        index: layout.recording.trace(index, layout.response).sampling_rate for index, _ in pieces
    }
    total = sum((piece.stop - piece.start) * rates[index] for index, piece in pieces)
    if total <= _MOST_SAMPLES:
        return pieces
    count = max(int(len(pieces) * _MOST_SAMPLES / total), 1)
    chosen = np.unique(np.linspace(0, len(pieces) - 1, count).round().astype(int))
    return [pieces[i] for i in chosen]


def _is_held(layout: Layout, index: int, window: Window) -> bool:
    """Tell whether a command whose epochs were found in its samples stays at the level found."""
    held = holding(layout.epochs.get(index, ()))
    if layout.command is None or held is None or layout.epochs[index][0].source != "detected":
        return True
    samples = layout.recording.trace(index, layout.command).window(window.start, window.stop)
    least = _MOVES.get(layout.command.unit, float("inf"))
    parts = np.array_split(samples, _PARTS)
    return all(part.size == 0 or abs(float(part.mean()) - held[1]) <= least for part in parts)


def _load(layout: Layout, index: int, window: Window) -> Segment | None:
    trace = layout.recording.trace(index, layout.response)
    values = trace.window(window.start, window.stop)
    if values.size < _FEWEST_SAMPLES or not np.isfinite(values).all():
        return None
    if is_at_limit(trace, values) or float(values.min()) == float(values.max()):
        return None
    if not _is_held(layout, index, window):
        return None
    busy = _busy(layout, index) or []
    return Segment(
        index,
        window.start,
        trace.sampling_rate,
        values,
        trace.resolution,
        is_before=all(window.stop <= begin for begin, _ in busy),
        is_after=bool(busy) and all(window.start >= end for _, end in busy),
    )
