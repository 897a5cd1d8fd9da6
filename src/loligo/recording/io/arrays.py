"""Recordings from arrays already in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import SelectionError, UnitError
from loligo.recording.channel import Channel, ClampMode, Electrode, Role
from loligo.recording.provenance import Basis, Finding, Provenance, Truth
from loligo.recording.recording import Recording
from loligo.recording.rig_state import RigState
from loligo.recording.sweep import Epoch, Sweep, Trace
from loligo.units import quantity, resolve

_MODES = {"voltage": ClampMode.CURRENT_CLAMP, "current": ClampMode.VOLTAGE_CLAMP}


def from_arrays(
    response: ArrayLike | Sequence[ArrayLike],
    *,
    unit: str,
    sampling_rate: Any,
    command: ArrayLike | Sequence[ArrayLike] | None = None,
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
        What was measured; sweeps may differ in length.
    unit : str
        Of the response: a unit of voltage (current clamp) or current (voltage clamp).
    sampling_rate : str or quantity
        Such as ``"20 kHz"``.
    command : like `response`, optional
        What was commanded, sample by sample.
    command_unit : str, optional
        Needed with `command`.
    epochs : sequence of Epoch, or one such sequence per sweep
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
        A unit of the wrong dimension, or none.
    SelectionError
        Arrays of other shapes than asked for, or command and response of different length.
    """
    rate = quantity(sampling_rate, "frequency", name="sampling_rate")
    if rate <= 0:
        raise UnitError(f"sampling_rate = {sampling_rate} must be above 0 Hz")
    measured = resolve(unit)
    if measured.dimension not in _MODES:
        raise UnitError(
            f"response in {unit!r} is a {measured.dimension}; allowed: voltage, current"
        )
    mode = _MODES[measured.dimension]
    responses = _rows(response, "response")
    channels = [
        Channel("response", Role.RESPONSE, measured.internal, mode, "electrode 0", unit, "given")
    ]
    commands: list[NDArray[Any]] | None = None
    if command is not None:
        if command_unit is None:
            raise UnitError(
                "command_unit is missing; pass 'mV' for voltage or 'pA' for current clamp"
            )
        wanted = "voltage" if mode is ClampMode.VOLTAGE_CLAMP else "current"
        told = resolve(command_unit)
        if told.dimension != wanted:
            raise UnitError(
                f"command in {command_unit!r} is a {told.dimension}; {mode.value} needs a {wanted}"
            )
        commands = _rows(command, "command")
        lengths = [len(row) for row in responses], [len(row) for row in commands]
        if lengths[0] != lengths[1]:
            raise SelectionError(
                f"response has {lengths[0]} samples per sweep, command {lengths[1]}"
            )
        channels.append(
            Channel(
                "command", Role.COMMAND, told.internal, mode, "electrode 0", command_unit, "given"
            )
        )
    starts = _starts(sweep_starts, [len(row) / rate for row in responses])
    per_sweep = _epochs(epochs, len(responses))
    sweeps = []
    for i, row in enumerate(responses):
        traces = {"response": Trace(row, rate, measured.factor, measured.offset, 0.0, rig_state)}
        if commands is not None:
            traces["command"] = Trace(commands[i], rate, told.factor, told.offset)
        sweeps.append(Sweep(i, starts[i], traces, per_sweep[i]))
    return Recording(
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


def _rows(values: Any, name: str) -> list[NDArray[Any]]:
    is_table = isinstance(values, np.ndarray) or not isinstance(values, Sequence)
    if is_table or (len(values) > 0 and np.ndim(values[0]) == 0):
        array = np.asarray(values)
        rows = [array] if array.ndim == 1 else list(array)
    else:
        rows = [np.asarray(row) for row in values]
    for i, row in enumerate(rows):
        if row.ndim != 1 or row.size == 0 or row.dtype.kind not in "iuf":
            raise SelectionError(
                f"{name}: sweep {i} has shape {row.shape} and type {row.dtype}; "
                "one-dimensional, non-empty and numeric is needed"
            )
    if not rows:
        raise SelectionError(f"{name} has no sweeps")
    return [_frozen(row) for row in rows]


def _frozen(row: NDArray[Any]) -> NDArray[Any]:
    copy = np.array(row)
    copy.setflags(write=False)
    return copy


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
