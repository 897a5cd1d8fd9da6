"""What of a recording is fitted: sweeps of one command together, in windows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError, SelectionError
from loligo.recording import Channel, Recording
from loligo.recording.limits import at_limit
from loligo.units import quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """The mean response of sweeps of one command.

    Attributes
    ----------
    recording : int
        Which of the fitted recordings.
    sweeps : tuple of int
        Indices.
    rate : float [kHz]
    command : ndarray, shape (time,)
    response : ndarray, shape (time,)
    windows : tuple of slice
        The samples that are fitted.
    """

    recording: int
    sweeps: tuple[int, ...]
    rate: float
    command: Array
    response: Array
    windows: tuple[slice, ...]

    @property
    def times(self) -> Array:
        """Of the samples, after the start of the sweep [ms]."""
        return np.arange(self.response.size) / self.rate

    def fitted(self, values: Array) -> Array:
        """Return what of an array over time lies in the windows, one after the other."""
        return np.concatenate([values[..., window] for window in self.windows], axis=-1)


def stretches(
    recording: Recording,
    number: int,
    windows: Sequence[tuple[Any, Any]] | None,
    sweeps: Iterable[int] | None,
    response: Channel | str | None,
) -> tuple[Stretch, ...]:
    """Return what is fitted of a recording.

    Parameters
    ----------
    recording : Recording
    number : int
        Its place among those fitted.
    windows : sequence of (quantity, quantity), optional
        After the start of each sweep; all of it by default.
    sweeps : iterable of int, optional
        All that hold response and command by default.
    response : Channel or str, optional

    Raises
    ------
    SelectionError
        No such sweep or response, or several to choose from; a window outside of a sweep.
    ModelError
        No command, samples that are not finite, or that are at the end of the digitizer's range in
        a window.
    """
    channel = (
        recording.response
        if response is None
        else recording.channel(response if isinstance(response, str) else response.name)
    )
    command = recording.command(channel)
    if command is None:
        raise ModelError(
            f"the recording holds no command of {channel.name!r}, under which the model could be "
            "put; read it with command= (a channel or a file)"
        )
    there = recording.sweeps_with(channel, command)
    chosen = there if sweeps is None else tuple(dict.fromkeys(sweeps))
    groups: dict[tuple[float, bytes], list[int]] = {}
    for index in chosen:
        if index not in there:
            raise SelectionError(f"sweep {index} does not hold {channel.name!r} and its command")
        groups.setdefault(_key(recording, index, channel, command), []).append(index)
    if not groups:
        raise SelectionError("no sweep to fit")
    found = []
    for (rate, _), members in groups.items():
        values = [recording.trace(index, channel).values() for index in members]
        mean = np.mean(values, axis=0)
        level = recording.trace(members[0], command).values()
        if not (np.isfinite(mean).all() and np.isfinite(level).all()):
            raise ModelError(f"sweep {members[0]} has samples that are not finite; leave it out")
        cut = _windows(windows, rate, mean.size)
        for index in members:
            _refuse_saturated(recording, index, channel, cut)
        found.append(Stretch(number, tuple(members), rate, level, mean, cut))
    return tuple(found)


def _key(
    recording: Recording, index: int, channel: Channel, command: Channel
) -> tuple[float, bytes]:
    response, level = recording.trace(index, channel), recording.trace(index, command)
    same = response.sampling_rate == level.sampling_rate and len(response) == len(level)
    if not same or response.start != level.start:
        raise ModelError(
            f"sweep {index}: {channel.name!r} and {command.name!r} are sampled at different times; "
            "resample one of them"
        )
    return response.sampling_rate, level.values().tobytes()


def _refuse_saturated(
    recording: Recording, index: int, channel: Channel, cut: tuple[slice, ...]
) -> None:
    trace = recording.trace(index, channel)
    if not trace.resolution:
        return
    out = np.flatnonzero(at_limit(trace, trace.values()))
    inside = [place for place in out if any(one.start <= place < one.stop for one in cut)]
    if inside:
        raise ModelError(
            f"sweep {index} is at the end of the digitizer's range in {len(inside)} samples, the "
            f"first at {inside[0] / trace.sampling_rate:.4g} ms; leave the sweep out (sweeps=) or "
            "fit windows without them"
        )


def _windows(given: Sequence[tuple[Any, Any]] | None, rate: float, size: int) -> tuple[slice, ...]:
    if given is None:
        return (slice(0, size),)
    found = []
    for pair in given:
        start, stop = (quantity(end, "time", name="window") for end in pair)
        first, last = math.ceil(start * rate - 1e-6), math.ceil(stop * rate - 1e-6)
        if not 0 <= first < last <= size:
            raise SelectionError(
                f"window {start:g} to {stop:g} ms; a sweep is from 0 to {size / rate:g} ms"
            )
        found.append(slice(first, last))
    found.sort(key=lambda window: window.start)
    for before, after in pairwise(found):
        if after.start < before.stop:
            raise SelectionError("windows overlap; a sample can be fitted once only")
    return tuple(found)
