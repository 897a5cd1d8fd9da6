"""What is known before roles are decided: inputs, outputs, options, units, samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from loligo.errors import SelectionError, UnitError, suggest
from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.io.options import GivenUnit, ReadOptions
from loligo.recording.provenance import Finding
from loligo.units import Unit, resolve

RESPONSE_OF = {"voltage": "current", "current": "voltage"}
MODE_OF_COMMAND = {"voltage": ClampMode.VOLTAGE_CLAMP, "current": ClampMode.CURRENT_CLAMP}
DIMENSION_OF_RESPONSE = {
    ClampMode.VOLTAGE_CLAMP: "current",
    ClampMode.CURRENT_CLAMP: "voltage",
    ClampMode.ZERO_CURRENT: "voltage",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A digitized channel, as its format describes it.

    Attributes
    ----------
    name : str
    file_unit : str
        ``""`` where the file states none.
    number : int or None
        Physical number of the input; pairs it with the output of the same number.
    is_command_copy : bool
        The format says that this input digitizes an output.
    copy_of : str
        Name of the output whose waveform it was found to equal.
    stated_mode : ClampMode or None
        Mode the amplifier reported for this input.
    stated_role : Role or None
        Role the format itself states.
    electrode : str
    """

    name: str
    file_unit: str
    number: int | None = None
    is_command_copy: bool = False
    copy_of: str = ""
    stated_mode: ClampMode | None = None
    stated_role: Role | None = None
    electrode: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A command of the protocol that was in use.

    Attributes
    ----------
    name : str
    file_unit : str
    number : int or None
    is_constant : bool
        It held one level throughout; such an output says less about the clamp mode.
    unknown : str
        Why its waveform cannot be had, ``""`` where it can. The output is then evidence of the
        clamp mode, but no channel.
    largest : float or None
        Largest level it reaches, of either sign, in its unit; ``None`` where that is not known.
    """

    name: str
    file_unit: str
    number: int | None = None
    is_constant: bool = False
    unknown: str = ""
    largest: float | None = None


class Evidence(Protocol):
    """What the samples themselves can tell about inputs; asked only where it matters."""

    def effect(self, name: str) -> tuple[float, float] | None:
        """Return an input's largest shift at a step of the command, and its noise there.

        Both in the unit the file states; ``None`` where there is no known step to look at.
        """

    def level(self, name: str) -> float | None:
        """Return an input's typical value in the unit the file states."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Channels in the order inputs, outputs, copies of outputs; with findings and scales.

    A copy that equals its output comes after it, so that the command with epochs comes first.
    """

    channels: tuple[Channel, ...]
    findings: tuple[Finding, ...]
    scales: dict[str, float]
    """Factor from a channel's stored physical value (in the file's unit) to its unit here."""
    outputs: dict[str, str] = field(default_factory=dict)
    """Name of the channel of each output that became one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What all steps of the decision look at."""

    path: Path
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    options: ReadOptions
    units: dict[str, Unit | None]
    scales: dict[str, float]
    evidence: Evidence | None
    stimulators: Mapping[str, str] = field(default_factory=dict)
    """Outputs that command no clamp, each with the reason."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about the responses."""

    mode: ClampMode
    responses: tuple[str, ...]
    why_response: str
    electrodes: dict[str, str]

    @property
    def commanded(self) -> str:
        """Dimension of the command."""
        return RESPONSE_OF[DIMENSION_OF_RESPONSE[self.mode]]


def known_unit(text: str) -> Unit | None:
    """Return the unit a file states, ``None`` where that is empty or not a unit."""
    try:
        return resolve(text) if text.strip() else None
    except UnitError:
        return None


def gather(
    path: Path,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    options: ReadOptions,
    evidence: Evidence | None,
    stimulators: Mapping[str, str],
) -> Facts:
    """Put the facts together and check that options name what exists.

    Raises
    ------
    SelectionError
        An option names a channel that does not exist.
    """
    names = [entry.name for entry in inputs]
    for wanted in (*options.response, *(name for name in options.units if name)):
        if wanted not in names:
            raise SelectionError(f"{path.name}: no channel {wanted!r}; {suggest(wanted, names)}")
    every = [*names, *(output.name for output in outputs)]
    is_named = options.command is None or options.command in every
    if not is_named and options.command_file(path) is None:
        raise SelectionError(
            f"{path.name}: command {options.command!r} is neither a channel nor a file; "
            f"{suggest(str(options.command), every)}"
        )
    known = Facts(
        path=path,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        options=options,
        units={entry.name: known_unit(entry.file_unit) for entry in inputs},
        scales=dict.fromkeys(names, 1.0),
        evidence=evidence,
        stimulators=stimulators,
    )
    for name, given in options.units.items():
        if name:
            give_unit(known, name, given)
    if options.command in names:
        give_unit(known, options.command, options.command_unit)
    return known


def give_unit(known: Facts, name: str, given: GivenUnit | None) -> None:
    """Replace a channel's unit by one the caller gave, if any."""
    if given is not None:
        known.units[name], known.scales[name] = given.unit, given.scale
