"""Epochs found in a sampled command, for files that state no protocol.

The command is approximated by straight pieces (Douglas and Peucker's subdivision) within its own
noise. Flat pieces become levels, long sloping ones ramps, and what does not reduce to a few
straight pieces is called a waveform. Nothing is found that is smaller than about eight times the
command's noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import SelectionError
from loligo.recording.sweep import Epoch, EpochKind

SETTLING = 2.0
"""Longest transition of a noisy command that still counts as a step, not a ramp [ms]."""

NOISY_DETAIL = 0.005
"""Smallest detail found in a noisy command, as a fraction of its range."""

MOST_PIECES = 400
"""A command of more straight pieces is a waveform."""

MOST_RAMPS = 24
"""A sloping stretch of more straight pieces is a waveform."""

_MOSTLY = 0.9
_LAGS = (1, 4, 16)
_ROUNDING = 1e-8
_EXACT = 1e-6
"""Differences below this fraction of the command's range are rounding."""


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    stop: int
    kind: EpochKind
    level: float
    start_level: float | None = None


def detect_epochs(
    values: ArrayLike,
    sampling_rate: float,
    channel: str = "",
    *,
    start: float = 0.0,
    resolution: float = 0.0,
) -> tuple[Epoch, ...]:
    """Find the epochs of a command.

    Parameters
    ----------
    values : array_like, shape (time,)
        The command, in its channel's unit.
    sampling_rate : float [kHz]
    channel : str
        Name of the command channel.
    start : float [ms]
        Time of the first sample after the sweep's start.
    resolution : float
        Smallest difference the stored numbers can express, in the unit of `values`.

    Returns
    -------
    tuple of Epoch
        In order, without gaps, ``source="detected"``. The first is ``"pre"`` and, where it returns
        to the level of the first, the last ``"post"``; between them ``"A"``, ``"B"``, ... A command
        that never changes is one epoch ``"A"`` of kind hold. A level is the median of its stretch;
        an edge is the first sample past halfway between the levels on either side (without noise:
        the first sample of the new level). Steps shorter than 2 samples, or with noise 2 ms,
        belong to the transition around them.

    Raises
    ------
    SelectionError
        Not one-dimensional, or not finite.
    """
    command = np.asarray(values, dtype=np.float64)
    if command.ndim != 1 or not np.isfinite(command).all():
        raise SelectionError(
            f"a command of shape {command.shape} must be one-dimensional and finite to find epochs"
        )
    if command.size == 0:
        return ()
    command, left = _calmed(command, round(SETTLING / 2 * sampling_rate))
    noise, smooth = _noise(command)
    noise = max(noise, left)
    span = float(np.ptp(command))
    is_noisy = noise > _EXACT * span
    detail = NOISY_DETAIL if is_noisy else _EXACT
    tolerance = max(6.0 * noise, 1.01 * resolution, detail * span)
    shortest = max(2, round(SETTLING * sampling_rate)) if is_noisy else 2
    if span <= tolerance:
        kind = EpochKind.WAVEFORM if smooth and span > 1.01 * resolution else EpochKind.HOLD
        pieces = [_Piece(0, command.size, kind, float(np.median(command)))]
    else:
        knots = _knots(command, tolerance)
        pieces = (
            [_waveform(command, 0, command.size)]
            if knots is None
            else _pieces(command, knots, tolerance, shortest)
        )
    return tuple(
        Epoch(
            label=label,
            kind=piece.kind,
            start=start + piece.start / sampling_rate,
            stop=start + piece.stop / sampling_rate,
            channel=channel,
            level=None if piece.kind is EpochKind.WAVEFORM else piece.level,
            start_level=piece.start_level,
            source="detected",
        )
        for label, piece in _labelled(pieces, tolerance)
    )


def _calmed(command: NDArray[np.float64], reach: int) -> tuple[NDArray[np.float64], float]:
    """Return the command without what alternates in it, and a standard deviation of what is left.

    A measured current may carry an oscillation as fast as the sampling (of a digitizer, or
    aliased), which is not like noise: neighbouring samples differ by more than those apart. It is
    averaged over `reach` to either side; glitches (the capacitive currents of action potentials)
    are then taken off by a running median. An average of n samples holds at most an nth of the
    swing, which counts as three standard deviations.
    """
    if reach < 1 or command.size < 6 * reach + 8:
        return command, 0.0
    near, apart = (float(np.median(np.abs(command[k:] - command[:-k]))) for k in (1, 4))
    if near <= 2 * apart:
        return command, 0.0
    from scipy.ndimage import median_filter

    weights = np.full(2 * reach + 1, 1 / (2 * reach))
    weights[[0, -1]] /= 2
    mean = np.convolve(np.pad(command, reach, mode="reflect"), weights, mode="valid")
    calmed: NDArray[np.float64] = median_filter(mean, 6 * reach + 1, mode="nearest")
    return calmed, near / (2 * reach) / 3


def _noise(command: NDArray[np.float64]) -> tuple[float, bool]:
    """Return the noise's standard deviation, and whether the command moves smoothly within it.

    Second differences cancel ramps and their median ignores edges; several lags are used since
    filtered noise barely differs between neighbouring samples. Where most neighbours are equal, or
    on one straight line, there is none.
    """
    rounding = _ROUNDING * float(np.ptp(command))
    for order in (1, 2):
        steps = np.abs(np.diff(command, order))
        if steps.size == 0 or (steps <= rounding).mean() > 0.5:
            return 0.0, False
    sigmas = []
    for lag in _LAGS:
        if command.size < 4 * lag + 4:
            break
        second = command[2 * lag :] - 2 * command[lag:-lag] + command[: -2 * lag]
        sigmas.append(float(np.median(np.abs(second))) / 0.6745 / np.sqrt(6.0))
    if not sigmas:
        return 0.0, False
    return max(sigmas), sigmas[0] < 0.02 * max(sigmas)


def _knots(command: NDArray[np.float64], tolerance: float) -> list[int] | None:
    """Return the ends of the straight pieces; ``None`` where there are too many."""
    time = np.arange(command.size, dtype=np.float64)
    knots = {0, command.size - 1}
    open_pieces = [(0, command.size - 1)]
    while open_pieces:
        first, last = open_pieces.pop()
        if last - first < 2:
            continue
        slope = (command[last] - command[first]) / (last - first)
        chord = command[first] + slope * (time[first : last + 1] - first)
        distance = np.abs(command[first : last + 1] - chord)
        farthest = int(np.argmax(distance))
        if distance[farthest] <= tolerance:
            continue
        knots.add(first + farthest)
        if len(knots) > MOST_PIECES:
            return None
        open_pieces += [(first, first + farthest), (first + farthest, last)]
    return sorted(knots)


def _pieces(
    command: NDArray[np.float64], knots: list[int], tolerance: float, shortest: int
) -> list[_Piece]:
    """Turn straight pieces into levels, ramps and waveforms, without gaps."""
    flats = _flats(command, knots, tolerance, shortest)
    flats = _joined(command, _extended(command, flats, tolerance, shortest), tolerance)
    if not flats:
        return _sloping(command, 0, command.size, knots, tolerance, shortest)
    pieces: list[_Piece] = []
    before: _Piece | None = None
    for flat in flats:
        begin = before.stop if before else 0
        if flat.start - begin > shortest:
            pieces += _sloping(command, begin, flat.start, knots, tolerance, shortest)
            edge = flat.start
        elif before is not None:
            edge = _edge(command, before, flat)
            pieces[-1] = replace(pieces[-1], stop=edge)
        else:
            edge = 0
        before = replace(flat, start=edge)
        pieces.append(before)
    left = command.size - flats[-1].stop
    if 0 < left <= shortest:
        pieces[-1] = replace(pieces[-1], stop=command.size)
    elif left:
        pieces += _sloping(command, flats[-1].stop, command.size, knots, tolerance, shortest)
    return pieces


def _flats(
    command: NDArray[np.float64], knots: list[int], tolerance: float, shortest: int
) -> list[_Piece]:
    """Return the stretches of constant level, neighbours of one level joined."""
    flats: list[_Piece] = []
    for first, last in pairwise(knots):
        count = last - first + 1
        part = command[first : last + 1]
        if count < shortest or not _is_flat(part, tolerance):
            continue
        level = float(np.median(part))
        touching = flats and first - flats[-1].stop <= shortest
        if touching and abs(flats[-1].level - level) <= tolerance / 2:
            first = flats.pop().start  # noqa: PLW2901
            level = float(np.median(command[first : last + 1]))
        elif flats and first < flats[-1].stop:
            first = flats[-1].stop  # noqa: PLW2901
        flats.append(_Piece(first, last + 1, EpochKind.STEP, level))
    return flats


def _is_flat(part: NDArray[np.float64], tolerance: float) -> bool:
    """Tell whether a straight piece keeps one level, brief glitches aside."""
    middle = part.size // 2
    drift = np.median(part[middle:]) - np.median(part[:middle])
    within = np.abs(part - np.median(part)) <= 2 * tolerance
    return bool(abs(drift) <= tolerance and within.mean() >= _MOSTLY)


def _extended(
    command: NDArray[np.float64], flats: list[_Piece], tolerance: float, shortest: int
) -> list[_Piece]:
    """Extend two levels to where the command leaves and reaches them, if that is a step."""
    extended = flats[:1]
    for flat in flats[1:]:
        before, after = extended[-1], flat
        gap = command[before.stop : after.start]
        leaves = np.abs(gap - before.level) > tolerance
        arrives = np.abs(gap - after.level) > tolerance
        stop = before.stop + (int(np.argmax(leaves)) if leaves.any() else gap.size)
        start = before.stop + (int(np.flatnonzero(arrives)[-1]) + 1 if arrives.any() else 0)
        if 0 <= start - stop <= shortest:
            extended[-1] = replace(before, stop=stop)
            after = replace(after, start=start)
        extended.append(after)
    return extended


def _joined(command: NDArray[np.float64], flats: list[_Piece], tolerance: float) -> list[_Piece]:
    """Join levels that only brief glitches separate."""
    joined: list[_Piece] = []
    for flat in flats:
        if joined and abs(joined[-1].level - flat.level) <= tolerance:
            between = command[joined[-1].stop : flat.start]
            if between.size and (np.abs(between - flat.level) <= 2 * tolerance).mean() >= _MOSTLY:
                begin = joined.pop().start
                level = float(np.median(command[begin : flat.stop]))
                joined.append(_Piece(begin, flat.stop, EpochKind.STEP, level))
                continue
        joined.append(flat)
    return joined


def _edge(command: NDArray[np.float64], before: _Piece, after: _Piece) -> int:
    """Return the first sample past halfway between two levels, searched around their border."""
    reach = max(2, after.start - before.stop)
    low = max(before.start + 1, before.stop - reach)
    high = min(after.stop - 1, after.start + reach)
    halfway = (before.level + after.level) / 2
    sign = 1.0 if after.level > before.level else -1.0
    past = sign * (command[low:high] - halfway) > 0
    return low + int(np.argmax(past)) if past.any() else after.start


def _sloping(
    command: NDArray[np.float64],
    first: int,
    stop: int,
    knots: list[int],
    tolerance: float,
    shortest: int,
) -> list[_Piece]:
    """Return the ramps of a stretch that is not flat; one waveform where they are too many."""
    inside = [knot for knot in knots if first + shortest <= knot <= stop - 1 - shortest]
    kept = [first]
    for knot in inside:
        if knot - kept[-1] >= shortest:
            kept.append(knot)
    bounds = [*kept, stop]
    if len(bounds) - 1 > MOST_RAMPS:
        return [_waveform(command, first, stop)]
    ramps = []
    for begin, end in pairwise(bounds):
        part = command[begin:end]
        slope, level = (
            np.polyfit(np.arange(part.size), part, 1) if part.size > 1 else (0.0, part[0])
        )
        line = level + slope * np.arange(part.size)
        if np.abs(part - line).max() > 4 * tolerance:
            return [_waveform(command, first, stop)]
        ramps.append(
            _Piece(begin, end, EpochKind.RAMP, float(level + slope * part.size), float(level))
        )
    return ramps


def _waveform(command: NDArray[np.float64], first: int, stop: int) -> _Piece:
    return _Piece(first, stop, EpochKind.WAVEFORM, float(np.median(command[first:stop])))


def _labelled(pieces: list[_Piece], tolerance: float) -> list[tuple[str, _Piece]]:
    """Label the pieces; levels equal to the first are holds, others steps."""
    base = pieces[0].level if pieces[0].kind in {EpochKind.STEP, EpochKind.HOLD} else None
    labelled: list[tuple[str, _Piece]] = []
    count = 0
    for place, piece in enumerate(pieces):
        is_level = piece.kind in {EpochKind.STEP, EpochKind.HOLD}
        at_base = is_level and base is not None and abs(piece.level - base) <= tolerance
        told = replace(piece, kind=EpochKind.HOLD) if at_base else piece
        if len(pieces) > 1 and at_base and place == 0:
            label = "pre"
        elif len(pieces) > 1 and at_base and place == len(pieces) - 1:
            label = "post"
        else:
            label = _letters(count)
            count += 1
        labelled.append((label, told))
    return labelled


def _letters(count: int) -> str:
    """Return ``A`` to ``Z``, then ``AA``, ``AB``, ..."""
    text = ""
    count += 1
    while count:
        count, rest = divmod(count - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
