"""What a caller can tell a reader when the file does not say it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loligo.errors import SelectionError, UnitError, suggest
from loligo.recording.channel import ClampMode
from loligo.units import Unit, quantity, resolve

ANY_RESPONSE = ""
"""Key of `ReadOptions.units` that stands for the response, whatever its name."""


@dataclass(frozen=True, slots=True)
class GivenUnit:
    """A unit passed by the caller: each number in the file is worth `scale` of `unit`."""

    unit: Unit
    scale: float = 1.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Checked options of `read`; every reader gets the same.

    Attributes
    ----------
    response : tuple of str
        Names of the response channels; empty where the file is to decide.
    command : str or None
        A channel's name, or the path of a file that holds the command.
    units : mapping of channel name to GivenUnit
        `ANY_RESPONSE` stands for the response.
    command_unit : GivenUnit or None
    sampling_rate : float or None [kHz]
    clamp_mode : ClampMode or None
    """

    response: tuple[str, ...] = ()
    command: str | None = None
    units: Mapping[str, GivenUnit] = field(default_factory=dict)
    command_unit: GivenUnit | None = None
    sampling_rate: float | None = None
    clamp_mode: ClampMode | None = None

    def unit_of(self, channel: str, *, is_response: bool = False) -> GivenUnit | None:
        """Return the unit the caller gave for a channel, if any."""
        if channel in self.units:
            return self.units[channel]
        return self.units.get(ANY_RESPONSE) if is_response else None

    def command_file(self, beside: Path) -> Path | None:
        """Return the command file, looked for as given and beside the recording."""
        if self.command is None:
            return None
        for candidate in (Path(self.command), beside.parent / self.command):
            if candidate.is_file():
                return candidate
        return None


def checked_options(
    *,
    response: str | Sequence[str] | None = None,
    command: str | Path | None = None,
    unit: str | Mapping[str, str] | None = None,
    command_unit: str | None = None,
    sampling_rate: Any = None,
    clamp_mode: str | None = None,
) -> ReadOptions:
    """Check the keyword arguments of `read`.

    Raises
    ------
    UnitError, SelectionError
        An option that is not a unit, a rate or a clamp mode.
    """
    names = _names(response)
    texts = _texts(unit)
    rate = None
    if sampling_rate is not None:
        rate = quantity(sampling_rate, "frequency", name="sampling_rate")
        if rate <= 0:
            raise UnitError(f"sampling_rate = {sampling_rate} must be above 0 Hz")
    mode = None
    if clamp_mode is not None:
        allowed = [entry.value for entry in ClampMode]
        if clamp_mode not in allowed:
            raise SelectionError(f"clamp_mode {clamp_mode!r}; {suggest(clamp_mode, allowed)}")
        mode = ClampMode(clamp_mode)
    return ReadOptions(
        response=names,
        command=None if command is None else str(command),
        units={name: given_unit(text) for name, text in texts.items()},
        command_unit=None if command_unit is None else given_unit(command_unit),
        sampling_rate=rate,
        clamp_mode=mode,
    )


def _names(response: object) -> tuple[str, ...]:
    given = () if response is None else response
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Sequence) or not all(isinstance(name, str) for name in given):
        raise SelectionError(
            f"response = {response!r}: give the channel's name, or a list of names; "
            "the repr of the recording shows them"
        )
    return tuple(given)


def _texts(unit: object) -> dict[str, str]:
    given = {} if unit is None else {ANY_RESPONSE: unit} if isinstance(unit, str) else unit
    if not isinstance(given, Mapping) or not all(isinstance(text, str) for text in given.values()):
        raise UnitError(f"unit = {unit!r}: write 'mV', or {{'IN 0': 'mV'}} for a channel by name")
    return {str(name): text for name, text in given.items()}


def given_unit(text: str) -> GivenUnit:
    """Parse ``"mV"``, or ``"0.05 mV"`` for "each number in the file is 0.05 mV"."""
    if not isinstance(text, str):
        raise UnitError(f"unit = {text!r}: write a unit such as 'mV'")
    words = text.strip().split(maxsplit=1)
    if len(words) == 2:
        try:
            scale = float(words[0])
        except ValueError:
            scale = 0.0
        if scale != 0.0 and math.isfinite(scale):
            return GivenUnit(resolve(words[1]), scale, text)
        raise UnitError(
            f"unit {text!r}: write a unit ('mV') or a non-zero scale and a unit ('0.05 mV')"
        )
    return GivenUnit(resolve(text), 1.0, text)
