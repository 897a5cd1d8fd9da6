"""`TwoElectrodeClamp`: one electrode measures the cell's potential, another injects current."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from loligo.cell.description import Description
from loligo.cell.quantity import In
from loligo.rig.linear import COMMAND, MEMBRANE, LinearSystem, linear_system, term

Time = Annotated[float, In("time", positive=True)]
Capacitance = Annotated[float, In("capacitance", least=0.0)]
Resistance = Annotated[float, In("resistance", positive=True)]


class TwoElectrodeClamp(Description):
    """A two-electrode voltage clamp of finite gain.

    Parameters
    ----------
    gain : float
        Of the amplifier that drives the current electrode, output over error.
    gain_time : quantity
        Its time constant.
    voltage_electrode, current_electrode : quantity
        Their resistances.
    electrode_capacitance : quantity
        Of the voltage electrode, at its input.
    coupling_capacitance : quantity
        Between both electrodes; a shield lowers it.
    follower_time, current_time : quantity
        Time constants of the measurements of potential and current.
    offset : quantity
        What the voltage electrode measures besides the potential in the cell.

    Notes
    -----
    With mu = gain R_m / (R_m + R_current), a step ends 1 / (1 + mu) short of the command.
    """

    kind: Literal["two-electrode clamp"] = "two-electrode clamp"
    gain: float = Field(gt=0.0)
    gain_time: Time = 0.05
    voltage_electrode: Resistance = 0.001
    current_electrode: Resistance = 0.001
    electrode_capacitance: Annotated[float, In("capacitance", positive=True)] = 5.0
    coupling_capacitance: Capacitance = 0.0
    follower_time: Time = 0.002
    current_time: Time = 0.01
    offset: Annotated[float, In("voltage")] = 0.0

    def system(self) -> LinearSystem:
        """Return the equations around a cell; the command is a potential [mV].

        Seen are ``response`` (the measured current), ``potential`` (as measured), ``into_cell`` and
        the states, ``drive`` (the amplifier's output) among them.
        """
        tip, follower, drive, measured = map(term, ("tip", "follower", "drive", "measured"))
        membrane = term(MEMBRANE)
        driven = (self.gain * (term(COMMAND) - follower) - drive) / self.gain_time
        sensed = (membrane - tip) / self.voltage_electrode
        coupled = self.coupling_capacitance
        injected = (drive - membrane) / self.current_electrode
        into_cell = injected - sensed
        slopes = {
            "tip": ((sensed + coupled * driven) / (self.electrode_capacitance + coupled), "mV"),
            "follower": ((tip + self.offset - follower) / self.follower_time, "mV"),
            "drive": (driven, "mV"),
            "measured": ((injected - measured) / self.current_time, "pA"),
        }
        outputs = {
            "response": (measured, "pA"),
            "potential": (follower, "mV"),
            "into_cell": (into_cell, "pA"),
        }
        return linear_system("mV", slopes, into_cell, outputs)
