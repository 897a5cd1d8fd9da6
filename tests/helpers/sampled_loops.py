"""Digital loops around a passive cell, by matrix exponentials from one decision to the next."""

import numpy as np
from scipy.linalg import expm

from loligo.rig import with_passive_cell

PASSIVE = {"resistance": "200 MOhm", "capacitance": "100 pF", "reversal": "-70 mV"}
NEARLY_IDEAL = {"follower_time": "1 ns", "command_time": "1 ns"}


class Exact:
    """A rig of a commanded current around the passive cell, advanced exactly."""

    def __init__(self, system):
        self.closed = with_passive_cell(system, **PASSIVE)
        self.state = self.closed.steady_state(0.0)
        self.steps = {}

    def advance(self, duration, current):
        """Go on under a current that stands."""
        n = self.state.size
        key = round(duration, 9)
        if key not in self.steps:
            whole = np.zeros((n + 2, n + 2))
            whole[:n, :n], whole[:n, n] = self.closed.matrix, self.closed.command
            whole[:n, n + 1] = self.closed.constant
            self.steps[key] = expm(whole * duration)[:n]
        self.state = self.steps[key] @ np.concatenate([self.state, [current, 1.0]])

    @property
    def response(self):
        """What is recorded."""
        return float(self.closed.output("response", self.state, 0.0))

    @property
    def v(self):
        """The potential of the cell."""
        return float(self.state[-1])
