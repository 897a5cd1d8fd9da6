"""What a channel is: its role, unit, clamp mode and electrode."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a channel holds."""

    RESPONSE = "response"
    """What the amplifier measured of the cell: current in voltage clamp, voltage otherwise."""
    COMMAND = "command"
    """What the amplifier was told to impose, from the protocol or recorded without noise."""
    MONITOR = "monitor"
    """A measured copy of the command (it carries noise, and capacitive currents)."""
    AUXILIARY = "auxiliary"
    """Anything else: pressure, light, temperature, triggers, an unused input."""


class ClampMode(StrEnum):
    """What the amplifier controlled."""

    VOLTAGE_CLAMP = "voltage_clamp"
    CURRENT_CLAMP = "current_clamp"
    ZERO_CURRENT = "zero_current"
    """Current clamp with the command disconnected (I=0)."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One named channel of a recording.

    Attributes
    ----------
    name : str
        Unique within the recording.
    role : Role
    unit : str
        Unit of the values loligo returns: the internal unit where loligo knows the dimension,
        else the file's own.
    clamp_mode : ClampMode or None
        Of responses, commands and monitors; ``None`` for auxiliary channels.
    electrode : str
        Name of the electrode it belongs to; ``""`` for none. Response and command of one
        electrode carry the same name.
    file_unit : str
        Unit the file states, ``""`` where it states none.
    evidence : str
        How role and unit were determined, in words.
    """

    name: str
    role: Role
    unit: str
    clamp_mode: ClampMode | None = None
    electrode: str = ""
    file_unit: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Electrode:
    """One electrode and what is written about it; empty text means unknown."""

    name: str
    description: str = ""
    location: str = ""
    slice: str = ""
    seal: str = ""
    resistance: str = ""
    filtering: str = ""
    initial_access_resistance: str = ""
    cell_id: str = ""
    device: str = ""
    device_description: str = ""
    device_manufacturer: str = ""

    @property
    def is_one_of_two(self) -> bool:
        """Whether the device is said to be a two-electrode clamp."""
        return "two electrode" in self.device_description.lower().replace("-", " ")
