"""`TwoElectrodeClamp`: one electrode measures the cell's potential, another injects current."""

from __future__ import annotations

from collections.abc import Mapping
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
SHAFT = "shaft"
"""State: the potential in the current electrode where its capacitance sits [mV]."""
AMPLIFIER, SERIES, DRIVE, TIP, INPUT = (
    "amplifier voltage", "series resistance", "current electrode", "its tip", "at the input"
)  # fmt: skip
SOURCES = {AMPLIFIER: "mV", SERIES: "mV", DRIVE: "mV", TIP: "mV", INPUT: "pA"}
"""Where noise enters, with the unit: a potential in series with the follower, either electrode or
the current electrode beyond its capacitance; a current at the follower's input."""


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
    current_electrode_capacitance : quantity
        Of its shaft, to the bath or to a shield.
    current_electrode_position : float
        Where along the resistance that sits: the part between it and the amplifier, below 1; at 0
        the amplifier drives it directly.
    is_shielded : bool
        Whether the capacitance is to a grounded shield and the current is measured at the bath, by
        a virtual ground, where what flows into the shield does not arrive. Else the current through
        the capacitance is measured: at the amplifier's output, and of an immersed shaft in the
        bath too.
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
    resistance R_s and capacitance C of the pipette, coupling C_k and neutralization C_n, and for
    the current electrode resistance R_e, capacitance C_e, position p and potential V_s there::

        V_o' = (gain (V_c - V_f) - V_o) / gain_time
        C_e V_s' = J - I
        J    = (V_o - V_s) / (p R_e)
        I    = (V_s - V_m) / ((1 - p) R_e + R_bath)
        (C + C_in + C_k) V_p' = (V_m + R_bath I - V_p) / R_s + C_k V_o' + C_n V_f'
        V_f' = (V_p - V_f) / follower_time

    Without capacitance J = I = (V_o - V_m) / (R_e + R_bath); at p = 0 J = I + C_e V_o'. Into the
    cell goes I, measured is J, or I where the electrode is shielded: J has a charge of C_e times
    the change of V_s more. To the loop the capacitance is a lag of p (1 - p) R_e C_e.

    A command of V_c drives the cell as through `effective_resistance` from gain / (1 + gain) V_c:
    with mu = gain R_m / (R_m + R_e), a step ends 1 / (1 + mu) short.
    """

    kind: Literal["two-electrode clamp"] = "two-electrode clamp"
    gain: float = Field(gt=0.0)
    gain_time: Time = 0.05
    current_electrode: Resistance = 0.001
    current_electrode_capacitance: Capacitance = 0.0
    current_electrode_position: float = Field(default=0.5, ge=0.0, lt=1.0)
    is_shielded: bool = False
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

    def system(
        self, pipette: Pipette, limits: Limits | None = None, *, with_sources: bool = False
    ) -> LinearSystem:
        """Return the equations around a cell; the command is a potential [mV].

        With a limit of the drive they are bounded: the output stops at it, either side of 0, and
        leaves it as soon as the error asks for less; nothing winds up meanwhile.

        Seen are ``response`` (the measured current), ``potential`` (as measured), ``into_cell`` and
        the states, ``drive`` (the amplifier's output) and ``pipette`` among them. With `SOURCES`
        these are further states that stand still.
        """
        noise = {name: term(name) if with_sources else Sum({}) for name in SOURCES}
        inner, follower, drive, measured = map(term, ("pipette", "follower", "drive", "measured"))
        driven = (self.gain * (term(COMMAND) - follower) - drive) / self.gain_time
        injected, through, shaft = self._current_electrode(drive, driven, noise)
        wire = inner + noise[SERIES] - self.bath_resistance * injected
        inside, drawn, out_of_tip = electrode(pipette, wire)
        follows = (inner + noise[AMPLIFIER] - follower) / self.follower_time
        coupled = self.coupling_capacitance * driven + self.capacitance_neutralization * follows
        capacitance = pipette.capacitance + self.input_capacitance + self.coupling_capacitance
        seen = injected if self.is_shielded else through
        slopes: Slopes = {
            "pipette": ((coupled + noise[INPUT] - drawn) / capacitance, "mV"),
            "follower": (follows, "mV"),
            "drive": (driven, "mV"),
            "measured": ((seen - measured) / self.current_time, "pA"),
            **inside,
            **shaft,
        }
        if with_sources:
            slopes |= {name: (Sum({}), unit) for name, unit in SOURCES.items()}
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
            if not (shaft or self.is_shielded):
                also["measured"] = self.current_electrode_capacitance / self.current_time
            between = Between("drive", low, high, also)
        return linear_system("mV", slopes, sealed(pipette, into_cell), outputs, between)

    def _current_electrode(
        self, drive: Sum, driven: Sum, noise: Mapping[str, Sum]
    ) -> tuple[Sum, Sum, Slopes]:
        """Return the current into the cell, that out of the amplifier, and the shaft's equation."""
        membrane, capacitance = term(MEMBRANE), self.current_electrode_capacitance
        outer = self.current_electrode_position * self.current_electrode
        output = drive + noise[DRIVE]
        if not (capacitance and outer):
            injected = (output - membrane) / (self.current_electrode + self.bath_resistance)
            return injected, injected + capacitance * driven, {}
        shaft = term(SHAFT)
        beyond = self.current_electrode - outer + self.bath_resistance
        injected = (shaft + noise[TIP] - membrane) / beyond
        through = (output - shaft) / outer
        return injected, through, {SHAFT: ((through - injected) / capacitance, "mV")}

    @property
    def current_electrode_parts(self) -> tuple[float, float]:
        """Resistance of the current electrode up to its capacitance, and beyond [GOhm]."""
        if not (self.current_electrode_capacitance and self.current_electrode_position):
            return self.current_electrode, 0.0
        outer = self.current_electrode_position * self.current_electrode
        return outer, self.current_electrode - outer
