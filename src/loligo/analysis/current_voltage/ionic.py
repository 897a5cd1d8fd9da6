"""Without leak: what was subtracted, what can be, and why nothing was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.correct.leak import LeakLine, leak_line
from loligo.analysis.current_voltage.peak import noise_of
from loligo.analysis.interval import t_quantile
from loligo.analysis.layout import Layout, layout_of, load, steps
from loligo.analysis.rig_notes import leak_subtraction
from loligo.errors import CorrectionError
from loligo.recording import Channel, Recording
from loligo.recording.corrections import copies_of, p_over_n
from loligo.recording.limits import at_limit
from loligo.units import format_quantity

_DONE = ("leak_conductance", "leak_copies", "seal_resistance")
_QUIET = 1.0
"""For so long nothing stands out of the noise once a transient is over [ms]."""
_SEEN = 5.0
"""Standard deviations of noise in which a transient is lost."""


@dataclass(frozen=True, slots=True)
class Subtracted:
    """A recording whose current is without leak, or the reason why it is not.

    Attributes
    ----------
    layout : Layout
        Of the sweeps that are no copies for leak subtraction.
    sweeps : tuple of int
        Which sweep of the recording each of them was.
    words : str
        What was subtracted; ``""`` where nothing was.
    reason : str
        Why leak is still in the current; ``""`` where it is not.
    slope, slope_error : float [nS]
        Of a line that is to be subtracted still.
    settled : float [ms]
        How long after a step's begin the current of the capacitance is over.
    left_out : tuple of int
        Sweeps that, or whose copies, are out of range somewhere.
    """

    layout: Layout
    sweeps: tuple[int, ...]
    words: str = ""
    reason: str = ""
    slope: float = 0.0
    slope_error: float = 0.0
    settled: float = 0.0
    left_out: tuple[int, ...] = ()


def without_leak(recording: Recording, channel: Channel, *, is_subtracted: bool) -> Subtracted:
    """Return a recording without its leak, by copies of the command or a line through small steps.

    Parameters
    ----------
    recording : Recording
    channel : Channel
        A response in voltage clamp with a command.
    is_subtracted : bool
        Whether the caller knows that leak was subtracted before.
    """
    command = recording.command(channel)
    assert command is not None
    done = _done(recording, channel, is_subtracted)
    protocol = recording.protocols.get(command.name)
    refused = ""
    if protocol is not None and protocol.leak is not None:
        played = recording.sweeps_with(channel, command)
        every = own = tuple(s for place, s in enumerate(played) if not protocol.is_leak(place))
        if not done:
            try:
                recording, own = _by_copies(recording, channel)
                done = f"leak subtracted by the protocol's copies ({protocol.leak})"
            except CorrectionError as error:
                refused = str(error)
    else:
        every = own = tuple(range(len(recording)))
    chosen = recording if len(own) == len(recording) else recording.select(own)
    layout = layout_of(chosen, channel.name)
    if done or refused:
        out = tuple(sweep for sweep in every if sweep not in own)
        return Subtracted(layout, own, done, refused, left_out=out)
    return _by_line(layout, own)


def _by_copies(recording: Recording, channel: Channel) -> tuple[Recording, tuple[int, ...]]:
    """Subtract copies where they and their sweep are in range; return the sweeps of which they are.

    Of a transient that is cut off the copies know more than the sweep, which is left out whole.

    Raises
    ------
    CorrectionError
        No sweep is in range, or the copies are not linear.
    """
    copies = copies_of(recording, channel)
    kept = {
        main: some
        for main, some in copies.items()
        if not any(_cut_off(recording, channel, sweep) for sweep in (main, *some))
    }
    return p_over_n(recording, kept or copies, response=channel), tuple(kept or copies)


def _cut_off(recording: Recording, channel: Channel, sweep: int) -> bool:
    trace = recording.trace(sweep, channel)
    return trace.resolution > 0 and bool(at_limit(trace, trace.values()).any())


def _done(recording: Recording, channel: Channel, is_subtracted: bool) -> str:
    """Say how the recording, or the caller, tells that leak was subtracted."""
    for entry in recording.corrections:
        if entry.applied and entry.channel == channel.name and entry.name in _DONE:
            return f"leak corrected before ({entry.name.replace('_', ' ')})"
    if is_subtracted:
        return "leak subtracted before, as the caller says"
    source = recording.provenance.source
    if "subtracted" in source.lower():
        return f"leak subtracted before, by the file's name ({source!r})"
    return leak_subtraction(layout_of(recording, channel.name))


def _by_line(layout: Layout, own: tuple[int, ...]) -> Subtracted:
    try:
        found = leak_line(layout.recording, layout.response)
    except CorrectionError as error:
        return Subtracted(layout, own, "", str(error))
    slope = found.conductance
    assert slope.value is not None
    assert slope.low is not None
    assert slope.high is not None
    width = (slope.high - slope.low) / 2 / t_quantile(math.inf)
    shown = format_quantity(slope.value, "nS", 3)
    words = f"a line of {shown} through the small steps subtracted"
    settled = _settled(layout, found)
    return Subtracted(layout, own, words, "", slope.value, width, settled)


def _quiet_from(above: NDArray[np.bool_], top: int, length: int) -> int:
    """Return the first sample from `top` on that begins a stretch in which nothing is above."""
    loud = [*np.nonzero(above[top:])[0], above.size - top]
    ends = [before for before, after in pairwise(loud) if after - before > length]
    return top + int(ends[0]) + 1 if ends else above.size


def _settled(layout: Layout, line: LeakLine) -> float:
    """Return when the transient of the largest step is over, from that of the largest small step.

    The transient is taken to decay exponentially once it is below its half, and to be in proportion
    to the step.
    """
    every = [step for group in steps(layout).values() for step in group]
    small = [step for step in every if step.sweep in line.sweeps]
    if not small:
        return 0.0
    step = max(small, key=lambda entry: abs(entry.level - entry.before))
    largest = max(abs(entry.level - entry.before) for entry in every)
    trace = layout.recording.trace(step.sweep, layout.response)
    values = load(trace, step.whole) - float(load(trace, step.steady).mean())
    noise = noise_of(load(trace, step.baseline)).deviation
    height = float(np.abs(values).max())
    level = max(_SEEN * noise, 1e-3 * height)
    if height <= 2 * level:
        return 0.0
    top = int(np.argmax(np.abs(values)))
    last = _quiet_from(np.abs(values) > level, top, max(round(_QUIET * trace.sampling_rate), 10))
    ratio = largest / abs(step.level - step.before)
    late = (last - top) * math.log(max(ratio, 1.0)) / math.log(height / level)
    return float((last + late) / trace.sampling_rate)
