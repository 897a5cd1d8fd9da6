"""The amplifier's settings as far as an ABF header holds them: what the amplifier telegraphed.

Bridge balance, capacitance cancellation and series-resistance compensation are never in the
header and stay unknown. The telegraphed membrane capacitance is the whole-cell capacitance dialled
on the amplifier. The telegraphed access resistance is stated without a unit in the format's
description, so it is kept as text in the provenance, not as a setting.
"""

from __future__ import annotations

from loligo.recording.channel import ClampMode
from loligo.recording.io.abf.header import AbfHeader, AdcInput
from loligo.recording.rig_state import RigState

INSTRUMENTS = {
    5: "Axopatch 200 with CV 201",
    6: "Axopatch 200 with CV 202",
    7: "GeneClamp",
    15: "Axopatch 200B",
    24: "MultiClamp 700",
    25: "Turbo Tec",
    26: "OpusXpress 6000A",
    27: "Axoclamp 900",
}
"""Names of the telegraphing instruments in use today, by their number in the format."""
_TELLS_MODE = 24
"""Only a MultiClamp telegraphs its clamp mode."""
_MODES = (ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP, ClampMode.ZERO_CURRENT)


def stated_mode(entry: AdcInput) -> ClampMode | None:
    """Return the clamp mode the amplifier reported for an input."""
    told = entry.telegraph
    if told is None or told.instrument != _TELLS_MODE or not 0 <= told.mode < len(_MODES):
        return None
    return _MODES[told.mode]


def rig_state(entry: AdcInput, mode: ClampMode | None) -> RigState | None:
    """Return the settings of the amplifier behind a response, ``None`` where none is known."""
    told = entry.telegraph
    if told is None and entry.lowpass is None:
        return None
    corners = [told.filter if told else None, entry.lowpass]
    known = [corner for corner in corners if corner is not None and 0 < corner < 100]
    in_voltage_clamp = mode is ClampMode.VOLTAGE_CLAMP
    return RigState(
        amplifier_gain=told.gain if told else None,
        filter_frequency=min(known) if known else None,
        whole_cell_capacitance_compensation=told.membrane_capacitance
        if told and in_voltage_clamp
        else None,
    )


def telegraphed(header: AbfHeader) -> dict[str, str]:
    """Return what was telegraphed of each input, in words."""
    texts = {}
    for entry in header.inputs:
        told = entry.telegraph
        if told is None:
            continue
        words = INSTRUMENTS.get(told.instrument, f"instrument {told.instrument}")
        if told.access_resistance is not None:
            words += f", access resistance {told.access_resistance:g} (unit not stated)"
        texts[f"telegraph of {entry.name}"] = words
    return texts
