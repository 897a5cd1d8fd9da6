"""`DynamicClamp`: a current clamp whose current a computer makes of the potential it measures."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.channel import Channel
from loligo.cell.description import FrozenMapping
from loligo.cell.quantity import In
from loligo.cell.synapse import Synapse
from loligo.errors import ModelError
from loligo.rig.current_clamp import CurrentClamp


class DynamicClamp(CurrentClamp):
    """A current-clamp amplifier in the loop of a computer.

    At each update the computer samples the recorded potential, makes a current of it, and puts that
    out after the loop's delay, to stand until the next. It adds up a conductance that the protocol
    commands (nS), or the protocol's current (pA), and virtual channels and synapses.

    Parameters
    ----------
    update : quantity
        How often, ``"20 kHz"``.
    delay : quantity
        From a sample to the current that it makes.
    reversal : quantity, optional
        Of the conductance that a protocol in nS commands.
    channel : mapping of str to Channel
        Virtual channels, of absolute conductance (nS): leaks, gates, rectifiers; no schemes.
    synapse : mapping of str to Synapse
        Virtual synapses; their site is of no account.

    Notes
    -----
    With V the recorded potential at an update: ``I = sum of g (E - V)``. V is what the amplifier
    puts out, with what bridge, offset and junction potential leave in it. Gates go from one update
    to the next exactly at the potential of the first.
    """

    kind: Literal["dynamic clamp"] = "dynamic clamp"  # type: ignore[assignment]
    update: Annotated[float, In("frequency", positive=True)] = 20.0
    delay: Annotated[float, In("time", least=0.0)] = 0.0
    reversal: Annotated[float, In("voltage")] | None = None
    channel: FrozenMapping[Channel] = Field(default=FrozenMapping())
    synapse: FrozenMapping[Synapse] = Field(default=FrozenMapping())

    @model_validator(mode="after")
    def _computable(self) -> Self:
        for name, channel in self.channel.items():
            if channel.scheme is not None:
                raise ModelError(f"channel.{name}: a virtual channel has gates, not a scheme")
            unit = channel.conductance.unit if channel.conductance is not None else "nS"
            if unit != "nS":
                raise ModelError(
                    f"channel.{name}.conductance = {channel.conductance} is a density; a virtual "
                    "channel has no membrane, give it in nS"
                )
            if channel.law == "ghk":
                raise ModelError(
                    f"channel.{name}: a permeability is that of an area of membrane; give a "
                    "conductance in nS and a reversal"
                )
        return self
