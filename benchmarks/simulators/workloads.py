"""What is simulated: the squid axon's membrane, and the workloads made of it.

Only numbers and NumPy belong here, because every simulator's own environment imports this file.
Units are loligo's: mV, ms, uA/cm2, mS/cm2, uF/cm2; the clamped patch in pF, MOhm and nA.
A spike is an upward crossing of 0 mV.

References
----------
Hodgkin, A. L. and Huxley, A. F. (1952), J. Physiol. 117, 500-544,
doi:10.1113/jphysiol.1952.sp004764: the rates, at 6.3 degC, voltage in today's convention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CAPACITANCE = 1.0
SODIUM, POTASSIUM, LEAK = 120.0, 36.0, 0.3
SODIUM_REVERSAL, POTASSIUM_REVERSAL, LEAK_REVERSAL = 50.0, -77.0, -54.387
REST = -65.0
CELSIUS = 6.3

GRID = 0.025
"""Interval [ms] at which the firing cell of W1 is sampled, unless the step is longer."""
ONE_CELL_DURATION, ONE_CELL_CURRENT = 1000.0, 10.0

POPULATION = 10_000
POPULATION_DURATION = 100.0
CHECKED = 20
"""Every how many cells of W2 the spike count is compared with the reference."""

CLAMP_CAPACITANCE, CLAMP_RESISTANCE = 20.0, 10.0
CLAMP_LEVELS = np.arange(-90.0, 60.1, 5.0)
CLAMP_STARTS, CLAMP_ENDS, CLAMP_DURATION = 5.0, 55.0, 60.0
CLAMP_GRID = 0.01
CLAMP_AREA = CLAMP_CAPACITANCE * 1e-6 / CAPACITANCE
"""Area [cm2] of the clamped patch."""


@dataclass(frozen=True)
class Workload:
    """One thing to simulate.

    Parameters
    ----------
    name : str
        Short name, as in the results.
    label, title : str
        What it is, in two words and in a sentence.
    step : float
        Step [ms] of the simulators that step by a fixed one.
    duration : float
        Simulated time [ms] of one cell or sweep.
    compartments : int
        Number of cells, or of sweeps.
    precisions : tuple of float
        Steps [ms] of the work-precision study.
    """

    name: str
    label: str
    title: str
    step: float
    duration: float
    compartments: int
    precisions: tuple[float, ...]

    def compartment_steps(self, step: float) -> int:
        """Return how many times a compartment is stepped in one run."""
        return self.compartments * round(self.duration / step)


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "W1",
            "one cell",
            "one cell, constant 10 uA/cm2 for 1 s, voltage at every step",
            GRID,
            ONE_CELL_DURATION,
            1,
            (0.1, 0.05, 0.025, 0.0125, 0.00625),
        ),
        Workload(
            "W2",
            "10,000 cells",
            "10,000 unconnected cells for 100 ms, currents and sodium conductances vary, "
            "spikes of each counted",
            GRID,
            POPULATION_DURATION,
            POPULATION,
            (0.1, 0.05, 0.025),
        ),
        Workload(
            "W3",
            "firing cable",
            "Rallpack 3: 1 mm of firing cable in 1000 compartments for 250 ms, both ends every "
            "0.05 ms",
            0.05,
            250.0,
            1000,
            (0.1, 0.0625, 0.05, 0.025, 0.0125, 0.00625, 0.003125, 0.002),
        ),
        Workload(
            "W4",
            "passive cable",
            "Rallpack 1: the same cable, passive",
            0.05,
            250.0,
            1000,
            (0.1, 0.05, 0.025),
        ),
        Workload(
            "W5",
            "passive tree",
            "Rallpack 2: a binary tree of 1023 branches, passive, stem and a tip every 0.05 ms",
            0.05,
            250.0,
            1023,
            (0.1, 0.05, 0.025),
        ),
        Workload(
            "W6",
            "voltage-clamp family",
            "voltage-clamp family, 31 steps of 50 ms through 10 MOhm onto 20 pF, "
            "pipette current every 0.01 ms",
            CLAMP_GRID,
            CLAMP_DURATION,
            CLAMP_LEVELS.size,
            (0.02, 0.01, 0.005, 0.0025),
        ),
        Workload(
            "W8",
            "family behind an amplifier",
            "voltage-clamp family, 31 steps of 30 ms onto 100 pF through a pipette and amplifier "
            "that corrects, predicts and cancels capacitances, measured current every 0.02 ms",
            0.02,
            50.0,
            31,
            (0.02, 0.01, 0.005, 0.0025),
        ),
    )
}
TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
"""Relative tolerances of the work-precision study, for those that choose their step."""
TOLERANCE = 1e-6


def population() -> tuple[Any, Any]:
    """Return the currents [uA/cm2] and sodium conductances [mS/cm2] of W2, one a cell.

    Notes
    -----
    ``I_i = 20 i / 9999`` and ``g_i = 120 (1 + 0.1 (2 frac(i phi) - 1))`` with the golden ratio's
    fraction ``phi``: neighbours in current are far apart in conductance.
    """
    index = np.arange(POPULATION)
    spread = 2.0 * ((index * 0.6180339887498949) % 1.0) - 1.0
    return 20.0 * index / (POPULATION - 1), SODIUM * (1.0 + 0.1 * spread)


def linoid(x: Any) -> Any:
    """Return ``x / (1 - exp(-x))``, which is 1 at 0."""
    x = np.asarray(x, dtype=float)
    small = np.abs(x) < 1e-6
    safe = np.where(small, 1.0, x)
    return np.where(small, 1.0 + x / 2.0, safe / -np.expm1(-safe))


def rates(voltage: Any) -> tuple[Any, ...]:
    """Return opening and closing rates [1/ms] of m, h and n at voltages [mV]."""
    return (
        linoid((voltage + 40.0) / 10.0),
        4.0 * np.exp(-(voltage + 65.0) / 18.0),
        0.07 * np.exp(-(voltage + 65.0) / 20.0),
        1.0 / (1.0 + np.exp(-(voltage + 35.0) / 10.0)),
        0.1 * linoid((voltage + 55.0) / 10.0),
        0.125 * np.exp(-(voltage + 65.0) / 80.0),
    )


def steady_gates(voltage: float = REST) -> tuple[float, float, float]:
    """Return m, h and n at rest at a voltage [mV], where every run starts."""
    opening_m, closing_m, opening_h, closing_h, opening_n, closing_n = rates(voltage)
    pairs = ((opening_m, closing_m), (opening_h, closing_h), (opening_n, closing_n))
    m, h, n = (float(opening / (opening + closing)) for opening, closing in pairs)
    return m, h, n
