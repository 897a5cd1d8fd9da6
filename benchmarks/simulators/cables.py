"""The three workloads with a shape: Rallpacks 3, 1 and 2, and what is taken for their truth.

A cable of 1000 equal volumes or a binary tree of 1023 branches with one volume each; nodes lie in
the volumes' centres, the current enters the first one, ends are sealed. Only numbers and NumPy
belong here, because every simulator's own environment imports this file.

References
----------
Bhalla, U. S., Bilitch, D. H. and Bower, J. M. (1992), Trends Neurosci. 15, 453-458,
doi:10.1016/0166-2236(92)90009-W: the Rallpacks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.simulators import workloads as w

LENGTH, DIAMETER, VOLUMES = 1000.0, 1.0, 1000
"""Of the cable [um, um]."""
LEVELS, STEM_LENGTH, STEM_DIAMETER = 10, 32.0, 16.0
"""Of the tree: lengths fall by 2^(1/3) a level, diameters by 2^(2/3)."""
RESISTIVITY = 100.0
"""[ohm cm]"""
LEAK, LEAK_REVERSAL = 0.025, -65.0
"""[mS/cm2, mV]; of the firing cable too."""
CURRENT = 0.1
"""[nA]"""
GRID, DURATION = 0.05, 250.0
"""Sampling [ms]."""


def tree() -> tuple[Any, Any, Any]:
    """Return parent (-1 for the stem), length and diameter [um] of each branch, stem first."""
    level = np.concatenate([np.full(2**k, k) for k in range(LEVELS)])
    parent = (np.arange(level.size) - 1) // 2
    parent[0] = -1
    return parent, STEM_LENGTH * 2.0 ** (-level / 3.0), STEM_DIAMETER * 2.0 ** (-2 * level / 3.0)


def _halves(length: Any, diameter: Any) -> Any:
    """Return the axial resistance of half a volume [GOhm]."""
    return 4.0 * RESISTIVITY * 0.5 * length / (np.pi * diameter**2) * 1e-5


def _passive(matrix: Any, area: Any, near: int, far: int) -> dict[str, Any]:
    """Return the exact potentials at two volumes, by eigenvectors."""
    capacitance = 0.01 * area * w.CAPACITANCE
    conductance = matrix + np.diag(0.01 * area * LEAK)
    scale = 1.0 / np.sqrt(capacitance)
    rates, vectors = np.linalg.eigh(scale[:, None] * conductance * scale[None, :])
    times = np.arange(round(DURATION / GRID) + 1) * GRID
    drive = vectors[near] * scale[near] * 1000.0 * CURRENT
    course = -np.expm1(-np.outer(times, rates)) / rates * drive
    ends = {"near": near, "far": far}
    return {
        n: LEAK_REVERSAL + (course * vectors[i]).sum(axis=1) * scale[i] for n, i in ends.items()
    }


def passive_cable() -> dict[str, Any]:
    """Return the reference of W4."""
    step = LENGTH / VOLUMES
    g = 0.5 / _halves(step, DIAMETER)
    matrix = g * (
        np.diag(np.r_[1.0, np.full(VOLUMES - 2, 2.0), 1.0])
        - np.eye(VOLUMES, k=1)
        - np.eye(VOLUMES, k=-1)
    )
    return _passive(matrix, np.full(VOLUMES, np.pi * DIAMETER * step), 0, VOLUMES - 1)


def passive_tree() -> dict[str, Any]:
    """Return the reference of W5; branch points have no membrane and are eliminated."""
    parent, length, diameter = tree()
    half = 1.0 / _halves(length, diameter)
    matrix = np.zeros((parent.size, parent.size))
    for branch in range(parent.size):
        children = np.flatnonzero(parent == branch)
        meeting = np.r_[branch, children]
        if children.size:
            g = half[meeting]
            matrix[np.ix_(meeting, meeting)] += np.diag(g) - np.outer(g, g) / g.sum()
    return _passive(matrix, np.pi * diameter * length, 0, parent.size - 1)


def firing_cable() -> dict[str, Any]:
    """Return the reference of W3: the same 1000 volumes by LSODA with a banded Jacobian."""
    from scipy.integrate import odeint

    from benchmarks.simulators import accuracy

    step = LENGTH / VOLUMES
    area = np.pi * DIAMETER * step
    axial = 0.5 / _halves(step, DIAMETER) / (0.01 * area * w.CAPACITANCE)
    stimulus = 1000.0 * CURRENT / (0.01 * area * w.CAPACITANCE)

    def slopes(state: Any, _: float) -> Any:
        v, m, h, n = state.reshape(VOLUMES, 4).T
        opening_m, closing_m, opening_h, closing_h, opening_n, closing_n = w.rates(v)
        current = (
            w.SODIUM * m**3 * h * (v - w.SODIUM_REVERSAL)
            + w.POTASSIUM * n**4 * (v - w.POTASSIUM_REVERSAL)
            + LEAK * (v - LEAK_REVERSAL)
        )
        slope = np.empty((VOLUMES, 4))
        slope[:, 0] = -current / w.CAPACITANCE
        flow = axial * np.diff(v)
        slope[:-1, 0] += flow
        slope[1:, 0] -= flow
        slope[0, 0] += stimulus
        slope[:, 1] = opening_m * (1 - m) - closing_m * m
        slope[:, 2] = opening_h * (1 - h) - closing_h * h
        slope[:, 3] = opening_n * (1 - n) - closing_n * n
        return slope.ravel()

    times = np.arange(round(DURATION / GRID) + 1) * GRID
    start = np.tile([w.REST, *w.steady_gates()], VOLUMES)
    found = odeint(slopes, start, times, ml=4, mu=4, rtol=1e-8, atol=1e-8, mxstep=1_000_000)
    near, far = found[:, 0], found[:, -4]
    return {
        "near": near[: round(20.0 / GRID) + 1],
        "far": far[: round(20.0 / GRID) + 1],
        "spikes": accuracy.spike_times(times, far),
    }


def firing_error(times: Any, near: Any, far: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare W3 with its reference.

    Returns
    -------
    dict
        ``spikes`` and ``reference_spikes`` at the far end, ``last_spike_error_ms`` of the last that
        both have, absent where there is none, and ``voltage_rms_mv`` of both ends over 20 ms.
    """
    from benchmarks.simulators import accuracy

    spikes, expected = accuracy.spike_times(times, far), reference["spikes"]
    grid = np.arange(reference["near"].size) * GRID
    wrong = [
        np.interp(grid, times, v) - reference[end] for end, v in (("near", near), ("far", far))
    ]
    found = {
        "spikes": int(spikes.size),
        "reference_spikes": int(expected.size),
        "voltage_rms_mv": float(np.sqrt(np.mean(np.square(wrong)))),
    }
    common = min(spikes.size, expected.size)
    if common:
        found["last_spike_error_ms"] = float(abs(spikes[common - 1] - expected[common - 1]))
    return found


def passive_error(times: Any, near: Any, far: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare W4 or W5 with its reference: the largest error over the response's own range [%]."""
    grid = np.arange(reference["near"].size) * GRID
    inside = grid <= np.max(times) + 1e-9
    worst = 0.0
    for end, v in (("near", near), ("far", far)):
        exact = reference[end][inside]
        difference = np.interp(grid[inside], times, v) - exact
        worst = max(worst, float(np.max(np.abs(difference)) / np.ptp(exact)))
    return {"voltage_error_percent": 100.0 * worst}
