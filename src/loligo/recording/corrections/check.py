"""What every correction asks before it begins: mode, command, order, range, amplifier settings.

Each refusal says what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError, SelectionError
from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.limits import at_limit
from loligo.recording.provenance import Basis
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace

LEAK = ("seal_resistance", "leak_conductance", "leak_copies")
"""Corrections that each subtract the leak: one is enough."""

_MOVED = "which moved the response against the command"
_CHANGED = "which changed the current it is about"
_TAKEN = "which took away current that belongs to it"
_AXIS = "which used potentials that it would move"

NOT_AFTER: dict[str, dict[str, str]] = {
    "liquid_junction_potential": {
        "series_resistance": _AXIS,
        "seal_resistance": _AXIS,
        "leak_conductance": _AXIS,
    },
    "pipette_capacitance": {"series_resistance": _CHANGED, "filter_delay": _MOVED},
    "bridge_error": {"filter_delay": _MOVED},
    "series_resistance": {**dict.fromkeys(LEAK, _TAKEN), "filter_delay": _MOVED},
    **{
        name: {
            **{other: "which subtracted the leak already" for other in LEAK if other != name},
            "filter_delay": _MOVED,
        }
        for name in LEAK
    },
    "filter_delay": {},
}
"""What a correction cannot come after, and why, by name."""


@dataclass(frozen=True, eq=False, slots=True)
class Target:
    """What a correction is applied to: a response, its command, and the sweeps.

    Attributes
    ----------
    recording : Recording
    response : Channel
    command : Channel or None
    sweeps : tuple of int
    chosen : tuple of int or None
        The sweeps, ``None`` where they are all that hold the response.
    """

    recording: Recording
    response: Channel
    command: Channel | None
    sweeps: tuple[int, ...]
    chosen: tuple[int, ...] | None

    def trace(self, index: int) -> Trace:
        """Return the response in a sweep."""
        return self.recording.trace(index, self.response)

    def setting(self, index: int, name: str) -> float | None:
        """Return an amplifier setting in a sweep, ``None`` where it is unknown."""
        state = self.trace(index).rig_state
        return None if state is None else getattr(state, name)

    def commanded(self, index: int) -> NDArray[np.float64]:
        """Return the command at the samples of the response, each held until the next."""
        assert self.command is not None
        response = self.trace(index)
        trace = self.recording.trace(index, self.command)
        values = trace.values()
        same = trace.sampling_rate == response.sampling_rate and trace.start == response.start
        if same and len(trace) == len(response):
            return values
        places = (response.times() - trace.start) * trace.sampling_rate
        whole = np.floor(np.round(places, 6)).astype(np.intp)
        return values[np.clip(whole, 0, values.size - 1)]


def target(
    recording: Recording,
    response: Channel | str | None,
    sweeps: Iterable[int] | None,
    mode: ClampMode | tuple[ClampMode, ...],
    name: str,
    *,
    needs_command: bool = True,
) -> Target:
    """Check that a correction can be applied, and return to what.

    Parameters
    ----------
    recording : Recording
    response : Channel, str or None
        The only response where ``None``.
    sweeps : iterable of int or None
    mode : ClampMode or tuple of ClampMode
        Those it is defined in.
    name : str
        Glossary name of the correction.
    needs_command : bool

    Raises
    ------
    SelectionError
        There is no such response or sweep.
    CorrectionError
        Of another clamp mode, without command, applied already, or in the wrong order.
    """
    channel = _response(recording, response)
    modes = mode if isinstance(mode, tuple) else (mode,)
    what = name.replace("_", " ")
    if channel.clamp_mode not in modes:
        have = "unknown" if channel.clamp_mode is None else channel.clamp_mode.value
        raise CorrectionError(
            f"{what}: {channel.name!r} was recorded in {have.replace('_', ' ')}; it is a "
            f"correction of {' or '.join(m.value.replace('_', ' ') for m in modes)}"
        )
    command = recording.command(channel)
    if command is None and needs_command:
        raise CorrectionError(
            f"{what}: the recording holds no command of {channel.name!r}; read it with command= "
            "(a channel or a file)"
        )
    there = recording.sweeps_with(*((channel, command) if needs_command and command else [channel]))
    chosen = None if sweeps is None else tuple(dict.fromkeys(sweeps))
    for index in chosen or ():
        if index not in there:
            raise SelectionError(
                f"{what}: sweep {index} does not hold {channel.name!r} (and its command); "
                f"allowed: {', '.join(map(str, there))}"
            )
    found = Target(recording, channel, command, there if chosen is None else chosen, chosen)
    if not found.sweeps:
        raise CorrectionError(f"{what}: no sweep to correct")
    _check_history(found, name, what)
    return found


def _response(recording: Recording, response: Channel | str | None) -> Channel:
    if response is None:
        return recording.response
    channel = recording.channel(response if isinstance(response, str) else response.name)
    if channel.role is not Role.RESPONSE:
        raise SelectionError(f"{channel.name!r} is not a response, but {channel.role.value}")
    return channel


def _check_history(found: Target, name: str, what: str) -> None:
    names = {found.response.name, *([found.command.name] if found.command else [])}
    for done in found.recording.corrections:
        if not (done.applied and done.channel in names and done.holds_for(found.chosen)):
            continue
        if done.name == name:
            raise CorrectionError(
                f"{what} of {done.value:g} is already applied to {done.channel!r}"
                f"{f' ({done.source})' if done.source else ''}; correct the recording as it was, "
                "see loligo.recording.corrections.uncorrected"
            )
        if done.name in NOT_AFTER[name]:
            raise CorrectionError(
                f"{what} cannot be corrected after {done.name.replace('_', ' ')}, "
                f"{NOT_AFTER[name][done.name]}; start from the recording as it was and correct "
                f"{what} first"
            )


def refuse_saturated(found: Target, what: str) -> None:
    """Refuse sweeps in which samples are at the end of the digitizer's range.

    Raises
    ------
    CorrectionError
        The message names the sweeps.
    """
    out = []
    for index in found.sweeps:
        trace = found.trace(index)
        if trace.resolution > 0 and at_limit(trace, trace.values()).any():
            out.append(index)
    if not out:
        return
    good = [index for index in found.sweeps if index not in out]
    rest = f"correct the others with sweeps={good}" if good else "nothing is left to correct"
    shown = ", ".join(map(str, out[:12])) + (", ..." if len(out) > 12 else "")
    raise CorrectionError(
        f"{what}: the response is out of range in sweeps {shown}, where it does not hold what is "
        f"corrected; {rest}"
    )


def refuse_subtracted(found: Target, what: str) -> None:
    """Refuse a response of which the file says that current was subtracted.

    Raises
    ------
    CorrectionError
    """
    source = found.recording.provenance.source
    if "subtracted" in source.lower():
        raise CorrectionError(
            f"{what}: the file's name ({source!r}) says that current was subtracted already; "
            "use the recording before the subtraction"
        )
    told = found.recording.finding("leak subtraction")
    if told.basis is not Basis.UNKNOWN and told.value == "on":
        raise CorrectionError(
            f"{what}: {told.evidence}; whether leak is in the response cannot be told. Read a "
            "recording of the same protocol without leak subtraction"
        )
