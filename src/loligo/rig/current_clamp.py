"""`CurrentClamp`: an amplifier that injects a current and follows the electrode's potential."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from loligo.cell.quantity import In
from loligo.errors import ModelError
from loligo.rig.kinded import Kinded
from loligo.rig.linear import COMMAND, LinearSystem, Sum, linear_system, term
from loligo.rig.pipette import Pipette, Slopes, electrode, sealed

Time = Annotated[float, In("time", positive=True)]
Capacitance = Annotated[float, In("capacitance", least=0.0)]


class CurrentClamp(Kinded):
    """A current-clamp amplifier (a follower with a current source) and its controls.

    Parameters
    ----------
    follower_time : quantity
        Time constant with which the output follows the input, ``"2 us"``.
    command_time : quantity
        Of the current source.
    input_capacitance : quantity
        Of the amplifier's input, beside the pipette's.
    capacitance_neutralization : quantity
        Capacitance through which the output feeds back to the input. More than there is at the
        input makes the amplifier oscillate.
    bridge_balance : quantity
        Resistance whose voltage drop under the injected current is subtracted from the output.
    bias_current : quantity
        That flows whatever the command is.
    holding_potential, holding_time : quantity, optional
        Both: a slow feedback (slow current injection) brings the output to this potential.
    holding_resistance : quantity
        Resistance that the slow feedback reckons with.

    Notes
    -----
    With C the whole capacitance at the input and C_n that of the neutralization::

        C V_p'  = I - I_electrode + C_n V_f'
        V_f'    = (V_p - V_f) / follower_time
        I'      = (I_command + I_bias + I_slow - I) / command_time
        I_slow' = (V_holding - V_f) / (R_holding holding_time)

    Recorded is ``V_f - bridge_balance I``.
    """

    kind: Literal["current clamp"] = "current clamp"
    follower_time: Time = 0.002
    command_time: Time = 0.002
    input_capacitance: Capacitance = 0.0
    capacitance_neutralization: Capacitance = 0.0
    bridge_balance: Annotated[float, In("resistance", least=0.0)] = 0.0
    bias_current: Annotated[float, In("current")] = 0.0
    holding_potential: Annotated[float, In("voltage")] | None = None
    holding_time: Time | None = None
    holding_resistance: Annotated[float, In("resistance", positive=True)] = 0.1

    @model_validator(mode="after")
    def _both_of_holding(self) -> Self:
        if (self.holding_potential is None) != (self.holding_time is None):
            raise ModelError("slow holding needs both holding_potential and holding_time")
        return self

    def system(self, pipette: Pipette) -> LinearSystem:
        """Return the equations around a cell; the command is a current [pA].

        Seen are ``response`` (the potential after the bridge), ``into_cell`` (what flows out of the
        tip) and the states, ``pipette`` (the potential at the wire) and ``injected`` among them.
        """
        inner, follower, injected = term("pipette"), term("follower"), term("injected")
        inside, drawn, into_cell = electrode(pipette, inner)
        follows = (inner - follower) / self.follower_time
        neutral = self.capacitance_neutralization * follows
        capacitance = pipette.capacitance + self.input_capacitance
        wanted = term(COMMAND) + self.bias_current
        slopes: Slopes = {
            "pipette": ((injected + neutral - drawn) / capacitance, "mV"),
            "follower": (follows, "mV"),
        }
        if self.holding_potential is not None and self.holding_time is not None:
            pace = self.holding_resistance * self.holding_time
            slopes["slow"] = ((Sum({}) + self.holding_potential - follower) / pace, "pA")
            wanted = wanted + term("slow")
        slopes["injected"] = ((wanted - injected) / self.command_time, "pA")
        slopes |= inside
        outputs = {
            "response": (follower - self.bridge_balance * injected, "mV"),
            "into_cell": (into_cell, "pA"),
        }
        return linear_system("pA", slopes, sealed(pipette, into_cell), outputs)
