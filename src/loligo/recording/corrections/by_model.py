"""Series resistance in voltage clamp by the model: the rig around a passive cell, inverted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError, ModelError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import (
    Target,
    refuse_saturated,
    refuse_subtracted,
    target,
)
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import Measured
from loligo.recording.corrections.series_resistance import CLOSEST
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace
from loligo.rig import Closed, PassiveCell, Rig
from loligo.rig.inverse import Membrane, membrane_of
from loligo.units import format_quantity, quantity

NAME = "series_resistance"
_WHAT = "series resistance by the model"
_STATED = (
    "capacitance_fast",
    "capacitance_slow",
    "whole_cell_capacitance_compensation",
    "whole_cell_series_resistance_compensation",
    "series_resistance_correction",
    "series_resistance_prediction",
)
_ALIKE = 0.02
"""Share by which a control of the rig may differ from what the file states."""


def membrane_by_model(
    recording: Recording,
    sweep: int,
    rig: Rig,
    cell: PassiveCell,
    *,
    bandwidth: Any = None,
    delay: Any = 0,
    leak_subtracted: bool = False,
    response: Channel | str | None = None,
) -> Membrane:
    """Return potential and current of the membrane in one sweep of a voltage clamp.

    Parameters
    ----------
    recording : Recording
    sweep : int
        Index.
    rig : Rig
        Pipette, controls of the amplifier and filter, as a fit found them or as they are known.
    cell : PassiveCell
        The linear part of the cell.
    bandwidth : quantity, optional
        Up to which frequency what is not linear is followed; by default half of the filter's
        corner.
    delay : quantity
        By which the response is late beside the rig.
    leak_subtracted : bool
        Whether the response is without what is linear (P/N).
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    Membrane
        At the times of the samples of the command: nothing of it is late.

    Raises
    ------
    CorrectionError
        See `series_resistance_by_model`.
    """
    found = target(recording, response, [sweep], ClampMode.VOLTAGE_CLAMP, NAME)
    closed, corner, late = _model(found, rig, cell, bandwidth, delay, leak_subtracted)
    return _membrane(found, sweep, closed, corner, late, leak_subtracted)


def series_resistance_by_model(
    recording: Recording,
    rig: Rig,
    cell: PassiveCell,
    *,
    reversal: Any = None,
    bandwidth: Any = None,
    delay: Any = 0,
    leak_subtracted: bool = False,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Correct a voltage clamp for all that rig and capacitance did, by the model.

    Parameters
    ----------
    recording : Recording
    rig : Rig
    cell : PassiveCell
    bandwidth, delay, leak_subtracted, response
        See `membrane_by_model`.
    reversal : quantity, optional
        Of the current that is not linear, to scale it to the driving force of the command.
    sweeps : iterable of int, optional
        Indices; all by default.

    Returns
    -------
    Recording
        Its response is the current through the membrane without its capacitance's, at the potential
        that the membrane had; with a `reversal`, what an ideal clamp would have had it give, NaN
        within 2 mV of that.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, corrected already, leak subtracted without
        saying so; a rig that is of another clamp, unstable, or set otherwise than the file states;
        a bandwidth that filter and series resistance hide, or none and no filter.

    Notes
    -----
    Exact for a cell whose capacitance is at one place, whatever its channels do; compensation,
    prediction and filter are in the model. Gates saw the membrane's potential and not the command,
    which no scaling undoes. See `loligo.rig.inverse`.
    """
    found = target(recording, response, sweeps, ClampMode.VOLTAGE_CLAMP, NAME)
    towards = None if reversal is None else quantity(reversal, "voltage", name="reversal")
    closed, corner, late = _model(found, rig, cell, bandwidth, delay, leak_subtracted)
    total = Measured(rig.pipette.series_resistance, source=f"the model of {rig.name!r}")
    size = f"{format_quantity(cell.resistance, 'GOhm')}, {format_quantity(cell.capacitance, 'pF')}"
    words = (
        f"current through the membrane, by the inverted model of rig and linear cell ({size}); "
        f"what is not linear, below {format_quantity(corner, 'kHz')}"
    )
    if towards is not None:
        words += f", scaled by (V_c - E) / (V - E) with E = {towards:g} mV"
    parameters = {"capacitance": cell.capacitance, "membrane_resistance": cell.resistance}
    parameters |= {} if towards is None else {"reversal_potential": towards}
    made = record(found, NAME, total, words, parameters)

    def change(index: int, trace: Trace) -> Trace:
        def values() -> NDArray[np.float64]:
            one = _membrane(found, index, closed, corner, late, leak_subtracted)
            if towards is None:
                return one.further if leak_subtracted else one.current
            command = found.commanded(index)
            return _ideal(one, command, cell, towards, leak_subtracted)

        return derived(trace, values)

    return apply(recording, made, change)


def _ideal(
    one: Membrane,
    command: NDArray[np.float64],
    cell: PassiveCell,
    towards: float,
    leak_subtracted: bool,
) -> NDArray[np.float64]:
    """Return the current at the potential of the command."""
    force = one.potential - towards
    near = np.abs(force) < CLOSEST
    scaled = one.further * (command - towards) / np.where(near, 1.0, force)
    leak = 0.0 if leak_subtracted else (command - cell.reversal) / cell.resistance
    return np.where(near, np.nan, scaled + leak)


def _model(
    found: Target, rig: Rig, cell: PassiveCell, bandwidth: Any, delay: Any, leak_subtracted: bool
) -> tuple[Closed, float, float]:
    """Return the model, the bandwidth [kHz] and the delay [ms], or refuse them."""
    if rig.clamp != "voltage_clamp":
        raise CorrectionError(f"{_WHAT}: the rig {rig.name!r} is a current clamp")
    if not leak_subtracted:
        refuse_subtracted(found, _WHAT)
    refuse_saturated(found, _WHAT)
    _refuse_other(found, rig)
    corner = _corner(rig, bandwidth)
    late = quantity(delay, "time", name="delay")
    closed = cell.behind(rig.system)
    try:
        for index in found.sweeps[:1]:
            _membrane(found, index, closed, corner, late, leak_subtracted)
    except ModelError as error:
        raise CorrectionError(f"{_WHAT}: {error}") from None
    return closed, corner, late


def _corner(rig: Rig, bandwidth: Any) -> float:
    if bandwidth is None:
        if rig.filter is None:
            raise CorrectionError(f"{_WHAT}: the rig has no filter; pass bandwidth=")
        return rig.filter.corner / 2.0
    corner = quantity(bandwidth, "frequency", name="bandwidth")
    if corner <= 0.0:
        raise CorrectionError(f"{_WHAT}: bandwidth = {corner:g} kHz must be above 0")
    return corner


def _refuse_other(found: Target, rig: Rig) -> None:
    """Refuse a rig whose amplifier is not set as the file states."""
    for name in _STATED:
        has = getattr(rig.amplifier, name)
        for index in found.sweeps:
            stated = found.setting(index, name)
            if stated is not None and abs(stated - has) > _ALIKE * max(abs(stated), abs(has)):
                raise CorrectionError(
                    f"{_WHAT}: sweep {index} was recorded with a {name.replace('_', ' ')} of "
                    f"{stated:g}, the rig has {has:g}; give the rig as it was set"
                )


def _membrane(
    found: Target, index: int, closed: Closed, corner: float, late: float, leak_subtracted: bool
) -> Membrane:
    trace = found.trace(index)
    return membrane_of(
        trace.values(),
        found.commanded(index),
        trace.sampling_rate,
        closed,
        bandwidth=corner,
        delay=late,
        leak_subtracted=leak_subtracted,
    )
