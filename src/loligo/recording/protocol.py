"""The protocol of a recording, from the epochs of its sweeps; and epochs from a protocol.

Where a file states its epochs, the protocol is what was played. Where epochs were found in the
samples of the command, it is what they add up to, and the protocol's source says so.
"""

from __future__ import annotations

import numpy as np

from loligo.errors import ModelError, SelectionError
from loligo.protocol import Protocol, Pulses, Series, Window
from loligo.protocol.series import LEVELS
from loligo.recording.channel import Channel, Role
from loligo.recording.protocol_columns import Column, columns_of
from loligo.recording.protocol_epochs import Context, played, series_of
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch, EpochKind, Trace
from loligo.units import resolve

_KINDS = {"hold": EpochKind.HOLD, "step": EpochKind.STEP, "ramp": EpochKind.RAMP}
_JITTER = 0.01
"""Most that the times from sweep to sweep may differ to be one interval [ms]."""


def protocol_of(recording: Recording, command: Channel | str | None = None) -> Protocol:
    """Return what was commanded in the sweeps of a recording.

    Parameters
    ----------
    recording : Recording
    command : Channel or str, optional
        The command channel; by default the one that the responses trust, where there is just one.

    Returns
    -------
    Protocol
        The one the recording keeps, if it does. Otherwise made of the epochs of each sweep that has
        the channel: what is the same in all sweeps is written once, the rest as series; stretches
        without a rule are samples. Its `source` says where the epochs come from.

    Raises
    ------
    SelectionError
        There is no command channel, or several to choose from.
    ModelError
        The channel is no command of an electrode; a sweep has no epochs, or epochs that leave gaps;
        or the sweeps play protocols that do not correspond.
    """
    channel = _command(recording, command)
    if channel.name in recording.protocols:
        return recording.protocols[channel.name]
    dimension = resolve(channel.unit).dimension if channel.unit else ""
    if dimension not in LEVELS:
        raise ModelError(
            f"{channel.name!r} is in {channel.unit or 'no unit'}; a protocol commands mV or pA"
        )
    indices = recording.sweeps_with(channel)
    traces = tuple(recording.trace(index, channel) for index in indices)
    columns = columns_of(recording, channel, indices)
    context = Context(dimension, traces, _holding(columns[0], dimension, traces))
    epochs = [epoch for column in columns for epoch in played(column, context)]
    detected = any(e.source == "detected" for column in columns for e in column.known)
    made = Protocol(
        recording.provenance.protocol,
        epochs,
        holding=context.holding,
        source=f"epochs of {channel.name!r} in {recording.provenance.source}, "
        + ("found in its samples" if detected else "as the file states them"),
    )
    return made.replace(
        sweeps=1 if made.varies else len(indices),
        sweep_interval=_interval(recording, indices, made),
    )


def _command(recording: Recording, command: Channel | str | None) -> Channel:
    if command is not None:
        return recording.channel(command if isinstance(command, str) else command.name)
    trusted = (recording.command(response) for response in recording.responses)
    found = {channel.name: channel for channel in trusted if channel is not None}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise SelectionError(f"name one command channel of {', '.join(map(repr, found))}")
    others = ", ".join(repr(c.name) for c in recording.with_role(Role.COMMAND))
    raise SelectionError(f"no response has a command channel; commands are {others or 'none'}")


def _holding(column: Column, dimension: str, traces: tuple[Trace, ...]) -> Series:
    """Return the level every sweep begins at."""
    first = [
        float(trace.values(0, 1)[0]) if level is None else level
        for level, trace in zip(column.begins(), traces, strict=True)
    ]
    return series_of(first, dimension)


def _interval(recording: Recording, indices: tuple[int, ...], protocol: Protocol) -> Series | None:
    """Return the time from sweep to sweep, where it is always the same and no sweep is longer."""
    steps = np.diff([recording.sweeps[index].start for index in indices])
    if steps.size == 0 or float(np.ptp(steps)) > _JITTER:
        return None
    longest = max(protocol.duration(sweep) for sweep in range(protocol.n_sweeps))
    interval = round(float(np.median(steps)), 6)
    return Series((interval,), "time") if interval >= longest else None


def epochs_from(protocol: Protocol, sweep: int, channel: str = "") -> tuple[Epoch, ...]:
    """Return the epochs a protocol plays in a sweep, as a recording has them.

    Parameters
    ----------
    protocol : Protocol
    sweep : int
    channel : str
        Name of the command channel.

    Returns
    -------
    tuple of Epoch
        Of kind waveform where the command follows no rule that recordings know; shocks, which take
        no time, are left out. An epoch without a label is called by its place, ``epoch 1``.

    Raises
    ------
    SelectionError
        There is no such sweep.
    """
    windows = [window for window in protocol.epochs_of(sweep) if window.segments]
    places = {id(epoch): place for place, epoch in enumerate(protocol.epochs, 1)}
    return tuple(
        _epoch(
            window, window.label or f"epoch {places[id(window.epoch)]}", protocol, sweep, channel
        )
        for window in windows
    )


def _epoch(window: Window, label: str, protocol: Protocol, sweep: int, channel: str) -> Epoch:
    epoch = window.epoch
    if isinstance(epoch, Pulses):
        main = protocol.main_sweep(sweep)
        offsets = [segment.offset for segment in window.segments]
        between = 2 if epoch.biphasic else 1
        return Epoch(
            label,
            EpochKind.BIPHASIC if epoch.biphasic else EpochKind.PULSES,
            window.start,
            window.stop,
            channel,
            level=offsets[0],
            start_level=offsets[between] if len(offsets) > between else protocol.rest(sweep),
            pulse_period=epoch.period.at(main),
            pulse_width=epoch.width.at(main),
        )
    kind = _KINDS.get(epoch.name(), EpochKind.WAVEFORM)
    return Epoch(
        label,
        kind,
        window.start,
        window.stop,
        channel,
        level=None if kind is EpochKind.WAVEFORM else window.last,
        start_level=window.first if kind is EpochKind.RAMP else None,
    )
