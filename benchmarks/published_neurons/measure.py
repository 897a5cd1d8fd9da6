"""What is measured of a neuron in NEURON, with CVODE at a tolerance that no longer matters."""

from __future__ import annotations

from typing import Any

import numpy as np

TOLERANCE = 1e-8
LONG = 2000.0
"""Until all is still [ms]."""


def _solver(h: Any) -> Any:
    solver = h.CVode()
    solver.active(1)
    solver.atol(TOLERANCE)
    solver.rtol(TOLERANCE)
    return solver


def _clamp(h: Any, soma: Any, current: float, begin: float, length: float) -> Any:
    clamp = h.IClamp(soma(0.5))
    clamp.amp, clamp.delay, clamp.dur = 1e-3 * current, begin, length
    return clamp


def _still(soma: Any, start: float, current: float) -> float:
    from neuron import h

    clamp = _clamp(h, soma, current, 0.0, 1e9)
    solver = _solver(h)
    h.finitialize(start)
    solver.solve(LONG)
    found = soma(0.5).v
    clamp.amp = 0.0
    return float(found)


def rest(soma: Any, start: float) -> float:
    """Return the resting potential [mV]."""
    return round(_still(soma, start, 0.0), 6)


def resistance(soma: Any, start: float) -> float:
    """Return the input resistance [MOhm], between 10 pA inward and outward."""
    change = _still(soma, start, 10.0) - _still(soma, start, -10.0)
    return round(1e3 * change / 20.0, 5)


def traced(
    soma: Any, sites: dict[str, Any], start: float, current: float, begin: float, length: float
) -> dict[str, Any]:
    """Return the potential of sites [mV] at every ms under a step."""
    from neuron import h

    clamp = _clamp(h, soma, current, begin, length)
    solver = _solver(h)
    times = h.Vector(np.arange(0.0, begin + length))
    traces = {site: h.Vector().record(segment._ref_v, times) for site, segment in sites.items()}
    h.finitialize(start)
    solver.solve(begin + length)
    clamp.amp = 0.0
    found = {site: [round(v, 5) for v in trace] for site, trace in traces.items()}
    return {"current": current, "start": begin, "length": length, "v": found}


def fired(
    soma: Any, sites: dict[str, Any], start: float, current: float, begin: float, length: float
) -> dict[str, Any]:
    """Return when the soma fires under a step [ms], and how the first spike peaks at sites."""
    from neuron import h

    clamp = _clamp(h, soma, current, begin, length)
    solver = _solver(h)
    counter = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
    counter.threshold = 0.0
    spikes = h.Vector()
    counter.record(spikes)
    times = h.Vector(np.arange(0.0, begin + length, 0.01))
    traces = {site: h.Vector().record(segment._ref_v, times) for site, segment in sites.items()}
    h.finitialize(start)
    solver.solve(begin + length)
    clamp.amp = 0.0
    first, at = spikes[0], np.array(times)
    near = (at > first - 5.0) & (at < first + 8.0)
    peaks = {}
    for site, trace in traces.items():
        v = np.array(trace)[near]
        peaks[site] = [round(float(at[near][v.argmax()]), 3), round(float(v.max()), 4)]
    return {
        "current": current,
        "start": begin,
        "length": length,
        "spikes": [round(t, 4) for t in spikes],
        "peaks": peaks,
    }
