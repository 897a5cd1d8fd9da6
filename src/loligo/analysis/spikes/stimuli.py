"""Which stretches of a sweep are stimuli, and where the command jumps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from loligo.analysis.layout import Layout, holding, same_level
from loligo.recording import Epoch, EpochKind, Role
from loligo.recording.epoch_family import corresponding

_CONSTANT = (EpochKind.HOLD, EpochKind.STEP)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A stretch of one sweep in which the command departs from holding, in some sweep at least.

    Attributes
    ----------
    epoch : str
        Label.
    start, stop : float [ms]
        After the sweep's start; half open.
    level : float or None
        Of the command.
    is_step : bool
        Whether the command is constant.
    """

    epoch: str
    start: float
    stop: float
    level: float | None
    is_step: bool


def stimuli(layout: Layout) -> dict[int, tuple[Stimulus, ...]]:
    """Return the stimuli of each sweep.

    An epoch is a stimulus where the command is not constant in it, or not at the sweep's holding
    level, in at least one of the sweeps; so the step of a family that happens to be at the
    holding level counts too.
    """
    family = _family(layout)
    labels = {
        epoch.label for epochs in family.values() for epoch in epochs if _departs(epoch, epochs)
    }
    return {
        index: tuple(_stimulus(epoch) for epoch in epochs if epoch.label in labels)
        for index, epochs in family.items()
    }


def _family(layout: Layout) -> dict[int, tuple[Epoch, ...]]:
    """Return the epochs of each sweep, with the edges of the family where they are of one length.

    A command that stays at its holding level shows no edges of its own.
    """
    recording, response = layout.recording, layout.response
    lengths = {len(recording.trace(index, response)) for index in layout.epochs}
    if len(lengths) != 1:
        return dict(layout.epochs)
    return dict(zip(layout.epochs, corresponding(list(layout.epochs.values())), strict=True))


def _departs(epoch: Epoch, epochs: tuple[Epoch, ...]) -> bool:
    if epoch.label in {"pre", "post"} or epoch.duration <= 0:
        return False
    if epoch.kind not in _CONSTANT or epoch.level is None:
        return True
    held = holding(epochs)
    return held is not None and not same_level(epoch.level, held[1])


def _stimulus(epoch: Epoch) -> Stimulus:
    return Stimulus(
        epoch=epoch.label,
        start=epoch.start,
        stop=epoch.stop,
        level=epoch.level,
        is_step=epoch.kind in _CONSTANT,
    )


def edges_of(layout: Layout, sweep: int) -> tuple[list[float], list[float]]:
    """Return when the command of a sweep jumps, as the epochs say.

    Parameters
    ----------
    layout : Layout
    sweep : int

    Returns
    -------
    begins, ends : list of float [ms after the sweep's start]
        Ends of the pulses of a train, and edges of other outputs (a digital line that triggers a
        stimulator), apart; the other edges of the command together.
    """
    begins: list[float] = []
    ends: list[float] = []
    epochs = layout.epochs.get(sweep, ())
    for before, after in pairwise(epochs):
        level = after.start_level if after.kind is EpochKind.RAMP else after.level
        if before.level is None or level is None or not same_level(before.level, level):
            begins.append(after.start)
    for epoch in epochs:
        if epoch.pulse_period and epoch.pulse_width:
            starts = np.arange(epoch.start, epoch.stop, epoch.pulse_period)
            begins += starts.tolist()
            ends += (starts + epoch.pulse_width).tolist()
    return begins, ends + _edges_of_others(layout, sweep)


def _edges_of_others(layout: Layout, sweep: int) -> list[float]:
    """Return when another output of the rig switches in a sweep: its artefact may follow."""
    command = layout.command.name if layout.command is not None else ""
    found: list[float] = []
    for epoch in layout.recording.sweep(sweep).epochs:
        if epoch.channel in {command, ""}:
            continue
        if layout.recording.channel(epoch.channel).role is not Role.AUXILIARY:
            continue
        if epoch.pulse_period and epoch.pulse_width:
            starts = np.arange(epoch.start, epoch.stop, epoch.pulse_period)
            found += [*starts.tolist(), *(starts + epoch.pulse_width).tolist()]
        else:
            found += [epoch.start, epoch.stop]
    return found
