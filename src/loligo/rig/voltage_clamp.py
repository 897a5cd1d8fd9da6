"""`VoltageClamp`: a patch-clamp amplifier that holds the pipette's potential.

The differential equations are those of Lei et al. (2020), https://doi.org/10.1098/rsta.2019.0348,
with correction and prediction as two controls, a stimulus filter, a second pipette capacitance and
the bandwidth of the correction.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.quantity import In
from loligo.errors import ModelError
from loligo.rig.kinded import Kinded
from loligo.rig.limits import Limits
from loligo.rig.linear import COMMAND, Between, LinearSystem, Sum, linear_system, term
from loligo.rig.pipette import Pipette, Slopes, electrode, sealed

Time = Annotated[float, In("time", positive=True)]
Capacitance = Annotated[float, In("capacitance", least=0.0)]


class VoltageClamp(Kinded):
    """A voltage-clamp amplifier and its controls.

    Parameters
    ----------
    clamp_time : quantity
        Time constant with which the pipette follows the clamp, ``"0.8 us"``.
    current_time : quantity
        Of the current measurement, ``"7.5 us"``.
    summing_time : quantity
        Of the summing amplifier that command and correction go through, ``"40 us"``.
    stimulus_time : quantity, optional
        Of a filter of the command.
    capacitance_fast : quantity
        Pipette capacitance cancelled at once.
    capacitance_slow, capacitance_slow_time : quantity
        Pipette capacitance cancelled with a lag.
    whole_cell_capacitance_compensation, whole_cell_series_resistance_compensation : quantity
        The amplifier's estimates of the cell's capacitance and of the series resistance; 0 is off.
    series_resistance_correction : float
        Fraction of the estimated series resistance whose voltage drop is added to the command.
    series_resistance_prediction : float
        Fraction by which the charging of the cell is sped up (supercharging); below 1.
    series_resistance_bandwidth : quantity, optional
        Corner of a filter of the correction, ``"3 kHz"``; left out: only the summing amplifier's.

    Notes
    -----
    With the estimates marked by a star, a and p the fractions of correction and prediction, and the
    pipette's potential V_p::

        V_p'   = (V_cl - V_p) / clamp_time
        V_est' = (V_c - V_est) / ((1 - p) R_s* C_m*)
        V_cl'  = (V_c + a R_s* (I_out + C_m* V_est') - V_cl) / summing_time
        I_out' = (I_in - I_out) / current_time
        I_in   = I_electrode + C_p V_p' - C_p* V_cl' - C_m* V_est'
    """

    kind: Literal["voltage clamp"] = "voltage clamp"
    clamp_time: Time = 0.0008
    current_time: Time = 0.0075
    summing_time: Time = 0.04
    stimulus_time: Time | None = None
    capacitance_fast: Capacitance = 0.0
    capacitance_slow: Capacitance = 0.0
    capacitance_slow_time: Time = 1.0
    whole_cell_capacitance_compensation: Capacitance = 0.0
    whole_cell_series_resistance_compensation: Annotated[float, In("resistance", least=0.0)] = 0.0
    series_resistance_correction: float = Field(default=0.0, ge=0.0, le=1.0)
    series_resistance_prediction: float = Field(default=0.0, ge=0.0, lt=1.0)
    series_resistance_bandwidth: Annotated[float, In("frequency", positive=True)] | None = None

    @model_validator(mode="after")
    def _estimates_there(self) -> Self:
        resistance = self.whole_cell_series_resistance_compensation
        used = {
            "series_resistance_correction": self.series_resistance_correction,
            "series_resistance_prediction": self.series_resistance_prediction,
            "whole_cell_capacitance_compensation": self.whole_cell_capacitance_compensation,
        }
        for name, value in used.items():
            if value and not resistance:
                raise ModelError(
                    f"{name} needs the amplifier's estimate of the series resistance, "
                    "whole_cell_series_resistance_compensation, above 0 MOhm"
                )
        if self.series_resistance_prediction and not self.whole_cell_capacitance_compensation:
            raise ModelError(
                "series_resistance_prediction needs the amplifier's estimate of the cell's "
                "capacitance, whole_cell_capacitance_compensation, above 0 pF"
            )
        if self.series_resistance_bandwidth and not self.series_resistance_correction:
            raise ModelError("series_resistance_bandwidth is that of a correction, which is 0")
        return self

    def system(self, pipette: Pipette, limits: Limits | None = None) -> LinearSystem:
        """Return the equations around a cell; the command is a potential [mV].

        Seen are ``response`` (the measured current), ``into_cell`` (what flows out of the tip) and
        the states, ``pipette`` (the potential at the wire) among them.

        With a limit of the headstage's current I they are bounded: ``C_p V_p'`` is at most what I
        leaves beside what the electrode draws and the cancellations inject through capacitors of
        their own, and the current measured I. ``needed`` is then what would hold the pipette.
        """
        slopes: Slopes = {}
        command = self._command(slopes)
        clamp, inner, measured = term("clamp"), term("pipette"), term("measured")
        inside, drawn, into_cell = electrode(pipette, inner)
        follows = (clamp - inner) / self.clamp_time
        slopes["pipette"] = (follows, "mV")
        charging = self._charging(slopes, command)
        fed_back = self._fed_back(slopes, measured, charging)
        moves = (command + fed_back - clamp) / self.summing_time
        slopes["clamp"] = (moves, "mV")
        cancelled = charging + self.capacitance_fast * moves + self._slow(slopes, clamp)
        current = drawn + pipette.capacitance * follows - cancelled
        slopes["measured"] = ((current - measured) / self.current_time, "pA")
        slopes |= inside
        outputs = {
            "response": (measured, "pA"),
            "into_cell": (into_cell, "pA"),
        }
        between = None
        if limits is not None and (most := limits.headstage_current) is not None:
            outputs["needed"] = (current, "pA")
            low, high = ((cancelled - drawn + end) / pipette.capacitance for end in (-most, most))
            also = {"measured": pipette.capacitance / self.current_time}
            between = Between("pipette", low, high, also)
        return linear_system("mV", slopes, sealed(pipette, into_cell), outputs, between)

    def _command(self, slopes: Slopes) -> Sum:
        if self.stimulus_time is None:
            return term(COMMAND)
        stimulus = term("stimulus")
        slopes["stimulus"] = ((term(COMMAND) - stimulus) / self.stimulus_time, "mV")
        return stimulus

    def _charging(self, slopes: Slopes, command: Sum) -> Sum:
        """Return the current that the amplifier expects into the cell's capacitance."""
        capacitance = self.whole_cell_capacitance_compensation
        if not capacitance:
            return Sum({})
        resistance = self.whole_cell_series_resistance_compensation
        estimate = term("estimate")
        time = (1.0 - self.series_resistance_prediction) * resistance * capacitance
        charges = (command - estimate) / time
        slopes["estimate"] = (charges, "mV")
        return capacitance * charges

    def _fed_back(self, slopes: Slopes, measured: Sum, charging: Sum) -> Sum:
        """Return the potential that correction adds to the command."""
        resistance = self.whole_cell_series_resistance_compensation
        drop = self.series_resistance_correction * resistance * (measured + charging)
        if self.series_resistance_bandwidth is None:
            return drop
        corrected = term("correction")
        pace = 2.0 * math.pi * self.series_resistance_bandwidth
        slopes["correction"] = (pace * (drop - corrected), "mV")
        return corrected

    def _slow(self, slopes: Slopes, clamp: Sum) -> Sum:
        if not self.capacitance_slow:
            return Sum({})
        slow = term("slow")
        moves = (clamp - slow) / self.capacitance_slow_time
        slopes["slow"] = (moves, "mV")
        return self.capacitance_slow * moves
