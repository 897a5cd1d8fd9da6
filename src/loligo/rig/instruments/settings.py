"""From the settings of an instrument's controls to the fields of a rig.

Most controls set a field as it is. `CONVERTED` holds those that stand for it in another form: a lag
for a bandwidth, a gain for what the headstage makes of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from loligo.cell.quantity import write_quantity
from loligo.errors import ModelError, SelectionError, suggest
from loligo.units import resolve

if TYPE_CHECKING:
    from loligo.rig.instruments.instrument import Headstage, Instrument

Setting = float | str
Fields = dict[str, str | float]


def _lag(value: Setting, _: Headstage) -> Fields:
    if value == 0.0:
        return {}
    pace = 1.0 / (2.0 * math.pi * float(value))
    return {"amplifier.series_resistance_bandwidth": f"{pace!r} kHz"}


def _current_gain(value: Setting, headstage: Headstage) -> Fields:
    return {"digitizer.current_gain": f"{float(value) * headstage.current_gain!r} mV/pA"}


def _voltage_gain(value: Setting, headstage: Headstage) -> Fields:
    return {"digitizer.voltage_gain": float(value) * headstage.voltage_gain}


def _settling(value: Setting, _: Headstage) -> Fields:
    return {"amplifier.holding_time": f"{float(value) / math.log(100.0)!r} ms"}


def _rise(value: Setting, _: Headstage) -> Fields:
    return {"amplifier.stimulus_time": f"{float(value) / math.log(9.0)!r} ms"}


CONVERTED: dict[str, Callable[[Setting, Headstage], Fields]] = {
    "lag": _lag,
    "current gain": _current_gain,
    "voltage gain": _voltage_gain,
    "settling time to 99 %": _settling,
    "rise time": _rise,
}
"""What a control may set that is no field: the time constant of the correction's low-pass; the
output gain in either clamp; the settling time of the slow holding; the stimulus filter's rise."""


def fields_of(
    instrument: Instrument, headstage: Headstage, mode: str, settings: Mapping[str, Any]
) -> Fields:
    """Return the fields of a rig that settings stand for.

    Parameters
    ----------
    instrument : Instrument
    headstage : Headstage
    mode : str
        ``"voltage clamp"`` or ``"current clamp"``.
    settings : mapping of str to quantity or str

    Returns
    -------
    dict of str to str or float
        By dotted path, as a file writes them.

    Raises
    ------
    SelectionError
        There is no such control.
    ModelError, UnitError
        A value out of range or of another unit; a control without a counterpart in this mode.
    """
    found: Fields = {}
    for name, value in settings.items():
        if name not in instrument.control:
            raise SelectionError(
                f"{instrument.name} has no control {name!r}; {suggest(name, instrument.control)}"
            )
        control = instrument.control[name]
        allowed = headstage.control.get(name, control)
        read = control.read(value, name, allowed, instrument.where(headstage))
        targets = control.voltage_clamp if mode == "voltage clamp" else control.current_clamp
        if not targets:
            why = control.notes or "it is a control of the other mode"
            raise ModelError(
                f"{instrument.name}: {control.label} ({name}) sets nothing in {mode} here: {why}"
            )
        for target in targets:
            found |= (
                CONVERTED[target](read, headstage)
                if target in CONVERTED
                else {target: read if isinstance(read, str) else _written(read, control.unit)}
            )
    return found


def _written(value: float, unit: str) -> str | float:
    internal = resolve(unit).internal
    return write_quantity(value, internal) if internal else value


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted paths as the tables of a file."""
    found: dict[str, Any] = {}
    for path, value in fields.items():
        *tables, last = path.split(".")
        place = found
        for table in tables:
            place = place.setdefault(table, {})
        place[last] = value
    return found
