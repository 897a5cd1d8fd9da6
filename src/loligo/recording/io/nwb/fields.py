"""The one table between loligo's names and units and those of NWB, used in both directions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.rig_state import RigState
from loligo.units import is_unit, resolve

_VOLTAGE_CLAMP = (ClampMode.VOLTAGE_CLAMP,)
_CURRENT_CLAMP = (ClampMode.CURRENT_CLAMP,)
_ANY = tuple(ClampMode)


@dataclass(frozen=True, slots=True)
class RigField:
    """A setting of the amplifier: ``NWB value = internal value / scale``."""

    name: str
    nwb: str
    scale: float
    modes: tuple[ClampMode, ...]


RIG_FIELDS = (
    RigField("capacitance_fast", "capacitance_fast", 1e12, _VOLTAGE_CLAMP),
    RigField("capacitance_slow", "capacitance_slow", 1e12, _VOLTAGE_CLAMP),
    RigField(
        "whole_cell_capacitance_compensation", "whole_cell_capacitance_comp", 1e12, _VOLTAGE_CLAMP
    ),
    RigField(
        "whole_cell_series_resistance_compensation",
        "whole_cell_series_resistance_comp",
        1e-9,
        _VOLTAGE_CLAMP,
    ),
    RigField("series_resistance_correction", "resistance_comp_correction", 0.01, _VOLTAGE_CLAMP),
    RigField("series_resistance_prediction", "resistance_comp_prediction", 0.01, _VOLTAGE_CLAMP),
    RigField("series_resistance_bandwidth", "resistance_comp_bandwidth", 1e-3, _VOLTAGE_CLAMP),
    RigField("bias_current", "bias_current", 1e12, _CURRENT_CLAMP),
    RigField("bridge_balance", "bridge_balance", 1e-9, _CURRENT_CLAMP),
    RigField("capacitance_neutralization", "capacitance_compensation", 1e12, _CURRENT_CLAMP),
    RigField("amplifier_gain", "gain", 1.0, _ANY),
)
"""Farad, ohm, ampere, hertz and percent in NWB; pF, GOhm, pA, kHz and fraction here.

`RigState.filter_frequency` has no number in NWB: the writer puts it into the electrode's text.
"""


@dataclass(frozen=True, slots=True)
class SeriesKind:
    """What a type of patch-clamp series holds."""

    type_name: str
    role: Role
    clamp_mode: ClampMode
    dimension: str
    unit: str


SERIES_KINDS = {
    kind.type_name: kind
    for kind in (
        SeriesKind(
            "VoltageClampSeries", Role.RESPONSE, ClampMode.VOLTAGE_CLAMP, "current", "amperes"
        ),
        SeriesKind(
            "VoltageClampStimulusSeries", Role.COMMAND, ClampMode.VOLTAGE_CLAMP, "voltage", "volts"
        ),
        SeriesKind(
            "CurrentClampSeries", Role.RESPONSE, ClampMode.CURRENT_CLAMP, "voltage", "volts"
        ),
        SeriesKind(
            "CurrentClampStimulusSeries",
            Role.COMMAND,
            ClampMode.CURRENT_CLAMP,
            "current",
            "amperes",
        ),
        SeriesKind("IZeroClampSeries", Role.RESPONSE, ClampMode.ZERO_CURRENT, "voltage", "volts"),
    )
}

_SI = {"voltage": "volts", "current": "amperes"}


def series_kind(channel: Channel) -> SeriesKind | None:
    """Return the patch-clamp series a channel is written as; ``None`` for a plain TimeSeries."""
    for kind in SERIES_KINDS.values():
        fits = (kind.role, kind.clamp_mode) == (channel.role, channel.clamp_mode)
        if fits and is_unit(channel.unit, kind.dimension):
            return kind
    return None


def nwb_unit(channel: Channel) -> tuple[str, float]:
    """Return the unit a channel has in NWB, and the factor from that unit to the channel's."""
    if is_unit(channel.unit):
        unit = resolve(channel.unit)
        if unit.dimension in _SI:
            return _SI[unit.dimension], resolve(_SI[unit.dimension]).factor / unit.factor
    return channel.unit or "unknown", 1.0


def rig_to_nwb(state: RigState | None, mode: ClampMode) -> dict[str, float]:
    """Return the fields of a series of this clamp mode, in NWB's units; unknown ones left out."""
    known = state.known() if state else {}
    return {
        field.nwb: known[field.name] / field.scale
        for field in RIG_FIELDS
        if mode in field.modes and field.name in known
    }


def rig_from_nwb(stated: Mapping[str, float], mode: ClampMode) -> RigState:
    """Return the rig state of a series; not-a-number means unknown.

    In zero-current mode NWB fixes all but the gain to 0; only the bias current is one.
    """
    values = {
        field.name: stated[field.nwb] * field.scale
        for field in RIG_FIELDS
        if mode in field.modes and math.isfinite(stated.get(field.nwb, math.nan))
    }
    if mode is ClampMode.ZERO_CURRENT:
        values["bias_current"] = 0.0
    return RigState(**values)
