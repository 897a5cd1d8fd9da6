"""`Recording`: what was recorded, whether by a real rig or a virtual one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from loligo.errors import SelectionError, suggest
from loligo.recording.channel import Channel, ClampMode, Electrode, Role
from loligo.recording.provenance import Basis, Correction, Finding, Provenance, Truth
from loligo.recording.rig_state import CURRENT_CLAMP_FIELDS, VOLTAGE_CLAMP_FIELDS, RigState
from loligo.recording.sweep import Sweep, Tag, Trace

if TYPE_CHECKING:
    import xarray as xr

    from loligo.protocol import Protocol


@dataclass(frozen=True, eq=False)
class Recording:
    """Sweeps of named channels, with everything known about how they were made.

    A recording is a frozen value: functions that change one return a new one and say so in its
    provenance. Samples are loaded only when asked for.

    Attributes
    ----------
    channels : tuple of Channel
        All channels; a sweep may lack some (a file may mix clamp modes between sweeps).
    sweeps : tuple of Sweep
        Of possibly unequal length, start time and sampling rate.
    electrodes : tuple of Electrode
    provenance : Provenance
    start_time : datetime or None
        When the recording began, ``None`` where the file does not say.
    tags : tuple of Tag
    findings : tuple of Finding
        What was determined about roles, units and modes, and how; what stays unknown.
    corrections : tuple of Correction
    problems : tuple of str
        What is damaged or missing in the file; not empty means a partial recording.
    truth : Truth or None
        Of a simulation, the values an analysis ought to find.
    protocols : mapping of str to Protocol
        What was commanded, by command channel, where it is known beyond the sweeps' epochs;
        `loligo.recording.protocol.protocol_of` makes it of the epochs otherwise.
    """

    channels: tuple[Channel, ...]
    sweeps: tuple[Sweep, ...]
    provenance: Provenance
    electrodes: tuple[Electrode, ...] = ()
    start_time: datetime | None = None
    tags: tuple[Tag, ...] = ()
    findings: tuple[Finding, ...] = ()
    corrections: tuple[Correction, ...] = ()
    problems: tuple[str, ...] = ()
    truth: Truth | None = field(default=None, repr=False)
    protocols: Mapping[str, Protocol] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        names = [channel.name for channel in self.channels]
        double = {name for name in names if names.count(name) > 1}
        if double:
            raise SelectionError(f"channel names must be unique; twice: {sorted(double)}")
        known = set(names)
        for sweep in self.sweeps:
            stray = set(sweep.traces) - known
            if stray:
                raise SelectionError(
                    f"sweep {sweep.number} has traces of undeclared channels {sorted(stray)}"
                )
        object.__setattr__(self, "protocols", dict(self.protocols))
        for name, protocol in self.protocols.items():
            count = len(self.sweeps_with(self.channel(name)))
            if count != protocol.n_sweeps:
                raise SelectionError(
                    f"the protocol of {name!r} has {protocol.n_sweeps} sweeps, it {count}"
                )

    @property
    def is_simulated(self) -> bool:
        """Whether a program, not a cell, made this recording."""
        return self.truth is not None

    @property
    def is_partial(self) -> bool:
        """Whether parts of the file were damaged or missing; `problems` says which."""
        return bool(self.problems)

    def __len__(self) -> int:
        return len(self.sweeps)

    def __iter__(self) -> Iterator[Sweep]:
        return iter(self.sweeps)

    # Choosing -----------------------------------------------------------------------------

    def channel(self, name: str) -> Channel:
        """Return a channel by name.

        Raises
        ------
        SelectionError
            No channel has this name; the message lists those there are.
        """
        for channel in self.channels:
            if channel.name == name:
                return channel
        names = (channel.name for channel in self.channels)
        raise SelectionError(f"no channel {name!r}; {suggest(name, names)}")

    def with_role(self, role: Role, electrode: str | None = None) -> tuple[Channel, ...]:
        """Return the channels of a role (of one electrode, where it is named)."""
        return tuple(
            c for c in self.channels if c.role is role and electrode in (None, c.electrode)
        )

    @property
    def responses(self) -> tuple[Channel, ...]:
        """The response channels."""
        return self.with_role(Role.RESPONSE)

    @property
    def response(self) -> Channel:
        """The response channel, where there is just one.

        Raises
        ------
        SelectionError
            There is none, or more than one to choose from.
        """
        found = self.responses
        if len(found) == 1:
            return found[0]
        names = [channel.name for channel in found]
        raise SelectionError(f"{len(found)} response channels, choose one by name: {names}")

    def command(self, response: Channel) -> Channel | None:
        """Return the command channel of a response, ``None`` where the file holds none.

        Where an electrode has several of the response's clamp mode (a protocol's and a recorded
        one), the first in `channels` is the trusted one.
        """
        for channel in self.with_role(Role.COMMAND, response.electrode):
            if channel.clamp_mode is response.clamp_mode:
                return channel
        return None

    def sweeps_with(self, *channels: Channel | str) -> tuple[int, ...]:
        """Return the indices of the sweeps in which all of `channels` were recorded."""
        names = {c if isinstance(c, str) else c.name for c in channels}
        return tuple(i for i, sweep in enumerate(self.sweeps) if names <= set(sweep.traces))

    def trace(self, sweep: int, channel: Channel | str) -> Trace:
        """Return one channel of one sweep (by index)."""
        return self.sweep(sweep).trace(channel if isinstance(channel, str) else channel.name)

    def sweep(self, index: int) -> Sweep:
        """Return a sweep by its index.

        Raises
        ------
        SelectionError
            The index is out of range.
        """
        if not 0 <= index < len(self.sweeps):
            raise SelectionError(f"no sweep {index}; there are {len(self.sweeps)}, counted from 0")
        return self.sweeps[index]

    @property
    def clamp_modes(self) -> tuple[ClampMode, ...]:
        """The clamp modes of the responses, each once, in channel order."""
        modes = (channel.clamp_mode for channel in self.responses)
        return tuple(dict.fromkeys(mode for mode in modes if mode is not None))

    @property
    def duration(self) -> float:
        """Time from the recording's start to the end of its last sweep [ms]."""
        return max((sweep.start + sweep.duration for sweep in self.sweeps), default=0.0)

    def unknown_rig_fields(self, channel: Channel) -> tuple[str, ...]:
        """Return the amplifier settings that matter for a response and that no sweep states."""
        if self.has_two_electrodes(channel):
            return ()
        mode = channel.clamp_mode
        names = VOLTAGE_CLAMP_FIELDS if mode is ClampMode.VOLTAGE_CLAMP else CURRENT_CLAMP_FIELDS
        states = [self.trace(i, channel).rig_state or RigState() for i in self.sweeps_with(channel)]
        return tuple(n for n in names if all(getattr(s, n) is None for s in states))

    def inapplicable_rig_fields(self, channel: Channel) -> tuple[str, ...]:
        """Return the settings of a patch clamp that the amplifier of a response does not have."""
        return VOLTAGE_CLAMP_FIELDS if self.has_two_electrodes(channel) else ()

    def has_two_electrodes(self, channel: Channel) -> bool:
        """Tell whether a response is said to be the current of a two-electrode clamp."""
        known = (e for e in self.electrodes if e.name == channel.electrode)
        is_held = channel.clamp_mode is ClampMode.VOLTAGE_CLAMP
        return is_held and any(electrode.is_one_of_two for electrode in known)

    # Labelled arrays ----------------------------------------------------------------------

    def dataset(self, sweep: int) -> xr.Dataset:
        """Return one sweep as a lazily loaded `xarray.Dataset`.

        Each channel is a variable over ``time`` [ms after sweep start] with its unit, role and
        clamp mode as attributes. Channels whose samples fall at other times get a time
        dimension of their own, ``time_<channel>``.
        """
        from loligo.recording.labelled import sweep_dataset

        return sweep_dataset(self, sweep)

    def stack(
        self, channel: Channel | str, sweeps: Iterable[int] | None = None, *, pad: bool = False
    ) -> xr.DataArray:
        """Return one channel of several sweeps as an `xarray.DataArray` ``(sweep, time)``.

        Parameters
        ----------
        channel : Channel or str
        sweeps : iterable of int, optional
            Indices; all sweeps that have the channel by default.
        pad : bool
            Fill sweeps shorter than the longest with NaN; otherwise unequal lengths are refused.

        Raises
        ------
        SelectionError
            Unequal lengths without `pad`, unequal sampling, or no such sweep.
        """
        from loligo.recording.labelled import stacked

        name = channel if isinstance(channel, str) else channel.name
        chosen = self.sweeps_with(name) if sweeps is None else tuple(sweeps)
        return stacked(self, self.channel(name), chosen, pad=pad)

    # Changing, by making a new one --------------------------------------------------------

    def select(self, sweeps: Iterable[int]) -> Recording:
        """Return a recording of some of the sweeps (by index, in the order given).

        Its epochs stay; `protocols`, which are about all sweeps, do not. Corrections follow their
        sweeps.
        """
        chosen = tuple(sweeps)
        note = f"selected sweeps {', '.join(map(str, chosen))} of {len(self.sweeps)}"
        picked = tuple(self.sweep(i) for i in chosen)
        place = {old: new for new, old in enumerate(chosen)}
        tags = tuple(
            replace(t, sweep=place.get(t.sweep) if t.sweep is not None else None) for t in self.tags
        )
        return replace(
            self,
            sweeps=picked,
            tags=tags,
            corrections=tuple(_moved(self.corrections, place)),
            provenance=self._history(note),
            protocols={},
            truth=self.truth.of_sweeps(chosen) if self.truth is not None else None,
        )

    def corrected(self, correction: Correction) -> Recording:
        """Return a recording that records one more correction.

        Raises
        ------
        SelectionError
            The same correction is already recorded as applied to that channel in one of its sweeps.
        """
        self.channel(correction.channel)
        alike = [
            done
            for done in self.corrections
            if (done.name, done.channel) == (correction.name, correction.channel)
        ]
        for done in alike:
            if done.applied and done.holds_for(correction.sweeps):
                raise SelectionError(
                    f"{done.name} of {done.value:g} is already applied to {done.channel!r}; "
                    "start again from the uncorrected recording"
                )
        note = f"correction {correction.name} on {correction.channel}"
        kept = tuple(c for c in self.corrections if c.applied or c not in alike)
        return replace(self, corrections=(*kept, correction), provenance=self._history(note))

    def _history(self, note: str) -> Provenance:
        return replace(self.provenance, history=(*self.provenance.history, note))

    # Telling ------------------------------------------------------------------------------

    def finding(self, subject: str) -> Finding:
        """Return what is known of a subject; one of basis ``unknown`` where nothing is."""
        for found in self.findings:
            if found.subject == subject:
                return found
        return Finding(subject, "", Basis.UNKNOWN)

    def __repr__(self) -> str:
        from loligo.recording.describe import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from loligo.recording.describe import as_html

        return as_html(self)


def _moved(corrections: Iterable[Correction], place: Mapping[int, int]) -> Iterator[Correction]:
    """Yield corrections with the sweeps' new indices, without those whose sweeps are gone."""
    for correction in corrections:
        if correction.sweeps is None:
            yield correction
            continue
        sweeps = tuple(place[i] for i in correction.sweeps if i in place)
        if sweeps:
            yield replace(correction, sweeps=sweeps)
