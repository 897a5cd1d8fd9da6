"""`TwoElectrodeClamp`: one electrode measures the cell's potential, another injects current."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from loligo.cell.quantity import In
from loligo.rig.kinded import Kinded
from loligo.rig.limits import Limits
from loligo.rig.linear import (
    COMMAND,
    MEMBRANE,
    Between,
    LinearSystem,
    Sum,
    linear_system,
    term,
)
from loligo.rig.pipette import Pipette, Slopes, electrode, sealed

Time = Annotated[float, In("time", positive=True)]
Capacitance = Annotated[float, In("capacitance", least=0.0)]
Resistance = Annotated[float, In("resistance", positive=True)]

_AT_ONCE = 1e-9
"""Time in which an output beyond its limit is back at it [ms]: none, beside any step."""


class TwoElectrodeClamp(Kinded):
    """A two-electrode voltage clamp of finite gain.

    The rig's pipette is the electrode that measures the potential; a seal beside it is the leak
    that both electrodes leave where they enter.

    Parameters
    ----------
    gain : float
        Of the amplifier that drives the current electrode, output over error.
    gain_time : quantity
        Its time constant.
    current_electrode : quantity
        Resistance of the electrode that injects.
    bath_resistance : quantity
        Between the cell and where the potential outside is taken: what it loses of the potential
        the clamp does not know of. 0 with a reference close to the cell.
    coupling_capacitance : quantity
        Between both electrodes; a shield lowers it.
    input_capacitance, capacitance_neutralization : quantity
        At the input of the follower, beside the pipette's; and what is fed back to it.
    follower_time, current_time : quantity
        Time constants of the measurements of potential and current.

    Notes
    -----
    With the amplifier's output V_o, the follower's V_f, the pipette's potential V_p, the current I,
    resistance R_s and capacitance C of the pipette, coupling C_k and neutralization C_n::

        V_o' = (gain (V_c - V_f) - V_o) / gain_time
        I    = (V_o - V_m) / (R_current + R_bath)
        (C + C_in + C_k) V_p' = (V_m + R_bath I - V_p) / R_s + C_k V_o' + C_n V_f'
        V_f' = (V_p - V_f) / follower_time

    A command of V_c drives the cell as through `effective_resistance` from gain / (1 + gain) V_c:
    with mu = gain R_m / (R_m + R_current), a step ends 1 / (1 + mu) short.
    """

    kind: Literal["two-electrode clamp"] = "two-electrode clamp"
    gain: float = Field(gt=0.0)
    gain_time: Time = 0.05
    current_electrode: Resistance = 0.001
    bath_resistance: Annotated[float, In("resistance", least=0.0)] = 0.0
    coupling_capacitance: Capacitance = 0.0
    input_capacitance: Capacitance = 0.0
    capacitance_neutralization: Capacitance = 0.0
    follower_time: Time = 0.002
    current_time: Time = 0.01

    @property
    def effective_resistance(self) -> float:
        """Series resistance of a one-electrode clamp that would hold as badly [GOhm]."""
        return self.current_electrode / (1.0 + self.gain) + self.bath_resistance

    def system(self, pipette: Pipette, limits: Limits | None = None) -> LinearSystem:
        """Return the equations around a cell; the command is a potential [mV].

        With a limit of the drive they are bounded: the output stops at it, either side of 0, and
        leaves it as soon as the error asks for less; nothing winds up meanwhile.

        Seen are ``response`` (the measured current), ``potential`` (as measured), ``into_cell`` and
        the states, ``drive`` (the amplifier's output) and ``pipette`` among them.
        """
        inner, follower, drive, measured = map(term, ("pipette", "follower", "drive", "measured"))
        through = self.current_electrode + self.bath_resistance
        injected = (drive - term(MEMBRANE)) / through
        inside, drawn, out_of_tip = electrode(pipette, inner - self.bath_resistance * injected)
        driven = (self.gain * (term(COMMAND) - follower) - drive) / self.gain_time
        follows = (inner - follower) / self.follower_time
        coupled = self.coupling_capacitance * driven + self.capacitance_neutralization * follows
        capacitance = pipette.capacitance + self.input_capacitance + self.coupling_capacitance
        slopes: Slopes = {
            "pipette": ((coupled - drawn) / capacitance, "mV"),
            "follower": (follows, "mV"),
            "drive": (driven, "mV"),
            "measured": ((injected - measured) / self.current_time, "pA"),
            **inside,
        }
        into_cell = injected + out_of_tip
        outputs = {
            "response": (measured, "pA"),
            "potential": (follower, "mV"),
            "into_cell": (into_cell, "pA"),
        }
        between = None
        if limits is not None and (most := limits.electrode_drive) is not None:
            low, high = ((Sum({}) + end - drive) / _AT_ONCE for end in (-most, most))
            also = {"pipette": self.coupling_capacitance / capacitance}
            between = Between("drive", low, high, also)
        return linear_system("mV", slopes, sealed(pipette, into_cell), outputs, between)
