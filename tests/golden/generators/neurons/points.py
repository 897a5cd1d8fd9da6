"""Izhikevich 2003 and Brette and Gerstner 2005, spikes found exactly, in the papers' letters."""

from math import exp

import numpy as np
from scipy.integrate import solve_ivp

IZHIKEVICH = {  # a, b, c, d
    "izhikevich2003_rs": (0.02, 0.2, -65.0, 8.0),
    "izhikevich2003_ib": (0.02, 0.2, -55.0, 4.0),
    "izhikevich2003_ch": (0.02, 0.2, -50.0, 2.0),
    "izhikevich2003_fs": (0.1, 0.2, -65.0, 2.0),
    "izhikevich2003_lts": (0.02, 0.25, -65.0, 2.0),
}


def spikes(slopes, y, cut, reset, duration):
    """Times [ms] at which the first variable reaches the cut; `reset` gives the next state."""
    begin, times = 0.0, []

    def reached(_, y):
        return y[0] - cut

    reached.terminal, reached.direction = True, 1.0
    while True:
        found = solve_ivp(
            slopes, (begin, duration), y, "DOP853", events=reached, rtol=1e-12, atol=1e-12
        )
        assert found.success, found.message
        if not found.t_events[0].size:
            return np.array(times)
        begin = found.t_events[0][0]
        times.append(begin)
        y = reset(found.y_events[0][0])


def izhikevich(a, b, c, d, current, duration):
    """Spike times from v = -70, u = b v."""
    return spikes(
        lambda _, y: [0.04 * y[0] ** 2 + 5 * y[0] + 140 - y[1] + current, a * (b * y[0] - y[1])],
        [-70.0, -70.0 * b],
        30.0,
        lambda y: [c, y[1] + d],
        duration,
    )


def adaptive_exponential(current, duration):
    """Spike times from rest; nA, uS, nF."""
    c, g, e, threshold, width, tau, a, b = 0.281, 0.03, -70.6, -50.4, 2.0, 144.0, 0.004, 0.0805

    def slopes(_, y):
        v, w = y
        upstroke = g * width * exp(min((v - threshold) / width, 21.0))  # -8.4 mV: above the cut
        return [(-g * (v - e) + upstroke - w + current) / c, (a * (v - e) - w) / tau]

    # From -10 to the paper's 20 mV it takes another 2e-8 ms, finer than the steps of a solver.
    return spikes(slopes, [e, 0.0], -10.0, lambda y: [e, y[1] + b], duration)


def point_neurons():
    """Protocol and spike times of each: current [pA], duration [ms]."""
    table = {}
    for name, parameters in IZHIKEVICH.items():
        times = izhikevich(*parameters, 10.0, 150.0)
        table[name] = {"current": 10.0, "duration": 150.0, "spikes": [round(t, 9) for t in times]}
    times = adaptive_exponential(1.0, 300.0)
    table["brette_gerstner2005"] = {
        "current": 1000.0,
        "duration": 300.0,
        "spikes": [round(t, 9) for t in times],
    }
    return table
