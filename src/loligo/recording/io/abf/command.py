"""The outputs that were in use, and what each played in every sweep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loligo.recording.io.abf.header import (
    EPISODES,
    EPOCH_TABLE,
    STIMULUS_FILE,
    AbfHeader,
    DacOutput,
)
from loligo.recording.io.abf.stimulus_file import Stimulus, find, open_stimulus
from loligo.recording.io.abf.user_list import Replacement, UnknownWaveformError, replacements
from loligo.recording.io.abf.waveform import Piece, pieces, render
from loligo.recording.io.options import ReadOptions
from loligo.recording.sweep import EpochKind


@dataclass(frozen=True, slots=True)
class Played:
    """An output in use: its stretches in each sweep, or why they are unknown.

    Attributes
    ----------
    output : DacOutput
    sweeps : tuple of tuple of Piece
        Of each sweep; empty where unknown.
    is_constant : bool
    unknown : str
    stimulus : Stimulus or None
    """

    output: DacOutput
    sweeps: tuple[tuple[Piece, ...], ...]
    is_constant: bool = False
    unknown: str = ""
    stimulus: Stimulus | None = None

    def values(self, sweep: int, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples ``start`` to ``stop`` of a sweep's waveform, in the output's unit."""
        if self.stimulus is None or self.output.file is None:
            return render(self.sweeps[sweep], start, stop)
        setting = self.output.file
        values = np.full(stop - start, self.output.holding)
        last = max(start, min(stop, self.sweeps[sweep][0].stop))
        played = self.stimulus.load(self.stimulus.sweep(setting, sweep), start, last)
        values[: len(played)] = setting.scale * played + setting.offset
        return values

    def largest(self) -> float | None:
        """Return the largest level of the protocol's waveform, ``None`` where it is not known."""
        if self.unknown or self.stimulus is not None or not self.sweeps:
            return None
        levels = [level for s in self.sweeps for p in s for level in (p.before, p.level)]
        return max((abs(level) for level in levels), default=None)


def outputs_in_use(
    header: AbfHeader, lengths: Sequence[int], path: Path, options: ReadOptions
) -> tuple[Played, ...]:
    """Return the outputs that played a waveform or held a level other than zero.

    Parameters
    ----------
    header : AbfHeader
    lengths : sequence of int
        Samples of one channel in each sweep, as planned.
    path : Path
        Stimulus files are looked for beside it.
    options : ReadOptions
        ``command`` may name the stimulus file of an output that plays one.
    """
    given = _given_file(header, path, options)
    found = []
    for output in header.outputs:
        played = _played(header, output, lengths, path, given)
        if played is not None:
            found.append(played)
    return tuple(found)


def _given_file(header: AbfHeader, path: Path, options: ReadOptions) -> Path | None:
    names = {entry.name for entry in header.inputs} | {entry.name for entry in header.outputs}
    return None if options.command in names else options.command_file(path)


def _played(
    header: AbfHeader, output: DacOutput, lengths: Sequence[int], path: Path, given: Path | None
) -> Played | None:
    if not math.isfinite(output.holding):
        return Played(output, (), unknown="its holding level is not a number")
    plays = header.mode == EPISODES and output.is_enabled
    try:
        if plays and output.source == STIMULUS_FILE:
            return _from_file(header, output, lengths, path, given)
        if plays and output.source == EPOCH_TABLE and any(e.kind for e in output.epochs):
            return _from_epochs(header, output, lengths)
    except UnknownWaveformError as error:
        return Played(output, (), unknown=str(error))
    if output.holding == 0.0:
        return None
    held = {
        n: (Piece("hold", EpochKind.HOLD, 0, n, output.holding, output.holding),)
        for n in set(lengths)
    }
    return Played(output, tuple(held[n] for n in lengths), is_constant=True)


def _from_epochs(header: AbfHeader, output: DacOutput, lengths: Sequence[int]) -> Played:
    numbers = [v for e in output.epochs for v in (e.level, e.level_step)]
    if not all(map(math.isfinite, numbers)):
        raise UnknownWaveformError("an epoch's level is not a number")
    replaced = replacements(header, output)
    if _is_same_every_sweep(header, output, replaced) and len(set(lengths)) == 1:
        made = (pieces(header, output, replaced, 0, lengths[0]),) * len(lengths)
    else:
        made = tuple(pieces(header, output, replaced, i, n) for i, n in enumerate(lengths))
    is_constant = all(piece.level == output.holding for sweep in made for piece in sweep)
    return Played(output, made, is_constant)


def _is_same_every_sweep(
    header: AbfHeader, output: DacOutput, replaced: Mapping[tuple[int, str], Replacement]
) -> bool:
    changes = any(epoch.level_step or epoch.duration_step for epoch in output.epochs)
    return not (changes or replaced or output.keeps_last_level or header.alternates)


def _from_file(
    header: AbfHeader, output: DacOutput, lengths: Sequence[int], path: Path, given: Path | None
) -> Played:
    setting = output.file
    if setting is None or not (math.isfinite(setting.scale) and math.isfinite(setting.offset)):
        raise UnknownWaveformError("the settings of its stimulus file are damaged")
    where = given or find(setting.name, path)
    if where is None:
        raise UnknownWaveformError(
            f"its stimulus file {setting.name!r} is not beside the recording; "
            "put it there, or pass command= with its path"
        )
    stimulus = open_stimulus(where, setting.channel)
    for i in range(len(lengths)):
        stimulus.sweep(setting, i)
    made = {n: _waveform_pieces(output, n, header.holding_length) for n in set(lengths)}
    return Played(output, tuple(made[n] for n in lengths), stimulus=stimulus)


def _waveform_pieces(output: DacOutput, length: int, held: int) -> tuple[Piece, ...]:
    """Return the pieces of a sweep that plays a file.

    A file is played from the first sample on, unlike epochs, but no further than to where the
    1/64 at the end begins in which the output is held, as responses to files of full length show.
    """
    stop = max(length - held, 0)
    made = (Piece("waveform", EpochKind.WAVEFORM, 0, stop, math.nan, math.nan),)
    return (*made, Piece("post", EpochKind.HOLD, stop, length, output.holding, output.holding))
