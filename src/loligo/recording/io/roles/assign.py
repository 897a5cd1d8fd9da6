"""Which channel is the response, which the command: the decision put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles.channels import (
    about_command,
    about_others,
    input_channel,
    output_channels,
)
from loligo.recording.io.roles.clamp_mode import clamp_mode, settled_mode
from loligo.recording.io.roles.facts import (
    Assignment,
    Evidence,
    Input,
    Output,
    Settled,
    gather,
    give_unit,
)
from loligo.recording.io.roles.responses import responses_of
from loligo.recording.io.roles.stimulators import stimulators
from loligo.recording.provenance import Basis, Finding


def assign_roles(
    path: Path,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    options: ReadOptions,
    evidence: Evidence | None = None,
) -> Assignment:
    """Determine role, unit, clamp mode and electrode of every channel.

    Parameters
    ----------
    path : Path
        For messages.
    inputs : sequence of Input
    outputs : sequence of Output
        Only those in use.
    options : ReadOptions
    evidence : Evidence, optional
        A look at the samples, for what names and units leave open.

    Raises
    ------
    UndeterminedError
        The evidence does not single out the response, or a unit; the remedy names the option.
    SelectionError
        An option names a channel that does not exist.
    """
    known = gather(path, inputs, outputs, options, evidence, stimulators(outputs, options))
    mode, why_mode = clamp_mode(known)
    responses, why_response, basis = responses_of(known, mode)
    for name in responses:
        give_unit(known, name, options.unit_of(name, is_response=True))
    mode, why_mode = settled_mode(known, mode, why_mode, responses)
    settled = Settled(mode, responses, why_response, electrodes_of(known.inputs, responses))
    channels = [input_channel(known, settled, entry) for entry in known.inputs]
    made, names, ambiguous = output_channels(known, settled)
    channels += made
    channels.sort(key=lambda channel: any(e.copy_of and e.name == channel.name for e in inputs))
    findings = (
        Finding("response", ", ".join(responses), basis, why_response),
        Finding(
            "clamp_mode",
            mode.value,
            Basis.GIVEN if options.clamp_mode else Basis.INFERRED,
            why_mode,
        ),
        about_command(known, settled, channels, ambiguous),
        *about_others(known, settled, channels),
    )
    return Assignment(tuple(channels), findings, known.scales, names)


def electrodes_of(inputs: Iterable[Input], responses: tuple[str, ...]) -> dict[str, str]:
    """Name the electrode of each response."""
    stated = {entry.name: entry.electrode for entry in inputs}
    return {name: stated[name] or f"electrode {i}" for i, name in enumerate(responses)}
