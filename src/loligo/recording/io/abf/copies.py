"""Recorded copies of a command: inputs that digitize an output without noise.

A copy shows what was played. Where it contradicts the header's waveform, the copy is trusted and
the header's waveform is not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.recording.io.abf.command import Played
from loligo.recording.io.abf.header import AbfHeader, AdcInput
from loligo.recording.io.roles import known_unit
from loligo.recording.sweep import Epoch, EpochKind

_NAME = re.compile(r"AO ?#(\d+)")
_SAME = 0.02
"""Largest difference between copy and waveform, as a fraction of the copy's range."""
_EXCEPTIONS = 0.01
"""Fraction of samples that may differ more: those at steps, off by one sample."""
_COMPARED = 5000
"""Samples of a sweep looked at, spread evenly."""
_MOST_SEGMENTS = 50


def is_copy(entry: AdcInput) -> bool:
    """Tell whether an input carries the name the program gives a digitized output."""
    return _NAME.fullmatch(entry.name) is not None


def with_copies_trusted(
    header: AbfHeader, stored: Sequence[Sequence[NDArray[Any]]], used: Sequence[Played]
) -> tuple[tuple[Played, ...], dict[str, str]]:
    """Compare each copy with its output's waveform.

    Returns
    -------
    tuple of Played
        Those that a copy contradicts are marked unknown, and why.
    dict
        Output by copy, where they agree.
    """
    checked, agreeing = list(used), {}
    for column, entry in enumerate(header.inputs):
        found = _NAME.fullmatch(entry.name)
        for i, played in enumerate(checked):
            if found is None or played.output.number != int(found[1]) or played.unknown:
                continue
            theirs, ours = known_unit(entry.unit), known_unit(played.output.unit)
            if theirs is None or ours is None or theirs.dimension != ours.dimension:
                continue
            factors = theirs.factor, ours.factor
            sweep = _first_difference(entry, column, stored, played, factors)
            if sweep is None:
                agreeing[entry.name] = played.output.name
            else:
                why = (
                    f"the recorded copy {entry.name!r} differs from the header's waveform "
                    f"(in sweep {sweep}); the copy is trusted"
                )
                checked[i] = replace(played, unknown=why)
    return tuple(checked), agreeing


def _first_difference(
    entry: AdcInput,
    column: int,
    stored: Sequence[Sequence[NDArray[Any]]],
    played: Played,
    factors: tuple[float, float],
) -> int | None:
    """Return the first of a few sweeps in which copy and waveform differ."""
    for sweep in sorted({0, len(stored) // 2, len(stored) - 1}):
        whole = stored[sweep][column]
        every = max(len(whole) // _COMPARED, 1)
        raw = whole[::every]
        copy = (raw * np.float64(entry.gain) + entry.offset) * factors[0]
        waveform = played.values(sweep, 0, len(whole))[::every] * factors[1]
        coarse = abs(entry.gain) * factors[0] if raw.dtype.kind == "i" else 0.0
        allowed = max(_SAME * float(np.ptp(copy)), 4 * coarse, 1e-6 * float(np.abs(copy).max()))
        if float((np.abs(copy - waveform) > allowed).mean()) > _EXCEPTIONS:
            return sweep
    return None


def detected_epochs(
    columns: Sequence[NDArray[Any]], entry: AdcInput, scale: float, rate: float
) -> list[tuple[Epoch, ...]]:
    """Return the steps of a noiseless copy as epochs, for each sweep.

    Parameters
    ----------
    columns : sequence of array (time,)
        Stored numbers of the copy in each sweep.
    entry : AdcInput
    scale : float
        From the file's unit to the channel's.
    rate : float [kHz]
    """
    found: list[tuple[Epoch, ...]] = []
    for i, raw in enumerate(columns):
        is_same = i > 0 and np.array_equal(raw, columns[0])
        found.append(found[0] if is_same else _steps(raw, entry, scale, rate))
    return found


def _steps(raw: NDArray[Any], entry: AdcInput, scale: float, rate: float) -> tuple[Epoch, ...]:
    values = (raw * np.float64(entry.gain) + entry.offset) * scale
    coarse = abs(entry.gain * scale) if raw.dtype.kind == "i" else 0.0
    threshold = max(_SAME * float(np.ptp(values)), 4 * coarse)
    edges = np.flatnonzero(np.abs(np.diff(values)) > threshold) + 1
    bounds = [0, *edges.tolist(), len(values)]
    if len(bounds) > _MOST_SEGMENTS or np.diff(bounds).min() < 2:
        return ()
    epochs: list[Epoch] = []
    segments = list(pairwise(bounds))
    for i, (start, stop) in enumerate(segments):
        part = values[start:stop]
        if float(np.ptp(part)) > threshold:
            return ()
        level = float(np.median(part))
        label = "pre" if i == 0 else chr(64 + i)
        if i and i == len(segments) - 1 and abs(level - (epochs[0].level or 0.0)) <= threshold:
            label = "post"
        kind = EpochKind.HOLD if label in {"pre", "post"} else EpochKind.STEP
        epochs.append(
            Epoch(label, kind, start / rate, stop / rate, entry.name, level, source="detected")
        )
    return tuple(epochs)
