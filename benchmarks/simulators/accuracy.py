"""How far a result is from the reference: one small function a workload.

Each returns a dictionary of plain numbers; :data:`ERROR` says which of them stands for the
workload in the table's last column and in the work-precision figure.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.simulators import cables, rigged
from benchmarks.simulators import workloads as w

ERROR = {
    "W1": ("spike_time_error_ms", "largest error of a spike's time in 1 s [ms]"),
    "W2": ("other_count_percent", "cells with another number of spikes [%]"),
    "W3": ("last_spike_error_ms", "error of the last spike's time at the far end [ms]"),
    "W4": ("voltage_error_percent", "largest error of the voltage [% of the response]"),
    "W5": ("voltage_error_percent", "largest error of the voltage [% of the response]"),
    "W6": ("peak_error_percent", "largest error of a peak current [% of the largest]"),
    "W8": ("current_error_percent", "largest error of the current [% of its peak]"),
}


def spike_times(times: Any, voltage: Any) -> Any:
    """Return when a voltage [mV] crosses 0 upward, between samples on a straight line."""
    times, voltage = np.asarray(times, dtype=float), np.asarray(voltage, dtype=float)
    before = np.flatnonzero((voltage[:-1] < 0.0) & (voltage[1:] >= 0.0))
    rise = voltage[before + 1] - voltage[before]
    return times[before] - voltage[before] / rise * (times[before + 1] - times[before])


def one_cell(times: Any, voltage: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare the firing cell of W1.

    Parameters
    ----------
    times, voltage : (time,) float64 [ms], [mV]
        Result.
    reference : dict
        Its ``voltage`` every 0.025 ms over the first 100 ms and ``spikes`` [ms] over 1 s.

    Returns
    -------
    dict
        ``spikes`` and ``reference_spikes``; ``spike_time_error_ms``, the largest over the spikes
        both have, in order, absent where there is none; ``voltage_rms_mv`` over 100 ms.
    """
    expected = reference["voltage"]
    grid = np.arange(expected.size) * w.GRID
    spikes = spike_times(times, voltage)
    common = min(spikes.size, reference["spikes"].size)
    difference = np.interp(grid, times, voltage) - expected
    found = {
        "spikes": int(spikes.size),
        "reference_spikes": int(reference["spikes"].size),
        "voltage_rms_mv": float(np.sqrt(np.mean(difference**2))),
    }
    if common:
        late = np.abs(spikes[:common] - reference["spikes"][:common])
        found["spike_time_error_ms"] = float(np.max(late))
    return found


def many_cells(counts: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare the spike counts of W2 in every 20th cell.

    Returns
    -------
    dict
        ``other_count_percent`` of the checked cells, ``mean_difference`` in spikes without sign,
        and the ``total`` of all cells that were run.
    """
    counts = np.asarray(counts)
    difference = counts[:: w.CHECKED] - reference["counts"]
    return {
        "other_count_percent": 100.0 * float(np.mean(difference != 0)),
        "mean_difference": float(np.mean(np.abs(difference))),
        "total": int(np.sum(counts)),
    }


def peak_inward(times: Any, current: Any, level: float) -> float:
    """Return the most negative pipette current [nA] within the step of a W6 sweep.

    Notes
    -----
    0.05 ms are left out at both ends; below the holding potential the first 2 ms are, in which
    the charging of the capacitance is the larger inward current.
    """
    skipped = 2.0 if level < w.REST else 0.05
    times = np.asarray(times, dtype=float)
    first, last = w.CLAMP_STARTS + skipped, w.CLAMP_ENDS - 0.05
    inside = (times >= first - 1e-9) & (times <= last + 1e-9)
    return float(np.min(np.asarray(current)[inside]))


def clamp_family(peaks: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare the peak inward currents [nA] of W6, one a step."""
    expected = reference["peaks"]
    worst = np.max(np.abs(np.asarray(peaks) - expected)) / np.max(np.abs(expected))
    return {"peak_error_percent": 100.0 * float(worst)}


def judge(workload: str, result: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare a result of any workload with its reference.

    Parameters
    ----------
    workload : str
        Name of the workload.
    result : tuple or array
        W1: ``(times, voltage)``; W2: ``(cell,)`` counts; W3, W4, W5: ``(times, near, far)``; W6:
        ``(step,)`` peaks [nA]; W8: ``(step, time)`` currents [pA].
    reference : dict
        What `references.load` returned.

    Returns
    -------
    dict
        Figures by name, all finite.
    """
    if workload == "W1":
        return one_cell(*result, reference)
    if workload in {"W3", "W4", "W5"}:
        judge_cable = cables.firing_error if workload == "W3" else cables.passive_error
        return judge_cable(*result, reference)
    judges = {"W2": many_cells, "W6": clamp_family, "W8": rigged.error}
    return judges[workload](result, reference)
