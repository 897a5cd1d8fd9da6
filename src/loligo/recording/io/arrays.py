"""Recordings from arrays already in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from loligo.errors import SelectionError, UnitError
from loligo.recording.channel import Channel, ClampMode, Electrode, Role
from loligo.recording.found_epochs import with_found_epochs
from loligo.recording.io.array_input import ArrayInput, array_input
from loligo.recording.provenance import Basis, Finding, Provenance, Truth
from loligo.recording.recording import Recording
from loligo.recording.rig_state import RigState
from loligo.recording.sweep import Epoch, Sweep, Trace
from loligo.units import Unit, quantity, resolve

_MODES = {"voltage": ClampMode.CURRENT_CLAMP, "current": ClampMode.VOLTAGE_CLAMP}


def from_arrays(
    response: Any,
    *,
    unit: str | None = None,
    sampling_rate: Any = None,
    command: Any = None,
    command_unit: str | None = None,
    epochs: Sequence[Epoch] | Sequence[Sequence[Epoch]] = (),
    sweep_starts: Sequence[Any] | None = None,
    rig_state: RigState | None = None,
    start_time: datetime | None = None,
    truth: Truth | None = None,
    source: str = "arrays",
) -> Recording:
    """Make a recording of one electrode from arrays.

    Parameters
    ----------
    response : array (time,) or (sweep, time), or sequence of arrays (time,)
        What was measured; sweeps may differ in length. A pint quantity, or an
        `xarray.DataArray` with a ``units`` attribute, brings its unit along; a DataArray with a
        regular ``time`` coordinate also its sampling rate.
    unit : str, optional
        Of the response, where the array carries none: a unit of voltage (current clamp) or
        current (voltage clamp).
    sampling_rate : str or quantity, optional
        Such as ``"20 kHz"``, where the array carries no time.
    command : like `response`, optional
        What was commanded, sample by sample.
    command_unit : str, optional
        Needed with a `command` that carries no unit.
    epochs : sequence of Epoch, or one such sequence per sweep
        Found in the samples of the command by default.
    sweep_starts : sequence of str or quantity, optional
        Start of each sweep after the first sample; end to end by default.
    rig_state : RigState, optional
    start_time : datetime, optional
    truth : Truth, optional
        Marks the recording as simulated.
    source : str
        Name to show.

    Returns
    -------
    Recording

    Raises
    ------
    UnitError
        A unit or rate that is missing, of the wrong dimension, or given twice and different.
    SelectionError
        Arrays of other shapes than asked for, or command and response of different length.

    Examples
    --------
    >>> import numpy as np
    >>> sweep = from_arrays(np.zeros(100), unit="pA", sampling_rate="10 kHz")
    >>> sweep.response.clamp_mode.value, sweep.duration
    ('voltage_clamp', 10.0)
    """
    measured = array_input(response, "response")
    rate = _settled_rate(measured.sampling_rate, sampling_rate)
    told = _settled_unit(measured.unit, unit, "response", "unit")
    if told.dimension not in _MODES:
        raise UnitError(
            f"response in {told.name!r} is a {told.dimension}; allowed: voltage, current"
        )
    mode = _MODES[told.dimension]
    channels = [_channel("response", Role.RESPONSE, told, mode)]
    commanded: ArrayInput | None = None
    if command is not None:
        commanded = array_input(command, "command")
        channels.append(_command_channel(measured, commanded, command_unit, mode, rate))
    starts = _starts(sweep_starts, [len(row) / rate for row in measured.rows])
    per_sweep = _epochs(epochs, len(measured.rows))
    sweeps = []
    for i, row in enumerate(measured.rows):
        traces = {"response": Trace(row, rate, told.factor, told.offset, 0.0, rig_state)}
        if commanded is not None:
            factor = resolve(channels[1].file_unit).factor
            traces["command"] = Trace(commanded.rows[i], rate, factor)
        sweeps.append(Sweep(i, starts[i], traces, per_sweep[i]))
    recording = Recording(
        channels=tuple(channels),
        sweeps=tuple(sweeps),
        provenance=Provenance(source=source, format="arrays"),
        electrodes=(Electrode("electrode 0"),),
        start_time=start_time,
        findings=(
            Finding("response", "response", Basis.GIVEN),
            Finding("clamp_mode", mode.value, Basis.GIVEN),
        ),
        truth=truth,
    )
    return with_found_epochs(recording)


def _channel(name: str, role: Role, unit: Unit, mode: ClampMode) -> Channel:
    return Channel(name, role, unit.internal, mode, "electrode 0", unit.name, "given")


def _command_channel(
    measured: ArrayInput,
    commanded: ArrayInput,
    command_unit: str | None,
    mode: ClampMode,
    rate: float,
) -> Channel:
    """Check a command against the response it belongs to."""
    wanted = "voltage" if mode is ClampMode.VOLTAGE_CLAMP else "current"
    told = _settled_unit(commanded.unit, command_unit, "command", "command_unit")
    if told.dimension != wanted:
        raise UnitError(
            f"command in {told.name!r} is a {told.dimension}; {mode.value} needs a {wanted}"
        )
    lengths = [len(row) for row in measured.rows], [len(row) for row in commanded.rows]
    if lengths[0] != lengths[1]:
        raise SelectionError(f"response has {lengths[0]} samples per sweep, command {lengths[1]}")
    if commanded.sampling_rate is not None:
        _settled_rate(commanded.sampling_rate, f"{rate!r} kHz")
    return _channel("command", Role.COMMAND, told, mode)


def _settled_unit(carried: str | None, given: str | None, what: str, option: str) -> Unit:
    """Return the unit an array carries or the caller gives."""
    text = given if carried is None else carried
    if text is None:
        raise UnitError(f"{option} is missing; pass 'mV' or 'pA' for the {what}")
    unit = resolve(text)
    if carried is not None and given is not None:
        other = resolve(given)
        if (other.dimension, other.factor) != (unit.dimension, unit.factor):
            raise UnitError(f"{option}={given!r}, but the {what} carries the unit {carried!r}")
    return unit


def _settled_rate(carried: float | None, given: Any) -> float:
    """Return the sampling rate [kHz] a time axis carries or the caller gives."""
    if given is None:
        if carried is None:
            raise UnitError("sampling_rate is missing; pass it with its unit, such as '20 kHz'")
        return carried
    rate = quantity(given, "frequency", name="sampling_rate")
    if rate <= 0:
        raise UnitError(f"sampling_rate = {given} must be above 0 Hz")
    if carried is not None and not math.isclose(carried, rate, rel_tol=1e-3):
        raise UnitError(
            f"sampling_rate = {rate:g} kHz, but the time axis is sampled at {carried:g} kHz"
        )
    return rate


def _starts(given: Sequence[Any] | None, durations: Sequence[float]) -> list[float]:
    if given is None:
        return [0.0, *np.cumsum(durations)[:-1].tolist()]
    if len(given) != len(durations):
        raise SelectionError(f"{len(given)} sweep starts for {len(durations)} sweeps")
    return [quantity(value, "time", name=f"sweep_starts[{i}]") for i, value in enumerate(given)]


def _epochs(given: Any, count: int) -> list[tuple[Epoch, ...]]:
    listed = list(given)
    if not listed or isinstance(listed[0], Epoch):
        return [tuple(listed)] * count
    if len(listed) != count:
        raise SelectionError(f"epochs for {len(listed)} sweeps, but there are {count}")
    return [tuple(entry) for entry in listed]
