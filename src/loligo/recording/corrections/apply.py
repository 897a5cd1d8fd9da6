"""How a correction changes a recording: new traces, the old ones beside them, and the record.

The response as it was recorded stays in the recording as an auxiliary channel named
``<response> as recorded``, made at the first correction. So it is written to NWB with the corrected
one, and `uncorrected` gives back the recording as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel, Role
from loligo.recording.corrections.check import Target
from loligo.recording.corrections.number import Measured
from loligo.recording.provenance import Correction
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch, Sweep, Trace

SUFFIX = " as recorded"
"""Ends the name of the channel that keeps what was recorded."""

_EVIDENCE = "what was recorded, before corrections"


def recorded_channel(recording: Recording, channel: Channel | str) -> Channel | None:
    """Return the channel that keeps what was recorded of a corrected one, if there is one."""
    name = (channel if isinstance(channel, str) else channel.name) + SUFFIX
    for entry in recording.channels:
        if entry.name == name and entry.evidence == _EVIDENCE:
            return entry
    return None


def record(
    found: Target,
    name: str,
    number: Measured,
    definition: str,
    parameters: dict[str, float] | None = None,
) -> Correction:
    """Return the record of a correction of a response."""
    return Correction(
        name=name,
        channel=found.response.name,
        value=number.value,
        applied=True,
        definition=definition,
        low=number.low,
        high=number.high,
        source=number.source,
        sweeps=found.chosen,
        parameters=parameters or {},
        reversible=True,
    )


def apply(
    recording: Recording, correction: Correction, change: Callable[[int, Trace], Trace]
) -> Recording:
    """Return a recording with one channel changed, and the correction on record.

    Parameters
    ----------
    recording : Recording
    correction : Correction
        Of the channel, in its sweeps.
    change : callable
        From sweep index and trace to the new trace.
    """
    kept = keeping(recording, correction.channel)
    sweeps = tuple(
        _changed(sweep, index, correction, change) for index, sweep in enumerate(kept.sweeps)
    )
    return replace(kept, sweeps=sweeps).corrected(correction)


def _changed(
    sweep: Sweep, index: int, correction: Correction, change: Callable[[int, Trace], Trace]
) -> Sweep:
    name = correction.channel
    if name not in sweep.traces or not (correction.sweeps is None or index in correction.sweeps):
        return sweep
    return replace(sweep, traces={**sweep.traces, name: change(index, sweep.traces[name])})


def keeping(recording: Recording, name: str) -> Recording:
    """Return a recording that keeps a channel as it is under another name, once.

    Raises
    ------
    CorrectionError
        Another channel has that name.
    """
    if recorded_channel(recording, name) is not None:
        return recording
    channel = recording.channel(name)
    kept = name + SUFFIX
    if kept in {entry.name for entry in recording.channels}:
        raise CorrectionError(f"a channel is named {kept!r}; rename it, corrections need the name")
    raw = replace(
        channel, name=kept, role=Role.AUXILIARY, clamp_mode=None, electrode="", evidence=_EVIDENCE
    )
    sweeps = tuple(
        replace(sweep, traces={**sweep.traces, kept: sweep.traces[name]})
        if name in sweep.traces
        else sweep
        for sweep in recording.sweeps
    )
    return replace(recording, channels=(*recording.channels, raw), sweeps=sweeps)


def uncorrected(recording: Recording) -> Recording:
    """Return a recording with every channel as it was recorded.

    Corrections that were in the file already stay. A protocol that a correction of the command
    dropped does not come back; its epochs do.

    Parameters
    ----------
    recording : Recording

    Raises
    ------
    CorrectionError
        There is nothing to take back.
    """
    pairs = {
        raw.name: channel.name
        for channel in recording.channels
        if (raw := recorded_channel(recording, channel)) is not None
    }
    if not pairs:
        raise CorrectionError("no channel keeps what was recorded: nothing was corrected here")
    made = [c for c in recording.corrections if c.reversible]
    sweeps = tuple(_restored(sweep, pairs, made) for sweep in recording.sweeps)
    history = (*recording.provenance.history, "corrections taken back")
    return replace(
        recording,
        channels=tuple(c for c in recording.channels if c.name not in pairs),
        sweeps=sweeps,
        corrections=tuple(c for c in recording.corrections if not c.reversible),
        provenance=replace(recording.provenance, history=history),
    )


def _restored(sweep: Sweep, pairs: dict[str, str], made: Iterable[Correction]) -> Sweep:
    traces = {name: trace for name, trace in sweep.traces.items() if name not in pairs}
    for raw, name in pairs.items():
        if raw in sweep.traces:
            traces[name] = sweep.traces[raw]
    shifts = {c.channel: c.value for c in made if c.name == "liquid_junction_potential"}
    epochs = tuple(
        moved_level(epoch, shifts[epoch.channel]) if epoch.channel in shifts else epoch
        for epoch in sweep.epochs
    )
    return replace(sweep, traces=traces, epochs=epochs)


def moved_level(epoch: Epoch, by: float) -> Epoch:
    """Return an epoch with its levels moved."""
    level = None if epoch.level is None else epoch.level + by
    start = None if epoch.start_level is None else epoch.start_level + by
    return replace(epoch, level=level, start_level=start)
