"""Families of voltage steps whose currents are written down: gates, driving force, noise."""

from dataclasses import dataclass

import numpy as np
import rc_cells

from loligo import from_arrays

HOLDING = -100.0
RATE = 50.0  # kHz
BEFORE, DURING, AFTER = 10.0, 20.0, 5.0  # ms


@dataclass(frozen=True)
class Gated:
    """A current ``g_max activation (V - E)``, transient or lasting, beside a leak."""

    conductance: float = 20.0  # nS
    midpoint: float = -30.0  # mV
    slope: float = 7.0  # mV
    reversal: float = 45.0  # mV
    leak: float = 0.0  # nS
    leak_reversal: float = -70.0
    rise: float = 0.6  # ms; of a transient current
    lasts: bool = False

    def activation(self, v):
        return 1 / (1 + np.exp(-(v - self.midpoint) / self.slope))

    def peak(self, v):
        return self.conductance * self.activation(v) * (v - self.reversal)

    def course(self, time):
        """Share of the peak at a time after the step's begin."""
        t = np.maximum(time, 0) / self.rise
        return 1 - np.exp(-3 * t) if self.lasts else t * np.exp(1 - t)


def noise_of(shape, deviation, memory, seed):
    """Return noise of a standard deviation and a correlation time in samples."""
    rng = np.random.default_rng(seed)
    return rc_cells.coloured(rng, shape, deviation, memory / rc_cells.RATE)


def family(gated, levels, noise=0.0, memory=3.0, seed=0, source="leak subtracted"):
    """Return a recording of steps to levels, its noise of a correlation time in samples."""
    levels = np.asarray(levels, dtype=float)
    time = np.arange(round((BEFORE + DURING + AFTER) * RATE)) / RATE
    on = (time >= BEFORE) & (time < BEFORE + DURING)
    command = np.where(on, levels[:, None], HOLDING)
    current = gated.peak(levels)[:, None] * gated.course(time - BEFORE) * on
    current += gated.leak * (command - gated.leak_reversal)
    if noise:
        current += noise_of(current.shape, noise, memory, seed)
    return from_arrays(
        current,
        unit="pA",
        sampling_rate=f"{RATE} kHz",
        command=command,
        command_unit="mV",
        source=source,
    )


def inactivation_family(levels, midpoint=-60.0, slope=6.0, size=-2000.0, noise=0.0, seed=0):
    """Return a test step to 0 mV after conditioning steps, leak subtracted."""
    levels = np.asarray(levels, dtype=float)
    time = np.arange(round(60 * RATE)) / RATE
    before, test = (time >= 5) & (time < 45), (time >= 45) & (time < 55)
    command = np.where(before, levels[:, None], np.where(test, 0.0, -120.0))
    left = 1 / (1 + np.exp((levels - midpoint) / slope))
    current = size * left[:, None] * Gated().course(time - 45) * test
    if noise:
        current += noise_of(current.shape, noise, 3.0, seed)
    return from_arrays(
        current, unit="pA", sampling_rate=f"{RATE} kHz", command=command, command_unit="mV",
        source="leak subtracted",
    )  # fmt: skip
