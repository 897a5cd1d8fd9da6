"""How the referees of neurons are solved: explicit Runge-Kutta or LSODA on the papers' equations.

A `Referee` is a paper's equations in its own convention. It knows nothing of loligo: neither its
expressions, nor its description language, nor its helpers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq


@dataclass(frozen=True)
class Referee:
    """Equations per membrane area.

    Parameters
    ----------
    gates : callable
        ``gates(v, pools)`` returns ``{name: (steady value, time constant [ms])}``.
    ionic : callable
        ``ionic(v, gates, pools)`` returns the outward current [uA/cm2] of gate values by name.
    pools : mapping
        Concentrations by name, as ``(initial value, rate)`` with ``rate(v, gates, pools)`` [/ms].
    instantaneous : tuple of str
        Gates that are always at their steady value.
    capacitance : float
        [uF/cm2].
    """

    gates: Callable
    ionic: Callable
    pools: dict = field(default_factory=dict)
    instantaneous: tuple = ()
    capacitance: float = 1.0

    def pools_at_rest(self):
        """Initial concentrations by name."""
        return {name: initial for name, (initial, _) in self.pools.items()}

    def settled(self, v):
        """State vector with every gate at its steady value."""
        pools = self.pools_at_rest()
        found = self.gates(v, pools)
        moving = [found[name][0] for name in found if name not in self.instantaneous]
        return np.array([v, *moving, *pools.values()])

    def slopes(self, y, injected):
        """Time derivative of the state vector at an injected current [uA/cm2]."""
        v, count = y[0], len(self.pools)
        pools = dict(zip(self.pools, y[len(y) - count :], strict=True))
        found = self.gates(v, pools)
        moving = [name for name in found if name not in self.instantaneous]
        values = dict(zip(moving, y[1 : 1 + len(moving)], strict=True))
        values |= {name: found[name][0] for name in self.instantaneous}
        changes = [(found[name][0] - values[name]) / found[name][1] for name in moving]
        changes += [rate(v, values, pools) for _, rate in self.pools.values()]
        return [(injected - self.ionic(v, values, pools)) / self.capacitance, *changes]

    def rest(self):
        """Lowest potential [mV] where the steady current is zero, pools at their initial values."""

        def total(v):
            pools = self.pools_at_rest()
            return self.ionic(v, {k: x[0] for k, x in self.gates(v, pools).items()}, pools)

        v = -100.0
        while total(v + 1.0) < 0.0:
            v += 1.0
        return brentq(total, v, v + 1.0, xtol=1e-13, rtol=1e-15)

    def spikes(self, pieces, v, method="DOP853", level=0.0, tolerance=1e-11):
        """Spike times [ms]: upward crossings of a level in pieces ``(ms, uA/cm2)``."""
        y, begin, times = self.settled(v), 0.0, []

        def crossing(_, y):
            return y[0] - level

        crossing.direction = 1.0
        for length, injected in pieces:
            found = solve_ivp(
                lambda _, y, injected=injected: self.slopes(y, injected),
                (0.0, length),
                y,
                method,
                events=crossing,
                rtol=tolerance,
                atol=tolerance * 1e-2,
                max_step=1.0,
            )
            assert found.success, found.message
            times += list(begin + found.t_events[0])
            y, begin = found.y[:, -1], begin + length
        return np.array(times)
