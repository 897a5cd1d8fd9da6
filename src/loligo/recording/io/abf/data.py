"""Where each sweep's samples lie, and views of them that are loaded only when used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError
from loligo.recording.io.abf.guard import Bytes
from loligo.recording.io.abf.header import EVENTS_OF_ANY_LENGTH, GAP_FREE, AbfHeader

_MOST_SWEEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sweep: index of its first sample of all channels, samples per channel, start [ms].

    ``planned`` is the number of samples per channel the header promises.
    """

    first: int
    length: int
    planned: int
    start: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The sweeps that are in the file, and what is wrong with it."""

    sweeps: tuple[Stretch, ...]
    problems: tuple[str, ...]


def layout(header: AbfHeader, size: int, path: Path) -> Layout:
    """Lay the sweeps out over the samples that are there.

    Parameters
    ----------
    header : AbfHeader
    size : int
        Bytes in the file.
    path : Path
        For messages.

    Raises
    ------
    DamagedFileError
        There is no sample, or nothing says where sweeps begin and end.
    """
    block, channels = header.data, len(header.inputs)
    there = (size - block.start) // block.dtype.itemsize
    present = min(block.count, there)
    if present < channels:
        raise DamagedFileError(
            path,
            f"its header places {block.count} samples at byte {block.start}, "
            f"but the file ends at byte {size}",
            "It is truncated before the first sample; look for the original",
        )
    problems = list(header.problems)
    starts, lengths = _planned(header, path, problems)
    firsts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    available = np.clip(present - firsts, 0, lengths) // channels
    planned = lengths // channels
    if present < int(lengths.sum()):
        problems.append(_missing(present // channels, planned, available))
    elif present < block.count:
        problems.append(f"the header promises {block.count} samples, the file holds {present}")
    kept = [i for i in range(len(planned)) if available[i] > 0]
    return Layout(
        tuple(
            Stretch(int(firsts[i]), int(available[i]), int(planned[i]), float(starts[i]))
            for i in kept
        ),
        tuple(problems),
    )


def _planned(
    header: AbfHeader, path: Path, problems: list[str]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return start [ms] and length [samples over all channels] of each sweep of the header."""
    channels, count = len(header.inputs), header.data.count
    whole = np.zeros(1), np.array([count - count % channels], dtype=np.int64)
    table = header.timetable
    if header.mode == GAP_FREE and (table is None or len(table.starts) < 2):
        return whole
    if table is not None:
        wrong = _contradiction(header, table.starts, table.lengths)
        if not wrong:
            return table.starts * header.clock, table.lengths
        problems.append(f"the synch array {wrong}; sweeps are cut by the header's sweep length")
    if header.mode == GAP_FREE:
        return whole
    if header.mode == EVENTS_OF_ANY_LENGTH:
        raise DamagedFileError(
            path,
            "its sweeps differ in length, and the table that says where they begin is damaged",
            "The end of the file is missing; look for the original",
        )
    return _equal_sweeps(header, path, problems)


def _equal_sweeps(
    header: AbfHeader, path: Path, problems: list[str]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    channels, count = len(header.inputs), header.data.count
    sweeps = max(header.sweep_count, 1)
    length = header.sweep_length if header.sweep_length > 0 else count // channels // sweeps
    if sweeps > _MOST_SWEEPS or length < 1 or length * channels * (sweeps - 1) >= count:
        raise DamagedFileError(
            path,
            f"its header states {sweeps} sweeps of {length} samples, "
            f"but {count // channels} samples in all",
        )
    spacing = header.sweep_interval
    if not spacing >= length * header.interval:
        spacing = length * header.interval
    if sweeps > 1 and header.timetable is None:
        problems.append(
            f"the times at which sweeps began are missing; they are spaced by {spacing:g} ms, "
            "as the protocol asks"
        )
    lengths = np.full(sweeps, length * channels, dtype=np.int64)
    return np.arange(sweeps) * spacing, lengths


def _contradiction(header: AbfHeader, starts: NDArray[Any], lengths: NDArray[Any]) -> str:
    """Return what makes a timetable useless."""
    channels = len(header.inputs)
    if bool((lengths < channels).any()):
        return f"states a sweep of {int(lengths.min())} samples"
    if bool((starts < 0).any()) or bool((np.diff(starts) < 0).any()):
        return "states sweeps that begin before the one before them"
    if abs(int(lengths.sum()) - header.data.count) >= channels:
        return f"states {int(lengths.sum())} samples in all, the data table {header.data.count}"
    if bool((lengths % channels).any()):
        return "states a sweep that ends between two channels"
    return ""


def _missing(present: int, planned: NDArray[Any], available: NDArray[Any]) -> str:
    text = f"the samples end after {present} of {int(planned.sum())} per channel"
    short = np.flatnonzero((available > 0) & (available < planned))
    gone = np.flatnonzero(available == 0)
    for i in short:
        text += f"; sweep {i} has {available[i]} of {planned[i]}"
    if len(gone):
        last = f" to {gone[-1]}" if len(gone) > 1 else ""
        text += f"; sweep {gone[0]}{last} missing"
    return text


def samples(content: Bytes, header: AbfHeader, sweeps: tuple[Stretch, ...]) -> list[list[Any]]:
    """Return views of the stored numbers, ``[sweep][channel]``; nothing is loaded."""
    block, channels = header.data, len(header.inputs)
    stop = max(sweep.first + sweep.length * channels for sweep in sweeps)
    every = np.frombuffer(content, block.dtype, stop, block.start)
    return [
        [
            every[sweep.first + i : sweep.first + sweep.length * channels : channels]
            for i in range(channels)
        ]
        for sweep in sweeps
    ]
