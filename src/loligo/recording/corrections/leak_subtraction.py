"""P/N: the linear current, measured with small copies of the command, subtracted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError, SelectionError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import Target, refuse_saturated, refuse_subtracted, target
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import Measured
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace

NAME = "leak_copies"
_ALIKE = 0.01
"""Copies may differ from the scaled command by this share of its excursion (digitizer's steps)."""
_NONLINEAR = 0.1
"""Copies activate something where their sum leaves what is linear by this share of it."""
_SURE = 5.0
"""And by this many standard errors of white noise."""
_FEWEST = 16
"""Samples a held level must have to be looked at."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of one sweep.

    Attributes
    ----------
    sweeps : tuple of int
    scale : float
        The sweep's excursion over the sum of the copies': 1 for P/4, -1 for P/-4.
    """

    sweeps: tuple[int, ...]
    scale: float


def copies_of(
    recording: Recording, response: Channel | str | None = None
) -> dict[int, tuple[int, ...]]:
    """Return which sweeps are copies of which, as the protocol of the recording has it.

    Returns
    -------
    dict of int to tuple of int
        Indices of the copies, by index of the sweep they belong to.

    Raises
    ------
    CorrectionError
        The recording does not know its protocol, or that has no copies.
    """
    found = target(recording, response, None, ClampMode.VOLTAGE_CLAMP, NAME)
    assert found.command is not None
    protocol = recording.protocols.get(found.command.name)
    if protocol is None or protocol.leak is None:
        why = "has no protocol that says" if protocol is None else "plays no copies of its command;"
        raise CorrectionError(
            f"leak copies: the recording {why} which sweeps are P/N copies; pass copies= "
            "{sweep: (copies, ...)}, or subtract a linear leak"
        )
    count = protocol.leak.count + 1
    played = recording.sweeps_with(found.command)
    return {
        played[first + count - 1]: tuple(played[first : first + count - 1])
        for first in range(0, len(played) - count + 1, count)
    }


def p_over_n(
    recording: Recording,
    copies: Mapping[int, Iterable[int]] | None = None,
    *,
    response: Channel | str | None = None,
) -> Recording:
    """Subtract the linear current, as P/N copies of the command measured it.

    Parameters
    ----------
    recording : Recording
    copies : mapping of int to ints, optional
        Indices of copies by index of the sweep they belong to; as the protocol has it by default.
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    Recording
        In the sweeps with copies the sum of the copies' changes, scaled by the commands, is
        subtracted; holding current stays. The copies stay in the recording, `select` leaves them
        out.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, leak subtracted already; copies that are not
        scaled copies of the command; copies that activate a current.
    SelectionError
        There is no such sweep.

    Notes
    -----
    How much smaller the copies are is found from the commands: ``P/N``, ``P/-N``, other numbers,
    and copies that start from another level are all ``scale = excursion / sum of excursions``,
    excursions from each sweep's first level. Each one's baseline is its mean over the last half of
    the stretch before the first change. Noise adds: N copies of an N-th of the command have N
    times the variance of a sweep.

    References
    ----------
    Bezanilla, Armstrong 1977 J Gen Physiol 70:549, https://doi.org/10.1085/jgp.70.5.549
    """
    told = copies_of(recording, response) if copies is None else copies
    table = {main: tuple(some) for main, some in told.items()}
    found = target(recording, response, table, ClampMode.VOLTAGE_CLAMP, NAME)
    refuse_subtracted(found, "leak copies")
    everything = sorted({i for main, some in table.items() for i in (main, *some)})
    target(recording, response, everything, ClampMode.VOLTAGE_CLAMP, NAME)
    both = Target(recording, found.response, found.command, tuple(everything), None)
    refuse_saturated(both, "leak copies")
    measured = {main: _copies(found, main, some) for main, some in table.items()}
    for main, entry in measured.items():
        _refuse_activated(found, main, entry)
    counts = {len(e.sweeps) * (1 if e.scale > 0 else -1) for e in measured.values()}
    if len(counts) > 1:
        raise CorrectionError(f"leak copies: sweeps have different numbers of them: {counts}")
    (count,) = counts
    scales = sorted({round(e.scale, 3) for e in measured.values()})
    words = (
        f"P/{count}: the sum of the copies' changes times {', '.join(f'{s:g}' for s in scales)} "
        "subtracted; the holding current is left"
    )

    def change(index: int, trace: Trace) -> Trace:
        entry = measured[index]
        return derived(trace, lambda: trace.values() - _linear(found, entry, len(trace)))

    source = "copies named by the protocol" if copies is None else "given"
    made = record(found, NAME, Measured(float(count), source=source), words)
    return apply(recording, made, change)


def _excursion(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values - values[0])


def _copies(found: Target, main: int, some: tuple[int, ...]) -> Copies:
    """Check that commands are scaled copies, and return by how much."""
    if not some:
        raise SelectionError(f"leak copies: sweep {main} has none")
    if main in some:
        raise SelectionError(f"leak copies: sweep {main} cannot be a copy of itself")
    command = _excursion(found.commanded(main))
    rate, length = found.trace(main).sampling_rate, len(found.trace(main))
    for index in some:
        trace = found.trace(index)
        if trace.sampling_rate != rate or len(trace) != length:
            raise CorrectionError(
                f"leak copies: sweep {index} is sampled otherwise than sweep {main}, whose copy it "
                "should be"
            )
    total = np.sum([_excursion(found.commanded(index)) for index in some], axis=0)
    power = float(total @ total)
    if power == 0:
        raise CorrectionError(f"leak copies: the command does not change in sweeps {some}")
    scale = float(command @ total) / power
    largest = float(np.abs(command).max())
    apart = float(np.abs(command - scale * total).max())
    if largest == 0 or apart > _ALIKE * largest:
        raise CorrectionError(
            f"leak copies: the commands of sweeps {', '.join(map(str, some))} are not scaled "
            f"copies of that of sweep {main} (up to {apart:.3g} mV apart)"
        )
    return Copies(some, scale)


def _baseline(found: Target, index: int) -> int:
    """Return how many samples lie before the command first changes."""
    command = found.commanded(index)
    moved = np.flatnonzero(command != command[0])
    return int(moved[0]) if moved.size else command.size


def _changes(found: Target, index: int) -> NDArray[np.float64]:
    values = found.trace(index).values()
    before = _baseline(found, index)
    if before < 2:
        raise CorrectionError(
            f"leak copies: sweep {index} has no samples before its command changes, and with that "
            "no baseline"
        )
    return np.asarray(values - values[before // 2 : before].mean())


def _linear(found: Target, entry: Copies, length: int) -> NDArray[np.float64]:
    total = np.zeros(length)
    for index in entry.sweeps:
        total += _changes(found, index)
    return entry.scale * total


def _refuse_activated(found: Target, main: int, entry: Copies) -> None:
    """Refuse copies whose summed current is not that of a linear circuit.

    After the transient a linear current is steady while the command is held, and what follows the
    return of the command mirrors what followed the step. Neither is so where channels open.
    """
    command = found.commanded(main)
    total = _linear(found, entry, command.size)
    start, stop, end = _longest(command)
    if stop - start < _FEWEST:
        return
    held = total[start:stop]
    late = held[3 * held.size // 4 :]
    steady = float(late.mean())
    spread = float(np.std(np.diff(late))) / np.sqrt(2)
    problems = [_differs(held[held.size // 4 : held.size // 2] - steady, spread)]
    length = min(stop - start, end - stop)
    if length >= _FEWEST:
        mirrored = held[:length] + total[stop : stop + length] - steady
        bins = np.array_split(mirrored[_FEWEST // 4 :], 6)
        problems += [_differs(part, spread * np.sqrt(2)) for part in bins]
    worst = max(problems, key=abs)
    if abs(worst) > _NONLINEAR * abs(steady):
        raise CorrectionError(
            f"leak copies: the copies of sweep {main} carry a current that is not linear in the "
            f"command ({worst:.3g} pA of {steady:.3g} pA, scaled): they activate channels, and "
            "their sum is no leak. Use copies from a more negative level, inverted ones, or a "
            "linear leak from hyperpolarizing steps"
        )


def _differs(values: NDArray[np.float64], spread: float) -> float:
    """Return a mean that white noise of a spread does not explain, 0 where it does."""
    mean = float(values.mean())
    return mean if abs(mean) > _SURE * spread / np.sqrt(values.size) else 0.0


def _longest(command: NDArray[np.float64]) -> tuple[int, int, int]:
    """Return where the longest held change begins and ends, and until when the return is held.

    Where the command does not return to its first level the third is the second.
    """
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(command)) + 1, [command.size]))
    away = [k for k in range(bounds.size - 1) if command[bounds[k]] != command[0]]
    if not away:
        return 0, 0, 0
    longest = max(away, key=lambda k: bounds[k + 1] - bounds[k])
    start, stop = int(bounds[longest]), int(bounds[longest + 1])
    returns = longest + 2 < bounds.size and command[stop] == command[0]
    before = command[start - 1] if start else command[0]
    if not returns or before != command[0]:
        return start, stop, stop
    return start, stop, int(bounds[longest + 2])
