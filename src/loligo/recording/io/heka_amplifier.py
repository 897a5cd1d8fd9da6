"""What a HEKA bundle states of the amplifier: settings, measured resistances, corrections."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loligo.errors import DamagedFileError, ReadError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.provenance import Correction
from loligo.recording.rig_state import RigState


def rig_state(state: Any, mode: ClampMode | None) -> RigState:
    """Return the settings that NWB knows; what the bundle does not hold stays unknown."""
    if mode is ClampMode.VOLTAGE_CLAMP:
        return RigState(
            capacitance_fast=state.c_fast(),
            capacitance_slow=state.c_slow() if state.c_slow_enabled() else 0.0,
            series_resistance_correction=float(state.r_series_fraction()),
            amplifier_gain=state.current_gain(),
        )
    if mode is ClampMode.CURRENT_CLAMP:
        return RigState(bias_current=state.i_hold())
    return RigState()


def resistances(trace: Any) -> dict[str, str]:
    """Return what PatchMaster measured before the sweep; it stores 0 for "not measured"."""
    measured = {
        "seal_resistance": trace.r_seal(),
        "series_resistance": trace.r_series(),
        "pipette_resistance": trace.r_pipette(),
    }
    return {name: f"{value:.6g} MOhm" for name, value in measured.items() if value}


def amplifier_notes(states: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that have no field of their own, by series."""
    return {
        label: (
            f"filter 1 {state.filter1_str()}; filter 2 {state.filter2_str()}; "
            f"stimulus filter {state.stimulus_filter_str()}; "
            f"holding {state.v_hold():g} mV, {state.i_hold():g} pA; offset {state.v_off():g} mV; "
            f"compensation time constant {state.r_series_tau():g} us"
        )
        for label, state in states.items()
    }


def corrections(
    path: Path, states: Mapping[str, Any], channels: Sequence[Channel]
) -> tuple[Correction, ...]:
    """Return the junction potential PatchMaster has already subtracted."""
    values = {state.ljp() for state in states.values()}
    if not any(values):
        return ()
    if len(values) > 1:
        raise ReadError(path, f"its series have different junction potentials: {sorted(values)} mV")
    (value,) = values
    if not math.isfinite(value):
        raise DamagedFileError(path, f"it states a junction potential of {value} mV")
    text = "potential of the bath relative to the pipette, subtracted by PatchMaster"
    return tuple(
        Correction("liquid_junction_potential", channel.name, value, True, text)
        for channel in channels
        if channel.unit == "mV"
    )
