"""A fitted transient: its parameters, what they are worth, and what is derived from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.interval import Interval
from loligo.analysis.membrane_test.hum import hum_of
from loligo.analysis.membrane_test.lowpass import LowPass
from loligo.analysis.membrane_test.misfit import near_edges
from loligo.analysis.membrane_test.model import Cell, Modes, cell_of
from loligo.analysis.membrane_test.parameters import (
    CORNER,
    DELAY,
    HOLDING,
    LAG,
    Data,
    Form,
    cell_modes,
    path_of,
)

ENOUGH_SWEEPS = 5
"""From this many sweeps on, intervals come from the spread between them."""
QUANTITIES = (
    "series_resistance",
    "membrane_resistance",
    "capacitance",
    "clamp_time_constant",
    "total_resistance",
    "holding_current",
)
"""Glossary names of what a fit gives, in the order of `TransientFit.quantities`."""


@dataclass(frozen=True, eq=False)
class TransientFit:
    """A fitted transient.

    Attributes
    ----------
    form : Form
    vector : (p,) array
    converged : bool
    residuals : (k,) array [pA]
        Model minus mean of the sweeps, in blocks.
    data : Data
    covariances : tuple of (p, p) arrays
        Of the parameters, from the noise's spectrum and, of enough sweeps, from their spread.
    intervals : dict of str to Interval
        By glossary name, in internal units.
    sweeps : (n, 6) array
        Each sweep's values in the order of `QUANTITIES`, linearized about the pooled fit.
    sweep_errors : (6,) array
        Standard error of one sweep's values, relative but for the holding current.
    misfit : float
        Variance of the transient's mean residual over what noise alone would give.
    unsteady : bool
        Whether windows of the steady levels differ by more than noise, which widens the intervals.
    holds_more : bool
        Whether the intervals also hold those of a model of one more exponential.
    holds_fast : float
        The fast capacitance that the data neither show nor exclude, and whose effect the intervals
        hold; 0 for none [pF].
    """

    form: Form
    vector: NDArray[np.float64]
    converged: bool
    residuals: NDArray[np.float64]
    data: Data
    covariances: tuple[NDArray[np.float64], ...]
    intervals: dict[str, Interval]
    sweeps: NDArray[np.float64]
    sweep_errors: NDArray[np.float64]
    misfit: float
    unsteady: bool
    holds_more: bool = False
    holds_fast: float = 0.0

    @property
    def errors(self) -> NDArray[np.float64]:
        """Standard errors of the parameters, the larger of what spectrum and spread say."""
        variances = [np.maximum(np.diag(found), 0.0) for found in self.covariances]
        return np.asarray(np.sqrt(np.max(variances, axis=0)))

    @property
    def modes(self) -> Modes:
        """The passive modes of the transient."""
        return self.form.unpack(self.vector)[0]

    @property
    def cell(self) -> Cell:
        """The passive cell that has these modes, but for what the amplifier corrected."""
        return cell_of(cell_modes(self.form, self.vector, self.data.corrected)[0])

    @property
    def is_undone(self) -> bool:
        """Whether the amplifier's correction, if there was one, could be taken back."""
        return cell_modes(self.form, self.vector, self.data.corrected)[1]

    def curve(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the model's current, with the hum of the mean sweep [pA].

        Parameters
        ----------
        time : (n,) array [ms]
            After the start of the stretch.
        """
        made = self.form.predict(self.vector, time, self.data.command)
        missing = self.data.values - self.form.predict(
            self.vector, self.data.bins.times, self.data.command
        )
        return made + hum_of(self.data, missing, time)

    @property
    def corner(self) -> float:
        """The low-pass of the recording, -3 dB [kHz]."""
        return math.exp(self.vector[CORNER])

    @property
    def low_pass(self) -> LowPass:
        """What lies between command and samples, lag and filter, but for the delay."""
        return path_of(self.vector)

    @property
    def delay(self) -> float:
        """From command to response, beside lag and filter [ms]."""
        return float(self.vector[DELAY])

    @property
    def lag(self) -> float:
        """Time constant with which the clamp follows [ms]."""
        return float(self.vector[LAG])

    @property
    def holding_current(self) -> float:
        """Current before the first edge [pA]."""
        return float(self.vector[HOLDING])

    def of_sweep(self, row: NDArray[np.float64], index: int) -> tuple[float, float, float]:
        """Return low end, value and high end of one of `QUANTITIES` in one row of `sweeps`."""
        value, reach = float(row[index]), 1.96 * float(self.sweep_errors[index])
        if QUANTITIES[index] == "holding_current":
            return value - reach, value, value + reach
        factor = math.exp(min(reach, 700.0))
        return value / factor, value, value * factor

    @property
    def shape_error(self) -> float:
        """Root mean square of a transient's residuals as a share of the transient's own."""
        near = near_edges(self.data, self.form, self.vector)
        heights = self.data.values[near]
        size = float(np.sqrt(np.mean((heights - np.median(heights)) ** 2)))
        return float(np.sqrt(np.mean(self.residuals[near] ** 2))) / max(size, 1e-12)

    @property
    def slow_current(self) -> tuple[float, float]:
        """Conductance [nS] and time constant [ms] of a current that grows during the step."""
        _, conductance, rate = self.form.unpack(self.vector)
        return conductance, 1 / rate
