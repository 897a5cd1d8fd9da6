"""Beattie et al. 2018, hERG of cell 5, under the paper's protocol: four states by LSODA.

Doi 10.1113/JP275733: parameters of table D of the supplement, cell 5; the scheme C - O - I - IC as
a matrix, the command as the paper's formula. ms, mV, nS, pA.
"""

from itertools import pairwise
from math import exp, log, sin

import numpy as np
from scipy.integrate import solve_ivp

CONDUCTANCE = 152.4
E_K = 8.314462618 * (273.15 + 21.4) / 96.48533212 * log(4.0 / 130.0)
STEPS = ((0.0, -80.0), (250.0, -120.0), (300.0, -80.0), (500.0, 40.0), (1500.0, -120.0))
STEPS += ((2000.0, -80.0), (3000.0, None), (6500.0, -120.0), (7000.0, -80.0), (8000.0, None))
"""When each piece begins, and its level; none are the sines, and the end."""


def sines(t):
    """The command [mV] from 3000 to 6500 ms."""
    s = t - 2500.0
    return -30.0 + 54.0 * sin(0.007 * s) + 26.0 * sin(0.037 * s) + 10.0 * sin(0.19 * s)


def matrix(v):
    """The matrix Q with d(C, O, I, IC)/dt = Q (C, O, I, IC) [1/ms]."""
    opening, closing = 2.26e-4 * exp(0.0699 * v), 3.45e-5 * exp(-0.05462 * v)
    inactivating, recovering = 0.0873 * exp(0.00891 * v), 5.15e-3 * exp(-0.03158 * v)
    found = np.zeros((4, 4))
    for start, end, rate in (
        *((0, 1, opening), (1, 0, closing), (3, 2, opening), (2, 3, closing)),
        *((1, 2, inactivating), (2, 1, recovering), (0, 3, inactivating), (3, 0, recovering)),
    ):
        found[start, start] -= rate
        found[end, start] += rate
    return found


def current(interval):
    """The current [pA] every `interval` [ms] from 0, the end of the protocol left out."""
    balance = np.vstack([matrix(STEPS[0][1]), np.ones(4)])
    y = np.linalg.lstsq(balance, np.append(np.zeros(4), 1.0), rcond=None)[0]
    found = []
    for (start, level), (stop, _) in pairwise(STEPS):
        times = np.linspace(start, stop, round((stop - start) / interval) + 1)
        command = sines if level is None else (lambda _, level=level: level)
        solved = solve_ivp(
            lambda t, y, command=command: matrix(command(t)) @ y,
            *((start, stop), y, "LSODA", times),
            **{"rtol": 1e-9, "atol": 1e-12, "max_step": 5.0},
        )
        assert solved.success, solved.message
        driving = np.array([command(t) for t in times]) - E_K
        found.append((CONDUCTANCE * solved.y[1] * driving)[:-1])
        y = solved.y[:, -1]
    return np.concatenate(found)
