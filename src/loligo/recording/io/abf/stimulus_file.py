"""Stimulus files: recordings whose samples were played as a command."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError, LoligoError
from loligo.recording.io.abf import version1, version2
from loligo.recording.io.abf.data import layout, samples
from loligo.recording.io.abf.header import AbfHeader, StimulusFile
from loligo.recording.io.abf.user_list import UnknownWaveformError

Array = NDArray[np.float64]
_SKIP_FIRST = -1


@dataclass(frozen=True, slots=True)
class Stimulus:
    """The sweeps of a stimulus file, each loaded when asked for, in the file's numbers."""

    path: Path
    lengths: tuple[int, ...]
    load: Callable[[int, int, int], Array]
    """Returns samples of a sweep from start to stop, as far as there are any."""
    interval: float | None
    """Between samples [ms], ``None`` where the file does not say."""

    def sweep(self, setting: StimulusFile, index: int) -> int:
        """Return which of the file's sweeps was played in a sweep of the recording.

        Raises
        ------
        UnknownWaveformError
            The file has too few sweeps.
        """
        count = len(self.lengths)
        if setting.episode > 0:
            chosen = setting.episode - 1
        elif count == 1:
            chosen = 0
        else:
            chosen = index + (1 if setting.episode == _SKIP_FIRST else 0)
        if chosen >= count:
            raise UnknownWaveformError(
                f"the stimulus file {self.path.name!r} has {count} sweeps, "
                f"sweep {index} needs its sweep {chosen}"
            )
        return chosen


def find(name: str, beside: Path) -> Path | None:
    """Return the file of a stored (Windows) path, looked for by its name beside the recording."""
    wanted = PureWindowsPath(name).name
    if not wanted or "\0" in wanted:
        return None
    direct = beside.parent / wanted
    if direct.is_file():
        return direct
    try:
        others = [path for path in beside.parent.iterdir() if path.name.lower() == wanted.lower()]
    except OSError:  # a folder that may not be listed
        return None
    return next((path for path in others if path.is_file()), None)


def open_stimulus(path: Path, channel: int) -> Stimulus:
    """Open an ABF or ATF file as a stimulus.

    Parameters
    ----------
    path : Path
    channel : int
        Number of the input in it, where it has several.

    Raises
    ------
    UnknownWaveformError
        It cannot be read, or has no such channel.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            if magic in {b"ABF ", b"ABF2"}:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                return _from_abf(path, content, channel)
        return _from_atf(path)
    except LoligoError as error:
        raise UnknownWaveformError(f"the stimulus file cannot be read: {error}") from error
    except OSError as error:
        raise UnknownWaveformError(f"{path.name!r} cannot be opened: {error}") from error


def read_header(content: mmap.mmap, path: Path) -> AbfHeader:
    """Read a header of either version."""
    if content[:4] == b"ABF2":
        return version2.read_header(content, path)
    return version1.read_header(content, path)


def _from_abf(path: Path, content: mmap.mmap, channel: int) -> Stimulus:
    header = read_header(content, path)
    numbers = [entry.number for entry in header.inputs]
    if channel not in numbers and len(numbers) > 1:
        raise UnknownWaveformError(f"the stimulus file {path.name!r} has no input {channel}")
    at = numbers.index(channel) if channel in numbers else 0
    plan = layout(header, len(content), path)
    if plan.problems:
        raise DamagedFileError(path, plan.problems[0])
    stored = samples(content, header, plan.sweeps)
    gain, offset = header.inputs[at].gain, header.inputs[at].offset
    return Stimulus(
        path,
        tuple(sweep.length for sweep in plan.sweeps),
        lambda i, start, stop: stored[i][at][start:stop] * np.float64(gain) + offset,
        header.interval,
    )


def _from_atf(path: Path) -> Stimulus:
    from loligo.recording.io.atf import read_table

    table = read_table(path)
    columns = [table.values[:, i] for i in range(1, table.values.shape[1])]
    return Stimulus(
        path, tuple(len(c) for c in columns), lambda i, start, stop: columns[i][start:stop], None
    )
