"""A sweep: the traces recorded together, and the labelled epochs of its protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError, suggest
from loligo.recording.rig_state import RigState
from loligo.recording.samples import Samples


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """One channel during one sweep: stored numbers and how to read them.

    Attributes
    ----------
    samples : Samples, shape (time,)
        As stored, not loaded until asked for.
    sampling_rate : float [kHz]
    gain, offset : float
        ``value = gain * stored + offset``, in the channel's unit.
    start : float [ms]
        Time of the first sample after the sweep's start.
    rig_state : RigState or None
        The amplifier's settings, on responses.
    """

    samples: Samples
    sampling_rate: float
    gain: float = 1.0
    offset: float = 0.0
    start: float = 0.0
    rig_state: RigState | None = None

    def __len__(self) -> int:
        return self.samples.shape[0]

    @property
    def duration(self) -> float:
        """Length [ms]."""
        return len(self) / self.sampling_rate

    @property
    def resolution(self) -> float:
        """Smallest difference the stored numbers can express; 0 for floating point."""
        return abs(self.gain) if self.samples.dtype.kind in "iu" else 0.0

    def values(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """Load samples ``start`` to ``stop`` (half open) in the channel's unit, as float64."""
        stored = np.asarray(self.samples[start:stop])
        if stored.dtype == np.float32:
            with np.errstate(invalid="ignore"):  # damaged numbers become NaN without a warning
                stored = stored.astype(np.float64)
        if self.gain == 1.0 and self.offset == 0.0:
            is_new = stored.base is None and stored.flags.writeable
            return stored.astype(np.float64, copy=not is_new)
        values = stored * np.float64(self.gain)
        if self.offset != 0.0:
            values += self.offset
        return values

    def window(self, start: float, stop: float) -> NDArray[np.float64]:
        """Load the samples of the half-open interval ``[start, stop)`` [ms after sweep start].

        What lies outside the trace is left out; an interval that ends before it starts is empty.
        """
        return self.values(self.index(start), self.index(stop))

    def index(self, time: float) -> int:
        """Return the index of the first sample at or after `time` [ms after sweep start]."""
        exact = (time - self.start) * self.sampling_rate
        return min(max(int(np.ceil(round(exact, 6))), 0), len(self))

    def times(self) -> NDArray[np.float64]:
        """Return the time of each sample [ms after sweep start]."""
        return self.start + np.arange(len(self)) / self.sampling_rate


class EpochKind(StrEnum):
    """What the command does during an epoch."""

    HOLD = "hold"
    STEP = "step"
    RAMP = "ramp"
    PULSES = "pulses"
    TRIANGLES = "triangles"
    COSINE = "cosine"
    BIPHASIC = "biphasic"
    WAVEFORM = "waveform"


@dataclass(frozen=True, slots=True)
class Epoch:
    """A labelled, half-open stretch ``[start, stop)`` of a sweep's command.

    Attributes
    ----------
    label : str
        ``"A"``, ``"B"``, ... as in the protocol; ``"pre"`` and ``"post"`` around it.
    kind : EpochKind
    start, stop : float [ms]
        After the sweep's start.
    channel : str
        The command channel it describes; ``""`` where the file has none.
    level : float or None
        Level held, or reached at the end of a ramp, in the command channel's unit.
    start_level : float or None
        Level at the start of a ramp; the base level of a train of pulses.
    pulse_period, pulse_width : float or None [ms]
    source : str
        ``"protocol"`` where the file states it, ``"detected"`` where it was found in the waveform.
    """

    label: str
    kind: EpochKind
    start: float
    stop: float
    channel: str = ""
    level: float | None = None
    start_level: float | None = None
    pulse_period: float | None = None
    pulse_width: float | None = None
    source: str = "protocol"

    @property
    def duration(self) -> float:
        """Length [ms]."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Tag:
    """A comment made while recording.

    Attributes
    ----------
    time : float [ms]
        After the start of the recording.
    text : str
    sweep : int or None
        Index of the sweep running, or last finished, at that time.
    """

    time: float
    text: str
    sweep: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Sweep:
    """The traces recorded together in one run of a protocol.

    Attributes
    ----------
    number : int
        As the file counts it.
    start : float [ms]
        After the start of the recording.
    traces : mapping of channel name to Trace
    epochs : tuple of Epoch
    description : str
        What the file says of this sweep (stimulus name, comment).
    """

    number: int
    start: float
    traces: Mapping[str, Trace]
    epochs: tuple[Epoch, ...] = ()
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "traces", dict(self.traces))

    @property
    def duration(self) -> float:
        """Time from the sweep's start to the end of its longest trace [ms]."""
        return max((t.start + t.duration for t in self.traces.values()), default=0.0)

    def trace(self, channel: str) -> Trace:
        """Return the trace of a channel.

        Raises
        ------
        SelectionError
            The channel was not recorded in this sweep.
        """
        try:
            return self.traces[channel]
        except KeyError:
            raise SelectionError(
                f"sweep {self.number} has no channel {channel!r}; {suggest(channel, self.traces)}"
            ) from None

    def epoch(self, label: str, channel: str | None = None) -> Epoch:
        """Return the epoch of a label (on one command channel, where there are several).

        Raises
        ------
        SelectionError
            None or more than one epoch carries the label.
        """
        found = [e for e in self.epochs if e.label == label and channel in (None, e.channel)]
        if len(found) == 1:
            return found[0]
        problem = "several epochs" if found else "no epoch"
        raise SelectionError(
            f"sweep {self.number} has {problem} labelled {label!r}; "
            f"{suggest(label, (e.label for e in self.epochs))}"
            + (
                f"; name the command channel, one of {sorted({e.channel for e in found})}"
                if found
                else ""
            )
        )
