"""Which stretch of which sweeps an impedance is made from, and what is left out.

The stretch is the longest waveform of the protocol. Sweeps that fire, saturate or miss samples are
left out, and so is an end of the stretch in which the response does not follow the command, as
where the rig stopped playing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.layout import Layout, Window, load
from loligo.analysis.steady import rises
from loligo.analysis.validity import implausible, not_a_signal
from loligo.recording import Channel, ClampMode, Epoch, EpochKind

SEGMENTS = 64
"""An end that does not follow is looked for in pieces of this fraction of the stretch."""

_NEIGHBOURS = 16
_FOLLOWS = 0.25
_SURE = 4.0
_MOST_LOST = 8


@dataclass(frozen=True)
class Stretch:
    """Samples of command and response of the sweeps that can be used.

    Attributes
    ----------
    window : Window
    epoch : str
    sampling_rate : float [kHz]
    before : float or None
        Level of the command before the stretch, where the protocol tells.
    sweeps : tuple of int
    command, response : (sweeps, time) arrays
    left_out : mapping of sweep index to reason
    caution : str
    """

    window: Window
    epoch: str
    sampling_rate: float
    before: float | None
    sweeps: tuple[int, ...]
    command: NDArray[np.float64]
    response: NDArray[np.float64]
    left_out: Mapping[int, str]
    caution: str = ""

    def upto(self, count: int, caution: str) -> Stretch:
        """Return its first `count` samples."""
        stop = self.window.start + count / self.sampling_rate
        return Stretch(
            Window(self.window.start, stop),
            self.epoch,
            self.sampling_rate,
            self.before,
            self.sweeps,
            self.command[:, :count],
            self.response[:, :count],
            self.left_out,
            caution,
        )


def waveforms(layout: Layout) -> dict[int, Epoch]:
    """Return the longest waveform of each sweep that has one."""
    found = {}
    for index, epochs in layout.epochs.items():
        played = [epoch for epoch in epochs if epoch.kind is EpochKind.WAVEFORM]
        if played:
            found[index] = max(played, key=lambda epoch: epoch.duration)
    return found


def stretch_of(layout: Layout, command: Channel, epochs: Mapping[int, Epoch]) -> Stretch | str:
    """Load the waveforms of all sweeps that can be used; the reason where none can."""
    chosen = max(epochs.values(), key=lambda epoch: epoch.duration)
    window = Window(chosen.start, chosen.stop)
    kept: list[int] = []
    rows: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    left_out: dict[int, str] = {}
    rate = 0.0
    for index in epochs:
        trace = layout.recording.trace(index, layout.response)
        played = layout.recording.trace(index, command)
        rate = rate or trace.sampling_rate
        first, last = trace.index(window.start), trace.index(window.stop)
        answer = trace.values(first, last)
        given = played.values(played.index(window.start), played.index(window.stop))
        same = trace.sampling_rate == rate == played.sampling_rate and given.size == answer.size
        if not same or (rows and answer.size != rows[0][0].size):
            left_out[index] = "sampled differently"
        elif not np.isfinite(answer).all() or not np.isfinite(given).all():
            left_out[index] = "missing values"
        else:
            whole = load(trace, Window(trace.start, trace.start + trace.duration))
            why = not_a_signal(trace, answer, whole) or _unusable(layout, answer)
            if why:
                left_out[index] = why
                continue
            rows.append((answer, given))
            kept.append(index)
    if not rows:
        return next(iter(left_out.values()))
    response, given = (np.array(part) for part in zip(*rows, strict=True))
    before = _level_before(layout.epochs[kept[0]], window)
    return Stretch(window, chosen.label, rate, before, tuple(kept), given, response, left_out)


def _unusable(layout: Layout, answer: NDArray[np.float64]) -> str:
    if not answer.size:
        return "no samples"
    if float(answer.min()) == float(answer.max()):
        return f"the same number ({answer[0]:.4g}) throughout the waveform"
    if layout.response.clamp_mode is not ClampMode.VOLTAGE_CLAMP and rises(answer):
        return "action potential or artefact"
    return implausible(float(np.median(answer)), layout.response.unit)


def _level_before(epochs: tuple[Epoch, ...], window: Window) -> float | None:
    levels = [
        epoch.level
        for epoch in epochs
        if epoch.stop <= window.start and epoch.kind in {EpochKind.HOLD, EpochKind.STEP}
    ]
    return levels[-1] if levels else None


def followed(response: NDArray[np.float64], expected: NDArray[np.float64]) -> int:
    """Return how many samples the response follows what is expected of it.

    Parameters
    ----------
    response, expected : (time,) arrays
        Mean over sweeps, and the response of a model to the command.

    Returns
    -------
    int
        All of them, or up to the first of the last 64ths of the stretch in each of which the
        response is less than a quarter of what is expected, and as far from it as none of the
        pieces before.
    """
    length = response.size // SEGMENTS
    if length < 8:
        return response.size
    start = response.size - length * SEGMENTS
    seen = _centred(response[start:].reshape(SEGMENTS, length))
    told = _centred(expected[start:].reshape(SEGMENTS, length))
    power = (told**2).sum(axis=1)
    gain = (seen * told).sum(axis=1) / np.maximum(power, 1e-300)
    lost = 0
    while lost < _MOST_LOST and gain[SEGMENTS - 1 - lost] < _FOLLOWS:
        lost += 1
    if not lost:
        return int(response.size)
    before = gain[: SEGMENTS - lost][-_NEIGHBOURS:]
    spread = 1.4826 * float(np.median(np.abs(before - 1)))
    if 1 - float(gain[SEGMENTS - lost :].max()) < _SURE * spread:
        return int(response.size)
    return int(response.size - lost * length)


def _centred(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows less the straight line through each."""
    line = np.linspace(-1, 1, rows.shape[1])
    flat = rows - rows.mean(axis=1, keepdims=True)
    found: NDArray[np.float64] = flat - np.outer(flat @ line / (line @ line), line)
    return found
