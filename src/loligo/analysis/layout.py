"""Where to look: what was commanded in each sweep of one response, as constant stretches and steps.

The analyses ask here for their windows, so that all of them mean the same by "the baseline before
the step" and "the steady state".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError
from loligo.recording import Basis, Channel, Epoch, EpochKind, Recording, Role, Trace
from loligo.recording.found_epochs import with_found_epochs

STEADY_FRACTION = 0.2
"""The steady state is the last fifth of a step."""
LONGEST_BASELINE = 250.0
"""A step's baseline is the last half of the stretch before it, at most this long [ms]."""

_MOST_SAMPLES = 1_000_000
_CONSTANT = (EpochKind.HOLD, EpochKind.STEP)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time [ms after the sweep's start]."""

    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the command in one sweep, with the windows to measure it in.

    `is_conditioned` tells whether the sweep went above its holding level before the step.
    """

    sweep: int
    epoch: str
    holding: float
    before: float
    level: float
    baseline: Window
    steady: Window
    whole: Window
    is_conditioned: bool = False


@dataclass(frozen=True)
class Layout:
    """The command of one response.

    Attributes
    ----------
    recording : Recording
    response : Channel
    command : Channel or None
        As the protocol states it.
    monitor : Channel or None
        The only channel that measured the command, where there is one.
    epochs : mapping of sweep index to tuple of Epoch
        Of that command, in order of time; stated by the file or else found in its samples.
    """

    recording: Recording
    response: Channel
    command: Channel | None
    monitor: Channel | None
    epochs: Mapping[int, tuple[Epoch, ...]]

    @property
    def sweeps(self) -> tuple[int, ...]:
        """Indices of the sweeps that hold the response."""
        return self.recording.sweeps_with(self.response)


def layout_of(recording: Recording, response: Channel | str | None = None) -> Layout:
    """Return the layout of a response (the only one by default).

    Raises
    ------
    SelectionError
        No such channel, not a response, or several to choose from.
    """
    recording = with_found_epochs(recording)
    if response is None:
        channel = recording.response
    else:
        channel = recording.channel(response if isinstance(response, str) else response.name)
        if channel.role is not Role.RESPONSE:
            raise SelectionError(f"{channel.name!r} is not a response, but {channel.role.value}")
    command = recording.command(channel)
    epochs: dict[int, tuple[Epoch, ...]] = {}
    monitor = None
    if command is not None:
        sweeps = recording.sweeps_with(channel)
        epochs = {index: _epochs(recording, index, command) for index in sweeps}
        measured = [
            c
            for c in recording.with_role(Role.MONITOR, channel.electrode)
            if c.unit == command.unit
        ]
        monitor = measured[0] if len(measured) == 1 else None
    return Layout(recording, channel, command, monitor, epochs)


def no_command(layout: Layout) -> str:
    """Say that there is no command, and what could serve as one."""
    recording, response = layout.recording, layout.response
    measured = [c.name for c in recording.with_role(Role.MONITOR, response.electrode)]
    which = " or ".join(repr(name) for name in measured)
    hint = f" (such as {which}, which measured it)" if measured else " (a channel or a file)"
    return f"the recording holds no command; read it with command={hint}"


def not_searched(layout: Layout) -> str:
    """Say that the command was too long to look for epochs in; nothing where it was not."""
    told = [f for f in layout.recording.findings if f.subject == "epochs"]
    return "".join(f"; steps were {f.evidence}" for f in told if f.basis is Basis.UNKNOWN)


def _epochs(recording: Recording, index: int, command: Channel) -> tuple[Epoch, ...]:
    epochs = (e for e in recording.sweep(index).epochs if e.channel in {command.name, ""})
    return tuple(sorted(epochs, key=lambda epoch: epoch.start))


def same_level(a: float, b: float) -> bool:
    """Tell whether two commanded levels are meant to be one (within 0.1 %, or 0.05 mV or pA)."""
    return math.isclose(a, b, rel_tol=1e-3, abs_tol=0.05)


def holding(epochs: tuple[Epoch, ...]) -> tuple[Window, float] | None:
    """Return the stretch at the sweep's first level, up to the first change, and that level."""
    if not epochs or epochs[0].kind not in _CONSTANT or epochs[0].level is None:
        return None
    level, stop = epochs[0].level, epochs[0].stop
    for epoch in epochs[1:]:
        if epoch.kind not in _CONSTANT or epoch.level is None:
            break
        if not same_level(epoch.level, level):
            break
        stop = epoch.stop
    return Window(epochs[0].start, stop), level


def holding_windows(layout: Layout) -> dict[int, tuple[Window, float]]:
    """Return each sweep's holding stretch, cut to the shortest of them, and its level."""
    found = {index: holding(epochs) for index, epochs in layout.epochs.items()}
    known = {index: pair for index, pair in found.items() if pair is not None}
    if not known:
        return {}
    stop = min(
        min(window.stop, _undisturbed(layout, index)) for index, (window, _) in known.items()
    )
    return {
        index: (Window(window.start, stop), level)
        for index, (window, level) in known.items()
        if stop > window.start
    }


def _undisturbed(layout: Layout, index: int) -> float:
    """Return when another output (light, pressure, a digital line) first changes in a sweep."""
    first = math.inf
    command = layout.command.name if layout.command is not None else ""
    by_channel: dict[str, list[Epoch]] = {}
    for epoch in layout.recording.sweep(index).epochs:
        if epoch.channel not in {command, ""}:
            by_channel.setdefault(epoch.channel, []).append(epoch)
    for name, epochs in by_channel.items():
        if layout.recording.channel(name).role is not Role.AUXILIARY:
            continue
        ordered = tuple(sorted(epochs, key=lambda epoch: epoch.start))
        held = holding(ordered)
        if ordered[0].start > 0:  # a digital line tells when it is on
            first = min(first, ordered[0].start)
        elif held is not None and held[0].stop < ordered[-1].stop:
            first = min(first, held[0].stop)
    return first


def steps(layout: Layout) -> dict[str, tuple[Step, ...]]:
    """Return the steps of the protocol by epoch label.

    A group counts where the command before it is the same in all sweeps, and where it is not
    merely the return to the holding level.
    """
    groups: dict[str, list[Step]] = {}
    for index, epochs in layout.epochs.items():
        start = holding(epochs)
        if start is None:
            continue
        for place in range(1, len(epochs)):
            step = _step(index, epochs, place, start[1])
            if step is not None:
                groups.setdefault(step.epoch, []).append(step)
    return {label: tuple(group) for label, group in groups.items() if _is_test(group)}


def _step(index: int, epochs: tuple[Epoch, ...], place: int, held: float) -> Step | None:
    epoch = epochs[place]
    if epoch.label in {"pre", "post"} or epoch.kind not in _CONSTANT or epoch.level is None:
        return None
    earlier = [e for e in epochs[:place] if e.kind in _CONSTANT and e.level is not None]
    if not earlier or epoch.duration <= 0:
        return None
    last = earlier[-1]
    level = last.level if last.level is not None else held
    begin = last.start
    for other in reversed(earlier[:-1]):
        if other.level is None or not same_level(other.level, level) or other.stop < begin:
            break
        begin = other.start
    length = min((last.stop - begin) / 2, LONGEST_BASELINE)
    return Step(
        sweep=index,
        epoch=epoch.label,
        holding=held,
        before=level,
        level=epoch.level,
        baseline=Window(last.stop - length, last.stop),
        steady=Window(epoch.stop - STEADY_FRACTION * epoch.duration, epoch.stop),
        whole=Window(epoch.start, epoch.stop),
        is_conditioned=any(_reaches_above(e, held) for e in epochs[:place]),
    )


def _reaches_above(epoch: Epoch, held: float) -> bool:
    levels = [level for level in (epoch.level, epoch.start_level) if level is not None]
    return any(level > held and not same_level(level, held) for level in levels)


def _is_test(group: list[Step]) -> bool:
    first = group[0]
    if not all(same_level(step.before, first.before) for step in group):
        return False
    return not all(same_level(step.level, step.holding) for step in group)


def load(trace: Trace, window: Window) -> NDArray[np.float64]:
    """Load a window; of a very long one, a hundred blocks spread evenly over it."""
    first, last = trace.index(window.start), trace.index(window.stop)
    if last - first <= _MOST_SAMPLES:
        return trace.values(first, last)
    length = _MOST_SAMPLES // 100
    starts = np.linspace(first, last - length, 100).astype(int)
    return np.concatenate([trace.values(int(at), int(at) + length) for at in starts])
