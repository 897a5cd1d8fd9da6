"""What is taken for the truth: the same equations by an eighth-order method at a tight tolerance.

References are made on first use (SciPy's DOP853 over all cells of a workload at once) and kept in
the user's cache folder under a name that changes with this file and the workloads.

References
----------
Hairer, E., Norsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I,
doi:10.1007/978-3-540-78862-1: the method.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.simulators import accuracy, cables, rigged
from benchmarks.simulators import workloads as w


def derivative(state: Any, sodium: Any, injected: Callable[[Any], Any]) -> Any:
    """Return the time derivative of cells that share nothing.

    Parameters
    ----------
    state : (4, cell) float64
        Voltage [mV], m, h and n.
    sodium : (cell,) float64 [mS/cm2]
        Sodium conductance.
    injected : callable
        Injected current [uA/cm2] at a voltage [mV].

    Returns
    -------
    (4, cell) float64
        Per ms.
    """
    voltage, m, h, n = state
    opening_m, closing_m, opening_h, closing_h, opening_n, closing_n = w.rates(voltage)
    outward = (
        sodium * m**3 * h * (voltage - w.SODIUM_REVERSAL)
        + w.POTASSIUM * n**4 * (voltage - w.POTASSIUM_REVERSAL)
        + w.LEAK * (voltage - w.LEAK_REVERSAL)
    )
    return np.array(
        [
            (injected(voltage) - outward) / w.CAPACITANCE,
            opening_m * (1.0 - m) - closing_m * m,
            opening_h * (1.0 - h) - closing_h * h,
            opening_n * (1.0 - n) - closing_n * n,
        ]
    )


def resting(cells: int) -> Any:
    """Return the state every run starts from, (4, cell)."""
    return np.repeat(np.array([[w.REST], *([gate] for gate in w.steady_gates())]), cells, axis=1)


def solve(
    start: Any,
    times: Any,
    sodium: Any,
    injected: Callable[[Any], Any],
    tolerance: float,
) -> Any:
    """Return the states (4, cell, time) at times [ms], the first of which is the start's."""
    from scipy.integrate import solve_ivp

    shape = start.shape

    def flat(_: float, state: Any) -> Any:
        return derivative(state.reshape(shape), sodium, injected).ravel()

    done = solve_ivp(
        flat,
        (times[0], times[-1]),
        start.ravel(),
        method="DOP853",
        t_eval=times,
        rtol=tolerance,
        atol=tolerance,
    )
    if not done.success:
        raise RuntimeError(f"the reference did not finish: {done.message}")
    return done.y.reshape(*shape, -1)


def _one_cell() -> dict[str, Any]:
    times = np.arange(round(w.ONE_CELL_DURATION / w.GRID) + 1) * w.GRID
    states = solve(resting(1), times, w.SODIUM, lambda _: w.ONE_CELL_CURRENT, 1e-12)
    voltage = states[0, 0]
    first = round(100.0 / w.GRID) + 1
    return {"voltage": voltage[:first], "spikes": accuracy.spike_times(times, voltage)}


def _many_cells() -> dict[str, Any]:
    currents, sodium = (values[:: w.CHECKED] for values in w.population())
    times = np.arange(round(w.POPULATION_DURATION / w.GRID) + 1) * w.GRID
    voltage = solve(resting(currents.size), times, sodium, lambda _: currents, 1e-10)[0]
    rising = (voltage[:, :-1] < 0.0) & (voltage[:, 1:] >= 0.0)
    return {"counts": np.sum(rising, axis=1)}


def _clamp_family() -> dict[str, Any]:
    levels = w.CLAMP_LEVELS
    state = resting(levels.size)
    edges = ((0.0, w.CLAMP_STARTS, w.REST), (w.CLAMP_STARTS, w.CLAMP_ENDS, levels))
    for begins, ends, command in edges:

        def pipette(voltage: Any, command: Any = command) -> Any:
            return (command - voltage) / w.CLAMP_RESISTANCE

        times = begins + np.arange(round((ends - begins) / w.CLAMP_GRID) + 1) * w.CLAMP_GRID
        states = solve(
            state, times, w.SODIUM, lambda v, i=pipette: i(v) * 1e-3 / w.CLAMP_AREA, 1e-11
        )
        state = states[:, :, -1]
    current = pipette(states[0].T).T
    found = zip(current, levels, strict=True)
    return {"peaks": np.array([accuracy.peak_inward(times, i, level) for i, level in found])}


_MAKERS = {
    "W1": _one_cell,
    "W2": _many_cells,
    "W3": cables.firing_cable,
    "W4": cables.passive_cable,
    "W5": cables.passive_tree,
    "W6": _clamp_family,
    "W8": rigged.family,
}


def cache_folder() -> Path:
    """Return the folder for references in the user's cache."""
    local = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(local) if local else Path.home() / ".cache") / "loligo" / "benchmarks"


def load(workload: str, folder: Path | None = None) -> dict[str, Any]:
    """Return a workload's reference, made now if it is not in the cache.

    Parameters
    ----------
    workload : str
        Name of the workload.
    folder : Path, optional
        Another folder than the user's cache.

    Returns
    -------
    dict
        W1: ``voltage`` (time,) [mV] and ``spikes`` [ms]; W2: ``counts`` (cell,);
        W6: ``peaks`` (step,) [nA]; W8: ``current`` (step, time) [pA].
    """
    folder = folder or cache_folder()
    sources = [Path(__file__), Path(w.__file__), Path(accuracy.__file__)]
    mark = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    path = folder / f"{workload.lower()}-{mark}.npz"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.npz")
        np.savez_compressed(partial, **_MAKERS[workload]())
        partial.replace(path)
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}
