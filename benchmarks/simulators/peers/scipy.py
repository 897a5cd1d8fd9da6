"""What one writes without a simulator: SciPy's LSODA on a right-hand side compiled by Numba.

Variant ``numba``. Compilation falls into the first run.
"""

from __future__ import annotations

import math
from importlib.metadata import version as installed
from typing import Any

import numpy as np
from numba import njit
from scipy.integrate import solve_ivp

from benchmarks.simulators import accuracy
from benchmarks.simulators import workloads as w
from benchmarks.simulators.case import Case, Prepared, Skipped


def version() -> str:
    """Return the installed versions."""
    return f"{installed('scipy')} (numba {installed('numba')})"


@njit
def linoid(x: float) -> float:
    """Return ``x / (1 - exp(-x))``, which is 1 at 0."""
    return 1.0 + x / 2.0 if abs(x) < 1e-6 else x / -math.expm1(-x)


@njit
def derivative(_: float, state: Any, density: float, clamped: bool, command: float) -> Any:
    """Return the derivative of voltage and gates of one cell, driven or clamped."""
    v, m, h, n = state
    injected = density
    if clamped:
        injected = (command - v) / w.CLAMP_RESISTANCE * 1e-3 / w.CLAMP_AREA
    outward = (
        w.SODIUM * m * m * m * h * (v - w.SODIUM_REVERSAL)
        + w.POTASSIUM * (n * n) * (n * n) * (v - w.POTASSIUM_REVERSAL)
        + w.LEAK * (v - w.LEAK_REVERSAL)
    )
    closing_h = 1.0 / (1.0 + math.exp(-(v + 35.0) / 10.0))
    return np.array(
        [
            (injected - outward) / w.CAPACITANCE,
            linoid((v + 40.0) / 10.0) * (1.0 - m) - 4.0 * math.exp(-(v + 65.0) / 18.0) * m,
            0.07 * math.exp(-(v + 65.0) / 20.0) * (1.0 - h) - closing_h * h,
            0.1 * linoid((v + 55.0) / 10.0) * (1.0 - n) - 0.125 * math.exp(-(v + 65.0) / 80.0) * n,
        ]
    )


def _solve(case: Case, start: Any, times: Any, *inputs: Any) -> Any:
    return solve_ivp(
        derivative,
        (times[0], times[-1]),
        start,
        method="LSODA",
        t_eval=times,
        args=inputs,
        rtol=case.tolerance,
        atol=case.tolerance,
    ).y


def _one_cell(case: Case) -> Any:
    start = np.array([w.REST, *w.steady_gates()])
    times = np.arange(round(w.ONE_CELL_DURATION / w.GRID) + 1) * w.GRID
    return times, _solve(case, start, times, w.ONE_CELL_CURRENT, False, 0.0)[0]


def _clamp_family(case: Case) -> Any:
    before = np.linspace(0.0, w.CLAMP_STARTS, round(w.CLAMP_STARTS / w.CLAMP_GRID) + 1)
    span = w.CLAMP_ENDS - w.CLAMP_STARTS
    within = w.CLAMP_STARTS + np.arange(round(span / w.CLAMP_GRID) + 1) * w.CLAMP_GRID
    rest = w.CLAMP_ENDS + np.arange(before.size) * w.CLAMP_GRID
    peaks = []
    for level in w.CLAMP_LEVELS:
        state = np.array([w.REST, *w.steady_gates()])
        for times, command in ((before, w.REST), (within, level), (rest, w.REST)):
            states = _solve(case, state, times, 0.0, True, command)
            state = states[:, -1]
            if times is within:
                current = (command - states[0]) / w.CLAMP_RESISTANCE
                peaks.append(accuracy.peak_inward(times, current, level))
    return peaks


def prepare(case: Case) -> Prepared:
    """Return the workload; there is nothing to build.

    Raises
    ------
    Skipped
        For the 10,000 cells.
    """
    if case.workload == "W2":
        raise Skipped("one cell after another takes minutes")
    solve = {"W1": _one_cell, "W6": _clamp_family}[case.workload]
    return Prepared(lambda: solve(case), "LSODA, right-hand side compiled by Numba")
