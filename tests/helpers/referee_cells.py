"""Independent solution of published cells: a right-hand side written from the paper, by LSODA.

A referee is a module with ``INITIAL``, a mapping of state to start value with ``v`` [mV] first, and
``rates(state, injected)``, a mapping of state to its rate per ms, in the paper's own formulation;
``injected`` is a current divided by the capacitance [mV/ms]. It knows nothing of our descriptions.
"""

from types import ModuleType
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

RELATIVE, ABSOLUTE = 1e-9, 1e-11


class Course(NamedTuple):
    """Times [ms], potentials [mV] and the state at the end."""

    times: np.ndarray
    potentials: np.ndarray
    last: dict[str, float]


def solve(referee: ModuleType, pieces, state=None, interval=0.1) -> Course:
    """Integrate over pieces ``(duration [ms], injected [mV/ms])``, sampled at an interval [ms]."""
    names = list(referee.INITIAL)
    assert names[0] == "v"
    y = np.array(list((state or referee.INITIAL).values()), dtype=float)
    times, potentials, start = [], [], 0.0
    for duration, injected in pieces:

        def slope(_, y, injected=injected):
            found = referee.rates(dict(zip(names, y, strict=True)), injected)
            return [found[name] for name in names]

        sampled = np.arange(0.0, duration + 1e-9, interval)
        found = solve_ivp(
            slope, (0.0, duration), y, "LSODA", sampled, rtol=RELATIVE, atol=ABSOLUTE, max_step=5.0
        )
        assert found.success, found.message
        times.append(start + found.t[:-1])
        potentials.append(found.y[0, :-1])
        y, start = found.y[:, -1], start + duration
    last = dict(zip(names, y, strict=True))
    return Course(np.concatenate(times), np.concatenate(potentials), last)
