"""Amplifier and squid membrane by hand, and passive trees with rigs as dense linear systems."""

import numpy as np
from cables import laplacian
from scipy.linalg import expm

from loligo.cell import Cell
from loligo.rig import Pipette, VoltageClamp

PIPETTE = Pipette(series_resistance="10 MOhm", capacitance="4 pF")
COMPENSATED = VoltageClamp(
    capacitance_fast="4 pF",
    whole_cell_capacitance_compensation="100 pF",
    whole_cell_series_resistance_compensation="10 MOhm",
    series_resistance_correction=0.8,
    series_resistance_prediction=0.8,
)
OHMIC = Cell(
    name="ohmic",
    capacitance="100 pF",
    temperature="20 degC",
    initial_potential="-80 mV",
    channel={"leak": {"conductance": "2 nS", "reversal": "-80 mV"}},
)


def squid_rates(v):
    """Opening and closing rates of m, h and n at 6.3 degC [1/ms]."""
    x, y = -(v + 40.0) / 10.0, -(v + 55.0) / 10.0
    return (
        x / np.expm1(x), 4.0 * np.exp(-(v + 65.0) / 18.0),
        0.07 * np.exp(-(v + 65.0) / 20.0), 1.0 / (np.exp(-(v + 35.0) / 10.0) + 1.0),
        0.1 * y / np.expm1(y), 0.125 * np.exp(-(v + 65.0) / 80.0),
    )  # fmt: skip


def squid_steady(v):
    """Steady states of m, h and n."""
    a_m, b_m, a_h, b_h, a_n, b_n = squid_rates(v)
    return a_m / (a_m + b_m), a_h / (a_h + b_h), a_n / (a_n + b_n)


def squid_current(v, m, h, n):
    """Ionic current density [uA/cm2]."""
    return 120.0 * m**3 * h * (v - 50.0) + 36.0 * n**4 * (v + 77.0) + 0.3 * (v + 54.387)


def lei_amplifier(command, states, v, correction):
    """Slopes of V_p, V_est, V_cl and I_out, and the current into the cell.

    Lei et al. 2020 with R_s 10 MOhm, C_p 4 pF, the cell taken for 100 pF, exact estimates, 80 %
    prediction.
    """
    v_p, v_est, v_cl, i_out = states
    estimate = (command - v_est) / (0.2 * 0.01 * 100.0)
    clamp = (command + correction * 0.01 * (i_out + 100.0 * estimate) - v_cl) / 0.04
    pipette = (v_cl - v_p) / 0.0008
    flow = (v_p - v) / 0.01
    into = flow + 4.0 * pipette - 4.0 * clamp - 100.0 * estimate
    return [pipette, estimate, clamp, (into - i_out) / 0.0075], flow


class DenseTree:
    """A passive tree with rigs at compartments, as one linear system of all potentials and states.

    ``rigs`` are (compartment, LinearSystem); a command is one number a rig.
    """

    def __init__(self, cut, conductance, reversal, rigs):
        n, nodes = cut.n_compartments, cut.parent.size
        sizes = [system.size for _, system in rigs]
        size = nodes + sum(sizes)
        charge = np.zeros(nodes)
        charge[:n] = 0.01 * cut.area
        leak = np.zeros(nodes)
        leak[:n] = 0.01 * cut.area * conductance
        matrix, drive, still = np.zeros((size, size)), np.zeros((size, len(rigs))), np.zeros(size)
        matrix[:nodes, :nodes] = -laplacian(cut) - np.diag(leak)
        still[:nodes] = leak * reversal
        first = nodes
        self.blocks = []
        for index, (place, system) in enumerate(rigs):
            block = slice(first, first + system.size)
            matrix[block, block] = system.slopes.states
            matrix[block, place] = system.slopes.membrane
            drive[block, index], still[block] = system.slopes.command, system.slopes.one
            matrix[place, block] += system.current.states[0]
            matrix[place, place] += system.current.membrane[0]
            drive[place, index] += system.current.command[0]
            still[place] += system.current.one[0]
            self.blocks.append(block)
            first += system.size
        matrix[:n] /= charge[:n, None]
        drive[:n] /= charge[:n, None]
        still[:n] /= charge[:n]
        free = np.r_[0:n, nodes:size]  # branch points are eliminated
        if nodes > n:
            points = slice(n, nodes)
            gone = np.linalg.solve(matrix[points, points], matrix[points][:, free])
            matrix = matrix[np.ix_(free, free)] - matrix[free][:, points] @ gone
            drive, still = drive[free], still[free]
        self.matrix, self.drive, self.still = matrix, drive, still
        self.blocks = [slice(b.start - nodes + n, b.stop - nodes + n) for b in self.blocks]

    def at_rest(self, commands):
        """The steady state under commands."""
        return np.linalg.solve(-self.matrix, self.drive @ np.array(commands) + self.still)

    def after(self, start, commands, times):
        """All states at equally spaced times under lasting commands, shape (time, state)."""
        goal, step = self.at_rest(commands), expm(self.matrix * (times[1] - times[0]))
        found = [start]
        for _ in times[1:]:
            found.append(goal + step @ (found[-1] - goal))
        return np.array(found)
