"""What a simulated recording consists of in each mode: its channels, and the traces of a sweep.

The response and what was commanded are one electrode's. At I=0 there is no command. Under a dynamic
clamp the command is the current that the computer made, and the protocol has a channel of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.experiment.behind import Behind
from loligo.protocol import Protocol
from loligo.recording import Channel, ClampMode, RigState, Role, Sweep, Trace
from loligo.recording.protocol import epochs_from
from loligo.rig import CurrentClamp, DynamicClamp, Rig, TwoElectrodeClamp
from loligo.rig.digitizer import Digitized
from loligo.units import INTERNAL_UNITS

ELECTRODE, RESPONSE, COMMAND = "electrode 0", "response", "command"
POTENTIAL = "potential"
"""What the second electrode of a two-electrode clamp measures."""
COMMANDED = "rig.commanded"
"""What a computer commanded, as it is simulated."""

_AT_ZERO = ("bias_current", "amplifier_gain", "filter_frequency")
"""What a recording at I=0 states; the other controls are off."""


def mode_of(rig: Rig, protocol: Protocol) -> ClampMode:
    """Return the clamp mode of a recording."""
    if protocol.dimension == "none" and type(rig.amplifier) is CurrentClamp:
        return ClampMode.ZERO_CURRENT
    return ClampMode(rig.clamp)


def played_in(rig: Rig, protocol: Protocol) -> str:
    """Return the channel that the protocol is played in; none where nothing is commanded."""
    if protocol.dimension == "none":
        return ""
    return protocol.dimension if isinstance(rig.amplifier, DynamicClamp) else COMMAND


def channels_of(rig: Rig, unit: str, protocol: Protocol) -> tuple[Channel, ...]:
    """Return the channels.

    Parameters
    ----------
    rig : Rig
    unit : str
        Of the response.
    protocol : Protocol
    """
    mode = mode_of(rig, protocol)
    found = [Channel(RESPONSE, Role.RESPONSE, unit, mode, ELECTRODE, unit, "simulated")]
    is_computed = isinstance(rig.amplifier, DynamicClamp)
    if is_computed:
        found.append(Channel(COMMAND, Role.COMMAND, "pA", mode, ELECTRODE, "pA", "simulated"))
    if name := played_in(rig, protocol):
        role = Role.AUXILIARY if is_computed else Role.COMMAND
        own, electrode = (None, "") if is_computed else (mode, ELECTRODE)
        commanded = INTERNAL_UNITS[protocol.dimension]
        found.append(Channel(name, role, commanded, own, electrode, commanded, "simulated"))
    if isinstance(rig.amplifier, TwoElectrodeClamp):
        found.append(Channel(POTENTIAL, Role.MONITOR, "mV", mode, ELECTRODE, "mV", "simulated"))
    return tuple(found)


def sweep_of(
    rig: Rig,
    protocol: Protocol,
    sweep: int,
    start: float,
    stored: Digitized,
    found: Behind,
    every: int,
    noise: NDArray[np.float64] | None = None,
) -> Sweep:
    """Return one sweep.

    Parameters
    ----------
    rig : Rig
        Of this sweep.
    protocol : Protocol
    sweep : int
    start : float [ms]
        After the first.
    stored : Digitized
        The response.
    found : Behind
    every : int
        Values that were kept for each sample.
    noise : ndarray, optional, shape (time,) [mV]
        Of the potential that two electrodes measure.
    """
    rate, size = rig.digitizer.sampling, stored.stored.size
    settings = rig.settings()
    if mode_of(rig, protocol) is ClampMode.ZERO_CURRENT:
        settings = {name: settings.get(name) for name in _AT_ZERO}
    state = RigState(**settings)
    traces = {RESPONSE: Trace(stored.stored, rate, stored.gain, rig_state=state)}
    if COMMANDED in found.traces:
        traces[COMMAND] = Trace(found.traces[COMMANDED][sweep, :size], rate)
    if isinstance(rig.amplifier, TwoElectrodeClamp):
        followed = found.traces[f"rig.{POTENTIAL}"][sweep, ::every][:size]
        traces[POTENTIAL] = Trace(followed if noise is None else followed + noise[:size], rate)
    if name := played_in(rig, protocol):
        traces[name] = Trace(protocol.command(sweep, np.arange(size) / rate), rate)
    epochs = epochs_from(protocol, sweep, played_in(rig, protocol))
    return Sweep(sweep, start, traces, epochs, protocol.name)
