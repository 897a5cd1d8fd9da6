"""The pipette's capacitance in voltage clamp: the fast transient at each edge, subtracted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import refuse_saturated, target
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import measured
from loligo.recording.corrections.path import Path, path_of, through
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace
from loligo.units import format_quantity

NAME = "pipette_capacitance"
FEWEST = 2.0
"""Samples that the rise of a step must last for the transient to be resolved."""


def pipette_current(
    command: NDArray[np.float64], sampling_rate: float, capacitance: float, path: Path
) -> NDArray[np.float64]:
    """Return the current that charges the pipette's capacitance.

    Parameters
    ----------
    command : (time,) array [mV]
    sampling_rate : float [kHz]
    capacitance : float [pF]
    path : Path
        With the lag of the clamp and the output filter: two poles at least.

    Returns
    -------
    (time,) array [pA]
        ``C_p dV/dt``, where V is the command through the path. Its integral over an edge is
        ``C_p`` times the step.

    Raises
    ------
    CorrectionError
        A path of less than two poles.
    """
    return np.asarray(capacitance * through(command, sampling_rate, path, slope=True))


def pipette_capacitance(
    recording: Recording,
    capacitance: Any,
    *,
    clamp_lag: Any = 0,
    filter_frequency: Any = None,
    delay: Any = 0,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Subtract the current that charges the pipette from a voltage clamp.

    Parameters
    ----------
    recording : Recording
    capacitance : quantity or Estimate
        What the amplifier left of the pipette's capacitance; negative where it cancelled too much.
    clamp_lag : quantity
        Time constant with which the pipette follows the command.
    filter_frequency : quantity, optional
        Corner of the output filter (4-pole Bessel), in place of the file's.
    delay : quantity
        From command to response, beside the filter.
    response : Channel or str, optional
        Needed where there are several.
    sweeps : iterable of int, optional
        Indices; all by default.

    Returns
    -------
    Recording
        Its response is ``I - C_p dV/dt``, V being the command through lag, delay and filter.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, corrected already; no corner of the filter
        is known; samples too far apart to resolve the transient.

    Notes
    -----
    The transient is as wide as the filter makes it: subtraction is exact only as far as corner and
    delay are. Linear leak subtraction by scaled copies (`p_over_n`) needs neither.
    """
    what = "pipette capacitance"
    found = target(recording, response, sweeps, ClampMode.VOLTAGE_CLAMP, NAME)
    number = measured(capacitance, "capacitance", name=what)
    refuse_saturated(found, what)
    paths = {}
    for index in found.sweeps:
        path = path_of(found, index, filter_frequency, delay, clamp_lag)
        _refuse_unresolved(path, found.trace(index).sampling_rate, index)
        paths[index] = path
    first = paths[found.sweeps[0]]
    words = f"I - C_p dV/dt, V being the command {first}"

    def change(index: int, trace: Trace) -> Trace:
        def values() -> NDArray[np.float64]:
            rate = trace.sampling_rate
            charge = pipette_current(found.commanded(index), rate, number.value, paths[index])
            return trace.values() - charge

        return derived(trace, values)

    return apply(recording, record(found, NAME, number, words, first.parameters), change)


def _refuse_unresolved(path: Path, sampling_rate: float, index: int) -> None:
    if path.poles.size < 2:
        raise CorrectionError(
            "pipette capacitance: the file does not state the output filter, which shapes the "
            "transient; pass filter_frequency="
        )
    if path.rise * sampling_rate < FEWEST:
        raise CorrectionError(
            f"pipette capacitance: in sweep {index} a step rises in "
            f"{format_quantity(path.rise, 'ms', 3)}, samples are "
            f"{format_quantity(1 / sampling_rate, 'ms', 3)} apart; at least {FEWEST:g} samples per "
            "rise are needed to know the transient. Leave it in, or subtract scaled copies (P/N)"
        )
