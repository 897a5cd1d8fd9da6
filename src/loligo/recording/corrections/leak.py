"""Linear leak, subtracted: a straight line of current against command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import refuse_saturated, refuse_subtracted, target
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import Measured, measured
from loligo.recording.corrections.path import path_of, through
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace
from loligo.units import format_quantity


@dataclass(frozen=True, slots=True)
class Line:
    """A leak, and what of it is recorded.

    Attributes
    ----------
    conductance : float [nS]
    reversal : float [mV]
    name : str
        Glossary name of the correction.
    number : Measured
        The value that is recorded under the name.
    """

    conductance: float
    reversal: float
    name: str
    number: Measured


def leak_current(
    command: NDArray[np.float64], conductance: float, reversal: float
) -> NDArray[np.float64]:
    """Return the current [pA] through a leak [nS] at a command [mV]: ``g (V - E)``."""
    return np.asarray(conductance * (command - reversal))


def leak(
    recording: Recording,
    conductance: Any,
    reversal: Any,
    *,
    filter_frequency: Any = None,
    delay: Any = 0,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Subtract a linear leak from a voltage clamp.

    Parameters
    ----------
    recording : Recording
    conductance : quantity or Estimate
        `leak_conductance`; `loligo.analysis.correct.correct_leak` finds it from small steps.
    reversal : quantity or Estimate
        Potential at which the leak carries no current.
    filter_frequency : quantity, optional
        Corner of the output filter, in place of the file's.
    delay : quantity
        From command to response, beside the filter.
    response : Channel or str, optional
        Needed where there are several.
    sweeps : iterable of int, optional
        Indices; all by default.

    Returns
    -------
    Recording
        Its response is ``I - g (V_c - E)``.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, a conductance below zero, or leak is
        subtracted already.
    """
    slope = measured(conductance, "conductance", name="leak conductance")
    if slope.value < 0:
        shown = format_quantity(slope.value, "nS")
        raise CorrectionError(f"leak conductance = {shown} must not be below zero")
    at = measured(reversal, "voltage", name="leak reversal").value
    line = Line(slope.value, at, "leak_conductance", slope)
    return subtract_line(recording, line, filter_frequency, delay, response, sweeps)


def subtract_line(
    recording: Recording,
    line: Line,
    filter_frequency: Any,
    delay: Any,
    response: Channel | str | None,
    sweeps: Iterable[int] | None,
) -> Recording:
    """Subtract a leak; see `leak`."""
    what = line.name.replace("_", " ")
    found = target(recording, response, sweeps, ClampMode.VOLTAGE_CLAMP, line.name)
    refuse_subtracted(found, what)
    refuse_saturated(found, what)
    paths = {index: path_of(found, index, filter_frequency, delay) for index in found.sweeps}
    words = (
        f"I - g (V_c - E) with g = {line.conductance:.6g} nS and E = {line.reversal:.6g} mV; the "
        f"command seen {paths[found.sweeps[0]]}"
    )
    parameters = {"leak_reversal": line.reversal, **paths[found.sweeps[0]].parameters}

    def change(index: int, trace: Trace) -> Trace:
        def values() -> NDArray[np.float64]:
            command = through(found.commanded(index), trace.sampling_rate, paths[index])
            return trace.values() - leak_current(command, line.conductance, line.reversal)

        return derived(trace, values)

    return apply(recording, record(found, line.name, line.number, words, parameters), change)
