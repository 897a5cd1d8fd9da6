"""Hudspeth and Lewis 1988, bullfrog saccular hair cell: calcium and calcium-activated potassium.

Doi 10.1113/jphysiol.1988.sp017120 (the membrane) and 10.1113/jphysiol.1988.sp017119 (the channels).
The five-state scheme C0 - C1 - C2 - O2 - O3 is written as a matrix. pA, pF, nS, mV, ms, mM.
"""

from math import exp

import numpy as np
from scipy.optimize import brentq

FARADAY = 96485.33212
THERMAL = 25.8
"""RT/F [mV]"""
CAPACITANCE = 15.0
E_CA, E_K, E_LEAK = 100.0, -80.0, -30.0
G_CA, G_KCA, G_LEAK = 4.14, 16.8, 1.0
PER_CHARGE = 0.02 / (2.0 * FARADAY * 1.25 * 3.4e-5)
"""mM/ms per pA: 2 % of the calcium is free, in 3.4e-5 of the cell's 1.25 pl."""
REMOVAL = 2.8
STATES = ("c0", "c1", "c2", "o2", "o3")


def m_rates(v):
    """Opening and closing rate [1/ms] of the calcium channel's gate."""
    u = v + 70.0
    return 0.00097 * exp(u / 6.17) + 0.94, 22.8 * exp(-u / 8.01) + 0.51


def scheme(v, ca):
    """The matrix Q with d(occupancies)/dt = Q occupancies [1/ms]."""
    back = (0.3, 5.0, 1.5)
    affinity = (0.006, 0.045, 0.02)
    electrical = (0.2, 0.0, 0.2)
    bind = [
        b / (k * exp(2.0 * d * v / THERMAL)) * ca
        for b, k, d in zip(back, affinity, electrical, strict=True)
    ]
    opening, closing = 1.0, 0.45 * exp(-v / 33.0)
    steps = [(0, 1, bind[0], back[0]), (1, 2, bind[1], back[1])]
    steps += [(2, 3, opening, closing), (3, 4, bind[2], back[2])]
    matrix = np.zeros((5, 5))
    for i, j, forward, backward in steps:
        matrix[i, i] -= forward
        matrix[j, i] += forward
        matrix[j, j] -= backward
        matrix[i, j] += backward
    return matrix


def steady(v):
    """The state in which all but the potential is at rest."""
    a, b = m_rates(v)
    m = a / (a + b)
    ca = -PER_CHARGE * G_CA * m**3 * (v - E_CA) / REMOVAL
    occupied = np.linalg.lstsq(
        np.vstack([scheme(v, ca), np.ones(5)]), np.append(np.zeros(5), 1.0), rcond=None
    )[0]
    return {"v": v, "m": m, "ca": ca} | dict(zip(STATES, occupied, strict=True))


def currents(s):
    """The three currents [pA]."""
    return {
        "ca": G_CA * s["m"] ** 3 * (s["v"] - E_CA),
        "kca": G_KCA * (s["o2"] + s["o3"]) * (s["v"] - E_K),
        "leak": G_LEAK * (s["v"] - E_LEAK),
    }


def rates(s, injected=0.0):
    """Rates of all states [1/ms, mM/ms]."""
    i = currents(s)
    a, b = m_rates(s["v"])
    moved = scheme(s["v"], s["ca"]) @ np.array([s[name] for name in STATES])
    return {
        "v": injected - sum(i.values()) / CAPACITANCE,
        "m": a * (1.0 - s["m"]) - b * s["m"],
        "ca": -PER_CHARGE * i["ca"] - REMOVAL * s["ca"],
        **dict(zip(STATES, moved.tolist(), strict=True)),
    }


REST = brentq(lambda v: rates(steady(v))["v"], -80.0, -30.0, xtol=1e-13)
INITIAL = steady(REST)
