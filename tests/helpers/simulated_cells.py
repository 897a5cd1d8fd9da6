"""Cells of the catalogue through the engine: pieces of injected current, two steps, extrapolation.

Errors of the fixed step go with its square, so that ``(4 x(dt / 2) - x(dt)) / 3`` is free of them
to the next order; `extrapolated` does that for spike times and traces alike.
"""

import numpy as np

from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.engine import simulate
from loligo.protocol import Protocol

DT = 0.005
"""The longer of two steps [ms]."""


def capacitance(cell):
    """The capacitance of a cell [pF]."""
    found = equations(cell)
    return float(evaluate(found.capacitance, found.defaults))


def pulses(pieces, unit="pA"):
    """Return the protocol of pieces ``(duration [ms], level)``."""
    epochs = [f"step {float(level)!r} {unit} for {float(length)!r} ms" for length, level in pieces]
    return Protocol("pieces", epochs, holding=f"0 {unit}")


def simulated(cell, protocol, dt, start=None, **more):
    """Simulate one cell; `start` is a potential [mV] or states by name. Options that change the
    kernel are the same for all callers, so that each cell is compiled once."""
    if start is not None and not isinstance(start, dict):
        start = {"v": start}
    initial = {name: np.array(float(value)) for name, value in (start or {}).items()}
    return simulate(cell, protocol, dt=(dt, "ms"), spikes=True, initial=initial, **more)


def extrapolated(cell, protocol, start=None, dt=DT, **more):
    """Return, for every sweep, spike times [ms] and potentials [mV] free of the square of the
    step, and the simulation with the shorter step."""
    coarse, fine = (simulated(cell, protocol, h, start, **more) for h in (dt, dt / 2))
    found = []
    for sweep in range(fine.n_sweeps):
        times = [s.spike_times(0, sweep) for s in (coarse, fine)]
        assert times[0].size == times[1].size, (cell.name, sweep)
        courses = (coarse["v"][0, sweep], fine["v"][0, sweep])
        found.append([(4.0 * x - y) / 3.0 for y, x in (times, courses)])
    return found, fine


def peak(potential, interval):
    """Return the highest potential [mV] of a course sampled at an interval [ms], and its time,
    from the polynomial through seven samples about it."""
    at = int(potential.argmax())
    curve = np.polynomial.Polynomial.fit(np.arange(-3, 4), potential[at - 3 : at + 4], 6)
    roots = curve.deriv().roots()
    top = roots[np.argmin(np.abs(roots))].real
    return float(curve(top)), (at + top) * interval
