"""`Rig`: everything between a cell and the samples of its recording."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from loligo.cell.description import Description
from loligo.errors import SelectionError
from loligo.rig.current_clamp import CurrentClamp
from loligo.rig.digitizer import Digitizer
from loligo.rig.filters import OutputFilter
from loligo.rig.limits import Limits
from loligo.rig.linear import LinearSystem, filtered
from loligo.rig.noise import Noise
from loligo.rig.pipette import Pipette
from loligo.rig.voltage_clamp import VoltageClamp

Amplifier = Annotated[VoltageClamp | CurrentClamp, Field(discriminator="kind")]


class Rig(Description):
    """A pipette, an amplifier with its controls, a filter, noise and a digitizer.

    Parameters
    ----------
    name : str
        What it is.
    source, notes : str
        Where its numbers are from.
    pipette : Pipette
    amplifier : VoltageClamp or CurrentClamp
    filter : Bessel, Butterworth or OnePole, optional
        Of the output, before the digitizer.
    noise : Noise, optional
        Left out: none.
    digitizer : Digitizer
    limits : Limits, optional
        Where headstage and output stage saturate, and which commands are refused; left out: only
        the digitizer has a range.
    """

    kind: Literal["rig"] = "rig"
    name: str = "a rig"
    source: str = ""
    notes: str = ""
    pipette: Pipette
    amplifier: Amplifier
    filter: OutputFilter | None = None
    noise: Noise | None = None
    digitizer: Digitizer = Field(default_factory=Digitizer)
    limits: Limits | None = None

    @property
    def system(self) -> LinearSystem:
        """The equations of pipette, amplifier and filter around a cell."""
        bare = self.amplifier.system(self.pipette)
        if self.filter is None:
            return bare
        space = self.filter.state_space
        return filtered(bare, (space.a, space.b, space.c, float(space.d)))

    @property
    def clamp(self) -> Literal["voltage_clamp", "current_clamp"]:
        """Which clamp the amplifier is."""
        return "voltage_clamp" if isinstance(self.amplifier, VoltageClamp) else "current_clamp"

    def settings(self) -> dict[str, Any]:
        """Return the amplifier's controls as a recording states them, in internal units."""
        amplifier = self.amplifier
        names = _VOLTAGE if isinstance(amplifier, VoltageClamp) else _CURRENT
        found = {name: getattr(amplifier, name) for name in names}
        found["amplifier_gain"] = (
            self.digitizer.current_gain
            if isinstance(amplifier, VoltageClamp)
            else self.digitizer.voltage_gain
        )
        if self.filter is not None:
            found["filter_frequency"] = self.filter.corner
        return found

    def with_control(self, **changes: Any) -> Rig:
        """Return a rig whose amplifier has other controls.

        Raises
        ------
        SelectionError
            It has no such control.
        """
        known = type(self.amplifier).model_fields
        for name in changes:
            if name not in known or name == "kind":
                raise SelectionError(f"the amplifier has no control {name!r}")
        return self.with_(**{f"amplifier.{name}": value for name, value in changes.items()})


_VOLTAGE = (
    "capacitance_fast",
    "capacitance_slow",
    "whole_cell_capacitance_compensation",
    "whole_cell_series_resistance_compensation",
    "series_resistance_correction",
    "series_resistance_prediction",
    "series_resistance_bandwidth",
)
_CURRENT = ("bias_current", "bridge_balance", "capacitance_neutralization")
