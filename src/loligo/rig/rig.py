"""`Rig`: everything between a cell and the samples of its recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from loligo.cell.description import Description
from loligo.errors import ModelError, SelectionError
from loligo.rig.current_clamp import CurrentClamp
from loligo.rig.digitizer import Digitizer
from loligo.rig.discontinuous import (
    Discontinuous,
    DiscontinuousCurrentClamp,
    DiscontinuousVoltageClamp,
)
from loligo.rig.drift import Drift, courses_of
from loligo.rig.dynamic_clamp import DynamicClamp
from loligo.rig.filters import OutputFilter
from loligo.rig.limits import Limits
from loligo.rig.linear import LinearSystem, filtered
from loligo.rig.noise import Noise
from loligo.rig.pipette import Pipette
from loligo.rig.two_electrode import TwoElectrodeClamp
from loligo.rig.voltage_clamp import VoltageClamp

Amplifier = Annotated[
    VoltageClamp
    | CurrentClamp
    | DynamicClamp
    | DiscontinuousCurrentClamp
    | DiscontinuousVoltageClamp
    | TwoElectrodeClamp,
    Field(discriminator="kind"),
]


class Rig(Description):
    """A pipette, an amplifier with its controls, a filter, noise and a digitizer.

    Parameters
    ----------
    name : str
        What it is.
    source, notes : str
        Where its numbers are from.
    pipette : Pipette
    amplifier : VoltageClamp, CurrentClamp, or a two-electrode, digital or discontinuous clamp
    filter : Bessel, Butterworth or OnePole, optional
        Of the output, before the digitizer.
    noise : Noise, optional
        Left out: none.
    digitizer : Digitizer
    limits : Limits, optional
        Where headstage and output stage saturate, and which commands are refused; left out: only
        the digitizer has a range.
    drift : sequence of Drift
        What changes from sweep to sweep, in order: several of one parameter follow each other.
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
    drift: tuple[Drift, ...] = ()

    @property
    def system(self) -> LinearSystem:
        """The equations of pipette, amplifier and filter around a cell, before any drift.

        Bounded where the amplifier's feedback saturates (`loligo.rig.limits`). Of a discontinuous
        clamp without the filter, which acts on what was sampled.
        """
        bare = self.bare_system
        if self.filter is None or isinstance(self.amplifier, Discontinuous):
            return bare
        space = self.filter.state_space
        return filtered(bare, (space.a, space.b, space.c, float(space.d)))

    @property
    def bare_system(self) -> LinearSystem:
        """The equations without the filter."""
        if isinstance(self.amplifier, VoltageClamp | TwoElectrodeClamp):
            return self.amplifier.system(self.pipette, self.limits)
        return self.amplifier.system(self.pipette)

    @property
    def series_resistance(self) -> float:
        """What a clamp has between it and the cell [GOhm]; of two electrodes what is as bad."""
        if isinstance(self.amplifier, TwoElectrodeClamp):
            return self.amplifier.effective_resistance
        return self.pipette.series_resistance

    @property
    def clamp(self) -> Literal["voltage_clamp", "current_clamp"]:
        """Which clamp the amplifier is."""
        return "voltage_clamp" if isinstance(self.amplifier, _VOLTAGE_CLAMPS) else "current_clamp"

    def settings(self) -> dict[str, Any]:
        """Return the amplifier's controls as a recording states them, in internal units."""
        amplifier = self.amplifier
        names = next(
            (names for kind, names in _CONTROLS.items() if isinstance(amplifier, kind)), ()
        )
        found = {name: getattr(amplifier, name) for name in names}
        found["amplifier_gain"] = (
            self.digitizer.current_gain
            if self.clamp == "voltage_clamp"
            else self.digitizer.voltage_gain
        )
        if self.filter is not None:
            found["filter_frequency"] = self.filter.corner
        return found

    def over(self, starts: Sequence[float]) -> tuple[Rig, ...]:
        """Return the rig of each sweep, none of which drifts further.

        Parameters
        ----------
        starts : sequence of float [ms]
            When each sweep starts.

        Raises
        ------
        ModelError
            A drift of what the rig has not, or to what is refused; the message names the drift.
        """
        if not self.drift:
            return (self,) * len(starts)
        still = self.with_(drift=[])
        courses = courses_of(self, self.drift, starts)
        made: dict[tuple[Any, ...], Rig] = {}
        rigs = []
        for sweep, values in enumerate(zip(*courses.values(), strict=True)):
            if values not in made:
                told = {p: v for p, v in zip(courses, values, strict=True) if v is not None}
                try:
                    made[values] = still.with_(**told)
                except ModelError as error:
                    raise ModelError(f"the rig has drifted by sweep {sweep}: {error}") from None
            rigs.append(made[values])
        return tuple(rigs)

    def at_zero_current(self) -> Rig:
        """Return the rig as it is at I=0: nothing that it has injects a current.

        Command, bias and slow holding are off, and so are bridge balance, which has nothing to
        balance, and capacitance neutralization, which injects.

        Raises
        ------
        ModelError
            The amplifier is no current clamp.
        """
        if type(self.amplifier) is not CurrentClamp:
            raise ModelError(
                f"I=0 is a mode of a current clamp; the amplifier is a {self.amplifier.kind}. Give "
                "the protocol a holding level, or the rig a current clamp"
            )
        off = {"bias_current": 0, "bridge_balance": 0, "capacitance_neutralization": 0}
        still = {"holding_potential": None, "holding_time": None}
        return self.with_control(**off, **still)

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


_VOLTAGE_CLAMPS = (VoltageClamp, DiscontinuousVoltageClamp, TwoElectrodeClamp)
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
_CONTROLS = {
    VoltageClamp: _VOLTAGE,
    CurrentClamp: _CURRENT,
    DiscontinuousCurrentClamp: ("capacitance_neutralization",),
}
