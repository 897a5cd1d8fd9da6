"""The bridge, balanced anew offline: the voltage drop that it left is taken off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import Target, refuse_saturated, target
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import measured
from loligo.recording.corrections.path import Path, path_of, through
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace


def rebalanced(
    potential: NDArray[np.float64],
    current: NDArray[np.float64],
    error: float,
    sampling_rate: float,
    path: Path | None = None,
) -> NDArray[np.float64]:
    """Return a potential without the voltage drop that the bridge left in it.

    Parameters
    ----------
    potential : (time,) array [mV]
    current : (time,) array [pA]
        Commanded.
    error : float [GOhm]
        Resistance the bridge left; negative where it was overbalanced.
    sampling_rate : float [kHz]
    path : Path, optional
        From command to response; at once by default.

    Returns
    -------
    (time,) array [mV]
        ``V - error * I``, the current seen through the path.
    """
    seen = through(current, sampling_rate, path or Path())
    return np.asarray(potential - error * seen)


def bridge(
    recording: Recording,
    error: Any,
    *,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
    filter_frequency: Any = None,
    delay: Any = 0,
) -> Recording:
    """Rebalance the bridge of a current-clamp recording.

    Parameters
    ----------
    recording : Recording
    error : quantity or Estimate
        `bridge_error`: the series resistance that the bridge left, negative where it was
        overbalanced. `loligo.analysis.correct.correct_bridge` finds it.
    response : Channel or str, optional
        Needed where there are several.
    sweeps : iterable of int, optional
        Indices; all by default.
    filter_frequency : quantity, optional
        Corner of the output filter (taken for a 4-pole Bessel low-pass), in place of the file's.
    delay : quantity
        From command to response, beside the filter.

    Returns
    -------
    Recording
        Its response is ``V - error * I``, the commanded current seen through delay and filter.
        Where no corner is known the drop is taken off at once, which leaves spikes at the edges
        of the command as wide as the filter's rise.

    Raises
    ------
    CorrectionError
        Not current clamp, no command, out of range, or the bridge is rebalanced already.
    """
    found = target(recording, response, sweeps, ClampMode.CURRENT_CLAMP, "bridge_error")
    number = measured(error, "resistance", name="bridge error")
    refuse_saturated(found, "bridge error")
    paths = {index: path_of(found, index, filter_frequency, delay) for index in found.sweeps}
    words = f"V - R I, with the commanded current seen {paths[found.sweeps[0]]}"
    parameters = paths[found.sweeps[0]].parameters
    correction = record(found, "bridge_error", number, words, parameters)

    def change(index: int, trace: Trace) -> Trace:
        return derived(trace, lambda: _values(found, index, trace, number.value, paths[index]))

    return apply(recording, correction, change)


def _values(
    found: Target, index: int, trace: Trace, error: float, path: Path
) -> NDArray[np.float64]:
    current = found.commanded(index)
    return rebalanced(trace.values(), current, error, trace.sampling_rate, path)
